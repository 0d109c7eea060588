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

// IsWord tells whether an answer is the word that was asked for, as a terminal shows
// it.
func IsWord(answer, word string) bool {
	answer = strings.TrimSpace(answer)
	return answer != "" && (answer == word || answer == Printable(word) || answer == strings.TrimSpace(word))
}
