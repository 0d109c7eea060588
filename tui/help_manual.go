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
	m    *Model
	list ui.List
	room int // rows of topics on the screen
	area box // where they are
}

func (m *Model) showTopics() tea.Cmd { return m.show(&topicMenu{m: m}) }

// Key implements ui.Overlay.
func (o *topicMenu) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	key := k.String()
	if o.m.isKeyOf(helpTitle, key) { // what has shown it puts it away, too
		return nil, true
	}
	switch key {
	case "esc", "q", "ctrl+c":
		return nil, true
	case "tab", "shift+tab":
		return o.m.showHelp(), false
	case "enter", "space", "right":
		return o.open(), false
	default:
		o.list.Key(key, len(manual.Topics()), o.room)
	}
	return nil, false
}

func (o *topicMenu) open() tea.Cmd { return o.m.show(&topicPage{menu: o}) }

// Paste implements ui.Overlay.
func (o *topicMenu) Paste(string) tea.Cmd { return nil }

// Mouse selects a topic; a click on the one that is selected opens it, one beside the box
// closes it.
func (o *topicMenu) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	at, n := msg.Mouse(), len(manual.Topics())
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), n, o.room)
	case tea.MouseClickMsg:
		if !o.area.holds(at.X, at.Y) {
			return nil, true
		}
		was := o.list.At(n)
		o.list.Point(at.Y-o.area.y, n, o.room)
		if o.list.At(n) == was {
			return o.open(), false
		}
	}
	return nil, false
}

// Cursor implements ui.Overlay.
func (o *topicMenu) Cursor() (x, y int, shown bool) { return 0, 0, false }

// topicColumn is what the names of topics take.
const topicColumn = 18

// The width of the manual's boxes, frame included: prose of more cells reads badly.
const manualWidth = 84

// Box implements ui.Overlay.
func (o *topicMenu) Box(t *ui.Theme, w, h int) []string {
	topics := manual.Topics()
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
	at := o.m.overlayBox(w, len(rows)+2)
	o.area = box{at.x + 1, at.y + 1, w - 2, o.room}
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

// Key implements ui.Overlay.
func (o *topicPage) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(manual.Topics())
	key := k.String()
	if o.menu.m.isKeyOf(helpTitle, key) {
		return nil, true
	}
	switch key {
	case "esc", "q", "backspace":
		return o.menu.m.show(o.menu), false
	case "ctrl+c":
		return nil, true
	case "tab", "shift+tab":
		return o.menu.m.showHelp(), false
	case "right":
		o.top = 0
		o.menu.list.Move(1, n, o.menu.room)
	case "left":
		o.top = 0
		o.menu.list.Move(-1, n, o.menu.room)
	default:
		o.top, _ = scrolledBy(key, o.top, o.page)
	}
	return nil, false
}

// Paste implements ui.Overlay.
func (o *topicPage) Paste(string) tea.Cmd { return nil }

// Mouse implements ui.Overlay.
func (o *topicPage) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.top += ui.WheelRows(msg)
	case tea.MouseClickMsg:
		return o.menu.m.show(o.menu), false
	}
	return nil, false
}

// Cursor implements ui.Overlay.
func (o *topicPage) Cursor() (x, y int, shown bool) { return 0, 0, false }

// Box implements ui.Overlay.
func (o *topicPage) Box(t *ui.Theme, w, h int) []string {
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
func scrolledBy(key string, top, page int) (to int, moved bool) {
	const all = 1 << 20 // rows: there are fewer
	if key == "space" {
		key = "pgdown"
	}
	by, moved := ui.MovedBy(key, all, max(1, page))
	return max(0, top+by), moved
}
