package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// A Choice is an answer to a question.
type Choice struct {
	Key, Label string
	Run        func() tea.Cmd
}

// A Question asks before something is lost. Whatever is no choice's key leaves
// all as it was.
type Question struct {
	Title, What, Warning string
	Choices              []Choice
	// Word, if there is one, has to be typed for the first choice: a key is not enough.
	Word string
	// Wait says why the first choice cannot be taken yet, "" if it can. nil: it can.
	Wait func() string
	// Ended is called once when the question has been put away. nil: nobody wants to know.
	Ended func()
	// Says is the warning as it is now, in place of Warning, where that changes.
	Says func() string
	// Host is told what is wrong with an answer.
	Host Host

	word typedWord
}

// Key implements Overlay.
func (q *Question) Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	key := k.String()
	if q.Word != "" {
		return q.word.key(q, k)
	}
	for i, c := range q.Choices {
		if !strings.EqualFold(c.Key, key) {
			continue
		}
		if i == 0 && q.Wait != nil {
			if why := q.Wait(); why != "" {
				q.Host.Send(Say{Text: why})
				return nil, false
			}
		}
		return c.Run(), true
	}
	switch key {
	case "n", "N", "esc", "ctrl+c", "q", "enter":
		return nil, true
	}
	return nil, false
}

// Paste implements Overlay.
func (q *Question) Paste(text string) tea.Cmd {
	if q.Word != "" {
		q.word.in.Insert(text)
	}
	return nil
}

// Mouse implements Overlay: a click anywhere is no.
func (q *Question) Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool) {
	_, pressed := msg.(tea.MouseClickMsg)
	return nil, pressed
}

// End implements Ender.
func (q *Question) End() {
	if q.Ended != nil {
		q.Ended()
	}
}

// Cursor implements Overlay.
func (q *Question) Cursor() (x, y int, shown bool) {
	return 1 + len(wordLead) + q.word.in.CursorCell(), q.word.row, q.Word != ""
}

// Box implements Overlay: the answers stay where there is little room.
func (q *Question) Box(t *Theme, w, h int) []string {
	w = min(w, 60)
	rows := []string{""}
	for _, row := range Wrap(OneLine(q.What), w-4) {
		rows = append(rows, " "+t.Bold.Render(row))
	}
	rows = append(rows, "")
	warning := q.Warning
	if q.Says != nil {
		warning = q.Says()
	}
	for _, row := range WrapWords(OneLine(warning), w-4) {
		rows = append(rows, " "+t.Warn.Render(row))
	}
	answers := t.answers(append(q.Choices[:len(q.Choices):len(q.Choices)], Choice{Key: "n", Label: "no"}), w-4)
	if q.Word != "" {
		answers = q.word.rows(t, q, w-4)
	}
	if room := max(0, h-2-len(answers)); len(rows) >= room {
		rows = rows[:room]
	} else {
		rows = append(rows, "")
	}
	q.word.row = len(rows) + len(answers)
	return t.Boxed(q.Title, append(rows, answers...), w)
}

// answers are the choices in a row, or in one each.
func (t *Theme) answers(choices []Choice, w int) []string {
	var each []string
	width := 0
	for _, c := range choices {
		each = append(each, " "+t.Key.Render(c.Key)+" "+c.Label)
		width += WidthOf(each[len(each)-1]) + 2
	}
	if width-2 <= w {
		return []string{strings.Join(each, "  ")}
	}
	return each
}
