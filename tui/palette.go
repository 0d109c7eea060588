package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// paletteOverlay finds actions by name.
type paletteOverlay struct {
	input ui.Input
	list  ui.List
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
		for _, word := range strings.Fields(strings.ToLower(o.input.Text())) {
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
		o.list.Move(-1, len(found), o.room)
	case "down", "tab":
		o.list.Move(1, len(found), o.room)
	case "pgup":
		o.list.Move(-o.room, len(found), o.room)
	case "pgdown":
		o.list.Move(o.room, len(found), o.room)
	case "enter":
		return o.choose(m, o.list.Sel)
	default:
		if o.input.Key(k) {
			o.list = ui.List{}
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
	o.input.Insert(text)
	o.list = ui.List{}
	return nil
}

// mouse does the action that is clicked; a click beside the box closes it.
func (o *paletteOverlay) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), len(o.found()), o.room)
	case tea.MouseClickMsg:
		if o.area.holds(at.X, at.Y) {
			return o.choose(m, o.list.Top+at.Y-o.area.y)
		}
		m.overlay = nil
	}
	return nil
}

func (o *paletteOverlay) cursor() (x, y int, shown bool) { return 3 + o.input.CursorCell(), 1, true }

func (o *paletteOverlay) box(m *Model, w, h int) []string {
	found := o.found()
	w = min(w, 76)
	// As high as all actions need, so that it stands still while one types.
	o.room = ui.Between(1, h-3, min(len(actions), 16))
	o.list.Follow = false
	o.list.Settle(len(found), o.room)
	o.area = box{(m.width-w)/2 + 1, max(0, (m.height-bars-o.room-3)/2) + 2, w - 2, o.room}
	rows := []string{"> " + shell.Printable(o.input.Text())}
	for i := o.list.Top; i < min(len(found), o.list.Top+o.room); i++ {
		rows = append(rows, m.paletteRow(found[i], w-2, i == o.list.Sel))
	}
	if len(found) == 0 {
		rows = append(rows, m.theme.Dim.Render(" nothing is called that"))
	}
	for len(rows) < o.room+1 {
		rows = append(rows, "")
	}
	return m.theme.Boxed("Palette: what to do?", rows, w)
}

// paletteRow is an action with the pane it works in and its key, or with why it
// cannot be done now.
func (m *Model) paletteRow(a *action, w int, selected bool) string {
	t := m.theme
	keys, why := "", m.why(a)
	if len(a.keys) > 0 {
		keys = ui.KeyName(a.keys[0])
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
		text = t.Fit(text, min(ui.WidthOf(text), max(room/3, room-ui.WidthOf(why)))) + why
	}
	text, keys = t.Fit(text, room)+" ", t.Fit(keys, keysWidth)
	switch {
	case selected:
		return t.Selected.Render(text + keys)
	case why != "":
		return t.Dim.Render(text + keys)
	}
	return text + t.Key.Render(keys)
}
