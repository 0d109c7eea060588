package tui

import (
	"os/exec"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/command"
	"zoosh/tui/events"
	"zoosh/tui/lesson"
	"zoosh/tui/node"
	"zoosh/tui/stage"
	"zoosh/tui/tree"
	"zoosh/tui/ui"
)

// The panes, by their titles.
const (
	paneCommand       = command.ID
	paneEvents  ui.ID = "Events"
	paneTree          = tree.ID
	paneNode    ui.ID = "Node"
	paneLesson  ui.ID = "Lesson" // it and the stage are there while a lesson plays
	paneStage   ui.ID = "Stage"
)

// A slot is a place on the screen. Panes that share one are shown one at a time: the
// one that had the focus last.
type slot int

const (
	slotLesson slot = iota
	slotStage
	slotLeft      // the left column, above
	slotLeftBelow // and below
	slotRight     // the right column, above
	slotRightBelow
)

// An entry is a pane in the registry.
type entry struct {
	id   ui.ID
	slot slot
	new  func(m *Model) ui.Pane
	keys ui.ID // the pane whose keys work here, too
}

// registry is all panes, in the order in which they are drawn, the left column first,
// and in which Tab goes through them.
var registry []entry

// The panes' tables lead back to the registry, which a variable's own value may not.
func init() {
	registry = []entry{
		{id: paneLesson, slot: slotLesson, new: func(m *Model) ui.Pane {
			return lesson.New(lesson.Config{
				Player: m.player, Host: m, Theme: m.theme, ID: paneLesson, Prompt: paneCommand, Language: m.cfg.Language,
				OwnServer: m.ownServer(), Finished: m.cfg.Finished, Finish: m.cfg.Finish,
			})
		}},
		{id: paneStage, slot: slotStage, keys: paneLesson, new: func(m *Model) ui.Pane {
			return stage.New(stage.Config{Player: m.player, Host: m, Theme: m.theme})
		}},
		{id: paneCommand, slot: slotLeft, new: func(m *Model) ui.Pane {
			p := command.New(command.Config{
				Context: m.ctx, Host: m, Workspace: m.ws, Theme: m.theme, Now: func() time.Time { return m.now() },
				History: m.cfg.History, Dialect: m.cfg.Shell.Dialect, Server: m.cfg.Shell.Connect,
				Lesson: func() bool { return m.here(paneLesson) },
			})
			m.sessions = p
			return p
		}},
		{id: paneEvents, slot: slotLeftBelow, new: func(m *Model) ui.Pane {
			return events.New(events.Config{
				Context: m.ctx, Host: m, Sessions: prompts{m}, Theme: m.theme, Now: func() time.Time { return m.now() },
			})
		}},
		{id: paneTree, slot: slotRight, new: func(m *Model) ui.Pane {
			return tree.New(tree.Config{
				Context: m.ctx, Host: m, Sessions: prompts{m}, Theme: m.theme, Now: func() time.Time { return m.now() }, Made: &m.made,
				Target: m.targetOf, Place: m.cfg.Shell.PlaceOf, Asks: m.cfg.Asks, Server: m.cfg.Shell.Connect,
			})
		}},
		{id: paneNode, slot: slotRightBelow, new: func(m *Model) ui.Pane {
			return node.New(node.Config{
				Context: m.ctx, Host: m, Sessions: prompts{m}, Theme: m.theme, Made: &m.made, Place: m.cfg.Shell.PlaceOf,
				FollowKey: func() string { return m.keyOf(tree.FollowTitle) },
				Lend:      func(c *exec.Cmd, over func(error) tea.Msg) tea.Cmd { return m.lend(process{c}, over) },
			})
		}},
	}
}

// makePanes makes the panes of the registry, and the table of what can be done.
func (m *Model) makePanes() {
	m.panes = map[ui.ID]ui.Pane{}
	m.player = m.newPlayer()
	for _, e := range registry {
		p := e.new(m)
		m.panes[e.id] = p
		if l, ok := p.(ui.Listener); ok {
			m.listeners = append(m.listeners, l)
		}
	}
	m.addActions("", m.globalActions())
	for _, guests := range []bool{false, true} { // what is not always there comes last
		for _, e := range registry {
			p := m.panes[e.id]
			if _, guest := p.(ui.Guest); guest == guests {
				m.addActions(e.id, p.Actions())
			}
		}
	}
	m.addActions("", m.recordActions())
}

// addActions adds a table to the one of the screen: what is in a pane's works while that
// has the focus, unless it says otherwise.
func (m *Model) addActions(of ui.ID, table []ui.Action) {
	for i := range table {
		a := &table[i] // the pane's own, so that its hints have the same keys
		if a.In == ui.Anywhere && !a.Global {
			a.In = of
		}
		at := len(m.actions)
		if before := m.titled(a.Behind); a.Behind != "" && before >= 0 {
			at = before + 1
		}
		m.actions = slices.Insert(m.actions, at, a)
	}
}

// titled is the place of an action in the table, -1 if there is none of that title.
func (m *Model) titled(title string) int {
	return slices.IndexFunc(m.actions, func(a *ui.Action) bool { return a.Title == title })
}

// entryOf is a pane's line in the registry.
func entryOf(id ui.ID) *entry {
	for i := range registry {
		if registry[i].id == id {
			return &registry[i]
		}
	}
	return &entry{}
}

// inSlot is the panes of a slot that are not hidden, the one that is to be shown first.
func (m *Model) inSlot(s slot) (ids []ui.ID) {
	for _, e := range registry {
		if e.slot != s || m.hidden[e.id] || !m.here(e.id) {
			continue
		}
		ids = append(ids, e.id)
		if last := len(ids) - 1; e.id == m.front[s] {
			ids[0], ids[last] = ids[last], ids[0]
		}
	}
	return ids
}

// shut tells whether nothing is to be shown in a slot.
func (m *Model) shut(s slot) bool { return len(m.inSlot(s)) == 0 }

// put gives a box to the pane that is shown in a slot.
func (m *Model) put(s slot, b box) {
	if ids := m.inSlot(s); len(ids) > 0 {
		m.areas[ids[0]] = b
	}
}

// boxOf is the box of whatever is shown in a slot.
func (m *Model) boxOf(s slot) box {
	if ids := m.inSlot(s); len(ids) > 0 {
		return m.areas[ids[0]]
	}
	return box{}
}
