package events

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// eventFace is the face with the events, the newest below.
type eventFace struct {
	p     *Pane
	kept  ring
	found []int // numbers of the events the filter lets through; unused without one
	list  ui.List
	wide  columns

	drawn    map[int]string // rows by the numbers of their events
	drawnFor drawnRows
}

// An event is one row, raw as it came.
type event struct {
	at      time.Time
	session string // the name of its shell
	kind    string // of the change
	path    string
	zxid    int64 // 0 or less: not told
	armedBy []string
	detail  string // of a change of the connection, instead of a path
	tone    ui.Tone
}

func watchEvent(it *shell.Item) event {
	e := event{
		at: it.Event.Time, kind: it.Event.Type.String(), path: it.Event.Path,
		zxid: it.Event.Zxid, armedBy: it.Event.ArmedBy,
	}
	switch it.Event.Type {
	case wire.EventNodeCreated:
		e.tone = ui.ToneGood
	case wire.EventNodeDeleted:
		e.tone = ui.ToneBad
	case wire.EventNodeDataChanged, wire.EventNodeChildrenChanged:
		e.tone = ui.ToneWarn
	}
	return e
}

// stateEvent tells of the connection; gone are the ephemerals that ended with it.
func stateEvent(it *shell.Item, gone []string) event {
	e := event{at: it.Event.Time, kind: it.Event.State.String(), tone: ui.ToneBad}
	var says []string
	id := "0x" + strconv.FormatUint(uint64(it.Event.SessionID), 16)
	switch it.Event.State {
	case wire.StateSyncConnected, wire.StateSaslAuthenticated:
		e.tone = ui.ToneGood
		says = append(says, "session "+id)
	case wire.StateConnectedReadOnly:
		e.tone = ui.ToneWarn
		says = append(says, "session "+id+", nothing can be written")
	case wire.StateExpired:
		says = append(says, id+" gone with "+listed(gone)+" and its watches")
	case wire.StateClosed:
		e.tone = ui.ToneNone
		says = append(says, "session "+id)
	}
	if it.Event.Err != nil {
		says = append(says, it.Event.Err.Error())
	}
	e.detail = strings.Join(says, ": ")
	return e
}

// listed is the paths of ephemerals, as many as anybody reads.
func listed(paths []string) string {
	const enough = 10
	switch n := len(paths); {
	case n == 0:
		return "its ephemerals"
	case n > enough:
		return strings.Join(paths[:enough], " ") + " and " + strconv.Itoa(n-enough) + " more ephemerals"
	}
	return strings.Join(paths, " ")
}

// add adds an event to those that are kept, and to those that the filter lets through.
func (f *eventFace) add(e event) {
	dropped := f.kept.add(e)
	last := f.kept.first + f.kept.len() - 1
	if f.p.filter != "" {
		if len(f.found) > 0 && f.found[0] < f.kept.first {
			f.found = f.found[1:]
			f.list.Shift(1)
		}
		if !f.matches(f.kept.at(last)) {
			return
		}
		f.found = append(f.found, last)
	} else if dropped {
		f.list.Shift(1)
	}
}

// forget drops the events of sessions.
func (f *eventFace) forget(gone func(session string) bool) {
	var kept ring
	for n := f.kept.first; n < f.kept.first+f.kept.len(); n++ {
		if e := f.kept.at(n); !gone(e.session) {
			kept.add(*e)
		}
	}
	f.kept, f.drawn = kept, nil
}

func (f *eventFace) at() *ui.List { return &f.list }

func (f *eventFace) length() int {
	if f.p.filter != "" {
		return len(f.found)
	}
	return f.kept.len()
}

// row is the i-th event of those the filter lets through, number its number.
func (f *eventFace) row(i int) *event { return f.kept.at(f.number(i)) }

func (f *eventFace) number(i int) int {
	if f.p.filter != "" {
		return f.found[i]
	}
	return f.kept.first + i
}

func (f *eventFace) znode(i int) (path string, commands []string) {
	e := f.row(i)
	return e.path, e.armedBy
}

func (f *eventFace) refilter() {
	f.found, f.list = nil, ui.List{Follow: true}
	if f.p.filter == "" {
		return
	}
	for number := f.kept.first; number < f.kept.first+f.kept.len(); number++ {
		if f.matches(f.kept.at(number)) {
			f.found = append(f.found, number)
		}
	}
}

// matches tells whether a column holds the filter.
func (f *eventFace) matches(e *event) bool {
	c := f.cells(e)
	return anyHolds(f.p.filter, c.path, c.kind, c.armedBy, c.session, c.detail, c.zxid, c.time)
}

func (f *eventFace) title() string {
	text := "Events"
	n := f.kept.len()
	switch {
	case f.p.filter != "":
		text += fmt.Sprintf(" %d of %d", len(f.found), n)
	case n > 0:
		text += " " + strconv.Itoa(n)
	}
	if f.kept.first > 0 {
		text += fmt.Sprintf(", %d older left out", f.kept.first)
	}
	if !f.list.Follow {
		text += ", scrolled"
	}
	return text
}

func (f *eventFace) cells(e *event) cells {
	c := cells{
		time: e.at.Format("15:04:05"), session: shell.Printable(f.p.who[e.session].label), kind: e.kind,
		path: shell.Printable(e.path), armedBy: ui.OneLine(strings.Join(e.armedBy, ", ")),
		detail: shell.Printable(e.detail),
	}
	if e.zxid > 0 {
		c.zxid = "0x" + strconv.FormatInt(e.zxid, 16)
	}
	return c
}

func (f *eventFace) draw(focus bool) []string {
	p, t, n, room := f.p, f.p.theme, f.length(), f.p.room()
	f.list.Settle(n, room)
	if n == 0 {
		text := "no event yet; a watch is armed by: stat -w PATH, ls -w PATH, addWatch PATH"
		if p.filter != "" {
			text = "no event has this in it"
		}
		return p.faint(text)
	}
	end := min(n, f.list.Top+room)
	plan, short := f.layRows(f.list.Top, end)
	var out []string
	if p.heading() {
		out = append(out, headingLine(t, cells{time: "time", session: "session", kind: "type", path: "path",
			zxid: "zxid", armedBy: "armed by"}, plan, p.w))
	}
	for i := f.list.Top; i < end; i++ {
		if i == f.list.Sel && focus {
			row := f.cells(f.row(i))
			out = append(out, t.Selected.Render(t.Fit(row.shorten(short).line(t, plan, p.w, nil), p.w)))
			continue
		}
		number := f.number(i)
		text, known := f.drawn[number]
		if !known {
			e := f.row(i)
			row := f.cells(e)
			text = row.shorten(short).line(t, plan, p.w, &looks{p.sessionStyle(e.session), t.Tone(e.tone), t.Dim})
			f.drawn[number] = text
		}
		out = append(out, text)
	}
	return out
}

// layRows gives the columns for those rows. Rows that were drawn before in the
// same columns need not be looked at again.
func (f *eventFace) layRows(from, to int) (plan columns, short bool) {
	for i := from; i < to; i++ {
		if _, known := f.drawn[f.number(i)]; !known {
			row := f.cells(f.row(i))
			f.wide.grow(&row)
		}
	}
	plan, short = f.wide.plan(f.p.w)
	if key := (drawnRows{f.p.theme, plan, f.p.w}); f.drawn == nil || key != f.drawnFor || len(f.drawn) > 1000 {
		f.drawn, f.drawnFor = map[int]string{}, key
	}
	return plan, short
}

// drawnRows is what the rows that are kept drawn depend on, beside their events.
type drawnRows struct {
	theme *ui.Theme
	plan  columns
	w     int
}
