package tui

import tea "charm.land/bubbletea/v2"

// nodePane shows the znode that is selected.
type nodePane struct {
	m    *Model
	w, h int
}

var nodeActions []action

func newNodePane(m *Model) *nodePane { return &nodePane{m: m} }

func (p *nodePane) title() string                  { return "Node" }
func (p *nodePane) resize(w, h int)                { p.w, p.h = w, h }
func (p *nodePane) rows() []string                 { return nil }
func (p *nodePane) restyle()                       {}
func (p *nodePane) update(tea.Msg) tea.Cmd         { return nil }
func (p *nodePane) key(tea.KeyPressMsg) tea.Cmd    { return nil }
func (p *nodePane) click(x, y int) tea.Cmd         { return nil }
func (p *nodePane) wheel(delta int)                {}
func (p *nodePane) cursor() (x, y int, shown bool) { return 0, 0, false }

// show reads the znode at path and shows it.
func (p *nodePane) show(path string) tea.Cmd { return nil }
