package server

import (
	"math"
	"sync"
	"time"
)

// A budget is how many bytes of one kind all connections may hold together. Whoever
// wants more than is left waits for it outside of the server's lock, those that want
// least first. While somebody waits, who holds much and does not get on with it is
// ended: a client that does not read what it asked for, or does not send the rest of
// what it announced.
type budget struct {
	limit int

	mu      sync.Mutex
	used    int
	peak    int                   // of used, since takePeak was last called
	holders map[*holding]struct{} // those that hold something
	waiting map[*int]struct{}     // what those want that wait
	least   int                   // of that
	checked time.Time             // when those that have stalled were looked for
	changed chan struct{}         // closed and replaced when there may be more
}

// A holding is what one connection holds of a budget.
type holding struct {
	of  *budget
	end func() // ends the connection; any goroutine may call it

	// What follows is guarded by the budget's lock.

	bytes  int
	moved  int           // bytes that went on their way since it began to hold something
	waited time.Duration // for the client, until they did
	since  time.Time     // from when on the client is waited for now; zero if it is not
}

const (
	// stallGrace is how long a client that holds something of a budget may be waited for
	// while others wait, and from when on stallRate counts. A busy machine may be as slow.
	stallGrace = time.Second
	// stallRate is how many bytes a second have to get on.
	stallRate = 128 << 10
	// stallCheck is how often who waits looks for those that have stalled.
	stallCheck = 50 * time.Millisecond
)

func newBudget(limit int) *budget {
	return &budget{
		limit: limit, holders: make(map[*holding]struct{}),
		waiting: make(map[*int]struct{}), changed: make(chan struct{}),
	}
}

// holds sets how much a connection holds. It never waits: who can, asks before.
func (h *holding) holds(bytes int) {
	b := h.of
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case bytes == h.bytes:
		return
	case h.bytes == 0:
		b.holders[h] = struct{}{}
		h.moved, h.waited = 0, 0
	case bytes == 0:
		delete(b.holders, h)
	}
	b.used += bytes - h.bytes
	b.peak = max(b.peak, b.used)
	if bytes < h.bytes {
		b.tell()
	}
	h.bytes = bytes
}

// tell has those that wait look again.
func (b *budget) tell() {
	if len(b.waiting) > 0 {
		close(b.changed)
		b.changed = make(chan struct{})
	}
}

// awaits notes that the client is waited for: to send, or to read.
func (h *holding) awaits() {
	h.of.mu.Lock()
	defer h.of.mu.Unlock()
	h.since = time.Now()
}

// gotOn notes that so many bytes have been read or written.
func (h *holding) gotOn(bytes int) {
	h.of.mu.Lock()
	defer h.of.mu.Unlock()
	h.moved += bytes
	h.waited += time.Since(h.since)
	h.since = time.Time{}
}

// takePeak is how much was held at most since it was last called, and how much is now.
func (b *budget) takePeak() (peak, now int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	peak, b.peak = b.peak, b.used
	return peak, b.used
}

// fits tells whether there is room for so many bytes more. Those that want much leave a
// quarter to those that want little; what is more than there is fits alone.
func (b *budget) fits(more int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hasRoom(more)
}

func (b *budget) hasRoom(more int) bool {
	limit := b.limit
	if more > limit/128 {
		limit -= limit / 4
	}
	return b.used == 0 || more <= limit-b.used
}

// over tells whether there is no room at all.
func (b *budget) over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used >= b.limit
}

// await waits until there is room for so many bytes, and tells whether there is: not
// once stop is closed or ended tells that nobody wants it any more.
func (b *budget) await(more int, stop <-chan struct{}, ended func() bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting[&more] = struct{}{}
	b.setLeast()
	defer func() {
		delete(b.waiting, &more)
		b.setLeast()
		b.tell() // it may be the turn of the next
	}()
	for !b.hasRoom(more) || b.least < more {
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(stallCheck):
		case <-stop:
		}
		over := ended()
		b.mu.Lock()
		if over {
			return false
		}
		b.endStalled()
	}
	return true
}

// setLeast finds what those want who want least.
func (b *budget) setLeast() {
	b.least = math.MaxInt
	for more := range b.waiting {
		b.least = min(b.least, *more)
	}
}

// endStalled ends the connections that do not get on.
func (b *budget) endStalled() {
	now := time.Now()
	if now.Sub(b.checked) < stallCheck/2 {
		return
	}
	b.checked = now
	for h := range b.holders {
		if h.since.IsZero() {
			continue // it is not the client that is slow
		}
		still := now.Sub(h.since)
		waited := h.waited + still
		if still > stallGrace || waited > stallGrace && float64(h.moved) < stallRate*waited.Seconds() {
			h.since = now // it takes a moment until it is gone
			go h.end()
		}
	}
}
