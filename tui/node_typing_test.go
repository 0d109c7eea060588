package tui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/wire"
)

// typingDriver edits /a, which holds "old", in the pane.
func typingDriver(t *testing.T) *commandDriver {
	t.Helper()
	d := driveNode(t, nil)
	d.set("/a", "old")
	d.seesIn("Node", "3 bytes, text old")
	d.settle()
	d.press("Edit the data here")
	if d.headOf("Node") != "Edit /a" {
		t.Fatal(d.m.notice.text)
	}
	return d
}

func (d *commandDriver) set(path, data string) {
	d.t.Helper()
	if _, err := d.zk().Set(context.Background(), path, []byte(data), wire.AnyVersion); err != nil {
		d.t.Fatal(err)
	}
}

func (d *commandDriver) holds(path, want string) {
	d.t.Helper()
	data, _, err := d.zk().Get(context.Background(), path, nil)
	if err != nil || string(data) != want {
		d.t.Errorf("%s holds %q, not %q (%v)", path, data, want, err)
	}
}

// writes writes what was typed, and waits until all has settled.
func (d *commandDriver) writes() {
	d.t.Helper()
	d.press("Write what was edited here")
	d.settle()
}

// written wants what was typed to be there, and the pane to be no editor any more.
func (d *commandDriver) written(path, data string) {
	d.t.Helper()
	d.settle()
	if got := d.headOf("Node"); got != "Node "+path {
		d.t.Errorf("the pane is %q; the screen is\n%s", got, d.plain())
	}
	d.holds(path, data)
}

func TestTypeDataIn(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	// A colon, a q and a Tab are text here, and a paste is meant for it.
	d.types(":q")
	d.press("tab", "enter")
	d.send(tea.PasteMsg{Content: "中文\n"})
	d.edited("/a", "old")
	if x, y, shown := d.cursorIn("Node"); x != 0 || y != 3 || !shown {
		t.Errorf("the cursor is at %d,%d", x, y)
	}
	d.writes()
	d.written("/a", ":q\t\n中文\nold")
	want := "set -b -v 1 /a OnEJCuS4reaWhwpvbGQ="
	if !strings.Contains(d.m.notice.text, "written, as by "+want) {
		t.Error(d.m.notice.text)
	}
	d.shows("(the Node pane: " + want + ")")
	d.seesIn("Node", "中文")
}

func TestTypedOverAnothersChange(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.types("my ")
	d.set("/a", "theirs\x1b")
	d.writes()
	screen := strings.Join(strings.Fields(pictured(t, d.m)), " ")
	for _, part := range []string{"Nothing was written", "version 1", "theirs\\x1b", "w write yours over it", "r read it, and lose yours"} {
		if !strings.Contains(screen, part) {
			t.Errorf("it does not say %q:\n%s", part, screen)
		}
	}
	d.press("esc")
	d.holds("/a", "theirs\x1b")
	d.edited("/a", "my old")
	// To write it anyway replaces what was shown, but nothing later.
	d.writes()
	d.sees("It holds now: theirs\\x1b")
	d.set("/a", "theirs again")
	d.press("w")
	d.sees("It holds now: theirs again")
	d.holds("/a", "theirs again")
	d.press("w")
	d.written("/a", "my old")
}

func TestTypedReadAgain(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.types("my ")
	d.set("/a", "theirs")
	d.writes()
	d.sees("r read it, and lose yours")
	d.press("r")
	d.press("To the end of the text")
	d.types("!")
	d.writes()
	d.written("/a", "theirs!")
}

// What was typed survives the znode's end, another selection, and Esc and Ctrl-Q
// pressed by mistake.
func TestTypedIsNotLost(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.press("Give up what was edited here")
	if d.m.overlay != nil || d.headOf("Node") != "Node /a" {
		t.Fatal("it asks though nothing was changed")
	}
	d.press("Edit the data here")
	d.types("my ")
	if err := d.zk().Delete(context.Background(), "/a", wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	d.passes(2 * livetree.MarkTime) // another one is selected
	d.writes()
	if !strings.Contains(d.m.notice.text, "not written: NoNode; your text of /a is still here") {
		t.Error(d.m.notice.text)
	}
	d.press("Quit")
	if d.m.closing || d.m.overlay == nil {
		t.Fatal("Ctrl-Q loses the text")
	}
	d.press("n", "Give up what was edited here", "n")
	d.edited("/a", "my old")
	d.press("Give up what was edited here", "y")
	d.settle()
	if head := d.headOf("Node"); !strings.HasPrefix(head, "Node ") || head == "Node /a" {
		t.Errorf("it is not given up: %q", head)
	}
}

// TestTypedIsNoLongerJSON: it is asked first, with the cursor where it is wrong.
func TestTypedIsNoLongerJSON(t *testing.T) {
	t.Parallel()
	d := typingDriver(t)
	d.press("Give up what was edited here")
	d.set("/a", "{\n \"a\": 1\n}")
	d.seesIn("Node", "11 bytes, text {")
	d.settle()
	d.press("Edit the data here", "To the end of the text")
	d.types(",")
	d.press("To the start of the text")
	d.press("Write what was edited here")
	screen := strings.Join(strings.Fields(pictured(t, d.m)), " ")
	for _, part := range []string{"No longer JSON", "Nothing is written yet. line 3, column 2: invalid", "character ',' after top-level value", "y write it all the same", "n no"} {
		if !strings.Contains(screen, part) {
			t.Errorf("it does not say %q:\n%s", part, screen)
		}
	}
	d.press("n")
	d.holds("/a", "{\n \"a\": 1\n}")
	d.edited("/a", "{ \"a\": 1 },")
	if x, y, shown := d.cursorIn("Node"); x != 1 || y != 3 || !shown { // below the heading
		t.Errorf("the cursor is at %d,%d", x, y)
	}
	d.press("Write what was edited here", "y")
	d.written("/a", "{\n \"a\": 1\n},")
}
