package main

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// typedInto is what readline and the editor get of input: keys as they are, pieces in
// brackets, with how many lines they have if those are to be looked at first.
func typedInto(t *testing.T, in io.Reader, searching bool) string {
	t.Helper()
	k := newKeyReader(in)
	defer k.close()
	var got strings.Builder
	buf := make([]byte, 7)
	var rest []byte
	for {
		n, err := k.Read(buf)
		rest = append(rest, buf[:n]...)
		for len(rest) > 0 && (utf8.FullRune(rest) || err != nil) {
			r, n := utf8.DecodeRune(rest)
			if rest = rest[n:]; r != pieceMark {
				got.WriteRune(r)
				continue
			}
			p := k.take(func(p *piece) string {
				if searching {
					return p.text
				}
				return ""
			})
			switch {
			case p == nil:
				t.Error("a mark that stands for nothing")
			case p.long:
				got.WriteString("{too long}")
			case searching:
			default:
				got.WriteString("{" + p.text + "}" + strings.Repeat("?", p.lines))
			}
		}
		if err != nil {
			return got.String()
		}
	}
}

func TestKeyReader(t *testing.T) {
	long := strings.Repeat("中x", 40)
	for in, want := range map[string]string{
		"":                                     "",
		"ls /\r":                               "ls /\r",
		"\x1b[A\x1bOB\x1bb\x03中":               "\x1b[A\x1bOB\x1bb\x03中",
		"\x1b":                                 "\x1b",
		"\x1b[":                                "\x1b[",
		long + "\r":                            "{" + long + "}\r",
		long + "\x1b[D" + long:                 "{" + long + "}\x1b[D{" + long + "}",
		"a\U0010fffdb\U0010fffc":               "ab",
		long + "\t\U0010fffd":                  "{" + long + "}\t",
		"\x1b[200~ls /\x1b[201~x":              "{ls /}x",
		"\x1b[200~ls /\r\n\x1b[201~x":          "{ls /}\rx",
		"\x1b[200~ls /\r\rget /a\r\x1b[201~\r": "{ls /\n\nget /a}???\r",
		"\x1b[200~'{\r\t1\x1b[31m\r}'\x1b[201~\r":                    "{'{\n\t1[31m\n}'}???\r",
		"\x1b[200~[zk: h(CONNECTED) 0] ls /\r[a]\r\x1b[201~":         "{ls /}\r",
		"\x1b[200~ls /\r\x03get /\r":                                 "\x03get /\r",
		"\x1b[200~never ended":                                       "",
		"\x1b[200~\x1b[201~":                                         "{}",
		"\x1b[200~" + strings.Repeat("x", maxPiece+9) + "\x1b[201~y": "{too long}y",
	} {
		for name, reader := range map[string]io.Reader{"at once": strings.NewReader(in), "in pieces": iotest.OneByteReader(strings.NewReader(in))} {
			if name == "in pieces" && len(in) > 1<<20 {
				continue
			}
			got, want := typedInto(t, reader, false), want
			if name == "in pieces" && !strings.Contains(in, pasteBegin) { // one by one they are keys
				want = strings.NewReplacer("{", "", "}", "").Replace(want)
			}
			if got != want {
				t.Errorf("%.60q %s: %.200q, want %q", in, name, got, want)
			}
		}
	}
	// A search takes a piece as keys, in its place.
	if got := typedInto(t, strings.NewReader(long+"\r\x1b[200~abc\r\x1b[201~d"), true); got != long+"\rabc\rd" {
		t.Errorf("%q", got)
	}
}

// What is typed arrives, in whatever chunks it comes.
func FuzzKeyReader(f *testing.F) {
	f.Add("ls /\r", uint8(3))
	f.Add(strings.Repeat("x", 100)+"\r\x1b[A\x1b[200~a\rb\x1b[201~", uint8(50))
	f.Fuzz(func(t *testing.T, in string, size uint8) {
		got := typedInto(t, &chunked{in, int(size) + 1}, true)
		if strings.Contains(in, "\x1b[200~") || !utf8.ValidString(in) {
			return // that nothing breaks is enough
		}
		var want strings.Builder
		for i := 0; i < len(in); {
			n := 1
			if in[i] == '\x1b' {
				n, _ = sequenceLen([]byte(in[i:]))
			}
			if n == 1 {
				_, n = utf8.DecodeRuneInString(in[i:])
			}
			if part := in[i : i+n]; n > 1 && part[0] != '\x1b' {
				want.WriteString(plainText(part))
			} else {
				want.WriteString(part)
			}
			i += n
		}
		if !utf8.ValidString(want.String()) || strings.ContainsRune(in, '\x1b') && strings.ContainsFunc(in, func(r rune) bool { return r >= 0x80 }) {
			return // a sequence that ends within a character
		}
		if got != want.String() {
			t.Fatalf("%q came as %q, want %q", in, got, want.String())
		}
	})
}

// chunked gives what it has in chunks of a size.
type chunked struct {
	rest string
	size int
}

func (c *chunked) Read(p []byte) (int, error) {
	if c.rest == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
