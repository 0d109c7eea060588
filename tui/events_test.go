package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

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

func TestEventRows(t *testing.T) {
	m := testModel(t, 200, 60, Config{})
	m.setFocus(paneCommand)
	feedItems(m,
		stateItem(wire.StateSyncConnected, nil),
		watchItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		watchItem(2, wire.EventNodeChildrenChanged, "/工人", "ls -w /工人", "get -w /工人"),
		watchItem(3, wire.EventNodeCreated, "/a\x1b[31mb", "stat -w /a"),
		stateItem(wire.StateDisconnected, errors.New("read: connection reset")),
		stateItem(wire.StateExpired, nil),
		shell.Item{Kind: shell.Lost, Shell: "1", Count: 7},
	)
	m.events.kept.at(6).at = testTime
	wantRows(t, inside(t, m, paneEvents),
		"time       type                path        zxid  armed by",
		"23:22:18 1 SyncConnected       session 0x1005",
		"23:22:19 1 NodeDeleted         /master     0x101 stat /master true",
		"23:22:20 1 NodeChildrenChanged /工人       0x102 ls -w /工人, get -w /工人",
		`23:22:21 1 NodeCreated         /a\x1b[31mb 0x103 stat -w /a`,
		"23:22:18 1 Disconnected        read: connection reset",
		"23:22:18 1 Expired             0x1005 gone with its ephemerals and its watches",
		"23:22:18 1 lost                7 events are not shown: they came too fast",
	)
}

// Narrow panes lose the zxid first, then the types' "Node", then the command.
func TestEventColumnsAdapt(t *testing.T) {
	c := columns{session: 1, kind: 19, path: 20, zxid: 5, armedBy: 17}
	for _, tt := range []struct {
		w           int
		short       bool
		zxid, armed bool
		pathAtLeast int
		kindAtMost  int
	}{
		{100, false, true, true, 20, 19},
		{66, false, false, true, 20, 19},
		{60, true, false, true, 20, 15},
		{48, true, false, false, 20, 15},
		{20, true, false, false, 0, 15},
	} {
		plan, short := c.plan(tt.w)
		if short != tt.short || plan.zxid > 0 != tt.zxid || plan.armedBy > 0 != tt.armed || plan.path < tt.pathAtLeast || plan.kind > tt.kindAtMost {
			t.Errorf("%d cells: %+v, short %v", tt.w, plan, short)
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	items := make([]shell.Item, eventsLimit+250)
	for i := range items {
		items[i] = watchItem(i, wire.EventNodeDataChanged, fmt.Sprintf("/n%d", i))
	}
	feedItems(m, items...)
	if n := m.events.kept.len(); n != eventsLimit {
		t.Errorf("%d events are kept", n)
	}
	if text := pictured(t, m); !strings.Contains(text, "Events 10000, 250 older left out") || !strings.Contains(text, fmt.Sprintf("/n%d", len(items)-1)) {
		t.Errorf("not said, or the newest is missing:\n%s", text)
	}
	m.setFocus(paneEvents)
	press(t, m, "home")
	if got := m.events.row(m.events.list.Sel).path; got != "/n250" {
		t.Errorf("the oldest is %s", got)
	}
	// Somebody looks at an event: it stays where it is while others come and go.
	press(t, m, strings.Fields(strings.Repeat("pgdown ", 30))...)
	was := inside(t, m, paneEvents)
	feedItems(m, items[:100]...)
	if now := inside(t, m, paneEvents); strings.Join(now, "\n") != strings.Join(was, "\n") {
		t.Errorf("the rows went away under the eyes:\n%s\nwere\n%s", strings.Join(now, "\n"), strings.Join(was, "\n"))
	}
	press(t, m, "G")
	if !m.events.list.Follow {
		t.Error("does not follow at the end")
	}
}

func TestEventActions(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	m.setFocus(paneEvents)
	feedItems(m,
		watchItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		watchItem(2, wire.EventNodeCreated, "/other"),
		stateItem(wire.StateDisconnected, nil),
	)
	press(t, m, "enter")
	if m.focus != paneEvents || !strings.Contains(m.notice.text, "no znode") {
		t.Errorf("focus %v, notice %q", m.focus, m.notice.text)
	}
	press(t, m, "up", "a")
	if !strings.Contains(m.notice.text, "no command") {
		t.Errorf("notice %q", m.notice.text)
	}
	press(t, m, "up", "a")
	if got := m.command.tab().input.Text(); m.focus != paneCommand || got != "stat /master true" {
		t.Errorf("focus %v, prompt %q", m.focus, got)
	}
	m.setFocus(paneEvents)
	press(t, m, "enter")
	if m.focus != paneTree {
		t.Errorf("focus %v", m.focus)
	}
	m.setFocus(paneEvents)
	press(t, m, "tab")
	if m.focus != paneTree {
		t.Errorf("Tab led to %v", m.focus)
	}
}

func TestEventFilter(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	m.setFocus(paneEvents)
	feedItems(m,
		watchItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		watchItem(2, wire.EventNodeCreated, "/workers/w1", "ls -w /workers"),
	)
	press(t, m, "/", "m", "A", "s")
	rows := inside(t, m, paneEvents)
	if text := strings.Join(rows, "\n"); strings.Contains(text, "w1") || !strings.Contains(text, "/master") || rows[len(rows)-1] != "/mAs" {
		t.Errorf("filtered:\n%s", text)
	}
	if c := m.View().Cursor; c == nil || c.X != 1+4 {
		t.Errorf("cursor %+v", c)
	}
	// What comes now is filtered too, and "f" and "a" are letters here.
	feedItems(m, watchItem(3, wire.EventNodeCreated, "/master", "x"), watchItem(4, wire.EventNodeCreated, "/f", "x"))
	if m.events.length() != 2 {
		t.Errorf("%d rows", m.events.length())
	}
	press(t, m, "enter")
	if m.overlay != nil || m.events.filter != "mas" {
		t.Errorf("Enter: overlay %v, filter %q", m.overlay, m.events.filter)
	}
	if text := pictured(t, m); !strings.Contains(text, "Events 2 of 4") {
		t.Errorf("the title does not say so:\n%s", text)
	}
	press(t, m, "esc")
	if m.events.filter != "" || m.events.length() != 4 {
		t.Errorf("Esc: filter %q, %d rows", m.events.filter, m.events.length())
	}
	press(t, m, "/", "z", "ctrl+x")
	if m.overlay != nil || !m.zoomed {
		t.Error("a key that is no text did not do what it does elsewhere")
	}
}

func TestEventMouse(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	var items []shell.Item
	for i := range 100 {
		items = append(items, watchItem(i, wire.EventNodeCreated, fmt.Sprintf("/n%d", i)))
	}
	feedItems(m, items...)
	b := m.areas[paneEvents]
	pictured(t, m)
	m.Update(tea.MouseClickMsg{X: b.x + 5, Y: b.y + 3, Button: tea.MouseLeft})
	top := 100 - m.events.room()
	if m.focus != paneEvents || m.events.list.Sel != top+1 {
		t.Errorf("focus %v, row %d, want %d", m.focus, m.events.list.Sel, top+1)
	}
	m.Update(tea.MouseWheelMsg{X: b.x + 5, Y: b.y + 3, Button: tea.MouseWheelUp})
	if pictured(t, m); m.events.list.Top != top-3 || m.events.list.Follow {
		t.Errorf("top %d, want %d", m.events.list.Top, top-3)
	}
}

// A one-shot watch is seen to be gone once it has fired; a persistent one stays.
func TestFiredWatchesFade(t *testing.T) {
	m := testModel(t, 120, 40, Config{})
	m.setFocus(paneEvents)
	press(t, m, "f")
	if text := pictured(t, m); !strings.Contains(text, "Watches armed now: 0") {
		t.Errorf("title:\n%s", text)
	}
	it := watchItem(0, wire.EventNodeDeleted, "/master", "stat /master true")
	it.Event.Time = time.Now()
	feedItems(m, it)
	wantRows(t, inside(t, m, paneEvents),
		"since      kind             path    armed by",
		"- gone   1 data fired       /master stat /master true")
	m.events.armed.gone[0].firedAt = time.Now().Add(-fadeTime)
	if _, cmd := m.Update(fadeMsg{m.events.armed.turn}); cmd == nil {
		t.Error("no further tick")
	}
	if text := pictured(t, m); strings.Contains(text, "stat /master") {
		t.Errorf("still there:\n%s", text)
	}
	old := m.events.armed.turn
	press(t, m, "f")
	if _, cmd := m.Update(fadeMsg{old}); cmd != nil {
		t.Error("it ticks on though nobody looks")
	}
}
