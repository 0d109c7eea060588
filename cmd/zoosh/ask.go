package main

import (
	"bufio"
	"fmt"
	"io"

	"zoosh/shell"
	"zoosh/shell/workspace"
)

// answer has a question answered on the terminal that a single command runs on.
func (std stdio) answer(q *workspace.Question) {
	if why, _ := q.Parts(); why != "" {
		fmt.Fprintln(std.err, shell.Printable(why))
	}
	fmt.Fprint(std.err, shell.Printable(q.Prompt()))
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
		q.Answer(q.Agrees(answer))
	case <-q.Over():
		fmt.Fprintln(std.err)
	}
}

// progressOn shows how far a command is in a line of its own, which it takes
// away at the end.
func progressOn(w io.Writer) func(string) {
	return func(text string) { fmt.Fprint(w, "\r"+shell.Printable(text)+"\x1b[K") }
}
