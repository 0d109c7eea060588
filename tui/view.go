package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// forever is the end of a notice that stays.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// drawn is what the panes looked like last. Bubble Tea asks for the screen after
// each message, and most change one pane or none.
type drawn map[ui.ID]*drawnPane

// A drawnPane is a pane's rows as it gave them, and with the frame around them.
type drawnPane struct {
	theme  *ui.Theme
	box    box
	focus  bool
	title  string
	rows   []string
	framed []string
}

// View implements tea.Model. It is always as many rows as the screen has, each as
// wide as the screen.
func (m *Model) View() tea.View {
	v := tea.View{AltScreen: true, MouseMode: tea.MouseModeCellMotion, WindowTitle: "zoosh"}
	if m.width <= 0 || m.height <= 0 {
		return v
	}
	if m.tooSmall() {
		v.SetContent(strings.Join(m.smallScreen(), "\n"))
		return v
	}
	rows := m.screen()
	x, y, shown := m.cursor()
	if m.overlay != nil {
		if box := m.overlay.Box(m.theme, m.width-4, m.height-bars-2); len(box) > 0 {
			x, y, shown = m.lay(rows, box)
		}
	}
	if shown && x < m.width && y < m.height {
		v.Cursor = tea.NewCursor(x, y)
	}
	v.SetContent(strings.Join(rows, "\n"))
	return v
}

// smallScreen says what is needed, as far as that fits.
func (m *Model) smallScreen() []string {
	says := ui.WrapWords(fmt.Sprintf("%dx%d is too small: zoosh needs %dx%d", m.width, m.height, minWidth, minHeight), m.width)
	rows := make([]string, m.height)
	for i := range rows {
		text := ""
		if i < len(says) {
			text = says[i]
		}
		rows[i] = m.theme.Fit(text, m.width)
	}
	return rows
}

// screen is the panes side by side, and the two bars below them.
func (m *Model) screen() []string {
	rows := make([]string, m.height-bars, m.height)
	// The boxes of one column are as wide as each other, so that the left column
	// can be written before the right one.
	for _, e := range registry {
		id, b := e.id, m.areas[e.id]
		if b.empty() {
			continue
		}
		for i, row := range m.framed(id, b) {
			rows[b.y+i] += row
		}
	}
	return append(rows, m.statusBar(), m.keyBar())
}

// framed is a pane with its frame around it. Rows that are as they were are not
// measured again.
func (m *Model) framed(id ui.ID, b box) []string {
	p, was := m.panes[id], m.drawn[id]
	if was == nil {
		was = &drawnPane{}
		m.drawn[id] = was
	}
	rows := p.Rows(id == m.focus)
	rows = rows[:min(len(rows), b.h-2)]
	now := drawnPane{theme: m.theme, box: b, focus: id == m.focus, title: m.title(p, b)}
	same := was.theme == now.theme && was.box == b && was.focus == now.focus
	if same && was.title == now.title && slices.Equal(was.rows, rows) {
		return was.framed
	}
	if !same {
		was.framed, was.rows = nil, nil
	}
	now.rows, now.framed = slices.Clone(rows), make([]string, 0, b.h)
	t, g := m.theme, m.theme.Glyph
	frame, title := t.Frame, t.Title
	if now.focus {
		frame, title = t.FrameFocus, t.TitleFocus
	}
	now.framed = append(now.framed, t.Head(now.title, b.w, frame, title))
	side := frame.Render(g.Vertical)
	for i := range b.h - 2 {
		row := ""
		if i < len(rows) {
			row = rows[i]
		}
		if i < len(was.rows) && was.rows[i] == row {
			now.framed = append(now.framed, was.framed[1+i])
			continue
		}
		now.framed = append(now.framed, side+t.Fit(row, b.w-2)+side)
	}
	now.framed = append(now.framed, frame.Render(g.BotLeft+strings.Repeat(g.Horizontal, b.w-2)+g.BotRight))
	*was = now
	return now.framed
}

// title is a pane's title in the frame of its box, whose corners and blanks take four
// cells of it.
func (m *Model) title(p ui.Pane, b box) string {
	const zoomed = ", zoomed"
	if m.zoomed {
		return p.Title(b.w-6-len(zoomed)) + zoomed
	}
	return p.Title(b.w - 6)
}

// cursor is where the terminal's cursor stands on the screen.
func (m *Model) cursor() (x, y int, shown bool) {
	b := m.areas[m.focus]
	if b.empty() {
		return 0, 0, false
	}
	x, y, shown = m.panes[m.focus].Cursor()
	return b.x + 1 + x, b.y + 1 + y, shown
}

// lay puts the overlay over the middle of the rows, and tells where its cursor is.
func (m *Model) lay(rows, box []string) (x, y int, shown bool) {
	box = box[:min(len(box), m.height-bars)]
	width := 0
	for _, row := range box {
		width = max(width, ui.WidthOf(row))
	}
	width = min(width, m.width)
	left, top := (m.width-width)/2, max(0, (m.height-bars-len(box))/2)
	for i, row := range box {
		under := rows[top+i]
		// A wide character that the box cuts in two leaves a cell to fill.
		right := m.width - left - width
		before, behind := ui.Cut(under, 0, left), ui.Cut(under, left+width, m.width)
		if ui.WidthOf(behind) > right {
			behind = ui.Cut(under, left+width+1, m.width)
		}
		rows[top+i] = m.theme.Fit(before, left) + m.theme.Fit(row, width) +
			strings.Repeat(" ", max(0, right-ui.WidthOf(behind))) + behind
	}
	if p, ok := m.overlay.(ui.Placed); ok {
		p.PlaceAt(left, top)
	}
	x, y, shown = m.overlay.Cursor()
	return left + x, top + y, shown
}
