package shell

import (
	"context"
	"errors"
	"fmt"

	"zoosh/internal/english"
	"zoosh/internal/session"
)

// DoubtOf says of a write that failed with err why it may have been done all the same;
// "" if it was not, or if it was a read.
func DoubtOf(err error) string {
	if !errors.Is(err, session.ErrInDoubt) {
		return ""
	}
	return noAnswer(err) + ": " + session.ErrInDoubt.Error()
}

// noAnswer is why a request that was sent has no answer.
func noAnswer(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted before the answer came"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer came in time"
	case errors.Is(err, session.ErrClosed):
		return "the session was closed before the answer came"
	case session.IsLongReply(err):
		return "the answer was too long to be read"
	}
	return "the connection was lost before the answer came"
}

// doubtText says that it is not known what a command has done, and how far it came for
// certain. Of the number of changes that it was to make, of is 0 if that is not known.
func doubtText(done session.Changes, of int) string {
	if done.Requests == 1 && (of == 0 || of == done.InDoubt) {
		return DoubtOf(done.Err)
	}
	if done.Done == 0 {
		return fmt.Sprintf("%s: whether %s made is not known", noAnswer(done.Err), changesWere(done.InDoubt, of))
	}
	more := "1 more was"
	if done.InDoubt > 1 {
		more = fmt.Sprintf("%d more were", done.InDoubt)
	}
	return fmt.Sprintf("%s: %s made, and whether %s made is not known", noAnswer(done.Err), changesWere(done.Done, of), more)
}

// changesWere is "2 of 3 changes were", or "2 changes were" where it is not known of
// how many.
func changesWere(n, of int) string {
	switch {
	case of > 0:
		return fmt.Sprintf("%d of %s were", n, english.Count(of, "change"))
	case n == 1:
		return "1 change was"
	}
	return english.Count(n, "change") + " were"
}

// changes tells how many changes the command is to make; how many is only asked if it
// is to be said.
func (c *Call) changes(of func() int) { c.toMake = of }

// jsonDoubt is a write whose outcome is not known.
type jsonDoubt struct {
	Command string `json:"command"`
	Outcome string `json:"outcome"`
	Error   string `json:"error"`
	Done    int    `json:"done"`
	InDoubt int    `json:"inDoubt"`
	Of      int    `json:"of,omitempty"`
}

// sayDoubt says what the requests of the command that were not answered may have done,
// and returns that; "" if there were none. zkCli says no such thing: in a script it is
// for the front end to say, and a page has none of it.
func (c *Call) sayDoubt() string {
	done := c.done.Changes()
	if done.InDoubt == 0 {
		return c.doubt // of a line that it ran
	}
	of := 0
	if c.toMake != nil {
		of = c.toMake()
	}
	text := doubtText(done, of)
	if c.asJSON && (c.sh.cfg.Typed || c.sh.cfg.Warn != nil) {
		line, err := objectLine(jsonDoubt{c.cmd.Name, "unknown", errorMessage(c.dialect, done.Err, nil), done.Done, done.InDoubt, of})
		if err == nil {
			c.put(Item{Kind: Stdout, Text: line, Doubt: text})
		}
	}
	if c.sh.cfg.Typed {
		c.put(Item{Kind: Stderr, Text: text + "\n", Doubt: text})
	}
	return text
}

// Doubt is why it is not known what the last command has done, and how far it came for
// certain; "" if it is known. The sentence ends with no full stop.
func (sh *Shell) Doubt() string {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.doubt
}
