package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// helpOverlay lists every action with its keys, made from the table.
type helpOverlay struct {
	m         *Model
	top, page int
}

func (m *Model) showHelp() tea.Cmd { return m.show(&helpOverlay{m: m}) }

// Key implements ui.Overlay.
func (o *helpOverlay) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	key := k.String()
	if top, moved := scrolledBy(key, o.top, o.page); moved {
		o.top = top
		return nil, false
	}
	if key == "tab" || key == "shift+tab" {
		return o.m.showTopics(), false
	}
	return nil, true
}

// Paste implements ui.Overlay.
func (o *helpOverlay) Paste(string) tea.Cmd { return nil }

// Mouse implements ui.Overlay.
func (o *helpOverlay) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.top += ui.WheelRows(msg)
	case tea.MouseClickMsg:
		return nil, true
	}
	return nil, false
}

// Cursor implements ui.Overlay.
func (o *helpOverlay) Cursor() (x, y int, shown bool) { return 0, 0, false }

// How wide a column of the help is: there are two where they fit, else one that
// may be wider.
const helpColumn, helpAlone = 56, 70

// Box implements ui.Overlay.
func (o *helpOverlay) Box(t *ui.Theme, w, h int) []string {
	m := o.m
	w = min(w, 2*helpColumn+3)
	var lines []string
	if w >= 2*helpColumn {
		lines = twoColumns(t, helpLines(m, helpColumn), (w-3)/2)
	} else {
		w = min(w, helpAlone+2)
		lines = helpLines(m, w-2)
	}
	o.page = max(1, h-2)
	o.top = ui.Between(0, o.top, max(0, len(lines)-o.page))
	end := min(len(lines), o.top+o.page)
	title := "Help: Tab the manual, other keys close"
	if len(lines) > o.page {
		title = fmt.Sprintf("Help %d-%d of %d: arrows scroll, Tab the manual, other keys close", o.top+1, end, len(lines))
	}
	return t.Boxed(title, lines[o.top:end], w)
}

// twoColumns sets the later sections beside the first ones, so that the columns
// are about as high as each other.
func twoColumns(t *ui.Theme, lines []string, w int) []string {
	left, right := lines, []string(nil)
	for i, line := range lines {
		if line == "" && max(i, len(lines)-i-1) < max(len(left), len(right)) {
			left, right = lines[:i], lines[i+1:]
		}
	}
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		out[i] = helpCell(t, left, i, w) + " " + helpCell(t, right, i, w)
	}
	return out
}

func helpCell(t *ui.Theme, lines []string, i, w int) string {
	if i >= len(lines) {
		return strings.Repeat(" ", w)
	}
	return t.Fit(lines[i], w)
}

// A helpPlace is where keys work: in a pane, or in what is open in it.
type helpPlace struct {
	pane ui.ID
	mode ui.Mode
}

// heading is what help calls the place.
func (p helpPlace) heading() string {
	switch {
	case p.pane == ui.Anywhere:
		return "Everywhere"
	case p.mode != ui.Normal:
		return "In the pane " + string(p.pane) + ", " + string(p.mode)
	}
	return "In the pane " + string(p.pane)
}

// helpPlaces are all places, those of one pane first.
func (m *Model) helpPlaces(first ui.ID) []helpPlace {
	panes := []ui.ID{first}
	if first != ui.Anywhere {
		panes = append(panes, ui.Anywhere)
	}
	for _, e := range registry {
		if e.id != first {
			panes = append(panes, e.id)
		}
	}
	var places []helpPlace
	for _, id := range panes {
		places = append(places, helpPlace{pane: id})
		for _, a := range m.actions {
			if p := (helpPlace{id, a.Mode}); a.In == id && !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	return places
}

// helpLines is the table of actions as text: the pane with the focus first, then
// what works everywhere, then the other panes.
func helpLines(m *Model, w int) []string {
	t := m.theme
	var lines []string
	for _, where := range m.helpPlaces(m.focus) {
		if lines != nil {
			lines = append(lines, "")
		}
		lines = append(lines, t.Bold.Render(where.heading()))
		for _, row := range m.helpRows(where) {
			if why := m.readOnly(row.action); why != "" {
				row.title += " (not now: " + why + ")"
			}
			lines = append(lines, helpLine(t, row.keys, row.title, w)...)
		}
	}
	for _, s := range inputKeys() {
		lines = append(lines, "", t.Bold.Render(s.Place))
		for _, row := range s.Keys {
			lines = append(lines, helpLine(t, row.Keys, row.Does, w)...)
		}
	}
	lines = append(lines, "", t.Bold.Render("Keys and mouse"))
	for _, row := range [][2]string{
		{"^X, M-x, S-F6", "Ctrl and X, Alt and x (or Esc, then x), Shift and F6"},
		{"click", "Give a pane the focus, select a row"}, {"wheel", "Scroll the pane under it"},
		{"drag a border", "Make room"}, {"Shift and drag", "Select text as the terminal does it"},
	} {
		lines = append(lines, helpLine(t, row[0], row[1], w)...)
	}
	lines = append(lines, "", t.Bold.Render("Signs in the tree"))
	g := &t.Glyph
	for _, row := range [][2]string{
		{g.Ephemeral, "Ephemeral, and the session that owns it"},
		{g.Sequence, "Sequential, by its name"},
		{g.Container, "Container that a session of this zoosh has made; a server tells nobody"},
		{g.TTL, "TTL znode that one has made"},
		{g.Created + " " + g.Changed + " " + g.Deleted, "Created, changed, deleted a moment ago"},
		{g.Error, "It could not be read"},
	} {
		lines = append(lines, helpLine(t, row[0], row[1], w)...)
	}
	return lines
}

// A helpRow is an action in the help, or several that differ in a number only.
type helpRow struct {
	keys, title string
	action      *ui.Action // the first of them
}

func (m *Model) helpRows(where helpPlace) []helpRow {
	var rows []helpRow
	var first *ui.Action // of the numbered ones
	for _, a := range m.actions {
		if a.In != where.pane || a.Mode != where.mode || len(a.Keys) == 0 || a.Title == "" {
			continue
		}
		base := strings.TrimRight(a.Title, "0123456789")
		if first != nil && base != a.Title && strings.TrimRight(first.Title, "0123456789") == base {
			rows[len(rows)-1] = helpRow{
				ui.KeyName(first.Keys[0]) + " to " + ui.KeyName(a.Keys[0]), first.Title + " to " + a.Title[len(base):], first,
			}
			continue
		}
		first = a
		rows = append(rows, helpRow{ui.KeyNames(a.Keys), a.Title, a})
	}
	return rows
}

// helpLine is a line of the help, or more where the title is long.
func helpLine(t *ui.Theme, keys, title string, w int) []string {
	const keysWidth = 16
	room := max(10, w-keysWidth-3)
	var lines []string
	for i, part := range ui.WrapWords(title, room) {
		if i > 0 {
			keys = ""
		}
		lines = append(lines, " "+t.Key.Render(t.Fit(keys, keysWidth))+" "+part)
	}
	return lines
}

// A KeySection is the keys of one place, as help lists them.
type KeySection struct {
	Place string
	Keys  []KeyRow
}

// A KeyRow is one of them.
type KeyRow struct {
	Keys string // as they are written
	Does string
	Name string // in a Binding; of several that differ in a number only that of the first
}

// Keys are all keys of the TUI, for the manual page.
func Keys() []KeySection {
	m := newModel(context.Background(), Config{})
	defer m.ws.Stream().Close()
	var out []KeySection
	for _, where := range m.helpPlaces(ui.Anywhere) {
		s := KeySection{Place: where.heading()}
		for _, row := range m.helpRows(where) {
			s.Keys = append(s.Keys, KeyRow{row.keys, row.title, actionName(row.action)})
		}
		out = append(out, s)
	}
	return append(out, inputKeys()...)
}

// inputKeys are the keys that work in whatever is typed into, and in every list.
func inputKeys() []KeySection {
	typing, list := KeySection{Place: ui.TypingPlace}, KeySection{Place: ui.ListPlace}
	for _, e := range ui.KeysInUse().Edits {
		typing.Keys = append(typing.Keys, KeyRow{ui.KeyNames(e.Keys), e.Title, typingName(&e)})
	}
	for _, e := range ui.KeysInUse().Moves {
		list.Keys = append(list.Keys, KeyRow{ui.KeyNames(e.Keys), e.Title, listName(&e)})
	}
	return []KeySection{typing, list}
}
