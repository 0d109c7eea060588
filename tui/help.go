package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// helpOverlay lists every action with its keys, made from the table.
type helpOverlay struct{ top int }

func showHelp(m *Model) tea.Cmd {
	m.overlay = &helpOverlay{}
	return nil
}

func (o *helpOverlay) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "up", "k":
		o.top--
	case "down", "j":
		o.top++
	case "pgup":
		o.top -= 10
	case "pgdown", "space":
		o.top += 10
	case "home":
		o.top = 0
	default:
		m.overlay = nil
	}
	return nil
}

func (o *helpOverlay) paste(*Model, string) tea.Cmd { return nil }

func (o *helpOverlay) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.top += 3
		if msg.Button == tea.MouseWheelUp {
			o.top -= 6
		}
	case tea.MouseClickMsg:
		m.overlay = nil
	}
	return nil
}

func (o *helpOverlay) cursor() (x, y int, shown bool) { return 0, 0, false }

func (o *helpOverlay) box(m *Model, w, h int) []string {
	lines := helpLines(m.theme)
	o.top = between(0, o.top, max(0, len(lines)-(h-2)))
	title := "Help: arrows scroll, any other key closes"
	return m.theme.boxed(title, lines[o.top:min(len(lines), o.top+h-2)], min(w, 76))
}

// helpLines is the table of actions as text, by place.
func helpLines(t *theme) []string {
	var lines []string
	for _, where := range append([]paneID{anywhere}, allPanes...) {
		if lines != nil {
			lines = append(lines, "")
		}
		heading := where.String()
		if where == anywhere {
			heading = "Everywhere"
		}
		lines = append(lines, t.bold.Render(heading))
		for i := range actions {
			if a := &actions[i]; a.in == where {
				names := make([]string, len(a.keys))
				for j, key := range a.keys {
					names[j] = keyName(key)
				}
				lines = append(lines, "  "+t.key.Render(t.fit(strings.Join(names, ", "), 18))+" "+a.title)
			}
		}
	}
	return lines
}

// boxed puts a frame with a title around rows; w is its whole width.
func (t *theme) boxed(title string, rows []string, w int) []string {
	g := t.glyph
	head := t.fit(" "+title+" ", min(w-4, widthOf(title)+2))
	out := []string{t.frameFocus.Render(g.topLeft+g.horizontal) + t.titleFocus.Render(head) +
		t.frameFocus.Render(strings.Repeat(g.horizontal, max(0, w-3-widthOf(head)))+g.topRight)}
	side := t.frameFocus.Render(g.vertical)
	for _, row := range rows {
		out = append(out, side+t.fit(row, w-2)+side)
	}
	return append(out, t.frameFocus.Render(g.botLeft+strings.Repeat(g.horizontal, w-2)+g.botRight))
}
