package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"zoosh/shell"
)

// isYes tells whether an answer agrees.
func isYes(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// askPrompt is a question as a prompt.
func askPrompt(question string) string { return shell.Printable(question) + " [y/N] " }

// ask asks on the terminal that a single command runs on.
func (std stdio) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(std.err, askPrompt(question))
	answers := make(chan string, 1)
	go func() {
		answer, err := bufio.NewReader(std.in).ReadString('\n')
		if err != nil && err != io.EOF {
			answer = ""
		}
		answers <- answer
	}()
	select {
	case answer := <-answers:
		return isYes(answer), nil
	case <-ctx.Done():
		fmt.Fprintln(std.err)
		return false, ctx.Err()
	}
}

// progressOn shows how far a command is in a line of its own, which it takes
// away at the end.
func progressOn(w io.Writer) func(string) {
	return func(text string) { fmt.Fprint(w, "\r"+shell.Printable(text)+"\x1b[K") }
}

// A plainQuestion waits for an answer at the prompt of line mode.
type plainQuestion struct {
	text   string
	answer chan bool
}

// ask is asked by a command that runs; the goroutine that reads lines answers.
func (p *plainMode) ask(ctx context.Context, question string) (bool, error) {
	q := plainQuestion{question, make(chan bool, 1)}
	select {
	case p.questions <- q:
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

// answer reads the answer. What is no line is no.
func (p *plainMode) answer(q plainQuestion) {
	p.asking.Store(true)
	defer p.asking.Store(false)
	p.editor.SetPrompt(askPrompt(q.text))
	line, err := p.editor.ReadLine()
	q.answer <- err == nil && isYes(line)
}
