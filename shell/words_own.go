package shell

import (
	"strconv"
	"strings"

	"zoosh/internal/printable"
)

// splitOwn splits the line of one of zoosh's own commands. Its rule can express
// every word: quotes hold blanks, also within a word; between double quotes and
// outside of quotes \\ \" \' \n \t \r, \xNN for a byte and a backslash before a
// blank stand for what they do elsewhere. Any other backslash is one, so that
// patterns need no two. ok is false if a quote is not closed.
func splitOwn(line string) (words []string, ok bool) {
	var word strings.Builder
	quote, begun := byte(0), false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'':
			text, n := escape(line[i:], quote)
			word.WriteString(text)
			begun, i = true, i+n-1
		case quote == 0 && (c == '"' || c == '\''):
			quote, begun = c, true
		case c == quote && quote != 0:
			quote = 0
		case quote == 0 && strings.IndexByte(blanks, c) >= 0:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words, quote == 0
}

// escapes is what a backslash makes of the character behind it.
var escapes = map[byte]string{'\\': `\`, '"': `"`, '\'': `'`, 'n': "\n", 't': "\t", 'r': "\r"}

// escape reads what begins with a backslash, and tells how long it is.
func escape(s string, quote byte) (text string, n int) {
	switch {
	case len(s) < 2:
		return s, 1
	case s[1] == ' ' && quote == 0:
		return " ", 2
	case s[1] == 'x' && len(s) >= 4:
		if v, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
			return string([]byte{byte(v)}), 4
		}
	}
	if text, known := escapes[s[1]]; known {
		return text, 2
	}
	return s[:1], 1
}

// split splits a line by the rule of its command, if the shell has that one.
func (sh *Shell) split(line string) []string {
	words, own := Words(line)
	if own && sh.lookup(sh.Dialect(), words[0]) == nil {
		return Split(line)
	}
	return words
}

// quoteOwn writes a word so that splitOwn gives it back.
func quoteOwn(word string) string {
	if word != "" && !strings.ContainsAny(word, `"'\`+blanks) && printable.Is(word) {
		return word
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(word) {
		switch c := word[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			printable.WriteHex(&b, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
