package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/tui/ui"
)

// treeFind takes the keys while a name is typed. It has no box: what is typed
// stands below the tree, which goes along with every key.
type treeFind struct {
	input   ui.Input
	from    string // where the selection was
	missing bool
}

func (p *treePane) startFind() tea.Cmd {
	p.finding = &treeFind{from: p.sel}
	p.m.overlay = p.finding
	p.scrollTo(ui.Between(p.at-p.room()+1, p.top, p.at))
	return nil
}

// treeStep is how many znodes are looked at within a frame.
const treeStep = 100_000

// A treeSearch is a search that is under way. Another one takes its place.
type treeSearch struct {
	*livetree.Search
	found   func(path string) tea.Cmd
	missing func() tea.Cmd
}

// treeSearchMsg goes on with a search.
type treeSearchMsg struct{ search *treeSearch }

// search looks for a name, as long as it takes, but never longer than a frame
// allows at a time.
func (p *treePane) search(s *treeSearch) tea.Cmd {
	p.searching = s
	return p.searchOn(s)
}

func (p *treePane) searchOn(s *treeSearch) tea.Cmd {
	if s != p.searching {
		return nil
	}
	path, over := s.Step(treeStep)
	if !over {
		return func() tea.Msg { return treeSearchMsg{s} }
	}
	p.searching = nil
	if path == "" {
		return s.missing()
	}
	return s.found(path)
}

// findAgain goes to the next znode with the name that was looked for last.
func (p *treePane) findAgain(direction int) tea.Cmd {
	return p.search(&treeSearch{p.tree.Search(p.found, p.sel, direction), p.goTo, func() tea.Cmd {
		return p.m.say(true, "no znode that is read has "+p.found+" in its name")
	}})
}

// goTo opens what is above a znode that is known, and selects it.
func (p *treePane) goTo(path string) tea.Cmd {
	for above := parentOf(path); ; above = parentOf(above) {
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

func (f *treeFind) end(m *Model) {
	m.overlay, m.tree.finding = nil, nil
}

func (f *treeFind) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	p := m.tree
	switch k.String() {
	case "esc", "ctrl+c":
		f.end(m)
		p.found, p.searching = "", nil
		return p.goTo(f.from)
	case "enter":
		f.end(m)
		p.found = f.input.Text()
	case "down", "ctrl+n":
		return f.find(m, p.sel, 1)
	case "up", "ctrl+p":
		return f.find(m, p.sel, -1)
	default:
		if f.input.Key(k) {
			return f.find(m, f.from, 0)
		}
	}
	return nil
}

func (f *treeFind) find(m *Model, from string, direction int) tea.Cmd {
	p := m.tree
	f.missing = false
	if f.input.Text() == "" {
		return p.goTo(f.from)
	}
	return p.search(&treeSearch{p.tree.Search(f.input.Text(), from, direction), p.goTo, func() tea.Cmd {
		f.missing = true
		return nil
	}})
}

func (f *treeFind) paste(m *Model, text string) tea.Cmd {
	f.input.Insert(text)
	return f.find(m, f.from, 0)
}

func (f *treeFind) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	if _, pressed := msg.(tea.MouseClickMsg); pressed {
		m.tree.found = f.input.Text()
		f.end(m)
		return m.mouse(msg)
	}
	return nil
}

// box is empty: see treeFind.
func (f *treeFind) box(*Model, int, int) []string { return nil }

func (f *treeFind) cursor() (x, y int, shown bool) { return 0, 0, false }
