package shell

import "slices"

// endsSession are commands that have no need of the session, but to end it.
var endsSession = []string{"close", "crash", "expire"}

// UsesSession tells whether a line is run on the session, and not only to end it.
func (sh *Shell) UsesSession(line string) bool {
	c := sh.commandOf(line)
	if c == nil || c.Needs != NeedsSession || slices.Contains(endsSession, c.Name) {
		return false
	}
	return c.Sessionless == nil || !c.Sessionless(Split(line))
}

// anyWords is Sessionless of a command that asks nothing of the session, whatever its
// words are.
func anyWords([]string) bool { return true }

// Writes tells whether a line may change what a server keeps.
func (sh *Shell) Writes(line string) bool {
	c := sh.commandOf(line)
	return c != nil && c.Effect != Reads
}

// commandOf is the command of a line, nil if there is none.
func (sh *Shell) commandOf(line string) *Command {
	words := Split(line)
	if len(words) == 0 {
		return nil
	}
	return sh.lookup(sh.Dialect(), words[0])
}

// expectEnd says that the session may end by what the shell has been told to do.
func (sh *Shell) expectEnd() {
	if sh == nil {
		return
	}
	if zk := sh.Session(); zk != nil {
		zk.ExpectEnd()
	}
}
