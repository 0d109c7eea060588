package tui

import (
	"slices"
	"strings"
	"testing"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
)

// Beside somebody's ensemble F2 to F5 play at once, on a server of their own, say so, and
// leave everything as it was: tabs, typed lines, the tree's place, the sessions.
func TestLessonsLeaveEverythingAsItWas(t *testing.T) {
	for _, key := range []string{"f2", "f3", "f4", "f5"} {
		d := driveLesson(t, 120, 40, Config{Asks: true, Where: "prod"})
		d.seesIn("Tree", "zookeeper")
		for _, path := range []string{"/app", "/app/a", "/app/a/b", "/app/c", "/other", "/other/x"} {
			d.create(path, 0)
		}
		d.typed("half of the first")
		d.press("ctrl+t")
		d.until("the second session", func() bool {
			return !d.front().Busy && d.zk() != nil && d.zk().State() == session.Connected
		})
		d.typed("half of the second")
		d.selects("/other/x")
		d.selects("/app/a/b")
		d.passes(2 * livetree.MarkTime)
		d.goesTo("Tree")
		var ids []int64
		for _, tab := range d.m.sessions.All() {
			ids = append(ids, tab.Shell.Session().ID())
		}
		rows := inside(t, d.m, paneTree)

		d.press(key)
		d.until("the lesson", d.m.player.Playing)
		if d.m.overlay != nil {
			t.Fatalf("%s asks", key)
		}
		if text := d.m.notice.text; !strings.Contains(text, "a server of its own") || !strings.Contains(text, "q leaves") {
			t.Errorf("%s says %q", key, text)
		}
		d.resting()
		if d.server() == d.srv.Addr() {
			t.Fatalf("%s plays on the ensemble", key)
		}
		d.steps(2)
		server := d.server()
		d.press("f3") // another one in its place, which is none of the user's either
		d.until("the other lesson", func() bool { return d.server() != server })
		d.resting()
		d.press("q")
		d.until("the end", func() bool { return !d.m.player.Playing() })
		d.until("the tree as it was", func() bool { return d.nodeIs("/app/a/b") && slices.Equal(inside(t, d.m, paneTree), rows) })
		var now []int64
		for _, tab := range d.m.sessions.All() {
			now = append(now, tab.Shell.Session().ID())
		}
		if !slices.Equal(now, ids) {
			t.Errorf("%s: the sessions are %x, and were %x", key, now, ids)
		}
		if d.m.focus != paneTree || d.front().Name != d.m.sessions.All()[1].Name {
			t.Errorf("%s: focus %v, session %s", key, d.m.focus, d.front().Name)
		}
		d.typedIs("half of the second")
		d.goesTo("Command")
		d.press("Session 1")
		d.typedIs("half of the first")
	}
}

// On the embedded server there is nothing to be told apart.
func TestLessonOnTheEmbeddedServerSaysNothing(t *testing.T) {
	d := driveLesson(t, 80, 24, Config{Where: whereEmbedded})
	d.play(inline(t, takeover), walkOptions{})
	if d.m.notice.text != "" {
		t.Errorf("it says %q", d.m.notice.text)
	}
}

// A zoomed pane is zoomed again.
func TestLessonLeavesTheZoom(t *testing.T) {
	d := driveLesson(t, 100, 30, Config{})
	d.press("f11")
	d.play(inline(t, takeover), walkOptions{})
	if d.m.zoomed {
		t.Error("the lesson is zoomed")
	}
	d.press("q")
	if !d.m.zoomed || d.m.focus != paneCommand {
		t.Errorf("zoomed: %v, focus %v", d.m.zoomed, d.m.focus)
	}
}
