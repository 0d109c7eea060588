package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zoosh/internal/session"
)

// A Reach is where an ensemble is, how it is reached and as whom.
type Reach struct {
	Connect    string // zkCli's connect string
	Timeout    time.Duration
	Security   session.Security
	MaxRequest int
	NoWrites   bool // nothing is to be written there
	Auth       []session.Credential

	// Of a profile:

	Profile string   // its name; "" if it is none
	Colour  string   // of the status line
	Notes   []string // what is to be known about it, a sentence each
}

// reach is how the server of Config.Connect is reached.
func (cfg *Config) reach() Reach {
	return Reach{Connect: cfg.Connect, Profile: cfg.ProfileName, Timeout: cfg.Timeout, Security: cfg.Security, MaxRequest: cfg.MaxRequest, NoWrites: cfg.NoWrites, Auth: cfg.Auth}
}

// Reach is how the server is reached that the shell was connected to last.
func (sh *Shell) Reach() Reach {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.at
}

// ReadsOnly tells whether the shell refuses what writes, wherever it is connected to.
func (sh *Shell) ReadsOnly() bool { return sh.cfg.NoWrites || sh.Reach().NoWrites }

// profileMark stands before the name of a profile where a connect string may stand.
const profileMark = "@"

// reachOf is how one comes to what a connect string, or @ and the name of a profile,
// names; "" is where the shell is. Nothing is asked but the profile's credentials.
func (sh *Shell) reachOf(ctx context.Context, to string) (Reach, error) {
	if to == "" {
		return sh.Reach(), nil
	}
	if err := sh.withinReach(to, false); err != nil {
		return Reach{}, err
	}
	if name, ok := strings.CutPrefix(to, profileMark); ok {
		if sh.cfg.Profile == nil {
			return Reach{}, errors.New("there are no profiles here")
		}
		r, err := sh.cfg.Profile(ctx, name)
		r.NoWrites = r.NoWrites || sh.cfg.NoWrites
		return r, err
	}
	r := sh.cfg.reach()
	servers, _, err := session.ParseConnect(to)
	if err != nil {
		return Reach{}, err
	}
	if r.Connect = to; to != sh.cfg.Connect {
		r.Profile = ""
	}
	if own, _, err := session.ParseConnect(sh.cfg.Connect); err != nil || slices.ContainsFunc(servers, func(s string) bool { return !slices.Contains(own, s) }) {
		r.Auth = nil // no other server gets to see them
	}
	return r, nil
}

// sessionConfig is the configuration of a session there.
func (sh *Shell) sessionConfig(r Reach) (session.Config, error) {
	servers, chroot, err := session.ParseConnect(r.Connect)
	return session.Config{
		Servers: servers, Chroot: chroot, Timeout: r.Timeout, Security: r.Security, MaxRequest: r.MaxRequest,
		Limits: sh.cfg.Limits, ReadOnly: sh.cfg.ReadOnly, NoWrites: r.NoWrites, Auth: r.Auth,
	}, err
}

// resolveWait bounds how long names are looked up before a session is given up.
const resolveWait = 5 * time.Second

// mayLeave finds out what keeps a connect from being tried at all: the session of the
// moment is closed only if nothing does.
func (sh *Shell) mayLeave(ctx context.Context, args []string) (r Reach, err error) {
	if r = sh.Reach(); len(args) > 0 && args[0] == "" {
		_, _, err = session.ParseConnect("") // which is not where it is
	} else if len(args) > 0 {
		r, err = sh.reachOf(ctx, args[0])
	}
	if err != nil {
		return r, err
	}
	cfg, err := sh.sessionConfig(r)
	if err != nil {
		return r, err
	}
	if err := session.Check(cfg); err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, resolveWait)
	defer cancel()
	return r, session.Resolve(ctx, cfg.Servers)
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
