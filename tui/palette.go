package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// paletteOverlay finds actions by name.
type paletteOverlay struct {
	m     *Model
	input ui.Input
	list  ui.List
	room  int // rows of actions on the screen
	area  box // where they are
}

func (m *Model) showPalette() tea.Cmd { return m.show(&paletteOverlay{m: m}) }

// listed is the actions that the palette can do: not those that need something open.
func (o *paletteOverlay) listed() []*ui.Action {
	return slices.DeleteFunc(slices.Clone(o.m.actions), func(a *ui.Action) bool { return a.Mode != ui.Normal })
}

// found is the actions whose titles hold every word that was typed.
func (o *paletteOverlay) found() []*ui.Action {
	var out []*ui.Action
next:
	for _, a := range o.listed() {
		text := strings.ToLower(a.Title + " " + placeName(a.In))
		for _, word := range strings.Fields(strings.ToLower(o.input.Text())) {
			if !strings.Contains(text, word) {
				continue next
			}
		}
		out = append(out, a)
	}
	return out
}

// placeName is what the palette calls the place where an action works.
func placeName(id ui.ID) string {
	if id == ui.Anywhere {
		return "everywhere"
	}
	return string(id)
}

// Key implements ui.Overlay.
func (o *paletteOverlay) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(o.found())
	key := k.String()
	if k.Text == "" && o.m.isKeyOf(paletteTitle, key) { // what has shown it puts it away, too
		return nil, true
	}
	switch key {
	case "esc", "ctrl+c":
		return nil, true
	case "shift+tab":
		o.list.Move(-1, n, o.room)
	case "tab":
		o.list.Move(1, n, o.room)
	case "up", "down", "pgup", "pgdown": // letters, Home and End are typing's
		o.list.Key(key, n, o.room)
	case "enter":
		return o.choose(o.list.Sel), true
	default:
		if o.input.Key(k) {
			o.list = ui.List{}
		}
	}
	return nil, false
}

// choose does the i-th action that was found, with the focus where it belongs.
func (o *paletteOverlay) choose(i int) tea.Cmd {
	m := o.m
	m.endOverlay()
	found := o.found()
	if i < 0 || i >= len(found) {
		return nil
	}
	if a := found[i]; a.In != ui.Anywhere {
		m.setFocus(a.In)
	}
	return m.do(found[i])
}

// Paste implements ui.Overlay.
func (o *paletteOverlay) Paste(text string) tea.Cmd {
	o.input.Insert(text)
	o.list = ui.List{}
	return nil
}

// Mouse does the action that is clicked; a click beside the box closes it.
func (o *paletteOverlay) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), len(o.found()), o.room)
	case tea.MouseClickMsg:
		if o.area.holds(at.X, at.Y) {
			return o.choose(o.list.Top + at.Y - o.area.y), true
		}
		return nil, true
	}
	return nil, false
}

// Cursor implements ui.Overlay.
func (o *paletteOverlay) Cursor() (x, y int, shown bool) { return 3 + o.input.CursorCell(), 1, true }

// Box implements ui.Overlay.
func (o *paletteOverlay) Box(t *ui.Theme, w, h int) []string {
	found := o.found()
	w = min(w, 76)
	// As high as all actions need, so that it stands still while one types.
	o.room = ui.Between(1, h-3, min(len(o.listed()), 16))
	o.list.Follow = false
	o.list.Settle(len(found), o.room)
	at := o.m.overlayBox(w, o.room+3)
	o.area = box{at.x + 1, at.y + 2, w - 2, o.room}
	rows := []string{"> " + shell.Printable(o.input.Text())}
	for i := o.list.Top; i < min(len(found), o.list.Top+o.room); i++ {
		rows = append(rows, o.m.paletteRow(found[i], w-2, i == o.list.Sel))
	}
	if len(found) == 0 {
		rows = append(rows, t.Dim.Render(" nothing is called that"))
	}
	for len(rows) < o.room+1 {
		rows = append(rows, "")
	}
	return t.Boxed("Palette: what to do?", rows, w)
}

// paletteRow is an action with the pane it works in and its key, or with why it
// cannot be done now.
func (m *Model) paletteRow(a *ui.Action, w int, selected bool) string {
	t := m.theme
	keys, why := "", m.why(a)
	if len(a.Keys) > 0 {
		keys = ui.KeyName(a.Keys[0])
	}
	where := ""
	if a.In != ui.Anywhere {
		where = string(a.In) + ": "
	}
	text := " " + where + a.Title
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
