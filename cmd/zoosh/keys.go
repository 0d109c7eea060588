package main

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"zoosh/shell"
)

// readline takes its input a character at a time, and draws the whole line anew for
// each. A keyReader stands before it and gathers what comes at once: of a run of text
// readline gets one mark, in whose place the editor puts the text. So a long line takes
// time in proportion to its length, and a paste that has several lines is seen before
// it is run.
type keyReader struct {
	in     io.Reader
	ask    chan struct{} // for another chunk
	chunks chan chunk
	done   chan struct{} // closed by close
	ending sync.Once

	// These are of the goroutine that reads.
	asked   bool
	pending []byte // read, and not looked at yet
	seen    int    // bytes of pending that are known to be text, or no end of a paste
	out     []byte // what readline gets next
	lost    bool   // a paste is too long, and its beginning is gone
	err     error

	mu    sync.Mutex
	piece *piece // what the mark stands for that readline has not taken
	then  []byte // what readline gets behind it
	taken chan struct{}
}

type chunk struct {
	data []byte
	err  error
}

// A piece is text that was typed or pasted at once.
type piece struct {
	text  string
	lines int  // of a paste that has several, and is to be looked at first
	run   bool // it has the end of a line behind it
	long  bool // it was too long, and is gone
}

// Characters for private use, which nobody types. They take a cell each.
const (
	pieceMark = '\U0010fffd'
	lineEnd   = '\U0010fffc' // stands for a line's end within a line of the editor
)

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

const (
	// bulk is how long text must be, in bytes, to be gathered.
	bulk = 32
	// lull is how long nothing may come before text is taken for all there is.
	lull = 10 * time.Millisecond
	// maxPiece bounds a piece, in bytes.
	maxPiece = 32 << 20
)

func newKeyReader(in io.Reader) *keyReader {
	k := &keyReader{
		in: in, ask: make(chan struct{}), chunks: make(chan chunk, 1),
		done: make(chan struct{}), taken: make(chan struct{}, 1),
	}
	go k.pull()
	return k
}

// pull reads a chunk each time it is asked to: while a command runs the terminal's
// input is not readline's.
func (k *keyReader) pull() {
	for {
		select {
		case <-k.ask:
		case <-k.done:
			return
		}
		buf := make([]byte, 64<<10)
		n, err := k.in.Read(buf)
		k.chunks <- chunk{buf[:n], err}
	}
}

// close ends every Read.
func (k *keyReader) close() { k.ending.Do(func() { close(k.done) }) }

// Close implements io.Closer, for readline.
func (k *keyReader) Close() error {
	k.close()
	return nil
}

// Read gives readline what it can take.
func (k *keyReader) Read(p []byte) (int, error) {
	for len(k.out) == 0 {
		if k.untaken() {
			select {
			case <-k.taken:
			case <-k.done:
				return 0, io.EOF
			}
			continue
		}
		if k.out = k.behind(); len(k.out) > 0 {
			break
		}
		if len(k.pending) == 0 && k.err == nil {
			k.fetch(-1)
		}
		if len(k.pending) > 0 {
			k.step()
		} else if err := k.err; err != nil {
			k.err = nil
			return 0, err
		}
	}
	n := copy(p, k.out)
	k.out = k.out[n:]
	return n, nil
}

// fetch waits for more, no longer than wait unless that is below 0. got is false if
// nothing came.
func (k *keyReader) fetch(wait time.Duration) (got bool) {
	if !k.asked {
		select {
		case k.ask <- struct{}{}:
			k.asked = true
		case <-k.done:
			k.err = io.EOF
			return false
		}
	}
	var late <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case c := <-k.chunks:
		k.asked = false
		k.pending, k.err = append(k.pending, c.data...), c.err
		return len(c.data) > 0
	case <-late:
	case <-k.done:
		k.err = io.EOF
	}
	return false
}

// step takes what stands first in pending.
func (k *keyReader) step() {
	switch c := k.pending[0]; {
	case bytes.HasPrefix(k.pending, []byte(pasteBegin)):
		k.paste()
	case c == '\x1b':
		if n, whole := sequenceLen(k.pending); whole || !k.fetch(lull) {
			k.give(n)
		}
	case c < ' ' || c == '\x7f':
		k.give(1)
	default:
		k.run()
	}
}

// give has readline get the first n bytes as they are.
func (k *keyReader) give(n int) {
	k.out, k.pending, k.seen = k.pending[:n:n], k.pending[n:], 0
}

// sequenceLen is the length of the escape sequence that b begins with; whole is false
// if there may be more of it.
func sequenceLen(b []byte) (n int, whole bool) {
	switch {
	case len(b) < 2:
		return len(b), false
	case b[1] == 'O':
		return min(3, len(b)), len(b) >= 3
	case b[1] != '[':
		return 2, true
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1, true
		}
	}
	return len(b), false
}

// run takes a run of text, and waits a moment for the rest of it if it is long.
func (k *keyReader) run() {
	for k.seen < len(k.pending) && k.pending[k.seen] >= ' ' && k.pending[k.seen] != '\x7f' {
		k.seen++
	}
	n := k.seen
	if n == len(k.pending) && n >= bulk && n < maxPiece && k.fetch(lull) {
		return
	}
	if n == len(k.pending) && k.err == nil {
		n = wholeRunes(k.pending)
	}
	if n == 0 { // the beginning of a character
		if !k.fetch(-1) {
			k.give(len(k.pending))
		}
		return
	}
	text := plainText(string(k.pending[:n]))
	k.pending, k.seen = k.pending[n:], 0
	if n < bulk {
		k.out = []byte(text)
		return
	}
	k.put(&piece{text: text}, "")
}

// wholeRunes is how many bytes of b are characters that are all there.
func wholeRunes(b []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if at := len(b) - i; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				return at
			}
			break
		}
	}
	return len(b)
}

// plainText is text without what would be taken for something else.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if r == pieceMark || r == lineEnd || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// paste takes a paste, which the terminal marks as one, when all of it is there.
// Ctrl-C gives it up.
func (k *keyReader) paste() {
	from := max(len(pasteBegin), k.seen-len(pasteEnd))
	end := bytes.Index(k.pending[from:], []byte(pasteEnd))
	interrupt := bytes.IndexByte(k.pending[from:], '\x03')
	switch {
	case interrupt >= 0 && (end < 0 || interrupt < end):
		k.pending, k.seen = k.pending[from+interrupt:], 0
		k.give(1)
	case end >= 0:
		text := string(k.pending[len(pasteBegin) : from+end])
		k.pending, k.seen = k.pending[from+end+len(pasteEnd):], 0
		k.pasted(text)
	default:
		if len(k.pending) > maxPiece {
			k.pending, k.lost = append([]byte(pasteBegin), k.pending[len(k.pending)-len(pasteEnd):]...), true
		}
		k.seen = len(k.pending)
		if !k.fetch(-1) && k.err != nil {
			k.pending = nil // a paste without an end is none
		}
	}
}

// pastedEnds has every line of a paste end alike.
var pastedEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (k *keyReader) pasted(text string) {
	if k.lost || len(text) > maxPiece {
		k.lost = false
		k.put(&piece{long: true}, "")
		return
	}
	text, run := shell.Pasted(plainText(pastedEnds.Replace(text)))
	p := &piece{text: text, run: run}
	if strings.Contains(text, "\n") {
		p.lines = strings.Count(text, "\n") + 1
	}
	then := ""
	if run {
		then = "\r"
	}
	k.put(p, then)
}

// put has readline get a mark, and then more; the editor gets what the mark stands for.
func (k *keyReader) put(p *piece, then string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.piece, k.then = p, []byte(then)
	k.out = []byte(string(pieceMark))
}

// behind is what comes behind a piece that was taken.
func (k *keyReader) behind() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	then := k.then
	k.then = nil
	return then
}

func (k *keyReader) untaken() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.piece != nil
}

// take is what the mark stands for that readline has come to; nil if none is awaited.
// keys tells what of it readline is to get as keys.
func (k *keyReader) take(keys func(p *piece) string) *piece {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.piece
	if k.piece = nil; p != nil {
		k.then = append([]byte(keys(p)), k.then...)
		select {
		case k.taken <- struct{}{}:
		default:
		}
	}
	return p
}
