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

func newNodePane(m *Model) *nodePane {
	p := &nodePane{m: m}
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

// Update takes what was read.
func (p *nodePane) Update(msg tea.Msg) tea.Cmd {
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
	return "Node " + p.m.theme.Tail(ui.OneLine(p.path), max(1, room))
}

func (p *nodePane) Resize(w, h int) { p.w, p.h = w, h }

// SetTheme implements ui.Pane.
func (p *nodePane) SetTheme(*ui.Theme) { p.content = nil }

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
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.m, ui.NextPane{By: 1})},
		{Title: "Data as text, JSON or hex", Short: "view", Keys: []string{"v"}, Run: p.nextView, Off: p.nothingRead, When: p.reading},
		{Title: "Edit the data here", Short: "edit", Keys: []string{"i"}, Writes: true, Run: p.typeIn, Off: p.cannotType, When: p.reading},
		{Title: "Edit the data in $EDITOR", Short: "$EDITOR", Keys: []string{"e"}, Writes: true, Run: p.edit, Off: p.cannotEdit, When: p.reading},
		{Title: "Write what was edited here", Short: "write", Keys: []string{"ctrl+s"}, Writes: true, Run: p.writeTyped, Off: p.notTyping, When: p.typingData},
		{Title: "Give up what was edited here", Short: "give up", Keys: []string{"esc", "ctrl+c"}, Run: p.leaveTyping, When: p.typingData},
		{Title: "Read again", Short: "read", Keys: []string{"r"}, Run: p.reread, Off: p.m.tree.off, When: p.reading},
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
