package server

import (
	"math"
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
)

// outbox is what waits to be written to a connection. Who has the server's lock puts
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
	state   outboxState
	// awaited tells that the journal knows of this outbox; it is the journal's.
	awaited bool
}

// A hold keeps the queue up to end until the txn zxid is durable.
type hold struct {
	end  int
	zxid int64
}

type outboxState int

const (
	outboxOpen      outboxState = iota
	outboxFinishing             // what is in the queue is still written
	outboxClosed                // nothing more is written
)

// newOutbox makes an outbox that holds frames until they are durable, or, for a
// server without a disk, never.
func newOutbox(volatile bool) *outbox {
	o := &outbox{}
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

// putEvent is put for a notification. It tells whether there is still room.
func (o *outbox) putEvent(zxid int64, frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == outboxOpen {
		o.queue = append(o.queue, frame...)
		o.events += len(frame)
		o.queued(zxid)
	}
	return o.events <= maxEvents
}

// queued frees or holds what was appended to the queue.
func (o *outbox) queued(zxid int64) {
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

func (o *outbox) isFull() bool { return len(o.queue)+o.writing > maxPending }

// take waits for frames that may be written and returns them all, and nil at the
// end. spare is a buffer that may be used again, the one that take returned
// before.
func (o *outbox) take(spare []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing = 0
	o.changed.Broadcast()
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
	o.events = min(o.events, len(o.queue))
	o.free, o.writing = 0, len(taken)
	return taken
}

// finishing tells whether nothing more is taken, but what is in the queue still written.
func (o *outbox) finishing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state == outboxFinishing
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
	o.changed.Broadcast()
}
