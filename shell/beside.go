package shell

import (
	"context"
	"slices"

	"zoosh/internal/control"
)

// RunBeside is Run for a line beside another, which waits for a server that does not
// answer: the line may be what has it answer again. Whether it is one of those
// GoesBeside tells. One such line is run at a time; its items say that they are of it.
func (sh *Shell) RunBeside(ctx context.Context, line string) int { return sh.run(ctx, line, true) }

// GoesBeside tells whether a line has no need of the session.
func (sh *Shell) GoesBeside(line string) bool {
	words := Split(line)
	if len(words) == 0 {
		return false
	}
	c := sh.lookup(Newest(), words[0])
	return c != nil && c.Beside
}

// HeldUp tells whether what goes through the session is held up, by command: by the
// embedded server or on the way to it. It may wait for the server's lock.
func (sh *Shell) HeldUp() bool {
	ct, zk := sh.control(), sh.Session()
	switch {
	case ct == nil || zk == nil:
		return false
	case ct.Condition() != control.Running:
		return true
	}
	id := zk.ID()
	return slices.ContainsFunc(ct.Status().Sessions, func(s control.Session) bool { return s.ID == id && lineText(s) != "" })
}
