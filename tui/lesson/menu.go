package lesson

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/prose"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/walkthrough"
)

// turnSuffix tells in the list of finished lessons that the student did the steps.
const turnSuffix = " turn"

// wholeSession is the lesson in which all roles play, and so on the stage.
const wholeSession = "master-worker"

// showLessons lists the lessons, which are read when somebody asks for them.
func (p *Pane) showLessons() tea.Cmd {
	language := p.cfg.Language
	return func() tea.Msg {
		all, err := roles.Lessons(language)
		if err != nil {
			return ui.Say{Bad: true, Text: err.Error()}
		}
		return ui.Do(func() tea.Cmd {
			p.cfg.Host.Send(ui.Show{Overlay: &menu{pane: p, all: all, words: wordsOf(language)}})
			return nil
		})
	}
}

// finish keeps that the lesson was played to its end.
func (p *Pane) finish() tea.Cmd {
	if !p.Here() {
		return nil
	}
	name := p.cfg.Player.Lesson().Name
	if p.cfg.Player.State().Turn() {
		name += turnSuffix
	}
	if slices.Contains(p.finished, name) {
		return nil
	}
	p.finished = append(p.finished, name)
	keep := p.cfg.Finish
	if keep == nil {
		return nil
	}
	return func() tea.Msg { keep(name); return nil }
}

// menu lists the lessons.
type menu struct {
	pane  *Pane
	all   []*roles.Lesson
	words *words
	list  ui.List
	room  int // rows of lessons
	x, y  int // where the box stands on the screen
	w     int // how wide it is
}

// Key implements ui.Overlay.
func (o *menu) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(o.all)
	key := k.String()
	if o.pane.action(listTitle).Has(key) { // what has shown it puts it away, too
		return nil, true
	}
	switch key {
	case "esc", "q", "ctrl+c":
		return nil, true
	case "shift+tab":
		o.list.Move(-1, n, o.room)
	case "tab":
		o.list.Move(1, n, o.room)
	case "enter", "space":
		return o.play(false), true
	case "t":
		return o.play(true), true
	default:
		o.list.Key(key, n, o.room)
	}
	return nil, false
}

func (o *menu) play(turn bool) tea.Cmd {
	i := o.list.At(len(o.all))
	if i < 0 {
		return nil
	}
	return o.pane.play(o.all[i], walkthrough.Options{Turn: turn, Stage: o.all[i].Name == wholeSession})
}

// Paste implements ui.Overlay.
func (o *menu) Paste(string) tea.Cmd { return nil }

// Mouse selects a lesson; a click on the one that is selected plays it, one beside
// the box closes it.
func (o *menu) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), len(o.all), o.room)
	case tea.MouseClickMsg:
		row := at.Y - o.y - 1
		if row < 0 || row >= o.room || at.X <= o.x || at.X >= o.x+o.w-1 {
			return nil, true
		}
		was := o.list.At(len(o.all))
		o.list.Point(row, len(o.all), o.room)
		if o.list.At(len(o.all)) == was {
			return o.play(false), true
		}
	}
	return nil, false
}

// PlaceAt implements ui.Placed.
func (o *menu) PlaceAt(x, y int) { o.x, o.y = x, y }

// Cursor implements ui.Overlay.
func (o *menu) Cursor() (x, y int, shown bool) { return 0, 0, false }

// summaryRows are kept for what the selected lesson is about.
const summaryRows = 2

// Box implements ui.Overlay.
func (o *menu) Box(t *ui.Theme, w, h int) []string {
	n := len(o.all)
	w = min(w, 88)
	o.w = w
	o.room = ui.Between(1, h-summaryRows-4, n)
	o.list.Settle(n, o.room)
	var rows []string
	for i := o.list.Top; i < min(n, o.list.Top+o.room); i++ {
		rows = append(rows, o.row(t, i, w-2))
	}
	rows = append(rows, t.Dim.Render(" "+o.words.menuHelp), "")
	about := prose.Layout(o.all[o.list.At(n)].Summary, w-4)
	for i := range summaryRows {
		row := ""
		if i < len(about) {
			row = " " + t.Prose(about[i])
		}
		rows = append(rows, row)
	}
	return t.Boxed(o.words.menu, rows, w)
}

// row is a lesson: whether it was played, its title, how long it is, what it is
// about.
func (o *menu) row(t *ui.Theme, i, w int) string {
	l := o.all[i]
	mark, said := t.Glyph.Leaf, ""
	switch {
	case slices.Contains(o.pane.finished, l.Name+turnSuffix):
		mark, said = t.Glyph.Right, o.words.done
	case slices.Contains(o.pane.finished, l.Name):
		mark, said = t.Glyph.Right, o.words.played
	}
	steps := fmt.Sprintf(o.words.steps, len(l.Steps))
	head := " " + mark + " " + t.Fit(shell.Printable(l.Title), min(o.widest(), w/2)) + "  " + t.Fit(steps, o.stepsWidth()) + "  "
	if said != "" {
		said = " " + said + " "
	}
	room := max(0, w-ui.WidthOf(head)-ui.WidthOf(said)-1)
	text := t.Fit(head+t.Fit(shell.Printable(l.Summary), room)+said, w)
	switch {
	case i == o.list.At(len(o.all)):
		return t.Selected.Render(text)
	case said != "":
		return t.Good.Render(text)
	}
	return text
}

func (o *menu) widest() int {
	n := 0
	for _, l := range o.all {
		n = max(n, ui.WidthOf(shell.Printable(l.Title)))
	}
	return n
}

func (o *menu) stepsWidth() int { return ui.WidthOf(fmt.Sprintf(o.words.steps, 88)) }
