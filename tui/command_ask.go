package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell/workspace"
	"zoosh/tui/ui"
)

// asked shows what a command wants to know. However the question is put away but by its
// key, the answer is no.
func (m *Model) asked(q *workspace.Question) tea.Cmd {
	yes := func() tea.Cmd {
		q.Answer(true)
		return nil
	}
	return m.show(&ui.Question{
		Title: "Go on?", What: q.Line, Warning: q.Text, Word: q.Word, Host: m,
		Choices: []ui.Choice{{Key: "y", Label: "yes", Run: yes}},
		Ended:   func() { q.Answer(false) }, // unless there is an answer already
	})
}
