package shell

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/printable"
	"zoosh/internal/session"
)

// A Control is a front end's hold on the embedded server that it has started.
type Control interface {
	// Addr is the host:port that the server listens on.
	Addr() string
	// Condition is what the server is doing. It does not wait.
	Condition() control.Condition
	// Failure is why it has ended by itself, nil unless it has. It does not wait.
	Failure() error
	// Status tells how the server is.
	Status() control.Status

	// What becomes of one session.

	Expire(id int64) error
	Drop(id int64) error
	Delay(id int64, each time.Duration) error
	Cut(id int64) error
	Heal(id int64) error
	HealAll() (healed int, err error)

	// What becomes of all of them.

	Pause() error
	Resume() error
	Stop() error
	Start(forget bool) error
	Restart(forget bool) error
	Advance(by time.Duration) (deleted int, err error)
}

// control is the hold on the server that the shell is connected to.
func (c *Call) control() (Control, error) {
	if ct := c.sh.control(); ct != nil {
		return ct, nil
	}
	return nil, failf("%s: this is not the embedded server of this zoosh, and no other lets itself be controlled (zoosh -embedded has one)", c.cmd.Name)
}

// control is nil if the shell is connected to another server than the one that its
// front end has in hand, or to several.
func (sh *Shell) control() Control {
	ct := sh.cfg.Control
	if ct == nil {
		return nil
	}
	servers, _, err := session.ParseConnect(sh.ConnectString())
	if err != nil || len(servers) != 1 || !sameAddr(servers[0], ct.Addr()) {
		return nil
	}
	return ct
}

// first waits, not for too long, for a session that has only been begun: a command
// that needs none comes before it. Where nobody answers there is none to come.
func (c *Call) first() {
	zk := c.sh.Session()
	if zk == nil || zk.ID() != 0 || c.sh.Condition() != control.Running {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, noticeWait)
	defer cancel()
	zk.WaitConnected(ctx) // what needs it will say that it is not there
}

// sameAddr tells whether a connect string's server is the one that listens on addr.
func sameAddr(server, addr string) bool {
	host, port, err := net.SplitHostPort(server)
	at, atPort, atErr := net.SplitHostPort(addr)
	if err != nil || atErr != nil || port != atPort {
		return false
	}
	ip, atIP := net.ParseIP(host), net.ParseIP(at)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	return host == at || ip != nil && ip.Equal(atIP) || local && atIP != nil && atIP.IsUnspecified() ||
		host == "localhost" && atIP != nil && atIP.IsLoopback()
}

// Condition is what the embedded server is doing that the shell is connected to,
// without waiting for it. Other servers are taken to run.
func (sh *Shell) Condition() control.Condition {
	if ct := sh.control(); ct != nil {
		return ct.Condition()
	}
	return control.Running
}

// Failure is why that server has ended by itself, nil unless it has.
func (sh *Shell) Failure() error {
	if ct := sh.control(); ct != nil {
		return ct.Failure()
	}
	return nil
}

// ServerFailed is why a connection was lost whose server, the embedded one, has ended
// by itself.
type ServerFailed struct{ Err error }

func (e *ServerFailed) Error() string { return "the embedded server has failed: " + e.Err.Error() }

func (e *ServerFailed) Unwrap() error { return e.Err }

// FailedNote says so for those who see the prompt; "" if it is not why.
func FailedNote(why error) string {
	var failed *ServerFailed
	if !errors.As(why, &failed) {
		return ""
	}
	return fmt.Sprintf("(%v; server start tries again)\n", failed)
}

// unreachable tells whether nobody can confirm the end of a session, because the
// server was stopped, or the line cut, by command.
func (sh *Shell) unreachable(id int64) bool {
	ct := sh.control()
	return ct != nil && (ct.Condition() != control.Running ||
		slices.ContainsFunc(ct.Status().Sessions, func(s control.Session) bool { return s.ID == id && s.Cut }))
}

// over tells whether the server in hand has no session of that id any more.
func (sh *Shell) over(id int64) bool {
	ct := sh.control()
	return ct != nil && !slices.ContainsFunc(ct.Status().Sessions, func(s control.Session) bool { return s.ID == id && !s.Over })
}

// peers are the shells whose sessions commands may name.
func (sh *Shell) peers() map[string]*Shell {
	all := map[string]*Shell{}
	switch {
	case sh.cfg.Peers != nil:
		maps.Copy(all, sh.cfg.Peers())
	case sh.cfg.FrontEnd != nil:
		for _, other := range sh.cfg.FrontEnd.Sessions() {
			all[other.Name()] = other
		}
	}
	delete(all, "")
	return all
}

// A target is a session that a command is about.
type target struct {
	id    int64
	label string // as the user knows it; a recording has it under another name: see Named
	shell *Shell // whose session it is; nil if that is none of this process
}

// selfName is what the shell's own session is called.
const selfName = "self"

// allSessions stands for every session where that makes sense.
const allSessions = "all"

// MeansOthers tells whether a session of that name could not be named by it.
func MeansOthers(name string) bool { return name == selfName || name == allSessions }

// target finds the session that a word names, and takes note of it.
func (c *Call) target(ct Control, word string) (target, error) {
	if name, shown := strings.CutPrefix(word, sessionWord+" "); shown && c.sh.peers()[word] == nil {
		word = name // in quotes
	}
	t, err := c.called(ct, word)
	if err == nil {
		t.shell.expectEnd()
	}
	if err == nil && word != selfName {
		c.named = &Named{Word: word}
		if t.shell != nil {
			c.named.Shell = t.shell.Name()
		}
	}
	return t, err
}

// called finds the session that a word names: self, by the name of a shell, by its
// id or by how that begins.
func (c *Call) called(ct Control, word string) (target, error) {
	peers := c.sh.peers()
	sh, label := peers[word], "session "+word
	if word == selfName {
		sh, label = c.sh, "this session"
	}
	if sh != nil {
		if zk := sh.Session(); zk != nil && zk.ID() != 0 {
			return target{zk.ID(), label, sh}, nil
		}
		return target{}, failf("%s is not connected yet", label)
	}
	var found []int64
	prefix := strings.ToLower(word)
	for _, s := range ct.Status().Sessions {
		if id := hex(s.ID); id == prefix {
			found = []int64{s.ID}
			break
		} else if len(prefix) > len("0x") && strings.HasPrefix(id, prefix) {
			found = append(found, s.ID)
		}
	}
	switch len(found) {
	case 0:
		return target{}, failf("there is no session %s: it is self, the name of a session here, or an id that %s lists", word, c.cmd.Name)
	case 1:
		return target{found[0], "session " + hex(found[0]), shellOf(c.sh, peers, found[0])}, nil
	}
	return target{}, failf("%d sessions have ids that begin with %s", len(found), word)
}

// shellOf is the shell that has a session.
func shellOf(self *Shell, peers map[string]*Shell, id int64) *Shell {
	for _, sh := range append(slices.Collect(maps.Values(peers)), self) {
		if zk := sh.Session(); zk != nil && zk.ID() == id {
			return sh
		}
	}
	return nil
}

// noticeWait is how long a command that has dropped connections waits for their
// clients to notice: what is run next is not to be sent on one of them.
const noticeWait = 5 * time.Second

// noticed runs act, which drops the connections of these shells, and waits until
// those that were connected know it.
func (c *Call) noticed(act func() error, shells ...*Shell) error {
	var changes []<-chan struct{}
	for _, sh := range shells {
		changed := sh.nextChange()
		if zk := sh.Session(); zk != nil && zk.State() == session.Connected {
			changes = append(changes, changed)
		}
	}
	if err := act(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, noticeWait)
	defer cancel()
	for _, changed := range changes {
		select {
		case <-changed:
		case <-ctx.Done():
			return nil // it will find out
		}
	}
	return nil
}

// back waits, not for too long, until those of the shells that can reach the server
// again are back on it.
func (c *Call) back(ct Control, shells ...*Shell) {
	ctx, cancel := context.WithTimeout(c.ctx, noticeWait)
	defer cancel()
	for _, sh := range shells {
		if zk := sh.Session(); zk != nil && !slices.ContainsFunc(ct.Status().Sessions, func(s control.Session) bool { return s.ID == zk.ID() && s.Cut }) {
			zk.WaitConnected(ctx) // it will come back later then
		}
	}
}

// here are the shells that are connected to the server in hand.
func (c *Call) here() []*Shell {
	all := []*Shell{c.sh}
	for _, sh := range c.sh.peers() {
		if sh.control() != nil {
			all = append(all, sh)
		}
	}
	return all
}

// sessionWord is before a session's name where that is shown.
const sessionWord = "session"

// ServerArgs is what follows server in a line, without a "session" before the name of
// one: it is shown so, and may be typed so.
func ServerArgs(args []string) []string {
	if len(args) < 3 || args[1] != sessionWord {
		return args
	}
	a := findAct(args[0])
	if a == nil || !strings.HasPrefix(a.args, ofSession) || len(args) != len(strings.Fields(a.args))+2 {
		return args
	}
	return slices.Concat(args[:1], args[2:])
}

// ServerAct tells what the words of a line have the embedded server do, "" if it is
// only to be shown. ok is false for any other line.
func ServerAct(words []string) (act string, ok bool) {
	switch {
	case len(words) == 0 || words[0] != "server":
		return "", false
	case len(words) > 1 && findAct(words[1]) != nil:
		return words[1], true
	}
	return "", true
}

// actCandidates and targetCandidates are what the arguments of server can be.
func actCandidates() []Candidate {
	var out []Candidate
	for _, a := range serverActs {
		out = append(out, Candidate{Text: a.name, Help: a.text})
	}
	return out
}

func (sh *Shell) targetCandidates() []Candidate {
	out := []Candidate{{Text: selfName, Help: "this session"}}
	peers := sh.peers()
	for _, name := range slices.Sorted(maps.Keys(peers)) {
		if text, ok := Quote(name); ok && printable.Is(name) {
			out = append(out, Candidate{Text: text, Help: "session" + idText(peers[name].Session())})
		}
	}
	if ct := sh.control(); ct != nil {
		for _, s := range ct.Status().Sessions {
			out = append(out, Candidate{Text: hex(s.ID), Help: sh.whose(s)})
		}
	}
	return out
}

func idText(zk *session.Session) string {
	if zk == nil || zk.ID() == 0 {
		return ""
	}
	return " " + hex(zk.ID())
}

// whose tells a session by more than its id.
func (sh *Shell) whose(s control.Session) string {
	var text []string
	add := func(prefix, what string) {
		if what != "" {
			text = append(text, prefix+what)
		}
	}
	name, purpose := sh.nameOf(s.ID), sh.aides()[s.ID]
	add("session ", name)
	add("", purpose)
	if name == "" && purpose == "" {
		add("client ", s.Client)
	}
	add("", lineText(s))
	return strings.Join(text, ", ")
}

// lineText is what is wrong with the line of a session.
func lineText(s control.Session) string {
	switch {
	case s.Cut:
		return "cut off"
	case s.Delay > 0:
		return fmt.Sprintf("delayed by %v", s.Delay)
	}
	return ""
}
