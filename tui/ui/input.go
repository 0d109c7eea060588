package ui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"zoosh/shell"
)

// An Input is a line that is being typed. It counts in grapheme clusters and
// places the cursor by cells, which the textinput of Bubbles does by runes: it is
// beside the text where that is Chinese or has an emoji.
type Input struct {
	Value string
	At    int    // the cursor: a byte offset between two clusters
	cutBy string // what was cut last, to be put back
	Lost  bool   // keys were not taken because the line is full: it is not what was typed
}

// Text is the line as it was typed so far.
func (in *Input) Text() string { return in.Value }

// Set replaces the line; the cursor goes to its end.
func (in *Input) Set(text string) { in.Value, in.At, in.Lost = text, len(text), false }

// MaxInput bounds a line, in bytes. What is longer is for a file and line mode: to
// lay it out would take longer than a frame.
const MaxInput = 64 << 10

// Insert puts text at the cursor; taken is false if the line would be too long. A
// line has no line ends in it, and nothing that could not be shown.
func (in *Input) Insert(text string) (taken bool) {
	if len(in.Value)+len(text) > MaxInput {
		return false
	}
	text = Clean(text)
	in.Value = in.Value[:in.At] + text + in.Value[in.At:]
	in.At += len(text)
	return true
}

// InsertLines puts text of several lines at the cursor, tabs and all.
func (in *Input) InsertLines(text string) (taken bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	if len(in.Value)+len(text) > MaxInput {
		return false
	}
	in.Value = in.Value[:in.At] + text + in.Value[in.At:]
	in.At += len(text)
	return true
}

// lineStart is where the line begins that the cursor is in.
func (in *Input) lineStart() int { return strings.LastIndexByte(in.Value[:in.At], '\n') + 1 }

// LineEnd is where the line ends that the cursor is in.
func (in *Input) LineEnd() int {
	if i := strings.IndexByte(in.Value[in.At:], '\n'); i >= 0 {
		return in.At + i
	}
	return len(in.Value)
}

// ToLine goes to the line above or below, as far to the right as that goes; moved is
// false if there is none.
func (in *Input) ToLine(by int) (moved bool) {
	from := in.lineStart()
	cells := WidthOf(ShownTyped(in.Value[from:in.At]))
	switch {
	case by < 0 && from > 0:
		in.At = from - 1
		in.At = in.lineStart()
	case by > 0 && in.LineEnd() < len(in.Value):
		in.At = in.LineEnd() + 1
	default:
		return false
	}
	for begin, end := in.At, in.LineEnd(); in.At < end && WidthOf(ShownTyped(in.Value[begin:in.Behind(in.At)])) <= cells; {
		in.At = in.Behind(in.At)
	}
	return true
}

// Clean makes text fit for a line.
func Clean(text string) string {
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

// Edits tells whether a key means something to a line that is typed.
func Edits(k tea.KeyPressMsg) bool { return editFor(k.String()) != nil || isTyped(k) }

// isTyped tells whether a key types text.
func isTyped(k tea.KeyPressMsg) bool {
	return k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt)
}

// Key edits the line as the keys of readline do; handled is false for a key that
// means nothing to it.
func (in *Input) Key(k tea.KeyPressMsg) (handled bool) {
	if e := editFor(k.String()); e != nil {
		e.do(in)
		return true
	}
	if !isTyped(k) {
		return false
	}
	in.Lost = !in.Insert(k.Text) || in.Lost
	return true
}

func (in *Input) remove(from, to int) {
	in.Value = in.Value[:from] + in.Value[to:]
	in.At, in.Lost = from, false
}

func (in *Input) cut(from, to int) {
	if from < to {
		in.cutBy = in.Value[from:to]
	}
	in.remove(from, to)
}

// Behind is the offset one cluster further, before one cluster back.
func (in *Input) Behind(at int) int {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(in.Value[at:], -1)
	return at + len(cluster)
}

func (in *Input) before(at int) int {
	last := 0
	for i := 0; i < at; i = in.Behind(i) {
		last = i
	}
	return last
}

// wordStart is where the word before the cursor begins; the spaces behind it
// belong to it.
func (in *Input) wordStart() int {
	head := strings.TrimRight(in.Value[:in.At], " \n")
	return strings.LastIndexAny(head, " \n") + 1
}

func (in *Input) wordEnd() int {
	rest := in.Value[in.At:]
	spaces := len(rest) - len(strings.TrimLeft(rest, " \n"))
	if i := strings.IndexAny(rest[spaces:], " \n"); i >= 0 {
		return in.At + spaces + i
	}
	return len(in.Value)
}

// ShownTyped is part of what is typed as it is shown: each further line has a prompt of
// its own.
func ShownTyped(text string) string {
	text = printable(text)
	if strings.ContainsAny(text, "\n\t") {
		text = strings.NewReplacer("\n", "\n"+shell.Continued, "\t", "    ").Replace(text)
	}
	return text
}

// CursorCell is how many cells stand before the cursor, as the line is shown.
func (in *Input) CursorCell() int { return WidthOf(shell.Printable(in.Value[:in.At])) }
