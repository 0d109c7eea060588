package shell

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

// watchCommands follow what changes.
var watchCommands = []Command{
	{
		Name: "watch", Run: runWatch, Results: []Result{&change{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[-R] [-n N] [-t time] path"),
		Summary: "follow a znode and its children until Ctrl-C, and show what changes",
		Options: []Option{{Name: "R", Desc: "everything below it, too"},
			{Name: "n", Arg: "N", Desc: "end after N changes"},
			{Name: "t", Arg: "time", Desc: "end after a time such as 90s or 5m, counted from the start; with -n that is exit code 1"}},
		Args: []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "watch -R -t 100ms /app",
	},
}

// runWatch follows a znode on a session of its own, so that the shell's watches
// stay as they are. Ctrl-C is how it is meant to end.
func runWatch(c *Call) error {
	most, limit, err := c.watchArgs()
	if err != nil {
		return err
	}
	if _, past := c.pastClients(); past {
		return failf("watch: this tree is over, and does not change any more; log -f follows what a server writes")
	}
	ctx, arming := c.ctx, c.ctx
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(c.ctx, c.began.Add(limit))
		defer cancel()
		arming, cancel = context.WithTimeout(c.ctx, max(time.Until(c.began.Add(limit)), armWait))
		defer cancel()
	}
	f := &follower{c: c, ctx: arming, events: newEventQueue(), root: c.args[0],
		recursive: c.has("R"), most: most, known: map[string]*seen{}}
	zk, err := c.openSideSessionBy(arming, "", f.events.put)
	if err == nil {
		defer zk.Close()
		f.zk = zk
		err = f.begin()
	}
	if err != nil {
		return c.notArmed(err, limit)
	}
	f.ctx = ctx
	return f.outcome(f.follow(), limit)
}

// armWait is how long a watch may take to be armed, be its time shorter or over when
// it is known at last what the server is. It is a variable for tests that are not about
// it: a busy machine takes longer.
var armWait = time.Second

// notArmed is the failure of a watch that does not watch: nobody may take its end for
// the news that nothing has changed.
func (c *Call) notArmed(err error, limit time.Duration) error {
	if c.ctx.Err() != nil {
		return err // Ctrl-C
	}
	why := errorMessage(c.dialect, err, c.zk.LastError())
	if errors.Is(err, context.DeadlineExceeded) {
		within := "in time"
		if limit > 0 {
			within = "within " + max(limit, armWait).String()
		}
		over := context.DeadlineExceeded.Error()
		text := strings.NewReplacer(" ("+over+")", "", ": "+over, "", over, "").Replace(err.Error())
		why = strings.TrimSuffix(fmt.Sprintf("there was no answer %s (%s)", within, text), " ()")
	}
	return &failure{msg: fmt.Sprintf("%s is not watched: %s", c.args[0], why), code: exitUnknown}
}

// outcome is what the end of following means.
func (f *follower) outcome(err error, limit time.Duration) error {
	timeUp := f.ctx.Err() != nil && f.c.ctx.Err() == nil
	switch {
	case errors.Is(err, errEnough):
		return nil
	case timeUp && f.lost:
		return &failure{msg: fmt.Sprintf("the connection was lost when %v were over: what has changed since then is not known", limit), code: exitUnknown}
	case timeUp && f.most > 0:
		return failf("%s in %v, not %d", count(f.shown, "change"), limit, f.most)
	case f.ctx.Err() != nil:
		return nil
	}
	return &failure{msg: fmt.Sprintf("%s is not watched any more: %s", f.root, errorMessage(f.c.dialect, err, f.zk.LastError())), code: exitUnknown}
}

func (c *Call) watchArgs() (most int, limit time.Duration, err error) {
	if err := c.atMost(1); err != nil {
		return 0, 0, err
	}
	if most, err = c.intOption("n", 0); err != nil {
		return 0, 0, err
	}
	text, ok := c.opts["t"]
	if !ok {
		return most, 0, nil
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return most, time.Duration(seconds) * time.Second, nil
	}
	if limit, err = parseAge(text); err != nil || limit <= 0 {
		return 0, 0, failf("-t takes a time such as 90s or 5m, not %q", text)
	}
	return most, limit, nil
}

// errEnough ends watch -n.
var errEnough = errors.New("enough")

// A follower compares what is there with what it knew, whenever an event says
// that something changed. What changes several times before it can look is shown
// as one change.
type follower struct {
	c         *Call
	ctx       context.Context
	zk        *session.Session
	events    *eventQueue
	root      string
	recursive bool
	most      int // changes to show; 0 is all
	shown     int
	lost      bool // the connection is
	known     map[string]*seen
}

// seen is a znode as it was when it was looked at last.
type seen struct {
	data     []byte
	stat     *wire.Stat
	children []string // only of the root, unless everything below is followed
}

// begin arms the watches.
func (f *follower) begin() error {
	f.events.clear() // of connecting; nothing is watched yet
	if err := f.look(true); err != nil {
		return err
	}
	f.c.note("Watching %s; Ctrl-C ends it", f.root)
	return nil
}

func (f *follower) follow() error {
	for {
		ev, err := f.events.next(f.ctx)
		if err != nil {
			return err
		}
		if err := f.handle(ev); err != nil {
			return err
		}
	}
}

// handle looks at what an event is about. Events of the connection only matter
// when there is one again: what changed meanwhile is found by looking at it all.
func (f *follower) handle(ev session.Event) error {
	switch {
	case ev.Type == wire.EventNone && ev.State == wire.StateDisconnected:
		f.lost = true
		f.c.errln("the connection is lost; what changes meanwhile is shown when it is back")
		return nil
	case ev.Type == wire.EventNone && ev.State != wire.StateSyncConnected && ev.State != wire.StateConnectedReadOnly:
		return nil
	case ev.Type == wire.EventNone, !f.recursive:
		return f.lookUnlessLost()
	}
	now, err := f.read(ev.Path)
	if err != nil {
		return ignoreLoss(err)
	}
	return f.compare(ev.Path, now)
}

func (f *follower) lookUnlessLost() error { return ignoreLoss(f.look(false)) }

// ignoreLoss passes over a lost connection: its end is an event, too.
func ignoreLoss(err error) error {
	if errors.Is(err, &wire.Error{Code: wire.ConnectionLoss}) {
		return nil
	}
	return err
}

// look arms the watches and compares everything with what was known; the first
// time there is nothing to compare with.
func (f *follower) look(first bool) error {
	now := map[string]*seen{}
	var err error
	if f.recursive {
		err = f.lookBelow(now)
	} else {
		now[f.root], err = f.lookAtRoot()
	}
	if err != nil {
		return err
	}
	f.lost = false
	if first {
		for path, s := range now {
			f.remember(path, s)
		}
		return nil
	}
	return f.compareAll(now)
}

func (f *follower) compareAll(now map[string]*seen) error {
	for _, path := range sortedPaths(f.known, now) {
		if err := f.compare(path, now[path]); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) lookBelow(now map[string]*seen) error {
	if err := f.zk.AddWatch(f.ctx, f.root, true, session.Arm{Label: f.c.line}); err != nil {
		return err
	}
	held := f.zk.Limits().NewHeld()
	_, err := walk.Walk(f.ctx, f.zk, f.root, walk.Options{Data: true, Depth: -1}, func(n *walk.Node) error {
		now[n.Path] = &seen{data: n.Data, stat: n.Stat}
		return held.Take(heldEach + len(n.Path) + len(n.Data))
	})
	if isNoNode(err) {
		return nil // there may be one later
	}
	return err
}

// lookAtRoot reads the znode and its children and arms a watch for each; nil is
// that there is none, and a watch for its creation.
func (f *follower) lookAtRoot() (*seen, error) {
	arm := &session.Arm{Label: f.c.line}
	for {
		data, st, err := f.zk.Get(f.ctx, f.root, arm)
		if isNoNode(err) {
			if _, err = f.zk.Exists(f.ctx, f.root, arm); isNoNode(err) {
				return nil, nil
			} else if err == nil {
				continue // created meanwhile
			}
		}
		if err != nil {
			return nil, err
		}
		children, _, err := f.zk.Children(f.ctx, f.root, arm)
		if isNoNode(err) {
			continue
		}
		return &seen{data: data, stat: st, children: children}, err
	}
}

// read reads a znode for what became of it; nil is that there is none. One that
// may not be read has no data.
func (f *follower) read(path string) (*seen, error) {
	data, st, err := f.zk.Get(f.ctx, path, nil)
	switch {
	case isNoNode(err):
		return nil, nil
	case errors.Is(err, &wire.Error{Code: wire.NoAuth}):
		return &seen{}, nil
	case err != nil:
		return nil, err
	}
	return &seen{data: data, stat: st}, nil
}

func (f *follower) remember(path string, s *seen) {
	if s == nil {
		delete(f.known, path)
	} else {
		f.known[path] = s
	}
}

// The bounds of an eventQueue.
const (
	followLimit = 1 << 16
	followBytes = 16 << 20
)

// An eventQueue keeps events until they are looked at: the session's receive path
// cannot wait.
type eventQueue struct {
	mu     sync.Mutex
	events []session.Event
	bytes  int           // of their paths
	more   chan struct{} // holds one while there may be events
}

func newEventQueue() *eventQueue { return &eventQueue{more: make(chan struct{}, 1)} }

func (q *eventQueue) put(ev session.Event) {
	q.mu.Lock()
	if len(q.events) >= followLimit || q.bytes+len(ev.Path) > followBytes && len(q.events) > 0 {
		// Looking at everything finds what they would have told.
		q.events, q.bytes = nil, 0
		ev = session.Event{Type: wire.EventNone, State: wire.StateSyncConnected}
	}
	q.events = append(q.events, ev)
	q.bytes += len(ev.Path)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *eventQueue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.events, q.bytes = nil, 0
}

func (q *eventQueue) next(ctx context.Context) (session.Event, error) {
	for {
		q.mu.Lock()
		if len(q.events) > 0 {
			ev := q.events[0]
			q.events = q.events[1:]
			q.bytes -= len(ev.Path)
			q.mu.Unlock()
			return ev, nil
		}
		q.mu.Unlock()
		select {
		case <-q.more:
		case <-ctx.Done():
			return session.Event{}, ctx.Err()
		}
	}
}
