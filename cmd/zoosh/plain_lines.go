package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zoosh/shell"
)

// This file is how line mode comes by its lines, and runs them. A command that waits
// for a server which was stopped or paused by command does not keep the prompt: what
// controls the server is run beside it.

// A typedLine is what reading a line came to.
type typedLine struct {
	text string
	err  error
}

// lines are the lines of a terminal. They are for one goroutine.
type lines struct {
	editor  lineEditor
	reading chan typedLine // of the line that is being typed; nil: none is
	ahead   []typedLine    // typed while something ran
}

// read has a line be typed, unless one is, and returns where it comes: to one reader,
// who calls came.
func (l *lines) read(prompt string) <-chan typedLine {
	l.editor.SetPrompt(prompt)
	if l.reading == nil {
		came := make(chan typedLine, 1)
		l.reading = came
		go func() {
			text, err := l.editor.ReadLine()
			came <- typedLine{text, err}
		}()
	}
	return l.reading
}

func (l *lines) came() { l.reading = nil }

// next is the next line, be it one that was typed before.
func (l *lines) next(prompt string) typedLine {
	if len(l.ahead) > 0 {
		t := l.ahead[0]
		l.ahead = l.ahead[1:]
		if t.err == nil {
			fmt.Fprintf(l.editor, "%s%s\n", shell.Printable(prompt), shell.Printable(t.text))
		}
		return t
	}
	t := <-l.read(prompt)
	l.came()
	return t
}

// heldWait is how long a command has before it is asked whether the server, by
// command, keeps it from its end.
const heldWait = 300 * time.Millisecond

// A lineRun is a line that runs, and perhaps another beside it.
type lineRun struct {
	p               *plainMode
	ctx             context.Context
	cancel          context.CancelFunc
	sh              *shell.Shell
	running, beside bool
	typed           <-chan typedLine // while lines are taken beside
}

// runLine runs a line, which Ctrl-C ends, and waits until it is all written.
func (p *plainMode) runLine(ctx context.Context, sh *shell.Shell, line string) {
	r := &lineRun{p: p, sh: sh, running: true}
	r.ctx, r.cancel = context.WithCancel(ctx)
	defer r.cancel()
	select {
	case <-p.interrupts: // one that came while nothing ran
	default:
	}
	go sh.Run(r.ctx, line)
	held := time.NewTicker(heldWait)
	defer held.Stop()
	for r.running || r.beside {
		select {
		case beside := <-p.done:
			r.ended(beside)
		case q := <-p.questions:
			p.answer(q)
			r.typed = nil
		case <-p.interrupts:
			r.cancel()
		case <-held.C:
			r.look()
		case t := <-r.typed:
			p.lines.came()
			r.typed = nil
			r.take(t)
		}
	}
}

// look gives the prompt back if the line waits for a server that is held up.
func (r *lineRun) look() {
	if r.typed != nil || r.beside || r.ctx.Err() != nil || !r.sh.HeldUp() {
		return
	}
	if len(r.p.lines.ahead) == 0 {
		r.p.say("the line waits for the server; of what is typed now only server runs at once")
	}
	r.typed = r.p.lines.read(r.p.sessions.Prompt())
}

// take takes a line that was typed meanwhile.
func (r *lineRun) take(t typedLine) {
	switch {
	case errors.Is(t.err, errInterrupt):
		r.cancel()
	case t.err != nil: // the end
		r.p.lines.ahead = append(r.p.lines.ahead, t)
		r.cancel()
	case r.sh.GoesBeside(t.text):
		r.p.keep(t.text)
		r.beside = true
		go r.sh.RunBeside(r.ctx, t.text)
	default:
		r.p.lines.ahead = append(r.p.lines.ahead, t)
		r.typed = r.p.lines.read(r.p.sessions.Prompt())
	}
}

func (r *lineRun) ended(beside bool) {
	if beside {
		r.beside = false
	} else {
		r.running = false
	}
}

// answer reads the answer. What is no line is no.
func (p *plainMode) answer(q shell.Question) {
	p.asking.Store(true)
	defer p.asking.Store(false)
	why, question := q.Parts()
	if why != "" { // the prompt is one line: it is drawn again and again
		fmt.Fprintln(p.editor, shell.Printable(why))
	}
	prompt, agrees := askPrompt(question), isYes
	if q.Word != "" {
		prompt, agrees = wordPrompt(question, q.Word), isWord(q.Word)
	}
	t := <-p.lines.read(prompt)
	p.lines.came()
	q.Answer(t.err == nil && agrees(t.text))
}

// keep keeps a line for later.
func (p *plainMode) keep(line string) {
	if line != "" {
		p.editor.Remember(line)
		p.history.Add(line)
	}
}
