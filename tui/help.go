package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
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
		o.top += wheelRows(msg)
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
		lines = t.twoColumns(helpLines(m, helpColumn), (w-3)/2)
	} else {
		w = min(w, helpAlone+2)
		lines = helpLines(m, w-2)
	}
	o.page = max(1, h-2)
	o.top = between(0, o.top, max(0, len(lines)-o.page))
	end := min(len(lines), o.top+o.page)
	title := "Help: Tab the manual, other keys close"
	if len(lines) > o.page {
		title = fmt.Sprintf("Help %d-%d of %d: arrows scroll, Tab the manual, other keys close", o.top+1, end, len(lines))
	}
	return t.boxed(title, lines[o.top:end], w)
}

// twoColumns sets the later sections beside the first ones, so that the columns
// are about as high as each other.
func (t *theme) twoColumns(lines []string, w int) []string {
	left, right := lines, []string(nil)
	for i, line := range lines {
		if line == "" && max(i, len(lines)-i-1) < max(len(left), len(right)) {
			left, right = lines[:i], lines[i+1:]
		}
	}
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		out[i] = t.cell(left, i, w) + " " + t.cell(right, i, w)
	}
	return out
}

func (t *theme) cell(lines []string, i, w int) string {
	if i >= len(lines) {
		return strings.Repeat(" ", w)
	}
	return t.fit(lines[i], w)
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
		lines = append(lines, t.bold.Render(heading))
		for _, row := range helpRows(where) {
			if why := m.readOnly(row.action); why != "" {
				row.title += " (not now: " + why + ")"
			}
			lines = append(lines, t.helpLine(row.keys, row.title, w)...)
		}
	}
	lines = append(lines, "", t.bold.Render(typingPlace))
	for _, e := range edits {
		lines = append(lines, t.helpLine(keyNames(e.keys), e.title, w)...)
	}
	lines = append(lines, "", t.bold.Render("Keys and mouse"))
	for _, row := range [][2]string{
		{"^X, M-x, S-F6", "Ctrl and X, Alt and x (or Esc, then x), Shift and F6"},
		{"click", "Give a pane the focus, select a row"}, {"wheel", "Scroll the pane under it"},
		{"drag a border", "Make room"}, {"Shift and drag", "Select text as the terminal does it"},
	} {
		lines = append(lines, t.helpLine(row[0], row[1], w)...)
	}
	lines = append(lines, "", t.bold.Render("Signs in the tree"))
	g := &t.glyph
	for _, row := range [][2]string{
		{g.ephemeral, "Ephemeral, and the session that owns it"},
		{g.sequence, "Sequential, by its name"},
		{g.container, "Container that a session of this zoosh has made; a server tells nobody"},
		{g.ttl, "TTL znode that one has made"},
		{g.created + " " + g.changed + " " + g.deleted, "Created, changed, deleted a moment ago"},
		{g.error, "It could not be read"},
	} {
		lines = append(lines, t.helpLine(row[0], row[1], w)...)
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
				keyName(first.keys[0]) + " to " + keyName(a.keys[0]), first.title + " to " + a.title[len(base):], first,
			}
			continue
		}
		first = a
		rows = append(rows, helpRow{keyNames(a.keys), a.title, a})
	}
	return rows
}

// helpLine is a line of the help, or more where the title is long.
func (t *theme) helpLine(keys, title string, w int) []string {
	const keysWidth = 16
	room := max(10, w-keysWidth-3)
	var lines []string
	for i, part := range wrapWords(title, room) {
		if i > 0 {
			keys = ""
		}
		lines = append(lines, " "+t.key.Render(t.fit(keys, keysWidth))+" "+part)
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
	typing := KeySection{Place: typingPlace}
	for _, e := range edits {
		typing.Keys = append(typing.Keys, [2]string{keyNames(e.keys), e.title})
	}
	return append(out, typing)
}
