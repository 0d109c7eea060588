// Package printable makes text safe to be shown on a terminal.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is text with line ends and tabs as they are, and every other control character,
// every format character (those that reorder text among them), and every byte that is no
// UTF-8 written out (\x1b, \u202e).
func Text(text string) string {
	if Is(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			WriteHex(&b, text[i])
		case showable(r):
			b.WriteString(text[i : i+n])
		case r < 0x100:
			WriteHex(&b, byte(r))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

// WriteHex writes a byte as \x1b. A znode can hold a million of them.
func WriteHex(b *strings.Builder, c byte) {
	const digits = "0123456789abcdef"
	b.WriteString(`\x`)
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// Is tells whether Text leaves the text as it is.
func Is(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || !showable(r) {
			return false
		}
	}
	return true
}

// showable tells whether a terminal shows r as itself. Joiners within emoji and
// scripts that need them (U+200C, U+200D) are.
func showable(r rune) bool {
	switch r {
	case '\n', '\t', '\u200c', '\u200d':
		return true
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs)
}
