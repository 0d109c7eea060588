package main

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"zoosh/internal/wire"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// A lessonPrinter prints a lesson, line after line: nothing moves, and what is said does
// not depend on colour, so that it can be read aloud. Its reader answers with lines, or
// is not asked. Where the lesson stands is the engine's to say.
type lessonPrinter struct {
	lesson *roles.Lesson
	engine *roles.Engine
	exec   *roles.Executor
	say    words
	out    *output
	width  int
	ws     *workspace.Workspace

	lines <-chan string // what the reader answers; nil if nobody is asked
	asks  bool          // the reader is shown what is waited for
	paced bool          // what plays by itself leaves time to be read
	clock time.Time     // up to which has been waited
}

// newLessonPrinter makes a printer. cancel ends it when nobody reads on.
func newLessonPrinter(o *playOptions, lesson *roles.Lesson, std stdio, cancel func()) *lessonPrinter {
	p := &lessonPrinter{
		lesson: lesson, say: wordsOf(lesson.Language),
		out:   &output{w: std.out, text: std.safeFor(std.out), cancel: cancel},
		width: widthOf(std.out), ws: workspace.New(workspace.Config{Tabs: true}),
	}
	toPerson := std.terminal(std.out)
	p.paced = toPerson && o.auto
	if o.turn || !o.auto && (toPerson || o.plain) {
		p.asks = toPerson
		p.lines, _ = readLines(context.Background(), std.in)
	}
	p.engine = roles.NewEngine(lesson, roles.EngineOptions{
		Turn: o.turn, PastWrong: true, Pace: o.pace,
		Auto: p.lines == nil || o.turn && !p.asks, // the lines are for the reader's own steps then
	})
	p.exec = roles.NewExecutor(lesson, roles.Options{
		Target: o.target, Turn: o.turn, Allow: o.allow, Workspace: p.ws,
		Cleared: func() { p.mark(repeating(true)) },
		Waiting: func() { p.mark(eventAwaited{}) },
	})
	return p
}

// The width of prose: that of the terminal, but not more than reads well.
const mostWidth = 80

func widthOf(w io.Writer) int {
	if file, ok := w.(term.File); ok {
		if width, _, err := term.GetSize(file.Fd()); err == nil && width > 0 {
			return min(width, mostWidth)
		}
	}
	return mostWidth
}

// run plays the lesson; it returns the exit code.
func (p *lessonPrinter) run(ctx context.Context) (code int, err error) {
	signal.Ignore(syscall.SIGPIPE) // the write fails instead, and the lesson can be closed
	ended := make(chan struct{})
	go func() { defer close(ended); p.print() }()
	release := context.AfterFunc(ctx, p.ws.Stream().Close) // whoever waits for the reader need not wait for ever
	defer release()
	defer func() {
		err = errors.Join(err, p.exec.Close())
		p.ws.Stream().Close()
		if !p.out.broken() && ctx.Err() == nil {
			<-ended
		}
	}()
	if !strings.HasPrefix(p.lesson.Steps[0].Narration, "# ") {
		p.prose("# " + literally(p.lesson.Title))
	}
	if p.asks {
		p.prose(p.say.keys)
	}
	for in := roles.Input(roles.Start{}); ctx.Err() == nil; {
		if err := p.tell(ctx, in); err != nil {
			return codeFailed, err
		}
		var err error
		switch p.engine.Phase() {
		case roles.Paused:
			in = p.ask(ctx)
		case roles.YourTurn:
			in, err = p.yourTurn(ctx)
		default:
			return p.code(), nil
		}
		if err != nil {
			return codeFailed, err
		}
	}
	return codeFailed, nil
}

// code is the exit code: whether all that was played is right.
func (p *lessonPrinter) code() int {
	if p.engine.Count(roles.Wrong) > 0 || p.engine.Next() == 0 {
		return codeFailed
	}
	return codeOK
}

// prose prints Markdown.
func (p *lessonPrinter) prose(markdown string) {
	if text := layOut(markdown, p.width); text != "" {
		p.out.print(text + "\n\n")
	}
}

// tell tells the engine what has happened, and carries out what follows, until the
// reader is waited for.
func (p *lessonPrinter) tell(ctx context.Context, ins ...roles.Input) error {
	for len(ins) > 0 {
		now := time.Now()
		if now.Before(p.clock) {
			now = p.clock
		}
		effects := p.engine.Handle(now, ins[0])
		ins = ins[1:]
		for _, ef := range effects {
			answer, err := p.carryOut(ctx, ef)
			if err != nil {
				return err
			}
			if answer != nil {
				ins = append(ins, answer)
			}
		}
	}
	return nil
}

// carryOut does what the engine asks for. answer is what it is to be told of that;
// nil: nothing.
func (p *lessonPrinter) carryOut(ctx context.Context, ef roles.Effect) (answer roles.Input, err error) {
	switch ef := ef.(type) {
	case roles.Work:
		in := p.exec.Do(ctx, ef)
		p.mark(repeating(false)) // a lesson that was laid out anew has repeated its steps
		p.ws.Stream().Drain(ctx)
		return in, nil
	case roles.Wait:
		return p.wait(ctx, ef.Until), nil
	case roles.Type: // nobody sees it typed
		return roles.Next{}, nil
	case roles.Claim: // nobody else runs lines meanwhile
		return roles.Claimed{}, nil
	case roles.Arrive:
		p.arrive(ef)
	case roles.HandOver:
		p.prose(p.say.yourTurn + p.lesson.Steps[ef.Step].Goal)
	case roles.Report:
		p.report(ef)
	case roles.TellMissing:
		for _, why := range ef.Why {
			p.out.print(layOut(literally("("+why+")"), p.width) + "\n")
		}
	case roles.TellHint:
		p.prose(ef.Text)
		if ef.Left == 0 {
			p.out.print(p.say.noMoreHints + "\n")
		}
	case roles.TellSolution:
		p.out.printf("%s\n", ef.Command)
	case roles.TellError:
		return nil, ef.Err
	case roles.End:
		return nil, ef.Err
	}
	return nil, nil
}

// wait leaves a step to be read, if there is anybody who reads along.
func (p *lessonPrinter) wait(ctx context.Context, until time.Time) roles.Input {
	p.clock = until
	if p.paced && p.engine.Phase() == roles.Reading {
		late := time.NewTimer(time.Until(until))
		defer late.Stop()
		select {
		case <-late.C:
		case <-ctx.Done():
			return nil
		}
	}
	return roles.Tick{}
}

// arrive tells what is to be read at a step, or at the end; behind a jump also what it
// goes on with.
func (p *lessonPrinter) arrive(at roles.Arrive) {
	steps := p.lesson.Steps
	if at.Step == len(steps) {
		p.prose(p.lesson.Closing)
		if wrong := p.engine.Count(roles.Wrong); wrong > 0 {
			p.out.printf(p.say.someWrong+"\n", wrong, len(steps))
		} else {
			p.out.printf(p.say.allRight+"\n", len(steps))
		}
		return
	}
	text := steps[at.Step].Narration
	for i := at.Step; at.Jumped && text == "" && i > 0; {
		i--
		text = steps[i].Narration
	}
	p.prose(text)
	p.out.printf("[%s] %d/%d\n", steps[at.Step].Session, at.Step+1, len(steps))
}

// report says how a step came out.
func (p *lessonPrinter) report(of roles.Report) {
	if p.engine.Mark(of.Step) != roles.Wrong {
		p.out.printf("(%s)\n", p.say.right)
		if of.Anew {
			p.out.print(p.say.anew + "\n")
		}
		p.out.print("\n")
		return
	}
	p.out.printf("(%s)\n", p.say.wrong)
	for _, d := range p.engine.Diffs(of.Step) {
		p.out.print(p.say.difference(d))
	}
	p.out.print("\n")
}

// Marks of the printer's own.
type (
	repeating    bool     // a lesson that is laid out anew repeats its steps
	eventAwaited struct{} // an event has not come yet
)

func (p *lessonPrinter) mark(mark any) { p.ws.Put(shell.Item{Kind: shell.Mark, Mark: mark}) }

// print prints what comes out, but for that of steps that are repeated. Of events it says
// whose they are, and of output that follows one of another role, too.
func (p *lessonPrinter) print() {
	speaker, hidden := "", false
	for {
		it, ok := p.ws.Stream().Next()
		if !ok {
			return
		}
		if again, ok := it.Mark.(repeating); ok {
			hidden = bool(again)
		}
		if !hidden {
			speaker = p.printItem(it, speaker)
		}
	}
}

// printItem prints an item behind what that speaker has said, and tells who the speaker is
// then.
func (p *lessonPrinter) printItem(it shell.Item, speaker string) string {
	switch it.Kind {
	case shell.Mark:
		if _, awaited := it.Mark.(eventAwaited); awaited {
			p.out.print(p.say.waiting + "\n")
		}
		return speaker
	case shell.Began:
		if it.Line != "" && it.Given == shell.GivenElsewhere { // the reader has typed the others
			p.out.print(it.Prompt + strings.ReplaceAll(it.Line, "\n", "\n"+shell.Continued) + "\n")
		}
	case shell.Stdout, shell.Stderr:
		if speaker != it.Shell {
			p.out.printf("[%s]\n", it.Shell)
		}
		p.out.print(it.Text)
	case shell.Watch, shell.State:
		text := strings.Trim(it.Text, "\n")
		if text == "" || it.Kind == shell.State && it.Event.State == wire.StateSyncConnected {
			return speaker
		}
		p.out.printf(p.say.event+"\n%s\n", it.Shell, text)
	case shell.Lost:
		p.out.print(it.Text)
		return speaker
	default:
		return speaker
	}
	return it.Shell
}
