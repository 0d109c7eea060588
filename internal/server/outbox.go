package server

import "sync"

// The limits of an outbox, in bytes.
const (
	// maxPending is how much a client may leave unread before no more of its
	// requests are taken. One reply may go beyond it, however long.
	maxPending = 1 << 20
	// maxEvents is how many bytes of notifications may wait for a client. It does
	// not ask for them one by one, so the only answer to more is to drop it; it
	// comes back and finds out what it missed.
	maxEvents = 4 << 20
	// maxSpare is the largest buffer that is kept for the next write.
	maxSpare = 64 << 10
)

// outbox is what waits to be written to a connection. Who has the server's lock puts
// frames in without ever waiting, the connection's writer takes them out, and its
// reader waits for room.
type outbox struct {
	mu      sync.Mutex
	changed sync.Cond
	queue   []byte // whole frames
	events  int    // how much of queue is notifications
	writing int    // bytes that the writer has taken
	held    bool
	state   outboxState
}

type outboxState int

const (
	outboxOpen      outboxState = iota
	outboxFinishing             // what is in the queue is still written
	outboxClosed                // nothing more is written
)

func newOutbox() *outbox {
	o := &outbox{}
	o.changed.L = &o.mu
	return o
}

// put appends frames to the queue, unless the outbox has ended.
func (o *outbox) put(frames []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == outboxOpen {
		o.queue = append(o.queue, frames...)
		o.tell()
	}
}

// putEvent is put for a notification. It tells whether there is still room.
func (o *outbox) putEvent(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == outboxOpen {
		o.queue = append(o.queue, frame...)
		o.events += len(frame)
		o.tell()
	}
	return o.events <= maxEvents
}

// tell wakes the writer, unless more is to come at once.
func (o *outbox) tell() {
	if !o.held {
		o.changed.Broadcast()
	}
}

// hold keeps the writer asleep until release, so that it writes at once what is put
// in meanwhile.
func (o *outbox) hold() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = true
}

func (o *outbox) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = false
	if len(o.queue) > 0 {
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

// take waits for frames and returns them all, and nil at the end. spare is a
// buffer that may be used again, the one that take returned before.
func (o *outbox) take(spare []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing = 0
	o.changed.Broadcast()
	for len(o.queue) == 0 && o.state == outboxOpen {
		o.changed.Wait()
	}
	if len(o.queue) == 0 || o.state == outboxClosed {
		return nil
	}
	if cap(spare) > maxSpare {
		spare = nil
	}
	taken := o.queue
	o.queue, o.events, o.writing = spare[:0], 0, len(taken)
	return taken
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
