package tree

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui/znode"
)

// A bookmark is what somebody had opened and selected in the tree of a server.
type bookmark struct {
	server, sel string
	open        []string // a parent before its children
}

// placeRows is how many rows of a tree are looked through for what is open.
const placeRows = 20_000

// bookmark is what is open and selected now.
func (p *Pane) bookmark() bookmark {
	pl := bookmark{server: p.server, sel: p.sel}
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

// backToPlace shows what was shown when it was last remembered.
func (p *Pane) backToPlace() tea.Cmd {
	if p.before.server == "" {
		return p.follow()
	}
	p.then, p.reopens = p.before.sel, p.before.open
	return p.open(p.before.server)
}

// reopen opens again what was open, as far as the tree is known.
func (p *Pane) reopen() {
	var later []string
	for _, path := range p.reopens {
		switch above, there := p.tree.Get(znode.Parent(path), time.Now()); {
		case p.tree.Has(path):
			p.expand(path)
		case !there || !above.Loaded:
			later = append(later, path)
		}
	}
	p.reopens = later
}
