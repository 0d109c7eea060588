package tree

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/tui/ui"
	"zoosh/tui/ui/znode"
)

// seeking is the mode in which a name is typed that is looked for; the tree goes along
// with every key.
const seeking ui.Mode = "while a name is looked for"

// findActions are what keys do meanwhile.
func (p *Pane) findActions() []ui.Action {
	return []ui.Action{
		{Title: "Stay at what was found", Mode: seeking, Keys: []string{"enter"}, Run: p.endFind},
		{Title: "Back to where the search began", Mode: seeking, Keys: []string{"esc", "ctrl+c"}, Run: func() tea.Cmd {
			from := p.finding.from
			p.finding, p.found, p.searching = nil, "", nil
			return p.goTo(from)
		}},
		{Title: "The next with this name", Mode: seeking, Keys: []string{"down", "ctrl+n"}, Run: func() tea.Cmd { return p.find(p.sel, 1) }},
		{Title: "The previous with this name", Mode: seeking, Keys: []string{"up", "ctrl+p"}, Run: func() tea.Cmd { return p.find(p.sel, -1) }},
	}
}

// A finding is a name that is being typed.
type finding struct {
	input   ui.Input
	from    string // where the selection was
	missing bool
}

func (p *Pane) startFind() tea.Cmd {
	p.finding = &finding{from: p.sel}
	p.scrollTo(ui.Between(p.at-p.room()+1, p.top, p.at))
	return nil
}

// searchStep is how many znodes are looked at within a frame.
const searchStep = 100_000

// A search is a search that is under way. Another one takes its place.
type search struct {
	*livetree.Search
	found   func(path string) tea.Cmd
	missing func() tea.Cmd
}

// A searchMsg goes on with a search.
type searchMsg struct{ search *search }

// search looks for a name, as long as it takes, but never longer than a frame
// allows at a time.
func (p *Pane) search(s *search) tea.Cmd {
	p.searching = s
	return p.searchOn(s)
}

func (p *Pane) searchOn(s *search) tea.Cmd {
	if s != p.searching {
		return nil
	}
	path, over := s.Step(searchStep)
	if !over {
		return func() tea.Msg { return searchMsg{s} }
	}
	p.searching = nil
	if path == "" {
		return s.missing()
	}
	return s.found(path)
}

// findAgain goes to the next znode with the name that was looked for last.
func (p *Pane) findAgain(direction int) tea.Cmd {
	return p.search(&search{p.tree.Search(p.found, p.sel, direction), p.goTo, func() tea.Cmd {
		return p.say(true, "no znode that is read has "+p.found+" in its name")
	}})
}

// goTo opens what is above a znode that is known, and selects it.
func (p *Pane) goTo(path string) tea.Cmd {
	for above := znode.Parent(path); ; above = znode.Parent(above) {
		p.expand(above)
		if above == "/" {
			break
		}
	}
	if i := p.tree.Index(path); i >= 0 {
		if i < p.top || i >= p.top+p.room() {
			p.top = i - p.room()/2
		}
		return p.choose(i)
	}
	return nil
}

// endFind gives the keys back to the pane.
func (p *Pane) endFind() tea.Cmd {
	if p.finding != nil {
		p.found, p.finding = p.finding.input.Text(), nil
	}
	return nil
}

// Mode implements ui.Pane.
func (p *Pane) Mode() ui.Mode {
	if p.finding != nil {
		return seeking
	}
	return ui.Normal
}

// Grab takes what is typed. Any other key ends the typing, and does what it does.
func (p *Pane) Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	if p.finding == nil {
		return nil, false
	}
	if !p.finding.input.Key(k) {
		return p.endFind(), false
	}
	return p.find(p.finding.from, 0), true
}

// TakePaste implements ui.Paster.
func (p *Pane) TakePaste(text string) (cmd tea.Cmd, taken bool) {
	if p.finding == nil {
		return nil, false
	}
	p.finding.input.Insert(text)
	return p.find(p.finding.from, 0), true
}

// find goes to the first znode from a place on with the name that is typed.
func (p *Pane) find(from string, direction int) tea.Cmd {
	f := p.finding
	f.missing = false
	if f.input.Text() == "" {
		return p.goTo(f.from)
	}
	return p.search(&search{p.tree.Search(f.input.Text(), from, direction), p.goTo, func() tea.Cmd {
		f.missing = true
		return nil
	}})
}
