package tui

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

// nodePane shows the znode that is selected in the tree.
type nodePane struct {
	cfg   nodeConfig
	theme *ui.Theme
	w, h  int

	server  string            // that the znode is on, by its connect string
	watcher *livetree.Watcher // whose session reads; nil: there is none

	path string
	node *nodeRead // what was read last, nil until then
	view nodeView
	top  int

	asked   int       // number of the last znode that was asked for
	waiting bool      // its answer is on its way
	again   bool      // it has changed since
	began   time.Time // when something was asked for last

	typing *nodeTyping // data that is edited here

	actions []ui.Action
	content []section // what the rows are made from, for the width they were made for
	made    int
}

// nodeRead is a znode as it was read.
type nodeRead struct {
	data   []byte
	stat   *wire.Stat
	acl    []wire.ACL
	err    error // why there is no data
	aclErr error // why there is no ACL
	shown  nodeText
}

// The messages of the node's own commands.
type (
	nodeReadMsg struct {
		asked int
		node  *nodeRead
		lost  bool // there is no connection to read on
	}
	nodeDueMsg struct{ asked int }
)

const (
	// nodePause is the least time between two readings, so that running over the
	// tree, or a znode that never rests, reads little.
	nodePause = 80 * time.Millisecond
	// nodeWait is what the server is given for an answer.
	nodeWait = 10 * time.Second
)

// A nodeConfig is what the pane is made with.
type nodeConfig struct {
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

func newNodePane(cfg nodeConfig) *nodePane {
	p := &nodePane{cfg: cfg, theme: cfg.Theme}
	p.actions = p.table()
	return p
}

// show reads the znode at path and shows it.
func (p *nodePane) show(path string) tea.Cmd {
	if path != p.path {
		p.path, p.node, p.top = path, nil, 0
		p.content = nil
	}
	p.asked++
	p.waiting, p.again = true, false
	return p.ask()
}

// reread reads the znode once more, unless that is about to happen anyway.
func (p *nodePane) reread() tea.Cmd {
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
func (p *nodePane) ask() tea.Cmd {
	asked := p.asked
	if wait := nodePause - time.Since(p.began); wait > 0 {
		return ui.After(wait, func(time.Time) tea.Msg { return nodeDueMsg{asked} })
	}
	p.began = time.Now()
	return readNode(p.cfg.Context, p.session(), p.path, asked)
}

// readNode reads a znode on the tree's session.
func readNode(ctx context.Context, zk *session.Session, path string, asked int) tea.Cmd {
	return func() tea.Msg {
		if zk == nil {
			return nodeReadMsg{asked: asked, lost: true}
		}
		ctx, cancel := context.WithTimeout(ctx, nodeWait)
		defer cancel()
		n := &nodeRead{}
		n.data, n.stat, n.err = zk.Get(ctx, path, nil)
		if n.err != nil { // the stat can be had without permission to read
			n.stat, _ = zk.Exists(ctx, path, nil)
		}
		n.acl, _, n.aclErr = zk.GetACL(ctx, path)
		n.shown = layOut(n.data)
		return nodeReadMsg{asked: asked, node: n}
	}
}

// Update takes what was read.
func (p *nodePane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case nodeDueMsg:
		if msg.asked == p.asked {
			p.began = time.Now()
			return readNode(p.cfg.Context, p.session(), p.path, p.asked)
		}
	case nodeReadMsg:
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
	case nodeEditedMsg:
		return p.edited(msg)
	case nodeTypedMsg:
		return p.typed(msg)
	}
	return nil
}

func (p *nodePane) take(n *nodeRead) {
	if !n.shown.has(p.view) || p.node == nil {
		p.view = n.shown.best
	}
	p.node = n
	p.content = nil
}

func (p *nodePane) Title(room int) string {
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

func (p *nodePane) Resize(w, h int) { p.w, p.h = w, h }

// SetTheme implements ui.Pane.
func (p *nodePane) SetTheme(t *ui.Theme) { p.theme, p.content = t, nil }

func (p *nodePane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

func (p *nodePane) Click(x, y int) tea.Cmd {
	if p.typing != nil {
		p.typing.area.Point(x, max(0, y-(p.h-p.textHeight())), p.w)
	}
	return nil
}

func (p *nodePane) Wheel(delta int) {
	if p.typing != nil {
		p.typing.area.Move(delta, p.w)
		return
	}
	p.scroll(delta)
}

// Cursor stands in the data while that is edited.
func (p *nodePane) Cursor() (x, y int, shown bool) {
	if p.typing == nil {
		return 0, 0, false
	}
	h := p.textHeight()
	x, y = p.typing.area.Cursor(p.w, h)
	return x, y + p.h - h, true
}

func (p *nodePane) scroll(by int) { p.top = ui.Between(0, p.top+by, max(0, p.length()-p.h)) }

// table is what the keys do in the node.
func (p *nodePane) table() []ui.Action {
	return []ui.Action{
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.NextPane{By: 1})},
		{Title: "Data as text, JSON or hex", Short: "view", Keys: []string{"v"}, Run: p.nextView, Off: p.nothingRead, When: p.reading},
		{Title: "Edit the data here", Short: "edit", Keys: []string{"i"}, Writes: true, Run: p.typeIn, Off: p.cannotType, When: p.reading},
		{Title: "Edit the data in $EDITOR", Short: "$EDITOR", Keys: []string{"e"}, Writes: true, Run: p.edit, Off: p.cannotEdit, When: p.reading},
		{Title: "Write what was edited here", Short: "write", Keys: []string{"ctrl+s"}, Writes: true, Run: p.writeTyped, Off: p.notTyping, When: p.typingData},
		{Title: "Give up what was edited here", Short: "give up", Keys: []string{"esc", "ctrl+c"}, Run: p.leaveTyping, When: p.typingData},
		{Title: "Read again", Short: "read", Keys: []string{"r"}, Run: p.reread, Off: p.notConnected, When: p.reading},
		{Title: "Up", Keys: []string{"up", "k"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Down", Keys: []string{"down", "j"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "A page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return -p.h })},
		{Title: "A page down", Keys: []string{"pgdown", "space"}, Run: p.scrolls(func() int { return p.h })},
		{Title: "To the beginning", Keys: []string{"home"}, Run: p.scrolls(func() int { return -p.top })},
		{Title: "To the end", Keys: []string{"end"}, Run: p.scrolls(func() int { return p.length() })},
	}
}

// Actions implements ui.Pane.
func (p *nodePane) Actions() []ui.Action { return p.actions }

// Mode implements ui.Pane.
func (p *nodePane) Mode() ui.Mode { return ui.Normal }

// scrolls makes an action that scrolls by so many rows.
func (p *nodePane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.scroll(by()); return nil }
}

func (p *nodePane) nothingRead() string {
	switch {
	case p.node == nil:
		return "nothing has been read yet"
	case p.node.err != nil:
		return znode.ErrorName(p.node.err)
	}
	return ""
}

// nextView shows the data in the next way that it can be shown.
func (p *nodePane) nextView() tea.Cmd {
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
func (p *nodePane) say(bad bool, text string) tea.Cmd {
	p.cfg.Host.Send(ui.Say{Bad: bad, Text: text})
	return nil
}

// session is the one that reads, nil before there is one.
func (p *nodePane) session() *session.Session {
	if p.watcher == nil {
		return nil
	}
	return p.watcher.Session()
}

func (p *nodePane) notConnected() string {
	if p.watcher == nil {
		return "the tree is not connected"
	}
	return ""
}

// Receive implements ui.Receiver.
func (p *nodePane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
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
func (p *nodePane) Unsaved() (what, warning string) {
	if p.typing == nil || !p.typing.changed() {
		return "", ""
	}
	return p.typing.path, "What you have typed in the Node pane is not written."
}
