package tui

import "slices"

// An edit is what a key does to a line that is being typed. Help has these, too.
type edit struct {
	title string
	keys  []string
	do    func(in *input)
}

// edits are the keys of readline.
var edits = []edit{
	{"Back one character", []string{"left", "ctrl+b"}, func(in *input) { in.at = in.before(in.at) }},
	{"On one character", []string{"right", "ctrl+f"}, func(in *input) { in.at = in.behind(in.at) }},
	{"To the start of the line", []string{"home", "ctrl+a"}, func(in *input) { in.at = in.lineStart() }},
	{"To the end of the line", []string{"end", "ctrl+e"}, func(in *input) { in.at = in.lineEnd() }},
	{"Back one word", []string{"ctrl+left", "alt+b"}, func(in *input) { in.at = in.wordStart() }},
	{"On one word", []string{"ctrl+right", "alt+f"}, func(in *input) { in.at = in.wordEnd() }},
	{"Delete the character before", []string{"backspace", "ctrl+h"}, func(in *input) { in.remove(in.before(in.at), in.at) }},
	{"Delete the character here", []string{"delete", "ctrl+d"}, func(in *input) { in.remove(in.at, in.behind(in.at)) }},
	{"Cut the word before", []string{"ctrl+w", "alt+backspace"}, func(in *input) { in.cut(in.wordStart(), in.at) }},
	{"Cut the rest of the word", []string{"alt+d"}, func(in *input) { in.cut(in.at, in.wordEnd()) }},
	{"Cut to the start of the line", []string{"ctrl+u"}, func(in *input) { in.cut(in.lineStart(), in.at) }},
	{"Cut to the end of the line", []string{"ctrl+k"}, func(in *input) { in.cut(in.at, in.lineEnd()) }},
	{"Put back what was cut last", []string{"ctrl+y"}, func(in *input) { in.lost = !in.insertLines(in.cutBy) || in.lost }},
}

// editFor is what a key does to a line, nil if nothing.
func editFor(key string) *edit {
	for i := range edits {
		if slices.Contains(edits[i].keys, key) {
			return &edits[i]
		}
	}
	return nil
}

// typingPlace is where edits work, as help has it.
const typingPlace = "Wherever you type"
