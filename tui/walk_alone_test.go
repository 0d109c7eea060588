package tui

import (
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
)

// A lesson can be all there is.
func TestLessonAlone(t *testing.T) {
	d := driveModel(t, 80, 24, Config{Lesson: inline(t, takeover), Shell: shell.Config{}})
	t.Cleanup(d.m.closePanes)
	d.atOnce()
	d.do(d.m.begin())
	d.resting()
	d.steps(1)
	if got := d.m.player.State().Mark(0); got != roles.Right {
		t.Errorf("the mark is %v", got)
	}
	first := d.m.player.Lesson()
	d.play(inline(t, takeover), walkOptions{})
	if d.m.closing || d.m.player.Lesson() == first {
		t.Fatal("another lesson in its place leaves")
	}
	d.settle() // the first one ends
	d.press("q")
	if !d.m.closing {
		t.Error("leaving it does not leave")
	}
	if err := d.m.cleanPanes(); err != nil {
		t.Error(err)
	}
}

// Where there is nothing but a lesson that cannot be laid out, that is told when the
// screen is gone.
func TestLessonAloneFails(t *testing.T) {
	d := driveModel(t, 80, 24, Config{Lesson: inline(t, takeover), LessonTarget: session.Target{Connect: "host:port"}})
	t.Cleanup(d.m.closePanes)
	d.do(d.m.begin())
	d.until("the end", func() bool { return d.m.closing })
	if err := d.m.failure; err == nil || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("it failed with %v", err)
	}
}

// The names of a page's sessions are somebody else's.
func TestHostileRole(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, strings.ReplaceAll(takeover, "zk first", "zk \x1b[2Jfirst\x07")), walkOptions{stage: true})
	d.steps(1)
	for _, pane := range []string{"Stage", "Command: "} {
		if text := harmless(t, d.m); !strings.Contains(text, pane) || !strings.Contains(text, `\x1b[2Jfirst\x07`) {
			t.Errorf("not on the screen:\n%s", text)
		}
		d.press("tab")
	}
}
