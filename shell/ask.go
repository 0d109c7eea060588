package shell

import (
	"context"
	"strings"
)

var yesOption = Option{Name: "y", Desc: "do not ask", Own: true}

// ask asks whether to go on, where there is somebody to be asked: see Config.Ask.
// A no is an error.
func (c *Call) ask(question string) error {
	if !c.asks() {
		return nil
	}
	return c.askBy(c.sh.cfg.Ask, question)
}

// askBy asks by one of the ways to ask that Config has.
func (c *Call) askBy(ask func(context.Context, string) (bool, error), question string) error {
	return answered(ask(c.ctx, question))
}

// confirm asks whether znodes are to be taken.
func (c *Call) confirm(t *Taken, question string) error {
	word := t.Word()
	if word == "" || !c.asks() || c.sh.cfg.AskWord == nil {
		return c.ask(question)
	}
	return answered(c.sh.cfg.AskWord(c.ctx, question, word))
}

func answered(yes bool, err error) error {
	if err != nil {
		return err
	}
	if !yes {
		return failf("Nothing was done")
	}
	return nil
}

// asks tells whether there is somebody to be asked, who wants to be.
func (c *Call) asks() bool { return !c.has(yesOption.Name) && c.sh.cfg.Ask != nil }

// Questions are on their way from commands that run to the front end that puts
// them.
type Questions chan Question

// Ask puts a question and waits for its answer; it is made for Config.Ask.
func (qs Questions) Ask(ctx context.Context, text string) (bool, error) {
	return qs.AskWord(ctx, text, "")
}

// AskWord is Ask for Config.AskWord.
func (qs Questions) AskWord(ctx context.Context, text, word string) (bool, error) {
	q := Question{text, word, make(chan bool, 1)}
	select {
	case qs <- q:
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

// A Question is what a command wants to know before it goes on. The last line of its
// text is the question, those before say why it is asked.
type Question struct {
	Text   string
	Word   string    // what alone agrees; "" if it is a matter of yes or no
	answer chan bool // holds one
}

// Parts are what is said before the question, perhaps nothing, and the question.
func (q Question) Parts() (why, question string) {
	i := strings.LastIndexByte(q.Text, '\n')
	return q.Text[:max(i, 0)], q.Text[i+1:]
}

// IsWord tells whether an answer is the word that was asked for, as a terminal shows
// it.
func IsWord(answer, word string) bool {
	answer = strings.TrimSpace(answer)
	return answer != "" && (answer == word || answer == Printable(word) || answer == strings.TrimSpace(word))
}

// Answer tells the command. Only the first answer counts, and nobody waits for it to
// be heard.
func (q Question) Answer(yes bool) {
	select {
	case q.answer <- yes:
	default:
	}
}
