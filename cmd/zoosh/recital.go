package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"zoosh/internal/wire"
	"zoosh/roles"
	"zoosh/shell"
)

// A recital is a lesson that is printed, line after line: nothing moves, and what is
// said does not depend on colour, so that it can be read aloud. Its reader answers
// with lines, or is not asked.
type recital struct {
	lesson *roles.Lesson
	engine *roles.Engine
	exec   *roles.Executor
	say    words
	out    *output
	width  int
	stream *shell.Stream
	shown  chan struct{} // all that came out so far was printed

	lines <-chan string // what the reader answers; nil if nobody is asked
	asks  bool          // the reader is shown what is waited for
	paced bool          // what plays by itself leaves time to be read
	clock time.Time     // up to which has been waited

	mu     sync.Mutex
	typed  bool       // a line of the reader's runs
	hidden bool       // steps are being repeated
	done   shell.Item // the end of the last line
	shells map[string]*shell.Shell
}

// output writes to somebody who may have gone.
type output struct {
	w      io.Writer
	text   func(string) string
	cancel func()

	mu  sync.Mutex
	err error
}

// print writes a text, made safe for whoever reads it.
func (o *output) print(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return
	}
	if _, o.err = io.WriteString(o.w, o.text(text)); o.err != nil {
		o.cancel()
	}
}

func (o *output) printf(format string, args ...any) { o.print(fmt.Sprintf(format, args...)) }

// broken tells whether the reader has gone.
func (o *output) broken() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err != nil
}

// newRecital makes a recital. cancel ends it when nobody reads on.
func newRecital(o *playOptions, lesson *roles.Lesson, std stdio, cancel func()) *recital {
	r := &recital{
		lesson: lesson, say: wordsOf(lesson.Language),
		out:   &output{w: std.out, text: std.safeFor(std.out), cancel: cancel},
		width: widthOf(std.out), stream: shell.NewStream(), shown: make(chan struct{}),
		shells: map[string]*shell.Shell{},
	}
	toPerson := std.terminal(std.out)
	r.paced = toPerson && o.auto
	if o.turn || !o.auto && (toPerson || o.plain) {
		r.asks = toPerson
		r.lines, _ = readLines(context.Background(), std.in)
	}
	r.engine = roles.NewEngine(lesson, roles.EngineOptions{
		Turn: o.turn, PastWrong: true, Pace: o.pace,
		Auto: r.lines == nil || o.turn && !r.asks, // the lines are for the reader's own steps then
	})
	r.exec = roles.NewExecutor(lesson, roles.Options{
		Target: o.target, Turn: o.turn, Allow: o.allow, Sink: r.put,
		Cleared: func() { r.hide(true) },
		Opened: func(role string, sh *shell.Shell) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.shells[role] = sh
		},
		Waiting: func() { r.put(shell.Item{Kind: awaited}) },
	})
	return r
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
func (r *recital) run(ctx context.Context) (code int, err error) {
	signal.Ignore(syscall.SIGPIPE) // the write fails instead, and the lesson can be closed
	ended := make(chan struct{})
	go func() { defer close(ended); r.print() }()
	release := context.AfterFunc(ctx, r.stream.Close) // whoever waits for the reader need not wait for ever
	defer release()
	defer func() {
		err = errors.Join(err, r.exec.Close())
		r.stream.Close()
		if !r.out.broken() && ctx.Err() == nil {
			<-ended
		}
	}()
	if !strings.HasPrefix(r.lesson.Steps[0].Narration, "# ") {
		r.prose("# " + literally(r.lesson.Title))
	}
	if r.asks {
		r.prose(r.say.keys)
	}
	for in := roles.Input(roles.Start{}); ctx.Err() == nil; {
		if err := r.tell(ctx, in); err != nil {
			return codeFailed, err
		}
		var err error
		switch r.engine.Phase() {
		case roles.Paused:
			in = r.ask(ctx)
		case roles.YourTurn:
			in, err = r.yourTurn(ctx)
		default:
			return r.code(), nil
		}
		if err != nil {
			return codeFailed, err
		}
	}
	return codeFailed, nil
}

// code is the exit code: whether all that was played is right.
func (r *recital) code() int {
	if r.engine.Count(roles.Wrong) > 0 || r.engine.Next() == 0 {
		return codeFailed
	}
	return codeOK
}

// prose prints Markdown.
func (r *recital) prose(markdown string) {
	if text := layOut(markdown, r.width); text != "" {
		r.out.print(text + "\n\n")
	}
}

// tell tells the engine what has happened, and carries out what follows, until the
// reader is waited for.
func (r *recital) tell(ctx context.Context, ins ...roles.Input) error {
	for len(ins) > 0 {
		now := time.Now()
		if now.Before(r.clock) {
			now = r.clock
		}
		effects := r.engine.Handle(now, ins[0])
		ins = ins[1:]
		for _, ef := range effects {
			answer, err := r.carryOut(ctx, ef)
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
func (r *recital) carryOut(ctx context.Context, ef roles.Effect) (answer roles.Input, err error) {
	switch ef := ef.(type) {
	case roles.Work:
		in := r.exec.Do(ctx, ef)
		r.hide(false) // a lesson that was laid out anew has repeated its steps
		r.drain(ctx)
		return in, nil
	case roles.Wait:
		return r.wait(ctx, ef.Until), nil
	case roles.Type: // nobody sees it typed
		return roles.Next{}, nil
	case roles.Claim: // nobody else runs lines meanwhile
		return roles.Claimed{}, nil
	case roles.Arrive:
		r.arrive(ef)
	case roles.HandOver:
		r.prose(r.say.yourTurn + r.lesson.Steps[ef.Step].Goal)
	case roles.Report:
		r.report(ef)
	case roles.TellMissing:
		for _, why := range ef.Why {
			r.out.print(layOut(literally("("+why+")"), r.width) + "\n")
		}
	case roles.TellHint:
		r.prose(ef.Text)
		if ef.Left == 0 {
			r.out.print(r.say.noMoreHints + "\n")
		}
	case roles.TellSolution:
		r.out.printf("%s\n", ef.Command)
	case roles.TellError:
		return nil, ef.Err
	case roles.End:
		return nil, ef.Err
	}
	return nil, nil
}

// wait leaves a step to be read, if there is anybody who reads along.
func (r *recital) wait(ctx context.Context, until time.Time) roles.Input {
	r.clock = until
	if r.paced && r.engine.Phase() == roles.Reading {
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
func (r *recital) arrive(at roles.Arrive) {
	steps := r.lesson.Steps
	if at.Step == len(steps) {
		r.prose(r.lesson.Closing)
		if wrong := r.engine.Count(roles.Wrong); wrong > 0 {
			r.out.printf(r.say.someWrong+"\n", wrong, len(steps))
		} else {
			r.out.printf(r.say.allRight+"\n", len(steps))
		}
		return
	}
	text := steps[at.Step].Narration
	for i := at.Step; at.Jumped && text == "" && i > 0; {
		i--
		text = steps[i].Narration
	}
	r.prose(text)
	r.out.printf("[%s] %d/%d\n", steps[at.Step].Session, at.Step+1, len(steps))
}

// report says how a step came out.
func (r *recital) report(of roles.Report) {
	if r.engine.Mark(of.Step) != roles.Wrong {
		r.out.printf("(%s)\n", r.say.right)
		if of.Anew {
			r.out.print(r.say.anew + "\n")
		}
		r.out.print("\n")
		return
	}
	r.out.printf("(%s)\n", r.say.wrong)
	for _, d := range r.engine.Diffs(of.Step) {
		r.out.print(r.say.difference(d))
	}
	r.out.print("\n")
}

// hide tells whether what comes out is kept from the reader: it is from when the
// lesson is laid out anew until its steps have been repeated.
func (r *recital) hide(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hidden = on
}

// put is the sink of the sessions.
func (r *recital) put(it shell.Item) {
	r.mu.Lock()
	hidden := r.hidden
	if it.Kind == shell.Done {
		r.done = it
	}
	r.mu.Unlock()
	if !hidden {
		r.stream.Put(it)
	}
}

// Items of the recital's own.
const (
	mark    = shell.Kind(-1) // stands for none: all before it was printed
	awaited = shell.Kind(-2) // an event has not come yet
)

// drain waits until what came out so far is printed.
func (r *recital) drain(ctx context.Context) {
	r.stream.Put(shell.Item{Kind: mark})
	select {
	case <-r.shown:
	case <-ctx.Done():
	}
}

// print prints what comes out. Of events it says whose they are, and of output that
// follows one of another role, too.
func (r *recital) print() {
	speaker := ""
	for {
		it, ok := r.stream.Next()
		if !ok {
			return
		}
		switch it.Kind {
		case mark:
			r.shown <- struct{}{}
		case shell.Began:
			speaker = it.Shell
			if it.Line != "" && !r.isTyped() {
				r.out.print(it.Prompt + strings.ReplaceAll(it.Line, "\n", "\n"+shell.Continued) + "\n")
			}
		case shell.Stdout, shell.Stderr:
			if speaker != it.Shell {
				r.out.printf("[%s]\n", it.Shell)
			}
			speaker = it.Shell
			r.out.print(it.Text)
		case shell.Watch, shell.State:
			text := strings.Trim(it.Text, "\n")
			if text == "" || it.Kind == shell.State && it.Event.State == wire.StateSyncConnected {
				continue
			}
			speaker = it.Shell
			r.out.printf(r.say.event+"\n%s\n", it.Shell, text)
		case awaited:
			r.out.print(r.say.waiting + "\n")
		case shell.Lost:
			r.out.print(it.Text)
		}
	}
}
