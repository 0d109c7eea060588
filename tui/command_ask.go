package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
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
				yes := func(*Model) tea.Cmd {
					q.Answer(true)
					return t.nextQuestion(ctx)
				}
				m.endOverlay()
				line := ""
				if t.running != nil {
					line = t.running.line
				}
				m.overlay = &commandQuestion{question{title: "Go on?", what: line, warning: q.Text, word: typedWord{word: q.Word},
					choices: []choice{{key: "y", label: "yes", run: yes}}}, q}
				return nil
			})
		case <-ctx.Done():
			return nil
		}
	}
}

// A commandQuestion is the question while it is on the screen. However it is put
// away but by its key, the answer is no.
type commandQuestion struct {
	question
	asked shell.Question
}

func (q *commandQuestion) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	cmd := q.question.key(m, k)
	if m.overlay == nil {
		q.end(m)
	}
	return cmd
}

func (q *commandQuestion) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	cmd := q.question.mouse(m, msg)
	if m.overlay == nil {
		q.end(m)
	}
	return cmd
}

// end says no, unless there is an answer already.
func (q *commandQuestion) end(*Model) { q.asked.Answer(false) }
