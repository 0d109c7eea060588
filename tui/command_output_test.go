package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
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

func TestCommandScrolls(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "line %02d\n", i)
	}
	d.tab().out.put(outPlain, false, b.String())
	d.shows("line 99")
	d.press("pgup")
	d.shows("line 89", "lines more below")
	d.hides("line 99", "new")
	d.tab().out.put(outPlain, false, "more\n")
	d.shows("some of them new")
	d.hides("line 99")
	d.press("ctrl+end")
	d.shows("line 99", "more")
	d.m.command.Wheel(-3)
	d.hides("line 99")
	d.m.command.Wheel(3)
	d.shows("line 99")
	d.press("pgup", "pgup")
	d.run("ls /")
	d.shows("[zookeeper]") // who runs a line wants to see what it does
	d.press("ctrl+l")
	d.hides("zookeeper")
	d.press("pgup")
	d.shows("zookeeper")
}

func TestCommandSearch(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "Line %02d\n", i)
	}
	d.tab().out.put(outPlain, false, b.String())
	d.press("ctrl+s")
	d.typed("line 4")
	d.shows("Line 49", "search: line 4")
	at := openIn[*finding](d.tab()).at
	d.press("up")
	if got := openIn[*finding](d.tab()).at.line; got != at.line-1 {
		t.Errorf("the older match is in line %d, not %d", got, at.line-1)
	}
	d.press("down")
	if got := openIn[*finding](d.tab()).at; got != at {
		t.Errorf("the newer match is at %v, not %v", got, at)
	}
	if !strings.Contains(strings.Join(d.m.command.Rows(true), "\n"), d.m.theme.Selected.Render("Line 4")) {
		t.Errorf("the match is not marked: %q", d.m.command.Rows(true))
	}
	d.typed("1")
	d.shows("Line 41")
	d.typed("x")
	d.shows("not found")
	d.press("backspace", "esc")
	d.shows("Line 41", "[zk:")
	if d.tab().open != nil || !d.tab().out.scrolled {
		t.Error("Esc did not end the search where it was")
	}
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

// Whatever the size and whatever is open, the pane keeps to its cells and the
// cursor is in it.
func TestCommandKeepsToItsCells(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{History: []string{"create /workers/中文🎉 " + strings.Repeat("long ", 40)}})
	d.run("create /中文🎉 1", "create /日本 2", "get /nope", "help")
	d.opensSession()
	d.press("alt+1")
	states := []func(){
		func() {},
		func() { d.typed("create /w") },
		func() { d.send(tea.PasteMsg{Content: strings.Repeat("中x", 200)}) },
		func() { d.press("ctrl+c"); d.typed("ls /"); d.press("tab"); d.idle() },
		func() { d.press("down", "down") },
		func() { d.press("esc", "pgup", "ctrl+home") },
		func() { d.press("ctrl+s"); d.typed("path") },
		func() { d.press("up", "up") },
		func() { d.press("esc", "ctrl+r"); d.typed("cr") },
		func() { d.press("esc", "ctrl+c") },
	}
	for i, state := range states {
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		state()
		for w := 1; w < 90; w += 1 + w/8 {
			for h := 1; h < 30; h += 1 + h/8 {
				d.m.command.Resize(w, h)
				rows := d.m.command.Rows(true)
				if len(rows) > h {
					t.Fatalf("state %d: %d rows in %dx%d", i, len(rows), w, h)
				}
				for _, row := range rows {
					if ui.WidthOf(row) > w && w > 3 {
						t.Fatalf("state %d: %d cells in %dx%d: %q", i, ui.WidthOf(row), w, h, row)
					}
				}
				if x, y := d.cell(); x < 0 || x >= max(w, 2) || y < 0 || y >= h {
					t.Fatalf("state %d: the cursor is at %d,%d in %dx%d", i, x, y, w, h)
				}
				d.m.command.Click(w/2, h/2)
			}
		}
	}
}

// A frame and a key cost what is in view, however much there is.
func BenchmarkCommandRows(b *testing.B) {
	m := newModel(b.Context(), Config{})
	m.width, m.height = 200, 60
	m.arrange()
	s := &m.command.tab().out
	for i := range scrollbackLines {
		s.put(outPlain, false, fmt.Sprintf("line %d 中文 %s\n", i, strings.Repeat("x", i%300)))
	}
	s.put(outPlain, false, strings.Repeat("中", 1<<18)+"\n")
	for b.Loop() {
		m.command.Rows(true)
	}
}

// A znode's megabyte is shown between two frames.
func BenchmarkCommandMegabyte(b *testing.B) {
	for name, text := range map[string]string{
		"text": strings.Repeat("x", 1<<20) + "\n", "wide": strings.Repeat("中", 1<<18) + "\n", "binary": strings.Repeat("\x00\xff", 1<<19) + "\n",
	} {
		b.Run(name, func(b *testing.B) {
			m := newModel(b.Context(), Config{})
			m.width, m.height = 200, 60
			m.arrange()
			for b.Loop() {
				m.command.tab().out.put(outPlain, false, text)
				m.command.Rows(true)
			}
		})
	}
}

// Events come faster than anybody reads; between two frames there may be thousands.
func BenchmarkCommandEvents(b *testing.B) {
	m := newModel(b.Context(), Config{})
	m.width, m.height = 200, 60
	m.arrange()
	it := shell.Item{Kind: shell.Watch, Shell: "1", Event: session.Event{Type: wire.EventNodeDataChanged, Path: "/a"},
		Text: "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/some/path/to/a/znode\n"}
	for b.Loop() {
		m.command.Take(&it)
	}
}
