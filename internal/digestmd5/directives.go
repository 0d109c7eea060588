package digestmd5

import (
	"errors"
	"strings"
)

// A Grammar is how directives are read, which matters where they are malformed.
type Grammar int

const (
	// Strict is RFC 2831's: name=value, and a comma between two of them. A value may be
	// empty.
	Strict Grammar = iota
	// Java is what Java's server takes: blanks, too, end a value, and a last name needs
	// none. What has a = needs one.
	Java
)

// lws is linear white space, and separators what stands between directives.
const (
	lws        = " \t\r\n"
	separators = "," + lws
)

// Each reads directives, and calls take with each in its order: the name as it is
// written, the value without its quotes. The first error, take's or one that says what
// is malformed, ends it.
func Each(s string, g Grammar, take func(name, value string) error) error {
	cutName, cutSeparator := cutStrictName, cutComma
	if g == Java {
		cutName, cutSeparator = cutJavaName, cutAny
	}
	for {
		if s = strings.TrimLeft(s, separators); s == "" {
			return nil
		}
		name, rest, err := cutName(s)
		if err != nil {
			return err
		}
		value, rest, err := cutValue(rest)
		if err != nil {
			return err
		}
		if s, err = cutSeparator(rest); err != nil {
			return err
		}
		if err := take(name, value); err != nil {
			return err
		}
	}
}

// cutStrictName takes a name and its = off the front of s.
func cutStrictName(s string) (name, rest string, err error) {
	name, rest, ok := strings.Cut(s, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, ",\"") {
		return "", "", errors.New("a directive without a value")
	}
	return name, strings.TrimLeft(rest, lws), nil
}

// cutJavaName takes a name and its = off the front of s.
func cutJavaName(s string) (name, rest string, err error) {
	end := strings.IndexAny(s, "="+separators)
	if end < 0 {
		return s, "", nil
	}
	name, rest = s[:end], strings.TrimLeft(s[end:], lws)
	switch {
	case !strings.HasPrefix(rest, "="):
		return "", "", errors.New("a directive without =")
	case name == "":
		return "", "", errors.New("a directive without a name")
	}
	if rest = strings.TrimLeft(rest[1:], lws); rest == "" {
		return "", "", errors.New("a directive without a value")
	}
	return name, rest, nil
}

// cutValue takes a token or a quoted string off the front of s.
func cutValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, separators)
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", errors.New("a quote that does not close")
}

// cutComma takes the blanks off the front of s, which a comma has to follow.
func cutComma(s string) (string, error) {
	if s = strings.TrimLeft(s, lws); s != "" && s[0] != ',' {
		return "", errors.New("no comma between two directives")
	}
	return s, nil
}

// cutAny has blanks do for a comma.
func cutAny(s string) (string, error) {
	if s != "" && !strings.Contains(separators, s[:1]) {
		return "", errors.New("no comma behind a quote")
	}
	return s, nil
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// Quote is a value between quotes, which nothing in it can end.
func Quote(value string) string { return `"` + quoting.Replace(value) + `"` }
