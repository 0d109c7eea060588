package ui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// A typedWord is the answer to a question that one key is not enough for: as much goes
// as nobody should say yes to without having read of what.
type typedWord struct {
	in  Input
	row int // of the box, where it is typed
}

// key edits the word. Enter does what was asked about if it is right, and nothing else.
func (a *typedWord) key(q *Question, k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	switch k.String() {
	case "esc", "ctrl+c", "ctrl+g":
		return nil, true
	case "enter":
		if shell.IsWord(a.in.Text(), q.Word) {
			return q.Choices[0].Run(), true
		}
		q.Host.Send(Say{Bad: true, Text: "that is not " + q.Word + ": nothing was done"})
		return nil, true
	}
	a.in.Key(k)
	return nil, false
}

// wordLead stands before what is typed.
const wordLead = " > "

func (a *typedWord) rows(t *Theme, q *Question, w int) []string {
	var rows []string
	for _, row := range WrapWords("Type "+shell.Printable(q.Word)+" and Enter: "+q.Choices[0].Label+"; Esc: no", w) {
		rows = append(rows, " "+row)
	}
	return append(rows, t.Key.Render(wordLead)+shell.Printable(a.in.Text()))
}
