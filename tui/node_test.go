package tui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// driveNode is a driver with /a, which holds data, in the pane Node.
func driveNode(t *testing.T, data []byte) *commandDriver {
	t.Helper()
	d := driveTree(t)
	d.put("/a", data)
	d.settle()
	d.selects("/a")
	d.goesTo("Node")
	return d
}

// replaces is an editor that replaces all there is in the file.
func (d *commandDriver) replaces(text string) func(file string) {
	return func(file string) {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			d.t.Error(info, err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			d.t.Error(err)
		}
	}
}

// edited wants a znode to be edited in the pane, with that text.
func (d *commandDriver) edited(path, text string) {
	d.t.Helper()
	if got, want := d.headOf("Node"), "Edit "+path+", changed"; got != want {
		d.t.Errorf("the pane is %q, not %q", got, want)
	}
	d.seesIn("Node", text)
}

// kept tells whether a file is there.
func kept(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestNodeShowsEverything(t *testing.T) {
	t.Parallel()
	d := driveNode(t, []byte("hello\x7f\nworld"))
	d.press("Zoom the pane, or show all")
	d.seesIn("Node", "Data  12 bytes, hex", "68 65 6c 6c 6f 7f 0a 77 6f 72 6c 64", "hello..world", "cZxid", "created")
	d.press("Data as text, JSON or hex")
	d.seesIn("Node", "Data  12 bytes, text", `hello\x7f world`)
	d.press("To the end")
	d.seesIn("Node", "ACL 'world,'anyone : cdrwa")
	pictured(t, d.m)
}

// TestNodeEdit goes through an edit with somebody else in place of the editor.
func TestNodeEdit(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := driveNode(t, []byte("old"))
	file := d.edits(d.replaces("new\n"))
	d.seesIn("Node", "3 bytes, text new")
	d.holds("/a", "new")
	if kept(file) {
		t.Error("the file is left")
	}

	file = d.edits(func(file string) {
		d.replaces("lost?")(file)
		if _, err := d.zk().Set(context.Background(), "/a", []byte("theirs"), wire.AnyVersion); err != nil {
			t.Error(err)
		}
	})
	if said := d.m.notice.text; !strings.Contains(said, "somebody else has changed /a") || !strings.Contains(said, filepath.Base(file)) {
		t.Error(said)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "lost?" {
		t.Error(string(text), err)
	}
	d.holds("/a", "theirs")

	file = d.edits(d.replaces("theirs\n"))
	d.sees("nothing was changed")
	d.seesIn("Node", "dataVersion    2")
	if kept(file) {
		t.Error("the file is left")
	}
}

// TestNodeEditIsNoLongerJSON: what an editor left is asked about first, and so is what
// is too long for a request refused.
func TestNodeEditIsNoLongerJSON(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := driveNode(t, []byte(`{"a":1}`))
	file := d.edits(d.replaces("{\"a\":\n"))
	d.sees("No longer JSON", "line 1, column 6: unexpected end", "Your text is in", "y write it all the same", "e edit it again")
	pictured(t, d.m)
	again := ""
	d.editor = func(file string) { again = file }
	d.press("e")
	d.settle()
	if again != file {
		t.Errorf("%s is edited, not %s", again, file)
	}
	d.sees("No longer JSON")
	d.press("esc")
	if !kept(file) {
		t.Error("the text is gone")
	}
	d.edits(d.replaces("{\"a\":\n"))
	d.sees("No longer JSON")
	d.press("y")
	d.settle()
	d.holds("/a", `{"a":`)
	d.seesIn("Node", `5 bytes, text {"a":`)
	file = d.edits(d.replaces(strings.Repeat("x", wire.MaxFrame+10)))
	if said := d.m.notice.text; !strings.Contains(said, "more than a request may have") || !strings.Contains(said, filepath.Base(file)) {
		t.Error(said)
	}
	if !kept(file) {
		t.Error("the text is gone")
	}
}
