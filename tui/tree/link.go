package tree

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/znode"
)

// A link is the watcher, which is made in the background and may be closed from
// there too.
type link struct {
	mu      sync.Mutex
	watcher *livetree.Watcher
	closed  bool
}

// An openedMsg is that a server's tree is watched, or why it is not.
type openedMsg struct {
	server  string
	watcher *livetree.Watcher
	err     error
}

// authWait is what the server is given to take a credential.
const authWait = 10 * time.Second

// Start implements ui.Starter: it begins to watch the tree, on a session of its own.
func (p *Pane) Start() tea.Cmd {
	if p.cfg.Server == "" {
		return nil
	}
	return p.open(p.cfg.Server)
}

// Close implements ui.Closer: it ends the tree's session.
func (p *Pane) Close() { p.link.close() }

// open watches the tree of a server in place of the one so far.
func (p *Pane) open(server string) tea.Cmd {
	at := p.cfg.Target(server)
	p.wanted = server
	return func() tea.Msg {
		cfg, err := at.Config()
		if err != nil {
			return openedMsg{server: server, err: err}
		}
		w, err := p.link.open(cfg)
		return openedMsg{server, w, err}
	}
}

// opened begins with a tree that is not known yet.
func (p *Pane) opened(msg openedMsg) tea.Cmd {
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
func (p *Pane) prove(sh *shell.Shell) tea.Cmd {
	w, zk, ctx := p.reads, sh.Session(), p.cfg.Context
	if w == nil || zk == nil || sh.ConnectString() != p.server {
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, authWait)
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
func (p *Pane) letGo() { p.reads, p.lost, p.sought, p.then, p.reopens = nil, nil, "", "", nil }

// follow shows the tree of the server that the tab in front is connected to.
func (p *Pane) follow() tea.Cmd { return p.open(p.cfg.Sessions.Front().Shell.ConnectString()) }

// opening lets the tree follow the first connection of the tab in front if it was
// opened on nothing that could be connected to.
func (p *Pane) opening(it *shell.Item) tea.Cmd {
	if p.reads != nil || p.lost == nil || it.Kind != shell.State || it.Event.State != wire.StateSyncConnected {
		return nil
	}
	return p.follow()
}

func (l *link) open(cfg session.Config) (*livetree.Watcher, error) {
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
func (l *link) get() *livetree.Watcher {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.watcher
}

func (l *link) close() {
	l.mu.Lock()
	w := l.watcher
	l.closed, l.watcher = true, nil
	l.mu.Unlock()
	if w != nil {
		w.Close() // what the server thinks of it is of no use to anybody
	}
}

// session is the tree's session for reading, nil before there is one.
func (p *Pane) session() *session.Session {
	if w := p.link.get(); w != nil {
		return w.Session()
	}
	return nil
}

// OwnSessions implements ui.SessionOwner.
func (p *Pane) OwnSessions() map[*session.Session]string {
	if zk := p.session(); zk != nil {
		return map[*session.Session]string{zk: "the tree"}
	}
	return nil
}

// Reads implements ui.Reader.
func (p *Pane) Reads() bool { return p.reads != nil && !p.reads.Settled() }

// next waits for what happened to the tree, once a frame, or for the next frame
// if there is more to be done than fitted into one. Only one such command may be
// under way.
func (p *Pane) next() tea.Cmd {
	w, due, busy := p.reads, p.last.Add(ui.Frame), p.tree.Busy()
	if w == nil && !busy {
		return nil
	}
	return func() tea.Msg {
		time.Sleep(time.Until(due))
		if busy {
			return ChangesMsg{From: w}
		}
		changes, err := w.Next(context.Background()) // ends with the watcher
		return ChangesMsg{w, changes, err}
	}
}
