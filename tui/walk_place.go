package tui

import (
	"time"
	"zoosh/tui/ui"

	tea "charm.land/bubbletea/v2"
)

// A placeBefore is how the screen was before a lesson took it: leaving brings it back.
// The tabs keep what is theirs, their sessions and what was typed, by themselves.
type placeBefore struct {
	focus  ui.ID
	zoomed bool
	tree   treePlace
}

// A treePlace is what somebody had opened and selected in the tree of a server.
type treePlace struct {
	server, sel string
	open        []string // a parent before its children
}

// placeRows is how many rows of a tree are looked through for what is open.
const placeRows = 20_000

func (m *Model) keepPlace() {
	m.before = placeBefore{focus: m.focus, zoomed: m.zoomed, tree: m.tree.place()}
}

func (p *treePane) place() treePlace {
	pl := treePlace{server: p.server, sel: p.sel}
	if p.sought != "" {
		pl.sel = p.sought
	}
	for _, row := range p.tree.Rows(0, min(p.tree.Len(), placeRows), time.Now()) {
		if row.Open {
			pl.open = append(pl.open, row.Path)
		}
	}
	return pl
}

// backToPlace puts the screen back as it was before the lesson.
func (m *Model) backToPlace() tea.Cmd {
	m.zoomed = m.before.zoomed
	m.arrange()
	m.setFocus(m.before.focus)
	m.tree.letGo()
	if m.before.tree.server == "" {
		return m.tree.follow()
	}
	m.tree.then, m.tree.reopens = m.before.tree.sel, m.before.tree.open
	return m.tree.open(m.before.tree.server)
}

// reopen opens again what was open, as far as the tree is known.
func (p *treePane) reopen() {
	var later []string
	for _, path := range p.reopens {
		switch above, there := p.tree.Get(parentOf(path), time.Now()); {
		case p.tree.Has(path):
			p.expand(path)
		case !there || !above.Loaded:
			later = append(later, path)
		}
	}
	p.reopens = later
}

// ownServerNote says where a lesson plays that was begun beside somebody's ensemble, and
// how it is left.
func (m *Model) ownServerNote() tea.Cmd {
	if m.cfg.Shell.Connect == "" || m.cfg.LessonTarget.Connect != "" || m.cfg.Where == whereEmbedded {
		return nil
	}
	return m.say(false, "this plays on a server of its own: q leaves, and all is as it was")
}

// whereEmbedded is Config.Where of an embedded server.
const whereEmbedded = "embedded"
