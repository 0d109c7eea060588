package server

import (
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A link is a connection as the network between the server and its client makes
// it: what either side sends can be delayed, or be held up as long as the link is
// cut. Nothing is lost and nothing changes places, for that is what TCP is for:
// what was sent while the link was cut arrives once it is healed. Neither side
// hears of the other's closing before that.
//
// A link that was never tampered with is the connection itself. Once it was, its
// traffic goes by two lanes, each emptied by a goroutine of its own. One goroutine
// reads from a link and one writes to it.
type link struct {
	net.Conn
	quit <-chan struct{} // the server is closing
	wg   *sync.WaitGroup

	byLane atomic.Bool // never unset

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change of what follows
	delay    time.Duration
	cut      bool
	parked   bool
	in, out  lane
	closed   bool
	deadline time.Time // of Read
}

// A lane is what is on its way in one direction.
type lane struct {
	parcels []parcel
	size    int  // in bytes
	open    bool // somebody empties or fills it at the other end
	err     error
}

// A parcel is data, or the end behind it.
type parcel struct {
	since time.Time // when it was sent
	data  []byte
	last  lastWord
	err   error // of lastError
}

type lastWord int

const (
	notLast    lastWord = iota
	lastError           // nothing more can be read
	lastWrite           // nothing more is written
	lastClosed          // nor read
)

// maxLane is how many bytes may be on their way in one direction before whoever
// sends has to wait. A parcel may go beyond it.
const maxLane = 1 << 20

func newLink(nc net.Conn, quit <-chan struct{}, wg *sync.WaitGroup) *link {
	return &link{Conn: nc, quit: quit, wg: wg, changed: make(chan struct{})}
}

// tamper sets what becomes of the traffic from now on, also of what is on its way.
func (l *link) tamper(delay time.Duration, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay, l.cut = delay, cut
	if delay > 0 || cut {
		l.byLane.Store(true)
	}
	l.signal()
}

// park has awaitService wait.
func (l *link) park() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byLane.Store(true)
	l.parked = true
	l.openIn() // nobody else notices that the client hangs up
}

func (l *link) unpark() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parked = false
	l.signal()
}

// awaitService waits as long as the link is parked, unless nobody will come back to
// it.
func (l *link) awaitService() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.parked && !l.closed && l.in.err == nil && l.await(time.Time{}) {
	}
}

// done tells whether the link is closed, and the client knows.
func (l *link) done() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed && (!l.out.open || l.out.err != nil)
}

func (l *link) signal() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// await waits for a change, with mu held before and after. It gives up at a time,
// if that is not zero, and returns false if the server is closing.
func (l *link) await(until time.Time) bool {
	changed := l.changed
	l.mu.Unlock()
	defer l.mu.Lock()
	var late <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		late = t.C
	}
	select {
	case <-changed:
	case <-late:
	case <-l.quit:
		return false
	}
	return true
}

// put sends a parcel.
func (l *link) put(n *lane, p parcel) {
	p.since = time.Now()
	n.parcels = append(n.parcels, p)
	n.size += len(p.data)
	l.signal()
}

// first is the parcel that has arrived, nil if none has. If there will be one as
// time goes by, due is when.
func (l *link) first(n *lane) (p *parcel, due time.Time) {
	if len(n.parcels) == 0 || l.cut {
		return nil, time.Time{}
	}
	due = n.parcels[0].since.Add(l.delay)
	if time.Now().Before(due) {
		return nil, due
	}
	return &n.parcels[0], due
}

// pop takes off the first parcel.
func (l *link) pop(n *lane) {
	n.size -= len(n.parcels[0].data)
	n.parcels = slices.Delete(n.parcels, 0, 1)
	l.signal()
}

// Read implements net.Conn.
func (l *link) Read(p []byte) (int, error) {
	if !l.byLane.Load() {
		n, err := l.Conn.Read(p)
		if !l.byLane.Load() {
			return n, err
		}
		// It was tampered with meanwhile: this is the first that goes by the lane.
		l.mu.Lock()
		l.receive(slices.Clone(p[:n]), err)
		l.mu.Unlock()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.openIn()
	for !l.closed {
		first, until := l.first(&l.in)
		switch {
		case first != nil && first.last == lastError:
			return 0, first.err
		case first != nil:
			n := copy(p, first.data)
			l.in.size -= n
			if first.data = first.data[n:]; len(first.data) == 0 {
				l.pop(&l.in)
			}
			return n, nil
		case !l.deadline.IsZero() && !time.Now().Before(l.deadline):
			return 0, os.ErrDeadlineExceeded
		case until.IsZero() || !l.deadline.IsZero() && l.deadline.Before(until):
			until = l.deadline
		}
		if !l.await(until) {
			break
		}
	}
	return 0, net.ErrClosed
}

// receive takes what the client has sent. mu is held.
func (l *link) receive(data []byte, err error) {
	if len(data) > 0 {
		l.put(&l.in, parcel{data: data})
	}
	if err != nil {
		l.in.err = err
		l.put(&l.in, parcel{last: lastError, err: err})
	}
}

// openIn has somebody fill the lane. mu is held.
func (l *link) openIn() {
	if l.in.open || l.in.err != nil || l.closed {
		return
	}
	l.in.open = true
	l.Conn.SetReadDeadline(time.Time{}) // it is Read that keeps it now
	l.wg.Go(l.fill)
}

// fill reads what the client sends.
func (l *link) fill() {
	buf := make([]byte, 32<<10)
	for {
		n, err := l.Conn.Read(buf)
		l.mu.Lock()
		l.receive(slices.Clone(buf[:n]), err)
		for l.in.size > maxLane && !l.closed && l.await(time.Time{}) {
		}
		over := err != nil || l.closed
		l.mu.Unlock()
		if over {
			return
		}
	}
}

// Write implements net.Conn.
func (l *link) Write(p []byte) (int, error) {
	if !l.byLane.Load() {
		return l.Conn.Write(p)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.out.size > maxLane && !l.closed && l.out.err == nil {
		if !l.await(time.Time{}) {
			return 0, net.ErrClosed
		}
	}
	switch {
	case l.closed:
		return 0, net.ErrClosed
	case l.out.err != nil:
		return 0, l.out.err
	}
	l.send(parcel{data: slices.Clone(p)})
	return len(p), nil
}

// send puts a parcel into the lane and has somebody empty it. mu is held.
func (l *link) send(p parcel) {
	l.put(&l.out, p)
	if !l.out.open {
		l.out.open = true
		l.wg.Go(l.empty)
	}
}

// CloseWrite tells the client that nothing more will come.
func (l *link) CloseWrite() error {
	if !l.byLane.Load() {
		return closeWrite(l.Conn) // without mu: under TLS the client may keep it waiting
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.out.err != nil {
		return net.ErrClosed
	}
	l.send(parcel{last: lastWrite})
	return nil
}

func closeWrite(nc net.Conn) error {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close implements net.Conn. What was sent before still arrives, and the client
// hears of the closing behind it.
func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	l.signal()
	if l.byLane.Load() && l.out.err == nil {
		l.send(parcel{last: lastClosed})
		return nil
	}
	return l.Conn.Close()
}

// empty hands the client what was sent to it, until the link or the server closes.
func (l *link) empty() {
	var err error
	for err == nil {
		err = l.deliver(l.next())
	}
	l.Conn.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.open, l.out.err = false, err
	l.signal()
}

func (l *link) deliver(p parcel, ok bool) error {
	switch {
	case !ok || p.last == lastClosed:
		return net.ErrClosed
	case p.last == lastWrite:
		return closeWrite(l.Conn)
	}
	_, err := l.Conn.Write(p.data)
	return err
}

// next waits for the next parcel that goes to the client. ok is false if the server
// is closing.
func (l *link) next() (p parcel, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		first, due := l.first(&l.out)
		if first != nil {
			p = *first
			l.pop(&l.out)
			return p, true
		}
		if !l.await(due) {
			return parcel{}, false
		}
	}
}

// SetReadDeadline implements net.Conn.
func (l *link) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline = t
	l.signal()
	if l.in.open {
		return nil
	}
	return l.Conn.SetReadDeadline(t)
}

// SetDeadline implements net.Conn.
func (l *link) SetDeadline(t time.Time) error {
	if err := l.SetReadDeadline(t); err != nil {
		return err
	}
	return l.SetWriteDeadline(t)
}
