package events

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// filtering is the mode in which a filter is typed; the pane follows every key.
const filtering ui.Mode = "while a filter is typed"

// filterActions are what keys do meanwhile.
func (p *Pane) filterActions() []ui.Action {
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

func (p *Pane) startFilter() tea.Cmd {
	p.mode, p.typed = filtering, ui.Input{}
	p.typed.Set(p.filter)
	return nil
}

func (p *Pane) clearFilter() tea.Cmd {
	p.setFilter("")
	return nil
}

// setFilter lets only that through which holds the text in some column.
func (p *Pane) setFilter(text string) {
	p.filter = strings.ToLower(text)
	p.refilter()
}

// refilter has both faces look anew at what the filter lets through.
func (p *Pane) refilter() {
	p.events.refilter()
	p.watches.refilter()
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

// hasFilter tells whether there is a line with the filter.
func (p *Pane) hasFilter() bool { return p.filter != "" || p.mode == filtering }

func (p *Pane) filterText() string {
	if p.mode == filtering {
		return p.typed.Text()
	}
	return p.filter
}

// endFilter gives the keys back to the pane.
func (p *Pane) endFilter() tea.Cmd {
	p.mode = ui.Normal
	return nil
}

// Mode implements ui.Pane.
func (p *Pane) Mode() ui.Mode { return p.mode }

// Grab implements ui.Grabber: it takes what is typed. Any other key ends the typing, and
// does what it does.
func (p *Pane) Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	if p.mode != filtering {
		return nil, false
	}
	if !p.typed.Key(k) {
		return p.endFilter(), false
	}
	p.setFilter(p.typed.Text())
	return nil, true
}

// TakePaste implements ui.Paster.
func (p *Pane) TakePaste(text string) (cmd tea.Cmd, taken bool) {
	if p.mode != filtering {
		return nil, false
	}
	p.typed.Insert(text)
	p.setFilter(p.typed.Text())
	return nil, true
}
