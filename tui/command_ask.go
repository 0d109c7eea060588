package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// A shellQuestion is what a command wants to know before it goes on.
type shellQuestion struct {
	text   string
	answer chan bool // holds one
}

// agreed marks the context of a command that was asked about already, in the
// tree.
type agreed struct{}

// ask is the shell's question; it runs beside the screen, with the command.
func (t *tab) ask(ctx context.Context, text string) (bool, error) {
	if ctx.Value(agreed{}) != nil {
		return true, nil
	}
	q := shellQuestion{text, make(chan bool, 1)}
	select {
	case t.questions <- q:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	select {
	case yes := <-q.answer:
		return yes, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// nextQuestion waits until the command that runs under ctx asks, or has ended.
func (t *tab) nextQuestion(ctx context.Context) tea.Cmd {
	return func() tea.Msg {
		select {
		case q := <-t.questions:
			return actionMsg(func(m *Model) tea.Cmd {
				yes := func(*Model) tea.Cmd {
					q.answer <- true
					return t.nextQuestion(ctx)
				}
				m.endOverlay()
				m.overlay = &commandQuestion{question{title: "Go on?", what: q.text,
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
	asked shellQuestion
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
func (q *commandQuestion) end(*Model) {
	select {
	case q.asked.answer <- false:
	default:
	}
}
