package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// query is a request as an operation makes it.
type query struct {
	op    wire.Op
	path  string      // as the caller gave it, for errors
	body  wire.Record // with the server's paths
	reply wire.Record // to be filled in; nil if the reply has no body
	needs string      // the version that it needs, if it is another than that of op
	what  string      // what is said to need it, if it is something else than op
	// onReply, if not nil, is called in the receive path with the code of the
	// reply, before anything that the server sent later is looked at.
	onReply func(wire.Code)
	// operations is how many a transaction has; 0 for what is none. undone tells of a
	// reply without an error whether nothing was done all the same; nil if it never is.
	operations int
	undone     func() bool
}

// request is a query on its way.
type request struct {
	frame   []byte // its xid is put in when it is sent
	xid     int32
	sent    bool // under conn.mu: the writer has it
	onReply func(wire.Code)
	// next, if not nil, takes the reply in the receive path, after done has it. Its
	// error ends the connection.
	next func(wire.Code, []byte) error
	op   wire.Op
	done chan reply // holds one, so that the receive path never waits for a caller who left
	// most is how long the reply may be, in bytes.
	most   int
	pass   *window.Pass // nil if it is not paced
	order  *Order       // nil if it is not ordered
	sentAt time.Time    // under conn.mu
	// left, if not nil, is closed once the caller has decoded the reply, or has left.
	left chan struct{}
}

// reply is what became of a request.
type reply struct {
	zxid int64
	code wire.Code
	body []byte
	err  error // instead of the code
	// unanswered: it was sent, and the connection ended before the server's reply was
	// read.
	unanswered bool
	// lostTo is the reply to another request that has ended the connection by its length.
	lostTo *LongReplyError
}

// call carries out a query. Errors of the server are *wire.Error. A request whose
// ctx ends while it is in flight may still be carried out, and a watch it arms
// is registered then. One that writes is in doubt then: see ErrInDoubt.
func (s *Session) call(ctx context.Context, q query) error {
	order := orderOf(ctx)
	r, err := s.exchange(ctx, q, order)
	if q.op.Kind() != wire.KindRead && r.unanswered {
		err = &inDoubt{err}
	}
	order.turn(err)
	if q.op.Kind() == wire.KindRead {
		return err
	}
	if err != nil || q.undone == nil || !q.undone() {
		tally(ctx, max(1, q.operations), r.zxid, err)
	}
	return err
}

// exchange is call for requests that read; the reply is empty, or unanswered, if there
// was none.
func (s *Session) exchange(ctx context.Context, q query, order *Order) (reply, error) {
	if s.cfg.NoWrites && q.op.Kind() != wire.KindRead {
		return reply{}, ErrNoWrites
	}
	rq, err := s.prepare(q)
	if err != nil {
		return reply{}, err
	}
	rq.order = order
	ready := func() (*conn, error) { return s.waitReady(ctx, q.path) }
	if !order.patient() {
		ready = s.readyNow
	}
	c, err := ready()
	if err != nil {
		return reply{}, err
	}
	if err := s.gate(ctx, cmp.Or(q.what, q.op.String()), cmp.Or(q.needs, q.op.Since())); err != nil {
		return reply{}, err
	}
	if err := ctx.Err(); err != nil {
		return reply{}, err
	}
	rq.left = make(chan struct{})
	defer close(rq.left)
	leave := s.send(ctx, c, q, rq)
	defer leave()
	select {
	case r := <-rq.done:
		return s.finish(c, q, r, order.patient())
	case <-ctx.Done():
	}
	leave() // it is not sent any more, if it was not yet
	if c.withdraw(rq) {
		return reply{}, ctx.Err()
	}
	select {
	case r := <-rq.done: // it came meanwhile
		return s.finish(c, q, r, order.patient())
	default:
		return reply{unanswered: true}, ctx.Err()
	}
}

// prepare encodes a query.
func (s *Session) prepare(q query) (*request, error) {
	frame := wire.AppendFrame(nil, &wire.RequestHeader{Op: q.op}, q.body)
	if size := len(frame) - 4; size > s.cfg.MaxRequest {
		return nil, &TooLargeError{Size: size, Limit: s.cfg.MaxRequest}
	}
	return &request{frame: frame, onReply: q.onReply, op: q.op, most: s.replyLimit(q.op), done: make(chan reply, 1)}, nil
}

// errUnsent is a request that its connection did not take any more.
var errUnsent = errors.New("not sent")

// finish takes what became of a request, and counts it.
func (s *Session) finish(c *conn, q query, r reply, patient bool) (reply, error) {
	if r.err == errUnsent {
		s.lostBy(c)
		if !patient {
			return reply{}, ErrNotSent
		}
		s.count(true, false)
		return reply{}, s.lostOn(c, q.path)
	}
	cut := r.err == nil && r.code == wire.ConnectionLoss || IsLongReply(r.err)
	s.count(cut || r.code == wire.SessionExpired, cut && r.unanswered && q.op.Kind() != wire.KindRead)
	return r, q.finish(r)
}

// sharedBody is how much a reply must have for its data not to be copied out of it.
const sharedBody = 64 << 10

// finish decodes a reply.
func (q query) finish(r reply) error {
	switch {
	case r.err != nil:
		return r.err
	case r.lostTo != nil:
		return &lostToReply{&wire.Error{Code: r.code, Path: q.path}, r.lostTo}
	case r.code != wire.OK:
		return &wire.Error{Code: r.code, Path: q.path}
	case q.reply == nil:
		return nil
	}
	decode := wire.Unmarshal
	if q.op == wire.OpGetData && len(r.body) > sharedBody {
		decode = wire.UnmarshalShared
	}
	if _, err := decode(r.body, q.reply); err != nil {
		return fmt.Errorf("the server's reply to %v: %w", q.op, err)
	}
	return nil
}

// lost is the error of a request that could not be sent.
func (s *Session) lost(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return ErrClosed
	}
	return &wire.Error{Code: wire.ConnectionLoss, Path: path}
}

// lostOn is lost where it is known which connection it was to be sent on.
func (s *Session) lostOn(c *conn, path string) error {
	err := s.lost(path)
	var lost *wire.Error
	if long := c.endedByReply(); long != nil && errors.As(err, &lost) {
		return &lostToReply{lost, long}
	}
	return err
}

// lostBy has LastError say why c ended, if the library has not left c yet.
func (s *Session) lostBy(c *conn) {
	reason := c.reason()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastErr == nil && (s.ready == nil || s.ready == c) {
		s.lastErr = reason
	}
}

// patienceSlack lets an attempt that ends with the session timeout too end
// first, since it knows the reason.
const patienceSlack = 100 * time.Millisecond

// waitReady waits for a connection, until every server has been tried in vain
// since, or the session timeout has passed.
func (s *Session) waitReady(ctx context.Context, path string) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var patience *time.Timer
	giveUp := -1
	for {
		s.mu.Lock()
		c, closing, failures, changed, refused, gone := s.ready, s.closing, s.failures, s.changed, s.refused, s.gone
		if gone != nil {
			s.losses.Refused++
		}
		s.mu.Unlock()
		if giveUp < 0 {
			giveUp = failures + len(s.cfg.Servers)
		}
		switch {
		case closing:
			return nil, ErrClosed
		case gone != nil:
			return nil, gone
		case c != nil && c.ctx.Err() == nil && !c.overdue():
			return c, nil
		case c != nil:
			c.fail(os.ErrDeadlineExceeded) // as its reader is about to find out
		case refused != nil:
			return nil, refused
		case failures >= giveUp:
			s.count(true, false)
			return nil, s.lost(path)
		}
		if patience == nil {
			patience = time.NewTimer(s.NegotiatedTimeout() + patienceSlack)
			defer patience.Stop()
		}
		select {
		case <-changed:
		case <-patience.C:
			s.mu.Lock()
			if s.lastErr == nil && s.ready == nil {
				s.lastErr = errors.New("no server has answered yet")
			}
			s.mu.Unlock()
			s.count(true, false)
			return nil, s.lost(path)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// serverPath puts the chroot before a path of the caller's.
func (s *Session) serverPath(path string) string {
	switch {
	case s.cfg.Chroot == "":
		return path
	case path == "/":
		return s.cfg.Chroot
	}
	return s.cfg.Chroot + path
}

// clientPath takes the chroot off a path of the server's. What is not below the
// chroot stays as it is, as in Java's client.
func (s *Session) clientPath(path string) string {
	if s.cfg.Chroot == "" {
		return path
	}
	rest, ok := strings.CutPrefix(path, s.cfg.Chroot)
	switch {
	case ok && rest == "":
		return "/"
	case ok && rest[0] == '/':
		return rest
	}
	return path
}
