package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// eventsFilter takes the keys while a filter is typed. It has no box: what is
// typed stands in the pane, which follows every key.
type eventsFilter struct{ input ui.Input }

func (p *eventsPane) startFilter() tea.Cmd {
	p.typing = &eventsFilter{}
	p.typing.input.Set(p.filter)
	p.m.overlay = p.typing
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
		return p.typing.input.Text()
	}
	return p.filter
}

// end gives the keys back to the pane.
func (f *eventsFilter) end(m *Model) { m.overlay, m.events.typing = nil, nil }

func (f *eventsFilter) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	p := m.events
	switch k.String() {
	case "enter":
		f.end(m)
	case "esc", "ctrl+c":
		f.end(m)
		p.setFilter("")
	case "up":
		p.current().Move(-1, p.length(), p.room())
	case "down":
		p.current().Move(1, p.length(), p.room())
	default:
		if !f.input.Key(k) {
			f.end(m)
			return m.key(k)
		}
		p.setFilter(f.input.Text())
	}
	return nil
}

func (f *eventsFilter) paste(m *Model, text string) tea.Cmd {
	f.input.Insert(text)
	m.events.setFilter(f.input.Text())
	return nil
}

func (f *eventsFilter) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	if _, pressed := msg.(tea.MouseClickMsg); pressed {
		f.end(m)
	}
	if m.overlay == nil {
		return m.mouse(msg)
	}
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		m.events.wheel(ui.WheelRows(wheel))
	}
	return nil
}

func (f *eventsFilter) box(*Model, int, int) []string { return nil }

func (f *eventsFilter) cursor() (x, y int, shown bool) { return 0, 0, false }
