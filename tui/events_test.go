package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// testModel is a model on a screen of that size, its sessions not open.
func testModel(t testing.TB, w, h int, cfg Config) *Model {
	t.Helper()
	cfg.Shell.Connect = "localhost:2181"
	return testModelAt(t, w, h, cfg)
}

// testModelAt is the same for another server.
func testModelAt(t testing.TB, w, h int, cfg Config) *Model {
	t.Helper()
	m := newModel(context.Background(), cfg)
	t.Cleanup(m.ws.Stream().Close)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return m
}

// press gives the model keys by their names.
func press(t testing.TB, m *Model, keys ...string) {
	t.Helper()
	for _, name := range keys {
		m.Update(keyPress(name))
	}
}

func keyPress(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for _, mod := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if rest, has := strings.CutPrefix(name, mod.name); has {
			k.Mod |= mod.mod
			name = rest
		}
	}
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "f1": tea.KeyF1, "f6": tea.KeyF6, "f11": tea.KeyF11, "backspace": tea.KeyBackspace,
	}
	if code, ok := special[name]; ok {
		k.Code = code
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}

// pictured is the screen as text, checked for its size.
func pictured(t testing.TB, m *Model) string {
	t.Helper()
	text := ansi.Strip(m.View().Content)
	rows := strings.Split(text, "\n")
	if len(rows) != m.height {
		t.Fatalf("%d rows on a screen of %d:\n%s", len(rows), m.height, text)
	}
	for i, row := range rows {
		if n := ansi.StringWidth(row); n != m.width {
			t.Fatalf("row %d is %d cells wide on a screen of %d:\n%s", i, n, m.width, text)
		}
	}
	return text
}

// inside is what stands within a pane's frame, without blanks at the ends.
func inside(t testing.TB, m *Model, id ui.ID) []string {
	t.Helper()
	b := m.areas[id]
	rows := strings.Split(pictured(t, m), "\n")[b.y+1 : b.y+b.h-1]
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = strings.TrimRight(ansi.Cut(row, b.x+1, b.x+b.w-1), " ")
	}
	return out
}

func wantRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	for len(got) > 0 && got[len(got)-1] == "" {
		got = got[:len(got)-1]
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var testTime = time.Date(2026, 9, 24, 23, 22, 18, 0, time.UTC)

func watchItem(n int, typ wire.EventType, path string, armedBy ...string) shell.Item {
	return shell.Item{Kind: shell.Watch, Shell: "1", Event: session.Event{
		Type: typ, State: wire.StateSyncConnected, Path: path, Zxid: int64(0x100 + n),
		Time: testTime.Add(time.Duration(n) * time.Second), ArmedBy: armedBy,
	}}
}

func stateItem(state wire.KeeperState, err error) shell.Item {
	return shell.Item{Kind: shell.State, Shell: "1", Event: session.Event{
		Type: wire.EventNone, State: state, Zxid: -1, Time: testTime, SessionID: 0x1005, Err: err,
	}}
}

func feedItems(m *Model, items ...shell.Item) {
	m.Update(feedMsg{items: items})
}

// What can be done with an event leads to the tree and to the prompt, and says why it
// cannot be done.
func TestEventActions(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.goesTo("Command")
	d.enters("create /master x")
	feedItems(d.m,
		watchItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		watchItem(2, wire.EventNodeCreated, "/other"),
		stateItem(wire.StateDisconnected, nil),
	)
	d.goesTo("Events")
	d.press("Show the event's znode in the tree")
	d.isIn("Events")
	d.sees("this event is about no znode")
	d.press("Event above", "Arm it again: its command goes to the prompt")
	d.isIn("Events")
	d.sees("no command of yours armed it")
	d.press("Event above", "Arm it again: its command goes to the prompt")
	d.isIn("Command")
	d.typedIs("stat /master true")
	d.goesTo("Events")
	d.press("Show the event's znode in the tree")
	d.isIn("Tree")
	d.seesIn("Node", "Node /master")
	d.goesTo("Events")
	d.press("Next pane")
	d.isIn("Tree")
}

// While a filter is typed, letters are its own; a key that is no text ends that and
// does what it does elsewhere.
func TestEventFilterTakesTheKeys(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	m.setFocus(paneEvents)
	feedItems(m,
		watchItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		watchItem(2, wire.EventNodeCreated, "/workers/w1", "ls -w /workers"),
	)
	press(t, m, "/", "m", "a")
	m.Update(tea.PasteMsg{Content: "S"})
	rows := inside(t, m, paneEvents)
	if text := strings.Join(rows, "\n"); strings.Contains(text, "w1") || !strings.Contains(text, "/master") || rows[len(rows)-1] != "/maS" {
		t.Errorf("filtered:\n%s", text)
	}
	if c := m.View().Cursor; c == nil || c.X != 1+4 {
		t.Errorf("cursor %+v", c)
	}
	press(t, m, "enter")
	if text := pictured(t, m); m.overlay != nil || m.focus != paneEvents || !strings.Contains(text, "Events 1 of 2") {
		t.Errorf("Enter: overlay %v, focus %v\n%s", m.overlay, m.focus, text)
	}
	press(t, m, "/", "z", "ctrl+x")
	if m.overlay != nil || !m.zoomed {
		t.Error("a key that is no text did not do what it does elsewhere")
	}
}

// The mouse selects the event that is clicked, and scrolls where it points.
func TestEventMouse(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	var items []shell.Item
	for i := range 100 {
		path := fmt.Sprintf("/n%d", i)
		items = append(items, watchItem(i, wire.EventNodeCreated, path, "stat -w "+path))
	}
	feedItems(d.m, items...)
	d.seesIn("Events", "/n99")
	d.clicks("/n95 ")
	d.isIn("Events")
	d.seesIn("Events", "scrolled")
	d.press("Arm it again: its command goes to the prompt")
	d.typedIs("stat -w /n95")
	before := inside(t, d.m, paneEvents)
	d.wheels("Events", tea.MouseWheelUp)
	if after := inside(t, d.m, paneEvents); strings.Join(after[1+3:], "\n") != strings.Join(before[1:len(before)-3], "\n") {
		t.Errorf("the rows are\n%s\nwere\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// aWhile is longer than watches that have fired are shown for that alone.
const aWhile = 10 * time.Second

func TestUnseenChanges(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	unseen := func() string { return strings.Join(inside(t, d.m, paneEvents), "\n") }
	d.goesTo("Command")
	d.enters("create /a x", "get /a true", "ls /a true", "set /a 1")
	d.goesTo("Events")
	d.press("Events, or the watches armed now")
	d.settle()
	d.passes(aWhile)
	d.seesIn("Events", "child")
	d.seesNotIn("Events", "unseen", "data fired")
	// It comes back, and stays, once there is something that was not seen.
	d.goesTo("Command")
	d.enters("set /a 2", "set /a 3", "create /a/x x")
	d.awaits("since then 2 changes unseen")
	d.seesIn("Events", "Watches armed now: 0; 2 changes unseen")
	d.enters("delete /a/x", "create /a/y x")
	d.until("both", func() bool { return strings.Count(unseen(), "since then 2 changes unseen") == 2 })
	d.enters("get /a true")
	d.until("one to be armed again", func() bool { return strings.Count(unseen(), "unseen") == 1 })
	d.enters("set /a 4", "set /a 5")
	d.until("what came since", func() bool { return strings.Contains(unseen(), "1 change unseen") })
	d.goesTo("Events")
	for range 2 {
		d.press("Oldest event", "Put away a watch that has fired")
	}
	d.seesNotIn("Events", "unseen")
}

// Of a session that is over, and of a server that the tree does not show, nothing
// is said.
func TestUnseenIsForgotten(t *testing.T) {
	t.Parallel()
	other, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	d := driveTree(t)
	d.goesTo("Command")
	d.enters("create /a x", "get /a true", "set /a 1", "set /a 2")
	d.goesTo("Events")
	d.press("Events, or the watches armed now")
	d.settle()
	d.passes(aWhile)
	d.awaits("1 change unseen")
	d.goesTo("Command")
	d.enters("close")
	d.seesNotIn("Events", "unseen")
	// The tree goes on showing the server where the session is not any more.
	d.enters("connect "+other.Addr(), "create /a x", "get /a true")
	d.seesIn("Events", "Watches armed now: 1")
	d.seesIn("Tree", "Tree of ")
	d.enters("set /a 1")
	d.seesIn("Events", "Watches armed now: 0")
	here := openWriter(t, d.srv.Addr())
	for i := range 20 {
		if _, err := here.Set(t.Context(), "/a", fmt.Append(nil, i), -1); err != nil {
			t.Fatal(err)
		}
	}
	d.settle()
	d.passes(aWhile)
	d.seesNotIn("Events", "unseen")
}
