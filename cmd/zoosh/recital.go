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
	player *roles.Player
	say    words
	out    *output
	width  int
	stream *shell.Stream
	shown  chan struct{} // all that came out so far was printed

	turn  bool          // steps with a goal are the reader's
	lines <-chan string // what the reader answers; nil if nobody is asked
	asks  bool          // the reader is shown what is waited for
	pause func(*roles.Step) time.Duration

	jumped bool // the next step is not the one behind the last

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
		lesson: lesson, say: wordsOf(lesson.Language), turn: o.turn,
		out:   &output{w: std.out, text: std.safeFor(std.out), cancel: cancel},
		width: widthOf(std.out), stream: shell.NewStream(), shown: make(chan struct{}),
		shells: map[string]*shell.Shell{}, pause: func(*roles.Step) time.Duration { return 0 },
	}
	toPerson := std.terminal(std.out)
	if toPerson && o.auto {
		r.pause = o.pace.Reading
	}
	if o.turn || !o.auto && (toPerson || o.plain) {
		r.asks = toPerson
		r.lines, _ = readLines(context.Background(), std.in)
	}
	r.player = roles.NewPlayer(lesson, roles.Options{
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
		err = errors.Join(err, r.player.Close())
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
	if err := r.player.Start(ctx); err != nil {
		return codeFailed, err
	}
	r.hide(false)
	for r.player.Current() != nil {
		if stop, err := r.step(ctx); stop || err != nil {
			return r.code(), err
		}
	}
	r.prose(r.lesson.Closing)
	at := r.player.Place()
	if wrong := at.Count(roles.Wrong); wrong > 0 {
		r.out.printf(r.say.someWrong+"\n", wrong, len(at.Marks))
	} else {
		r.out.printf(r.say.allRight+"\n", len(at.Marks))
	}
	return r.code(), nil
}

// code is the exit code: whether all that was played is right.
func (r *recital) code() int {
	at := r.player.Place()
	if at.Count(roles.Wrong) > 0 || at.Next == 0 {
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

// step is the next step with what is told before it.
func (r *recital) step(ctx context.Context) (stop bool, err error) {
	n := r.player.Place().Next
	step := r.player.Current()
	r.prose(r.narration(n))
	r.out.printf("[%s] %d/%d\n", step.Session, n+1, len(r.lesson.Steps))
	if err := r.player.Open(ctx); err != nil {
		return true, err
	}
	if r.turn && step.Goal != "" {
		return r.yourTurn(ctx, step)
	}
	switch answer := r.ask(ctx, step); answer {
	case answerNext:
		return false, r.play(ctx, n)
	case answerQuit:
		return true, nil
	case answerBack:
		return false, r.goTo(ctx, n-1)
	default:
		return false, r.goTo(ctx, 0)
	}
}

// narration is what is told before step n; behind a jump also what it goes on with.
func (r *recital) narration(n int) string {
	text := r.lesson.Steps[n].Narration
	for i := n; r.jumped && text == "" && i > 0; {
		i--
		text = r.lesson.Steps[i].Narration
	}
	r.jumped = false
	return text
}

// play plays step n and says how it came out.
func (r *recital) play(ctx context.Context, n int) error {
	if err := r.player.Step(ctx); err != nil {
		return err
	}
	r.drain(ctx)
	at := r.player.Place()
	if at.Marks[n] != roles.Wrong {
		r.out.printf("(%s)\n\n", r.say.right)
		return nil
	}
	r.out.printf("(%s)\n", r.say.wrong)
	for _, d := range at.Diffs {
		if r.lesson.Page.StepOf(d.Line) == n {
			r.out.print(r.say.difference(d))
		}
	}
	r.out.print("\n")
	return nil
}

// goTo lays the lesson out anew without printing what comes out again.
func (r *recital) goTo(ctx context.Context, n int) error {
	r.drain(ctx)
	r.jumped = true
	err := r.player.GoTo(ctx, n)
	r.hide(false)
	return err
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
