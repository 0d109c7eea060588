package ui

import "slices"

// An Edit is what a key does to a line that is being typed. Help has these, too.
type Edit struct {
	Title string
	Keys  []string
	do    func(in *Input)
}

// The edits that lead to another line where there are several.
const (
	backOne      = "Back one character"
	onOne        = "On one character"
	deleteBefore = "Delete the character before"
	deleteHere   = "Delete the character here"
	cutToEnd     = "Cut to the end of the line"
)

// readlineKeys are the keys of readline.
var readlineKeys = []Edit{
	{backOne, []string{"left", "ctrl+b"}, func(in *Input) { in.At = in.before(in.At) }},
	{onOne, []string{"right", "ctrl+f"}, func(in *Input) { in.At = in.Behind(in.At) }},
	{"To the start of the line", []string{"home", "ctrl+a"}, func(in *Input) { in.At = in.lineStart() }},
	{"To the end of the line", []string{"end", "ctrl+e"}, func(in *Input) { in.At = in.LineEnd() }},
	{"Back one word", []string{"ctrl+left", "alt+b"}, func(in *Input) { in.At = in.wordStart() }},
	{"On one word", []string{"ctrl+right", "alt+f"}, func(in *Input) { in.At = in.wordEnd() }},
	{deleteBefore, []string{"backspace", "ctrl+h"}, func(in *Input) { in.remove(in.before(in.At), in.At) }},
	{deleteHere, []string{"delete", "ctrl+d"}, func(in *Input) { in.remove(in.At, in.Behind(in.At)) }},
	{"Cut the word before", []string{"ctrl+w", "alt+backspace"}, func(in *Input) { in.cut(in.wordStart(), in.At) }},
	{"Cut the rest of the word", []string{"alt+d"}, func(in *Input) { in.cut(in.At, in.wordEnd()) }},
	{"Cut to the start of the line", []string{"ctrl+u"}, func(in *Input) { in.cut(in.lineStart(), in.At) }},
	{cutToEnd, []string{"ctrl+k"}, func(in *Input) { in.cut(in.At, in.LineEnd()) }},
	{"Put back what was cut last", []string{"ctrl+y"}, func(in *Input) { in.Lost = !in.InsertLines(in.cutBy) || in.Lost }},
}

// editFor is what a key does to a line, nil if nothing.
func editFor(key string) *Edit {
	edits := KeysInUse().Edits
	for i := range edits {
		if slices.Contains(edits[i].Keys, key) {
			return &edits[i]
		}
	}
	return nil
}

// TypingPlace is where edits work, as help has it.
const TypingPlace = "Wherever you type"

// Do edits a line.
func (e *Edit) Do(in *Input) { e.do(in) }
