package main

import (
	"context"
	"errors"
	"strings"

	"zoosh/roles"
	"zoosh/shell/workspace"
)

// replies are the lines that stand for something. No command of zkCli is that short.
var replies = map[string]roles.Input{
	"b": roles.Back{Steps: 1}, "r": roles.Restart{}, "q": roles.Leave{},
}

// turnReplies are those that there are in the reader's turn, too.
var turnReplies = map[string]roles.Input{"?": roles.Hint{}, "!": roles.Solution{}}

// read reads a line from the reader. ok is false if there will be none.
func (p *lessonPrinter) read(ctx context.Context) (line string, ok bool) {
	if p.lines == nil {
		return "", false
	}
	select {
	case line, ok = <-p.lines:
		return strings.TrimSpace(line), ok
	case <-ctx.Done():
		return "", false
	}
}

// ask waits for the reader. When there is nobody any more who could answer, the lesson
// goes on by itself.
func (p *lessonPrinter) ask(ctx context.Context) roles.Input {
	for {
		if p.asks && p.lines != nil {
			p.out.print(p.say.more)
		}
		line, ok := p.read(ctx)
		in, known := replies[line]
		switch {
		case !ok:
			p.lines = nil
			return roles.Next{}
		case line == "":
			return roles.Next{}
		case known:
			return in
		}
		p.prose(p.say.keys)
	}
}

// errNoTurn is the reader's leaving in the middle of their turn.
var errNoTurn = errors.New("the input ended before the lesson did")

// yourTurn takes a line of the reader's in their turn.
func (p *lessonPrinter) yourTurn(ctx context.Context) (roles.Input, error) {
	role := p.engine.Current().Session
	session := p.ws.Named(role)
	for {
		p.out.print(session.Shell().Prompt())
		line, ok := p.read(ctx)
		if !p.asks {
			p.out.print(line + "\n") // as a terminal shows what is typed
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
		end := session.Submit(ctx, workspace.Line{Text: line}).Outcome().End
		p.ws.Stream().Drain(ctx)
		return roles.LineEnded{Role: role, End: end}, nil
	}
}
