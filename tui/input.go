package tui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"zoosh/shell"
)

// An input is a line that is being typed. It counts in grapheme clusters and
// places the cursor by cells, which the textinput of Bubbles does by runes: it is
// beside the text where that is Chinese or has an emoji.
type input struct {
	value string
	at    int    // the cursor: a byte offset between two clusters
	cutBy string // what was cut last, to be put back
	lost  bool   // keys were not taken because the line is full: it is not what was typed
}

func (in *input) text() string { return in.value }

// set replaces the line; the cursor goes to its end.
func (in *input) set(text string) { in.value, in.at, in.lost = text, len(text), false }

// maxInput bounds a line, in bytes. What is longer is for a file and line mode: to
// lay it out would take longer than a frame.
const maxInput = 64 << 10

// insert puts text at the cursor; taken is false if the line would be too long. A
// line has no line ends in it, and nothing that could not be shown.
func (in *input) insert(text string) (taken bool) {
	if len(in.value)+len(text) > maxInput {
		return false
	}
	text = clean(text)
	in.value = in.value[:in.at] + text + in.value[in.at:]
	in.at += len(text)
	return true
}

// insertLines puts text of several lines at the cursor, tabs and all.
func (in *input) insertLines(text string) (taken bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	if len(in.value)+len(text) > maxInput {
		return false
	}
	in.value = in.value[:in.at] + text + in.value[in.at:]
	in.at += len(text)
	return true
}

// lineStart is where the line begins that the cursor is in, lineEnd where it ends.
func (in *input) lineStart() int { return strings.LastIndexByte(in.value[:in.at], '\n') + 1 }

func (in *input) lineEnd() int {
	if i := strings.IndexByte(in.value[in.at:], '\n'); i >= 0 {
		return in.at + i
	}
	return len(in.value)
}

// toLine goes to the line above or below, as far to the right as that goes; moved is
// false if there is none.
func (in *input) toLine(by int) (moved bool) {
	from := in.lineStart()
	cells := widthOf(shownTyped(in.value[from:in.at]))
	switch {
	case by < 0 && from > 0:
		in.at = from - 1
		in.at = in.lineStart()
	case by > 0 && in.lineEnd() < len(in.value):
		in.at = in.lineEnd() + 1
	default:
		return false
	}
	for begin, end := in.at, in.lineEnd(); in.at < end && widthOf(shownTyped(in.value[begin:in.behind(in.at)])) <= cells; {
		in.at = in.behind(in.at)
	}
	return true
}

// clean makes text fit for a line.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// key edits the line as the keys of readline do; handled is false for a key that
// means nothing to it.
func (in *input) key(k tea.KeyPressMsg) (handled bool) {
	if e := editFor(k.String()); e != nil {
		e.do(in)
		return true
	}
	if k.Text == "" || k.Mod.Contains(tea.ModCtrl) || k.Mod.Contains(tea.ModAlt) {
		return false
	}
	in.lost = !in.insert(k.Text) || in.lost
	return true
}

func (in *input) remove(from, to int) {
	in.value = in.value[:from] + in.value[to:]
	in.at, in.lost = from, false
}

func (in *input) cut(from, to int) {
	if from < to {
		in.cutBy = in.value[from:to]
	}
	in.remove(from, to)
}

// behind is the offset one cluster further, before one cluster back.
func (in *input) behind(at int) int {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(in.value[at:], -1)
	return at + len(cluster)
}

func (in *input) before(at int) int {
	last := 0
	for i := 0; i < at; i = in.behind(i) {
		last = i
	}
	return last
}

// wordStart is where the word before the cursor begins; the spaces behind it
// belong to it.
func (in *input) wordStart() int {
	head := strings.TrimRight(in.value[:in.at], " \n")
	return strings.LastIndexAny(head, " \n") + 1
}

func (in *input) wordEnd() int {
	rest := in.value[in.at:]
	spaces := len(rest) - len(strings.TrimLeft(rest, " \n"))
	if i := strings.IndexAny(rest[spaces:], " \n"); i >= 0 {
		return in.at + spaces + i
	}
	return len(in.value)
}

// shownTyped is part of what is typed as it is shown: each further line has a prompt of
// its own.
func shownTyped(text string) string {
	text = printable(text)
	if strings.ContainsAny(text, "\n\t") {
		text = strings.NewReplacer("\n", "\n"+shell.Continued, "\t", "    ").Replace(text)
	}
	return text
}

// cursorCell is how many cells stand before the cursor, as the line is shown.
func (in *input) cursorCell() int { return widthOf(shell.Printable(in.value[:in.at])) }
