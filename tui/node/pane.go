package node

import (
	"context"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/znode"
)

// A Pane shows the znode that is selected in the tree.
type Pane struct {
	cfg   Config
	theme *ui.Theme
	w, h  int

	server  string            // that the znode is on, by its connect string
	watcher *livetree.Watcher // whose session reads; nil: there is none

	path string
	node *snapshot // what was read last, nil until then
	view view
	top  int

	asked   int       // number of the last znode that was asked for
	waiting bool      // its answer is on its way
	again   bool      // it has changed since
	began   time.Time // when something was asked for last

	typing *typing // data that is edited here

	actions []ui.Action
	content []section // what the rows are made from, for the width they were made for
	made    int
}

var _ interface {
	ui.Pane
	ui.Grabber
	ui.Paster
	ui.Receiver
	ui.Reader
	ui.Holder
} = (*Pane)(nil)

// A snapshot is a znode as it was read.
type snapshot struct {
	data   []byte
	stat   *wire.Stat
	acl    []wire.ACL
	err    error // why there is no data
	aclErr error // why there is no ACL
	shown  layout
}

// The messages of the node's own commands.
type (
	readMsg struct {
		asked int
		node  *snapshot
		lost  bool // there is no connection to read on
	}
	dueMsg struct{ asked int }
)

const (
	// readPause is the least time between two readings, so that running over the
	// tree, or a znode that never rests, reads little.
	readPause = 80 * time.Millisecond
	// answerWait is what the server is given for an answer.
	answerWait = 10 * time.Second
)

// A Config is what the pane is made with.
type Config struct {
	Context  context.Context // of what is asked of servers
	Host     ui.Host
	Sessions sessions.Sessions
	Theme    *ui.Theme
	Made     *znode.Made
	// Place is what the user calls a server.
	Place func(server string) string
	// FollowKey is the key that lets the tree follow the prompt.
	FollowKey func() string
	// Lend gives the terminal to a program, and makes a message of its end.
	Lend func(c *exec.Cmd, over func(error) tea.Msg) tea.Cmd
}

// New makes the pane. It shows nothing until a znode is selected.
func New(cfg Config) *Pane {
	p := &Pane{cfg: cfg, theme: cfg.Theme}
	p.actions = append(p.table(), p.typingActions()...)
	return p
}

// show reads the znode at path and shows it.
func (p *Pane) show(path string) tea.Cmd {
	if path != p.path {
		p.path, p.node, p.top = path, nil, 0
		p.content = nil
	}
	p.asked++
	p.waiting, p.again = true, false
	return p.ask()
}

// reread reads the znode once more, unless that is about to happen anyway.
func (p *Pane) reread() tea.Cmd {
	switch {
	case p.path == "":
		return nil
	case p.waiting:
		p.again = true
		return nil
	}
	return p.show(p.path)
}

// ask reads the znode now, or a moment later if something was read just before.
func (p *Pane) ask() tea.Cmd {
	asked := p.asked
	if wait := readPause - time.Since(p.began); wait > 0 {
		return ui.After(wait, func(time.Time) tea.Msg { return dueMsg{asked} })
	}
	p.began = time.Now()
	return readZnode(p.cfg.Context, p.session(), p.path, asked)
}

// readZnode reads a znode on the tree's session.
func readZnode(ctx context.Context, zk *session.Session, path string, asked int) tea.Cmd {
	return func() tea.Msg {
		if zk == nil {
			return readMsg{asked: asked, lost: true}
		}
		ctx, cancel := context.WithTimeout(ctx, answerWait)
		defer cancel()
		n := &snapshot{}
		n.data, n.stat, n.err = zk.Get(ctx, path, nil)
		if n.err != nil { // the stat can be had without permission to read
			n.stat, _ = zk.Exists(ctx, path, nil)
		}
		n.acl, _, n.aclErr = zk.GetACL(ctx, path)
		n.shown = layOut(n.data)
		return readMsg{asked: asked, node: n}
	}
}

// Update takes what was read.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case dueMsg:
		if msg.asked == p.asked {
			p.began = time.Now()
			return readZnode(p.cfg.Context, p.session(), p.path, p.asked)
		}
	case readMsg:
		if msg.asked != p.asked {
			return nil // somebody has gone on meanwhile
		}
		p.waiting = false
		if !msg.lost {
			p.take(msg.node)
		}
		if p.again {
			return p.show(p.path)
		}
	case editedMsg:
		return p.edited(msg)
	case typedMsg:
		return p.typed(msg)
	}
	return nil
}

func (p *Pane) take(n *snapshot) {
	if !n.shown.has(p.view) || p.node == nil {
		p.view = n.shown.best
	}
	p.node = n
	p.content = nil
}

// Title implements ui.Pane.
func (p *Pane) Title(room int) string {
	if t := p.typing; t != nil && t.changed() {
		return "Edit " + ui.OneLine(t.path) + ", changed"
	} else if t != nil {
		return "Edit " + ui.OneLine(t.path)
	}
	if p.path == "" {
		return "Node"
	}
	// The end of a long path says most.
	room -= len("Node ")
	return "Node " + p.theme.Tail(ui.OneLine(p.path), max(1, room))
}

// Resize implements ui.Pane.
func (p *Pane) Resize(w, h int) { p.w, p.h = w, h }

// SetTheme implements ui.Pane.
func (p *Pane) SetTheme(t *ui.Theme) { p.theme, p.content = t, nil }

// Key implements ui.Pane.
func (p *Pane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

// Click brings the cursor to where the data that is edited was clicked.
func (p *Pane) Click(x, y int) tea.Cmd {
	if p.typing != nil {
		p.typing.area.Point(x, max(0, y-(p.h-p.textHeight())), p.w)
	}
	return nil
}

// Wheel implements ui.Pane.
func (p *Pane) Wheel(delta int) {
	if p.typing != nil {
		p.typing.area.Move(delta, p.w)
		return
	}
	p.scroll(delta)
}

// Cursor stands in the data while that is edited.
func (p *Pane) Cursor() (x, y int, shown bool) {
	if p.typing == nil {
		return 0, 0, false
	}
	h := p.textHeight()
	x, y = p.typing.area.Cursor(p.w, h)
	return x, y + p.h - h, true
}

func (p *Pane) scroll(by int) { p.top = ui.Between(0, p.top+by, max(0, p.length()-p.h)) }

// The actions that sentences tell the keys of.
const (
	viewTitle   = "Data as text, JSON or hex"
	editorTitle = "Edit the data in $EDITOR"
)

// table is what the keys do in the node.
func (p *Pane) table() []ui.Action {
	return []ui.Action{
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.NextPane{By: 1})},
		{Title: viewTitle, Short: "view", Keys: []string{"v"}, Run: p.nextView, Off: p.nothingRead, When: p.viewing},
		{Title: "Edit the data here", Short: "edit", Keys: []string{"i"}, Writes: true, Run: p.typeIn, Off: p.cannotType, When: p.viewing},
		{Title: editorTitle, Short: "$EDITOR", Keys: []string{"e"}, Writes: true, Run: p.edit, Off: p.cannotEdit, When: p.viewing},
		{Title: "Read again", Short: "read", Keys: []string{"r"}, Run: p.reread, Off: p.notConnected, When: p.viewing},
		{Title: "Up", Keys: []string{"up", "k"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Down", Keys: []string{"down", "j"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "A page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return -p.h })},
		{Title: "A page down", Keys: []string{"pgdown", "space"}, Run: p.scrolls(func() int { return p.h })},
		{Title: "To the beginning", Keys: []string{"home"}, Run: p.scrolls(func() int { return -p.top })},
		{Title: "To the end", Keys: []string{"end"}, Run: p.scrolls(func() int { return p.length() })},
	}
}

// Actions implements ui.Pane.
func (p *Pane) Actions() []ui.Action { return p.actions }

// keyOf is how a sentence names the key of an action.
func (p *Pane) keyOf(title string) string { return ui.KeyIn(p.actions, ui.Normal, title) }

// Mode implements ui.Pane.
func (p *Pane) Mode() ui.Mode {
	if p.typing != nil {
		return typingMode
	}
	return ui.Normal
}

// scrolls makes an action that scrolls by so many rows.
func (p *Pane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.scroll(by()); return nil }
}

func (p *Pane) nothingRead() string {
	switch {
	case p.node == nil:
		return "nothing has been read yet"
	case p.node.err != nil:
		return znode.ErrorName(p.node.err)
	}
	return ""
}

// nextView shows the data in the next way that it can be shown.
func (p *Pane) nextView() tea.Cmd {
	for range numViews {
		p.view = (p.view + 1) % numViews
		if p.node.shown.has(p.view) {
			break
		}
	}
	p.content, p.top = nil, 0
	return nil
}

// say has a line shown in the status line.
func (p *Pane) say(bad bool, text string) tea.Cmd {
	p.cfg.Host.Send(ui.Say{Bad: bad, Text: text})
	return nil
}

// session is the one that reads, nil before there is one.
func (p *Pane) session() *session.Session {
	if p.watcher == nil {
		return nil
	}
	return p.watcher.Session()
}

func (p *Pane) notConnected() string {
	if p.watcher == nil {
		return "the tree is not connected"
	}
	return ""
}

// Receive implements ui.Receiver.
func (p *Pane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.ServerChanged:
		p.server, p.watcher = i.Server, i.Watcher
		p.path = "" // what it shows is of another tree
	case intent.Selected:
		return p.show(i.Path), false
	case intent.Changed:
		return p.reread(), false
	case intent.Made:
		if i.Znode.Path == p.path {
			p.content = nil
		}
	}
	return nil, false
}

// Unsaved implements ui.Holder.
func (p *Pane) Unsaved() (what, warning string) {
	if p.typing == nil || !p.typing.changed() {
		return "", ""
	}
	return p.typing.path, "What you have typed in the Node pane is not written."
}

// Reads implements ui.Reader.
func (p *Pane) Reads() bool { return p.waiting }
