package shell

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/session"
)

// serverCommands are about the embedded server alone. What they do to it does not
// go through the session, which may be one of those that cannot reach it.
var serverCommands = []Command{
	{
		Name: "server", Run: runServer, Results: []Result{&serverStatus{}, &serverActed{}}, Effect: Writes, Reaches: OwnServer, ReadsAlone: true, Needs: NeedsNothing, Own: true, Raw: true, Beside: true,
		Usage:   always("[act [argument]]"),
		MaxArgs: AnyArgs,
		Summary: "show the embedded server, or have it or the network fail",
		Details: serverDetails,
		Options: []Option{{Name: "forget", Desc: "of start and restart: begin with an empty tree"}},
		ArgOf:   serverArg,
		Example: "server\nserver restart\nserver delay self 5\nserver heal all",
	},
}

// A serverAct is what server can do.
type serverAct struct {
	name, args, text string
	forget           bool // it has the option
	run              func(c *Call, ct Control, args []string) error
}

// The arguments of acts.
const (
	ofSession = "SESSION"
	ofLine    = "SESSION|all"
	ofDelay   = "SESSION TIME"
	ofClock   = "+TIME"
)

// serverActs are in the order of help.
var serverActs = []serverAct{
	{name: "expire", args: ofSession, run: serverExpire,
		text: "end a session now, as if its timeout had passed"},
	{name: "drop", args: ofSession, run: serverDrop,
		text: "drop its connection; the client comes back to its session"},
	{name: "delay", args: ofDelay, run: serverDelay,
		text: "delay its traffic, each way: 200 (ms) or 1.5s; 0 ends it"},
	{name: "cut", args: ofSession, run: serverCut,
		text: "let nothing pass: both sides notice by timeouts alone"},
	{name: "heal", args: ofLine, run: serverHeal,
		text: "end cut and delay: what was held up arrives"},
	{name: "pause", run: serverPause,
		text: "stand still, as if by SIGSTOP: nothing is answered"},
	{name: "resume", run: serverResume,
		text: "go on: who is overdue expires, then what waited is served"},
	{name: "stop", run: serverStop,
		text: "refuse connections, and remember znodes and sessions"},
	{name: "start", args: "[-forget]", forget: true, run: serverStart,
		text: "serve again, each session with its whole timeout"},
	{name: "restart", args: "[-forget]", forget: true, run: serverRestart,
		text: "stop and start"},
	{name: "clock", args: ofClock, run: serverClock,
		text: "put its clock forward, for stamps and TTLs, not sessions"},
}

// serverDetails lists the acts for help.
func serverDetails() string {
	var b strings.Builder
	for _, a := range serverActs {
		fmt.Fprintf(&b, " %-18s  %s\n", strings.TrimSpace(a.name+" "+a.args), a.text)
	}
	b.WriteString("SESSION is self, a session's name here, an id, or how an id begins.\n" +
		"At a prompt it does not queue behind a line that waits for the server.\n")
	return b.String()
}

// serverArg is the kind of the argument of server that follows others.
func serverArg(before []string) ArgKind {
	if len(before) == 0 {
		return ArgServerAct
	}
	before = ServerArgs(before)
	a := findAct(before[0])
	switch {
	case a != nil && strings.HasPrefix(a.args, ofSession) && slices.Equal(before[1:], []string{sessionWord}):
		return ArgServerSession // it may be the word for one, or the name of one
	case a == nil || len(before) > 1:
		return ArgOther
	case a.args == ofLine:
		return ArgServerLine
	case strings.HasPrefix(a.args, ofSession):
		return ArgServerSession
	}
	return ArgOther
}

func findAct(name string) *serverAct {
	for i := range serverActs {
		if serverActs[i].name == name {
			return &serverActs[i]
		}
	}
	return nil
}

func runServer(c *Call) error {
	ct, err := c.control()
	if err != nil {
		return err
	}
	c.first()
	if len(c.args) == 0 {
		return c.yield(c.serverStatus(ct.Status()))
	}
	a := findAct(c.args[0])
	if a == nil {
		return c.noAct(c.args[0])
	}
	args := ServerArgs(c.args)[1:]
	if a.forget && slices.Equal(args, []string{"-forget"}) {
		c.opts, args = options{"forget": ""}, nil
	}
	if want := len(strings.Fields(a.args)); !a.forget && len(args) != want || a.forget && len(args) > 0 {
		return failf("%s", strings.TrimSpace(c.cmd.Name+" "+a.name+" "+a.args))
	}
	if a.args == "" || a.forget { // it is about all of them
		for _, sh := range c.here() {
			sh.expectEnd()
		}
	}
	if err := a.run(c, ct, args); err != nil {
		return fmt.Errorf("%s %s: %w", c.cmd.Name, a.name, err)
	}
	return nil
}

func (c *Call) noAct(word string) error {
	var names []string
	for _, a := range serverActs {
		names = append(names, a.name)
	}
	hint := ""
	if near := Nearest(word, names); near != "" {
		hint = fmt.Sprintf(" (%s?)", near)
	}
	return failf("%s has no %q%s: it has %s", c.cmd.Name, word, hint, strings.Join(names, ", "))
}

// serverExpire returns when the client has noticed, if it is one of this process
// and can be reached: what it runs next is to run on its new session.
func serverExpire(c *Call, ct Control, args []string) error {
	t, err := c.target(ct, args[0])
	if err != nil {
		return err
	}
	shells := c.reachable(ct, t)
	if err := c.noticed(func() error { return ct.Expire(t.id) }, shells...); err != nil {
		return err
	}
	says := "its client hears of it when it reaches the server again"
	for _, sh := range shells {
		if sh.awaitAnother(c.ctx, t.id) {
			says = "its client has heard of it, and has another session"
		}
	}
	return c.acted(t.did(), "Expired: %s; %s", t.label, says)
}

// reachable is the target's shell, unless it is not told what the server does.
func (c *Call) reachable(ct Control, t target) []*Shell {
	for _, s := range ct.Status().Sessions {
		if s.ID == t.id && !s.Cut && t.shell != nil {
			return []*Shell{t.shell}
		}
	}
	return nil
}

// awaitAnother waits, not for too long, for a session in the place of an old one, and
// tells whether there is one.
func (sh *Shell) awaitAnother(ctx context.Context, old int64) bool {
	ctx, cancel := context.WithTimeout(ctx, noticeWait)
	defer cancel()
	for {
		changed := sh.nextChange()
		zk := sh.Session()
		switch another := zk.ID() != old; {
		case another && zk.State() == session.Connected:
			return true
		case zk.State() == session.Closed:
			return false
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func serverDrop(c *Call, ct Control, args []string) error {
	t, err := c.target(ct, args[0])
	if err != nil {
		return err
	}
	shells := c.reachable(ct, t)
	if err := c.noticed(func() error { return ct.Drop(t.id) }, shells...); err != nil {
		return err
	}
	c.back(ct, shells...)
	return c.acted(t.did(), "Dropped: the connection of %s, which lives on", t.label)
}

func serverDelay(c *Call, ct Control, args []string) error {
	t, err := c.target(ct, args[0])
	if err != nil {
		return err
	}
	each, err := parseDelay(args[1])
	if err != nil {
		return err
	}
	if err := ct.Delay(t.id, each); err != nil {
		return err
	}
	ms := each.Milliseconds()
	did := serverActed{Session: hex(t.id), DelayMS: &ms}
	if each == 0 {
		return c.acted(did, "Not delayed any more: %s", t.label)
	}
	return c.acted(did, "Delayed by %v each way: %s", each, t.label)
}

// maxDelay is longer than any session lasts.
const maxDelay = time.Hour

// parseDelay reads milliseconds, or a time with its unit.
func parseDelay(text string) (time.Duration, error) {
	if n, err := strconv.Atoi(text); err == nil {
		text = fmt.Sprint(n) + "ms"
	}
	d, err := parseAge(text)
	if err != nil || d > maxDelay {
		return 0, failf("a delay is milliseconds, or a time such as 1.5s, up to an hour")
	}
	return d, nil
}

func serverCut(c *Call, ct Control, args []string) error {
	t, err := c.target(ct, args[0])
	if err != nil {
		return err
	}
	if err := ct.Cut(t.id); err != nil {
		return err
	}
	return c.acted(t.did(), "Cut off: %s; nothing passes until it is healed", t.label)
}

func serverHeal(c *Call, ct Control, args []string) error {
	if args[0] == allSessions {
		n, err := ct.HealAll()
		if err != nil {
			return err
		}
		return c.acted(serverActed{Sessions: &n}, "Healed: %s", count(n, "session"))
	}
	t, err := c.target(ct, args[0])
	if err != nil {
		return err
	}
	if err := ct.Heal(t.id); err != nil {
		return err
	}
	return c.acted(t.did(), "Healed: %s", t.label)
}

func serverPause(c *Call, ct Control, _ []string) error {
	if err := ct.Pause(); err != nil {
		return err
	}
	return c.acted(serverActed{}, "Paused: the server answers nothing until server resume")
}

func serverResume(c *Call, ct Control, _ []string) error {
	if err := ct.Resume(); err != nil {
		return err
	}
	return c.acted(serverActed{}, "Resumed")
}

func serverStop(c *Call, ct Control, _ []string) error {
	if err := c.noticed(ct.Stop, c.here()...); err != nil {
		return err
	}
	return c.acted(serverActed{}, "Stopped: the server remembers its znodes and sessions")
}

func serverStart(c *Call, ct Control, _ []string) error {
	if err := ct.Start(c.has("forget")); err != nil {
		return err
	}
	c.back(ct, c.here()...)
	return c.started()
}

func serverRestart(c *Call, ct Control, _ []string) error {
	if err := c.noticed(func() error { return ct.Restart(c.has("forget")) }, c.here()...); err != nil {
		return err
	}
	c.back(ct, c.here()...)
	return c.started()
}

func (c *Call) started() error {
	if c.has("forget") {
		return c.acted(serverActed{Forget: true}, "Started with an empty tree: every session is lost")
	}
	return c.acted(serverActed{}, "Started: each session has its whole timeout from now on")
}

func serverClock(c *Call, ct Control, args []string) error {
	text, forward := strings.CutPrefix(args[0], "+")
	by, err := parseAge(text)
	if err != nil || !forward || by <= 0 {
		return failf("the clock goes forward alone, by 100 years at most: %s %s +1h (or +90s, +2d)", c.cmd.Name, c.args[0])
	}
	deleted, err := ct.Advance(by)
	if err != nil {
		return err
	}
	gone := ""
	if deleted > 0 {
		gone = "; deleted as overdue: " + count(deleted, "znode")
	}
	ahead := ct.Status().Ahead
	ms := ahead.Milliseconds()
	return c.acted(serverActed{AheadMS: &ms, Deleted: deleted}, "The clock is %v ahead%s", ahead, gone)
}
