package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
)

// eventsLimit is how many events the pane keeps. Older ones are counted.
const eventsLimit = 10_000

// eventsPane shows what was told without having been asked for: watches that
// fired, changes of the connection; on its other face the watches that are armed.
type eventsPane struct {
	ctx      context.Context
	host     ui.Host
	sessions sessions.Sessions
	theme    *ui.Theme
	w, h     int

	server  string            // that the tree is of
	watcher *livetree.Watcher // what watches the tree; nil: nothing does

	kept eventRing
	list ui.List // position among the events that the filter lets through
	wide columns

	who      map[string]who // the sessions by the names of their shells
	drawn    map[int]string // rows by the numbers of their events
	drawnFor drawnRows

	filter string
	found  []int     // numbers of the events the filter lets through; unused without one
	typing *ui.Input // the filter, while it is typed

	armed armedFace
	owned owned

	actions []ui.Action
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

// table is what the keys do in the pane.
func (p *eventsPane) table() []ui.Action {
	return []ui.Action{
		{Title: "Show the event's znode in the tree", Short: "show", Keys: []string{"enter"}, Run: p.reveal, Off: p.noPath},
		{Title: "Arm it again: its command goes to the prompt", Short: "arm again", Keys: []string{"a"}, Run: p.armAgain, Off: p.noCommand},
		{Title: "Events, or the watches armed now", Short: "events/watches", Keys: []string{"f"}, Run: p.flip},
		{Title: "Put away a watch that has fired", Keys: []string{"x", "delete"}, Run: p.putAway, Off: p.notFired},
		{Title: "Filter the events by any column", Short: "filter", Keys: []string{"/"}, Run: p.startFilter},
		{Title: "Show all events again", Keys: []string{"esc"}, Run: p.clearFilter},
		{Title: "Event above", Keys: []string{"up", "k"}, Run: p.moves(func() int { return -1 })},
		{Title: "Event below", Keys: []string{"down", "j"}, Run: p.moves(func() int { return 1 })},
		{Title: "Page up", Keys: []string{"pgup"}, Run: p.moves(func() int { return -p.room() })},
		{Title: "Page down", Keys: []string{"pgdown"}, Run: p.moves(func() int { return p.room() })},
		{Title: "Oldest event", Keys: []string{"home", "g"}, Run: p.moves(func() int { return -p.length() })},
		{Title: "Newest event, and follow", Keys: []string{"end", "G"}, Run: p.moves(func() int { return p.length() })},
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.host, ui.NextPane{By: 1})},
	}
}

// Actions implements ui.Pane.
func (p *eventsPane) Actions() []ui.Action { return p.actions }

// moves makes an action that moves the selection by so many rows.
func (p *eventsPane) moves(by func() int) func() tea.Cmd {
	return func() tea.Cmd {
		p.current().Move(by(), p.length(), p.room())
		return nil
	}
}

// An eventsConfig is what the pane is made with.
type eventsConfig struct {
	Context  context.Context // of the questions to servers
	Host     ui.Host
	Sessions sessions.Sessions
	Theme    *ui.Theme
}

func newEventsPane(cfg eventsConfig) *eventsPane {
	p := &eventsPane{
		ctx: cfg.Context, host: cfg.Host, sessions: cfg.Sessions, theme: cfg.Theme, list: ui.List{Follow: true}, who: map[string]who{},
		owned: owned{paths: map[int64][]string{}, asking: map[string]bool{}},
	}
	p.actions = append(p.table(), p.filterActions()...)
	return p
}

// Take notes an event. Whatever comes may have changed which watches are armed.
func (p *eventsPane) Take(it *shell.Item) tea.Cmd {
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
	p.host.Send(intent.ShowZnode{Path: path, Focus: true})
	return nil
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
	p.host.Send(intent.PutLine{Line: commands[len(commands)-1]})
	return nil
}

func (p *eventsPane) Resize(w, h int)             { p.w, p.h = w, h }
func (p *eventsPane) Key(tea.KeyPressMsg) tea.Cmd { return nil }
func (p *eventsPane) Wheel(delta int)             { p.current().Scroll(delta, p.length(), p.room()) }

// Cursor stands in the filter while that is typed.
func (p *eventsPane) Cursor() (x, y int, shown bool) {
	if p.typing == nil {
		return 0, 0, false
	}
	return min(1+p.typing.CursorCell(), p.w-1), p.h - 1, true
}

// Update takes the tick by which what has fired fades, and what sessions own.
func (p *eventsPane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case fadeMsg:
		return p.armed.fade(msg)
	case ownedMsg:
		return p.owned.told(p, msg)
	}
	return nil
}

func (p *eventsPane) Click(_, y int) tea.Cmd {
	p.endFilter()
	if p.heading() {
		y--
	}
	if y >= 0 && y < p.room() {
		p.current().Point(y, p.length(), p.room())
	}
	return nil
}

// SetTheme implements ui.Pane.
func (p *eventsPane) SetTheme(t *ui.Theme) { p.theme = t }

// Receive implements ui.Receiver.
func (p *eventsPane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.ServerChanged:
		p.server, p.watcher = i.Server, i.Watcher
		p.armed.forgetAll()
	case intent.Forget:
		p.forget(i.Gone)
	}
	return nil, false
}
