package command

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// What a tab keeps of what it has shown. A znode can hold a megabyte, so that a
// bound on lines alone would be none.
const (
	scrollbackLines = 10_000
	scrollbackBytes = 16 << 20
)

// An outKind says what a line of the transcript is, and so how it looks.
type outKind uint8

const (
	outPlain  outKind = iota // standard output, and messages
	outPrompt                // a prompt with the line that was run
	outError                 // the message of a command that failed
	outWatch                 // a watch event
	outState                 // a change of the connection, events that were lost
)

// An outLine is a line as it came: where it is wrapped is found when it is shown.
type outLine struct {
	text  string // safe for a terminal, without tabs
	kind  outKind
	mark  bool // the error's glyph stands before it
	head  int  // of a prompt: how many bytes of it the shell wrote
	ascii bool // each byte is a cell: rows need no search
	// starts is where the rows begin that are forWidth cells wide, once asked for.
	starts   []int
	forWidth int
}

// A place is where a row begins: a line, counted from the first the tab ever had,
// and a byte in it. It holds while lines come and go and widths change.
type place struct{ line, byte int }

// A scrollback is the transcript of a tab and the part of it that is in view.
type scrollback struct {
	lines   []outLine
	store   []outLine // where lines are
	dropped int       // how many lines there were before lines[0]
	bytes   int
	partial bool // the last line has not ended
	cut     int  // bytes of the last line that were not kept
	cleared int  // the first line that the bottom view shows: Ctrl-L
	// While not following, top is the first row in view.
	scrolled bool
	top      place
	seen     int // end() when it was scrolled away from the bottom
	// messages are the lines that the running command wrote to standard error:
	// its errors, if it fails.
	messages []lineRange
	tallied  tallied
}

type lineRange struct{ from, to int }

func (s *scrollback) end() int { return s.dropped + len(s.lines) }

func (s *scrollback) line(i int) *outLine { return &s.lines[i-s.dropped] }

// prompt notes that a line is run.
func (s *scrollback) prompt(prompt, line string) {
	s.partial = false
	s.sayCut()
	for l := range strings.SplitSeq(line, "\n") {
		head := ui.Flat(prompt)
		s.add(outLine{text: head + ui.Flat(l), kind: outPrompt, head: len(head)})
		prompt = shell.Continued
	}
	s.messages = s.messages[:0]
}

// put adds text that came out of the shell.
func (s *scrollback) put(kind outKind, message bool, text string) {
	if text == "" {
		return
	}
	if s.partial && !message {
		first, rest, ended := strings.Cut(text, "\n")
		s.extend(ui.Flat(s.fits(first, len(s.lines[len(s.lines)-1].text))))
		s.partial, text = !ended, rest
	}
	from := s.end()
	for len(text) > 0 {
		s.sayCut()
		line, rest, ended := strings.Cut(text, "\n")
		s.add(outLine{text: ui.Flat(s.fits(line, 0)), kind: kind})
		s.partial, text = !ended, rest
	}
	if !s.partial {
		s.sayCut()
	}
	if message {
		s.messages = append(s.messages, lineRange{from, s.end()})
	}
}

func (s *scrollback) add(l outLine) {
	l.ascii = isASCII(l.text)
	s.lines = ui.Pushed(&s.store, s.lines, l)
	s.bytes += len(l.text)
	drop := max(0, len(s.lines)-scrollbackLines)
	for i := range s.lines[:len(s.lines)-1] {
		if i >= drop && s.bytes <= scrollbackBytes {
			break
		}
		s.bytes -= len(s.lines[i].text)
		drop = max(drop, i+1)
	}
	clear(s.lines[:drop]) // let go of the texts
	s.lines = s.lines[drop:]
	s.dropped += drop
}

func (s *scrollback) extend(text string) {
	l := &s.lines[len(s.lines)-1]
	l.text += text
	l.ascii, l.forWidth = isASCII(l.text), 0
	s.bytes += len(text)
}

// said ends what failed would mark.
func (s *scrollback) said() { s.messages = s.messages[:0] }

// failed marks what the command said as its error.
func (s *scrollback) failed() {
	for _, r := range s.messages {
		for i := max(r.from, s.dropped); i < r.to; i++ {
			s.line(i).kind = outError
			s.line(i).mark = i == r.from
		}
	}
	s.messages = s.messages[:0]
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// rowStarts is where the rows begin into which plain text is wrapped.
func rowStarts(text string, w int) []int {
	starts := []int{0}
	if isASCII(text) { // each byte is a cell
		for at := w; at < len(text) && w > 0; at += w {
			starts = append(starts, at)
		}
		return starts
	}
	for at, cells := 0, 0; at < len(text); {
		cluster, n := ansi.FirstGraphemeCluster(text[at:], ansi.GraphemeWidth)
		if cells+n > w && cells > 0 {
			starts, cells = append(starts, at), 0
		}
		cells += n
		at += len(cluster)
	}
	return starts
}

// markCells is what the error's mark and the blank behind it take.
const markCells = 2

// room is how many cells of a row are the line's own.
func (l *outLine) room(w int) int {
	if l.mark {
		w -= markCells
	}
	return max(1, w)
}

// rows is how many rows the line takes.
func (l *outLine) rows(w int) int {
	w = l.room(w)
	if l.ascii {
		return max(1, (len(l.text)+w-1)/w)
	}
	return len(l.wrapped(w))
}

func (l *outLine) wrapped(w int) []int {
	if l.forWidth != w {
		l.starts, l.forWidth = rowStarts(l.text, w), w
	}
	return l.starts
}

// row is where row i of the line begins and ends.
func (l *outLine) row(i, w int) (from, to int) {
	w = l.room(w)
	if l.ascii {
		return min(i*w, len(l.text)), min((i+1)*w, len(l.text))
	}
	starts := l.wrapped(w)
	if i+1 < len(starts) {
		return starts[i], starts[i+1]
	}
	return starts[i], len(l.text)
}

// rowOf is the row in which a byte of the line stands.
func (l *outLine) rowOf(at, w int) int {
	w = l.room(w)
	if l.ascii {
		return min(at/w, max(0, (len(l.text)-1)/w))
	}
	i, found := slices.BinarySearch(l.wrapped(w), at)
	if !found {
		i--
	}
	return i
}

// A rowRef is a row of the transcript that is in view.
type rowRef struct{ line, row int }

// view is the rows that h rows of w cells show, the scrolled position set right.
func (s *scrollback) view(w, h int) []rowRef {
	if s.scrolled {
		return s.below(s.top, w, h)
	}
	return s.above(s.end(), max(s.cleared, s.dropped), w, h)
}

// above is the last h rows before line end, none of them before line first.
func (s *scrollback) above(end, first, w, h int) []rowRef {
	var out []rowRef
	for i := end - 1; i >= first && len(out) < h; i-- {
		for row := s.line(i).rows(w) - 1; row >= 0 && len(out) < h; row-- {
			out = append(out, rowRef{i, row})
		}
	}
	slices.Reverse(out)
	return out
}

// below is the h rows from a place on.
func (s *scrollback) below(top place, w, h int) []rowRef {
	var out []rowRef
	if top.line < s.dropped {
		top = place{line: s.dropped}
	}
	for i := top.line; i < s.end() && len(out) < h; i++ {
		row := 0
		if i == top.line {
			row = s.line(i).rowOf(top.byte, w)
		}
		for ; row < s.line(i).rows(w) && len(out) < h; row++ {
			out = append(out, rowRef{i, row})
		}
	}
	return out
}

func (s *scrollback) placeOf(r rowRef, w int) place {
	from, _ := s.line(r.line).row(r.row, w)
	return place{r.line, from}
}

// scroll moves the view of h rows by so many rows, up if below 0. At the bottom
// it follows what comes.
func (s *scrollback) scroll(by, w, h int) {
	if len(s.lines) == 0 {
		return
	}
	at := rowRef{line: s.end()}
	if v := s.view(w, h); len(v) > 0 {
		at = v[0]
	}
	for ; by < 0; by++ {
		if at.row == 0 {
			if at.line == s.dropped {
				break
			}
			at.line--
			at.row = s.line(at.line).rows(w)
		}
		at.row--
	}
	for ; by > 0 && at.line < s.end(); by-- {
		if at.row++; at.row == s.line(at.line).rows(w) {
			at = rowRef{line: at.line + 1}
		}
	}
	s.show(at, w, h)
}

// show lets the view begin at a row, if there is enough below it to fill h rows.
func (s *scrollback) show(at rowRef, w, h int) {
	if at.line >= s.end() {
		s.follow()
		return
	}
	top := s.placeOf(at, w)
	if len(s.below(top, w, h+1)) <= h && at.line >= s.cleared {
		s.follow()
		return
	}
	if !s.scrolled {
		s.seen = s.end()
	}
	s.scrolled, s.top = true, top
}

func (s *scrollback) follow() { s.scrolled = false }

// reveal scrolls until a line and the byte in it are in view.
func (s *scrollback) reveal(p place, w, h int) {
	row := rowRef{p.line, s.line(p.line).rowOf(p.byte, w)}
	if slices.Contains(s.view(w, h), row) {
		return
	}
	// With some of what stands before it in view, too.
	before := s.above(row.line, s.dropped, w, h/2)
	if len(before) > 0 {
		row = before[0]
	}
	s.show(row, w, h)
}
