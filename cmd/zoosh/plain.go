package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"

	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
)

// A lineEditor is what line mode needs of readline, which stays behind it.
type lineEditor interface {
	// ReadLine shows the prompt and reads a line. errInterrupt says that the
	// line was given up, io.EOF that there will be none.
	ReadLine() (string, error)
	// Write puts text above the line that is being typed.
	io.Writer
	// SetPrompt changes the prompt, at once if a line is being typed.
	SetPrompt(prompt string)
	// Remember puts a line into the history of this run.
	Remember(line string)
	Close() error
}

var errInterrupt = errors.New("interrupted")

// runPlain is line mode: zkCli's prompt, with history and completion.
func runPlain(ctx context.Context, cfg shell.Config, questions workspace.Questions, std stdio, rec *transcript.Recording) int {
	p := newPlainMode(cfg, questions)
	p.record = rec
	editor, err := newReadline(p)
	if err != nil {
		complain(std.err, "zoosh: line mode:", err)
		return codeFailed
	}
	defer editor.Close()
	p.editor = editor
	history, err := openHistory()
	if err != nil {
		p.say("the history is not kept: %v", err)
	}
	code := p.run(ctx, history)
	if ctx.Err() != nil {
		fmt.Fprintln(std.out) // behind the line that was being typed
	}
	return code
}

// plainMode is line mode at work: one goroutine reads lines, the other writes what comes
// out of them, and is the only one that writes while they run.
type plainMode struct {
	connect    string   // what is told to be connected to
	notes      []string // said before there is a prompt, which they would run into
	ws         *workspace.Workspace
	record     *transcript.Recording // from the beginning; nil if nothing is
	editor     lineEditor
	width      func() int // of the screen that prompts are for; nil: there is none
	lines      lines
	history    *history
	ended      chan struct{}         // the stream has ended
	interrupts chan os.Signal        // Ctrl-C while a command runs
	held       chan workspace.HeldUp // the line that runs
	questions  chan *workspace.Question
	asking     atomic.Bool // the prompt is a question
	over       atomic.Bool // no line is read any more
	flood      flood
}

// newPlainMode makes line mode but for its editor.
func newPlainMode(cfg shell.Config, questions workspace.Questions) *plainMode {
	p := &plainMode{
		connect: cfg.PlaceOf(cfg.Connect),
		ended:   make(chan struct{}), interrupts: make(chan os.Signal, 1),
		held: make(chan workspace.HeldUp, 1), questions: make(chan *workspace.Question),
	}
	if !cfg.Quiet {
		p.notes = cfg.Notes
	}
	cfg.Notes = nil
	cfg.Progress = func(text string) { progressOn(p.editor)(text) }
	p.ws = workspace.New(workspace.Config{Shell: cfg, Questions: questions, Says: "zoosh: ", Remember: p.keep})
	p.ws.Add(transcript.DefaultSession)
	p.flood.put = p.ws.Put
	return p
}

// prompt is the prompt of the moment.
func (p *plainMode) prompt() string { return p.ws.Prompt(p.columns()) }

// columns is how wide the screen is, 0 if there is none.
func (p *plainMode) columns() int {
	if p.width == nil {
		return 0
	}
	return p.width()
}

// run is a session of line mode from the greeting to the end; it returns the
// exit code.
func (p *plainMode) run(ctx context.Context, history *history) int {
	// For the whole of it, and not only while a command runs: the terminal is not
	// raw in the moments before and after, and Ctrl-C would end zoosh there.
	signal.Notify(p.interrupts, os.Interrupt)
	defer signal.Stop(p.interrupts)
	p.history, p.lines.editor = history, p.editor
	for _, line := range history.Lines() {
		p.editor.Remember(line)
	}
	fmt.Fprintf(p.editor, "Connecting to %s\nWelcome to ZooKeeper!\n", shell.Printable(p.connect))
	for _, note := range p.notes {
		fmt.Fprintln(p.editor, shell.Printable(note))
	}
	go p.print()
	code := codeFailed
	if err := p.open(ctx); err != nil {
		p.say("%v", err)
	} else {
		code = p.loop(ctx)
	}
	p.over.Store(true)
	if err := p.ws.Close(0); err != nil {
		p.say("%v", err)
	}
	p.ws.Stream().Close()
	<-p.ended
	if signalled, ended := signalCode(ctx); ended {
		return signalled
	}
	return code
}

// open opens the first session, and begins the recording if there is to be one.
func (p *plainMode) open(ctx context.Context) error {
	first := p.ws.Front()
	if err := <-first.Open(ctx); err != nil || p.record == nil {
		return err
	}
	notes, err := p.ws.StartRecording(ctx, first.Shell(), *p.record)
	for _, n := range notes {
		p.say("note: %s", n)
	}
	return err
}

// say puts a line of zoosh's own on the terminal.
func (p *plainMode) say(format string, args ...any) {
	fmt.Fprintf(p.editor, "zoosh: %s\n", shell.Printable(fmt.Sprintf(format, args...)))
}

// loop reads lines and runs them until quit, Ctrl-D or the end of ctx.
func (p *plainMode) loop(ctx context.Context) int {
	stop := context.AfterFunc(ctx, func() { p.editor.Close() })
	defer stop()
	for {
		typed := p.lines.next(p.prompt())
		switch {
		case errors.Is(typed.err, errInterrupt):
			continue
		case typed.err != nil:
			return p.ws.Front().Shell().Code() // Ctrl-D, or the terminal has gone
		}
		p.runLines(ctx, typed.commands())
		if quit := p.ws.Quitting(); quit != nil {
			return quit.Shell().Code()
		}
		if ctx.Err() != nil {
			return p.ws.Front().Shell().Code()
		}
	}
}

// print writes the items, made safe for a terminal, and keeps the prompt true.
func (p *plainMode) print() {
	defer close(p.ended)
	for {
		it, ok := p.ws.Stream().Next()
		if !ok {
			return
		}
		if text := it.Shown(); text != "" && (it.Kind != shell.Watch || p.flood.shows()) {
			io.WriteString(p.editor, shell.Printable(text))
		}
		switch it.Kind {
		case shell.Began:
			p.echo(it)
		case shell.State:
			io.WriteString(p.editor, shell.Printable(it.Note))
			if !p.over.Load() && !p.asking.Load() && !p.lines.goesOn.Load() {
				p.editor.SetPrompt(p.prompt())
			}
		case shell.Mark:
			p.marked(it.Mark)
		}
	}
}

// echo shows a line that waited: its prompt was not there when it was typed.
func (p *plainMode) echo(began shell.Item) {
	if began.Given == shell.GivenBefore && !began.Beside {
		text := strings.ReplaceAll(began.Line, "\n", "\n"+shell.Continued)
		fmt.Fprintf(p.editor, "%s%s\n", shell.Printable(p.ws.PromptOf(began, p.columns())), shell.Printable(text))
	}
}

// marked hands what the workspace tells to who reads the lines.
func (p *plainMode) marked(mark any) {
	switch mark := mark.(type) {
	case *workspace.Question:
		select {
		case p.questions <- mark:
		case <-mark.Over():
		}
	case workspace.HeldUp:
		select {
		case p.held <- mark:
		default:
		}
	}
}
