package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// eventsPane shows what was told without having been asked for: watches that
// fired, changes of the connection; on its other face the watches that are armed.
type eventsPane struct {
	m    *Model
	w, h int
}

var eventsActions []action

func newEventsPane(m *Model) *eventsPane { return &eventsPane{m: m} }

// take notes an event; other items are not for this pane.
func (p *eventsPane) take(it *shell.Item) {}

func (p *eventsPane) title() string                  { return "Events" }
func (p *eventsPane) resize(w, h int)                { p.w, p.h = w, h }
func (p *eventsPane) rows() []string                 { return nil }
func (p *eventsPane) restyle()                       {}
func (p *eventsPane) update(tea.Msg) tea.Cmd         { return nil }
func (p *eventsPane) key(tea.KeyPressMsg) tea.Cmd    { return nil }
func (p *eventsPane) click(x, y int) tea.Cmd         { return nil }
func (p *eventsPane) wheel(delta int)                {}
func (p *eventsPane) cursor() (x, y int, shown bool) { return 0, 0, false }
