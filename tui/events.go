package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// eventsLimit is how many events the pane keeps. Older ones are counted.
const eventsLimit = 10_000

// eventsPane shows what was told without having been asked for: watches that
// fired, changes of the connection; on its other face the watches that are armed.
type eventsPane struct {
	m    *Model
	w, h int

	kept eventRing
	list ui.List // position among the events that the filter lets through
	wide columns

	who      map[string]who // the sessions by the names of their shells
	drawn    map[int]string // rows by the numbers of their events
	drawnFor drawnRows

	filter string
	found  []int // numbers of the events the filter lets through; unused without one
	typing *eventsFilter

	armed armedFace
	owned owned
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

var eventsActions = []action{
	{title: "Show the event's znode in the tree", short: "show", in: paneEvents, keys: []string{"enter"}, run: onEvents((*eventsPane).reveal), off: offEvents((*eventsPane).noPath)},
	{title: "Arm it again: its command goes to the prompt", short: "arm again", in: paneEvents, keys: []string{"a"}, run: onEvents((*eventsPane).armAgain), off: offEvents((*eventsPane).noCommand)},
	{title: "Events, or the watches armed now", short: "events/watches", in: paneEvents, keys: []string{"f"}, run: onEvents((*eventsPane).flip)},
	{title: "Put away a watch that has fired", in: paneEvents, keys: []string{"x", "delete"}, run: onEvents((*eventsPane).putAway), off: offEvents((*eventsPane).notFired)},
	{title: "Filter the events by any column", short: "filter", in: paneEvents, keys: []string{"/"}, run: onEvents((*eventsPane).startFilter)},
	{title: "Show all events again", in: paneEvents, keys: []string{"esc"}, run: onEvents((*eventsPane).clearFilter)},
	{title: "Event above", in: paneEvents, keys: []string{"up", "k"}, run: moveEvents(func(*eventsPane) int { return -1 })},
	{title: "Event below", in: paneEvents, keys: []string{"down", "j"}, run: moveEvents(func(*eventsPane) int { return 1 })},
	{title: "Page up", in: paneEvents, keys: []string{"pgup"}, run: moveEvents(func(p *eventsPane) int { return -p.room() })},
	{title: "Page down", in: paneEvents, keys: []string{"pgdown"}, run: moveEvents(func(p *eventsPane) int { return p.room() })},
	{title: "Oldest event", in: paneEvents, keys: []string{"home", "g"}, run: moveEvents(func(p *eventsPane) int { return -p.length() })},
	{title: "Newest event, and follow", in: paneEvents, keys: []string{"end", "G"}, run: moveEvents(func(p *eventsPane) int { return p.length() })},
	{title: "Next pane", in: paneEvents, keys: []string{"tab"}, run: func(m *Model) tea.Cmd { return m.focusNext(1) }},
}

func onEvents(do func(*eventsPane) tea.Cmd) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return do(m.events) }
}

func offEvents(why func(*eventsPane) string) func(*Model) string {
	return func(m *Model) string { return why(m.events) }
}

func moveEvents(by func(*eventsPane) int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.events.current().Move(by(m.events), m.events.length(), m.events.room())
		return nil
	}
}

func newEventsPane(m *Model) *eventsPane {
	return &eventsPane{
		m: m, list: ui.List{Follow: true}, who: map[string]who{},
		owned: owned{paths: map[int64][]string{}, asking: map[string]bool{}},
	}
}

// take notes an event. Whatever comes may have changed which watches are armed.
func (p *eventsPane) take(it *shell.Item) tea.Cmd {
	p.armed.stale = true
	if _, known := p.who[it.Shell]; !known {
		p.meet()
	}
	var e event
	switch it.Kind {
	case shell.Watch:
		e = watchEvent(it)
		p.armed.fired(p, it)
	case shell.State:
		e = stateEvent(it, p.owned.endedWith(it.Event))
		if s := it.Event.State; s == wire.StateExpired || s == wire.StateClosed {
			p.armed.ended(it.Shell)
		}
	case shell.Lost:
		e = event{at: time.Now(), kind: "lost", tone: ui.ToneBad,
			detail: strconv.Itoa(it.Count) + " events are not shown: they came too fast"}
	case shell.Done:
		p.armed.rearmed(p, it.Shell)
		return p.owned.ran(p, it.Shell, it.Line)
	default:
		return nil
	}
	e.session = it.Shell
	p.add(e)
	return nil
}

func (p *eventsPane) add(e event) {
	dropped := p.kept.add(e)
	last := p.kept.first + p.kept.len() - 1
	if p.filter != "" {
		if len(p.found) > 0 && p.found[0] < p.kept.first {
			p.found = p.found[1:]
			p.list.Shift(1)
		}
		if !p.matches(p.kept.at(last)) {
			return
		}
		p.found = append(p.found, last)
	} else if dropped {
		p.list.Shift(1)
	}
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

// length is how many rows the face has that is shown, room how many fit.
func (p *eventsPane) length() int {
	switch {
	case p.armed.shown:
		return len(p.armed.rows)
	case p.filter != "":
		return len(p.found)
	}
	return p.kept.len()
}

func (p *eventsPane) room() int {
	h := p.h
	if p.heading() {
		h--
	}
	if p.filter != "" || p.typing != nil {
		h--
	}
	return max(1, h)
}

// heading tells whether there is room for a line with the names of the columns.
func (p *eventsPane) heading() bool { return p.h >= 5 }

// current is the position in the face that is shown.
func (p *eventsPane) current() *ui.List {
	if p.armed.shown {
		return &p.armed.list
	}
	return &p.list
}

// row is the i-th event of those the filter lets through, number its number.
func (p *eventsPane) row(i int) *event { return p.kept.at(p.number(i)) }

func (p *eventsPane) number(i int) int {
	if p.filter != "" {
		return p.found[i]
	}
	return p.kept.first + i
}

// selected is the row under the selection, as the path and command in it.
func (p *eventsPane) selected() (path string, commands []string, ok bool) {
	i := p.current().At(p.length())
	switch {
	case i < 0:
		return "", nil, false
	case p.armed.shown:
		w := p.armed.rows[i]
		return w.path, []string{w.label}, true
	}
	return p.row(i).path, p.row(i).armedBy, true
}

func (p *eventsPane) noPath() string {
	path, _, ok := p.selected()
	switch {
	case !ok:
		return "nothing is selected"
	case path == "":
		return "this event is about no znode"
	}
	return ""
}

func (p *eventsPane) reveal() tea.Cmd {
	path, _, _ := p.selected()
	cmd := p.m.tree.reveal(path)
	p.m.setFocus(paneTree)
	return cmd
}

func (p *eventsPane) noCommand() string {
	_, commands, ok := p.selected()
	switch {
	case !ok:
		return "nothing is selected"
	case !slices.ContainsFunc(commands, func(c string) bool { return c != "" }):
		return "no command of yours armed it"
	}
	return ""
}

// armAgain puts the command into the prompt. One-shot watches of several commands
// may have fired at once; the last of them is the one that is asked for.
func (p *eventsPane) armAgain() tea.Cmd {
	_, commands, _ := p.selected()
	commands = slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return c == "" })
	cmd := p.m.command.put(commands[len(commands)-1])
	p.m.setFocus(paneCommand)
	return cmd
}

func (p *eventsPane) resize(w, h int)             { p.w, p.h = w, h }
func (p *eventsPane) restyle()                    {}
func (p *eventsPane) key(tea.KeyPressMsg) tea.Cmd { return nil }
func (p *eventsPane) wheel(delta int)             { p.current().Scroll(delta, p.length(), p.room()) }

// cursor stands in the filter while that is typed.
func (p *eventsPane) cursor() (x, y int, shown bool) {
	if p.typing == nil {
		return 0, 0, false
	}
	return min(1+p.typing.input.CursorCell(), p.w-1), p.h - 1, true
}

// update takes the tick by which what has fired fades, and what sessions own.
func (p *eventsPane) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case fadeMsg:
		return p.armed.fade(msg)
	case ownedMsg:
		return p.owned.told(p, msg)
	}
	return nil
}

func (p *eventsPane) click(_, y int) tea.Cmd {
	if p.heading() {
		y--
	}
	if y >= 0 && y < p.room() {
		p.current().Point(y, p.length(), p.room())
	}
	return nil
}
