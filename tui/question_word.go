package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// A typedWord is the answer to a question that one key is not enough for: as much goes
// as nobody should say yes to without having read of what.
type typedWord struct {
	word string // "": a key is enough
	in   ui.Input
	row  int // of the box, where it is typed
}

func (a *typedWord) asked() bool { return a.word != "" }

// key edits the word. Enter does what was asked about if it is right, and nothing else.
func (a *typedWord) key(m *Model, k tea.KeyPressMsg, do func(*Model) tea.Cmd) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c", "ctrl+g":
		m.overlay = nil
	case "enter":
		m.overlay = nil
		if shell.IsWord(a.in.Text(), a.word) {
			return do(m)
		}
		return m.say(true, "that is not "+a.word+": nothing was done")
	default:
		a.in.Key(k)
	}
	return nil
}

func (a *typedWord) paste(text string) tea.Cmd {
	if a.asked() {
		a.in.Insert(text)
	}
	return nil
}

// wordLead stands before what is typed.
const wordLead = " > "

func (a *typedWord) rows(t *ui.Theme, label string, w int) []string {
	var rows []string
	for _, row := range ui.WrapWords("Type "+shell.Printable(a.word)+" and Enter: "+label+"; Esc: no", w) {
		rows = append(rows, " "+row)
	}
	return append(rows, t.Key.Render(wordLead)+shell.Printable(a.in.Text()))
}

func (a *typedWord) cursor() (x, y int, shown bool) {
	return 1 + len(wordLead) + a.in.CursorCell(), a.row, a.asked()
}
