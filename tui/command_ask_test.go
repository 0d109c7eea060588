package tui

import (
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/shell"
)

// TestCommandAsks: a command that takes much asks in a box; only y goes on.
func TestCommandAsks(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{Asks: true})
	d.run("create /a 1", "create /a/b 1")
	asks := func(line, answer string) {
		t.Helper()
		d.typed(line)
		d.press("enter")
		d.until("the question", func() bool { _, ok := d.m.overlay.(*commandQuestion); return ok })
		if shown := pictured(t, d.m); !strings.Contains(shown, "Delete /a on ") || !strings.Contains(shown, "2 znodes?") || !strings.Contains(shown, "y yes") {
			t.Errorf("%s", shown)
		}
		d.press(answer)
		d.idle()
	}
	asks("deleteall /a", "n")
	d.shows("Nothing was done")
	d.run("ls /")
	d.shows("[a, zookeeper]")
	asks("deleteall /a", "esc")
	asks("deleteall /a", "y")
	d.run("ls /")
	d.shows("[zookeeper]")
	d.run("create /a 1", "create /a/b 1", "deleteall -y /a", "ls /")
	if d.m.overlay != nil {
		t.Error("-y asks")
	}
}

// TestOnlyReads: what the TUI does by itself is refused, too.
func TestOnlyReads(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{NoWrites: true}}})
	d.run("create /a 1")
	d.shows("create writes, and this zoosh only reads")
	d.run("ls /")
	d.shows("[zookeeper]")
}
