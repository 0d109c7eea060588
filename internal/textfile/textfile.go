// Package textfile reads the text that people and programs write for zoosh: scripts,
// exports, pages, configuration. A byte order mark before it, as editors on Windows
// put there, is none of the text. Data of znodes is not text in this sense, and is
// kept to the byte.
package textfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// mark is the byte order mark of UTF-8.
var mark = []byte("\xef\xbb\xbf")

// Trim is the text without a byte order mark before it.
func Trim(text []byte) []byte { return bytes.TrimPrefix(text, mark) }

// Read reads a file whole.
func Read(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	return Trim(text), err
}

// Skip passes over the byte order mark that comes next, if one does. It waits for no
// more of the text than it has to see for that.
func Skip(r *bufio.Reader) {
	for i := range mark {
		next, err := r.Peek(i + 1)
		if err != nil || next[i] != mark[i] {
			return // an error comes again when the text is read
		}
	}
	r.Discard(len(mark))
}

// Lines reads text by the line.
type Lines struct {
	r     *bufio.Reader
	most  int
	n     int
	begun bool
	line  []byte
}

// NewLines reads lines of most bytes at most.
func NewLines(r io.Reader, most int) *Lines { return &Lines{r: bufio.NewReader(r), most: most} }

// A TooLongError is a line that is longer than it may be. None of it is given.
type TooLongError struct{ Line, Most int }

// Error implements error.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("line %d has more than %d bytes, which is the most", e.Line, e.Most)
}

// Next is the next line without its end, until io.EOF. It holds until the next call.
func (l *Lines) Next() ([]byte, error) {
	if !l.begun {
		Skip(l.r)
		l.begun = true
	}
	l.n++
	l.line = l.line[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if len(l.line)+len(part) > l.most+2 { // as the end of a line may be \r\n
			return nil, &TooLongError{l.n, l.most}
		}
		l.line = append(l.line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(l.line) == 0):
			return nil, err
		}
		line := bytes.TrimSuffix(bytes.TrimSuffix(l.line, []byte("\n")), []byte("\r"))
		if len(line) > l.most {
			return nil, &TooLongError{l.n, l.most}
		}
		return line, nil
	}
}

// Number is the number of the line that Next gave last, from 1 on.
func (l *Lines) Number() int { return l.n }
