package shell

import (
	"strings"
	"time"
)

// A printer gathers lines of output, so that a hundred thousand of them are not
// as many items, and lets none wait for long behind the next.
type printer struct {
	c    *Call
	b    strings.Builder
	last time.Time
}

const (
	printerSize = 8 << 10
	printerWait = 50 * time.Millisecond
)

func (c *Call) printer() *printer { return &printer{c: c} }

// yield shows a result in the form that is asked for: the one place that decides it.
func (p *printer) yield(r Result) error {
	if !p.c.asJSON {
		w := p.text()
		r.text(w)
		return w.err
	}
	if l, ok := r.(longResult); ok && l.long() {
		p.flush()
		return l.writeObject(p.c)
	}
	for object := range r.objects() {
		if err := p.object(object); err != nil {
			return err
		}
	}
	return nil
}

// textOnly writes what text has besides results, such as a heading.
func (p *printer) textOnly(write func(w *textOut)) {
	if !p.c.asJSON {
		write(p.text())
	}
}

func (p *printer) text() *textOut {
	return &textOut{ctx: p.c.ctx, dialect: p.c.dialect, quiet: p.c.sh.cfg.Quiet, out: p.write, errOut: func(text string) {
		p.flush()
		p.c.put(Item{Kind: Stderr, Text: text})
	}}
}

// write is text for standard output; what is long is not copied.
func (p *printer) write(text string) {
	if len(text) > printerSize {
		p.flush()
		p.c.data(text)
		return
	}
	p.b.WriteString(text)
	p.maybeFlush()
}

func (p *printer) object(v any) error {
	text, err := objectLine(v)
	p.b.WriteString(text)
	p.maybeFlush()
	return err
}

// Write implements io.Writer.
func (p *printer) Write(b []byte) (int, error) {
	p.b.Write(b)
	p.maybeFlush()
	return len(b), p.c.ctx.Err()
}

func (p *printer) maybeFlush() {
	if p.b.Len() > printerSize || time.Since(p.last) > printerWait {
		p.flush()
	}
}

func (p *printer) flush() {
	if p.b.Len() > 0 {
		p.c.data(p.b.String())
		p.b.Reset()
	}
	p.last = time.Now()
}
