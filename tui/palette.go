package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// paletteOverlay finds actions by name.
type paletteOverlay struct {
	input input
	at    int
	top   int
}

func showPalette(m *Model) tea.Cmd {
	m.overlay = &paletteOverlay{}
	return nil
}

// found is the actions whose titles hold every word that was typed.
func (o *paletteOverlay) found() []*action {
	var out []*action
next:
	for i := range actions {
		text := strings.ToLower(actions[i].title + " " + actions[i].in.String())
		for _, word := range strings.Fields(strings.ToLower(o.input.text())) {
			if !strings.Contains(text, word) {
				continue next
			}
		}
		out = append(out, &actions[i])
	}
	return out
}

func (o *paletteOverlay) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	found := o.found()
	switch k.String() {
	case "esc", "ctrl+c", "ctrl+p", "ctrl+q":
		m.overlay = nil
	case "up":
		o.at--
	case "down":
		o.at++
	case "enter":
		m.overlay = nil
		if o.at < len(found) {
			a := found[o.at]
			if a.in != anywhere {
				m.setFocus(a.in)
			}
			return m.do(a)
		}
	default:
		if o.input.key(k) {
			o.at = 0
		}
	}
	o.at = between(0, o.at, max(0, len(o.found())-1))
	return nil
}

func (o *paletteOverlay) paste(_ *Model, text string) tea.Cmd {
	o.input.insert(text)
	return nil
}

func (o *paletteOverlay) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	if _, pressed := msg.(tea.MouseClickMsg); pressed {
		m.overlay = nil
	}
	return nil
}

func (o *paletteOverlay) cursor() (x, y int, shown bool) { return 3 + o.input.cursorCell(), 1, true }

func (o *paletteOverlay) box(m *Model, w, h int) []string {
	t := m.theme
	found := o.found()
	room := min(h-3, 14)
	o.top = between(max(0, o.at-room+1), o.top, o.at)
	rows := []string{"> " + o.input.text()}
	w = min(w, 70)
	for i := o.top; i < min(len(found), o.top+room); i++ {
		a := found[i]
		keys := ""
		if len(a.keys) > 0 {
			keys = keyName(a.keys[0])
		}
		row := t.fit(" "+a.title, w-14) + t.fit(keys, 10)
		if i == o.at {
			row = t.selected.Render(row)
		}
		rows = append(rows, row)
	}
	if len(found) == 0 {
		rows = append(rows, t.dim.Render(" nothing is called that"))
	}
	return t.boxed("Palette", rows, w)
}
