package main

import (
	"context"
	"errors"
	"strings"

	"zoosh/roles"
	"zoosh/shell"
)

// replies are the lines that stand for something. No command of zkCli is that short.
var replies = map[string]roles.Input{
	"b": roles.Back{Steps: 1}, "r": roles.Restart{}, "q": roles.Leave{},
}

// turnReplies are those that there are in the reader's turn, too.
var turnReplies = map[string]roles.Input{"?": roles.Hint{}, "!": roles.Solution{}}

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

// ask waits for the reader. When there is nobody any more who could answer, the lesson
// goes on by itself.
func (r *recital) ask(ctx context.Context) roles.Input {
	for {
		if r.asks && r.lines != nil {
			r.out.print(r.say.more)
		}
		line, ok := r.read(ctx)
		in, known := replies[line]
		switch {
		case !ok:
			r.lines = nil
			return roles.Next{}
		case line == "":
			return roles.Next{}
		case known:
			return in
		}
		r.prose(r.say.keys)
	}
}

// errNoTurn is the reader's leaving in the middle of their turn.
var errNoTurn = errors.New("the input ended before the lesson did")

// yourTurn takes a line of the reader's in their turn.
func (r *recital) yourTurn(ctx context.Context) (roles.Input, error) {
	role := r.engine.Current().Session
	sh := r.shellOf(role)
	for {
		r.out.print(sh.Prompt())
		line, ok := r.read(ctx)
		if !r.asks {
			r.out.print(line + "\n") // as a terminal shows what is typed
		}
		switch {
		case !ok && ctx.Err() != nil:
			return roles.Leave{}, nil
		case !ok:
			return nil, errNoTurn
		case line == "":
			continue
		}
		if in, known := replies[line]; known {
			return in, nil
		}
		if in, known := turnReplies[line]; known {
			return in, nil
		}
		return roles.LineEnded{Role: role, End: r.runLine(ctx, sh, line)}, nil
	}
}

// runLine runs a line of the reader's, and returns how it ended.
func (r *recital) runLine(ctx context.Context, sh *shell.Shell, line string) (end shell.Item) {
	r.setTyped(true)
	sh.Run(ctx, line)
	r.drain(ctx)
	return r.setTyped(false)
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
