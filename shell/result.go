package shell

import (
	"context"
	"fmt"
	"iter"

	"zoosh/internal/wire"
)

// A Result is something that a command has found. Commands yield results and do not
// print: what a result looks like, it knows itself, as text and as JSON, and a printer
// decides which of them is wanted.
//
// A result is a value of its own: showing it asks no server, so that it can be kept, and
// shown when those before it have been.
type Result interface {
	// text writes it in the dialect of w.
	text(w *textOut)
	// objects is the same as JSON: an object, or one for each part of it.
	objects() iter.Seq[any]
}

// A longResult may be too long to be there a second time, as JSON.
type longResult interface {
	Result
	long() bool
	// writeObject puts out, in pieces, what objects has.
	writeObject(c *Call) error
}

// one is the objects of a result that is one object.
func one(object any) iter.Seq[any] {
	return func(yield func(any) bool) { yield(object) }
}

// yield shows a result at once.
func (c *Call) yield(r Result) error {
	p := c.printer()
	defer p.flush()
	return p.yield(r)
}

// textOnly writes at once what text has besides results.
func (c *Call) textOnly(write func(w *textOut)) {
	p := c.printer()
	defer p.flush()
	p.textOnly(write)
}

// A textOut is where results write their text.
type textOut struct {
	ctx     context.Context
	dialect Dialect
	quiet   bool              // Config.Quiet
	out     func(text string) // to standard output
	errOut  func(text string) // to standard error
	err     error             // why the text is not whole
}

func (w *textOut) outln(format string, args ...any) { w.out(fmt.Sprintf(format, args...) + "\n") }

func (w *textOut) errln(format string, args ...any) { w.errOut(fmt.Sprintf(format, args...) + "\n") }

// note writes to standard error what is good to know and no error.
func (w *textOut) note(format string, args ...any) {
	if !w.quiet {
		w.errln(format, args...)
	}
}

// stat writes a stat to the stream of the dialect.
func (w *textOut) stat(st *wire.Stat) {
	if w.dialect.Before(D38) {
		w.errOut(formatStat(st))
		return
	}
	w.out(formatStat(st))
}
