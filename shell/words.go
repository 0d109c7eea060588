package shell

import (
	"regexp"
	"strings"
)

// zkCli's rule for words (ZooKeeperMain.ARGS_PATTERN): a word is a run of
// non-spaces that does not begin with a quote, or everything between two equal
// quotes. A quote within a word is an ordinary character, a word cannot be glued
// together from pieces, and a quote that never closes is passed over.
var wordPattern = regexp.MustCompile(`[ \t\n\x0b\f\r]*([^"'][^ \t\n\x0b\f\r]*|"[^"]*"|'[^']*')[ \t\n\x0b\f\r]*`)

// Split splits a line into words as zkCli does.
func Split(line string) []string {
	var words []string
	for _, m := range wordPattern.FindAllStringSubmatch(line, -1) {
		words = append(words, unquote(m[1]))
	}
	return words
}

// FirstWord is the first of the words of a line, "" if it has none.
func FirstWord(line string) string {
	m := wordPattern.FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	return unquote(m[1])
}

// unquote takes off a pair of equal quotes around w.
func unquote(w string) string {
	if n := len(w); n >= 2 && (w[0] == '"' || w[0] == '\'') && w[n-1] == w[0] {
		return w[1 : n-1]
	}
	return w
}

// Quote writes a word so that Split gives it back, among others too. ok is false for the few words
// that zkCli's rule cannot express: those with both kinds of quotes that begin
// with one of them or hold a space.
func Quote(w string) (quoted string, ok bool) {
	if w != "" && !strings.ContainsAny(w, `"'`+blanks) {
		return w, true
	}
	for _, candidate := range []string{w, `"` + w + `"`, `'` + w + `'`} {
		if words := Split("x " + candidate + " x"); len(words) == 3 && words[1] == w {
			return candidate, true
		}
	}
	return w, false
}
