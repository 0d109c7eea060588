package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// fadeTime is how long a watch is still shown after it has fired: long enough to
// see that it is gone.
const fadeTime = 5 * time.Second

// armedFace is the face with the watches that are armed now.
type armedFace struct {
	shown bool
	turn  int  // counts the times it was turned to, so that an old tick ends
	stale bool // what is armed may be other than rows
	rows  []armedWatch
	gone  []armedWatch // fired not long ago
	store []armedWatch // where those are
	list  ui.List
	wide  columns
}

// An armedWatch is a watch, raw as it came.
type armedWatch struct {
	path, kind, session, label string
	since                      time.Time
	firedAt                    time.Time // zero while it is armed and has not fired
	armed                      bool
	removed                    bool             // by a command: it has not fired
	missed                     *livetree.Missed // what changed since it fired; nil: nobody knows
}

// A fadeMsg comes each second while the face is shown.
type fadeMsg struct{ turn int }

func fadeTick(turn int) tea.Cmd {
	return ui.After(time.Second, func(time.Time) tea.Msg { return fadeMsg{turn} })
}

// flip turns the pane to its other face.
func (p *eventsPane) flip() tea.Cmd {
	a := &p.armed
	a.shown = !a.shown
	a.stale = true
	a.turn++
	if !a.shown {
		return nil
	}
	a.gather(p)
	return fadeTick(a.turn)
}

func (a *armedFace) fade(tick fadeMsg) tea.Cmd {
	if !a.shown || tick.turn != a.turn {
		return nil
	}
	a.stale = true
	return fadeTick(a.turn)
}

// firedLimit bounds what fades at once: a burst of a persistent watch would be of
// no use to look at.
const firedLimit = 200

// fired notes which watches an event came from.
func (a *armedFace) fired(p *eventsPane, it *shell.Item) {
	for _, spent := range it.Event.Spent {
		a.pass(armedWatch{
			path: spent.Path, kind: spent.Kind.String(), session: it.Shell, label: spent.Label,
			firedAt: it.Event.Time, missed: p.missed(it, &spent),
		})
	}
	for _, label := range it.Event.ArmedBy {
		if slices.ContainsFunc(it.Event.Spent, func(w session.Watch) bool { return w.Label == label }) {
			continue
		}
		w := armedWatch{path: it.Event.Path, session: it.Shell, label: label, firedAt: it.Event.Time, kind: a.kindOf(it, label)}
		switch it.Event.Type {
		case wire.EventDataWatchRemoved, wire.EventChildWatchRemoved, wire.EventPersistentWatchRemoved:
			w.removed = true
		}
		a.pass(w)
	}
}

// pass takes a watch among those that are gone.
func (a *armedFace) pass(w armedWatch) {
	for i := range a.gone {
		if g := &a.gone[i]; w.missed != nil && g.path == w.path && g.kind == w.kind && g.session == w.session && !g.firedAt.Equal(w.firedAt) {
			g.forget() // it was armed again in between
		}
	}
	if len(a.gone) >= firedLimit {
		a.gone[0].forget()
		a.gone = a.gone[1:]
	}
	a.gone = ui.Pushed(&a.store, a.gone, w)
}

// kindOf is the kind of the watch that fired: what is known of it, else what its
// event tells.
func (a *armedFace) kindOf(it *shell.Item, label string) string {
	for i := range a.rows {
		if w := &a.rows[i]; w.path == it.Event.Path && w.label == label && w.session == it.Shell && w.firedAt.IsZero() {
			return w.kind
		}
	}
	switch it.Event.Type {
	case wire.EventNodeCreated:
		return session.ExistWatch.String()
	case wire.EventNodeChildrenChanged, wire.EventChildWatchRemoved:
		return session.ChildWatch.String()
	case wire.EventPersistentWatchRemoved:
		return session.PersistentWatch.String()
	}
	return session.DataWatch.String()
}

// gather reads what is armed now, over all sessions, if that may have changed.
func (a *armedFace) gather(p *eventsPane) {
	if !a.stale {
		return
	}
	a.stale = false
	a.rows = a.rows[:0]
	for _, of := range p.sessions.All() {
		zk := of.Shell.Session()
		if zk == nil {
			continue
		}
		for _, w := range zk.Watches() {
			a.rows = append(a.rows, armedWatch{
				path: w.Path, kind: w.Kind.String(), session: of.Name, label: w.Label, since: w.ArmedAt, armed: true,
			})
		}
	}
	a.cover(a.rows)
	a.addFired(time.Now().Add(-fadeTime))
	if p.filter != "" {
		a.rows = slices.DeleteFunc(a.rows, func(w armedWatch) bool {
			return !anyHolds(p.filter, w.path, w.kind, p.who[w.session].label, w.label)
		})
	}
	slices.SortStableFunc(a.rows, func(x, y armedWatch) int {
		return cmp.Or(strings.Compare(x.path, y.path), strings.Compare(x.kind, y.kind), strings.Compare(x.session, y.session))
	})
}

// addFired adds those that fired after then to the rows, and those since whose
// firing something changed unseen; it forgets the others, except where that may
// yet happen. A watch that outlives its events is marked instead.
func (a *armedFace) addFired(then time.Time) {
	a.gone = slices.DeleteFunc(a.gone, func(w armedWatch) bool { return !w.firedAt.After(then) && w.missed == nil })
	armed := len(a.rows)
next:
	for _, g := range a.gone {
		if n, _ := g.unseen(); n == 0 && !g.firedAt.After(then) {
			continue
		}
		for i := range a.rows[:armed] {
			w := &a.rows[i]
			lasting := w.kind == session.PersistentWatch.String() || w.kind == session.RecursiveWatch.String()
			if lasting && w.label == g.label && w.session == g.session && strings.HasPrefix(g.path, w.path) {
				w.firedAt = g.firedAt
				continue next
			}
		}
		a.rows = append(a.rows, g)
	}
}

func (a *armedFace) title() string {
	armed, unseen := 0, 0
	for i := range a.rows {
		if a.rows[i].armed {
			armed++
		}
		n, _ := a.rows[i].unseen()
		unseen += n
	}
	text := fmt.Sprintf("Watches armed now: %d", armed)
	if unseen > 0 {
		text += "; " + english.Count(unseen, "change") + " unseen"
	}
	return text
}

// cells puts a watch into the columns of the events: since when stands for the
// time, the kind for the type, and what has become of it before its command.
func (p *eventsPane) watchCells(w *armedWatch) cells {
	c := cells{
		time: w.since.Format("15:04:05"), session: shell.Printable(p.who[w.session].label), kind: w.kind,
		path: shell.Printable(w.path), armedBy: ui.OneLine(w.label),
	}
	switch {
	case w.removed:
		c.kind += " removed"
	case !w.firedAt.IsZero():
		c.kind += " fired"
	}
	if !w.armed {
		c.time = p.theme.Glyph.Deleted + " gone"
	}
	return c
}

func (a *armedFace) draw(p *eventsPane, focus bool) []string {
	t, n, room := p.theme, len(a.rows), p.room()
	a.list.Settle(n, room)
	if n == 0 {
		if p.filter != "" {
			return p.faint("no watch has this in it")
		}
		return p.faint("no watch is armed; what changes now is told to nobody. stat -w PATH, get -w PATH and ls -w PATH arm one")
	}
	shown := make([]cells, 0, room)
	a.wide.grow(&cells{kind: "persistent fired"})
	for i := a.list.Top; i < min(n, a.list.Top+room); i++ {
		row := p.watchCells(&a.rows[i])
		a.wide.grow(&row)
		shown = append(shown, row)
	}
	plan, _ := a.wide.plan(p.w)
	for i := range shown {
		p.tellUnseen(&a.rows[a.list.Top+i], &shown[i], plan)
	}
	var out []string
	if p.heading() {
		out = append(out, headingLine(t, cells{time: "since", session: "session", kind: "kind", path: "path",
			armedBy: "armed by"}, plan, p.w))
	}
	for i := range shown {
		w, row := &a.rows[a.list.Top+i], &shown[i]
		switch {
		case a.list.Top+i == a.list.Sel && focus:
			out = append(out, t.Selected.Render(t.Fit(eventLine(t, row, plan, p.w, nil), p.w)))
		case row.detail != "":
			out = append(out, eventLine(t, row, plan, p.w, &looks{p.sessionStyle(w.session), t.Warn, t.Dim}))
		case !w.armed:
			out = append(out, t.Dim.Strikethrough(true).Render(eventLine(t, row, plan, p.w, nil)))
		case !w.firedAt.IsZero():
			out = append(out, eventLine(t, row, plan, p.w, &looks{p.sessionStyle(w.session), t.Warn, t.Dim}))
		default:
			out = append(out, eventLine(t, row, plan, p.w, &looks{p.sessionStyle(w.session), t.Good, t.Dim}))
		}
	}
	return out
}
