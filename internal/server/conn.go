package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"zoosh/internal/wire"
)

const (
	// firstFrameTimeout is how long a connection may take to say what it wants.
	firstFrameTimeout = 10 * time.Second
	// lastWriteTimeout is how long a client may take to read what was sent to it
	// when the server ends the connection.
	lastWriteTimeout = 5 * time.Second
	// lingerTimeout is how long the client may then take to close its side.
	lingerTimeout = 500 * time.Millisecond
)

// conn is a client's connection. Its reader is the goroutine that runs serve.
type conn struct {
	s   *Server
	nc  *link
	out *outbox

	// What follows belongs to the server's goroutine.

	session        *session // nil before the connect request and after the end
	ids            []authID // the address, then what was added
	since          time.Time
	received, sent int64
	lastOp         wire.Op
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{s: s, nc: newLink(nc, s.quit, &s.wg), out: newOutbox(), since: time.Now()}
	if addr, err := netip.ParseAddrPort(nc.RemoteAddr().String()); err == nil {
		c.ids = []authID{ipIdentity(addr.Addr())}
	}
	return c
}

// String names the connection in logs.
func (c *conn) String() string { return c.nc.RemoteAddr().String() }

// serve runs the connection to its end.
func (c *conn) serve() {
	defer c.s.wg.Done()
	defer c.nc.Close()
	if !c.s.do(func() { c.s.conns[c] = struct{}{} }) {
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	if err := c.read(); err != nil {
		if err != io.EOF {
			c.s.logf("%v: %v", c, err)
		}
		c.abort()
	}
	<-written
	// Closing a connection with unread bytes resets it, and the client might lose
	// the last reply: read them.
	c.nc.SetReadDeadline(time.Now().Add(lingerTimeout))
	io.Copy(io.Discard, c.nc)
	c.s.do(func() {
		c.detach()
		delete(c.s.conns, c)
	})
}

// read takes what the client sends, one frame at a time: the next is read when
// the server is through with the one before. It returns nil when the server has
// finished the connection, and otherwise why it cannot go on.
func (c *conn) read() error {
	c.nc.SetReadDeadline(time.Now().Add(firstFrameTimeout))
	r := bufio.NewReader(c.nc)
	if err := c.readFirst(r); err != nil {
		return err
	}
	if !c.out.awaitRoom() {
		return nil
	}
	c.nc.SetReadDeadline(time.Time{})
	for c.out.awaitRoom() {
		frame, err := wire.ReadFrame(r, wire.MaxFrame)
		if err != nil {
			return err
		}
		arrived := time.Now()
		if !c.s.do(func() { c.s.handle(c, frame, arrived) }) {
			return net.ErrClosed
		}
	}
	return nil
}

// readFirst takes the first four bytes, which may be a word, and else the connect
// request.
func (c *conn) readFirst(r io.Reader) error {
	var first [4]byte
	if _, err := io.ReadFull(r, first[:]); err != nil {
		return err
	}
	if word := string(first[:]); isFourLetterWord(word) {
		c.s.do(func() { c.s.fourLetterWord(c, word) })
		return nil
	}
	frame, err := wire.ReadFrameBody(r, first, wire.MaxFrame)
	if err != nil {
		return err
	}
	var request wire.ConnectRequest
	if _, err := wire.Unmarshal(frame, &request); err != nil {
		return fmt.Errorf("connect request: %w", err)
	}
	c.s.do(func() { c.s.connect(c, &request) })
	return nil
}

// write sends what is put into the outbox.
func (c *conn) write() {
	var frames []byte
	for {
		if frames = c.out.take(frames); frames == nil {
			break
		}
		if _, err := c.nc.Write(frames); err != nil {
			c.abort()
			return
		}
	}
	c.nc.CloseWrite()
}

// abort drops the connection, with whatever is still to be sent. Any goroutine may
// call it.
func (c *conn) abort() {
	c.out.end(outboxClosed)
	c.nc.Close()
}

// finish ends the connection once the client has got what was sent to it so far.
func (c *conn) finish() {
	c.detach()
	c.out.end(outboxFinishing)
	c.nc.SetWriteDeadline(time.Now().Add(lastWriteTimeout))
}

// detach takes the connection from its session, together with its watches.
func (c *conn) detach() {
	c.s.tree.unwatch(c)
	if c.session != nil && c.session.conn == c {
		c.session.conn = nil
	}
	c.session = nil
}

// send queues a frame.
func (c *conn) send(records ...wire.Record) {
	c.countSent()
	c.out.put(func(queue []byte) []byte { return wire.AppendFrame(queue, records...) })
}

// reply queues a reply; body may be nil.
func (c *conn) reply(h wire.ReplyHeader, body wire.Record) {
	if body == nil {
		c.send(&h)
		return
	}
	c.send(&h, body)
}

// notify queues a notification, if the client may read the znode. It implements
// watcher.
func (c *conn) notify(event wire.WatcherEvent, zxid int64, acl []wire.ACL) {
	if !permits(acl, wire.PermRead, c.ids) {
		return
	}
	c.countSent()
	h := wire.ReplyHeader{Xid: wire.XidNotification, Zxid: zxid}
	if !c.out.putEvent(func(queue []byte) []byte { return wire.AppendFrame(queue, &h, &event) }) {
		c.s.logf("%v: too many notifications unread", c)
		c.abort()
	}
}

func (c *conn) countSent() {
	c.sent++
	c.s.stats.sent++
}

func (c *conn) countReceived() {
	c.received++
	c.s.stats.received++
}
