package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// Marks of what the executor does, in the order of what comes out of the sessions.
type (
	// lessonCleared is that all sessions of a lesson are gone.
	lessonCleared struct{ walk *walkthrough }
	// lessonJoined is that a role's session begins.
	lessonJoined struct {
		walk    *walkthrough
		role    string
		session *workspace.Session
		dialect shell.Dialect
	}
)

func (w *walkthrough) cleared() {
	w.laid.Add(1)
	w.mark(lessonCleared{w})
}

func (w *walkthrough) opened(role string, s *workspace.Session) {
	w.mark(lessonJoined{w, role, s, s.Shell().Dialect()}) // which a page may leave to be found out
}

// sessionName is the name of a role's session in the stream, where the user's have numbers.
func (w *walkthrough) sessionName(role string) string {
	return fmt.Sprintf("%s %d.%d", role, w.number, w.laid.Load())
}

// late tells whether what comes is of a lesson that was left.
func (m *Model) late(owner any) bool {
	of, ok := owner.(*walkthrough)
	return ok && of != m.walk
}

// clear forgets what came out of the sessions that are gone. Their tabs wait for
// the ones to come.
func (w *walkthrough) clear() {
	gone := w.named
	w.named = map[string]string{}
	for _, t := range w.tabs {
		t.under, t.fresh, t.gone = 0, false, true
		t.out = scrollback{}
	}
	w.timeline = roles.NewTimeline()
	w.m.stage.changed()
	w.m.Send(intent.Forget{Gone: func(name string) bool { _, old := gone[name]; return old }})
}

// welcome puts a session into the tab of its role.
func (w *walkthrough) welcome(of lessonJoined) tea.Cmd {
	c := w.m.command
	w.named[of.session.Name()] = of.role
	t := w.tabs[of.role]
	if t == nil {
		t = &tab{title: ui.Flat(of.role), number: slices.Index(w.lesson.Roles(), of.role)}
		w.tabs[of.role] = t
	}
	t.takeSession(of.session)
	t.gone, t.lesson, t.dialect = false, w, of.dialect
	if _, line, holds := w.engine.Holds(); holds && t == w.held {
		t.session.Hold(line, w.interrupt)
	}
	if !slices.Contains(c.tabs, t) {
		c.tabs = append(c.tabs, t)
	}
	if len(w.named) == 1 {
		w.front(of.role)
	}
	later := t.later
	t.later = nil
	var cmds []tea.Cmd
	for _, line := range later {
		cmds = append(cmds, c.handOver(t, workspace.Line{Text: line}))
	}
	return tea.Batch(cmds...)
}

// drop takes tabs of the lesson away. What was in front before comes back if
// nothing of the lesson is.
func (w *walkthrough) drop(which func(t *tab) bool) {
	c := w.m.command
	at := c.tab()
	c.tabs = slices.DeleteFunc(c.tabs, func(t *tab) bool {
		drop := t.lesson == w && which(t)
		if drop {
			t.drop()
			t.session.Cancel()
		}
		return drop
	})
	i := slices.Index(c.tabs, at)
	if i < 0 {
		i = max(0, slices.Index(c.tabs, w.home))
	}
	c.front(i)
}

// front brings a role's tab to the front.
func (w *walkthrough) front(role string) {
	c := w.m.command
	if i := slices.Index(c.tabs, w.tabs[role]); i >= 0 {
		c.front(i)
	}
}

// own is the tabs that are no lesson's.
func (c *commandPane) own() []*tab {
	return slices.DeleteFunc(slices.Clone(c.tabs), func(t *tab) bool { return t.lesson != nil })
}

// hold keeps lines from the prompt that the lesson has now, and gives back the one that
// it had before, which is no reason to give up what runs.
func (w *walkthrough) hold() {
	var t *tab
	role, line, holds := w.engine.Holds()
	if holds {
		t = w.tabs[role]
	}
	was := w.held
	if t == was {
		return
	}
	w.held = t
	if t != nil {
		t.session.Hold(line, w.interrupt)
	}
	if was == nil {
		return
	}
	if w.engine.Phase() == roles.LayingOut {
		was.drop() // for what waits there its session is gone
	}
	was.session.Release()
}

// dictated is what the lesson types at the tab's prompt, nil if it does not.
func (t *tab) dictated() *ui.Input {
	if t.lesson == nil {
		return nil
	}
	text, typed := t.lesson.engine.Typed()
	if !typed || t.lesson.tabs[t.lesson.engine.Current().Session] != t {
		return nil
	}
	in := &ui.Input{}
	in.Set(text)
	return in
}

// lessonDone is the end of a line in a role's tab. The lesson's own lines keep the tab
// busy until the lesson is done with them.
func (c *commandPane) lessonDone(t *tab, it *shell.Item) tea.Cmd {
	if it.Given == shell.GivenElsewhere {
		return nil
	}
	w := t.lesson
	cmds := []tea.Cmd{c.unknown(t, it)}
	role := w.named[t.name]
	end := *it
	end.Shell = role
	cmds = append(cmds, w.tell(roles.LineEnded{Role: role, End: end}))
	t.session.GoOn()
	if s := w.engine.Current(); t.under == 0 && s != nil && s.Session == role {
		cmds = append(cmds, w.tell(roles.Claimed{}))
	}
	return tea.Batch(cmds...)
}
