package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zoosh/internal/session"
)

// Target is the ensemble that the shell was connected to last.
func (sh *Shell) Target() session.Target {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.at
}

// ReadsOnly tells whether the shell refuses what writes, wherever it is connected to.
func (sh *Shell) ReadsOnly() bool { return sh.cfg.NoWrites || sh.Target().NoWrites }

// profileMark stands before the name of a profile where a connect string may stand.
const profileMark = "@"

// targetOf is what a connect string, or @ and the name of a profile, names; "" is where
// the shell is. Nothing is asked but the profile's credentials.
func (sh *Shell) targetOf(ctx context.Context, to string) (session.Target, error) {
	if to == "" {
		return sh.Target(), nil
	}
	if err := sh.withinReach(to, false); err != nil {
		return session.Target{}, err
	}
	name, ok := strings.CutPrefix(to, profileMark)
	if !ok {
		return sh.cfg.Target.To(to)
	}
	if sh.cfg.Profile == nil {
		return session.Target{}, errors.New("there are no profiles here")
	}
	t, err := sh.cfg.Profile(ctx, name)
	t.NoWrites = t.NoWrites || sh.cfg.NoWrites
	t.ReadOnly = t.ReadOnly || sh.cfg.ReadOnly
	t.Limits, t.Window = sh.cfg.Limits, sh.cfg.Window
	return t, err
}

// resolveWait bounds how long names are looked up before a session is given up.
const resolveWait = 5 * time.Second

// mayLeave finds out what keeps a connect from being tried at all: the session of the
// moment is closed only if nothing does.
func (sh *Shell) mayLeave(ctx context.Context, args []string) (t session.Target, err error) {
	if t = sh.Target(); len(args) > 0 && args[0] == "" {
		_, _, err = session.ParseConnect("") // which is not where it is
	} else if len(args) > 0 {
		t, err = sh.targetOf(ctx, args[0])
	}
	if err != nil {
		return t, err
	}
	cfg, err := t.Config()
	if err != nil {
		return t, err
	}
	if err := session.Check(cfg); err != nil {
		return t, err
	}
	ctx, cancel := context.WithTimeout(ctx, resolveWait)
	defer cancel()
	return t, session.Resolve(ctx, cfg.Servers)
}

// answerWait is how long a person waits for the answer of a server that was connected
// to; the session goes on trying.
const answerWait = 2 * time.Second

// sayNoAnswer says to a person that a server does not answer, and what that has cost.
// was is where the session was that is closed now; "" if there was none.
func (c *Call) sayNoAnswer(was string) {
	ctx, cancel := context.WithTimeout(c.ctx, answerWait)
	defer cancel()
	zk := c.sh.Session()
	err := zk.Attempt(ctx)
	if err == nil || c.ctx.Err() != nil {
		return
	}
	closed := ""
	if was != "" {
		closed = fmt.Sprintf(", and the session on %s is closed", c.sh.cfg.PlaceOf(was))
	}
	c.errln("%s does not answer%s: %v", c.sh.Place(), closed, err)
}
