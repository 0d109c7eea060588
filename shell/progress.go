package shell

import (
	"fmt"
	"time"

	"zoosh/internal/english"
)

// progressEvery is how often progress is told, and how long a command has to
// take before it is.
const progressEvery = 250 * time.Millisecond

// progress tells how far the command is, unless it was told just now.
func (c *Call) progress(text func() string) {
	if c.sh.cfg.Progress == nil {
		return
	}
	now := time.Now()
	switch {
	case c.progressAt.IsZero():
		c.progressAt = now
	case now.Sub(c.progressAt) >= progressEvery:
		c.progressAt, c.progressShown = now, true
		c.sh.cfg.Progress(text())
	}
}

// endProgress takes away what progress has shown, before anything else is said.
func (c *Call) endProgress() {
	if c.progressShown {
		c.progressShown = false
		c.sh.cfg.Progress("")
	}
}

// progressOf tells of a number of znodes, done of so many if that is known.
func (c *Call) progressOf(what string, of int) func(done int) {
	return func(done int) {
		c.progress(func() string {
			if of > 0 {
				return fmt.Sprintf("%s %d of %s", what, done, english.Count(of, "znode"))
			}
			return what + " " + english.Count(done, "znode")
		})
	}
}
