package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	numbers "zoosh/internal/english"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// This file is how line mode comes by its lines. A command that waits for a server which
// was stopped or paused by command does not keep the prompt: what controls the server is
// run beside it.

// A typedLine is what reading a line came to.
type typedLine struct {
	text string
	err  error
}

// lines are the lines of a terminal. They are for one goroutine.
type lines struct {
	editor  lineEditor
	reading chan typedLine // of the line that is being typed; nil: none is
	end     error          // of the input, if it came while something ran
	// goesOn: a command is being typed that goes on in another line. answering: what is
	// typed is an answer, which has one line.
	goesOn, answering atomic.Bool
}

// read has a line be typed, unless one is, and returns where it comes: to one reader,
// who calls came.
func (l *lines) read(prompt string) <-chan typedLine {
	l.editor.SetPrompt(prompt)
	if l.reading == nil {
		came := make(chan typedLine, 1)
		l.reading = came
		go func() { came <- l.readCommand() }()
	}
	return l.reading
}

// readCommand reads a line, and those that it goes on in.
func (l *lines) readCommand() typedLine {
	var typed strings.Builder
	var entry shell.Entry
	defer l.goesOn.Store(false)
	for {
		text, err := l.editor.ReadLine()
		if err != nil || l.answering.Load() {
			return typedLine{text, err}
		}
		typed.WriteString(text)
		if !addLines(&entry, text) {
			return typedLine{typed.String(), nil}
		}
		typed.WriteByte('\n')
		l.goesOn.Store(true)
		l.editor.SetPrompt(shell.Continued)
	}
}

// addLines adds what was typed or pasted at once, and tells whether its last command
// goes on.
func addLines(e *shell.Entry, text string) (open bool) {
	for line := range strings.SplitSeq(text, "\n") {
		if open = e.Add(line); !open {
			*e = shell.Entry{}
		}
	}
	return open
}

func (l *lines) came() { l.reading = nil }

// commands are the commands of what was typed; it is one, unless it was pasted.
func (t typedLine) commands() []string {
	if texts, _ := shell.SplitCommands(t.text); len(texts) > 1 {
		return texts
	}
	return []string{t.text}
}

// next is what is typed next.
func (l *lines) next(prompt string) typedLine {
	if l.end != nil {
		return typedLine{err: l.end}
	}
	t := <-l.read(prompt)
	l.came()
	return t
}

// A lineRun is lines that run and wait, and perhaps more that are typed meanwhile.
type lineRun struct {
	p     *plainMode
	ctx   context.Context
	jobs  []*workspace.Job // that have not ended, the oldest first
	typed <-chan typedLine // while lines are taken beside
}

// runLines runs lines, which Ctrl-C ends, and waits until all is written.
func (p *plainMode) runLines(ctx context.Context, commands []string) {
	select {
	case <-p.interrupts: // one that came while nothing ran
	default:
	}
	r := &lineRun{p: p, ctx: ctx}
	r.submit(commands)
	for len(r.jobs) > 0 {
		select {
		case <-r.jobs[0].Done():
			r.jobs = r.jobs[1:]
		case q := <-p.questions:
			p.answer(q)
			if r.typed != nil {
				r.typed = p.lines.read(p.prompt())
			}
		case <-p.interrupts:
			r.interrupt()
		case held := <-p.held:
			r.look(held)
		case t := <-r.typed:
			p.lines.came()
			r.typed = nil
			r.take(t)
		}
	}
	p.ws.Stream().Drain(context.Background())
}

func (r *lineRun) submit(commands []string) {
	for _, text := range commands {
		r.jobs = append(r.jobs, r.p.ws.Submit(r.ctx, workspace.Line{Text: text}))
	}
}

// look gives the prompt back if a line waits for a server that is held up.
func (r *lineRun) look(held workspace.HeldUp) {
	if r.typed != nil || r.ctx.Err() != nil || !held.Still() {
		return
	}
	if r.p.ws.Waiting() == 0 {
		r.p.say("the line waits for the server; of what is typed now only server runs at once")
	}
	r.typed = r.p.lines.read(r.p.prompt())
}

// interrupt ends what runs, and what was to follow.
func (r *lineRun) interrupt() {
	n := r.p.ws.Drop()
	r.p.ws.Cancel()
	if n > 0 {
		r.p.say("%s not run", numbers.CountOf(n, "line that waited is", "lines that waited are"))
	}
}

// take takes what was typed meanwhile. When it goes beside the line that waits, it is
// told again how that one is.
func (r *lineRun) take(t typedLine) {
	switch {
	case errors.Is(t.err, errInterrupt):
		r.interrupt()
	case t.err != nil:
		r.p.lines.end = t.err
		r.p.ws.Cancel()
	default:
		commands := t.commands()
		r.submit(commands)
		if !slices.ContainsFunc(commands, r.p.ws.Front().Shell().GoesBeside) {
			r.typed = r.p.lines.read(r.p.prompt())
		}
	}
}

// answer reads the answer. What is no line is no.
func (p *plainMode) answer(q *workspace.Question) {
	p.asking.Store(true)
	defer p.asking.Store(false)
	p.lines.answering.Store(true)
	defer p.lines.answering.Store(false)
	if why, _ := q.Parts(); why != "" { // the prompt is one line: it is drawn again and again
		fmt.Fprintln(p.editor, shell.Printable(why))
	}
	t := <-p.lines.read(shell.Printable(q.Prompt()))
	p.lines.came()
	q.Answer(t.err == nil && q.Agrees(t.text))
}

// keep keeps a line for later.
func (p *plainMode) keep(line string) {
	if line != "" {
		p.editor.Remember(line)
		p.history.Add(line)
	}
}
