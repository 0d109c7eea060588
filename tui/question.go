package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// A choice is an answer to a question.
type choice struct {
	key, label string
	run        func(m *Model) tea.Cmd
}

// A question asks before something is lost. Whatever is no choice's key leaves
// all as it was.
type question struct {
	title, what, warning string
	choices              []choice
	word                 typedWord // of the first choice, if its key is not enough
}

// ask shows a question in place of whatever lies over the panes.
func (m *Model) ask(q *question) {
	m.endOverlay()
	m.overlay = q
}

func (q *question) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	if q.word.asked() {
		return q.word.key(m, k, q.choices[0].run)
	}
	for _, c := range q.choices {
		if strings.EqualFold(c.key, key) {
			m.overlay = nil
			return c.run(m)
		}
	}
	switch key {
	case "n", "N", "esc", "ctrl+c", "q", "enter":
		m.overlay = nil
	}
	return nil
}

func (q *question) paste(_ *Model, text string) tea.Cmd { return q.word.paste(text) }

func (q *question) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	if _, pressed := msg.(tea.MouseClickMsg); pressed {
		m.overlay = nil
	}
	return nil
}

func (q *question) cursor() (x, y int, shown bool) { return q.word.cursor() }

func (q *question) box(m *Model, w, h int) []string {
	return questionBox(m.theme, q.title, q.what, q.warning, q.choices, &q.word, w, h)
}

// questionBox is a question with its answers, which stay where there is little
// room.
func questionBox(t *ui.Theme, title, what, warning string, choices []choice, word *typedWord, w, h int) []string {
	w = min(w, 60)
	rows := []string{""}
	for _, row := range ui.Wrap(ui.OneLine(what), w-4) {
		rows = append(rows, " "+t.Bold.Render(row))
	}
	rows = append(rows, "")
	for _, row := range ui.WrapWords(ui.OneLine(warning), w-4) {
		rows = append(rows, " "+t.Warn.Render(row))
	}
	answers := answers(t, append(choices, choice{key: "n", label: "no"}), w-4)
	if word.asked() {
		answers = word.rows(t, choices[0].label, w-4)
	}
	if room := max(0, h-2-len(answers)); len(rows) >= room {
		rows = rows[:room]
	} else {
		rows = append(rows, "")
	}
	word.row = len(rows) + len(answers)
	return t.Boxed(title, append(rows, answers...), w)
}

// answers are the choices in a row, or in one each.
func answers(t *ui.Theme, choices []choice, w int) []string {
	var each []string
	width := 0
	for _, c := range choices {
		each = append(each, " "+t.Key.Render(c.key)+" "+c.label)
		width += ui.WidthOf(each[len(each)-1]) + 2
	}
	if width-2 <= w {
		return []string{strings.Join(each, "  ")}
	}
	return each
}
