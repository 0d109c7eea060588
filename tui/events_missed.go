package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/sessions"
)

// What changed while nothing was armed: a one-shot watch tells one change, and the
// tree sees the others.

// missed begins to count what changes after a watch has fired, if the tree is of
// the same server and sees every change.
func (p *eventsPane) missed(it *shell.Item, spent *session.Watch) *livetree.Missed {
	of, known := sessions.Named(p.sessions, it.Shell)
	if !known || p.watcher == nil || of.Shell.ConnectString() != p.server {
		return nil
	}
	return p.watcher.Missed(livetree.Fired{
		Path: spent.Path, Children: spent.Kind == session.ChildWatch,
		Event: it.Event.Type, Zxid: it.Event.Zxid,
		Armed: spent.ArmedAt, Time: it.Event.Time,
	})
}

// unseen is how many changes came after the watch had fired.
func (w *armedWatch) unseen() (n int, atLeast bool) {
	if w.missed == nil {
		return 0, false
	}
	return w.missed.Count()
}

// forget ends the counting: the row fades.
func (w *armedWatch) forget() {
	if w.missed != nil {
		w.missed.Stop()
		w.missed = nil
	}
}

// ended forgets the watches of a session that has ended.
func (a *armedFace) ended(name string) {
	for i := range a.gone {
		if a.gone[i].session == name {
			a.gone[i].forget()
		}
	}
}

// forgetAll forgets what was counted in another tree.
func (a *armedFace) forgetAll() {
	for i := range a.gone {
		a.gone[i].forget()
	}
	a.stale = true
}

// rearmed looks, after a command, whether it has armed again what had fired.
func (a *armedFace) rearmed(p *eventsPane, name string) {
	counting := false
	for i := range a.gone {
		counting = counting || a.gone[i].session == name && a.gone[i].missed != nil
	}
	of, known := sessions.Named(p.sessions, name)
	if !counting || !known || of.Shell.Session() == nil {
		return
	}
	var armed []armedWatch
	for _, w := range of.Shell.Session().Watches() {
		armed = append(armed, armedWatch{path: w.Path, kind: w.Kind.String(), session: name})
	}
	a.cover(armed)
}

// cover forgets the watches that have fired in whose place others are armed.
func (a *armedFace) cover(armed []armedWatch) {
	for i := range a.gone {
		g := &a.gone[i]
		for j := range armed {
			if g.missed != nil && armed[j].session == g.session && armed[j].covers(g) {
				g.forget()
			}
		}
	}
}

// covers tells whether a watch tells all that the other one would.
func (w *armedWatch) covers(g *armedWatch) bool {
	child := session.ChildWatch.String()
	switch w.kind {
	case session.RecursiveWatch.String():
		return w.path == g.path || w.path == "/" || strings.HasPrefix(g.path, w.path+"/")
	case session.PersistentWatch.String():
		return w.path == g.path
	}
	return w.path == g.path && (w.kind == child) == (g.kind == child)
}

// tellUnseen puts what was not seen in place of the path and the command: when the
// watch fired stands for the time since when it is armed.
func (p *eventsPane) tellUnseen(w *armedWatch, c *cells, plan columns) {
	n, atLeast := w.unseen()
	if n == 0 {
		return
	}
	many, few := english.Count(n, "change"), fmt.Sprint(n)
	if atLeast {
		many, few = "at least "+many, few+"+"
	}
	room := p.w - timeWidth - 1 - plan.kind - 1
	if plan.session > 0 {
		room -= plan.session + 1
	}
	c.time = w.firedAt.Format(time.TimeOnly)
	for _, text := range []string{
		fmt.Sprintf("  since then %s unseen  %s", many, c.armedBy),
		fmt.Sprintf("  since then %s unseen", many),
		fmt.Sprintf("  %s unseen", many),
		fmt.Sprintf("  %s unseen", few),
	} {
		c.detail = p.theme.Tail(c.path, max(8, room-ui.WidthOf(text))) + text
		if ui.WidthOf(c.path+text) <= room {
			break
		}
	}
}

// notFired says why the selected row is nothing to put away.
func (p *eventsPane) notFired() string {
	i := p.current().At(p.length())
	if !p.armed.shown || i < 0 || p.armed.rows[i].armed {
		return "no watch that has fired is selected"
	}
	return ""
}

// putAway takes a watch that has fired off the list, whatever was not seen.
func (p *eventsPane) putAway() tea.Cmd {
	a := &p.armed
	w := a.rows[p.current().At(p.length())]
	for i := range a.gone {
		if g := &a.gone[i]; g.path == w.path && g.kind == w.kind && g.session == w.session && g.firedAt.Equal(w.firedAt) {
			g.forget()
			g.firedAt = time.Time{}
		}
	}
	a.stale = true
	a.gather(p)
	return nil
}
