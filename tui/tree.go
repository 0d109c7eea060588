package tui

import (
	"context"
	"errors"
	"sync"
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

// treePane is the live tree. It is read and watched on a session of its own.
type treePane struct {
	cfg   treeConfig
	theme *ui.Theme
	w, h  int

	tree   *livetree.Tree
	link   treeLink
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

	finding   *treeFind // while a name is typed
	found     string    // what was looked for last
	searching *treeSearch

	actions []ui.Action
}

// treeLink is the watcher, which is made in the background and may be closed from
// there too.
type treeLink struct {
	mu      sync.Mutex
	watcher *livetree.Watcher
	closed  bool
}

// The messages of the tree's own commands.
type (
	treeOpenedMsg struct {
		server  string
		watcher *livetree.Watcher
		err     error
	}
	treeMsg struct {
		from    *livetree.Watcher
		changes []livetree.Change
		err     error
	}
	treeTickMsg struct{}
)

// treeTick is how often marks are looked at while there are some.
const treeTick = 250 * time.Millisecond

// A treeConfig is what the pane is made with.
type treeConfig struct {
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

func newTreePane(cfg treeConfig) *treePane {
	p := &treePane{cfg: cfg, theme: cfg.Theme, tree: livetree.New(), sel: "/"}
	p.actions = append(p.table(), p.findActions()...)
	return p
}

// say has a line shown in the status line.
func (p *treePane) say(bad bool, text string) tea.Cmd {
	p.cfg.Host.Send(ui.Say{Bad: bad, Text: text})
	return nil
}

// Start implements ui.Starter: it begins to watch the tree, on a session of its own.
func (p *treePane) Start() tea.Cmd {
	if p.cfg.Server == "" {
		return nil
	}
	return p.open(p.cfg.Server)
}

// Close implements ui.Closer: it ends the tree's session.
func (p *treePane) Close() { p.link.close() }

// open watches the tree of a server in place of the one so far.
func (p *treePane) open(server string) tea.Cmd {
	at := p.cfg.Target(server)
	p.wanted = server
	return func() tea.Msg {
		cfg, err := at.Config()
		if err != nil {
			return treeOpenedMsg{server: server, err: err}
		}
		w, err := p.link.open(cfg)
		return treeOpenedMsg{server, w, err}
	}
}

// opened begins with a tree that is not known yet.
func (p *treePane) opened(msg treeOpenedMsg) tea.Cmd {
	if p.lost = msg.err; msg.err != nil || msg.watcher != p.link.get() {
		return nil // or another one was opened since
	}
	if msg.server != p.wanted {
		return p.open(p.wanted) // the two were opened in the wrong order
	}
	p.server, p.reads = msg.server, msg.watcher
	p.cfg.Host.Send(intent.ServerChanged{Server: p.server, Watcher: p.reads})
	p.tree, p.sel, p.at, p.top = livetree.New(), "/", 0, 0
	p.sought, p.then = p.then, ""
	p.want("/")
	p.cfg.Host.Send(intent.Selected{Path: p.sel})
	cmds := []tea.Cmd{p.next()}
	for _, s := range p.cfg.Sessions.All() {
		cmds = append(cmds, p.prove(s.Shell))
	}
	return tea.Batch(cmds...)
}

// prove lets the tree's session prove what a tab's session on its server can, so
// that who can read a znode at the prompt can see it. The credential goes from one
// session to the other; nobody else has it.
func (p *treePane) prove(sh *shell.Shell) tea.Cmd {
	w, zk, ctx := p.reads, sh.Session(), p.cfg.Context
	if w == nil || zk == nil || sh.ConnectString() != p.server {
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, nodeWait)
		defer cancel()
		if err := w.Session().AddAuthOf(ctx, zk); err != nil {
			return ui.Say{Bad: true, Text: "the tree's session: addauth: " + znode.ErrorName(err)}
		}
		w.Reread()
		return intent.Changed{}
	}
}

// letGo no longer looks at the server, which is about to go. What is shown stays
// until another tree is.
func (p *treePane) letGo() { p.reads, p.lost, p.sought, p.then, p.reopens = nil, nil, "", "", nil }

// follow shows the tree of the server that the tab in front is connected to.
func (p *treePane) follow() tea.Cmd { return p.open(p.cfg.Sessions.Front().Shell.ConnectString()) }

// opening lets the tree follow the first connection of the tab in front if it was
// opened on nothing that could be connected to.
func (p *treePane) opening(it *shell.Item) tea.Cmd {
	if p.reads != nil || p.lost == nil || it.Kind != shell.State || it.Event.State != wire.StateSyncConnected {
		return nil
	}
	return p.follow()
}

func (l *treeLink) open(cfg session.Config) (*livetree.Watcher, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, session.ErrClosed
	}
	w, err := livetree.Open(cfg)
	if err != nil {
		return nil, err
	}
	if l.watcher != nil {
		go l.watcher.Close()
	}
	l.watcher = w
	return w, nil
}

// get is the watcher, nil before there is one.
func (l *treeLink) get() *livetree.Watcher {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.watcher
}

func (l *treeLink) close() {
	l.mu.Lock()
	w := l.watcher
	l.closed, l.watcher = true, nil
	l.mu.Unlock()
	if w != nil {
		w.Close() // what the server thinks of it is of no use to anybody
	}
}

// session is the tree's session for reading, nil before there is one.
func (p *treePane) session() *session.Session {
	if w := p.link.get(); w != nil {
		return w.Session()
	}
	return nil
}

// Aides are the sessions that are no tab's, by what they are for. It may be called from
// anywhere.
func (p *treePane) Aides() map[int64]string {
	if zk := p.session(); zk != nil {
		return map[int64]string{zk.ID(): "the tree"}
	}
	return nil
}

// next waits for what happened to the tree, once a frame, or for the next frame
// if there is more to be done than fitted into one. Only one such command may be
// under way.
func (p *treePane) next() tea.Cmd {
	w, due, busy := p.reads, p.last.Add(frame), p.tree.Busy()
	if w == nil && !busy {
		return nil
	}
	return func() tea.Msg {
		time.Sleep(time.Until(due))
		if busy {
			return treeMsg{from: w}
		}
		changes, err := w.Next(context.Background()) // ends with the watcher
		return treeMsg{w, changes, err}
	}
}

// Update takes what happened to the tree.
func (p *treePane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case treeOpenedMsg:
		return p.opened(msg)
	case treeMsg:
		p.last = time.Now()
		if msg.err != nil || msg.from != p.reads {
			return nil // it was closed
		}
		return tea.Batch(p.take(msg.changes), p.next())
	case treeTickMsg:
		p.ticks = false
		return p.settle()
	case treeSearchMsg:
		return p.searchOn(msg.search)
	case treeTakenMsg:
		p.takes(msg)
	}
	return nil
}

// take brings the tree up to date.
func (p *treePane) take(changes []livetree.Change) tea.Cmd {
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
func (p *treePane) settle() tea.Cmd {
	var cmds []tea.Cmd
	if p.tree.Expire(p.cfg.Now()) && !p.ticks {
		p.ticks = true
		cmds = append(cmds, ui.After(treeTick, func(time.Time) tea.Msg { return treeTickMsg{} }))
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
func (p *treePane) choose(i int) tea.Cmd {
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
func (p *treePane) room() int {
	if p.finding != nil || p.lost != nil {
		return max(1, p.h-1)
	}
	return max(1, p.h)
}

// scrollTo shows the rows from top on, as far as there are some.
func (p *treePane) scrollTo(top int) {
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

func (p *treePane) want(path string) {
	if w := p.link.get(); w != nil {
		w.Want(path)
	}
}

// expand opens a znode.
func (p *treePane) expand(path string) {
	if p.tree.Expand(path) {
		p.want(path)
	}
}

// dropAbove is how many children of a shut znode are too many to follow unseen.
const dropAbove = 20_000

// collapse shuts a znode. What is below stays known, unless it is much.
func (p *treePane) collapse(path string) {
	if row, _ := p.tree.Get(path, time.Now()); row.Loaded && row.Children > dropAbove {
		if w := p.link.get(); w != nil {
			w.Forget(path)
		}
		p.tree.Drop(path)
		return
	}
	p.tree.Collapse(path)
}

// reveal selects the znode at path, and opens what is above it.
func (p *treePane) reveal(path string) tea.Cmd {
	p.sought, p.doubt = path, doubt{}
	return p.seek()
}

// A doubt is that a znode may have children that are not known yet: they are read
// again.
type doubt struct {
	of    string
	since time.Time
}

// seek goes on with reveal as far as the tree is known: what is missing is on its
// way.
func (p *treePane) seek() tea.Cmd {
	if p.sought == "" {
		return nil
	}
	for end := 1; end < len(p.sought); end++ {
		if p.sought[end] != '/' && end > 1 {
			continue
		}
		above := p.sought[:end] // "/" first, and then all ancestors
		row, there := p.tree.Get(above, time.Now())
		if !there {
			return nil
		}
		if row.Err != nil && !row.Loaded && !row.Loading {
			p.sought = ""
			return p.say(true, above+": "+znode.ErrorName(row.Err))
		}
		p.expand(above)
		switch {
		case row.Loading || !row.Loaded || p.tree.Has(p.stepBelow(above)):
		case p.doubt.of != above: // news of it may be on its way
			p.doubt = doubt{above, time.Now()}
			p.tree.Reload(above)
			p.want(above)
			return nil
		case row.Asked.Before(p.doubt.since):
			return nil // the answer to that is still to come
		default:
			return p.missing()
		}
	}
	i := p.tree.Index(p.sought)
	if i < 0 {
		return nil
	}
	p.sought = ""
	p.top = i - p.room()/2
	return p.choose(i)
}

// stepBelow is the path one level below above that leads to what is sought.
func (p *treePane) stepBelow(above string) string {
	from := len(above) + 1
	if above == "/" {
		from = 1
	}
	for i := from; i < len(p.sought); i++ {
		if p.sought[i] == '/' {
			return p.sought[:i]
		}
	}
	return p.sought
}

func (p *treePane) missing() tea.Cmd {
	path := p.sought
	p.sought = ""
	return p.say(true, "there is no "+path)
}

// selected is the row of the znode that is selected.
func (p *treePane) selected() (livetree.Row, bool) { return p.tree.Get(p.sel, time.Now()) }

// command is a command on the selected znode; ok is false for a path that cannot
// be typed at zkCli's prompt.
func (p *treePane) command(words string) (line string, ok bool) { return p.commandOn(words, p.sel) }

func (p *treePane) commandOn(words, path string) (line string, ok bool) {
	quoted, ok := shell.Quote(path)
	return words + " " + quoted, ok
}

// SetTheme implements ui.Pane.
func (p *treePane) SetTheme(t *ui.Theme) { p.theme = t }

// Receive implements ui.Receiver.
func (p *treePane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.ShowZnode:
		if i.Focus {
			p.cfg.Host.Send(ui.Focus{Pane: paneTree})
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
func (p *treePane) Take(it *shell.Item) tea.Cmd {
	cmds := []tea.Cmd{p.opening(it)}
	if of, known := sessions.Named(p.cfg.Sessions, it.Shell); it.Auth && known {
		cmds = append(cmds, p.prove(of.Shell))
	}
	return tea.Batch(cmds...)
}
