package livetree

import (
	"context"
	"sync"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A Watcher reads what is wanted of an ensemble's tree and keeps watching it. Its
// methods may be called from any goroutine; only one may be in Next.
type Watcher struct {
	zk     *session.Session
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	link    int  // counts connections
	armed   bool // the present connection is watched on
	since   time.Time
	oneShot bool // the server has no recursive watches
	refused int  // addWatch ended that many connections in a row
	wanted  map[string]*want
	queue   []string // what is wanted and not read yet
	looks   []string // what is to be looked at, first things first
	looking map[string]*look
	running int
	buffer  buffer
	trace   trace
	missed  map[string][]*Missed // by path
	wake    chan struct{}        // there are changes; holds one
	drained bool                 // Next has found nothing to return
}

// A want is a znode whose children are kept up to date.
type want struct {
	queued, reading bool
	again           bool // it has to be read once more
	gone            bool // it was deleted; the reader does not know yet
	// tooLong: its listing was refused, which ended the connection. The next one
	// does not ask for it again.
	tooLong bool
	// since is what was created (true) and deleted below it while it was being
	// read: the listing may be from before or after.
	since map[string]bool
}

// A look is a stat that is being read.
type look struct{ stale bool }

const (
	// parallel is how many reads are begun at most that are not over. How many of them
	// are under way is up to the session's window.
	parallel = 512
	// batchLimit is how many changes Next returns at most: as many as a Tree
	// takes in within a few milliseconds.
	batchLimit = 2048
	// refusals is how many connections an addWatch may end until it is the
	// server that does not know it.
	refusals = 2
)

// arm is what the watches say they were armed by.
var arm = session.Arm{Label: "tree"}

// Open starts a session and watches on it. It returns at once. cfg.OnEvent is the
// Watcher's own. The error is about cfg.
func Open(cfg session.Config) (*Watcher, error) {
	w := &Watcher{
		wanted: map[string]*want{}, looking: map[string]*look{}, wake: make(chan struct{}, 1),
	}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	cfg.OnEvent = w.event
	// An event may come before zk is set: it waits for mu.
	w.mu.Lock()
	defer w.mu.Unlock()
	zk, err := session.Open(cfg)
	if err != nil {
		w.cancel()
		return nil, err
	}
	w.zk = zk
	return w, nil
}

// Session is the session that the tree is watched on, for reading.
func (w *Watcher) Session() *session.Session { return w.zk }

// Close ends the session and everything that is under way.
func (w *Watcher) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cancel()
	err := w.zk.Close()
	w.tasks.Wait()
	w.poke()
	return err
}

// Next waits for changes and returns the oldest. The error is ctx's, or
// session.ErrClosed after Close.
func (w *Watcher) Next(ctx context.Context) ([]Change, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch, closed := w.take()
		switch {
		case closed:
			return nil, session.ErrClosed
		case len(batch) > 0:
			return batch, nil
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
		}
	}
}

func (w *Watcher) take() (batch []Change, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	batch = w.buffer.take(batchLimit)
	w.drained = len(batch) == 0
	for i := range batch {
		if c := &batch[i]; c.Kind == Created || c.Kind == Deleted {
			if wt := w.wanted[c.Path]; wt != nil && wt.gone {
				delete(w.wanted, c.Path)
			}
		}
	}
	return batch, w.closed
}

// Settled tells whether nothing is under way: no request, and no change that Next
// has not returned or whose reader has not come back. A Watcher that was never
// connected is not settled; one that has lost its connection is.
func (w *Watcher) Settled() bool {
	connected := false
	switch w.zk.State() {
	case session.Connected, session.ConnectedReadOnly:
		connected = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return true
	case w.link == 0 || !w.drained || w.running > 0 || len(w.buffer.at) > 0:
		return false
	}
	return !connected || w.armed && len(w.queue) == 0 && len(w.looks) == 0
}

func (w *Watcher) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// put hands a change to the reader. mu is held.
func (w *Watcher) put(c Change) {
	if !w.buffer.put(c) {
		n := w.buffer.clear()
		w.buffer.put(Change{Kind: Resync, Count: n + 1})
		w.readAll()
		w.pump()
	}
	w.poke()
}

// Want reads the names of a znode's children, as a Listing, and keeps them up to
// date by Created and Deleted. If it is wanted already, it is read again.
func (w *Watcher) Want(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	wt := w.wanted[path]
	if wt == nil {
		wt = &want{}
		w.wanted[path] = wt
	}
	wt.gone, wt.tooLong = false, false
	w.enqueue(path, wt)
	w.pump()
}

// Reread reads all that is wanted again: the session may read more than before. Of
// what it may not read a server tells it no change either.
func (w *Watcher) Reread() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.armed {
		return // the next connection does
	}
	w.put(Change{Kind: Connected, Time: time.Now()}) // what is known is as old as with a new one
	for path, wt := range w.wanted {
		if !wt.gone {
			w.enqueue(path, wt)
		}
	}
	w.pump()
}

// Forget ends what Want began. What is below path stays wanted.
func (w *Watcher) Forget(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.wanted, path)
}

// Look reads the stats of znodes, as Looked: those on the screen whose stat is
// needed. What an earlier Look asked for and was not begun yet is given up.
func (w *Watcher) Look(paths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks = w.looks[:0]
	for _, path := range paths {
		if w.looking[path] == nil && !w.buffer.holds(key{path, newsStat}) {
			w.looks = append(w.looks, path)
		}
	}
	w.pump()
}

func (w *Watcher) enqueue(path string, wt *want) {
	switch {
	case wt.reading:
		wt.again = true
	case !wt.queued:
		wt.queued = true
		w.queue = append(w.queue, path)
	}
}

func (w *Watcher) readAll() {
	for path, wt := range w.wanted {
		wt.gone = false
		if !wt.tooLong {
			w.enqueue(path, wt)
		}
	}
}

// event takes an event of the session. It runs in the receive path: what it does
// is short, and nothing waits in it.
func (w *Watcher) event(e session.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Type {
	case wire.EventNodeCreated, wire.EventNodeDeleted, wire.EventNodeDataChanged:
		w.saw(e)
	}
	switch e.Type {
	case wire.EventNone:
		w.connection(e)
	case wire.EventNodeCreated, wire.EventNodeDeleted:
		w.lives(e)
	case wire.EventNodeDataChanged:
		if lk := w.looking[e.Path]; lk != nil {
			lk.stale = true
		}
		if w.isRow(e.Path) {
			w.put(Change{Kind: Changed, Path: e.Path, Time: e.Time})
		}
	case wire.EventNodeChildrenChanged: // of a one-shot watch
		if wt := w.wanted[e.Path]; wt != nil {
			w.enqueue(e.Path, wt)
		}
		w.pump()
	}
}

// isRow tells whether somebody may know of a znode: because its siblings are
// wanted.
func (w *Watcher) isRow(path string) bool {
	parent, _ := wire.SplitPath(path)
	return parent == "" || w.wanted[parent] != nil
}

// lives takes the news that a znode is there or gone.
func (w *Watcher) lives(e session.Event) {
	created := e.Type == wire.EventNodeCreated
	parent, name := wire.SplitPath(e.Path)
	for _, path := range []string{e.Path, parent} {
		if lk := w.looking[path]; lk != nil {
			lk.stale = true
		}
	}
	if wt := w.wanted[e.Path]; wt != nil {
		if parent == "" { // the chroot itself
			w.enqueue(e.Path, wt)
			w.pump()
		} else {
			wt.gone = true
		}
	}
	switch wt := w.wanted[parent]; {
	case parent == "":
	case wt != nil:
		wt.note(name, created)
		kind := Deleted
		if created {
			kind = Created
		}
		w.put(Change{Kind: kind, Path: e.Path, Time: e.Time})
	case w.isRow(parent):
		w.put(Change{Kind: Stale, Path: parent})
	}
}

// note keeps the last news of a name while the listing is under way. Where there
// is too much of it, the listing is read once more.
func (wt *want) note(name string, created bool) {
	if !wt.reading {
		return
	}
	if wt.since == nil || len(wt.since) >= bufferLimit {
		wt.again = wt.again || wt.since != nil
		wt.since = map[string]bool{}
	}
	wt.since[name] = created
}

// connection follows the life of the session.
func (w *Watcher) connection(e session.Event) {
	switch e.State {
	case wire.StateSyncConnected, wire.StateConnectedReadOnly:
		w.link++
		w.armed = false
		if !w.closed {
			w.tasks.Add(1)
			go w.arm(w.link)
		}
	case wire.StateDisconnected, wire.StateExpired, wire.StateAuthFailed:
		w.armed = false
		w.blind()
		w.put(Change{Kind: Lost, Err: e.Err, Time: e.Time})
	}
}
