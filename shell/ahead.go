package shell

import (
	"context"
	"strings"

	"zoosh/internal/fault"
)

// This file runs lines whose request is sent before those of earlier lines are answered.

// An Ahead is a run of such a line. It goes through its steps in their order, beside those
// of other lines: Run may begin before Begin, which is for when the lines before have
// ended.
type Ahead struct {
	sh   *Shell
	call *Call
	end  Item
	// HoldsNext: nothing is to be sent before its answer is here.
	HoldsNext bool
}

// Ahead makes a run of a line that has one request at most, whose sending depends on
// nothing that is answered to lines before; nil if the line is another. put takes what it
// puts out, and warn is for it what Config.Warn is.
func (sh *Shell) Ahead(line string, put func(Item), warn func(text string)) *Ahead {
	cmd, ahead := sh.sendsAhead(line)
	if !ahead {
		return nil
	}
	a := &Ahead{sh: sh, call: &Call{sh: sh, line: line, sink: put, warns: warn}}
	a.HoldsNext = cmd != nil && cmd.HoldsNext
	return a
}

// Again is another run of the line, in place of one that came to nothing.
func (a *Ahead) Again() *Ahead {
	call := &Call{sh: a.sh, line: a.call.line, sink: a.call.sink, warns: a.call.warns}
	return &Ahead{sh: a.sh, call: call, HoldsNext: a.HoldsNext}
}

// sendsAhead tells whether a line has one request at most, and its command, if there is
// one. A line that fails before has none. One that asks for a form of its own waits, for
// events have that form meanwhile.
func (sh *Shell) sendsAhead(line string) (cmd *Command, ahead bool) {
	if sh.blank(line) {
		return nil, true
	}
	fault.Do(func() error { // running it tells
		c := &Call{sh: sh, line: line, words: sh.split(line)}
		if len(c.words) == 0 {
			ahead = true
			return nil
		}
		c.dialect = sh.dialectFor(c.words)
		c.cmd = sh.lookup(c.dialect, c.words[0])
		c.takeFormat()
		cmd, ahead = c.cmd, !c.formed && (c.cmd == nil || c.cmd.OneRequest && !c.wantsMore())
		return nil
	})
	return cmd, ahead
}

// wantsMore tells whether there may be an option that takes more requests than one. In
// doubt there is.
func (c *Call) wantsMore() bool {
	for _, w := range c.words[1:] {
		if len(w) > 1 && w[0] == '-' && c.cmd.MoreWith != "" && strings.ContainsAny(w, c.cmd.MoreWith) {
			return true
		}
	}
	return false
}

// Begin puts out that the line begins.
func (a *Ahead) Begin() {
	sh, line := a.sh, a.call.line
	a.call.put(Item{Kind: Began, Line: line, Prompt: sh.Prompt()})
	if !sh.blank(line) {
		sh.keepLine(line)
	}
}

// Run runs the command.
func (a *Ahead) Run(ctx context.Context) {
	if !a.sh.blank(a.call.line) {
		a.end = a.sh.execute(ctx, a.call)
	}
}

// End puts out that the line has ended, and returns how: it is the last line that has.
func (a *Ahead) End() Item {
	if a.sh.blank(a.call.line) {
		a.end = Item{Kind: Done, Line: a.call.line, Code: a.sh.Code()}
	}
	a.sh.ends(a.end)
	a.call.put(a.end)
	return a.end
}
