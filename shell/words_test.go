package shell

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// splitTests are lines and the words that zkCli finds in them.
var splitTests = []struct {
	line  string
	words []string
}{
	{"", nil},
	{"ls /", []string{"ls", "/"}},
	{"  ls   /  ", []string{"ls", "/"}},
	{"ls\t/\t-s", []string{"ls", "/", "-s"}},
	{"ls\v/\fx\r", []string{"ls", "/", "x"}},
	{"create /a 'hello world'", []string{"create", "/a", "hello world"}},
	{`create /a "hello world"`, []string{"create", "/a", "hello world"}},
	{"'ls' /", []string{"ls", "/"}},
	{`"ls"`, []string{"ls"}},

	// Quotes within words are ordinary.
	{`create /a hello"wo rld"`, []string{"create", "/a", `hello"wo`, `rld"`}},
	{"create /a it's", []string{"create", "/a", "it's"}},
	{`create /a "it's"`, []string{"create", "/a", "it's"}},
	{`create /a '"'`, []string{"create", "/a", `"`}},
	{`'a"b' "c'd"`, []string{`a"b`, "c'd"}},
	{`a=b" c"`, []string{`a=b"`, `c"`}},
	{"a''", []string{"a''"}},

	// A closing quote ends a word.
	{`create /a "a b"c`, []string{"create", "/a", "a b", "c"}},
	{"create /a 'it''s'", []string{"create", "/a", "it", "s"}},
	{`ls "a"'b'`, []string{"ls", "a", "b"}},
	{"ls '/a b'/c", []string{"ls", "/a b", "/c"}},
	{"''a", []string{"", "a"}},

	// Nothing between quotes is a word.
	{"create /a ''", []string{"create", "/a", ""}},
	{`create /a ""`, []string{"create", "/a", ""}},
	{"create /a '' x", []string{"create", "/a", "", "x"}},
	{"''", []string{""}},
	{"' '", []string{" "}},
	{`""""`, []string{"", ""}},

	// A quote that never closes is passed over.
	{"create /a 'open", []string{"create", "/a", "open"}},
	{`create /a "open end`, []string{"create", "/a", "open", "end"}},
	{"'", nil},
	{`"`, nil},
	{`"a`, []string{"a"}},
	{"'a b", []string{"a", "b"}},
	{"ls ' /a", []string{"ls", "/a"}},
	{`ls 'x"y`, []string{"ls", `x"y`}},
	{`x """`, []string{"x", ""}},

	// Blanks are the ASCII ones.
	{"ls\u00a0/", []string{"ls\u00a0/"}},
	{"ls\u0085/", []string{"ls\u0085/"}},
	{"中 'x y' é", []string{"中", "x y", "é"}},
	{"\U0001f600 'a \U0001f600'", []string{"\U0001f600", "a \U0001f600"}},

	// A line of blanks is a word of one blank.
	{"\t", []string{"\t"}},
	{"   ", []string{" "}},
}

func TestSplit(t *testing.T) {
	for _, test := range splitTests {
		if got := Split(test.line); !slices.Equal(got, test.words) {
			t.Errorf("%q: %q, want %q", test.line, got, test.words)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, test := range []struct {
		word, quoted string
		ok           bool
	}{
		{"/a", "/a", true}, {"it's", "it's", true}, {`a"b`, `a"b`, true}, {"a b", `"a b"`, true},
		{"", `""`, true}, {" ", `" "`, true}, {"\t", "\"\t\"", true}, {`"`, `'"'`, true}, {"'", `"'"`, true}, {"'a'", `"'a'"`, true},
		{`a" b`, `'a" b'`, true}, {"it's me", `"it's me"`, true}, {`a"b'c`, `a"b'c`, true},
		{"中 文", `"中 文"`, true}, {"a\nb", "\"a\nb\"", true},
		{`"a'`, "", false}, {`a" 'b`, "", false}, {`'"`, "", false},
	} {
		got, ok := Quote(test.word)
		if ok != test.ok || ok && got != test.quoted {
			t.Errorf("%q: %s, %v, want %s, %v", test.word, got, ok, test.quoted, test.ok)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, test := range splitTests {
		f.Add(test.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := Split(line)
		// Words stand in the line, in their order, and no other letter does.
		rest := line
		for _, w := range words {
			i := strings.Index(rest, w)
			if i < 0 {
				if utf8.ValidString(line) {
					t.Fatalf("%q: %q is not in it", line, w)
				}
				return
			}
			if skipped := strings.Trim(rest[:i], " \t\n\v\f\r'\""); skipped != "" {
				t.Fatalf("%q: %q is in no word", line, skipped)
			}
			rest = rest[i+len(w):]
		}
		if left := strings.Trim(rest, " \t\n\v\f\r'\""); left != "" {
			t.Fatalf("%q: %q is in no word", line, left)
		}
		// Blanks around a line change nothing, unless there is nothing else.
		if len(words) > 0 && strings.Trim(line, " \t\n\v\f\r") != "" {
			if got := Split("  " + line + "\t"); !slices.Equal(got, words) && strings.Count(line, `"`)+strings.Count(line, "'") == 0 {
				t.Fatalf("%q: %q, with blanks around it %q", line, words, got)
			}
		}
	})
}

func FuzzQuote(f *testing.F) {
	for _, test := range splitTests {
		f.Add(test.line)
	}
	f.Fuzz(func(t *testing.T, word string) {
		quoted, ok := Quote(word)
		if !ok {
			both := strings.Contains(word, "'") && strings.Contains(word, `"`)
			first := strings.HasPrefix(word, "'") || strings.HasPrefix(word, `"`)
			if !both || !first && !strings.ContainsAny(word, " \t\n\v\f\r") {
				t.Fatalf("%q can be expressed", word)
			}
			return
		}
		if got := Split(quoted); !slices.Equal(got, []string{word}) {
			t.Fatalf("%q: %s splits into %q", word, quoted, got)
		}
		if got := Split("create " + quoted + " x"); !slices.Equal(got, []string{"create", word, "x"}) {
			t.Fatalf("%q: within a line %s splits into %q", word, quoted, got)
		}
	})
}
