package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/shell"
	"zoosh/tui/ui"
)

func TestCommandHistory(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{History: []string{"ls /old", "get /old"}})
	d.run("create /a 1", "ls /", "ls /")
	for _, step := range []struct{ key, want string }{
		{"up", "ls /"}, {"up", "create /a 1"}, {"up", "get /old"}, {"up", "ls /old"}, {"up", "ls /old"},
		{"down", "get /old"}, {"down", "create /a 1"}, {"down", "ls /"}, {"down", ""}, {"down", ""},
	} {
		d.press(step.key)
		d.typedIs(step.want)
	}
	d.typed("ls")
	d.press("up", "up")
	d.typedIs("ls /old")
	d.press("down", "down")
	d.typedIs("ls")
}

func TestCommandGhost(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{History: []string{"create /workers/w1 data", "addauth digest me:secret"}})
	d.typed("create /w")
	if got := strings.ReplaceAll(d.text(), "\n", ""); !strings.Contains(got, "create /workers/w1 data") {
		t.Errorf("no ghost, although there is room: %q", got)
	}
	x, y := d.cell()
	if before := ansi.Strip(d.pane().Rows(true)[y])[:x]; !strings.HasSuffix(before, "create /w") {
		t.Errorf("the cursor is behind %q", before)
	}
	d.typedIs("create /w")
	d.press("right")
	d.typedIs("create /workers/w1 data")
	d.press("ctrl+u")
	d.typed("addauth")
	d.hides("secret")
}

func TestCommandHistorySearch(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{History: []string{"get /one", "ls /one", "get /two"}})
	d.typed("x")
	d.press("ctrl+r")
	d.typed("one")
	d.shows("(reverse-i-search)`one': ls /one")
	if x, _, _ := d.pane().Cursor(); x != len("(reverse-i-search)`one") {
		t.Errorf("the cursor is at %d", x)
	}
	d.press("ctrl+r")
	d.shows("`one': get /one")
	d.press("ctrl+s")
	d.shows("`one': ls /one")
	d.typed("!")
	d.shows("not found")
	d.press("esc")
	d.typedIs("x")
	d.press("ctrl+r")
	d.typed("two")
	d.press("tab")
	d.typedIs("get /two")
	d.press("ctrl+r")
	d.typed("ls")
	d.press("enter")
	d.idle()
	d.shows("] ls /one\n✗ Node does not exist: /one")
}

func TestCommandCompletion(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.run("create /app 1", "create /app/w1 1", "create /app/w2 1", "create /other 1")
	d.press("ctrl+l")

	d.typed("cre")
	d.press("tab")
	d.idle()
	d.typedIs("create ") // the only one
	d.press("ctrl+u")

	d.typed("ls /a")
	d.press("tab")
	d.idle()
	d.typedIs("ls /app") // a znode: more may follow
	d.press("tab")
	d.idle()
	d.typedIs("ls /app/w") // what is common to its children
	d.shows("\n /app/w1\n /app/w2\n", "2 fit")
	d.press("tab", "tab")
	d.shows("2 of 2")
	d.press("shift+tab", "enter")
	d.typedIs("ls /app/w1")
	if d.m.focus != paneCommand || d.pane().Mode() != ui.Normal {
		t.Error("the focus has gone, or the list stayed")
	}
	d.press("tab")
	d.idle()
	d.typedIs("ls /app/w1 ") // nothing is below it

	d.press("ctrl+u")
	d.typed("get /o x")
	d.press("left", "left", "tab")
	d.idle()
	d.typedIs("get /other x")

	d.press("ctrl+c", "tab")
	if d.m.focus == paneCommand {
		t.Error("Tab at an empty prompt did not leave the pane")
	}
}

// The list follows what is typed, and an answer about another line is not used.
func TestCommandCompletionNarrows(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.typed("s")
	d.press("tab")
	d.idle()
	d.shows("set", "stat", "sync")
	d.typed("y")
	d.shows(" sync")
	d.hides(" stat ")
	d.typed("x")
	if d.pane().Mode() != ui.Normal {
		t.Error("the list is there although nothing fits")
	}
	d.press("ctrl+u")
	d.typed("s")
	d.press("tab")
	d.typed("e")
	d.idle()
	d.typedIs("se")
	if d.pane().Mode() != ui.Normal {
		t.Error("an old answer was used")
	}
	d.typed("t")
	d.press("tab")
	d.idle()
	d.press("esc", "enter")
	d.idle()
	d.shows("] set\n✗ set path")
}

func TestCommandHint(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D34}})
	d.typed("get")
	if rows := d.rows(); rows[len(rows)-1] != " get path [watch]   show a znode's data" && !strings.HasPrefix(rows[len(rows)-1], " get path [watch]") {
		t.Errorf("the hint is %q", rows[len(rows)-1])
	}
	d.typed("x")
	if rows := d.rows(); rows[len(rows)-1] != "" {
		t.Errorf("the hint is %q", rows[len(rows)-1])
	}
}

func (d *commandDriver) cell() (x, y int) {
	x, y, _ = d.pane().Cursor()
	return x, y
}

// A line of more rows than the pane has shows those around the cursor.
func TestCommandLongLine(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.send(tea.PasteMsg{Content: strings.Repeat("中", 2000) + "end"})
	d.shows("end")
	if _, y := d.cell(); y >= d.cells().h {
		t.Errorf("the cursor is in row %d of %d", y, d.cells().h)
	}
	d.press("ctrl+a")
	d.shows("[zk: ")
	if n := len(d.rows()); n != d.cells().h {
		t.Errorf("%d rows in %d", n, d.cells().h)
	}
}

func TestCommandActionsHaveTheirKeys(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, a := range testModel(t, 80, 24, Config{}).actions {
		if a.In != paneCommand && a.In != ui.Anywhere || a.Mode != ui.Normal {
			continue
		}
		for _, key := range a.Keys {
			if other, ok := seen[key]; ok && key != ":" && key != "ctrl+l" { // which the pane redraws by, too
				t.Errorf("%s: %q and %q", key, other, a.Title)
			}
			seen[key] = a.Title
		}
	}
	d := driveCommand(t, 80, 24, Config{})
	d.typed(":")
	if d.m.overlay == nil {
		t.Error("a colon at the empty prompt does not open the palette")
	}
	d.press("esc")
	d.typed("ls :")
	d.typedIs("ls :")
	if !slices.ContainsFunc(d.m.actions, func(a *ui.Action) bool { return strings.HasPrefix(a.Title, "expire") }) {
		t.Error("the palette has no expire")
	}
}
