package ui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"zoosh/shell"
)

// A TextArea is text of several lines that is being typed. The line with the
// cursor is an input; a line that is wider than the pane goes on in the next row.
type TextArea struct {
	lines []string // that of the cursor is in line, and out of date here
	Row   int      // the line with the cursor
	Line  Input
	goal  int     // the cell that up and down keep to
	keeps bool    // goal holds: the last key was one of them
	top   textRow // the first row on the screen
	broke broken
}

// broken is the rows of the line that was broken last: a frame asks for those of the
// same one many times, and it may be long.
type broken struct {
	line string
	w    int
	rows []span
}

// A textRow is a row of the text: the line, and which of the line's rows.
type textRow struct{ line, part int }

func (r textRow) before(o textRow) bool {
	return r.line < o.line || r.line == o.line && r.part < o.part
}

// A span is the part of a line that stands in one row, in bytes.
type span struct{ from, to int }

// Set replaces the text; the cursor goes to its beginning.
func (a *TextArea) Set(text string) {
	*a = TextArea{lines: strings.Split(text, "\n"), Line: Input{cutBy: a.Line.cutBy}}
	a.Line.Value = a.lines[0]
}

// Text is all of it.
func (a *TextArea) Text() string {
	a.lines[a.Row] = a.Line.Value
	return strings.Join(a.lines, "\n")
}

// Fits tells whether n bytes more may be typed.
func (a *TextArea) Fits(n int) bool {
	a.lines[a.Row] = a.Line.Value
	for _, line := range a.lines {
		n += len(line) + 1
	}
	return n-1 <= MaxInput
}

// goTo brings the cursor to an offset in a line.
func (a *TextArea) goTo(row, at int) {
	a.lines[a.Row] = a.Line.Value
	a.Row = row
	a.Line.Value, a.Line.At = a.lines[row], at
}

// GoToByte puts the cursor at a byte of the text.
func (a *TextArea) GoToByte(at int) {
	before := a.Text()[:at]
	a.goTo(strings.Count(before, "\n"), at-strings.LastIndex(before, "\n")-1)
}

// Key takes what is typed, and the edits of a line. handled is false for a key that
// means neither.
func (a *TextArea) Key(k tea.KeyPressMsg) (handled bool) {
	a.keeps = false
	return a.across(k.String()) || a.Line.Key(k)
}

// start brings the cursor to the start of the text, end to its end.
func (a *TextArea) start() {
	a.keeps = false
	a.goTo(0, 0)
}

func (a *TextArea) end() {
	a.keeps = false
	a.goTo(len(a.lines)-1, len(a.lastLine()))
}

func (a *TextArea) lastLine() string {
	a.lines[a.Row] = a.Line.Value
	return a.lines[len(a.lines)-1]
}

// across does what a key does at the end of a line.
func (a *TextArea) across(key string) (done bool) {
	e := editFor(key)
	if e == nil {
		return false
	}
	first := a.Line.At == 0 && a.Row > 0
	last := a.Line.At == len(a.Line.Value) && a.Row < len(a.lines)-1
	switch {
	case first && e.Title == backOne:
		a.goTo(a.Row-1, len(a.lines[a.Row-1]))
	case last && e.Title == onOne:
		a.goTo(a.Row+1, 0)
	case first && e.Title == deleteBefore:
		a.join(a.Row - 1)
	case last && (e.Title == deleteHere || e.Title == cutToEnd):
		a.join(a.Row)
	default:
		return false
	}
	return true
}

// join makes one line of two.
func (a *TextArea) join(row int) {
	a.lines[a.Row] = a.Line.Value
	at := len(a.lines[row])
	both := a.lines[row] + a.lines[row+1]
	a.lines = append(a.lines[:row+1], a.lines[row+2:]...)
	a.lines[row] = both
	a.Row, a.Line.Value, a.Line.At = row, both, at
}

// Paste puts text in at the cursor, but for what could not be seen; taken is
// false if it would be too much.
func (a *TextArea) Paste(text string) (taken bool) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	if !a.Fits(len(text)) {
		return false
	}
	a.keeps = false
	head, tail := a.Line.Value[:a.Line.At], a.Line.Value[a.Line.At:]
	more := strings.Split(head+text, "\n")
	at := len(more[len(more)-1])
	more[len(more)-1] += tail
	lines := append([]string{}, a.lines[:a.Row]...)
	lines = append(lines, more...)
	a.lines = append(lines, a.lines[a.Row+1:]...)
	a.Row += len(more) - 1
	a.Line.Value, a.Line.At = a.lines[a.Row], at
	return true
}

// spans breaks a line into rows of w cells, between characters.
func spans(line string, w int) []span {
	var out []span
	from, x := 0, 0
	for i := 0; i < len(line); {
		n, cells := firstChar(line[i:])
		if x+cells > w && x > 0 {
			out = append(out, span{from, i})
			from, x = i, 0
		}
		i += n
		x += cells
	}
	return append(out, span{from, len(line)})
}

// firstChar is how many bytes and cells the first character takes that people see
// as one.
func firstChar(text string) (bytes, cells int) {
	if c := text[0]; c >= ' ' && c <= '~' && (len(text) == 1 || text[1] < 0x80) {
		return 1, 1
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return len(cluster), WidthOf(shownText(cluster))
}

// shownText is part of a line as the pane shows it.
func shownText(text string) string { return strings.ReplaceAll(shell.Printable(text), "\t", "    ") }

func (a *TextArea) lineAt(i int) string {
	if i == a.Row {
		return a.Line.Value
	}
	return a.lines[i]
}

// parts are the rows of a line. The cursor behind a row that is full has one more.
func (a *TextArea) parts(i, w int) []span {
	line := a.lineAt(i)
	if b := &a.broke; b.w != w || b.line != line {
		*b = broken{line, w, spans(line, w)}
	}
	out := a.broke.rows
	last := out[len(out)-1]
	if i == a.Row && a.Line.At == len(line) && WidthOf(shownText(line[last.from:])) >= w {
		out = append(out[:len(out):len(out)], span{len(line), len(line)})
	}
	return out
}

// cursorRow is where the cursor stands in the text.
func (a *TextArea) cursorRow(w int) (at textRow, part span, x int) {
	parts := a.parts(a.Row, w)
	i := len(parts) - 1
	for i > 0 && parts[i].from > a.Line.At {
		i--
	}
	return textRow{a.Row, i}, parts[i], WidthOf(shownText(a.Line.Value[parts[i].from:a.Line.At]))
}

// step is the row that is by rows away, or the last one there is in that direction.
func (a *TextArea) step(from textRow, by, w int) textRow {
	for ; by < 0; by++ {
		switch {
		case from.part > 0:
			from.part--
		case from.line > 0:
			from.line--
			from.part = len(a.parts(from.line, w)) - 1
		default:
			return from
		}
	}
	n := len(a.parts(from.line, w))
	for ; by > 0; by-- {
		switch {
		case from.part < n-1:
			from.part++
		case from.line < len(a.lines)-1:
			from = textRow{line: from.line + 1}
			n = len(a.parts(from.line, w))
		default:
			return from
		}
	}
	return from
}

// Move moves the cursor by rows, in its column as far as there is one.
func (a *TextArea) Move(by, w int) {
	at, _, x := a.cursorRow(w)
	if !a.keeps {
		a.goal, a.keeps = x, true
	}
	a.put(a.step(at, by, w), a.goal, w)
}

// put brings the cursor into a row, to the character at that cell.
func (a *TextArea) put(to textRow, x, w int) {
	line, parts := a.lineAt(to.line), a.parts(to.line, w)
	to.part = min(to.part, len(parts)-1)
	part := parts[to.part]
	at := part.from
	for at < part.to {
		n, cells := firstChar(line[at:])
		if x < cells || at+n == part.to && to.part < len(parts)-1 {
			break // behind the last one of a row is the next row
		}
		at += n
		x -= cells
	}
	a.goTo(to.line, at)
}

// Point brings the cursor to a cell of the screen.
func (a *TextArea) Point(x, y, w int) {
	a.keeps = false
	a.put(a.step(a.top, y, w), x, w)
}

// settle brings the cursor onto the screen.
func (a *TextArea) settle(w, h int) {
	a.top.line = min(a.top.line, len(a.lines)-1)
	a.top.part = min(a.top.part, len(a.parts(a.top.line, w))-1)
	at, _, _ := a.cursorRow(w)
	if at.before(a.top) {
		a.top = at
	}
	if first := a.step(at, 1-h, w); a.top.before(first) {
		a.top = first
	}
}

// Rows are the rows on the screen.
func (a *TextArea) Rows(w, h int) []string {
	a.settle(w, h)
	rows := make([]string, 0, h)
	skip := a.top.part
	for i := a.top.line; i < len(a.lines) && len(rows) < h; i++ {
		for _, part := range a.parts(i, w)[skip:] {
			if len(rows) < h {
				rows = append(rows, shownText(a.lineAt(i)[part.from:part.to]))
			}
		}
		skip = 0
	}
	return rows
}

// Cursor is the cell of the cursor on the screen.
func (a *TextArea) Cursor(w, h int) (x, y int) {
	a.settle(w, h)
	at, _, x := a.cursorRow(w)
	for r := a.top; r.before(at) && y < h-1; y++ {
		r = a.step(r, 1, w)
	}
	return min(x, w-1), y
}
