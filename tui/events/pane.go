// Package events is the pane that shows what was told without having been asked for:
// watches that fired and changes of the connection; on its other face the watches that
// are armed, and what changed unseen since one had fired. It keeps the newest ten
// thousand events and counts those before them. It takes what comes out of the shells,
// and asks their sessions what is armed; a question to a server goes beside the screen.
// What is wanted of a znode or of a command it says as an intent.
package events

import (
	"context"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
)

// A Pane is the pane Events. It is Update's.
type Pane struct {
	cfg   Config
	theme *ui.Theme
	w, h  int

	face    face // that is shown: events or watches
	events  eventFace
	watches watchFace
	owned   owned
	who     map[string]who // the sessions by the names of their shells

	server  string            // that the tree is of
	watcher *livetree.Watcher // what watches the tree; nil: nothing does

	mode   ui.Mode
	filter string   // in lower case; "" lets all through
	typed  ui.Input // the filter, in the mode in which it is typed

	actions []ui.Action
}

// A face is what the pane may show: rows, of which one is selected.
type face interface {
	length() int
	// at is where somebody is among the rows.
	at() *ui.List
	title() string
	// draw is the rows on the screen, below the names of the columns.
	draw(focus bool) []string
	// znode is what the i-th row is about, and the commands that armed what it tells.
	znode(i int) (path string, commands []string)
	// refilter lets through what the pane's filter does, which is another one.
	refilter()
}

// table is what the keys do in the pane.
func (p *Pane) table() []ui.Action {
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
		{Title: "Oldest event", Keys: []string{"home", "g"}, Run: p.moves(func() int { return -p.face.length() })},
		{Title: "Newest event, and follow", Keys: []string{"end", "G"}, Run: p.moves(func() int { return p.face.length() })},
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.NextPane{By: 1})},
	}
}

// Actions implements ui.Pane.
func (p *Pane) Actions() []ui.Action { return p.actions }

// moves makes an action that moves the selection by so many rows.
func (p *Pane) moves(by func() int) func() tea.Cmd {
	return func() tea.Cmd {
		p.face.at().Move(by(), p.face.length(), p.room())
		return nil
	}
}

// A Config is what the pane is made with.
type Config struct {
	Context  context.Context // of the questions to servers
	Host     ui.Host
	Sessions sessions.Sessions
	Theme    *ui.Theme
	Now      func() time.Time // by which watches that have fired fade
}

// New makes the pane, with nothing in it.
func New(cfg Config) *Pane {
	p := &Pane{
		cfg: cfg, theme: cfg.Theme, who: map[string]who{},
		owned: owned{paths: map[int64][]string{}, asking: map[string]bool{}},
	}
	p.events = eventFace{p: p, list: ui.List{Follow: true}}
	p.watches = watchFace{p: p}
	p.face = &p.events
	p.actions = append(p.table(), p.filterActions()...)
	return p
}

// Take implements ui.Listener: it notes an event. Whatever comes may have changed which
// watches are armed.
func (p *Pane) Take(it *shell.Item) tea.Cmd {
	p.watches.stale = true
	if _, known := p.who[it.Shell]; !known {
		p.meet()
	}
	var e event
	switch it.Kind {
	case shell.Watch:
		e = watchEvent(it)
		p.watches.fired(it)
	case shell.State:
		e = stateEvent(it, p.owned.endedWith(it.Event))
		if s := it.Event.State; s == wire.StateExpired || s == wire.StateClosed {
			p.watches.ended(it.Shell)
		}
	case shell.Lost:
		e = event{at: p.cfg.Now(), kind: "lost", tone: ui.ToneBad,
			detail: strconv.Itoa(it.Count) + " events are not shown: they came too fast"}
	case shell.Done:
		p.watches.rearmed(it.Shell)
		return p.owned.ran(p, it.Shell, it.Line)
	default:
		return nil
	}
	e.session = it.Shell
	p.events.add(e)
	return nil
}

// flip turns the pane to its other face.
func (p *Pane) flip() tea.Cmd {
	if p.face == &p.events {
		p.face = &p.watches
		return p.watches.turnedTo()
	}
	p.face = &p.events
	p.watches.turnedFrom()
	return nil
}

// room is how many rows of the face fit.
func (p *Pane) room() int {
	h := p.h
	if p.heading() {
		h--
	}
	if p.hasFilter() {
		h--
	}
	return max(1, h)
}

// heading tells whether there is room for a line with the names of the columns.
func (p *Pane) heading() bool { return p.h >= 5 }

// selected is what the selected row is about; ok is false if there is none.
func (p *Pane) selected() (path string, commands []string, ok bool) {
	i := p.face.at().At(p.face.length())
	if i < 0 {
		return "", nil, false
	}
	path, commands = p.face.znode(i)
	return path, commands, true
}

func (p *Pane) noPath() string {
	path, _, ok := p.selected()
	switch {
	case !ok:
		return "nothing is selected"
	case path == "":
		return "this event is about no znode"
	}
	return ""
}

func (p *Pane) reveal() tea.Cmd {
	path, _, _ := p.selected()
	p.cfg.Host.Send(intent.ShowZnode{Path: path, Focus: true})
	return nil
}

func (p *Pane) noCommand() string {
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
func (p *Pane) armAgain() tea.Cmd {
	_, commands, _ := p.selected()
	commands = slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return c == "" })
	p.cfg.Host.Send(intent.PutLine{Line: commands[len(commands)-1]})
	return nil
}

// Resize implements ui.Pane.
func (p *Pane) Resize(w, h int) { p.w, p.h = w, h }

// Key implements ui.Pane: every key of the pane is in its table.
func (p *Pane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

// Wheel implements ui.Pane.
func (p *Pane) Wheel(delta int) { p.face.at().Scroll(delta, p.face.length(), p.room()) }

// Cursor stands in the filter while that is typed.
func (p *Pane) Cursor() (x, y int, shown bool) {
	if p.mode != filtering {
		return 0, 0, false
	}
	return min(1+p.typed.CursorCell(), p.w-1), p.h - 1, true
}

// Update takes the tick by which what has fired fades, and what sessions own.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case fadeMsg:
		return p.watches.fade(msg)
	case ownedMsg:
		return p.owned.told(p, msg)
	}
	return nil
}

// Click implements ui.Pane: it selects a row.
func (p *Pane) Click(_, y int) tea.Cmd {
	p.endFilter()
	if p.heading() {
		y--
	}
	if y >= 0 && y < p.room() {
		p.face.at().Point(y, p.face.length(), p.room())
	}
	return nil
}

// SetTheme implements ui.Pane.
func (p *Pane) SetTheme(t *ui.Theme) { p.theme = t }

// Title implements ui.Pane: how much there is on the face that is shown.
func (p *Pane) Title(int) string { return p.face.title() }

// Rows implements ui.Pane. The filter stands below the face that is shown.
func (p *Pane) Rows(focus bool) []string {
	p.meet()
	out := p.face.draw(focus)
	if !p.hasFilter() {
		return out
	}
	for len(out) < p.h-1 {
		out = append(out, "")
	}
	return append(out[:max(0, p.h-1)], p.theme.Key.Render("/")+shell.Printable(p.filterText()))
}

// faint is text that stands in an empty pane.
func (p *Pane) faint(text string) []string {
	var out []string
	for _, row := range ui.WrapWords(text, p.w) {
		out = append(out, p.theme.Dim.Render(row))
	}
	return out[:min(len(out), max(0, p.h))]
}

// Receive implements ui.Receiver.
func (p *Pane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.ServerChanged:
		p.server, p.watcher = i.Server, i.Watcher
		p.watches.forgetAll()
	case intent.Forget:
		p.forget(i.Gone)
	}
	return nil, false
}

// forget drops what came out of sessions that are not to be told of any more: those of
// a lesson that begins anew, or has been left.
func (p *Pane) forget(gone func(session string) bool) {
	p.events.forget(gone)
	p.watches.forget(gone)
	p.refilter()
}

// who is a session as its rows show it. It outlives its tab.
type who struct {
	label  string
	number int
}

// meet looks at what the sessions are called now.
func (p *Pane) meet() {
	for _, s := range p.cfg.Sessions.All() {
		now := who{s.Label(), s.Number}
		if p.who[s.Name] != now {
			p.who[s.Name] = now
			p.events.drawn = nil
		}
	}
}

// sessionStyle is the colour of a session.
func (p *Pane) sessionStyle(name string) lipgloss.Style {
	return p.theme.Session(p.who[name].number)
}
