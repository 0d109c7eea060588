package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
)

// TestTryOutlivesItsLayout achieves a goal in a way for which the lesson is laid out
// anew: the prompt takes no lines meanwhile, what waits at it is not run in a session
// that is gone, and nothing gives the laying out up.
func TestTryOutlivesItsLayout(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{turn: true})
	w := d.m.player.State()
	d.run("create /stray x")
	d.run("delete /stray")
	d.resting()
	d.typed("create -e /master one")
	d.press("enter")
	d.until("the lesson to be laid out", func() bool { return d.at(roles.LayingOut) })
	if tb := d.tab(); !tb.busy() || tb.lesson.held == nil {
		t.Error("the prompt takes lines while the lesson is laid out")
	} else {
		tb.session.Cancel()
	}
	d.until("the praise", func() bool { return strings.Contains(d.m.notice.text, "laid out anew") })
	if w.Next() != 1 || d.tab().lesson.held != nil {
		t.Errorf("it goes on at step %d", w.Next()+1)
	}
	d.until("the second goal", func() bool { return d.at(roles.YourTurn) && w.Next() == 5 })
}

// The lesson waits until the line that the user runs in the role's tab has ended.
func TestStepsWaitForTheUsersLine(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	tab := d.tab()
	tab.under++ // a line of the user's
	d.press("space")
	d.until("the step to be held", func() bool { return d.at(roles.Claiming) })
	if tab.lesson.held != nil {
		t.Error("the lesson has the prompt at which the user's line runs")
	}
	d.do(func() tea.Msg {
		return actionMsg(func(m *Model) tea.Cmd {
			return m.command.done(tab, &shell.Item{Kind: shell.Done, Given: shell.GivenAtOnce})
		})
	})
	d.until("the step", func() bool { return d.m.player.State().Next() == 1 })
}

// A line that is typed while the role's session is gone is run in the one that takes its
// place.
func TestLineWaitsForTheNextSession(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	d.steps(1)
	tab := d.tab()
	d.m.command.clearRoles()
	d.press("tab") // the keyboard
	d.typed("ls /")
	d.press("enter")
	if tab.busy() || len(tab.later) != 1 {
		t.Errorf("%q wait, busy %v", tab.later, tab.busy())
	}
	d.do(d.m.command.openRole(intent.OpenRole{Role: tab.lesson.name, Session: tab.session, Dialect: tab.dialect}))
	d.idle()
	d.shows("] ls /", "[zookeeper, master]")
}

// A lesson looks at what a line has achieved before the next one runs, which would undo it.
func TestLessonLooksBeforeTheNextLineRuns(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{turn: true})
	tab, w := d.tab(), d.m.player.State()
	d.m.paste("create -e /master one\ndelete /master")
	d.press("enter")
	if tab.under != 2 {
		t.Errorf("%d lines were handed over", tab.under)
	}
	d.until("the try", func() bool { return w.Next() > 0 || len(w.Why()) > 0 })
	if w.Next() == 0 {
		t.Errorf("the second line ran before the first was looked at: %q", w.Why())
	}
	d.until("the second line", func() bool { return tab.under == 0 })
	d.turnsTo("first")
	d.shows("] delete /maste", "(CONNECTED) 2]")
}

// Who quits a role's session may go on typing there, and the lesson goes on.
func TestQuitInALesson(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	d.press("tab") // the keyboard
	d.typed("quit")
	d.press("enter")
	d.typed("ls /")
	d.press("enter")
	d.settle()
	d.shows("Quitting...", "] ls /", "Not connected")
	if d.tab().busy() {
		t.Error("something runs")
	}
	d.goesTo("Lesson")
	d.steps(1)
	if next := d.m.player.State().Next(); next != 1 {
		t.Errorf("it goes on at step %d", next+1)
	}
}

// A lesson that was laid out anew for a try brings its role to the front, and has the
// keyboard back, whichever session its user looked at meanwhile.
func TestLaidOutWhileAnotherIsInFront(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{turn: true})
	w := d.m.player.State()
	d.run("create /stray x")
	d.run("delete /stray")
	d.resting()
	d.typed("create -e /master one")
	d.press("enter")
	d.until("the lesson to be laid out", func() bool { return d.at(roles.LayingOut) })
	first, was := d.tab(), d.tab().session
	d.until("the next session of the role", func() bool { return first.session != was })
	if d.at(roles.LayingOut) { // else it was all there in one frame
		d.m.command.front(0)
	}
	d.until("the try", func() bool { return w.Next() == 1 })
	if d.m.focus != paneLesson || !strings.Contains(d.m.notice.text, "laid out anew") {
		t.Errorf("focus %v, notice %q", d.m.focus, d.m.notice.text)
	}
	d.until("the second goal", func() bool { return d.at(roles.YourTurn) && w.Next() == 5 })
}
