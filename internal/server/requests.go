package server

import (
	"errors"
	"maps"
	"time"

	"zoosh/internal/wire"
)

// A handler serves one opcode, with a body as wire.Op.NewRequest makes it: either it
// reads, or it prepares a write.
type handler struct {
	read    func(s *Server, c *conn, body wire.Record) (wire.Record, error)
	prepare func(p *preparation, body wire.Record) (change, error)
}

func reads[R wire.Record](f func(s *Server, c *conn, body R) (wire.Record, error)) handler {
	return handler{read: func(s *Server, c *conn, body wire.Record) (wire.Record, error) {
		return f(s, c, body.(R))
	}}
}

func writes[R wire.Record](f func(p *preparation, body R) (change, error)) handler {
	return handler{prepare: func(p *preparation, body wire.Record) (change, error) {
		return f(p, body.(R))
	}}
}

// handlers are the requests that a client may send, apart from those that are
// about the connection itself. Each stands in the file of its handler.
var handlers = together(ofWrites, ofReads, ofWatches)

func together(tables ...map[wire.Op]handler) map[wire.Op]handler {
	all := make(map[wire.Op]handler)
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// longestTurn is how long requests of a client are served before the others have a
// turn. One request may go beyond it.
const longestTurn = time.Millisecond

// handleBatch serves requests of a client, as long as there is room for the
// replies and its turn lasts. It returns those that are left.
func (s *Server) handleBatch(c *conn, batch []request, arrived time.Time) []request {
	c.out.cork()
	defer c.out.uncork()
	s.settle()
	began := time.Now()
	c.lacks, c.long, c.wantsGate = 0, nil, false
	for i := range batch {
		if i > 0 && c.isGuess(&batch[i]) {
			return batch[i:] // it may have to wait: see awaitGuess
		}
		if !s.handle(c, &batch[i], arrived) {
			return batch[i:]
		}
		if c.long != nil || c.out.full() || c.stats.last.at.Sub(began) > longestTurn {
			return batch[i+1:]
		}
	}
	return nil
}

// handle serves one request of a client that is connected. It tells whether it did: not
// if there is no room for the reply, see conn.lacks.
func (s *Server) handle(c *conn, r *request, arrived time.Time) bool {
	if c.session == nil {
		return true // another connection has taken the session, or it is gone
	}
	if r.noise != nil {
		s.received(c, r)
		s.logf("%v: %.200v", c, r.noise)
		c.abort()
		return true
	}
	if op := r.header.Op; op != wire.OpAuth && op != wire.OpSASL { // they are the connection's
		if !s.knowsEnough(c, r.header.Xid) {
			s.received(c, r)
			return true
		}
		c.session.heard(arrived)
	}
	if !s.dispatch(c, r) {
		return false
	}
	s.received(c, r)
	s.count(c, r, arrived)
	s.endLargestWatcher()
	return true
}

// received counts a request.
func (s *Server) received(c *conn, r *request) {
	c.countReceived()
	s.stats.bytesReceived += int64(r.size)
}

// dispatch serves a request, and tells whether it did.
func (s *Server) dispatch(c *conn, r *request) bool {
	if s.ofConnection(c, r) {
		return true
	}
	h := r.header
	hd, ok := handlers[h.Op]
	if !ok {
		s.logf("%v: unknown request %d", c, h.Op)
		c.reply(wire.ReplyHeader{Xid: h.Xid, Zxid: -1, Err: wire.Unimplemented}, nil)
		c.finish()
		return true
	}
	if s.refusesWrites(h.Op) {
		c.reply(wire.ReplyHeader{Xid: h.Xid, Zxid: s.zxid, Err: wire.NotReadOnly}, nil)
		return true
	}
	// What a write is answered with is no longer than this. A read finds out by itself.
	if hd.prepare != nil && c.room(2*r.size) != nil {
		return false
	}
	c.wants = 0
	reply, err := s.serve(c, r, hd)
	if err == errNoRoom {
		return false
	}
	zxid := c.asOf(r.body)
	header := wire.ReplyHeader{Xid: h.Xid, Zxid: zxid, Err: codeOf(err)}
	if err == nil && c.wants > maxSpare {
		c.replyLong(zxid, header, reply)
	} else {
		c.replyAsOf(zxid, header, reply)
	}
	return true
}

// ofConnection serves a request that is about the connection itself, and tells whether
// it is one.
func (s *Server) ofConnection(c *conn, r *request) bool {
	h := r.header
	switch h.Op {
	case wire.OpPing:
		c.reply(wire.ReplyHeader{Xid: wire.XidPing, Zxid: s.zxid}, nil)
	case wire.OpAuth:
		if r.err != nil {
			s.logf("%v: auth: %.200v", c, r.err)
			c.abort()
			return true
		}
		s.authenticate(c, h.Xid, r.body.(*wire.AuthPacket))
	case wire.OpSASL:
		s.sasl(c, r)
	case wire.OpCreateSession:
		s.createSession(c, r)
	case wire.OpCloseSession:
		s.endSession(c.session.id, h.Xid)
		c.reply(wire.ReplyHeader{Xid: h.Xid, Zxid: s.zxid}, nil)
		c.finish()
	default:
		return false
	}
	return true
}

// errNoRoom is why a read is not carried out now, but once there is room for its reply.
var errNoRoom = errors.New("there is no room for the reply")

// room tells whether there is room for a reply of so many bytes. If there is none the
// request waits for it.
func (c *conn) room(size int) error {
	c.wants = size
	if c.out.fits(size) {
		return nil
	}
	c.lacks = size
	return errNoRoom
}

// serve does what a request asks for and makes the reply.
func (s *Server) serve(c *conn, r *request, hd handler) (wire.Record, error) {
	h := r.header
	if r.err != nil {
		s.logf("%v: %v: %.200v", c, h.Op, r.err)
		if h.Op == wire.OpMulti {
			// Of all malformed requests only this one and createSession cost a zxid.
			s.commit(c.session.id, h.Xid, &errorChange{code: wire.MarshallingError})
		}
		return nil, r.err
	}
	if r.nullPath {
		return s.withoutPath(c, r, hd)
	}
	if hd.read != nil {
		return hd.read(s, c, r.body)
	}
	s.preparation = preparation{
		view: view{tree: s.tree, spare: s.preparation.view.spare}, session: c.session.id, ids: c.ids, conn: c, cfg: &s.cfg,
	}
	change, err := hd.prepare(&s.preparation, r.body)
	if err != nil {
		change = &errorChange{code: codeOf(err)}
	}
	return s.commit(c.session.id, h.Xid, change).reply(), err
}

// codeOf is what a client is told of an error. What is no ZooKeeper error can only
// be a request that could not be understood.
func codeOf(err error) wire.Code {
	if err == nil {
		return wire.OK
	}
	var e *wire.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return wire.MarshallingError
}

// reply is the body that answers a write.
func (r result) reply() wire.Record {
	switch r.op {
	case wire.OpCreate:
		return &wire.PathResponse{Path: r.path}
	case wire.OpCreate2, wire.OpCreateContainer, wire.OpCreateTTL:
		return &wire.Create2Response{Path: r.path, Stat: r.stat}
	case wire.OpSetData, wire.OpSetACL:
		return &r.stat
	case wire.OpMulti:
		m := &wire.MultiResponse{Results: make([]wire.MultiResult, 0, len(r.multi))}
		for _, sub := range r.multi {
			m.Results = append(m.Results, wire.MultiResult{Op: sub.replyOp(), Err: sub.err, Reply: sub.reply()})
		}
		return m
	}
	return nil
}

// replyOp is the opcode that stands for the result in the reply to a multi: of
// whatever kind a znode is, one that is told of with its stat is of create2.
func (r result) replyOp() wire.Op {
	switch r.op {
	case wire.OpCreateContainer, wire.OpCreateTTL:
		return wire.OpCreate2
	}
	return r.op
}
