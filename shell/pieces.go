package shell

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"zoosh/internal/export"
)

// Output that is longer than a znode of a server as it is by default goes out in pieces,
// so that no more of it than some is there a second time. What is shorter is whole: no
// event comes between.
const (
	piecesFrom = 2 << 20
	pieceSize  = 64 << 10
)

// A piecer puts out text in pieces, none of which ends within a character.
type piecer struct {
	put  func(text string)
	left []byte
}

// Write implements io.Writer.
func (p *piecer) Write(b []byte) (int, error) {
	n := len(b)
	for len(p.left)+len(b) >= pieceSize {
		k := min(len(b), pieceSize-len(p.left))
		p.left = append(p.left, b[:k]...)
		b = b[k:]
		end := wholeRunes(p.left)
		p.put(string(p.left[:end]))
		p.left = append(p.left[:0], p.left[end:]...)
	}
	p.left = append(p.left, b...)
	return n, nil
}

// flush puts out the rest.
func (p *piecer) flush() {
	if len(p.left) > 0 {
		p.put(string(p.left))
	}
	p.left = p.left[:0]
}

// wholeRunes is how many bytes stand before a character that may go on behind them.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// data writes data in a form that get has, in pieces if it is long.
func (w *textOut) data(data []byte, form dataForm) {
	if len(data) < piecesFrom {
		text := formatData(data)
		switch {
		case form.hex:
			text = hexDump([]byte(text))
		case form.base64:
			text = base64.StdEncoding.EncodeToString([]byte(text))
		}
		w.out(form.withEnd(text, data))
		return
	}
	p := &piecer{put: w.out}
	defer p.flush()
	var in io.Writer = p
	var end io.Closer = io.NopCloser(nil)
	write := func(b []byte) { in.Write(b) }
	switch {
	case form.hex:
		io.WriteString(p, hexHead)
		at := 0
		write = func(b []byte) {
			io.WriteString(p, hexRows(b, at))
			at += len(b)
		}
		end = closer(func() { io.WriteString(p, hexFoot) })
	case form.base64:
		e := base64.NewEncoder(base64.StdEncoding, p)
		in, end = e, e
	}
	for chunk := range chunks(data) {
		if w.err = w.ctx.Err(); w.err != nil {
			return
		}
		write(chunk)
	}
	end.Close()
	if form.endsLine(data) {
		p.Write([]byte("\n"))
	}
}

// A closer is a function that ends something.
type closer func()

// Close implements io.Closer.
func (f closer) Close() error { f(); return nil }

// chunks are the parts of data, each whole characters and, of bytes, whole rows of hex.
func chunks(data []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(len(data), pieceSize)
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// objectOfData prints a znode with its data as JSON, the data in pieces if it is long.
func (c *Call) objectOfData(z jsonZnode, data []byte) error {
	if len(data) < piecesFrom {
		z.jsonData = dataJSON(data)
		return c.object(z)
	}
	isText, none := utf8.Valid(data), ""
	z.jsonData = export.Data{Base64: &none}
	mark := `"base64":"`
	if isText {
		z.jsonData, mark = export.Data{Text: &none}, `"data":"`
	}
	around, err := objectLine(z)
	if err != nil {
		return err
	}
	// A path cannot be taken for the mark: its quotes are escaped.
	at := strings.Index(around, mark) + len(mark)
	p := &piecer{put: c.data}
	defer p.flush()
	io.WriteString(p, around[:at])
	if err := c.jsonText(p, data, isText); err != nil {
		return err
	}
	_, err = io.WriteString(p, around[at:])
	return err
}

// jsonText writes data as it stands between the quotes.
func (c *Call) jsonText(w io.Writer, data []byte, isText bool) error {
	if !isText {
		e := base64.NewEncoder(base64.StdEncoding, w)
		for chunk := range chunks(data) {
			if err := c.ctx.Err(); err != nil {
				return err
			}
			e.Write(chunk)
		}
		return e.Close()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for len(data) > 0 {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		n := wholeRunes(data[:min(len(data), pieceSize)])
		b.Reset()
		if err := e.Encode(string(data[:n])); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		w.Write(b.Bytes()[1 : b.Len()-2]) // without the quotes and the line's end
		data = data[n:]
	}
	return nil
}

// names writes a list of names as zkCli does, in pieces if it is long.
func (w *textOut) names(names []string) {
	size := 0
	for _, name := range names {
		size += len(name) + 2
	}
	if size < piecesFrom {
		w.outln("[%s]", strings.Join(names, ", "))
		return
	}
	p := &piecer{put: w.out}
	io.WriteString(p, "[")
	for i, name := range names {
		if i > 0 {
			io.WriteString(p, ", ")
		}
		io.WriteString(p, name)
	}
	io.WriteString(p, "]\n")
	p.flush()
}
