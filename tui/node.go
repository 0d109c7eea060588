package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/tui/ui"
)

// nodePane shows the znode that is selected in the tree.
type nodePane struct {
	m    *Model
	w, h int

	path string
	node *nodeRead // what was read last, nil until then
	view nodeView
	top  int

	asked   int       // number of the last znode that was asked for
	waiting bool      // its answer is on its way
	again   bool      // it has changed since
	began   time.Time // when something was asked for last

	typing *nodeTyping // data that is edited here

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

func newNodePane(m *Model) *nodePane { return &nodePane{m: m} }

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
	return readNode(p.m.ctx, p.m.tree.session(), p.path, asked)
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

// update takes what was read.
func (p *nodePane) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case nodeDueMsg:
		if msg.asked == p.asked {
			p.began = time.Now()
			return readNode(p.m.ctx, p.m.tree.session(), p.path, p.asked)
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

func (p *nodePane) title() string {
	if t := p.typing; t != nil && t.changed() {
		return "Edit " + ui.OneLine(t.path) + ", changed"
	} else if t != nil {
		return "Edit " + ui.OneLine(t.path)
	}
	if p.path == "" {
		return "Node"
	}
	// The end of a long path says most. The frame and blanks around a title take
	// four cells of the pane.
	room := p.w - 4 - len("Node ")
	if p.m.zoomed {
		room -= len(", zoomed")
	}
	return "Node " + p.m.theme.Tail(ui.OneLine(p.path), max(1, room))
}

func (p *nodePane) resize(w, h int) { p.w, p.h = w, h }
func (p *nodePane) restyle()        { p.content = nil }

func (p *nodePane) key(tea.KeyPressMsg) tea.Cmd { return nil }

func (p *nodePane) click(x, y int) tea.Cmd {
	if p.typing != nil {
		p.typing.area.Point(x, max(0, y-(p.h-p.textHeight())), p.w)
	}
	return nil
}

func (p *nodePane) wheel(delta int) {
	if p.typing != nil {
		p.typing.area.Move(delta, p.w)
		return
	}
	p.scroll(delta)
}

// cursor stands in the data while that is edited.
func (p *nodePane) cursor() (x, y int, shown bool) {
	if p.typing == nil {
		return 0, 0, false
	}
	h := p.textHeight()
	x, y = p.typing.area.Cursor(p.w, h)
	return x, y + p.h - h, true
}

func (p *nodePane) scroll(by int) { p.top = ui.Between(0, p.top+by, max(0, p.length()-p.h)) }

// nodeActions are what the keys do in the node.
var nodeActions = []action{
	{title: "Next pane", in: paneNode, keys: []string{"tab"}, run: func(m *Model) tea.Cmd { return m.focusNext(1) }},
	{title: "Data as text, JSON or hex", short: "view", in: paneNode, keys: []string{"v"}, run: onNode((*nodePane).nextView), off: nothingRead, when: reading},
	{title: "Edit the data here", short: "edit", in: paneNode, keys: []string{"i"}, writes: true, run: onNode((*nodePane).typeIn), off: cannotType, when: reading},
	{title: "Edit the data in $EDITOR", short: "$EDITOR", in: paneNode, keys: []string{"e"}, writes: true, run: onNode((*nodePane).edit), off: cannotEdit, when: reading},
	{title: "Write what was edited here", short: "write", in: paneNode, keys: []string{"ctrl+s"}, writes: true, run: onNode((*nodePane).writeTyped), off: notTyping, when: typingData},
	{title: "Give up what was edited here", short: "give up", in: paneNode, keys: []string{"esc", "ctrl+c"}, run: onNode((*nodePane).leaveTyping), when: typingData},
	{title: "Read again", short: "read", in: paneNode, keys: []string{"r"}, run: onNode((*nodePane).reread), off: treeOff, when: reading},
	{title: "Up", in: paneNode, keys: []string{"up", "k"}, run: nodeScroll(func(*nodePane) int { return -1 })},
	{title: "Down", in: paneNode, keys: []string{"down", "j"}, run: nodeScroll(func(*nodePane) int { return 1 })},
	{title: "A page up", in: paneNode, keys: []string{"pgup"}, run: nodeScroll(func(p *nodePane) int { return -p.h })},
	{title: "A page down", in: paneNode, keys: []string{"pgdown", "space"}, run: nodeScroll(func(p *nodePane) int { return p.h })},
	{title: "To the beginning", in: paneNode, keys: []string{"home"}, run: nodeScroll(func(p *nodePane) int { return -p.top })},
	{title: "To the end", in: paneNode, keys: []string{"end"}, run: nodeScroll(func(p *nodePane) int { return p.length() })},
}

func onNode(do func(p *nodePane) tea.Cmd) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return do(m.node) }
}

func nodeScroll(by func(p *nodePane) int) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { m.node.scroll(by(m.node)); return nil }
}

func nothingRead(m *Model) string {
	switch p := m.node; {
	case p.node == nil:
		return "nothing has been read yet"
	case p.node.err != nil:
		return errorName(p.node.err)
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
