package tui

import (
	"slices"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// A word that begins with a quote and does not end goes on in the next line; Ctrl-C
// gives it up, and what is stored holds the ends of the lines.
func TestCommandWordGoesOn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var remembered []string
	d := driveCommand(t, 120, 40, Config{Shell: shell.Config{Dialect: shell.D38, Typed: true}, Remember: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		remembered = append(remembered, line)
	}})
	d.press("ctrl+l")
	d.typed("create /ini '{")
	d.press("enter")
	d.typedIs("create /ini '{\n")
	d.shows("] create /ini '{\n>\n", "a quote is open")
	d.typed("  \"a\": 1")
	d.press("enter")
	d.typed("}'")
	if x, y := d.cell(); x != len("> }'") || y < 2 {
		t.Errorf("the cursor is at %d, %d", x, y)
	}
	d.shows("1 command in 3 lines")
	d.press("enter")
	d.idle()
	d.typedIs("")
	d.shows("] create /ini '{\n>   \"a\": 1\n> }'\nCreated /ini")
	d.run("get /ini")
	d.shows("] get /ini\n{\n  \"a\": 1\n}\n")

	d.typed("set /ini \"")
	d.press("enter")
	d.typed("lost")
	d.press("ctrl+c")
	d.typedIs("")
	d.run("set -y /ini don't", "get /ini", "redo 0")
	d.shows("] get /ini\ndon't\n", "Node already exists: /ini")

	d.typed("multi set /ini 'x")
	d.press("enter")
	d.typed("y'")
	d.press("enter")
	d.idle()
	d.shows("] multi set /ini 'x\n> y'\n1 set /ini: version 2")

	// The history has it as one, to be found and to be walked through.
	d.press("up", "up", "up", "up", "up", "up")
	d.typedIs("create /ini '{\n  \"a\": 1\n}'")
	d.press("ctrl+u", "ctrl+c", "ctrl+r")
	d.typed("\"a\": 1")
	d.press("tab")
	d.typedIs("create /ini '{\n  \"a\": 1\n}'")
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(remembered, "create /ini '{\n  \"a\": 1\n}'") || slices.ContainsFunc(remembered, func(l string) bool { return strings.Contains(l, "lost") }) {
		t.Errorf("remembered %q", remembered)
	}
}

// Nothing of several lines that are pasted runs before Enter, however they are pasted.
func TestCommandPasteWaits(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D38}})
	d.press("ctrl+l")
	d.send(tea.PasteMsg{Content: "create /a '{\r\n\t1\r\n}'\rls /\r"})
	d.shows("] create /a '{\n>     1\n> }'\n> ls /\n", "2 commands in 4 lines: Enter runs")
	d.send(tea.PasteMsg{Content: " \n"}) // one line behind them is one of them
	if d.front().Busy {
		t.Error("it runs")
	}
	d.press("enter")
	d.idle()
	d.shows("] ls /\n[a, zookeeper]\n")
	if data, _, err := d.zk().Get(t.Context(), "/a", nil); err != nil || string(data) != "{\n\t1\n}" {
		t.Errorf("%q, %v", data, err)
	}
	d.send(tea.PasteMsg{Content: "ls /\nls /a\nls /b"})
	d.press("ctrl+c")
	d.typedIs("")
	// A quote that was pasted is gone on with.
	d.send(tea.PasteMsg{Content: "set /a 'x\n"})
	d.typedIs("set /a 'x\n")
	d.typed("y'")
	d.press("enter")
	d.idle()
	d.run("get /a")
	d.shows("] get /a\nx\ny\n")
	// Tab completes the command with the cursor.
	d.send(tea.PasteMsg{Content: "ls /\nget /zoo"})
	d.press("tab")
	d.idle()
	d.typedIs("ls /\nget /zookeeper")
	d.press("ctrl+c")
	d.send(tea.PasteMsg{Content: strings.Repeat("ls /\n", ui.MaxInput)})
	d.typedIs("")
	if !strings.Contains(d.m.notice.text, "was not taken") {
		t.Errorf("notice %q", d.m.notice.text)
	}
}

// An event that comes while a command goes on stands above it.
func TestCommandEventWhileAWordGoesOn(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D38}})
	d.run("ls -w /")
	d.typed("create /a '")
	d.press("enter")
	other, err := session.Open(session.Config{Servers: []string{d.srv.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, _, err := other.Create(t.Context(), "/made", nil, session.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	d.until("the event", func() bool { return strings.Contains(strings.Join(d.lines(), "\n"), "NodeChildrenChanged") })
	d.typedIs("create /a '\n")
	d.typed("'")
	d.press("enter")
	d.idle()
	d.shows("Created /a")
}

// A line that more is typed into than the prompt holds is not run without its end: so
// comes a paste from a terminal that does not mark it as one.
func TestCommandLineThatIsFullDoesNotRun(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Dialect: shell.D38}})
	notice := func(want string) {
		t.Helper()
		if !strings.Contains(d.m.notice.text, want) {
			t.Errorf("notice %q, want %q", d.m.notice.text, want)
		}
		if len(d.m.notice.text) > 64 {
			t.Errorf("notice %q does not fit 80 columns", d.m.notice.text)
		}
	}
	whole := "create /a " + strings.Repeat("x", ui.MaxInput-len("create /a "))
	d.send(tea.PasteMsg{Content: whole})
	d.typed("y")
	notice("is not taken")
	d.press("enter")
	notice("not run")
	d.press("enter")
	d.typedIs(whole)
	if d.front().Busy {
		t.Error("it runs")
	}
	d.press("ctrl+c")
	d.run("exists /a")
	d.shows("] exists /a\nfalse\n")
	// Who has taken something out again knows what is left.
	d.send(tea.PasteMsg{Content: whole})
	d.typed("y")
	d.press("backspace")
	d.typed("z")
	d.press("enter")
	d.idle()
	data, _, err := d.zk().Get(t.Context(), "/a", nil)
	if err != nil || string(data) != whole[len("create /a "):len(whole)-1]+"z" {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	// A word that would go on in the next line is as full.
	open := "create /b '" + strings.Repeat("x", ui.MaxInput-len("create /b '"))
	d.send(tea.PasteMsg{Content: open})
	d.press("enter")
	notice("is not taken")
	d.press("enter")
	notice("not run")
	d.press("ctrl+c")
	d.send(tea.PasteMsg{Content: open + "x"})
	notice("was not taken")
}
