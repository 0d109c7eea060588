package shell

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// What zkCli prints and takes is partly Java's: how numbers are read, and in
// which order strings stand.

// parseInt32 is Integer.parseInt, its error included.
func parseInt32(text string) (int32, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, notANumber(text)
	}
	return int32(n), nil
}

// decodeInt32 is Integer.decode: decimal, or hexadecimal behind 0x, 0X or #, or
// octal behind 0. The error is Java's, which names what is left to be read.
func decodeInt32(text string) (int32, error) {
	if text == "" {
		return 0, failf("Zero length string")
	}
	digits, sign := text, ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		digits, sign = text[1:], text[:1]
	}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0x"), strings.HasPrefix(digits, "0X"):
		digits, base = digits[2:], 16
	case strings.HasPrefix(digits, "#"):
		digits, base = digits[1:], 16
	case len(digits) > 1 && digits[0] == '0':
		digits, base = digits[1:], 8
	}
	n, err := strconv.ParseInt(sign+digits, base, 32)
	switch {
	case strings.HasPrefix(digits, "-"), strings.HasPrefix(digits, "+"):
		return 0, failf("Sign character in wrong position")
	case err != nil && base == 10:
		return 0, notANumber(strings.TrimPrefix(sign, "+") + digits)
	case err != nil:
		return 0, failf(`For input string: "%s" under radix %d`, strings.TrimPrefix(sign, "+")+digits, base)
	}
	return int32(n), nil
}

// parseInt64 is Long.parseLong, its error included.
func parseInt64(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, notANumber(text)
	}
	return n, nil
}

func notANumber(text string) error { return failf(`For input string: "%s"`, text) }

// javaSplit is String.split: empty parts at the end are dropped, so that nothing
// is left of a text of separators alone.
func javaSplit(text, separator string) []string {
	if text == "" {
		return []string{""}
	}
	parts := strings.Split(text, separator)
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// sortNames sorts as String.compareTo does, by UTF-16 units. It differs from Go's
// order where a name has characters beyond U+FFFF.
func sortNames(names []string) {
	slices.SortFunc(names, func(a, b string) int {
		for i := 0; i < len(a) && i < len(b); i++ {
			if a[i] != b[i] {
				if a[i] < 0x80 || b[i] < 0x80 {
					return int(a[i]) - int(b[i])
				}
				return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
			}
		}
		return len(a) - len(b)
	})
}

// properties reads the key=value lines of a Java properties file.
func properties(text string) map[string]string {
	entries := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		end := strings.IndexAny(line, "=: \t")
		if end < 0 {
			end = len(line)
		}
		value := strings.TrimLeft(line[end:], " \t")
		if value != "" && (value[0] == '=' || value[0] == ':') {
			value = strings.TrimLeft(value[1:], " \t")
		}
		entries[line[:end]] = value
	}
	return entries
}

// javaMapOrder is the keys of a map as Java's Properties lists them: by the low
// bits of their hashes.
func javaMapOrder(entries map[string]string) []string {
	size := uint32(16)
	for len(entries) > int(size/4*3) {
		size *= 2
	}
	bucket := func(key string) uint32 {
		var h uint32
		for _, unit := range utf16.Encode([]rune(key)) {
			h = 31*h + uint32(unit)
		}
		return (h ^ h>>16) & (size - 1)
	}
	return slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		return cmp.Or(cmp.Compare(bucket(a), bucket(b)), strings.Compare(a, b))
	})
}
