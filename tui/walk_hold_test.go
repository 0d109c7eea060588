package tui

import (
	"slices"
	"strings"
	"testing"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"

	tea "charm.land/bubbletea/v2"
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
	if !d.front().Busy {
		t.Error("the prompt takes lines while the lesson is laid out")
	}
	d.press("ctrl+c")
	d.until("the praise", func() bool { return strings.Contains(d.m.notice.text, "laid out anew") })
	if w.Next() != 1 || d.front().Busy {
		t.Errorf("it goes on at step %d", w.Next()+1)
	}
	d.until("the second goal", func() bool { return d.at(roles.YourTurn) && w.Next() == 5 })
}

// The lesson waits until the line that the user runs in the role's tab has ended.
func TestStepsWaitForTheUsersLine(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	release := d.withholds(func(it *shell.Item) bool { return it.Kind == shell.Done && it.Line == "ls /" })
	d.goesTo("Command")
	d.typed("ls /")
	d.press("enter")
	d.m.setFocus(paneLesson)
	d.press("space")
	d.until("the step to be held", func() bool { return d.at(roles.Claiming) })
	if st := d.m.ws.Front().State(); st.Running != "" && st.Running != "ls /" {
		t.Errorf("the lesson has the prompt at which the user's line runs: %+v", st)
	}
	release()
	d.until("the step", func() bool { return d.m.player.State().Next() == 1 })
}

// withholds keeps items from the screen until they are released.
func (d *commandDriver) withholds(which func(it *shell.Item) bool) (release func()) {
	var withheld []shell.Item
	update := d.update
	d.update = func(msg tea.Msg) tea.Cmd {
		if batch, ok := msg.(feedMsg); ok {
			msg = feedMsg{slices.DeleteFunc(batch.items, func(it shell.Item) bool {
				if which(&it) {
					withheld = append(withheld, it)
					return true
				}
				return false
			})}
		}
		return update(msg)
	}
	return func() {
		d.update = update
		d.do(d.m.take(feedMsg{withheld})) // a message would have the next one waited for twice
	}
}

// A line that is typed while the role's session is gone is run in the one that takes its
// place.
func TestLineWaitsForTheNextSession(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{})
	d.steps(1)
	role := d.front()
	of := d.m.ws.Named(role.Name)
	d.intends(intent.ClearRoles{})
	d.press("tab") // the keyboard
	d.typed("ls /")
	d.press("enter")
	if d.front().Busy {
		t.Error("the line runs")
	}
	d.intends(intent.OpenRole{Role: role.Role, Session: of, Dialect: role.Dialect})
	d.idle()
	d.shows("] ls /", "[zookeeper, master]")
}

// A lesson looks at what a line has achieved before the next one runs, which would undo it.
func TestLessonLooksBeforeTheNextLineRuns(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 80, 24, Config{})
	d.play(inline(t, takeover), walkOptions{turn: true})
	w := d.m.player.State()
	d.m.paste("create -e /master one\ndelete /master")
	d.press("enter")
	if st := d.m.ws.Front().State(); st.Waiting != 1 { // behind the one that is to be looked at
		t.Errorf("the lines were not handed over: %+v", st)
	}
	d.until("the try", func() bool { return w.Next() > 0 || len(w.Why()) > 0 })
	if w.Next() == 0 {
		t.Errorf("the second line ran before the first was looked at: %q", w.Why())
	}
	busy := func(s sessions.Session) bool { return s.Role == "first" && s.Busy }
	d.until("the second line", func() bool { return !slices.ContainsFunc(d.m.sessions.All(), busy) })
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
	if d.front().Busy {
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
	was := d.m.ws.Front()
	d.until("the next session of the role", func() bool { return d.m.ws.Front() != was })
	if d.at(roles.LayingOut) { // else it was all there in one frame
		d.press("Session 1")
	}
	d.until("the try", func() bool { return w.Next() == 1 })
	if d.m.focus != paneLesson || !strings.Contains(d.m.notice.text, "laid out anew") {
		t.Errorf("focus %v, notice %q", d.m.focus, d.m.notice.text)
	}
	d.until("the second goal", func() bool { return d.at(roles.YourTurn) && w.Next() == 5 })
}
