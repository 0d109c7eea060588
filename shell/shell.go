// Package shell is zkCli's language: it takes a line, runs the command in it on a
// session and puts out what zkCli would have printed.
//
// Contract: there is one table of commands, and six front ends that use it
// without a copy of any. A Shell runs one line at a time. Everything that comes
// out of it (data, messages, watch events, changes of the connection) is one
// sequence of Items, in which a watch event stands where ZooKeeper's order puts
// it: before the output of any later read. The package knows no terminal; what
// it puts out is raw, and Printable makes it fit to be shown.
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// Config says what a shell is connected to and how it speaks.
type Config struct {
	Name string // tells the shell's items apart from another's
	// Target is the ensemble to join. NoWrites there refuses every command that writes,
	// too.
	session.Target
	// WaitForConnection makes connect wait until the session is established.
	WaitForConnection bool
	Dialect           Dialect
	// Strict keeps to zkCli's letter where zoosh would rather help: in dialects
	// that know no help or exit they are unknown commands, and a line of spaces
	// is one too. It is meant for scripts, which may have been written for zkCli.
	Strict bool
	// Typed says that a person types the lines, at a prompt or as a single command:
	// what does harm by zkCli's letter is refused then, or asked about. The lines of
	// scripts and pages are kept to that letter.
	Typed bool
	// Warn, if it is not nil, is told in a script what zkCli leaves unsaid: that a
	// command has done something else than it seems to say. It must not block, and
	// what it says is no part of a recording.
	Warn func(text string)
	// OneSession: once the session has expired, no command is run on the one that
	// takes its place, unless the end was asked for: see session.Config.NoSuccessor.
	OneSession bool
	// Grant is what commands may reach beyond the server of Connect; nil is all that
	// they can, as is right for the lines of who uses zoosh.
	Grant *Grant
	// JSON prints what commands find, and have done, as JSON, an object a line; see the
	// output command.
	JSON bool
	// Columns is how wide text may be that is laid out for people, in cells; nil is 80.
	Columns func() int
	// Quiet keeps back messages that are no errors.
	Quiet bool
	// Input is what create PATH - and set PATH - take the data from. If it is nil,
	// "-" is data, as it is to zkCli.
	Input io.Reader
	// Raw has get write data that is no text as it is, without an end of line.
	Raw bool
	// Progress, if it is not nil, is told now and then how far a command is that
	// takes its time, and "" when that is over. It must not block.
	Progress func(text string)
	// Ask asks the user before more than one znode is taken or overwritten; nil
	// does not ask. It returns when there is an answer or ctx ends.
	Ask func(ctx context.Context, question string) (bool, error)
	// AskOfData asks in the same way before the data of a znode is spoiled: whatever
	// the server is.
	AskOfData func(ctx context.Context, question string) (bool, error)
	// AskWord asks before more znodes are taken than a y should do for: only word as
	// the answer agrees. Where it is nil, Ask asks.
	AskWord func(ctx context.Context, question, word string) (bool, error)
	// Log is the transactions of the server of Connect, if its files are at hand.
	Log TxnLog
	// Past are the sessions of the state that the server of Connect shows, if that is
	// over, nobody being connected with them; nil if it is not.
	Past []PastSession
	// AsOf is the zxid of that state, where it is known; nil otherwise.
	AsOf *int64
	// Notes is what is to be known of what the shell shows, a sentence each. They are
	// said when it is opened.
	Notes []string
	// FrontEnd does the commands that are about more than one shell; nil if the front
	// end has none of that.
	FrontEnd FrontEnd
	// Profile tells how the ensemble is reached that a profile is the name of; nil if
	// there are none. It may ask for credentials, until ctx ends.
	Profile func(ctx context.Context, name string) (session.Target, error)
	// Control is the hold on the embedded server, if the front end has one in hand;
	// it need not be the one that the shell is connected to.
	Control Control
	// Peers tells by name whose sessions commands may name, the shell's own among
	// them; nil leaves it at the sessions of FrontEnd.
	Peers func() map[string]*Shell
	// Aides tells by id what the front end's own sessions are for; it may be nil.
	Aides func() map[int64]string
	// Sink takes the items, from the command that runs and from the session's
	// receive path at once: it must keep the order of the calls and must not
	// let an event wait, not even behind output that does. Stream.Put is made
	// for it.
	Sink func(Item)
}

// A Shell is zkCli's state: a session, the history, the switches.
type Shell struct {
	cfg Config

	mu           sync.Mutex
	zk           *session.Session
	at           session.Target // where it was connected to last
	dialect      Dialect
	servers      []string
	resolve      session.LookupFunc // of their names; nil is the resolver
	serverSays   Dialect            // Auto until known
	detected     chan struct{}      // closed once serverSays is known; nil if it was never asked
	stateChanged chan struct{}      // closed, and replaced, at each change of the connection
	printWatches bool
	json         bool
	jsonCalls    int      // commands under way that print JSON
	history      []string // by command number
	quit         bool
	closed       bool   // by Close: nothing connects any more
	code         int    // exit code of the last command
	doubt        string // of the last command: see Doubt
}

// New makes a shell that is not connected yet.
func New(cfg Config) *Shell {
	return &Shell{
		cfg: cfg, dialect: cfg.Dialect, at: cfg.Target, printWatches: true, json: cfg.JSON,
		stateChanged: make(chan struct{}),
	}
}

// Open connects to Config.Connect. It does not wait for the connection, unless
// Config.WaitForConnection asks for it. The error is a connect string that is
// none, or the connection that could not be waited for.
func (sh *Shell) Open(ctx context.Context) error {
	if !sh.cfg.Quiet {
		for _, note := range sh.cfg.Notes {
			sh.put(Item{Kind: Stderr, Text: note + "\n"})
		}
	}
	return sh.connect(ctx, sh.cfg.Target)
}

// connect gives up the session and opens one elsewhere.
func (sh *Shell) connect(ctx context.Context, r session.Target) error {
	to := r.Connect
	cfg, err := r.Config()
	if err == nil {
		err = sh.withinReach(to, true)
	}
	if err != nil {
		return fmt.Errorf("connect %s: %w", to, err)
	}
	began := time.Now()
	if err := sh.endSession(); err != nil {
		// Its server is gone: all the more reason to join another.
		sh.put(Item{Kind: Stderr, Text: err.Error() + "\n"})
	}
	cfg.OnEvent, cfg.NoSuccessor = sh.onEvent, sh.cfg.OneSession
	zk, err := session.Open(cfg)
	if err != nil {
		return fmt.Errorf("connect %s: %w", to, err)
	}
	sh.mu.Lock()
	if sh.closed {
		sh.mu.Unlock()
		return errors.Join(session.ErrClosed, zk.Close())
	}
	sh.zk, sh.at = zk, r
	sh.serverSays, sh.detected = Auto, nil
	sh.startDetecting(cfg.Servers)
	sh.mu.Unlock()
	if !sh.cfg.WaitForConnection {
		return nil
	}
	ctx, cancel := context.WithDeadline(ctx, began.Add(sh.timeout()))
	defer cancel()
	if err := zk.WaitConnected(ctx); err != nil {
		return fmt.Errorf("connect %s: %w", to, sh.tooLate(err, zk.LastError()))
	}
	return nil
}

// tooLate says of a connection that did not come in time why, as far as that is known.
func (sh *Shell) tooLate(err, why error) error {
	switch {
	case !errors.Is(err, context.DeadlineExceeded):
		return err
	case why == nil:
		return fmt.Errorf("not connected within %v", sh.timeout())
	}
	return fmt.Errorf("not connected within %v: %w", sh.timeout(), why)
}

func (sh *Shell) timeout() time.Duration {
	if t := sh.Target().Timeout; t > 0 {
		return t
	}
	return 30 * time.Second
}

// Session is the session of the moment; nil before Open.
func (sh *Shell) Session() *session.Session {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.zk
}

// alive is zkCli's test for "Not connected": a session that is connecting is alive.
func alive(zk *session.Session) bool {
	if zk == nil {
		return false
	}
	st := zk.State()
	return st != session.Closed && st != session.AuthFailed
}

// Prompt is zkCli's prompt of the moment, with a blank at its end.
func (sh *Shell) Prompt() string {
	sh.mu.Lock()
	zk, n := sh.zk, len(sh.history)
	sh.mu.Unlock()
	state := session.Closed
	if zk != nil {
		state = zk.State()
	}
	return fmt.Sprintf(promptHead+"%s(%v) %d] ", sh.promptPlace(), state, n)
}

// Typed is Config.Typed.
func (sh *Shell) Typed() bool { return sh.cfg.Typed }

// Quitting tells whether quit was run: no line is to follow.
func (sh *Shell) Quitting() bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.quit
}

// Code is the exit code of the last command, as zkCli 3.9 gives it: 0, 1 if it
// failed, 127 if there is no such command.
func (sh *Shell) Code() int {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.code
}

// Close ends the session, and that of a connect that is under way: no other one
// follows.
func (sh *Shell) Close() error {
	sh.mu.Lock()
	sh.closed = true
	sh.mu.Unlock()
	return sh.endSession()
}

// endSession ends the session of the moment. One whose credential was refused is
// not alive to zkCli, but would go on connecting.
func (sh *Shell) endSession() error {
	zk := sh.Session()
	if zk == nil {
		return nil
	}
	wasAlive := alive(zk) && !sh.unreachable(zk.ID())
	if err := zk.Close(); err != nil && wasAlive && !sh.over(zk.ID()) {
		return fmt.Errorf("close the session: %w", err)
	}
	return nil
}

// Run runs a line as if it had been typed at the prompt. The items it puts out
// begin with a Began and end with a Done, which carries the exit code that is
// returned. When ctx ends, so does the command.
func (sh *Shell) Run(ctx context.Context, line string) int { return sh.run(ctx, line, false) }

func (sh *Shell) run(ctx context.Context, line string, beside bool) int {
	sh.put(Item{Kind: Began, Line: line, Prompt: sh.Prompt(), Beside: beside})
	if sh.blank(line) {
		return sh.done(Item{Kind: Done, Line: line, Code: sh.Code(), Beside: beside})
	}
	sh.keepLine(line)
	return sh.done(sh.execute(ctx, &Call{line: line, beside: beside}))
}

// blank tells whether a line is passed over.
func (sh *Shell) blank(line string) bool {
	return line == "" || !sh.cfg.Strict && strings.TrimSpace(line) == ""
}

// keepLine puts a line into the history.
func (sh *Shell) keepLine(line string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.history = append(sh.history, line)
}

// RunWords runs a command whose words are known already, as those of a command
// line are. It is not in the history.
func (sh *Shell) RunWords(ctx context.Context, words []string) int {
	line := strings.Join(words, " ")
	sh.put(Item{Kind: Began, Line: line, Prompt: sh.Prompt()})
	return sh.done(sh.execute(ctx, &Call{line: line, words: words}))
}

func (sh *Shell) done(end Item) int {
	sh.ends(end)
	sh.put(end)
	return end.Code
}

// ends notes how the last line has ended.
func (sh *Shell) ends(end Item) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.code, sh.doubt = end.Code, end.Doubt
}

// execute finds the command and runs it, in the order of zkCli's checks, and
// returns how it ended. A panic in it is an error like any other: other sessions are
// none of its business. The words of the call are those of its line, unless they are
// known already.
func (sh *Shell) execute(ctx context.Context, c *Call) Item {
	c.began = time.Now() // before it is known what the server is
	c.done = new(session.Tally)
	c.ctx, c.sh = session.WithTally(ctx, c.done), sh
	err := fault.Do(func() error {
		if c.words == nil {
			c.words = sh.split(c.line)
		}
		c.dialect = sh.dialectFor(c.words)
		return sh.dispatch(c)
	})
	c.endProgress()
	code := c.failed(err)
	return Item{
		Kind: Done, Line: c.line, Code: code, Err: err, Doubt: c.sayDoubt(),
		Made: c.made, Auth: c.auth, Named: c.named, Beside: c.beside,
	}
}

// failed says why a command failed, if it did, and returns its exit code.
func (c *Call) failed(err error) int {
	if err == nil {
		return exitOK
	}
	if f, silent := err.(*failure); silent && f.msg == "" {
		return f.code
	}
	if f := fault.Of(err); f != nil {
		c.sayFault(f)
		return exitFailed
	}
	var last error
	if zk := c.sh.Session(); zk != nil {
		last = zk.LastError()
	}
	c.put(Item{Kind: Stderr, Text: errorMessage(c.dialect, err, last) + "\n"})
	c.sayMissing(err)
	return exitCode(err)
}

func (sh *Shell) dispatch(c *Call) error {
	if len(c.words) == 0 {
		return failf("No command entered")
	}
	if c.cmd = sh.lookup(c.dialect, c.words[0]); c.cmd == nil {
		return c.notFound()
	}
	c.takeFormat()
	defer sh.printsJSON(c.asJSON)()
	c.zk = sh.Session()
	if err := c.refusedAuth(); err != nil {
		return err
	}
	if c.cmd.Needs == NeedsSession {
		lives := alive(c.zk) // first: a session is refused and no longer alive at once
		if c.zk != nil && c.zk.Refused() != nil {
			return c.zk.Refused()
		}
		if !lives {
			c.outln("Not connected")
			return nil
		}
	}
	if err := c.parse(); err != nil {
		return err
	}
	if err := c.mayRun(); err != nil {
		return err
	}
	if err := c.mayReach(); err != nil {
		return err
	}
	ignored := c.ignored()
	if err := c.cmd.Run(c); err != nil {
		return err
	}
	if ignored != "" {
		c.warnText(ignored)
	}
	if c.cmd.Needs == NeedsNothingButSays && !alive(sh.Session()) {
		c.outln("Not connected")
	}
	return nil
}

// refusedAuth is why a session is not to be used that was to have identities from
// its start: without them the command would run as somebody else.
func (c *Call) refusedAuth() error {
	if c.cmd.Needs != NeedsSession || c.zk == nil {
		return nil
	}
	if err := c.zk.AuthRefused(); err != nil {
		return failf("%v", err)
	}
	return nil
}

// lookup is Lookup with what Strict takes away.
func (sh *Shell) lookup(d Dialect, name string) *Command {
	if sh.cfg.Strict && (name == "help" && d.Since(D38) || name == "exit") {
		return nil
	}
	return Lookup(d, name)
}

// notFound tells that there is no such command: who types it is told in a line which
// one it may have been, and all others as zkCli tells them.
func (c *Call) notFound() error {
	if !c.sh.cfg.Typed {
		c.put(Item{Kind: Stderr, Text: zkHelp(c.dialect)})
		return notFound(c.dialect, c.words[0])
	}
	return &failure{msg: "there is no command " + noSuch(c.dialect, c.words[0]), code: exitNotFound}
}

// notFound is zkCli's error for an unknown command: 3.4 shows its list and no
// more. The words stand there twice in zkCli too.
func notFound(d Dialect, name string) error {
	if d.Before(D38) {
		return &failure{code: exitNotFound}
	}
	return &failure{msg: "Command not found: Command not found " + name, code: exitNotFound}
}

func (sh *Shell) put(it Item) {
	it.Shell = sh.cfg.Name
	sh.cfg.Sink(it)
}

// onEvent runs in the session's receive path: it puts the event into the
// sequence and returns.
func (sh *Shell) onEvent(ev session.Event) {
	if ev.Type == wire.EventNone && ev.State == wire.StateDisconnected {
		if why := sh.Failure(); why != nil {
			ev.Err = &ServerFailed{why}
		}
	}
	it := Item{Kind: Watch, Event: ev}
	if ev.Type == wire.EventNone {
		it.Kind = State
	}
	sh.mu.Lock()
	show, asJSON := sh.printWatches, sh.json || sh.jsonCalls > 0
	if it.Kind == State {
		close(sh.stateChanged)
		sh.stateChanged = make(chan struct{})
		if ev.State == wire.StateSyncConnected || ev.State == wire.StateConnectedReadOnly {
			sh.startDetecting(sh.servers)
		}
	}
	sh.mu.Unlock()
	if d := sh.dialectNow(); show && !(d.Before(D38) && ev.State == wire.StateClosed) {
		it.Text = FormatEvent(d, ev) // 3.4 knows no such state
	}
	if show && asJSON {
		it.Object = eventObject(sh.cfg.Name, ev)
	}
	sh.put(it)
}
