package events

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui/sessions"
)

func TestEventRows(t *testing.T) {
	s := newScreen(t, 122, 17)
	s.take(
		stateOf("1", wire.StateSyncConnected, nil),
		firedItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		firedItem(2, wire.EventNodeChildrenChanged, "/工人", "ls -w /工人", "get -w /工人"),
		firedItem(3, wire.EventNodeCreated, "/a\x1b[31mb", "stat -w /a"),
		stateOf("1", wire.StateDisconnected, errors.New("read: connection reset")),
		stateOf("1", wire.StateExpired, nil),
		shell.Item{Kind: shell.Lost, Shell: "1", Count: 7},
	)
	s.reads(
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
	s := newScreen(t, 72, 10)
	items := make([]shell.Item, keptLimit+250)
	for i := range items {
		items[i] = firedItem(i, wire.EventNodeDataChanged, fmt.Sprintf("/n%d", i))
	}
	s.take(items...)
	if n := s.pane.events.kept.len(); n != keptLimit {
		t.Errorf("%d events are kept", n)
	}
	s.titled("Events 10000, 250 older left out")
	if text := s.text(); !strings.Contains(text, fmt.Sprintf("/n%d", len(items)-1)) {
		t.Errorf("the newest is missing:\n%s", text)
	}
	s.press("home")
	if got, _, _ := s.pane.selected(); got != "/n250" {
		t.Errorf("the oldest is %s", got)
	}
	// Somebody looks at an event: it stays where it is while others come and go.
	s.press(strings.Fields(strings.Repeat("pgdown ", 30))...)
	was := s.rows()
	s.take(items[:100]...)
	s.reads(was...)
	s.titled("Events 10000, 350 older left out, scrolled")
	s.press("G")
	s.titled("Events 10000, 350 older left out")
	s.take(items[7])
	if got, _, _ := s.pane.selected(); got != "/n7" {
		t.Errorf("does not follow at the end: %s is selected", got)
	}
}

// Of what somebody filters every event is let through or not, those, too, that come
// while there is a filter.
func TestEventFilter(t *testing.T) {
	s := newScreen(t, 72, 10)
	s.take(
		firedItem(1, wire.EventNodeDeleted, "/master", "stat /master true"),
		firedItem(2, wire.EventNodeCreated, "/workers/w1", "ls -w /workers"),
	)
	s.press("/", "m", "A", "s")
	rows := s.rows()
	if text := s.text(); strings.Contains(text, "w1") || !strings.Contains(text, "/master") || rows[len(rows)-1] != "/mAs" {
		t.Errorf("filtered:\n%s", text)
	}
	if x, y, shown := s.pane.Cursor(); x != 4 || y != 9 || !shown {
		t.Errorf("the cursor is at %d,%d, %v", x, y, shown)
	}
	// What comes now is filtered too, and "f" and "a" are letters here.
	s.take(firedItem(3, wire.EventNodeCreated, "/master", "x"), firedItem(4, wire.EventNodeCreated, "/f", "x"))
	s.titled("Events 2 of 4")
	s.press("enter")
	s.titled("Events 2 of 4")
	if rows := s.rows(); rows[len(rows)-1] != "/mas" {
		t.Errorf("Enter has not kept the filter: %q", rows)
	}
	// It is gone on with, and given up.
	s.press("/", "x")
	s.titled("Events 0 of 4")
	s.press("esc")
	s.titled("Events 4")
	s.press("/", "f")
	s.titled("Events 1 of 4")
	s.press("enter", "esc")
	s.titled("Events 4")
}

func TestEventClicksAndWheel(t *testing.T) {
	s := newScreen(t, 72, 10)
	for i := range 100 {
		s.take(firedItem(i, wire.EventNodeCreated, fmt.Sprintf("/n%d", i)))
	}
	const room = 10 - 1
	s.rows()
	s.pane.Click(5, 2)
	if path, _, _ := s.pane.selected(); path != fmt.Sprintf("/n%d", 100-room+1) {
		t.Errorf("%s is selected", path)
	}
	s.pane.Wheel(-3)
	if rows := s.rows(); !strings.Contains(rows[1], fmt.Sprintf("/n%d ", 100-room-3)) && !strings.HasSuffix(rows[1], fmt.Sprintf("/n%d", 100-room-3)) {
		t.Errorf("above is %s", rows[1])
	}
	s.titled("Events 100, scrolled")
}

// What came out of sessions that are forgotten is gone, whatever it was, and only that.
func TestEventsAreForgotten(t *testing.T) {
	s := newScreen(t, 100, 17)
	s.shown = append(s.shown, sessions.Session{Name: "2", Title: "worker", Number: 2, Shell: shell.New(shell.Config{Name: "2"})})
	other := firedItem(3, wire.EventNodeCreated, "/of-2", "stat -w /of-2")
	other.Shell = "2"
	s.take(
		stateOf("1", wire.StateSyncConnected, nil), stateOf("2", wire.StateSyncConnected, nil),
		firedItem(1, wire.EventNodeDeleted, "/of-1", "stat /of-1 true"), other,
		stateOf("2", wire.StateClosed, nil), shell.Item{Kind: shell.Lost, Shell: "2", Count: 7},
	)
	s.titled("Events 6")
	s.now = beganAt.Add(fadeTime)
	s.pane.Receive(forgetting("2"))
	s.reads(
		"time       type          path  zxid  armed by",
		"23:22:18 1 SyncConnected session 0x1005",
		"23:22:19 1 NodeDeleted   /of-1 0x101 stat /of-1 true",
	)
	s.press("f")
	if text := s.text(); strings.Contains(text, "of-2") || !strings.Contains(text, "of-1") {
		t.Errorf("the watches are\n%s", text)
	}
}

// BenchmarkTake is what an event costs before it is shown.
func BenchmarkTake(b *testing.B) {
	s := newScreen(b, 122, 17)
	it := firedItem(1, wire.EventNodeDeleted, "/工人/master", "stat -w /master")
	b.ReportAllocs()
	for b.Loop() {
		s.pane.Take(&it)
	}
}

// BenchmarkFilter is a letter typed into the filter, with all events there are.
func BenchmarkFilter(b *testing.B) {
	s := newScreen(b, 122, 17)
	for i := range keptLimit {
		s.take(firedItem(i, wire.EventNodeDeleted, fmt.Sprintf("/工人/master-%d", i), "stat -w /master"))
	}
	for b.Loop() {
		s.pane.setFilter("9x")
	}
}
