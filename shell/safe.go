package shell

import (
	"bytes"
	"io"
	"os"

	"zoosh/internal/localfile"
)

// SafeFor is a writer to a file, which has whole lines, that shows a terminal nothing raw.
func SafeFor(f *os.File) io.Writer {
	if localfile.Terminal(f) {
		return &printableLines{w: f}
	}
	return f
}

// printableLines makes lines printable. What is behind the last waits for its end, so that
// no character is cut in two.
type printableLines struct {
	w    io.Writer
	rest []byte
}

// Write implements io.Writer.
func (p *printableLines) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	end := bytes.LastIndexByte(p.rest, '\n') + 1
	_, err := io.WriteString(p.w, Printable(string(p.rest[:end])))
	p.rest = p.rest[end:]
	return len(b), err
}
