package shell

import (
	"context"
	"fmt"
	"iter"

	"zoosh/internal/session"
)

// sessionCommands are the commands that begin and end sessions.
var sessionCommands = []Command{
	{
		Name: "connect", Run: runConnect, Results: []Result{&connected{}}, Effect: Reads, Reaches: OwnServer | OtherServers | LocalFiles | LocalPrograms, Beyond: connectBeyond, Needs: NeedsNothingButSays,
		Usage:   Usage{D34: "host:port"},
		Summary: "open a new session, here, on another server or on that of @PROFILE",
		Args:    []ArgKind{ArgOther}, MaxArgs: 1,
		Example: "connect localhost:2181",
	},
	{
		Name: "close", Run: runClose, Results: []Result{&sessionLeft{}}, Effect: Reads, Reaches: OwnServer, Raw: true,
		Usage:   Usage{D34: ""},
		MaxArgs: NoArgs,
		Summary: "end the session, and with it its ephemerals",
		Example: "create -e /master x\nclose",
	},
	{
		Name: "crash", Run: runCrash, Results: []Result{&sessionLeft{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always(""),
		MaxArgs: NoArgs,
		Summary: "die: the session stays until its timeout",
		Example: "create -e /master x\ncrash",
	},
	{
		Name: "expire", Run: runExpire, Results: []Result{&sessionLeft{}}, Effect: Writes, Reaches: OwnServer, Own: true,
		Usage:   always(""),
		MaxArgs: NoArgs,
		Summary: "have the server end the session now",
		Example: "create -e /master x\nexpire",
	},
}

func runConnect(c *Call) error {
	to := ""
	if len(c.args) > 0 {
		to = c.args[0]
	}
	if c.sh.cfg.Past != nil && to != "" && to != c.sh.cfg.Connect {
		return failf("connect: a directory is open here, in which nothing can be changed; zoosh -server HOST:PORT is a shell on a server")
	}
	was := ""
	if alive(c.sh.Session()) {
		was = c.sh.ConnectString()
	}
	r, err := c.sh.mayLeave(c.ctx, c.args)
	if err != nil && was != "" {
		return failf("connect %s: %v; the session on %s stays", to, err, c.sh.Place())
	} else if err != nil {
		return fmt.Errorf("connect %s: %w", to, err)
	}
	for _, note := range r.Remarks {
		c.note("%s", note)
	}
	if err := c.sh.connect(c.ctx, r); err != nil {
		return err
	}
	if c.sh.cfg.Typed && !c.sh.cfg.WaitForConnection {
		c.sayNoAnswer(was)
	}
	return c.yield(&connected{c.act(""), r.Connect, c.sessionID()})
}

// A connected is the server that the shell is on, and the session there; that has no id until
// it is connected.
type connected struct {
	act
	Server  string `json:"server"`
	Session string `json:"session,omitempty"`
}

func (*connected) text(*textOut) {}

func (n *connected) objects() iter.Seq[any] { return one(n) }

// A sessionLeft is a session that has ended, or that the shell has left, and the one that
// has taken its place.
type sessionLeft struct {
	act
	Session    string `json:"session,omitempty"`
	NewSession string `json:"newSession,omitempty"`
}

func (l *sessionLeft) text(w *textOut) {
	switch l.Command {
	case "quit", "exit":
		if w.dialect.Before(D38) {
			w.outln("Quitting...")
		}
	case "crash":
		w.errln("Connection dropped: the server keeps the session until its timeout")
	case "expire":
		w.errln("Session expired: a new one has taken its place")
	}
}

func (l *sessionLeft) objects() iter.Seq[any] { return one(l) }

// sessionID is that of the shell's session, "" if it has none yet.
func (c *Call) sessionID() string {
	if zk := c.sh.Session(); zk != nil && zk.ID() != 0 {
		return hex(zk.ID())
	}
	return ""
}

// ConnectString is where the shell was connected to last.
func (sh *Shell) ConnectString() string {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.at.Connect
}

func runClose(c *Call) error {
	left := &sessionLeft{act: c.act(""), Session: c.sessionID()}
	if err := c.zk.Close(); err != nil {
		return fmt.Errorf("close the session: %w", err)
	}
	return c.yield(left)
}

func runCrash(c *Call) error {
	left := &sessionLeft{act: c.act(""), Session: c.sessionID()}
	if err := c.zk.Crash(); err != nil {
		return fmt.Errorf("drop the connection: %w", err)
	}
	return c.yield(left)
}

// runExpire returns when the session that takes the place of the expired one is
// there, so that what follows runs on it.
func runExpire(c *Call) error {
	if err := c.zk.WaitConnected(c.ctx); err != nil {
		return err
	}
	old := c.zk.ID()
	if err := c.zk.Expire(c.ctx); err != nil {
		return fmt.Errorf("expire the session: %w", err)
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.sh.timeout())
	defer cancel()
	for {
		changed := c.sh.nextChange()
		if c.zk.ID() != old && c.zk.State() != session.Connecting {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("open a session after the expired one: %w", ctx.Err())
		}
	}
	return c.yield(&sessionLeft{c.act(""), hex(old), c.sessionID()})
}

// nextChange is closed at the next change of the connection.
func (sh *Shell) nextChange() <-chan struct{} {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.stateChanged
}
