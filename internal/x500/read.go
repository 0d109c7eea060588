package x500

import (
	"math/big"
	"strings"
)

// Valid tells whether Java's X500Principal takes text for a name, which is what
// ZooKeeper asks of an ACL of scheme x509. Java is more generous than RFC 2253, and in
// places odd: what a backslash before a comma or plus means it finds out once for the
// whole, by looking back, and once more reading the parts. Both are as there.
func Valid(text string) bool {
	if text == "" {
		return true
	}
	ok := true
	splitOff(text, ",;", commaEscaped, func(relative string) {
		splitOff(relative, "+", plusEscaped, func(attribute string) {
			ok = ok && validAttribute(attribute)
		})
	})
	return ok
}

// splitOff calls f with the parts of text between separators that are neither escaped
// nor within quotes.
func splitOff(text, separators string, escaped func(text string, at, since int) bool, f func(part string)) {
	begin, looked, quotes := 0, 0, 0
	for {
		at := strings.IndexAny(text[looked:], separators)
		if at < 0 {
			f(text[begin:])
			return
		}
		at += looked
		quotes += countQuotes(text, looked, at)
		if quotes != 1 && !escaped(text, at, looked) {
			f(text[begin:at])
			begin, quotes = at+1, 0
		}
		looked = at + 1
	}
}

// countQuotes counts the quotes of a stretch that have no backslash before them.
func countQuotes(text string, from, to int) (n int) {
	for i := from; i < to; i++ {
		if text[i] == '"' && (i == from || text[i-1] != '\\') {
			n++
		}
	}
	return n
}

// commaEscaped tells whether the comma or semicolon is: if a backslash stands before
// it, alone or as one of an odd number since the separator before.
func commaEscaped(text string, at, since int) bool {
	switch {
	case at == 0 || text[at-1] != '\\':
		return false
	case at == 1 || text[at-2] != '\\':
		return true
	}
	return strings.Count(text[min(since, at):at], `\`)%2 == 1
}

// plusEscaped is commaEscaped for a plus, which is no separator at the beginning.
func plusEscaped(text string, at, _ int) bool { return at == 0 || text[at-1] == '\\' }

// validAttribute reads KEYWORD=VALUE.
func validAttribute(text string) bool {
	keyword, value, ok := strings.Cut(text, "=")
	if !ok || !validKeyword(keyword) {
		return false
	}
	value = strings.TrimLeft(value, " \n")
	switch {
	case value == "":
		return true
	case value[0] == '#':
		return validHex(value[1:])
	case value[0] == '"':
		return validQuoted(value[1:])
	}
	return validString(value)
}

var known = map[string]bool{
	"CN": true, "C": true, "L": true, "S": true, "ST": true, "O": true, "OU": true, "T": true, "IP": true,
	"STREET": true, "DC": true, "DNQUALIFIER": true, "DNQ": true, "SURNAME": true, "GIVENNAME": true,
	"INITIALS": true, "GENERATION": true, "EMAIL": true, "EMAILADDRESS": true, "UID": true, "SERIALNUMBER": true,
}

// validKeyword takes names and numbers such as 2.5.4.3 or OID.2.5.4.3.
func validKeyword(text string) bool {
	keyword := strings.ToUpper(strings.TrimFunc(text, func(r rune) bool { return r <= ' ' }))
	if known[keyword] {
		return true
	}
	keyword = strings.TrimPrefix(keyword, "OID.")
	return keyword != "" && isDigit(keyword[0]) && validOID(keyword)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// maxOID is how long an object identifier may be that Java reads, encoded.
const maxOID = 4096

func validOID(text string) bool {
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(text) > 3*maxOID {
		return false
	}
	var first int64
	size := 0
	for i, part := range parts {
		n, ok := new(big.Int).SetString(part, 10)
		switch {
		case !ok || strings.Contains(part, "_") || n.Sign() < 0,
			i == 0 && n.Cmp(big.NewInt(2)) > 0,
			i == 1 && first < 2 && n.Cmp(big.NewInt(39)) > 0:
			return false
		case i == 0:
			first = n.Int64()
			continue
		case i == 1:
			n.Add(n, big.NewInt(40*first))
		}
		size += max(1, (n.BitLen()+6)/7)
	}
	return size <= maxOID
}

func isTerminator(c byte) bool { return c == '+' || c == ',' || c == ';' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// escapedAt looks at what follows a backslash: two hexadecimal digits, or a character
// of these. length is 0 if it is neither.
func escapedAt(text, characters string) (length int) {
	switch {
	case text == "":
		return 0
	case isHex(text[0]):
		if len(text) > 1 && isHex(text[1]) {
			return 2
		}
		return 0
	case strings.IndexByte(characters, text[0]) >= 0:
		return 1
	}
	return 0
}

// validQuoted reads a value behind its first quote. Only blanks may follow the last.
func validQuoted(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return strings.Trim(text[i+1:], " \n") == ""
		case '\\':
			n := escapedAt(text[i+1:], ",=\n+<>#;\\\"")
			if n == 0 {
				return false
			}
			i += n
		}
	}
	return false
}

// validString reads a value that is not quoted, up to its end.
func validString(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case i > 0 && isTerminator(c):
			return true // and whatever follows is overlooked
		case c == '\\':
			n := escapedAt(text[i+1:], ",=\n+<>#;\\\" ")
			if n == 0 {
				return false
			}
			i += n
		case strings.IndexByte(",+<>;\"", c) >= 0:
			return false
		}
	}
	return true
}

// validHex reads a value that is given as its encoding.
func validHex(text string) bool {
	if i := strings.IndexAny(text, "+,;"); i >= 0 {
		text = text[:i]
	}
	if text == "" || len(text)%2 == 1 {
		return false
	}
	var der []byte
	for i := 0; i < len(text); i += 2 {
		if !isHex(text[i]) || !isHex(text[i+1]) {
			return false
		}
		der = append(der, unhex(text[i])<<4|unhex(text[i+1]))
	}
	return oneValue(der)
}

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// oneValue tells whether the bytes are one value: a tag, a length, and so many bytes.
func oneValue(der []byte) bool {
	if len(der) < 2 {
		return false
	}
	length, body := int(der[1]), der[2:]
	if n := length & 0x7f; length > 0x7f {
		if n == 0 || n > 4 || n > len(body) {
			return false
		}
		length = 0
		for _, b := range body[:n] {
			length = length<<8 | int(b)
		}
		body = body[n:]
	}
	return length == len(body)
}
