package tui

import tea "charm.land/bubbletea/v2"

// treePane is the live tree.
type treePane struct {
	m    *Model
	w, h int
}

var treeActions []action

func newTreePane(m *Model) *treePane { return &treePane{m: m} }

func (p *treePane) title() string                  { return "Tree" }
func (p *treePane) resize(w, h int)                { p.w, p.h = w, h }
func (p *treePane) rows() []string                 { return nil }
func (p *treePane) restyle()                       {}
func (p *treePane) update(tea.Msg) tea.Cmd         { return nil }
func (p *treePane) key(tea.KeyPressMsg) tea.Cmd    { return nil }
func (p *treePane) click(x, y int) tea.Cmd         { return nil }
func (p *treePane) wheel(delta int)                {}
func (p *treePane) cursor() (x, y int, shown bool) { return 0, 0, false }

// start begins to watch the tree, on a session of its own.
func (p *treePane) start() tea.Cmd { return nil }

// stop ends that session.
func (p *treePane) stop() tea.Cmd { return nil }

// reveal selects the znode at path, and opens what is above it.
func (p *treePane) reveal(path string) tea.Cmd { return nil }
