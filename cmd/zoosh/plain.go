package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/transcript"
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
func runPlain(ctx context.Context, cfg shell.Config, asks bool, std stdio, rec *transcript.Recording) int {
	p := newPlainMode(cfg, asks)
	p.record = rec
	editor, err := newReadline(p.sessions)
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

// plainMode is line mode at work: one goroutine reads and runs lines, the other
// is the only one that writes while they run.
type plainMode struct {
	connect    string   // what is told to be connected to
	notes      []string // said before there is a prompt, which they would run into
	sessions   *sessions
	record     *transcript.Recording // from the beginning; nil if nothing is
	editor     lineEditor
	lines      lines
	history    *history
	done       chan bool      // a command's Done was reached, or that of one beside it: all before it is written
	ended      chan struct{}  // the stream has ended
	interrupts chan os.Signal // Ctrl-C while a command runs
	questions  shell.Questions
	asking     atomic.Bool // the prompt is a question
	over       atomic.Bool // no line is read any more
	flood      flood
}

// newPlainMode makes line mode but for its editor.
func newPlainMode(cfg shell.Config, asks bool) *plainMode {
	p := &plainMode{
		connect: cfg.PlaceOf(cfg.Connect),
		done:    make(chan bool), ended: make(chan struct{}),
		interrupts: make(chan os.Signal, 1), questions: make(shell.Questions),
	}
	cfg.AskOfData = p.questions.Ask
	if asks {
		cfg.Ask, cfg.AskWord = p.questions.Ask, p.questions.AskWord
	}
	if !cfg.Quiet {
		p.notes = cfg.Notes
	}
	cfg.Notes = nil
	cfg.Progress = func(text string) { progressOn(p.editor)(text) }
	p.sessions = newSessions(cfg)
	p.flood.put = p.sessions.stream.Put
	return p
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
	if err := p.sessions.Close(); err != nil {
		p.say("%v", err)
	}
	p.sessions.stream.Close()
	<-p.ended
	if signalled, ended := signalCode(ctx); ended {
		return signalled
	}
	return code
}

// open opens the first session, and begins the recording if there is to be one.
func (p *plainMode) open(ctx context.Context) error {
	if err := p.sessions.Front().Open(ctx); err != nil || p.record == nil {
		return err
	}
	notes, err := p.sessions.record(ctx, p.sessions.Front(), *p.record)
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
		t := p.lines.next(p.sessions.Prompt())
		switch {
		case errors.Is(t.err, errInterrupt):
			continue
		case t.err != nil:
			return p.sessions.Front().Code() // Ctrl-D, or the terminal has gone
		}
		sh := p.sessions.Front()
		p.keep(t.text)
		p.runLine(ctx, sh, t.text)
		if sh.Quitting() || ctx.Err() != nil {
			return sh.Code()
		}
	}
}

// print writes the items, made safe for a terminal, and keeps the prompt true.
func (p *plainMode) print() {
	defer close(p.ended)
	for {
		it, ok := p.sessions.stream.Next()
		if !ok {
			return
		}
		if text := it.Shown(); text != "" && (it.Kind != shell.Watch || p.flood.shows()) {
			io.WriteString(p.editor, shell.Printable(text))
		}
		switch it.Kind {
		case shell.State:
			if it.Object == "" { // which says all of it
				p.explain(it.Event)
			}
			if !p.over.Load() && !p.asking.Load() && !p.lines.goesOn.Load() {
				p.editor.SetPrompt(p.sessions.Prompt())
			}
		case shell.Done:
			p.done <- it.Beside
		}
	}
}

// explain says what zkCli's line about a change of the connection does not.
func (p *plainMode) explain(ev session.Event) {
	if ev.State == wire.StateExpired {
		fmt.Fprint(p.editor, expiredNote(ev))
	}
	io.WriteString(p.editor, shell.Printable(shell.FailedNote(ev.Err)))
}

// expiredNote says what zkCli leaves to be guessed: what went with the session,
// and, where it is known, why it is gone.
func expiredNote(ev session.Event) string {
	why := ""
	if ev.Err != nil {
		why = ": " + shell.Printable(ev.Err.Error())
	}
	return fmt.Sprintf("(session 0x%x is gone, and with it its ephemeral znodes and its watches%s)\n",
		uint64(ev.SessionID), why)
}
