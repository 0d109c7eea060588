package command

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell/workspace"
	"zoosh/tui/ui"
)

// asked shows what a command wants to know. However the question is put away but by its
// key, the answer is no.
func (c *Pane) asked(q *workspace.Question) tea.Cmd {
	yes := func() tea.Cmd {
		q.Answer(true)
		return nil
	}
	c.cfg.Host.Send(ui.Show{Overlay: &ui.Question{
		Title: "Go on?", What: q.Line, Warning: q.Text, Word: q.Word, Host: c.cfg.Host,
		Choices: []ui.Choice{{Key: "y", Label: "yes", Run: yes}},
		Ended:   func() { q.Answer(false) }, // unless there is an answer already
	}})
	return nil
}
