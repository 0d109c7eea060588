package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// helpOverlay lists every action with its keys, made from the table.
type helpOverlay struct{ top, page int }

func showHelp(m *Model) tea.Cmd {
	m.overlay = &helpOverlay{}
	return nil
}

func (o *helpOverlay) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch key := k.String(); key {
	case "up", "k", "down", "j", "pgup", "b", "pgdown", "space", "home", "g", "end", "G":
		o.top = scrolledBy(key, o.top, o.page)
	case "tab", "shift+tab":
		return showTopics(m)
	default:
		m.overlay = nil
	}
	return nil
}

func (o *helpOverlay) paste(*Model, string) tea.Cmd { return nil }

func (o *helpOverlay) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.top += ui.WheelRows(msg)
	case tea.MouseClickMsg:
		m.overlay = nil
	}
	return nil
}

func (o *helpOverlay) cursor() (x, y int, shown bool) { return 0, 0, false }

// How wide a column of the help is: there are two where they fit, else one that
// may be wider.
const helpColumn, helpAlone = 56, 70

func (o *helpOverlay) box(m *Model, w, h int) []string {
	t := m.theme
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

// helpLines is the table of actions as text: the pane with the focus first, then
// what works everywhere, then the other panes.
func helpLines(m *Model, w int) []string {
	t := m.theme
	places := []paneID{m.focus, anywhere}
	for _, id := range allPanes {
		if id != m.focus {
			places = append(places, id)
		}
	}
	var lines []string
	for _, where := range places {
		if lines != nil {
			lines = append(lines, "")
		}
		heading := "In the pane " + where.String()
		if where == anywhere {
			heading = "Everywhere"
		}
		lines = append(lines, t.Bold.Render(heading))
		for _, row := range helpRows(where) {
			if why := m.readOnly(row.action); why != "" {
				row.title += " (not now: " + why + ")"
			}
			lines = append(lines, helpLine(t, row.keys, row.title, w)...)
		}
	}
	lines = append(lines, "", t.Bold.Render(ui.TypingPlace))
	for _, e := range ui.Edits {
		lines = append(lines, helpLine(t, ui.KeyNames(e.Keys), e.Title, w)...)
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
	action      *action // the first of them
}

func helpRows(where paneID) []helpRow {
	var rows []helpRow
	var first *action // of the numbered ones
	for i := range actions {
		a := &actions[i]
		if a.in != where || len(a.keys) == 0 {
			continue
		}
		base := strings.TrimRight(a.title, "0123456789")
		if first != nil && base != a.title && strings.TrimRight(first.title, "0123456789") == base {
			rows[len(rows)-1] = helpRow{
				ui.KeyName(first.keys[0]) + " to " + ui.KeyName(a.keys[0]), first.title + " to " + a.title[len(base):], first,
			}
			continue
		}
		first = a
		rows = append(rows, helpRow{ui.KeyNames(a.keys), a.title, a})
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
	Keys  [][2]string // the keys, and what they do
}

// Keys are all keys of the TUI, for the manual page.
func Keys() []KeySection {
	var out []KeySection
	for _, where := range append([]paneID{anywhere}, allPanes...) {
		s := KeySection{Place: "In the pane " + where.String()}
		if where == anywhere {
			s.Place = "Everywhere"
		}
		for _, row := range helpRows(where) {
			s.Keys = append(s.Keys, [2]string{row.keys, row.title})
		}
		out = append(out, s)
	}
	typing := KeySection{Place: ui.TypingPlace}
	for _, e := range ui.Edits {
		typing.Keys = append(typing.Keys, [2]string{ui.KeyNames(e.Keys), e.Title})
	}
	return append(out, typing)
}
