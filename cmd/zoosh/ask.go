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
