package tui

import (
	"context"
	"zoosh/tui/ui"

	tea "charm.land/bubbletea/v2"
)

// agreed marks the context of a command that was asked about already, in the
// tree.
type agreed struct{}

// ask is the shell's question; it runs beside the screen, with the command.
func (t *tab) ask(ctx context.Context, text string) (bool, error) {
	if ctx.Value(agreed{}) != nil {
		return true, nil
	}
	return t.questions.Ask(ctx, text)
}

// askWord is the question that only a word answers.
func (t *tab) askWord(ctx context.Context, text, word string) (bool, error) {
	if ctx.Value(agreed{}) != nil {
		return true, nil
	}
	return t.questions.AskWord(ctx, text, word)
}

// nextQuestion waits until the command that runs under ctx asks, or has ended.
func (t *tab) nextQuestion(ctx context.Context) tea.Cmd {
	return func() tea.Msg {
		select {
		case q := <-t.questions:
			return actionMsg(func(m *Model) tea.Cmd {
				line := ""
				if t.running != nil {
					line = t.running.line
				}
				yes := func() tea.Cmd {
					q.Answer(true)
					return t.nextQuestion(ctx)
				}
				return m.show(&ui.Question{
					Title: "Go on?", What: line, Warning: q.Text, Word: q.Word, Host: m,
					Choices: []ui.Choice{{Key: "y", Label: "yes", Run: yes}},
					Ended:   func() { q.Answer(false) }, // unless there is an answer already
				})
			})
		case <-ctx.Done():
			return nil
		}
	}
}
