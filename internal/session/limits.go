package session

import (
	"errors"
	"fmt"
	"math"

	"zoosh/internal/wire"
)

// Limits bound what a server can cost this process, in bytes. Of the zero value each
// is the default.
type Limits struct {
	// Reply is the longest reply, without the four bytes of its length. 0 is
	// DefaultReply, or as many times jute.maxbuffer as that is of ZooKeeper's own.
	Reply int
	// Held is what a walk or a command may hold of a tree: see package walk. 0 is
	// DefaultHeld.
	Held int
}

const (
	// DefaultReply has room for the names of some millions of children, and for
	// replies that have many znodes in them.
	DefaultReply = 128 << 20
	// DefaultHeld has room for what is held of some millions of znodes.
	DefaultHeld = 512 << 20
	// LeastReply is the lowest limit: what any request may be answered with.
	LeastReply = 1 << 20
)

// The flags that the messages about limits name.
const (
	ReplyFlag = "-max-reply"
	HeldFlag  = "-max-held"
)

// resolve replaces the zeros, requests having so many bytes at most.
func (l Limits) resolve(maxRequest int) Limits {
	if l.Reply == 0 {
		times := max(1, (maxRequest+wire.MaxFrame-1)/wire.MaxFrame)
		l.Reply = DefaultReply * min(times, math.MaxInt32/DefaultReply)
	}
	l.Reply = min(max(l.Reply, LeastReply), math.MaxInt32)
	if l.Held == 0 {
		l.Held = DefaultHeld
	}
	return l
}

// Limits are those of the session, the defaults filled in.
func (s *Session) Limits() Limits { return s.cfg.Limits }

// LongReplyError is a reply that was not read because it is longer than Limits.Reply.
// The connection it was to come on has ended, since what follows it can be read no more.
type LongReplyError struct {
	Addr        string
	Op          wire.Op
	Size, Limit int // bytes
}

// Error implements error.
func (e *LongReplyError) Error() string {
	if !largeReplies[e.Op] {
		return fmt.Sprintf("the reply of %s to %v has %d bytes, which no ZooKeeper makes so long", e.Addr, e.Op, e.Size)
	}
	return fmt.Sprintf("the reply of %s to %v has %d bytes, and at most %d MiB are read: %s N takes N MiB", e.Addr, e.Op, e.Size, e.Limit>>20, ReplyFlag)
}

// IsLongReply tells whether an error is of a reply that was not read.
func IsLongReply(err error) bool {
	var long *LongReplyError
	return errors.As(err, &long)
}

// A lostToReply is the ConnectionLoss of a request whose connection has ended by the reply
// to another, which was too long to be read.
type lostToReply struct {
	lost *wire.Error
	to   *LongReplyError
}

// Error implements error.
func (e *lostToReply) Error() string { return e.lost.Error() }

// Unwrap is the ConnectionLoss.
func (e *lostToReply) Unwrap() error { return e.lost }

// LongReplyBehind is the reply that was too long and is why a request failed, be it its own
// or another's on the same connection; nil if that is not why.
func LongReplyBehind(err error) error {
	var long *LongReplyError
	var lost *lostToReply
	switch {
	case errors.As(err, &long):
		return long
	case errors.As(err, &lost):
		return lost.to
	}
	return nil
}

// largeReplies are the requests whose replies have what the server keeps, however much
// that is. Those of all others are about as long as the request may be.
var largeReplies = map[wire.Op]bool{
	wire.OpGetData: true, wire.OpGetChildren: true, wire.OpGetChildren2: true, wire.OpGetACL: true,
	wire.OpMulti: true, wire.OpMultiRead: true, wire.OpGetEphemerals: true, wire.OpReconfig: true, wire.OpWhoAmI: true,
}

// aroundPath is what a reply or a notification with a path in it has besides.
const aroundPath = 4 << 10

// shortFrame is the longest frame that has no more in it than a path: a path is part of
// a request that a server has taken.
func (s *Session) shortFrame() int { return max(s.cfg.MaxRequest, wire.MaxFrame) + aroundPath }

// replyLimit is how long the reply to a request may be.
func (s *Session) replyLimit(op wire.Op) int {
	if largeReplies[op] {
		return s.cfg.Limits.Reply
	}
	return min(s.shortFrame(), s.cfg.Limits.Reply)
}
