package session

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/wire"
)

const (
	// firstXid is where our xids begin. The library counts from 1, and sends
	// nothing but closeSession besides pings.
	firstXid int32 = 0x70000000
	// maxGreeting bounds the answer to the ConnectRequest.
	maxGreeting = 1 << 20
	// largeBody is a reply of which one alone waits to be decoded: the next is not read
	// before.
	largeBody = 4 << 20
)

// conn is the net.Conn that the library reads and writes. Read and
// SetReadDeadline are called by one goroutine at a time.
type conn struct {
	s     *Session
	raw   net.Conn
	addr  string
	began time.Time
	ctx   context.Context // ends with the connection
	stop  context.CancelFunc
	done  <-chan struct{} // ctx's

	// Of the receive path alone:
	in       *bufio.Reader
	rest     []byte        // what the library has not read yet of its frame
	idle     time.Duration // how long the library wants to wait for the server, 0: for ever
	deadline time.Time     // for the handshake
	answered bool          // the handshake is over
	heard    bool          // any byte has come
	alerted  bool          // what came is a TLS alert

	// Written under Session.mu before ready, read in the receive path and later:
	asked   wire.ConnectRequest
	up      bool // the server granted a session
	expired bool // the server said that the session had expired

	heardAt atomic.Int64 // when bytes came last, after the program's start

	mu       sync.Mutex
	err      error         // why it ended
	opened   bool          // the ConnectRequest is queued
	queue    []outgoing    // to be written
	patience time.Duration // with the server: the library's for a read, ours for a write
	wake     chan struct{}
	nextXid  int32
	pending  map[int32]*request
	auths    []pendingAuth // in the order they were sent; the replies have no number

	wrote chan struct{} // closed when nothing is written any more
}

// outgoing is a frame that is to be written, and the request that it is, nil for what
// nobody waits for.
type outgoing struct {
	frame []byte
	rq    *request
}

func newConn(s *Session, raw net.Conn, addr string, deadline time.Time) *conn {
	c := &conn{
		s: s, raw: raw, addr: addr, began: time.Now(), deadline: deadline,
		patience: s.NegotiatedTimeout(),
		wake:     make(chan struct{}, 1),
		nextXid:  firstXid,
		pending:  map[int32]*request{},
		wrote:    make(chan struct{}),
	}
	c.in = bufio.NewReaderSize(source{c}, 64<<10)
	c.ctx, c.stop = context.WithCancel(s.ctx)
	c.done = c.ctx.Done()
	return c
}

// source is the raw connection, with a deadline that moves on with every read:
// a server that sends is alive, however long its frame is, and however many
// frames come that the library does not see.
type source struct{ c *conn }

// Read implements io.Reader.
func (r source) Read(p []byte) (int, error) {
	var t time.Time
	if r.c.idle > 0 {
		t = time.Now().Add(r.c.idle)
	}
	if !r.c.answered && (t.IsZero() || r.c.deadline.Before(t)) {
		t = r.c.deadline
	}
	if err := r.c.raw.SetReadDeadline(t); err != nil {
		return 0, err
	}
	n, err := r.c.raw.Read(p)
	if n > 0 {
		r.c.heard = true
		r.c.heardAt.Store(int64(time.Since(started)))
	}
	return n, err
}

// started is what moments are counted from by the monotonic clock, which also runs
// while the process is stopped.
var started = time.Now()

// overdue tells whether the server has not been heard of for longer than one waits
// for it: after the process was stopped nobody has noticed yet.
func (c *conn) overdue() bool {
	c.mu.Lock()
	patience := c.patience
	c.mu.Unlock()
	return c.silence() > patience
}

// silence is how long the server has not been heard of.
func (c *conn) silence() time.Duration {
	return time.Since(started) - time.Duration(c.heardAt.Load())
}

// Read gives the library the frames that are its own, and handles the others.
func (c *conn) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		if c.ctx.Err() != nil {
			return 0, net.ErrClosed // whatever has arrived: it is over
		}
		var frame []byte
		err := fault.Do(func() (err error) { // it runs in a goroutine of the library's
			frame, err = c.next()
			return err
		})
		if err != nil {
			c.fail(err)
			return 0, err
		}
		c.rest = frame
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// next reads the next frame from the server, and returns it, with its length, if
// it is for the library.
func (c *conn) next() ([]byte, error) {
	if !c.answered {
		// A TLS port may answer with an alert, which would be a frame of 350 MB.
		start, err := c.peek(2)
		c.alerted = string(start) == "\x15\x03"
		if err != nil {
			return nil, err
		}
		body, err := wire.ReadFrame(c.in, maxGreeting)
		if err != nil {
			return nil, err
		}
		c.answered = true
		return c.s.handshake(c, body)
	}
	body, err := c.readFrame()
	if err != nil {
		return nil, err
	}
	mine, err := c.dispatch(body)
	if mine || err != nil {
		return nil, err
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	return append(frame, body...), nil
}

// dispatch handles a frame that is not the library's. The library would panic at
// a frame without a whole header.
func (c *conn) dispatch(body []byte) (mine bool, err error) {
	var h wire.ReplyHeader
	rest, err := wire.Unmarshal(body, &h)
	if err != nil {
		return true, err
	}
	switch {
	case h.Xid == wire.XidNotification:
		return true, c.s.notified(h.Zxid, rest)
	case h.Xid == wire.XidPing:
		return false, nil
	case h.Xid == wire.XidAuth:
		return true, c.authAnswered(h.Err)
	case h.Xid < 0:
		return true, nil // setWatches, and what later versions may bring
	case h.Xid < firstXid:
		c.s.mu.Lock()
		c.s.closeSeen = true // the library asks for nothing else
		c.s.mu.Unlock()
		return false, nil
	}
	return true, c.answer(h, rest)
}

// answer hands a reply to whoever waits for it.
func (c *conn) answer(h wire.ReplyHeader, body []byte) error {
	c.mu.Lock()
	rq, ok := c.pending[h.Xid]
	delete(c.pending, h.Xid)
	c.mu.Unlock()
	if !ok {
		return unasked(h.Xid)
	}
	if h.Zxid > c.s.lastZxid.Load() {
		c.s.lastZxid.Store(h.Zxid)
	}
	if rq.onReply != nil {
		rq.onReply(h.Err)
	}
	rq.order.replied(len(body))
	rq.done <- reply{zxid: h.Zxid, code: h.Err, body: body}
	rq.leave(h.Err, len(body))
	if rq.next != nil {
		return rq.next(h.Err, body)
	}
	if len(body) > largeBody && rq.left != nil {
		select {
		case <-rq.left:
		case <-c.done:
		}
	}
	return nil
}

// Write queues a frame of the library's: its first is the ConnectRequest, which
// is replaced by ours. It never blocks; if writing fails, the connection ends.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	first := !c.opened
	c.opened = true
	c.mu.Unlock()
	frame := append([]byte(nil), p...)
	if first {
		frame = c.s.connectRequest(c)
	}
	if !c.enqueue(frame) {
		return 0, net.ErrClosed
	}
	return len(p), nil
}

// enqueue puts a frame behind all others. It is false if the connection has
// ended.
func (c *conn) enqueue(frame []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.push(outgoing{frame: frame})
}

// push is enqueue with c.mu held.
func (c *conn) push(o outgoing) bool {
	if c.err != nil {
		return false
	}
	c.queue = append(c.queue, o)
	c.flush()
	return true
}

// flush has the queue written.
func (c *conn) flush() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// send numbers a request and puts it in the queue.
func (c *conn) send(rq *request) bool {
	sent := c.append(rq)
	c.flush()
	return sent
}

// append is send without having it written.
func (c *conn) append(rq *request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return false
	}
	for c.pending[c.nextXid] != nil {
		c.countXid()
	}
	rq.xid = c.nextXid
	binary.BigEndian.PutUint32(rq.frame[4:], uint32(rq.xid))
	c.pending[rq.xid] = rq
	c.countXid()
	c.queue = append(c.queue, outgoing{rq.frame, rq})
	return true
}

// withdraw takes a request back that is not being written yet; false if it is too late.
func (c *conn) withdraw(rq *request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rq.sent {
		return false
	}
	delete(c.pending, rq.xid)
	c.queue = slices.DeleteFunc(c.queue, func(o outgoing) bool { return o.rq == rq })
	return true
}

func (c *conn) countXid() {
	c.nextXid++
	if c.nextXid < firstXid {
		c.nextXid = firstXid
	}
}

// write writes the queue until the connection ends. It is the only writer, so
// that a server which does not read holds up nobody else.
func (c *conn) write() {
	defer close(c.wrote)
	for {
		select {
		case <-c.wake:
		case <-c.done:
			return
		}
		batch, frames, patience := c.take()
		c.raw.SetWriteDeadline(time.Now().Add(patience))
		if _, err := frames.WriteTo(c.raw); err != nil {
			c.unsent(batch[len(batch)-len(frames):])
			c.fail(err)
			return
		}
	}
}

// take takes all that is to be written. From here on its requests count as sent.
func (c *conn) take() (batch []outgoing, frames net.Buffers, patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch, c.queue = c.queue, nil
	now := time.Now()
	for _, o := range batch {
		frames = append(frames, o.frame)
		if o.rq != nil {
			o.rq.sent, o.rq.sentAt = true, now
		}
	}
	return batch, frames, c.patience
}

// unsent notes what was not written, or not to its end: no server can carry it out.
func (c *conn) unsent(batch []outgoing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range batch {
		if o.rq != nil {
			o.rq.sent = false
		}
	}
}

// greeted sets the patience to what the library has with reads: two thirds of
// the session timeout.
func (c *conn) greeted(timeout time.Duration) {
	c.mu.Lock()
	c.patience = timeout * 2 / 3
	c.mu.Unlock()
}

// fail ends the connection, for the reason given if it is the first.
func (c *conn) fail(err error) {
	c.mu.Lock()
	first := c.err == nil
	if first {
		c.err = err
	}
	c.mu.Unlock()
	if first {
		c.stop()
		c.raw.Close()
	}
}

// endedByReply is the reply that was too long and has ended the connection, if one has.
func (c *conn) endedByReply() (long *LongReplyError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	errors.As(c.err, &long)
	return long
}

// failPending lets all requests fail that were not answered: with err, or with
// ConnectionLoss if that is nil. The connection has failed.
func (c *conn) failPending(err error) {
	<-c.wrote // it is known then what was sent
	c.mu.Lock()
	pending, auths := c.pending, c.auths
	c.pending, c.auths = nil, nil
	c.mu.Unlock()
	long := c.endedByReply()
	for _, rq := range pending {
		rq.order.replied(0)
		rq.done <- reply{code: wire.ConnectionLoss, err: err, unanswered: rq.sent, lostTo: long}
	}
	for _, a := range auths {
		a.tell(reply{code: wire.ConnectionLoss, err: err})
	}
}

// reason says for people why the connection ended.
func (c *conn) reason() error {
	c.mu.Lock()
	err, patience := c.err, c.patience
	c.mu.Unlock()
	_, alerted := alertOf(err)
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		return refused
	case IsLongReply(err):
		return err
	case alerted:
		return tlsError(c.addr, err, true)
	case !c.answered && hungUp(err) && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s closed the connection without an answer", c.addr)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return fmt.Errorf("%s closed the connection", c.addr)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fmt.Errorf("%s reset the connection", c.addr)
	case errors.Is(err, os.ErrDeadlineExceeded) && !c.answered:
		return fmt.Errorf("%s accepts connections but does not answer", c.addr)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s has not been heard from for %v", c.addr, patience.Round(time.Millisecond))
	case errors.Is(err, wire.ErrMalformed):
		return fmt.Errorf("%s does not speak ZooKeeper's protocol: %w", c.addr, err)
	}
	return fmt.Errorf("%s: %w", c.addr, err)
}

// silent tells whether the server ended the connection without a single byte,
// upon a ConnectRequest that was sent.
func (c *conn) silent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened && !c.heard &&
		hungUp(c.err) // with TLS, the end may be unexpected
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.fail(net.ErrClosed)
	return nil
}

// SetReadDeadline implements net.Conn: it tells how long the library is ready to
// wait for the server from now on.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.idle = 0
	if !t.IsZero() {
		c.idle = max(time.Until(t), time.Millisecond)
	}
	return nil
}

// SetWriteDeadline implements net.Conn. Writes only queue.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }
