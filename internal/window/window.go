package window

import (
	"container/list"
	"sync"
	"time"
)

// Most is the largest fixed size.
const Most = 100_000

const (
	// mostRequests is half of what ZooKeeper lets wait of everybody's requests.
	mostRequests = 500
	// atOnce: room is given away once it is that part of the size. What goes at once is
	// written at once, and each write costs both sides as much as the request.
	atOnce = 4
	// mostBytes keeps a line of 800 Mbit/s busy that is 160 ms long.
	mostBytes = 16 << 20
)

// A Kind is whose answers are compared.
type Kind int

// The kinds: requests that read, those of them that ask for much at once, and requests
// that write.
const (
	Reads Kind = iota
	Batches
	Writes
	kinds
)

// A Window lets requests go when there is room for them.
type Window struct {
	fixed int
	mu    sync.Mutex
	lanes [kinds]lane
}

// A lane is the requests of a kind.
type lane struct {
	law        Law
	requests   int // under way
	operations int
	bytes      int
	reply      int       // bytes of the answer to an operation, of late
	waiting    list.List // of *Pass, who came first in front
}

// New is a window of a fixed size, or, of 0, one that follows the answers.
func New(fixed int) *Window {
	w := &Window{fixed: fixed}
	w.lanes[Reads].law.singly = true
	return w
}

// lane is that of a kind. A fixed size is that of all together.
func (w *Window) lane(k Kind) *lane {
	if w.fixed > 0 {
		return &w.lanes[0]
	}
	return &w.lanes[k]
}

// Size is how many operations of a kind may be under way now.
func (w *Window) Size(k Kind) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size(w.lane(k))
}

// RoundTrip is the shortest one of late of the kind; 0 if there was none.
func (w *Window) RoundTrip(k Kind) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lane(k).law.RoundTrip()
}

func (w *Window) size(l *lane) int {
	if w.fixed > 0 {
		return w.fixed
	}
	return l.law.Size()
}

// Reset forgets what was learned: the answers are another server's from now on.
func (w *Window) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.lanes {
		l := &w.lanes[i]
		l.law, l.reply = Law{singly: l.law.singly}, 0
		w.admit(l)
	}
}

// A Pass is a request's. It waits for room with Enter, and ends with Answered, Refused or
// Leave, whichever comes first.
type Pass struct {
	w                 *Window
	lane              *lane
	operations, bytes int
	let               func() (flush func())
	state             state
	place             *list.Element // while it waits
}

// state is where a pass is.
type state int

const (
	outside state = iota
	waiting
	inside
)

// Pass is one for a request of so many operations and bytes.
func (w *Window) Pass(k Kind, operations, bytes int) *Pass {
	return &Pass{w: w, lane: w.lane(k), operations: operations, bytes: bytes}
}

// Enter has let called once there is room, at once or by whoever makes room, unless the
// pass has ended before. It is called in the order in which passes enter, and is to queue
// the request; flush is called when no other is let go with it, and has what is queued
// sent. Neither may wait, or use the window.
func (p *Pass) Enter(let func() (flush func())) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	l := p.lane
	p.let, p.state = let, waiting
	p.bytes += p.operations * l.reply
	p.place = l.waiting.PushBack(p)
	p.w.admit(l)
}

// fits tells whether there is room. w.mu is held.
func (w *Window) fits(l *lane, p *Pass) bool {
	return l.requests == 0 ||
		l.operations+p.operations <= w.size(l) && l.requests < w.requests() && l.bytes+p.bytes <= mostBytes
}

// requests is how many of them may be under way.
func (w *Window) requests() int { return max(mostRequests, w.fixed) }

// admit lets those go for whom there is room. w.mu is held.
func (w *Window) admit(l *lane) {
	var flushes []func()
	defer func() {
		for _, flush := range flushes {
			flush()
		}
	}()
	for e := l.waiting.Front(); e != nil; e = l.waiting.Front() {
		p := e.Value.(*Pass)
		if !w.fits(l, p) {
			return
		}
		l.waiting.Remove(e)
		if l.requests == 0 {
			l.law.Begin(time.Now())
		}
		l.requests++
		l.operations += p.operations
		l.bytes += p.bytes
		p.state, p.place = inside, nil
		flushes = append(flushes, p.let())
	}
}

// end ends a pass; what is learned of it is for one that had room. w.mu is held.
func (p *Pass) end(learn func(*lane)) {
	l := p.lane
	switch p.state {
	case waiting:
		l.waiting.Remove(p.place)
	case inside:
		learn(l)
		l.requests--
		l.operations -= p.operations
		l.bytes -= p.bytes
	}
	if p.state != outside {
		p.state, p.place = outside, nil
		if size := p.w.size(l); l.requests == 0 || size-l.operations >= size/atOnce {
			p.w.admit(l)
		}
	}
}

// Answered ends the pass of a request that was sent and answered then, the answer having
// so many bytes.
func (p *Pass) Answered(sent, now time.Time, bytes int) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.end(func(l *lane) {
		l.reply = (l.reply*15 + bytes/max(p.operations, 1)) / 16
		l.law.Answered(p.operations, sent, now, l.waiting.Len() > 0)
	})
}

// Refused ends the pass of a request that the server had no time for.
func (p *Pass) Refused(now time.Time) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.end(func(l *lane) { l.law.Refused(now) })
}

// Leave ends the pass of a request whose answer tells nothing, or never came.
func (p *Pass) Leave() {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.end(func(*lane) {})
}
