package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/manual"
	"zoosh/internal/prose"
	"zoosh/tui/ui"
)

// topicMenu lists the pages of the manual.
type topicMenu struct {
	list ui.List
	room int // rows of topics on the screen
	area box // where they are
}

func showTopics(m *Model) tea.Cmd {
	m.overlay = &topicMenu{}
	return nil
}

func (o *topicMenu) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	n := len(manual.Topics())
	switch k.String() {
	case "esc", "q", "ctrl+c", "f1":
		m.overlay = nil
	case "tab", "shift+tab":
		return showHelp(m)
	case "up", "k":
		o.list.Move(-1, n, o.room)
	case "down", "j":
		o.list.Move(1, n, o.room)
	case "pgup", "b":
		o.list.Move(-o.room, n, o.room)
	case "pgdown":
		o.list.Move(o.room, n, o.room)
	case "home", "g":
		o.list.Move(-n, n, o.room)
	case "end", "G":
		o.list.Move(n, n, o.room)
	case "enter", "space", "right":
		o.open(m)
	}
	return nil
}

func (o *topicMenu) open(m *Model) { m.overlay = &topicPage{menu: o} }

func (o *topicMenu) paste(*Model, string) tea.Cmd { return nil }

// mouse selects a topic; a click on the one that is selected opens it, one beside the box
// closes it.
func (o *topicMenu) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	at, n := msg.Mouse(), len(manual.Topics())
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), n, o.room)
	case tea.MouseClickMsg:
		if !o.area.holds(at.X, at.Y) {
			m.overlay = nil
			return nil
		}
		was := o.list.At(n)
		o.list.Point(at.Y-o.area.y, n, o.room)
		if o.list.At(n) == was {
			o.open(m)
		}
	}
	return nil
}

func (o *topicMenu) cursor() (x, y int, shown bool) { return 0, 0, false }

// topicColumn is what the names of topics take.
const topicColumn = 18

// The width of the manual's boxes, frame included: prose of more cells reads badly.
const manualWidth = 84

func (o *topicMenu) box(m *Model, w, h int) []string {
	t, topics := m.theme, manual.Topics()
	w = min(w, manualWidth)
	o.room = ui.Between(1, h-2, len(topics))
	o.list.Settle(len(topics), o.room)
	var rows []string
	for i := o.list.Top; i < min(len(topics), o.list.Top+o.room); i++ {
		name := t.Fit(topics[i].Name, topicColumn)
		if i == o.list.At(len(topics)) {
			rows = append(rows, t.Selected.Render(t.Fit(" "+name+topics[i].Summary, w-2)))
			continue
		}
		rows = append(rows, " "+t.Key.Render(name)+topics[i].Summary)
	}
	high := len(rows) + 2
	o.area = box{(m.width-w)/2 + 1, max(0, (m.height-bars-high)/2) + 1, w - 2, o.room}
	return t.Boxed("Manual: Enter reads, Tab the keys, Esc closes", rows, w)
}

// topicPage shows the page that is selected in the menu.
type topicPage struct {
	menu      *topicMenu
	top, page int
	topic     string // that rows are of, for that width and theme
	w         int
	theme     *ui.Theme
	rows      []string
}

func (o *topicPage) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	n := len(manual.Topics())
	switch k.String() {
	case "esc", "q", "backspace":
		m.overlay = o.menu
	case "ctrl+c", "f1":
		m.overlay = nil
	case "tab", "shift+tab":
		return showHelp(m)
	case "right":
		o.top = 0
		o.menu.list.Move(1, n, o.menu.room)
	case "left":
		o.top = 0
		o.menu.list.Move(-1, n, o.menu.room)
	default:
		o.top = scrolledBy(k.String(), o.top, o.page)
	}
	return nil
}

func (o *topicPage) paste(*Model, string) tea.Cmd { return nil }

func (o *topicPage) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.top += ui.WheelRows(msg)
	case tea.MouseClickMsg:
		m.overlay = o.menu
	}
	return nil
}

func (o *topicPage) cursor() (x, y int, shown bool) { return 0, 0, false }

func (o *topicPage) box(m *Model, w, h int) []string {
	t := m.theme
	w = min(w, manualWidth)
	topics := manual.Topics()
	o.layOut(t, topics[max(0, o.menu.list.At(len(topics)))].Name, w-4)
	o.page = max(1, h-2)
	o.top = ui.Between(0, o.top, max(0, len(o.rows)-o.page))
	end := min(len(o.rows), o.top+o.page)
	title := fmt.Sprintf("%s %d-%d of %d: Left and Right turn pages, Esc lists them", o.topic, o.top+1, end, len(o.rows))
	return t.Boxed(title, o.rows[o.top:end], w)
}

// layOut makes the rows of a page, if they are not there yet.
func (o *topicPage) layOut(t *ui.Theme, topic string, w int) {
	if o.topic == topic && o.w == w && o.theme == t {
		return
	}
	o.topic, o.w, o.theme, o.rows = topic, w, t, nil
	page, _ := manual.Page(topic)
	for _, row := range prose.Layout(page, max(1, w)) {
		o.rows = append(o.rows, " "+t.Prose(row))
	}
}

// scrolledBy is where the first row is that is shown once a key was pressed that
// scrolls, or where it was.
func scrolledBy(key string, top, page int) int {
	switch key {
	case "up", "k":
		return top - 1
	case "down", "j":
		return top + 1
	case "pgup", "b":
		return top - max(1, page)
	case "pgdown", "space":
		return top + max(1, page)
	case "home", "g":
		return 0
	case "end", "G":
		return 1 << 20
	}
	return top
}
