package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// paletteOverlay finds actions by name.
type paletteOverlay struct {
	input input
	list  list
	room  int // rows of actions on the screen
	area  box // where they are
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
	case "esc", "ctrl+c", "ctrl+p":
		m.overlay = nil
	case "up", "shift+tab":
		o.list.move(-1, len(found), o.room)
	case "down", "tab":
		o.list.move(1, len(found), o.room)
	case "pgup":
		o.list.move(-o.room, len(found), o.room)
	case "pgdown":
		o.list.move(o.room, len(found), o.room)
	case "enter":
		return o.choose(m, o.list.sel)
	default:
		if o.input.key(k) {
			o.list = list{}
		}
	}
	return nil
}

// choose does the i-th action that was found, with the focus where it belongs.
func (o *paletteOverlay) choose(m *Model, i int) tea.Cmd {
	m.overlay = nil
	found := o.found()
	if i < 0 || i >= len(found) {
		return nil
	}
	if a := found[i]; a.in != anywhere {
		m.setFocus(a.in)
	}
	return m.do(found[i])
}

func (o *paletteOverlay) paste(_ *Model, text string) tea.Cmd {
	o.input.insert(text)
	o.list = list{}
	return nil
}

// mouse does the action that is clicked; a click beside the box closes it.
func (o *paletteOverlay) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.scroll(wheelRows(msg), len(o.found()), o.room)
	case tea.MouseClickMsg:
		if o.area.holds(at.X, at.Y) {
			return o.choose(m, o.list.top+at.Y-o.area.y)
		}
		m.overlay = nil
	}
	return nil
}

func (o *paletteOverlay) cursor() (x, y int, shown bool) { return 3 + o.input.cursorCell(), 1, true }

func (o *paletteOverlay) box(m *Model, w, h int) []string {
	found := o.found()
	w = min(w, 76)
	// As high as all actions need, so that it stands still while one types.
	o.room = between(1, h-3, min(len(actions), 16))
	o.list.follow = false
	o.list.settle(len(found), o.room)
	o.area = box{(m.width-w)/2 + 1, max(0, (m.height-bars-o.room-3)/2) + 2, w - 2, o.room}
	rows := []string{"> " + shell.Printable(o.input.text())}
	for i := o.list.top; i < min(len(found), o.list.top+o.room); i++ {
		rows = append(rows, m.paletteRow(found[i], w-2, i == o.list.sel))
	}
	if len(found) == 0 {
		rows = append(rows, m.theme.dim.Render(" nothing is called that"))
	}
	for len(rows) < o.room+1 {
		rows = append(rows, "")
	}
	return m.theme.boxed("Palette: what to do?", rows, w)
}

// paletteRow is an action with the pane it works in and its key, or with why it
// cannot be done now.
func (m *Model) paletteRow(a *action, w int, selected bool) string {
	t := m.theme
	keys, why := "", m.why(a)
	if len(a.keys) > 0 {
		keys = keyName(a.keys[0])
	}
	where := ""
	if a.in != anywhere {
		where = a.in.String() + ": "
	}
	text := " " + where + a.title
	const keysWidth = 11
	room := w - keysWidth - 1
	if why != "" { // it is more to the point than the end of a long title
		why = " (" + why + ")"
		text = t.fit(text, min(widthOf(text), max(room/3, room-widthOf(why)))) + why
	}
	text, keys = t.fit(text, room)+" ", t.fit(keys, keysWidth)
	switch {
	case selected:
		return t.selected.Render(text + keys)
	case why != "":
		return t.dim.Render(text + keys)
	}
	return text + t.key.Render(keys)
}
