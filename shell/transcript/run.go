package transcript

import (
	"context"
	"fmt"
	"sync"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// Options say what a page is replayed on. The zero value is an embedded server of
// the page's own.
type Options struct {
	// Server is zkCli's connect string: host:port,…/chroot. Empty is an embedded
	// server, which Start makes.
	Server string
	// Start starts the server of a page; nil is the embedded server.
	Start func() (addr string, stop func() error, err error)
	// Timeout of the sessions; 2 seconds, on a given Server 4.
	Timeout time.Duration
	// Dialect of a page whose front matter does not tell one.
	Dialect shell.Dialect
	// EventTimeout is how long to wait for an event that the page shows; 15
	// seconds, at least three times Timeout.
	EventTimeout time.Duration
	// CommandTimeout is how long a command may take; 30 seconds.
	CommandTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
		if o.Server != "" {
			o.Timeout = 4 * time.Second
		}
	}
	if o.EventTimeout <= 0 {
		o.EventTimeout = max(15*time.Second, 3*o.Timeout)
	}
	if o.CommandTimeout <= 0 {
		o.CommandTimeout = 30 * time.Second
	}
	if o.Start == nil {
		o.Start = func() (string, func() error, error) { return startEmbedded(o.Timeout) }
	}
	return o
}

// startEmbedded starts a server that grants sessions of that timeout, and of a
// fifth of it.
func startEmbedded(timeout time.Duration) (string, func() error, error) {
	s, err := server.Start(server.Config{TickTime: max(timeout/10, 10*time.Millisecond)})
	if err != nil {
		return "", nil, fmt.Errorf("start the embedded server: %w", err)
	}
	return s.Addr(), s.Close, nil
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
func play(ctx context.Context, page *Page, opt Options) (_ *recording, err error) {
	opt = opt.withDefaults()
	if name, ok := page.FrontMatter["dialect"]; ok {
		if opt.Dialect, err = shell.ParseDialect(name); err != nil {
			return nil, fmt.Errorf("%s: front matter: %w", page.File, err)
		}
	}
	if opt.Server == "" {
		addr, stop, err := opt.Start()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", page.File, err)
		}
		defer stop()
		opt.Server = addr
	}
	r := &run{page: page, opt: opt, players: map[string]*player{}, rec: &recording{
		steps: make([]stepRecording, len(page.Steps)), events: map[string][]runEvent{},
	}}
	defer r.close()
	for i := range page.Steps {
		if err := r.step(ctx, i); err != nil {
			return nil, fmt.Errorf("%s:%d: session %s: %w", page.File, page.Steps[i].Line, page.Steps[i].Session, err)
		}
	}
	for _, p := range r.order {
		p.mu.Lock()
		r.rec.events[p.name] = append([]runEvent(nil), p.events...)
		p.mu.Unlock()
	}
	return r.rec, nil
}

// A run is a page that is being replayed.
type run struct {
	page    *Page
	opt     Options
	players map[string]*player
	order   []*player // as they were opened
	rec     *recording
}

// A player is a session of a run. What its shell puts out comes in from the
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
	p.mu.Lock()
	defer p.mu.Unlock()
	switch it.Kind {
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
func (r *run) open(ctx context.Context, step int) (*player, error) {
	name := r.page.Steps[step].Session
	if p := r.players[name]; p != nil {
		return p, nil
	}
	p := &player{name: name, step: step, changed: make(chan struct{})}
	p.shell = shell.New(shell.Config{
		Name: name, Connect: r.opt.Server, Timeout: r.opt.Timeout, WaitForConnection: true,
		Dialect: r.opt.Dialect, Sink: p.take,
	})
	r.players[name], r.order = p, append(r.order, p)
	return p, p.shell.Open(ctx)
}

// step runs step i of the page, and waits for the events in it.
func (r *run) step(ctx context.Context, i int) error {
	s := &r.page.Steps[i]
	p, err := r.open(ctx, i)
	if err != nil {
		return err
	}
	for _, other := range r.order {
		other.mu.Lock()
		other.step, other.items = i, nil
		other.mu.Unlock()
	}
	if s.Command != "" {
		if err := r.command(ctx, p, i, s.Command); err != nil {
			return err
		}
	}
	for n := range s.events {
		if err := r.await(ctx, p, s.events[n]); err != nil {
			return err
		}
	}
	return r.settle(ctx)
}

func (r *run) command(ctx context.Context, p *player, i int, line string) error {
	limited, cancel := context.WithTimeout(ctx, r.opt.CommandTimeout)
	defer cancel()
	p.shell.Run(limited, line)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", line, ctx.Err())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out, events := gather(p.items)
	for _, ev := range events {
		p.add(ev)
	}
	r.rec.steps[i] = stepRecording{out: out, late: limited.Err() != nil}
	return nil
}

// await waits until the session has received an event. Those that came in between
// are passed over; that they are missing in the page is found later.
func (r *run) await(ctx context.Context, p *player, want pageEvent) error {
	limit := time.NewTimer(r.opt.EventTimeout)
	defer limit.Stop()
	for {
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
func (r *run) settle(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, r.opt.CommandTimeout)
	defer cancel()
	for _, p := range r.order {
		zk := p.shell.Session()
		if zk == nil || zk.State() != session.Connected && zk.State() != session.ConnectedReadOnly {
			continue
		}
		if err := zk.Sync(limited, "/"); err != nil && ctx.Err() != nil {
			return fmt.Errorf("wait for the events of session %s: %w", p.name, ctx.Err())
		}
	}
	return nil
}

// close ends the sessions. What comes of that is not recorded any more.
func (r *run) close() {
	var all sync.WaitGroup
	for _, p := range r.order {
		all.Go(func() { p.shell.Close() })
	}
	all.Wait()
}
