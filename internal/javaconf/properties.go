// Package javaconf reads the two kinds of files that ZooKeeper's Java clients are
// configured with: properties, and JAAS login configurations.
package javaconf

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Properties reads a properties file: the whole of the format (comments, the three
// separators, escapes, lines that go on) and nothing beyond it, such as variables,
// which zkCli would not replace either. A name that comes again has its last value, as in
// Java. The text is UTF-8; what is not is taken for ISO 8859-1, byte by byte, which
// is what Java reads.
func Properties(text string) (map[string]string, error) {
	if !utf8.ValidString(text) {
		text = latin1(text)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	props := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		at := i + 1
		line := strings.TrimLeft(lines[i], blanks)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		for goesOn(line) {
			line = line[:len(line)-1]
			if i++; i == len(lines) {
				break
			}
			line += strings.TrimLeft(lines[i], blanks)
		}
		name, value := split(line)
		var err error
		if name, err = unescape(name); err == nil {
			value, err = unescape(value)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", at, err)
		}
		props[name] = value
	}
	return props, nil
}

const blanks = " \t\f"

func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// goesOn tells whether a line ends in a backslash that is not itself escaped.
func goesOn(line string) bool {
	bare := strings.TrimRight(line, `\`)
	return (len(line)-len(bare))%2 == 1
}

// split divides a line at its first separator that is not escaped: blanks, with one
// = or : among them.
func split(line string) (name, value string) {
	end := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte(blanks+"=:", line[i]) >= 0 {
			end = i
			break
		}
	}
	rest := strings.TrimLeft(line[end:], blanks)
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], blanks)
	}
	return line[:end], rest
}

var escapes = map[byte]byte{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f'}

func unescape(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			if s[i] != '\\' {
				b.WriteByte(s[i])
			}
			continue
		}
		i++
		switch c, ok := escapes[s[i]]; {
		case ok:
			b.WriteByte(c)
		case s[i] == 'u':
			r, n, err := unicode(s[i-1:])
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
			i += n - 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

// unicode reads \uXXXX, or two of them that are one character, at the front of s.
func unicode(s string) (r rune, length int, err error) {
	unit := func(s string) (u rune, ok bool) {
		if len(s) < 6 || s[:2] != `\u` {
			return 0, false
		}
		for _, c := range []byte(s[2:6]) {
			d := strings.IndexByte("0123456789abcdef0123456789ABCDEF", c)
			if d < 0 {
				return 0, false
			}
			u = u<<4 | rune(d%16)
		}
		return u, true
	}
	high, ok := unit(s)
	if !ok {
		return 0, 0, fmt.Errorf(`\u is followed by four hexadecimal digits`)
	}
	if low, ok := unit(s[6:]); ok && utf16.IsSurrogate(high) {
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r, 12, nil
		}
	}
	return high, 6, nil
}
