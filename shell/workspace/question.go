package workspace

import (
	"context"
	"strings"

	"zoosh/shell"
)

// Questions is what a front end has somebody asked, who can answer.
type Questions int

// The questions.
const (
	NoQuestions   Questions = iota
	DataQuestions           // before the data of a znode is spoiled
	AllQuestions            // also before more than one znode is taken or overwritten
)

// A Question is what a command wants to know before it goes on. It comes as a mark, behind
// all that the command has put out. The last line of its text is the question, those
// before say why it is asked.
type Question struct {
	Session *Session
	Line    string // of the command
	Text    string
	Word    string // what alone agrees; "" if it is a matter of yes or no
	answer  chan bool
	over    <-chan struct{}
}

// Parts are what is said before the question, perhaps nothing, and the question.
func (q *Question) Parts() (why, question string) {
	i := strings.LastIndexByte(q.Text, '\n')
	return q.Text[:max(i, 0)], q.Text[i+1:]
}

// Answer tells the command. Only the first answer counts, and nobody waits for it to be
// heard.
func (q *Question) Answer(yes bool) {
	select {
	case q.answer <- yes:
	default:
	}
}

// Over is closed when the command does not wait for an answer any more.
func (q *Question) Over() <-chan struct{} { return q.over }

// Agrees tells whether an answer that was typed is a yes.
func (q *Question) Agrees(answer string) bool {
	if q.Word != "" {
		return shell.IsWord(answer, q.Word)
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// Prompt is the question, without what is said before it, as a prompt.
func (q *Question) Prompt() string {
	_, question := q.Parts()
	if q.Word != "" {
		return question + " Type " + q.Word + " to go on: "
	}
	return question + " [y/N] "
}

// ask puts a question of the shell's, and waits for its answer.
func (s *Session) ask(ctx context.Context, text string) (bool, error) {
	return s.askWord(ctx, text, "")
}

func (s *Session) askWord(ctx context.Context, text, word string) (bool, error) {
	if ctx.Value(agreed{}) != nil {
		return true, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := &Question{Session: s, Text: text, Word: word, answer: make(chan bool, 1), over: ctx.Done()}
	s.w.mu.Lock()
	if s.running != nil {
		q.Line = s.running.Text
	}
	s.w.mu.Unlock()
	s.w.Put(shell.Item{Kind: shell.Mark, Shell: s.name, Mark: q})
	select {
	case yes := <-q.answer:
		return yes, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
