package window

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Most is the largest fixed size.
const Most = 100_000

const (
	// mostRequests is half of what ZooKeeper lets wait of everybody's requests.
	mostRequests = 500
	// mostBytes keeps a line of 800 Mbit/s busy that is 160 ms long.
	mostBytes = 16 << 20
)

// A Kind is whose answers are compared.
type Kind int

// The kinds.
const (
	Reads Kind = iota
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
	waiting    list.List // of *waiter, who came first in front
}

// A waiter waits for room.
type waiter struct {
	pass *Pass
	free chan struct{} // closed when there is
}

// New is a window of a fixed size, or, of 0, one that follows the answers.
func New(fixed int) *Window { return &Window{fixed: fixed} }

// Size is how many operations of a kind may be under way now.
func (w *Window) Size(k Kind) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size(&w.lanes[k])
}

// RoundTrip is the shortest one of late of the kind; 0 if there was none.
func (w *Window) RoundTrip(k Kind) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lanes[k].law.RoundTrip()
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
		l.law, l.reply = Law{}, 0
		w.admit(l)
	}
}

// A Pass is room that a request has. It ends with Answered or Leave.
type Pass struct {
	w                 *Window
	lane              *lane
	operations, bytes int
}

// Enter waits for room for a request of so many operations and bytes.
func (w *Window) Enter(ctx context.Context, k Kind, operations, bytes int) (*Pass, error) {
	w.mu.Lock()
	l := &w.lanes[k]
	p := &Pass{w: w, lane: l, operations: operations, bytes: bytes + operations*l.reply}
	if l.waiting.Len() == 0 && w.fits(l, p) {
		w.let(l, p)
		w.mu.Unlock()
		return p, nil
	}
	wt := &waiter{pass: p, free: make(chan struct{})}
	place := l.waiting.PushBack(wt)
	w.mu.Unlock()
	select {
	case <-wt.free:
		return p, nil
	case <-ctx.Done():
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-wt.free: // meanwhile
		w.leave(l, p)
	default:
		l.waiting.Remove(place)
		w.admit(l) // who was behind may be smaller
	}
	return nil, ctx.Err()
}

// fits tells whether there is room. w.mu is held.
func (w *Window) fits(l *lane, p *Pass) bool {
	return l.requests == 0 ||
		l.operations+p.operations <= w.size(l) && l.requests < w.requests() && l.bytes+p.bytes <= mostBytes
}

// requests is how many of them may be under way.
func (w *Window) requests() int { return max(mostRequests, w.fixed) }

// let lets a request go. w.mu is held.
func (w *Window) let(l *lane, p *Pass) {
	if l.requests == 0 {
		l.law.Begin(time.Now())
	}
	l.requests++
	l.operations += p.operations
	l.bytes += p.bytes
}

// leave ends a pass. w.mu is held.
func (w *Window) leave(l *lane, p *Pass) {
	l.requests--
	l.operations -= p.operations
	l.bytes -= p.bytes
	w.admit(l)
}

// admit lets those go for whom there is room. w.mu is held.
func (w *Window) admit(l *lane) {
	for e := l.waiting.Front(); e != nil; e = l.waiting.Front() {
		wt := e.Value.(*waiter)
		if !w.fits(l, wt.pass) {
			return
		}
		l.waiting.Remove(e)
		w.let(l, wt.pass)
		close(wt.free)
	}
}

// Answered ends the pass of a request that was sent and answered then, the answer having
// so many bytes.
func (p *Pass) Answered(sent, now time.Time, bytes int) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	l := p.lane
	l.reply = (l.reply*15 + bytes/max(p.operations, 1)) / 16
	l.law.Answered(p.operations, sent, now, l.waiting.Len() > 0)
	p.w.leave(l, p)
}

// Refused ends the pass of a request that the server had no time for.
func (p *Pass) Refused(now time.Time) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.lane.law.Refused(now)
	p.w.leave(p.lane, p)
}

// Leave ends the pass of a request whose answer tells nothing, or never came.
func (p *Pass) Leave() {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.leave(p.lane, p)
}
