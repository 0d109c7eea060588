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

// wordPrompt is a question as a prompt that only a word answers.
func wordPrompt(question, word string) string {
	return shell.Printable(question) + " Type " + shell.Printable(word) + " to go on: "
}

// isWord tells whether an answer is the word.
func isWord(word string) func(answer string) bool {
	return func(answer string) bool { return shell.IsWord(answer, word) }
}

// ask asks on the terminal that a single command runs on.
func (std stdio) ask(ctx context.Context, question string) (bool, error) {
	return std.answer(ctx, askPrompt(question), isYes)
}

// askWord asks there what only a word answers.
func (std stdio) askWord(ctx context.Context, question, word string) (bool, error) {
	return std.answer(ctx, wordPrompt(question, word), isWord(word))
}

func (std stdio) answer(ctx context.Context, prompt string, agrees func(string) bool) (bool, error) {
	fmt.Fprint(std.err, prompt)
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
		return agrees(answer), nil
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
