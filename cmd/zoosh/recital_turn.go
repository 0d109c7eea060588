package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"zoosh/roles"
	"zoosh/shell"
)

// An answer is what a reader wants next.
type answer int

const (
	answerNext answer = iota
	answerBack
	answerRestart
	answerQuit
)

// replies are the lines that stand for something. No command of zkCli is that short.
var replies = map[string]answer{"b": answerBack, "r": answerRestart, "q": answerQuit}

// read reads a line from the reader. ok is false if there will be none.
func (r *recital) read(ctx context.Context) (line string, ok bool) {
	if r.lines == nil {
		return "", false
	}
	select {
	case line, ok = <-r.lines:
		return strings.TrimSpace(line), ok
	case <-ctx.Done():
		return "", false
	}
}

// ask waits for the reader, or as long as the step takes to be read. When there is
// nobody any more who could answer, the lesson goes on by itself.
func (r *recital) ask(ctx context.Context, step *roles.Step) answer {
	if r.lines == nil || r.turn && !r.asks { // then the lines are for the reader's own steps
		late := time.NewTimer(r.pause(step))
		defer late.Stop()
		select {
		case <-late.C:
		case <-ctx.Done():
		}
		return answerNext
	}
	for {
		if r.asks {
			r.out.print(r.say.more)
		}
		line, ok := r.read(ctx)
		a, known := replies[line]
		switch {
		case !ok:
			r.lines = nil
			return answerNext
		case line == "":
			return answerNext
		case known:
			return a
		}
		r.prose(r.say.keys)
	}
}

// errNoTurn is the reader's leaving in the middle of their turn.
var errNoTurn = errors.New("the input ended before the lesson did")

// yourTurn has the reader do a step.
func (r *recital) yourTurn(ctx context.Context, step *roles.Step) (stop bool, err error) {
	n := r.player.Place().Next
	r.prose(r.say.yourTurn + step.Goal)
	sh := r.shellOf(step.Session)
	for {
		r.out.print(sh.Prompt())
		line, ok := r.read(ctx)
		if !r.asks {
			r.out.print(line + "\n") // as a terminal shows what is typed
		}
		a, known := replies[line]
		switch {
		case !ok && ctx.Err() != nil:
			return true, nil
		case !ok:
			return true, errNoTurn
		case line == "":
		case line == "?":
			r.hint()
		case line == "!":
			r.out.printf("%s\n", r.player.Solution())
		case known && a == answerQuit:
			return true, nil
		case known && a == answerBack:
			return false, r.goTo(ctx, n-1)
		case known:
			return false, r.goTo(ctx, 0)
		default:
			if passed, err := r.try(ctx, sh, line); passed || err != nil {
				return err != nil, err
			}
		}
	}
}

// hint prints the next hint, and how many are left.
func (r *recital) hint() {
	text, left := r.player.Hint()
	r.prose(text)
	if left == 0 {
		r.out.print(r.say.noMoreHints + "\n")
	}
}

// try runs a reader's line and says what is still missing.
func (r *recital) try(ctx context.Context, sh *shell.Shell, line string) (passed bool, err error) {
	r.setTyped(true)
	sh.Run(ctx, line)
	r.drain(ctx)
	done := r.setTyped(false)
	r.hide(true) // a way that the lesson cannot go on from is replaced by its own
	v, err := r.player.Try(ctx, done)
	r.hide(false)
	if err != nil {
		return false, err
	}
	r.drain(ctx)
	if v.Passed {
		r.out.printf("(%s)\n", r.say.right)
		if v.Anew {
			r.out.print(r.say.anew + "\n")
		}
		r.out.print("\n")
		return true, nil
	}
	for _, why := range v.Why {
		r.out.print(layOut(literally("("+why+")"), r.width) + "\n")
	}
	return false, nil
}

// setTyped tells whether lines are the reader's. It returns the end of the last one.
func (r *recital) setTyped(on bool) (done shell.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.typed = on
	return r.done
}

// isTyped tells whether lines are the reader's, who need not see them again.
func (r *recital) isTyped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.typed
}

// shellOf is the shell of a role.
func (r *recital) shellOf(role string) *shell.Shell {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shells[role]
}
