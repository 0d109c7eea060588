package server

import (
	"math"
	"slices"
	"sync"
)

// The limits of an outbox, in bytes.
const (
	// maxPending is how much a client may leave unread before no more of its
	// requests are taken. One reply may go beyond it, however long.
	maxPending = 1 << 20
	// maxEvents is how many bytes of notifications may wait for a client. It does
	// not ask for them one by one, so the only answer to more is to drop it; it
	// comes back and finds out what it missed.
	maxEvents = 16 << 20
	// maxSpare is the largest buffer that is kept for the next write.
	maxSpare = 64 << 10
	// idleSpare is the largest that is kept while there is nothing to write.
	idleSpare = 16 << 10
	// freeUnread is how much a client may leave unread without a share in the budget of
	// all, so that those who ask for little never wait for others.
	freeUnread = 16 << 10
	// fairEvents is how many bytes of notifications may wait for a client when the
	// budget of all is used up.
	fairEvents = 64 << 10
)

// outbox is what waits to be written to a connection. Whoever holds the server's lock puts
// frames in without ever waiting, the connection's writer takes them out, and its
// reader waits for room.
//
// A frame tells of the state as of some zxid, so it is held until the txns up to
// that one are durable.
type outbox struct {
	mu      sync.Mutex
	changed sync.Cond
	queue   []byte // whole frames
	free    int    // how much of queue may be written; the rest is held
	held    []hold // what the rest waits for, in order
	durable int64  // the zxid up to which nothing is held any more
	events  int    // how much of queue is notifications
	writing int    // bytes that the writer has taken
	corked  bool   // the writer is to sleep on
	hurried bool   // the client is to read at once, as if the outbox were finishing
	state   outboxState
	share   *holding // of the budget of all; nil for one without
	shared  int      // what it holds of that
	coming  int      // bytes of a reply that is still being made; 0 for none
	behind  []behind // notifications that come after it
	// awaited tells that the journal knows of this outbox; it is the journal's.
	awaited bool
}

// A hold keeps the queue up to end until the txn zxid is durable.
type hold struct {
	end  int
	zxid int64
}

// behind is a notification that waits until the reply before it is made.
type behind struct {
	zxid  int64
	frame []byte
}

type outboxState int

const (
	outboxOpen      outboxState = iota
	outboxFinishing             // what is in the queue is still written
	outboxClosed                // nothing more is written
)

// newOutbox makes an outbox that holds frames until they are durable, or, for a
// server without a disk, never.
func newOutbox(volatile bool, share *holding) *outbox {
	o := &outbox{share: share}
	if volatile {
		o.durable = math.MaxInt64
	}
	o.changed.L = &o.mu
	return o
}

// put appends frames to the queue, unless the outbox has ended. They are held until
// the txn zxid is durable.
func (o *outbox) put(zxid int64, frames []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == outboxOpen {
		o.queue = append(o.queue, frames...)
		o.queued(zxid)
	}
}

// promise tells that a long reply of so many bytes is being made, which comes next,
// whatever else is put before it is there.
func (o *outbox) promise(size int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.coming = size
	o.account()
}

// fulfil puts the reply that was promised. The frame becomes the outbox's own: a long
// one is not to be there twice.
func (o *outbox) fulfil(zxid int64, frame []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	waited := o.behind
	o.coming, o.behind = 0, nil
	if o.state != outboxOpen {
		o.account()
		return
	}
	if len(o.queue) == 0 {
		o.queue = frame
	} else {
		o.queue = append(o.queue, frame...)
	}
	o.queued(zxid)
	for _, b := range waited {
		o.queue = append(o.queue, b.frame...)
		o.queued(b.zxid)
	}
}

// putEvent is put for a notification. It tells whether there was still room.
func (o *outbox) putEvent(zxid int64, frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outboxOpen {
		return true
	}
	events := o.events + len(frame)
	if events > maxEvents || events > fairEvents && o.share != nil && o.share.of.over() {
		return false
	}
	o.events = events
	if o.coming > 0 {
		o.behind = append(o.behind, behind{zxid, slices.Clone(frame)})
		o.coming += len(frame)
		o.account()
		return true
	}
	o.queue = append(o.queue, frame...)
	o.queued(zxid)
	return true
}

// queued frees or holds what was appended to the queue.
func (o *outbox) queued(zxid int64) {
	o.account()
	last := len(o.held) - 1
	switch {
	case last < 0 && zxid <= o.durable:
		o.free = len(o.queue)
		o.tell()
	case last >= 0 && o.held[last].zxid >= zxid:
		o.held[last].end = len(o.queue)
	default:
		o.held = append(o.held, hold{end: len(o.queue), zxid: zxid})
	}
}

// account tells the budget what is held of it.
func (o *outbox) account() {
	held := max(0, o.size()-freeUnread)
	if o.share != nil && held != o.shared {
		o.shared = held
		o.share.holds(held)
	}
}

// fits tells whether the client may leave so many bytes more unread.
func (o *outbox) fits(more int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.share == nil || o.beyond(more) == 0 || o.share.of.fits(o.beyond(more))
}

// beyond is what so many bytes more would take of the budget.
func (o *outbox) beyond(more int) int {
	return max(0, o.size()+more-freeUnread) - o.shared
}

// awaitShare waits until the budget has room for so many bytes more, and tells whether
// the outbox is still open.
func (o *outbox) awaitShare(more int, quit <-chan struct{}) bool {
	o.mu.Lock()
	beyond := o.beyond(more)
	o.mu.Unlock()
	return o.share == nil || beyond == 0 || o.share.of.await(beyond, quit, func() bool {
		select {
		case <-quit:
			return true
		default:
			return !o.isOpen()
		}
	})
}

func (o *outbox) isOpen() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state == outboxOpen
}

// release frees what waited for txns that are durable now, and tells whether
// something is still held.
func (o *outbox) release(durable int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.durable = max(o.durable, durable)
	n := 0
	for n < len(o.held) && o.held[n].zxid <= o.durable {
		o.free = o.held[n].end
		n++
	}
	if n > 0 {
		o.held = append(o.held[:0], o.held[n:]...)
		o.changed.Broadcast()
	}
	return len(o.held) > 0
}

// tell wakes the writer, unless more is to come at once.
func (o *outbox) tell() {
	if !o.corked {
		o.changed.Broadcast()
	}
}

// cork keeps the writer asleep until uncork, so that it writes at once what is put in
// meanwhile.
func (o *outbox) cork() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.corked = true
}

func (o *outbox) uncork() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.corked = false
	if o.free > 0 {
		o.changed.Broadcast()
	}
}

// full tells whether the client has to read before more of its requests are taken.
func (o *outbox) full() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.isFull()
}

func (o *outbox) isFull() bool { return o.size() > maxPending }

// size is how many bytes the client has not read, or the system not taken.
func (o *outbox) size() int { return len(o.queue) + o.writing + o.coming }

// take waits for frames that may be written and returns them all, and nil at the
// end. spare is a buffer that may be used again, the one that take returned
// before.
func (o *outbox) take(spare []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing = 0
	o.account()
	o.changed.Broadcast()
	if len(o.queue) == 0 && cap(spare) > idleSpare {
		spare = nil
	}
	if len(o.queue) == 0 && cap(o.queue) > idleSpare {
		o.queue = nil
	}
	for o.free == 0 && (o.state == outboxOpen || o.state == outboxFinishing && len(o.queue) > 0) {
		o.changed.Wait()
	}
	if o.free == 0 || o.state == outboxClosed {
		return nil
	}
	if cap(spare) > maxSpare {
		spare = nil
	}
	taken := o.queue[:o.free]
	o.queue = append(spare[:0], o.queue[o.free:]...)
	for i := range o.held {
		o.held[i].end -= o.free
	}
	o.events = min(o.events, len(o.queue)+o.coming)
	o.free, o.writing = 0, len(taken)
	return taken
}

// writes notes that the client is to take something.
func (o *outbox) writes() {
	if o.share != nil {
		o.share.awaits()
	}
}

// wrote notes that the client has taken so many bytes of what take has returned.
func (o *outbox) wrote(n int) {
	if o.share != nil {
		o.share.gotOn(n)
	}
}

// writerLeft notes that nothing is taken any more.
func (o *outbox) writerLeft() {
	o.end(outboxClosed)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing = 0
	o.account()
}

// finishing tells whether nothing more is taken, but what is in the queue still written,
// or whether the client is to read as if it were so.
func (o *outbox) finishing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state == outboxFinishing || o.hurried
}

// hurry has the client read what is put from here on at once, or be dropped.
func (o *outbox) hurry() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hurried = true
}

// awaitDrained waits until the client has no more than so many bytes to read, and tells
// whether the outbox is still open.
func (o *outbox) awaitDrained(most int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.state == outboxOpen && o.size() > most {
		o.changed.Wait()
	}
	return o.state == outboxOpen
}

// awaitRoom waits until the client has read enough, and tells whether the outbox
// is still open.
func (o *outbox) awaitRoom() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.state == outboxOpen && o.isFull() {
		o.changed.Wait()
	}
	return o.state == outboxOpen
}

// end closes the outbox, either at once or after what is in it was written.
func (o *outbox) end(state outboxState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state = max(o.state, state)
	if o.state == outboxClosed {
		o.queue, o.held, o.free, o.events, o.coming, o.behind = nil, nil, 0, 0, 0, nil
		o.account()
	}
	o.changed.Broadcast()
}
