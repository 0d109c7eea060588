package tui

import (
	"fmt"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// heard is what the executor has told from a goroutine of its own. It is looked at
// before anything that came out of the sessions since.
type heard struct {
	prefix int // of the walkthrough

	mu    sync.Mutex
	laid  int // how often the lesson was laid out
	notes []note
}

// A laying is one time that a lesson was laid out: what comes out of its sessions is
// no more of interest when there is another.
type laying struct{ walk, number int }

// A note says that all sessions are gone, or that one begins.
type note struct {
	role, name string
	shell      *shell.Shell // nil: all are gone
	dialect    shell.Dialect
}

func (h *heard) cleared() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.laid++
	h.notes = append(h.notes, note{})
}

func (h *heard) opened(role string, sh *shell.Shell) {
	n := note{role, h.now().name(role), sh, sh.Dialect()} // which a page may leave to be found out
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, n)
}

// name is the name of a role's session in the stream, where the user's have numbers.
func (l laying) name(role string) string { return fmt.Sprintf("%s %d.%d", role, l.walk, l.number) }

func (h *heard) take() []note {
	h.mu.Lock()
	defer h.mu.Unlock()
	notes := h.notes
	h.notes = nil
	return notes
}

// now is how the lesson is laid out at the moment.
func (h *heard) now() laying {
	h.mu.Lock()
	defer h.mu.Unlock()
	return laying{h.prefix, h.laid}
}

// owns is an item of a role's session as it goes into the stream.
func (h *heard) owns(it shell.Item) shell.Item {
	at := h.now()
	it.Shell, it.Owner = at.name(it.Shell), at
	return it
}

// late tells whether what comes is of a lesson's session of which nobody wants to hear
// any more: the lesson was left, or laid out anew.
func (m *Model) late(owner any) bool {
	of, ok := owner.(laying)
	if !ok {
		return false
	}
	if m.walk == nil {
		return true
	}
	m.walk.admit()
	return of != m.walk.heard.now()
}

// admit gives each role's session its tab.
func (w *walkthrough) admit() {
	for _, n := range w.heard.take() {
		if n.shell == nil {
			w.clear()
			continue
		}
		w.named[n.name] = n.role
		w.welcome(n)
	}
}

// clear forgets what came out of the sessions that are gone. Their tabs wait for
// the ones to come.
func (w *walkthrough) clear() {
	gone := w.named
	w.named = map[string]string{}
	for _, t := range w.tabs {
		if t != w.held { // it may be laid out for a try
			t.idle()
		}
		t.queue, t.fresh, t.gone = nil, false, true
		t.out = scrollback{}
	}
	w.timeline = roles.NewTimeline()
	w.m.stage.changed()
	w.m.Send(intent.Forget{Gone: func(name string) bool { _, old := gone[name]; return old }})
}

// welcome puts a session into the tab of its role.
func (w *walkthrough) welcome(n note) {
	c := w.m.command
	t := w.tabs[n.role]
	if t == nil {
		t = &tab{title: ui.Flat(n.role), number: slices.Index(w.lesson.Roles(), n.role)}
		w.tabs[n.role] = t
	}
	t.name, t.shell, t.gone, t.lesson = n.name, n.shell, false, w
	t.dialect = n.dialect
	if !slices.Contains(c.tabs, t) {
		c.tabs = append(c.tabs, t)
	}
	if len(w.named) == 1 {
		w.front(n.role)
	}
}

// drop takes tabs of the lesson away. What was in front before comes back if
// nothing of the lesson is.
func (w *walkthrough) drop(which func(t *tab) bool) {
	c := w.m.command
	at := c.tab()
	c.tabs = slices.DeleteFunc(c.tabs, func(t *tab) bool {
		drop := t.lesson == w && which(t)
		if drop {
			t.idle()
			t.queue = nil
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
func (w *walkthrough) hold() tea.Cmd {
	var t *tab
	role, line, holds := w.engine.Holds()
	if holds {
		t = w.tabs[role]
	}
	was := w.held
	if t == was {
		return nil
	}
	w.held = t
	if t != nil {
		t.running = &running{line: line, cancel: w.interrupt, since: time.Now()}
	}
	if was == nil {
		return nil
	}
	was.running = nil
	if w.engine.Phase() == roles.LayingOut {
		return nil // for what waits there its session is gone
	}
	return w.m.command.next(was)
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
	if it.Code != 0 {
		t.out.failed()
	}
	w := t.lesson
	if t == w.held {
		return nil
	}
	t.idle()
	cmds := []tea.Cmd{c.unknown(t, it)}
	role := w.named[t.name]
	end := *it
	end.Shell = role
	cmds = append(cmds, w.tell(roles.LineEnded{Role: role, End: end}), c.next(t))
	if s := w.engine.Current(); t.running == nil && s != nil && s.Session == role {
		cmds = append(cmds, w.tell(roles.Claimed{}))
	}
	return tea.Batch(cmds...)
}
