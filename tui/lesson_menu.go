package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/prose"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// turnSuffix tells in the list of finished lessons that the student did the steps.
const turnSuffix = " turn"

// wholeSession is the lesson in which all roles play, and so on the stage.
const wholeSession = "master-worker"

// walkNamed plays a lesson that is part of the program.
func (m *Model) walkNamed(name string, stage bool) func() tea.Cmd {
	return func() tea.Cmd {
		language := m.cfg.Language
		return func() tea.Msg {
			l, err := roles.Find(name, language)
			return actionMsg(func(m *Model) tea.Cmd {
				if err != nil {
					return m.say(true, err.Error())
				}
				return m.play(l, walkOptions{stage: stage})
			})
		}
	}
}

// showLessons lists the lessons, which are read when somebody asks for them.
func (m *Model) showLessons() tea.Cmd {
	language := m.cfg.Language
	return func() tea.Msg {
		all, err := roles.Lessons(language)
		return actionMsg(func(m *Model) tea.Cmd {
			if err != nil {
				return m.say(true, err.Error())
			}
			return m.show(&lessonMenu{m: m, all: all, words: wordsOf(language)})
		})
	}
}

// finishLesson keeps that a lesson was played to its end.
func (m *Model) finishLesson(name string, turn bool) tea.Cmd {
	if turn {
		name += turnSuffix
	}
	if slices.Contains(m.finished, name) {
		return nil
	}
	m.finished = append(m.finished, name)
	keep := m.cfg.Finish
	if keep == nil {
		return nil
	}
	return func() tea.Msg { keep(name); return nil }
}

// lessonMenu lists the lessons.
type lessonMenu struct {
	m     *Model
	all   []*roles.Lesson
	words *lessonWords
	list  ui.List
	room  int
	area  box
}

// Key implements ui.Overlay.
func (o *lessonMenu) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(o.all)
	switch key := k.String(); key {
	case "esc", "q", "ctrl+c", "f7":
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

func (o *lessonMenu) play(turn bool) tea.Cmd {
	i := o.list.At(len(o.all))
	if i < 0 {
		return nil
	}
	return o.m.play(o.all[i], walkOptions{turn: turn, stage: o.all[i].Name == wholeSession})
}

// Paste implements ui.Overlay.
func (o *lessonMenu) Paste(string) tea.Cmd { return nil }

// Mouse selects a lesson; a click on the one that is selected plays it, one beside
// the box closes it.
func (o *lessonMenu) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		o.list.Scroll(ui.WheelRows(msg), len(o.all), o.room)
	case tea.MouseClickMsg:
		if !o.area.holds(at.X, at.Y) {
			return nil, true
		}
		was := o.list.At(len(o.all))
		o.list.Point(at.Y-o.area.y, len(o.all), o.room)
		if o.list.At(len(o.all)) == was {
			return o.play(false), true
		}
	}
	return nil, false
}

// Cursor implements ui.Overlay.
func (o *lessonMenu) Cursor() (x, y int, shown bool) { return 0, 0, false }

// summaryRows are kept for what the selected lesson is about.
const summaryRows = 2

// Box implements ui.Overlay.
func (o *lessonMenu) Box(t *ui.Theme, w, h int) []string {
	n := len(o.all)
	w = min(w, 88)
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
	at := o.m.overlayBox(w, len(rows)+2)
	o.area = box{at.x + 1, at.y + 1, w - 2, o.room}
	return t.Boxed(o.words.menu, rows, w)
}

// row is a lesson: whether it was played, its title, how long it is, what it is
// about.
func (o *lessonMenu) row(t *ui.Theme, i, w int) string {
	l := o.all[i]
	mark, said := t.Glyph.Leaf, ""
	switch {
	case slices.Contains(o.m.finished, l.Name+turnSuffix):
		mark, said = t.Glyph.Right, o.words.done
	case slices.Contains(o.m.finished, l.Name):
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

func (o *lessonMenu) widest() int {
	n := 0
	for _, l := range o.all {
		n = max(n, ui.WidthOf(shell.Printable(l.Title)))
	}
	return n
}

func (o *lessonMenu) stepsWidth() int { return ui.WidthOf(fmt.Sprintf(o.words.steps, 88)) }
