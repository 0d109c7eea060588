package tui

import (
	"testing"

	"zoosh/internal/session"
	"zoosh/shell"
)

// TestCommandAsks: a command that takes much asks in a box; only y goes on.
func TestCommandAsks(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Asks: true})
	d.enters("create /a 1", "create /a/b 1")
	asks := func(line, answer string) {
		t.Helper()
		d.types(line)
		d.press("Run the line")
		d.sees("Delete /a on ", "2 znodes?", "y yes")
		d.press(answer)
		d.seesNot("2 znodes?")
	}
	asks("deleteall /a", "n")
	d.sees("Nothing was done")
	d.enters("ls /")
	d.sees("[a, zookeeper]")
	asks("deleteall /a", "esc")
	asks("deleteall /a", "y")
	d.enters("ls /")
	d.sees("[zookeeper]")
	d.enters("create /a 1", "create /a/b 1", "deleteall -y /a", "ls /")
	d.seesNot("znodes?")
}

// TestOnlyReads: what the TUI does by itself is refused, too.
func TestOnlyReads(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{NoWrites: true}}})
	d.enters("create /a 1")
	d.sees("create writes, and this zoosh only reads")
	d.enters("ls /")
	d.sees("[zookeeper]")
}
