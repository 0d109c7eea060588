package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// forever is the end of a notice that stays.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// View implements tea.Model.
func (m *Model) View() tea.View {
	v := tea.View{AltScreen: true, MouseMode: tea.MouseModeCellMotion, WindowTitle: "zoosh"}
	if m.width == 0 {
		return v
	}
	if m.width < minWidth || m.height < minHeight {
		v.SetContent(fmt.Sprintf("zoosh needs %dx%d cells,\nhere are %dx%d", minWidth, minHeight, m.width, m.height))
		return v
	}
	rows := m.screen()
	x, y, shown := m.cursor()
	if m.overlay != nil {
		x, y, shown = m.lay(rows)
	}
	if shown {
		v.Cursor = tea.NewCursor(x, y)
	}
	v.SetContent(strings.Join(rows, "\n"))
	return v
}

// screen is the panes side by side, and the two bars below them.
func (m *Model) screen() []string {
	rows := make([]string, m.height-bars, m.height)
	// The boxes of one column are as wide as each other, so that the left column
	// can be written before the right one.
	for _, id := range allPanes {
		b := m.areas.box[id]
		if b.empty() {
			continue
		}
		for i, row := range m.framed(id, b) {
			rows[b.y+i] += row
		}
	}
	return append(rows, m.statusBar(), m.keyBar())
}

// framed is a pane with its frame around it.
func (m *Model) framed(id paneID, b box) []string {
	t, g := m.theme, m.theme.glyph
	frame, title := t.frame, t.title
	if id == m.focus {
		frame, title = t.frameFocus, t.titleFocus
	}
	p := m.pane(id)
	name := " " + p.title() + " "
	head := t.fit(name, min(b.w-4, widthOf(name)))
	out := make([]string, 0, b.h)
	out = append(out, frame.Render(g.topLeft+g.horizontal)+title.Render(head)+
		frame.Render(strings.Repeat(g.horizontal, max(0, b.w-3-widthOf(head)))+g.topRight))
	rows := p.rows()
	side := frame.Render(g.vertical)
	for i := range b.h - 2 {
		row := ""
		if i < len(rows) {
			row = rows[i]
		}
		out = append(out, side+t.fit(row, b.w-2)+side)
	}
	return append(out, frame.Render(g.botLeft+strings.Repeat(g.horizontal, b.w-2)+g.botRight))
}

// cursor is where the terminal's cursor stands on the screen.
func (m *Model) cursor() (x, y int, shown bool) {
	b := m.areas.box[m.focus]
	if b.empty() {
		return 0, 0, false
	}
	x, y, shown = m.pane(m.focus).cursor()
	return b.x + 1 + x, b.y + 1 + y, shown
}

// lay puts the overlay over the middle of the rows, and tells where its cursor is.
func (m *Model) lay(rows []string) (x, y int, shown bool) {
	box := m.overlay.box(m, m.width-4, m.height-bars-2)
	width := 0
	for _, row := range box {
		width = max(width, widthOf(row))
	}
	left, top := (m.width-width)/2, max(0, (m.height-bars-len(box))/2)
	for i, row := range box {
		under := rows[top+i]
		rows[top+i] = cut(under, 0, left) + m.theme.fit(row, width) + cut(under, left+width, m.width)
	}
	x, y, shown = m.overlay.cursor()
	return left + x, top + y, shown
}
