package tree

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/znode"
)

// ID is the pane's name.
const ID ui.ID = "Tree"

// A Pane is the live tree of a server. It is read and watched on a session of its own.
type Pane struct {
	cfg   Config
	theme *ui.Theme
	w, h  int

	tree   *livetree.Tree
	link   link
	reads  *livetree.Watcher // whose changes are being waited for
	server string            // the connect string it was opened with
	lost   error             // why there is no connection; nil if there is, or was none yet
	last   time.Time
	ticks  bool   // a tick is on its way, for marks that pass
	sought string // what reveal is on its way to
	wanted string // the connect string that was asked for last
	then   string // what is sought once that is open
	doubt  doubt  // of the last step on that way

	before  bookmark // what was shown before a lesson took the tree
	reopens []string // what was open in the tree before, and is to be again

	sel     string // the znode that is selected, whatever happens around it
	at, top int    // its row, and the first one on the screen

	finding   *finding // while a name is typed
	found     string   // what was looked for last
	searching *search

	actions []ui.Action
}

// What else than a ui.Pane it is.
var _ interface {
	ui.Pane
	ui.Grabber
	ui.Paster
	ui.Listener
	ui.Receiver
	ui.Starter
	ui.Closer
	ui.SessionOwner
	ui.Reader
} = (*Pane)(nil)

// A ChangesMsg is what has happened to the tree since the last one.
type ChangesMsg struct {
	From    *livetree.Watcher // nil while no server is watched
	Changes []livetree.Change
	Err     error
}

// A tickMsg is that marks are to be looked at.
type tickMsg struct{}

// tickTime is how often marks are looked at while there are some.
const tickTime = 250 * time.Millisecond

// A Config is what the pane is made with.
type Config struct {
	Context  context.Context // of what is asked of servers
	Host     ui.Host
	Sessions sessions.Sessions
	Theme    *ui.Theme
	Now      func() time.Time // by which marks pass
	Made     *znode.Made
	// Target is how a server is reached by its connect string, "" for the first one.
	Target func(server string) session.Target
	// Place is what the user calls a server.
	Place func(server string) string
	// Asks: the prompt asks before it takes more than one znode.
	Asks bool
	// Server is the connect string of the first server, "" if there is none.
	Server string
}

// New makes the pane, which is connected to nothing yet.
func New(cfg Config) *Pane {
	p := &Pane{cfg: cfg, theme: cfg.Theme, tree: livetree.New(), sel: "/"}
	p.actions = append(p.table(), p.findActions()...)
	return p
}

// say has a line shown in the status line.
func (p *Pane) say(bad bool, text string) tea.Cmd {
	p.cfg.Host.Send(ui.Say{Bad: bad, Text: text})
	return nil
}

// Update takes what happened to the tree.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		return p.opened(msg)
	case ChangesMsg:
		p.last = time.Now()
		if msg.Err != nil || msg.From != p.reads {
			return nil // it was closed
		}
		return tea.Batch(p.take(msg.Changes), p.next())
	case tickMsg:
		p.ticks = false
		return p.settle()
	case searchMsg:
		return p.searchOn(msg.search)
	case takenMsg:
		p.takes(msg)
	}
	return nil
}

// take brings the tree up to date.
func (p *Pane) take(changes []livetree.Change) tea.Cmd {
	p.tree.Apply(changes, p.cfg.Now())
	var cmds []tea.Cmd
	again := false
	for i := range changes {
		switch c := &changes[i]; c.Kind {
		case livetree.Lost:
			if p.lost = c.Err; p.lost == nil {
				p.lost = errors.New("connection lost")
			}
		case livetree.Connected:
			p.lost, again = nil, true
		case livetree.Resync:
			again = true
			p.say(true, "the tree could not follow, and was read anew")
		case livetree.Created, livetree.Deleted:
			parent, _ := wire.SplitPath(c.Path)
			again = again || c.Path == p.sel || parent == p.sel
		case livetree.Changed, livetree.Stale, livetree.Listing:
			again = again || c.Path == p.sel
		}
	}
	p.reopen()
	cmds = append(cmds, p.settle())
	if again {
		p.cfg.Host.Send(intent.Changed{})
	}
	return tea.Batch(append(cmds, p.seek())...)
}

// settle keeps the selection on its znode and where it is on the screen, takes
// out what has been shown as deleted for long enough, and has the stats of the
// rows on the screen read.
func (p *Pane) settle() tea.Cmd {
	var cmds []tea.Cmd
	if p.tree.Expire(p.cfg.Now()) && !p.ticks {
		p.ticks = true
		cmds = append(cmds, ui.After(tickTime, func(time.Time) tea.Msg { return tickMsg{} }))
	}
	if i := p.tree.Index(p.sel); i >= 0 {
		p.top += i - p.at
		p.at = i
	} else {
		cmds = append(cmds, p.choose(ui.Between(0, p.at, p.tree.Len()-1)))
	}
	p.scrollTo(p.top)
	return tea.Batch(cmds...)
}

// choose selects a row and brings it onto the screen.
func (p *Pane) choose(i int) tea.Cmd {
	p.at = ui.Between(0, i, p.tree.Len()-1)
	p.scrollTo(ui.Between(p.at-p.room()+1, p.top, p.at))
	row, _ := p.tree.Row(p.at, time.Now())
	if row.Path == p.sel {
		return nil
	}
	p.sel = row.Path
	p.cfg.Host.Send(intent.Selected{Path: p.sel})
	return nil
}

// room is how many rows there are for znodes.
func (p *Pane) room() int {
	if p.finding != nil || p.lost != nil {
		return max(1, p.h-1)
	}
	return max(1, p.h)
}

// scrollTo shows the rows from top on, as far as there are some.
func (p *Pane) scrollTo(top int) {
	p.top = ui.Between(0, top, max(0, p.tree.Len()-p.room()))
	w := p.link.get()
	if w == nil {
		return
	}
	var need []string
	for _, row := range p.tree.Rows(p.top, p.room(), time.Now()) {
		if row.Needed {
			need = append(need, row.Path)
		}
	}
	w.Look(need)
}

func (p *Pane) want(path string) {
	if w := p.link.get(); w != nil {
		w.Want(path)
	}
}

// expand opens a znode.
func (p *Pane) expand(path string) {
	if p.tree.Expand(path) {
		p.want(path)
	}
}

// dropAbove is how many children of a shut znode are too many to follow unseen.
const dropAbove = 20_000

// collapse shuts a znode. What is below stays known, unless it is much.
func (p *Pane) collapse(path string) {
	if row, _ := p.tree.Get(path, time.Now()); row.Loaded && row.Children > dropAbove {
		if w := p.link.get(); w != nil {
			w.Forget(path)
		}
		p.tree.Drop(path)
		return
	}
	p.tree.Collapse(path)
}

// selected is the row of the znode that is selected.
func (p *Pane) selected() (livetree.Row, bool) { return p.tree.Get(p.sel, time.Now()) }

// command is a command on the selected znode; ok is false for a path that cannot
// be typed at zkCli's prompt.
func (p *Pane) command(words string) (line string, ok bool) { return p.commandOn(words, p.sel) }

func (p *Pane) commandOn(words, path string) (line string, ok bool) {
	quoted, ok := shell.Quote(path)
	return words + " " + quoted, ok
}

// SetTheme implements ui.Pane.
func (p *Pane) SetTheme(t *ui.Theme) { p.theme = t }

// Receive implements ui.Receiver.
func (p *Pane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.ShowZnode:
		if i.Focus {
			p.cfg.Host.Send(ui.Focus{Pane: ID})
		}
		return p.reveal(i.Path), true
	case intent.FollowTab:
		return p.follow(), true
	case intent.OpenTree:
		p.then = i.Select
		return p.open(i.Server), true
	case intent.LeaveTree:
		p.letGo()
		return nil, true
	case intent.KeepTree:
		p.before = p.bookmark()
		return nil, true
	case intent.BackToTree:
		return p.backToPlace(), true
	}
	return nil, false
}

// Take implements ui.Listener.
func (p *Pane) Take(it *shell.Item) tea.Cmd {
	cmd := p.opening(it)
	if !it.Auth {
		return cmd
	}
	if of, known := sessions.Named(p.cfg.Sessions, it.Shell); known {
		return tea.Batch(cmd, p.prove(of.Shell))
	}
	return cmd
}
