package tui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/wire"
	"zoosh/tui/ui"
)

// typingDriver edits /a, which holds "old", in the pane.
func typingDriver(t *testing.T) *commandDriver {
	t.Helper()
	d := driveTree(t)
	d.create("/a", 0)
	d.set("/a", "old")
	d.do(d.m.tree.reveal("/a"))
	d.until("the node", func() bool {
		return d.m.node.path == "/a" && d.m.node.node != nil && string(d.m.node.node.data) == "old" && !d.m.node.waiting
	})
	d.m.setFocus(paneNode)
	d.press("i")
	if d.m.node.typing == nil {
		t.Fatal(d.m.notice.text)
	}
	return d
}

func (d *commandDriver) set(path, data string) {
	d.t.Helper()
	if _, err := d.tab().shell.Session().Set(context.Background(), path, []byte(data), wire.AnyVersion); err != nil {
		d.t.Fatal(err)
	}
}

func (d *commandDriver) holds(path, want string) {
	d.t.Helper()
	data, _, err := d.tab().shell.Session().Get(context.Background(), path, nil)
	if err != nil || string(data) != want {
		d.t.Errorf("%s holds %q, not %q (%v)", path, data, want, err)
	}
}

func TestTypeDataIn(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	// A colon, a q and a Tab are text here, and a paste is meant for it.
	d.typed(":q")
	d.press("tab", "enter")
	d.send(tea.PasteMsg{Content: "中文\n"})
	if title := d.m.node.Title(80); title != "Edit /a, changed" {
		t.Error(title)
	}
	if x, y, shown := d.m.node.Cursor(); x != 0 || y != 3 || !shown {
		t.Errorf("the cursor is at %d,%d", x, y)
	}
	d.press("ctrl+s")
	d.until("it to be written", func() bool { return d.m.node.typing == nil })
	d.holds("/a", ":q\t\n中文\nold")
	want := "set -b -v 1 /a OnEJCuS4reaWhwpvbGQ="
	if !strings.Contains(d.m.notice.text, "written, as by "+want) {
		t.Error(d.m.notice.text)
	}
	d.shows("(the Node pane: " + want + ")")
	d.until("what is new to be shown", func() bool { return strings.Contains(string(d.m.node.node.data), "中文") })
}

func TestTypedOverAnothersChange(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.typed("my ")
	d.set("/a", "theirs\x1b")
	d.press("ctrl+s")
	d.until("the question", func() bool { return d.m.overlay != nil })
	screen := pictured(t, d.m)
	for _, part := range []string{"Nothing was written", "version 1", "theirs\\x1b", "w write yours over it", "r read it, and lose yours"} {
		if !strings.Contains(strings.Join(strings.Fields(screen), " "), part) {
			t.Errorf("it does not say %q:\n%s", part, screen)
		}
	}
	d.press("esc")
	d.holds("/a", "theirs\x1b")
	if d.m.node.typing == nil || d.m.node.typing.area.Text() != "my old" {
		t.Fatal("the text is gone")
	}
	// To write it anyway replaces what was shown, but nothing later.
	d.press("ctrl+s")
	d.until("the question", func() bool { return d.m.overlay != nil })
	d.set("/a", "theirs again")
	d.press("w")
	d.until("the next question", func() bool { return d.m.overlay != nil })
	d.holds("/a", "theirs again")
	d.press("w")
	d.until("it to be written", func() bool { return d.m.node.typing == nil })
	d.holds("/a", "my old")
}

func TestTypedReadAgain(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.typed("my ")
	d.set("/a", "theirs")
	d.press("ctrl+s")
	d.until("the question", func() bool { return d.m.overlay != nil })
	d.press("r")
	d.press("ctrl+end")
	d.typed("!")
	d.press("ctrl+s")
	d.until("it to be written", func() bool { return d.m.node.typing == nil })
	d.holds("/a", "theirs!")
}

// What was typed survives the znode's end, another selection, and Esc and Ctrl-Q
// pressed by mistake.
func TestTypedIsNotLost(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.press("esc")
	if d.m.node.typing != nil {
		t.Fatal("it asks though nothing was changed")
	}
	d.press("i")
	d.typed("my ")
	if err := d.tab().shell.Session().Delete(context.Background(), "/a", wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	d.until("another selection", func() bool { return d.m.node.path != "/a" && !d.m.node.waiting })
	d.press("ctrl+s")
	d.until("a word about it", func() bool {
		return strings.Contains(d.m.notice.text, "not written: NoNode; your text of /a is still here")
	})
	d.press("ctrl+q")
	if d.m.closing || d.m.overlay == nil {
		t.Fatal("Ctrl-Q loses the text")
	}
	d.press("n", "esc", "n")
	if d.m.node.typing.area.Text() != "my old" {
		t.Fatal("the text is another")
	}
	d.press("esc", "y")
	if d.m.node.typing != nil {
		t.Error("it is not given up")
	}
}

func TestTypingIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		data []byte
		want string
	}{
		{[]byte{0, 1}, "the data is no text: e opens $EDITOR"},
		{[]byte(strings.Repeat("x", ui.MaxInput+1)), "65537 bytes are too many for the pane: e opens $EDITOR"},
	} {
		if got := noText(test.data); got != test.want {
			t.Errorf("%q", got)
		}
	}
	m := nodeModel(t, 80, 24, []byte("x"))
	press(t, m, "i")
	if m.node.typing != nil || !strings.Contains(m.notice.text, "session of the prompt is not open") {
		t.Error(m.notice.text)
	}
}

func TestEditAsCommand(t *testing.T) {
	e := nodeEdit{path: "/a b", version: 7}
	for _, test := range []struct{ data, want string }{
		{"x", `set -v 7 "/a b" x`},
		{"x y", `set -v 7 "/a b" "x y"`},
		{"", `set -v 7 "/a b" ""`},
		{`{"a": 'b'}`, `set -b -v 7 "/a b" eyJhIjogJ2InfQ==`},
		{"a\nb", `set -b -v 7 "/a b" YQpi`},
		{strings.Repeat("x", 300), `set -v 7 "/a b" (300 bytes)`},
	} {
		if got := e.command([]byte(test.data)); got != test.want {
			t.Errorf("%q is written by %s", test.data, got)
		}
	}
}

// TestTypedIsNoLongerJSON: it is asked first, with the cursor where it is wrong.
func TestTypedIsNoLongerJSON(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.press("esc")
	d.set("/a", "{\n \"a\": 1\n}")
	d.until("the JSON", func() bool { return strings.HasPrefix(string(d.m.node.node.data), "{") })
	d.press("i")
	d.press("ctrl+end")
	d.typed(",")
	d.press("ctrl+home")
	d.press("ctrl+s")
	screen := strings.Join(strings.Fields(pictured(t, d.m)), " ")
	for _, part := range []string{"No longer JSON", "Nothing is written yet. line 3, column 2: invalid", "character ',' after top-level value", "y write it all the same", "n no"} {
		if !strings.Contains(screen, part) {
			t.Errorf("it does not say %q:\n%s", part, screen)
		}
	}
	d.press("n")
	d.holds("/a", "{\n \"a\": 1\n}")
	if tp := d.m.node.typing; tp == nil || tp.area.Text() != "{\n \"a\": 1\n}," || tp.area.Row != 2 || tp.area.Line.At != 1 {
		t.Fatalf("%+v", tp)
	}
	d.press("ctrl+s", "y")
	d.until("it to be written", func() bool { return d.m.node.typing == nil })
	d.holds("/a", "{\n \"a\": 1\n},")
}
