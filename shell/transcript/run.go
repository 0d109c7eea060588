package transcript

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// Options say what a page is replayed on. The zero value is an embedded server of
// the page's own.
type Options struct {
	// Target is the ensemble to run on. Without a connect string it is an embedded
	// server, which Start makes. The timeout of its sessions is 2 seconds if none is
	// given, on a given ensemble 4.
	session.Target
	// Allow is what a page may reach beyond its own server, if its front matter says
	// that it needs it.
	Allow shell.Grant
	// Control is the hold on Server, if that is an embedded one.
	Control shell.Control
	// Aides is shell.Config.Aides.
	Aides func() map[int64]string
	// Start starts the server of a page; nil is the embedded server.
	Start func() (addr string, stop func() error, err error)
	// Dialect of a page whose front matter does not tell one.
	Dialect shell.Dialect
	// EventTimeout is how long to wait for an event that the page shows; 15
	// seconds, at least three times Timeout.
	EventTimeout time.Duration
	// CommandTimeout is how long a command may take; 30 seconds.
	CommandTimeout time.Duration

	// The hooks, each of which may be nil, tell what is going on while it goes on.

	// New makes the shell of a session, before it is opened, in place of shell.New.
	New func(cfg shell.Config) *shell.Shell
	// Waiting is told when an event of a step has not come yet.
	Waiting func(step int)
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
		if o.Connect != "" {
			o.Timeout = 4 * time.Second
		}
	}
	if o.EventTimeout <= 0 {
		o.EventTimeout = max(15*time.Second, 3*o.Timeout)
	}
	if o.CommandTimeout <= 0 {
		o.CommandTimeout = 30 * time.Second
	}
	return o
}

// start starts the server of a page.
func (r *Replay) start() (err error) {
	if r.opt.Start != nil {
		r.opt.Connect, r.stop, err = r.opt.Start()
		return err
	}
	// It grants sessions of that timeout, and of a fifth of it.
	s, err := server.StartEmbedded(server.Config{TickTime: max(r.opt.Timeout/10, 10*time.Millisecond)})
	if err != nil {
		return fmt.Errorf("start the embedded server: %w", err)
	}
	r.opt.Connect, r.opt.Control, r.stop = s.Addr(), s, s.Close
	return nil
}

// Run replays a page and says what differs. The error is about what kept it from
// being replayed to its end.
func Run(ctx context.Context, page *Page, opt Options) (*Result, error) {
	rec, err := play(ctx, page, opt)
	if err != nil {
		return nil, err
	}
	return compare(page, rec), nil
}

// play replays a page.
func play(ctx context.Context, page *Page, opt Options) (*runOutput, error) {
	r, err := Begin(page, opt)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() < len(page.Steps) {
		if err := r.Step(ctx); err != nil {
			return nil, err
		}
	}
	return r.output(), nil
}

// A Replay is a page that is being replayed, a step at a time. Its methods are for
// one goroutine at a time; what they do shows in the hooks of its options.
type Replay struct {
	page    *Page
	opt     Options
	stop    func() error // of a server that is the page's own
	next    int
	mu      sync.Mutex // of players, for those who look at them beside
	players map[string]*player
	order   []*player // as they were opened
	rec     *runOutput
}

// Begin starts the server that a page needs, and nothing of the page itself.
func Begin(page *Page, opt Options) (*Replay, error) {
	opt = opt.withDefaults()
	if name, ok := page.FrontMatter["dialect"]; ok {
		var err error
		if opt.Dialect, err = shell.ParseDialect(name); err != nil {
			return nil, fmt.Errorf("%s: front matter: %w", page.File, err)
		}
	}
	r := &Replay{page: page, opt: opt, players: map[string]*player{}, rec: &runOutput{
		steps: make([]stepOutput, len(page.Steps)), events: map[string][]runEvent{},
	}}
	if err := page.fits(opt); err != nil {
		return nil, fmt.Errorf("%s: %w", page.File, err)
	}
	if opt.Connect == "" {
		if err := r.start(); err != nil {
			return nil, fmt.Errorf("%s: %w", page.File, err)
		}
	}
	return r, nil
}

// Next is the index of the step that is to be run next; as many as there are steps
// when the page is over.
func (r *Replay) Next() int { return r.next }

// Shell is the shell of a session, nil before its first step.
func (r *Replay) Shell(session string) *shell.Shell {
	if p := r.players[session]; p != nil {
		return p.shell
	}
	return nil
}

// shells are the shells of all sessions so far.
func (r *Replay) shells() map[string]*shell.Shell {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]*shell.Shell{}
	for name, p := range r.players {
		all[name] = p.shell
	}
	return all
}

// Open opens the session of the next step, if it is not open yet. Step does so
// too: Open is for who has something to do between the two.
func (r *Replay) Open(ctx context.Context) error {
	_, err := r.open(ctx, r.next)
	return r.at(r.next, err)
}

// Step runs the next step, and waits for the events that the page shows in it.
func (r *Replay) Step(ctx context.Context) error {
	i := r.next
	p, err := r.open(ctx, i)
	if err != nil {
		return r.at(i, err)
	}
	r.mark(i)
	if line := r.page.Steps[i].Command; line != "" {
		if err := r.command(ctx, p, i, line); err != nil {
			return r.at(i, err)
		}
	}
	return r.at(i, r.finish(ctx, p, i))
}

// Yield leaves the next step to somebody else, who runs lines of their own in its
// session's shell. Resume goes on from there.
func (r *Replay) Yield(ctx context.Context) error {
	_, err := r.open(ctx, r.next)
	r.mark(r.next)
	return r.at(r.next, err)
}

// Resume takes what the last line in the shell of the next step's session put out
// for the step's output, waits for its events and goes on behind it.
func (r *Replay) Resume(ctx context.Context) error {
	i := r.next
	p, err := r.open(ctx, i)
	if err != nil {
		return r.at(i, err)
	}
	r.record(p, i, false)
	return r.at(i, r.finish(ctx, p, i))
}

// Trial says how what the last line in the shell of the next step's session put out
// differs from what the page shows there, events left aside.
func (r *Replay) Trial(ctx context.Context) (*Result, error) {
	i := r.next
	p, err := r.open(ctx, i)
	if err != nil {
		return nil, r.at(i, err)
	}
	r.record(p, i, false)
	rec := r.output()
	res := compare(r.page.upTo(i+1), &runOutput{steps: rec.steps[:i+1], events: rec.events})
	res.Diffs = slices.DeleteFunc(res.Diffs, func(d Diff) bool { return d.event || r.page.StepOf(d.Line) != i })
	return res, nil
}

// mark has what comes from now on belong to step i.
func (r *Replay) mark(i int) {
	for _, p := range r.order {
		p.mu.Lock()
		p.step, p.items = i, nil
		p.mu.Unlock()
	}
}

// finish waits for the events of step i, which has been run.
func (r *Replay) finish(ctx context.Context, p *player, i int) error {
	for _, ev := range r.page.Steps[i].events {
		if err := r.await(ctx, p, ev); err != nil {
			return err
		}
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.next = i + 1
	return nil
}

// at says which step an error is of.
func (r *Replay) at(i int, err error) error {
	if err == nil {
		return nil
	}
	s := &r.page.Steps[i]
	return fmt.Errorf("%s:%d: session %s: %w", r.page.File, s.Line, s.Session, err)
}

// output is what has been put out so far.
func (r *Replay) output() *runOutput {
	for _, p := range r.order {
		p.mu.Lock()
		r.rec.events[p.name] = append([]runEvent(nil), p.events...)
		p.mu.Unlock()
	}
	return r.rec
}

// Result says what differs in the steps that were run. Before the page is over,
// events that it may show later are no difference yet.
func (r *Replay) Result() *Result {
	rec := r.output()
	if r.next == len(r.page.Steps) {
		return compare(r.page, rec)
	}
	res := compare(r.page.upTo(r.next), &runOutput{steps: rec.steps[:r.next], events: rec.events})
	res.Diffs = slices.DeleteFunc(res.Diffs, func(d Diff) bool { return d.event && len(d.Want) == 0 })
	return res
}

// upTo is the page as if it ended behind so many steps.
func (p *Page) upTo(steps int) *Page {
	head := *p
	head.Steps = p.Steps[:steps]
	blocks := 0
	for blocks < len(p.Blocks) && p.Blocks[blocks].Steps < steps {
		blocks++
	}
	head.Blocks = p.Blocks[:blocks]
	return &head
}

// A player is a session of a replay. What its shell puts out comes in from the
// session's own goroutine as well.
type player struct {
	name  string
	shell *shell.Shell
	met   int // how many of events come before the next one that the page shows

	mu      sync.Mutex
	step    int          // of the page, now
	items   []shell.Item // of the command that runs
	events  []runEvent
	changed chan struct{} // closed and replaced at each event
}

// take is the shell's sink.
func (p *player) take(it shell.Item) {
	if it.Beside {
		return // it is not the page's
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch it.Kind {
	case shell.Began:
		p.items = nil // also of a line that is not the page's
	case shell.Stdout, shell.Stderr:
		p.items = append(p.items, it)
	case shell.Watch, shell.State:
		if line, ok := shown(it); ok {
			p.add(line)
		}
	}
}

func (p *player) add(line outLine) {
	p.events = append(p.events, runEvent{outLine: line, step: p.step, early: len(p.items) == 0})
	close(p.changed)
	p.changed = make(chan struct{})
}

// open finds the session of a step, or begins it.
func (r *Replay) open(ctx context.Context, step int) (*player, error) {
	name := r.page.Steps[step].Session
	if p := r.players[name]; p != nil {
		return p, nil
	}
	p := &player{name: name, step: step, changed: make(chan struct{})}
	newShell := shell.New
	if r.opt.New != nil {
		newShell = r.opt.New
	}
	p.shell = newShell(shell.Config{
		Name: name, Target: r.opt.Target, WaitForConnection: r.answers(),
		Dialect: r.opt.Dialect, Sink: p.take,
		Typed: r.page.Typed(), Control: r.opt.Control, Peers: r.shells, Aides: r.opt.Aides,
		Grant: r.page.grant(r.opt.Allow),
	})
	r.mu.Lock()
	r.players[name], r.order = p, append(r.order, p)
	r.mu.Unlock()
	return p, p.shell.Open(ctx)
}

// answers tells whether the server can be waited for: one that was stopped by command
// starts by command too.
func (r *Replay) answers() bool {
	return r.opt.Control == nil || r.opt.Control.Condition() == control.Running
}

func (r *Replay) command(ctx context.Context, p *player, i int, line string) error {
	limited, cancel := context.WithTimeout(ctx, r.opt.CommandTimeout)
	defer cancel()
	p.shell.Run(limited, line)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", line, ctx.Err())
	}
	r.record(p, i, limited.Err() != nil)
	return nil
}

// record takes what a session's last line has put out for the output of step i.
func (r *Replay) record(p *player, i int, late bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out, events := gather(p.items)
	for _, ev := range events {
		p.add(ev)
	}
	r.rec.steps[i] = stepOutput{out: out, late: late}
}

// await waits until the session has received an event. Those that came in between
// are passed over; that they are missing in the page is found later.
func (r *Replay) await(ctx context.Context, p *player, want pageEvent) error {
	limit := time.NewTimer(r.opt.EventTimeout)
	defer limit.Stop()
	for told := false; ; told = true {
		p.mu.Lock()
		changed, events := p.changed, p.events
		p.mu.Unlock()
		for n := p.met; n < len(events); n++ {
			if sameEvent(want, events[n].outLine) {
				p.met = n + 1
				return nil
			}
		}
		if !p.listening() {
			return nil
		}
		if !told && r.opt.Waiting != nil {
			r.opt.Waiting(r.next)
		}
		select {
		case <-changed:
		case <-limit.C:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", want.text, ctx.Err())
		}
	}
}

// listening tells whether an event can still come.
func (p *player) listening() bool {
	zk := p.shell.Session()
	return zk != nil && zk.State() != session.Closed
}

// settle has every session receive the events of all that has been done so far:
// by ZooKeeper's order they come before the answer to a sync. What the answer is
// does not matter.
func (r *Replay) settle(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, r.opt.CommandTimeout)
	defer cancel()
	if !r.answers() {
		return nil
	}
	cut := cutOff(r.opt.Control)
	for _, p := range r.order {
		zk := p.shell.Session()
		if zk == nil || cut[zk.ID()] || zk.State() != session.Connected && zk.State() != session.ConnectedReadOnly {
			continue
		}
		if err := zk.Sync(limited, "/"); err != nil && ctx.Err() != nil {
			return fmt.Errorf("wait for the events of session %s: %w", p.name, ctx.Err())
		}
	}
	return nil
}

// cutOff is the sessions that nothing can reach.
func cutOff(ct shell.Control) map[int64]bool {
	cut := map[int64]bool{}
	if ct == nil {
		return cut
	}
	for _, s := range ct.Status().Sessions {
		if s.Cut {
			cut[s.ID] = true
		}
	}
	return cut
}

// Close ends the sessions, and then the server if it is the page's own.
func (r *Replay) Close() error {
	var all sync.WaitGroup
	for _, p := range r.order {
		all.Go(func() { p.shell.Close() })
	}
	all.Wait()
	if r.stop == nil {
		return nil
	}
	return r.stop()
}
