package server

import (
	"bufio"
	"container/list"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"zoosh/internal/wire"
)

const (
	// readBuffer is how much of what a client sends is read at once, in bytes.
	readBuffer = 8 << 10
	// firstFrameTimeout is how long a connection may take to say what it wants. It is
	// zookeeper.nio.sessionlessCnxnTimeout, which each byte puts off there.
	firstFrameTimeout = 10 * time.Second
	// longConnect is from how many bytes on a connect request has to find room among
	// what arrives. A client's has 45.
	longConnect = 4 << 10
	// lastWriteTimeout is how long a client may take to read what was sent to it
	// when the server ends the connection.
	lastWriteTimeout = 5 * time.Second
	// lingerTimeout is how long the client may then take to close its side.
	lingerTimeout = 500 * time.Millisecond
)

// conn is a client's connection. Its reader is the goroutine that runs serve.
type conn struct {
	s    *Server
	port *port
	nc   *link
	addr netip.Addr // the client's

	// Of the reader.

	slow  bool // the last turn took long, or the next will
	gated bool // this turn is one of those that are likely to
	out   *outbox

	// What follows is guarded by the server's lock.

	session     *session // nil before the connect request and after the end
	ids         []authID // the address, the certificate, and what was added
	idHashes    []uint32 // theirs
	idBuckets   uint32   // of the hash table whose order they have
	idBytes     int      // how long they are
	idShare     int      // how much of that counts for what all may have
	grants      map[grant]bool
	login       *login // by SASL; nil before its first token
	guess       *guess // the place of its response
	since       time.Time
	silent      *list.Element // nil once it has said what it wants
	stats       connStats
	hasReadOnly bool  // the client knows of read-only servers
	told        int64 // the zxid of the state that the last frame tells of
	wants       int   // bytes of the reply to the request that is being served, if it can be long
	lacks       int   // the same, if the request waits since there is no room for that
	long        *longReply
	wantsGate   bool // the request that waits is for a turn of those that take long
}

func newConn(s *Server, p *port, nc net.Conn) *conn {
	c := &conn{s: s, port: p, nc: newLink(p.wrap(nc), s.quit, &s.wg), since: time.Now()}
	c.out = newOutbox(s.journal.volatile(), &holding{of: s.unread, end: c.stalled})
	if addr, err := netip.ParseAddrPort(nc.RemoteAddr().String()); err == nil {
		c.addr = addr.Addr()
		c.identify(ipIdentity(c.addr))
	}
	return c
}

// String names the connection in logs.
func (c *conn) String() string { return c.nc.RemoteAddr().String() }

func (c *conn) origin() origin { return origin{c.port, c.addr} }

// serve runs the connection to its end.
func (c *conn) serve() {
	defer c.s.wg.Done()
	defer func() { <-c.s.slots }()
	defer c.nc.Close()
	var welcome bool
	if !c.s.do(func() { welcome = c.s.register(c) }) || !welcome {
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	if err := c.read(); err != nil {
		if err != io.EOF && !c.s.stopping() {
			c.s.logf("%v: %.200v", c, err)
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
		c.s.unregister(c)
	})
}

// stopping tells whether all connections end, which is no news of one.
func (s *Server) stopping() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// read takes what the client sends, a batch of requests at a time: the next is read
// when the server is through with the one before. It returns nil when the server
// has finished the connection, and otherwise why it cannot go on.
func (c *conn) read() error {
	c.nc.SetReadDeadline(time.Now().Add(c.s.cfg.FirstFrameTimeout))
	if err := c.shakeHands(); err != nil {
		c.notShaken(err)
		return nil
	}
	r := bufio.NewReaderSize(c.nc, readBuffer)
	if err := c.readFirst(r); err != nil {
		return err
	}
	c.nc.awaitService()
	if !c.out.awaitRoom() {
		return nil
	}
	c.nc.SetReadDeadline(time.Time{})
	share := &holding{of: c.s.arriving, end: c.stalled}
	defer share.holds(0)
	return c.serveAll(&intake{c: c, share: share, r: r, limit: c.s.cfg.MaxBuffer})
}

// serveAll has the requests served, each batch as far as there is room for the
// replies.
func (c *conn) serveAll(in *intake) error {
	var batch []request
	var err error
	var arrived time.Time
	var lacks int
	var long *longReply
	serve := func() {
		began := time.Now()
		batch = c.s.handleBatch(c, batch, arrived)
		lacks, long = c.lacks, c.long
		c.slow = time.Since(began) > longestTurn || c.wantsGate
	}
	for c.out.awaitRoom() {
		if len(batch) == 0 {
			if err != nil {
				return err
			}
			batch, err = in.next()
			arrived = time.Now()
		}
		c.s.journal.awaitRoom()
		if err := c.awaitGuess(batch); err != nil {
			return err
		}
		c.gated = c.slow || isHeavy(batch)
		if !c.s.turn(c.gated, serve) {
			return net.ErrClosed
		}
		if long != nil {
			long.make(c)
		}
		if lacks != 0 && !c.out.awaitShare(lacks, c.s.quit) {
			return nil
		}
	}
	return nil
}

// heavyRequest is from how many bytes on a request is likely to take long.
const heavyRequest = 32 << 10

func isHeavy(batch []request) bool { return len(batch) > 0 && batch[0].size >= heavyRequest }

// turn is do for a client's requests. Of those that are likely to take long one at a
// time comes for the lock, so that all others wait for one of them at most.
func (s *Server) turn(heavy bool, f func()) bool {
	if heavy {
		s.heavy.Lock()
		defer s.heavy.Unlock()
	}
	return s.do(f)
}

// readFirst takes the first four bytes, which may be a word, and else the connect
// request.
func (c *conn) readFirst(r io.Reader) error {
	var first [4]byte
	if _, err := io.ReadFull(r, first[:]); err != nil {
		return err
	}
	if word := string(first[:]); isFourLetterWord(word) {
		c.s.control(c.spoke)
		var mask int64
		if word == "stmk" && c.s.cfg.allowsWord(word) {
			if err := binary.Read(r, binary.BigEndian, &mask); err != nil {
				return err
			}
		}
		c.s.fourLetterWord(c, word, mask)
		return nil
	}
	frame, err := c.readConnect(r, first)
	if err != nil {
		return err
	}
	c.s.control(c.spoke)
	var request wire.ConnectRequest
	if _, err := wire.Unmarshal(frame, &request); err != nil {
		return fmt.Errorf("connect request: %w", err)
	}
	c.s.do(func() { c.s.connect(c, &request) })
	return nil
}

// readConnect reads a connect request, whose length is first.
func (c *conn) readConnect(r io.Reader, first [4]byte) ([]byte, error) {
	limit := c.s.cfg.MaxBuffer
	if n := int(int32(binary.BigEndian.Uint32(first[:]))); n > longConnect && n <= limit {
		share := &holding{of: c.s.arriving, end: c.stalled}
		defer share.holds(0)
		if !c.awaitArrival(share, 2*n) {
			return nil, net.ErrClosed
		}
		share.holds(2 * n)
		r = &arrival{r, share}
	}
	return wire.ReadFrameBody(r, first, limit)
}

// arrival notes what arrives.
type arrival struct {
	io.Reader
	share *holding
}

// Read implements io.Reader.
func (a *arrival) Read(b []byte) (int, error) {
	a.share.awaits()
	n, err := a.Reader.Read(b)
	a.share.gotOn(n)
	return n, err
}

// write sends what is put into the outbox.
func (c *conn) write() {
	defer c.out.writerLeft()
	var frames []byte
	for {
		if frames = c.out.take(frames); frames == nil {
			break
		}
		if c.out.finishing() { // which it may have waited long for: for the disk
			c.nc.SetWriteDeadline(time.Now().Add(lastWriteTimeout))
		}
		if err := c.writeAll(frames); err != nil {
			c.abort()
			return
		}
	}
	c.nc.CloseWrite()
}

// writeAll writes frames, much of it bit by bit, so that it is seen whether the client
// reads.
func (c *conn) writeAll(frames []byte) error {
	const most = 64 << 10
	for len(frames) > most {
		c.out.writes()
		if _, err := c.nc.Write(frames[:most]); err != nil {
			return err
		}
		c.out.wrote(most)
		frames = frames[most:]
	}
	c.out.writes()
	_, err := c.nc.Write(frames)
	c.out.wrote(len(frames))
	return err
}

// stalled ends a connection that keeps others waiting for memory.
func (c *conn) stalled() {
	c.s.logf("%v: it does not read, or not send, what others wait for the memory of", c)
	c.abort()
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
	c.s.unwatch(c)
	if c.session != nil && c.session.conn == c {
		c.session.conn = nil
	}
	c.session = nil
}

// send queues a frame.
func (c *conn) send(records ...wire.Record) {
	c.queue(c.s.zxid, c.s.encode(records...))
}

// queue has the client get frames once the state that they tell of, that of the txn
// zxid, is durable.
func (c *conn) queue(zxid int64, frames []byte) {
	c.countSent()
	c.told = max(c.told, zxid)
	c.out.put(zxid, frames)
	c.s.journal.await(c.out, zxid)
}

// reply queues a reply; body may be nil.
func (c *conn) reply(h wire.ReplyHeader, body wire.Record) {
	c.replyAsOf(c.s.zxid, h, body)
}

// replyAsOf is reply for one that tells of the state that the txn zxid has led to.
func (c *conn) replyAsOf(zxid int64, h wire.ReplyHeader, body wire.Record) {
	c.s.header = h
	if body == nil {
		c.queue(zxid, c.s.encode(&c.s.header))
		return
	}
	c.queue(zxid, c.s.encode(&c.s.header, body))
}

// A longReply is one that is made when others have their turn already. What it is made
// from does not change any more.
type longReply struct {
	zxid   int64
	header wire.ReplyHeader
	body   wire.Record
	size   int // at most
}

// replyLong has a reply made after the turn, see longReply.
func (c *conn) replyLong(zxid int64, h wire.ReplyHeader, body wire.Record) {
	c.countSent()
	c.told = max(c.told, zxid)
	c.long = &longReply{zxid, h, body, c.wants}
	c.out.promise(c.wants)
}

// make makes the reply. The server's lock is not held.
func (r *longReply) make(c *conn) {
	c.s.heavy.Lock()
	defer c.s.heavy.Unlock()
	c.out.fulfil(r.zxid, wire.AppendFrame(make([]byte, 0, r.size), &r.header, r.body))
	c.s.journal.await(c.out, r.zxid)
}

// notify queues a notification, if the client may read the znode. It implements
// watcher.
func (c *conn) notify(event wire.WatcherEvent, zxid int64, acl *sharedACL) {
	if c.session == nil { // its watches are on their way out
		return
	}
	if !c.s.permits(c, acl, wire.PermRead) {
		return
	}
	c.countSent()
	c.s.header = wire.ReplyHeader{Xid: wire.XidNotification, Zxid: zxid}
	// The txn that is being applied, or the state that setWatches looked at.
	zxid = max(zxid, c.s.zxid)
	c.told = max(c.told, zxid)
	ok := c.out.putEvent(zxid, c.s.encodeEvent(event))
	c.s.journal.await(c.out, zxid)
	if !ok {
		c.s.logf("%v: too many notifications unread", c)
		c.abort()
	}
}

func (c *conn) countSent() {
	c.stats.sent++
	c.s.stats.sent++
}

func (c *conn) countReceived() {
	c.stats.received++
	c.s.stats.received++
}
