package events

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
func (p *Pane) missed(it *shell.Item, spent *session.Watch) *livetree.Missed {
	of, known := sessions.Named(p.cfg.Sessions, it.Shell)
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
func (w *watch) unseen() (n int, atLeast bool) {
	if w.missed == nil {
		return 0, false
	}
	return w.missed.Count()
}

// forget ends the counting: the row fades.
func (w *watch) forget() {
	if w.missed != nil {
		w.missed.Stop()
		w.missed = nil
	}
}

// ended forgets the watches of a session that has ended.
func (f *watchFace) ended(name string) {
	for i := range f.gone {
		if f.gone[i].session == name {
			f.gone[i].forget()
		}
	}
}

// forgetAll forgets what was counted in another tree.
func (f *watchFace) forgetAll() {
	for i := range f.gone {
		f.gone[i].forget()
	}
	f.stale = true
}

// rearmed looks, after a command, whether it has armed again what had fired.
func (f *watchFace) rearmed(name string) {
	counting := false
	for i := range f.gone {
		counting = counting || f.gone[i].session == name && f.gone[i].missed != nil
	}
	of, known := sessions.Named(f.p.cfg.Sessions, name)
	if !counting || !known || of.Shell.Session() == nil {
		return
	}
	var armed []watch
	for _, w := range of.Shell.Session().Watches() {
		armed = append(armed, watch{path: w.Path, kind: w.Kind.String(), session: name})
	}
	f.cover(armed)
}

// cover forgets the watches that have fired in whose place others are armed.
func (f *watchFace) cover(armed []watch) {
	for i := range f.gone {
		g := &f.gone[i]
		for j := range armed {
			if g.missed != nil && armed[j].session == g.session && armed[j].covers(g) {
				g.forget()
			}
		}
	}
}

// covers tells whether a watch tells all that the other one would.
func (w *watch) covers(g *watch) bool {
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
func (f *watchFace) tellUnseen(w *watch, c *cells, plan columns) {
	n, atLeast := w.unseen()
	if n == 0 {
		return
	}
	many, few := english.Count(n, "change"), fmt.Sprint(n)
	if atLeast {
		many, few = "at least "+many, few+"+"
	}
	room := f.p.w - timeWidth - 1 - plan.kind - 1
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
		c.detail = f.p.theme.Tail(c.path, max(8, room-ui.WidthOf(text))) + text
		if ui.WidthOf(c.path+text) <= room {
			break
		}
	}
}

// notFired says why the selected row is nothing to put away.
func (p *Pane) notFired() string {
	i := p.face.at().At(p.face.length())
	if p.face != &p.watches || i < 0 || p.watches.rows[i].armed {
		return "no watch that has fired is selected"
	}
	return ""
}

// putAway takes the selected watch, which has fired, off the list, whatever was not seen.
func (p *Pane) putAway() tea.Cmd {
	f := &p.watches
	w := f.rows[f.list.At(f.length())]
	for i := range f.gone {
		if g := &f.gone[i]; g.path == w.path && g.kind == w.kind && g.session == w.session && g.firedAt.Equal(w.firedAt) {
			g.forget()
			g.firedAt = time.Time{}
		}
	}
	f.stale = true
	f.gather()
	return nil
}
