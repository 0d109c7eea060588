package events

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

// watchFace is the face with the watches that are armed now.
type watchFace struct {
	p     *Pane
	turn  int  // counts the times it was turned to or from, so that an old tick ends
	stale bool // what is armed may be other than rows
	rows  []watch
	gone  []watch // fired not long ago
	store []watch // where those are
	list  ui.List
	wide  columns
}

// A watch is one row, raw as it came.
type watch struct {
	path, kind, session, label string
	since                      time.Time
	firedAt                    time.Time // zero while it is armed and has not fired
	armed                      bool
	removed                    bool             // by a command: it has not fired
	missed                     *livetree.Missed // what changed since it fired; nil: nobody knows
}

// A fadeMsg comes every second while the face is shown.
type fadeMsg struct{ turn int }

func fadeTick(turn int) tea.Cmd {
	return ui.After(time.Second, func(time.Time) tea.Msg { return fadeMsg{turn} })
}

// turnedTo is called when the face is shown.
func (f *watchFace) turnedTo() tea.Cmd {
	f.turn++
	f.stale = true
	f.gather()
	return fadeTick(f.turn)
}

// turnedFrom is called when it is not shown any more.
func (f *watchFace) turnedFrom() { f.turn++ }

func (f *watchFace) fade(tick fadeMsg) tea.Cmd {
	if tick.turn != f.turn {
		return nil
	}
	f.stale = true
	return fadeTick(f.turn)
}

func (f *watchFace) at() *ui.List { return &f.list }

func (f *watchFace) length() int { return len(f.rows) }

func (f *watchFace) znode(i int) (path string, commands []string) {
	return f.rows[i].path, []string{f.rows[i].label}
}

func (f *watchFace) refilter() { f.list, f.stale = ui.List{}, true }

// forget drops the watches of sessions that have fired.
func (f *watchFace) forget(gone func(session string) bool) {
	f.gone = slices.DeleteFunc(f.gone, func(w watch) bool {
		if gone(w.session) {
			w.forget()
		}
		return gone(w.session)
	})
}

// firedLimit bounds what fades at once: a burst of a persistent watch would be of
// no use to look at.
const firedLimit = 200

// fired notes which watches an event came from.
func (f *watchFace) fired(it *shell.Item) {
	for _, spent := range it.Event.Spent {
		f.pass(watch{
			path: spent.Path, kind: spent.Kind.String(), session: it.Shell, label: spent.Label,
			firedAt: it.Event.Time, missed: f.p.missed(it, &spent),
		})
	}
	for _, label := range it.Event.ArmedBy {
		if slices.ContainsFunc(it.Event.Spent, func(w session.Watch) bool { return w.Label == label }) {
			continue
		}
		w := watch{path: it.Event.Path, session: it.Shell, label: label, firedAt: it.Event.Time, kind: f.kindOf(it, label)}
		switch it.Event.Type {
		case wire.EventDataWatchRemoved, wire.EventChildWatchRemoved, wire.EventPersistentWatchRemoved:
			w.removed = true
		}
		f.pass(w)
	}
}

// pass takes a watch among those that are gone.
func (f *watchFace) pass(w watch) {
	for i := range f.gone {
		if g := &f.gone[i]; w.missed != nil && g.path == w.path && g.kind == w.kind && g.session == w.session && !g.firedAt.Equal(w.firedAt) {
			g.forget() // it was armed again in between
		}
	}
	if len(f.gone) >= firedLimit {
		f.gone[0].forget()
		f.gone = f.gone[1:]
	}
	f.gone = ui.Pushed(&f.store, f.gone, w)
}

// kindOf is the kind of the watch that fired: what is known of it, else what its
// event tells.
func (f *watchFace) kindOf(it *shell.Item, label string) string {
	for i := range f.rows {
		if w := &f.rows[i]; w.path == it.Event.Path && w.label == label && w.session == it.Shell && w.firedAt.IsZero() {
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
func (f *watchFace) gather() {
	if !f.stale {
		return
	}
	f.stale = false
	f.rows = f.rows[:0]
	for _, of := range f.p.cfg.Sessions.All() {
		zk := of.Shell.Session()
		if zk == nil {
			continue
		}
		for _, w := range zk.Watches() {
			f.rows = append(f.rows, watch{
				path: w.Path, kind: w.Kind.String(), session: of.Name, label: w.Label, since: w.ArmedAt, armed: true,
			})
		}
	}
	f.cover(f.rows)
	f.addFired(f.p.cfg.Now().Add(-fadeTime))
	if f.p.filter != "" {
		f.rows = slices.DeleteFunc(f.rows, func(w watch) bool {
			return !anyHolds(f.p.filter, w.path, w.kind, f.p.who[w.session].label, w.label)
		})
	}
	slices.SortStableFunc(f.rows, func(x, y watch) int {
		return cmp.Or(strings.Compare(x.path, y.path), strings.Compare(x.kind, y.kind), strings.Compare(x.session, y.session))
	})
}

// addFired adds those that fired after then to the rows, and those since whose
// firing something changed unseen; it forgets the others, except where that may
// yet happen. A watch that outlives its events is marked instead.
func (f *watchFace) addFired(then time.Time) {
	f.gone = slices.DeleteFunc(f.gone, func(w watch) bool { return !w.firedAt.After(then) && w.missed == nil })
	armed := len(f.rows)
next:
	for _, g := range f.gone {
		if n, _ := g.unseen(); n == 0 && !g.firedAt.After(then) {
			continue
		}
		for i := range f.rows[:armed] {
			w := &f.rows[i]
			lasting := w.kind == session.PersistentWatch.String() || w.kind == session.RecursiveWatch.String()
			if lasting && w.label == g.label && w.session == g.session && strings.HasPrefix(g.path, w.path) {
				w.firedAt = g.firedAt
				continue next
			}
		}
		f.rows = append(f.rows, g)
	}
}

func (f *watchFace) title() string {
	armed, unseen := 0, 0
	for i := range f.rows {
		if f.rows[i].armed {
			armed++
		}
		n, _ := f.rows[i].unseen()
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
func (f *watchFace) cells(w *watch) cells {
	c := cells{
		time: w.since.Format("15:04:05"), session: shell.Printable(f.p.who[w.session].label), kind: w.kind,
		path: shell.Printable(w.path), armedBy: ui.OneLine(w.label),
	}
	switch {
	case w.removed:
		c.kind += " removed"
	case !w.firedAt.IsZero():
		c.kind += " fired"
	}
	if !w.armed {
		c.time = f.p.theme.Glyph.Deleted + " gone"
	}
	return c
}

func (f *watchFace) draw(focus bool) []string {
	f.gather()
	p, t, n, room := f.p, f.p.theme, len(f.rows), f.p.room()
	f.list.Settle(n, room)
	if n == 0 {
		if p.filter != "" {
			return p.faint("no watch has this in it")
		}
		return p.faint("no watch is armed; what changes now is told to nobody. stat -w PATH, get -w PATH and ls -w PATH arm one")
	}
	shown := make([]cells, 0, room)
	f.wide.grow(&cells{kind: "persistent fired"})
	for i := f.list.Top; i < min(n, f.list.Top+room); i++ {
		row := f.cells(&f.rows[i])
		f.wide.grow(&row)
		shown = append(shown, row)
	}
	plan, _ := f.wide.plan(p.w)
	for i := range shown {
		f.tellUnseen(&f.rows[f.list.Top+i], &shown[i], plan)
	}
	var out []string
	if p.heading() {
		out = append(out, headingLine(t, cells{time: "since", session: "session", kind: "kind", path: "path",
			armedBy: "armed by"}, plan, p.w))
	}
	for i := range shown {
		w, row := &f.rows[f.list.Top+i], &shown[i]
		switch {
		case f.list.Top+i == f.list.Sel && focus:
			out = append(out, t.Selected.Render(t.Fit(row.line(t, plan, p.w, nil), p.w)))
		case row.detail != "":
			out = append(out, row.line(t, plan, p.w, &looks{p.sessionStyle(w.session), t.Warn, t.Dim}))
		case !w.armed:
			out = append(out, t.Dim.Strikethrough(true).Render(row.line(t, plan, p.w, nil)))
		case !w.firedAt.IsZero():
			out = append(out, row.line(t, plan, p.w, &looks{p.sessionStyle(w.session), t.Warn, t.Dim}))
		default:
			out = append(out, row.line(t, plan, p.w, &looks{p.sessionStyle(w.session), t.Good, t.Dim}))
		}
	}
	return out
}
