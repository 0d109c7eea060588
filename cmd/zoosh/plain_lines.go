package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
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
	ahead   []typedLine    // typed while something ran, or behind another in one paste
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
func (t typedLine) commands() []typedLine {
	texts, _ := shell.SplitCommands(t.text)
	if t.err != nil || len(texts) < 2 {
		return []typedLine{t}
	}
	all := make([]typedLine, len(texts))
	for i, text := range texts {
		all[i].text = text
	}
	return all
}

// next is the next line, be it one that was typed before.
func (l *lines) next(prompt string) typedLine {
	if len(l.ahead) > 0 {
		t := l.ahead[0]
		l.ahead = l.ahead[1:]
		if t.err == nil {
			text := strings.ReplaceAll(t.text, "\n", "\n"+shell.Continued)
			fmt.Fprintf(l.editor, "%s%s\n", shell.Printable(prompt), shell.Printable(text))
		}
		return t
	}
	t := <-l.read(prompt)
	l.came()
	all := t.commands()
	l.ahead = append(l.ahead, all[1:]...)
	return all[0]
}

// giveUp drops the lines that wait, and tells how many there were.
func (l *lines) giveUp() int {
	n := len(l.ahead)
	if n > 0 && l.ahead[n-1].err != nil { // the end is kept
		n--
	}
	l.ahead = l.ahead[n:]
	return n
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
			r.interrupt()
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

// interrupt ends what runs, and what was to follow.
func (r *lineRun) interrupt() {
	r.cancel()
	switch n := r.p.lines.giveUp(); {
	case n == 1:
		r.p.say("1 line that waited is not run")
	case n > 1:
		r.p.say("%d lines that waited are not run", n)
	}
}

// take takes what was typed meanwhile: of a paste the first line that can be run now.
func (r *lineRun) take(t typedLine) {
	all := t.commands()
	now := slices.IndexFunc(all, func(t typedLine) bool { return r.sh.GoesBeside(t.text) })
	if now < 0 {
		now = len(all) - 1
	}
	r.p.lines.ahead = append(r.p.lines.ahead, slices.Delete(slices.Clone(all), now, now+1)...)
	r.takeLine(all[now])
}

func (r *lineRun) takeLine(t typedLine) {
	switch {
	case errors.Is(t.err, errInterrupt):
		r.interrupt()
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
	p.lines.answering.Store(true)
	defer p.lines.answering.Store(false)
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
