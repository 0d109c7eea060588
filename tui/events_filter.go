package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// filtering is the mode in which a filter is typed; the pane follows every key.
const filtering ui.Mode = "while a filter is typed"

// filterActions are what keys do meanwhile.
func (p *eventsPane) filterActions() []ui.Action {
	return []ui.Action{
		{Title: "Keep the filter", Mode: filtering, Keys: []string{"enter"}, Run: p.endFilter},
		{Title: "Give the filter up", Mode: filtering, Keys: []string{"esc", "ctrl+c"}, Run: func() tea.Cmd {
			p.endFilter()
			return p.clearFilter()
		}},
		{Title: "Event above", Mode: filtering, Keys: []string{"up"}, Run: p.moves(func() int { return -1 })},
		{Title: "Event below", Mode: filtering, Keys: []string{"down"}, Run: p.moves(func() int { return 1 })},
	}
}

func (p *eventsPane) startFilter() tea.Cmd {
	p.typing = &ui.Input{}
	p.typing.Set(p.filter)
	return nil
}

func (p *eventsPane) clearFilter() tea.Cmd {
	p.setFilter("")
	return nil
}

// setFilter lets only those events through that hold the text in some column.
func (p *eventsPane) setFilter(text string) {
	p.filter = strings.ToLower(text)
	p.found = nil
	p.list, p.armed.list = ui.List{Follow: true}, ui.List{}
	p.armed.stale = true
	if p.filter == "" {
		return
	}
	for number := p.kept.first; number < p.kept.first+p.kept.len(); number++ {
		if p.matches(p.kept.at(number)) {
			p.found = append(p.found, number)
		}
	}
}

// matches tells whether a column holds the filter.
func (p *eventsPane) matches(e *event) bool {
	c := p.cells(e)
	return anyHolds(p.filter, c.path, c.kind, c.armedBy, c.session, c.detail, c.zxid, c.time)
}

// anyHolds tells whether a column holds the text, which is in lower case.
func anyHolds(text string, columns ...string) bool {
	for _, c := range columns {
		if strings.Contains(strings.ToLower(c), text) {
			return true
		}
	}
	return false
}

func (p *eventsPane) filterText() string {
	if p.typing != nil {
		return p.typing.Text()
	}
	return p.filter
}

// endFilter gives the keys back to the pane.
func (p *eventsPane) endFilter() tea.Cmd {
	p.typing = nil
	return nil
}

// Mode implements ui.Pane.
func (p *eventsPane) Mode() ui.Mode {
	if p.typing != nil {
		return filtering
	}
	return ui.Normal
}

// Grab takes what is typed. Any other key ends the typing, and does what it does.
func (p *eventsPane) Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	if p.typing == nil {
		return nil, false
	}
	if !p.typing.Key(k) {
		return p.endFilter(), false
	}
	p.setFilter(p.typing.Text())
	return nil, true
}

// TakePaste implements ui.Paster.
func (p *eventsPane) TakePaste(text string) (cmd tea.Cmd, taken bool) {
	if p.typing == nil {
		return nil, false
	}
	p.typing.Insert(text)
	p.setFilter(p.typing.Text())
	return nil, true
}
