package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// viewed is the rows in view, as text.
func viewed(s *scrollback, w, h int) string {
	var out []string
	for _, r := range s.view(w, h) {
		from, to := s.line(r.line).row(r.row, w)
		out = append(out, s.line(r.line).text[from:to])
	}
	return strings.Join(out, "|")
}

func TestScrollbackWraps(t *testing.T) {
	var s scrollback
	s.put(outPlain, false, "abcdefghij\nkurz\n\n中文中文中\n")
	for _, c := range []struct {
		w, h int
		want string
	}{
		{4, 9, "abcd|efgh|ij|kurz||中文|中文|中"},
		{5, 9, "abcde|fghij|kurz||中文|中文|中"},
		{20, 9, "abcdefghij|kurz||中文中文中"},
		{4, 3, "中文|中文|中"},
		{4, 5, "kurz||中文|中文|中"},
	} {
		if got := viewed(&s, c.w, c.h); got != c.want {
			t.Errorf("%dx%d: %q, not %q", c.w, c.h, got, c.want)
		}
	}
}

func TestScrollbackPieces(t *testing.T) {
	var s scrollback
	s.put(outPlain, false, "one ")
	s.put(outPlain, false, "line\ntab\tbed\n")
	s.put(outPlain, false, "no end")
	s.put(outWatch, false, "\nWATCHER::\n")
	s.prompt("[zk] ", "ls\x1b")
	if got := viewed(&s, 40, 9); got != `one line|tab     bed|no end|WATCHER::|[zk] ls\x1b` {
		t.Errorf("%q", got)
	}
}

func TestScrollbackIsBounded(t *testing.T) {
	var s scrollback
	for i := range 3 * scrollbackLines {
		s.put(outPlain, false, fmt.Sprintln("line", i))
	}
	if len(s.lines) != scrollbackLines || s.end() != 3*scrollbackLines || viewed(&s, 40, 1) != "line 29999" {
		t.Errorf("%d lines, end %d, last %q", len(s.lines), s.end(), viewed(&s, 40, 1))
	}
	s.put(outPlain, false, strings.Repeat("x\n", 5*scrollbackLines)+"last\n")
	if len(s.lines) != scrollbackLines || viewed(&s, 40, 1) != "last" {
		t.Errorf("%d lines after one text of many", len(s.lines))
	}
	for range 40 {
		s.put(outPlain, false, strings.Repeat("x", 1<<20)+"\n")
	}
	if s.bytes > scrollbackBytes || len(s.lines) < 10 {
		t.Errorf("%d bytes in %d lines", s.bytes, len(s.lines))
	}
}

func TestScrollbackScrolls(t *testing.T) {
	var s scrollback
	s.put(outPlain, false, "aabbcc\n1\n2\n3\n4\n5\n")
	const w, h = 2, 3
	step := func(by int, want string, scrolled bool) {
		t.Helper()
		s.scroll(by, w, h)
		if got := viewed(&s, w, h); got != want || s.scrolled != scrolled {
			t.Errorf("after %d: %q scrolled %v, not %q %v", by, got, s.scrolled, want, scrolled)
		}
	}
	step(0, "3|4|5", false)
	step(-1, "2|3|4", true)
	s.put(outPlain, false, "6\n")
	step(0, "2|3|4", true) // it stays
	step(-3, "bb|cc|1", true)
	step(-9, "aa|bb|cc", true)
	if got := viewed(&s, 6, h); got != "aabbcc|1|2" { // another width
		t.Errorf("wider: %q", got)
	}
	step(2, "cc|1|2", true)
	if got := viewed(&s, 3, h); got != "bcc|1|2" {
		t.Errorf("the row that was on top is not: %q", got)
	}
	step(99, "4|5|6", false)
	s.cleared = s.end()
	step(0, "", false)
	s.put(outPlain, false, "7\n")
	step(0, "7", false)
	step(-2, "5|6|7", true)
	step(2, "7", false)
}

func TestIndexFold(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        int
	}{
		{"abc", "c", 2}, {"ABC", "c", 2}, {"abc", "C", -1}, {"xAbaB", "ab", 1}, {"aaAB", "ab", 2},
		{"", "a", -1}, {"中文A", "文a", 3}, {"n/A", "/a", 1}, {"ab", "abc", -1},
	} {
		if got := indexFold(c.text, c.query); got != c.want {
			t.Errorf("indexFold(%q, %q) = %d, not %d", c.text, c.query, got, c.want)
		}
	}
}

func TestErrorMarkTakesRoom(t *testing.T) {
	var s scrollback
	s.prompt("[zk] ", "x")
	s.put(outPlain, true, "abcdef\nmore\n")
	s.put(outWatch, false, "\nWATCHER::\n")
	s.failed()
	if !s.lines[1].mark || s.lines[2].mark || s.lines[2].kind != outError || s.lines[4].kind != outWatch {
		t.Errorf("%+v", s.lines)
	}
	if n := s.lines[1].rows(5); n != 2 {
		t.Errorf("six letters and a mark take %d rows of 5", n)
	}
}

// Rows of plain text need no search for where they begin, which is to be the same.
func TestRowsOfPlainText(t *testing.T) {
	for n := range 50 {
		for w := 1; w < 20; w++ {
			plain := strings.Repeat("x", n)
			other := strings.Repeat("é", n) // each a cell, too
			var want []int
			for _, at := range rowStarts(other, w) {
				want = append(want, at/len("é"))
			}
			if got := rowStarts(plain, w); !slices.Equal(got, want) {
				t.Fatalf("%d in %d cells: %v, want %v", n, w, got, want)
			}
		}
	}
}

// TestLongLine: of a line that is longer than is kept the beginning is there, and a line
// says how much is not, however it comes.
func TestLongLine(t *testing.T) {
	for name, char := range map[string]string{"ASCII": "x", "wide": "界"} {
		t.Run(name, func(t *testing.T) {
			piece := strings.Repeat(char, (64<<10)/len(char))
			var s scrollback
			s.prompt("> ", "get /a")
			total := 0
			for range 100 {
				s.put(outPlain, false, piece)
				total += len(piece)
			}
			s.put(outPlain, false, "\n")
			s.put(outPlain, false, "next\n")
			if len(s.lines) != 4 || s.bytes > scrollbackLine+1000 {
				t.Fatalf("%d lines, %d bytes", len(s.lines), s.bytes)
			}
			kept := len(s.lines[1].text)
			if kept > scrollbackLine || kept < scrollbackLine-4 || strings.Trim(s.lines[1].text, char) != "" {
				t.Errorf("%d bytes of the line are kept", kept)
			}
			if want := fmt.Sprintf("(%d more bytes of this line are not kept: ", total-kept); !strings.HasPrefix(s.lines[2].text, want) {
				t.Errorf("%q, want %q", s.lines[2].text, want)
			}
			if s.lines[3].text != "next" {
				t.Errorf("%q", s.lines[3].text)
			}
			// As a whole it is the same; and without an end the next prompt ends it.
			var whole scrollback
			whole.prompt("> ", "get /a")
			whole.put(outPlain, false, strings.Repeat(piece, 100))
			whole.prompt("> ", "ls")
			if len(whole.lines) != 4 || whole.lines[1].text != s.lines[1].text || whole.lines[2].text != s.lines[2].text {
				t.Errorf("%d lines", len(whole.lines))
			}
		})
	}
}
