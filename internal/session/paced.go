package session

import (
	"context"
	"time"

	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// This file is where requests wait that are part of something large: see package window.

// Paced is a context whose calls wait for room in their session's window before they are
// sent. Whoever has much to ask for makes all the calls at once, each in a goroutine, and
// leaves it to the window how much of that is under way. They are sent in the order in
// which they came to wait.
func Paced(ctx context.Context) context.Context {
	return context.WithValue(ctx, pacedKey{}, true)
}

type pacedKey struct{}

// Window is how many operations that read, or write, may be under way now of what is
// paced.
func (s *Session) Window(k window.Kind) int { return s.window.Size(k) }

// RoundTrip is the shortest one of late of a paced request that reads; 0 if there was none.
func (s *Session) RoundTrip() time.Duration { return s.window.RoundTrip(window.Reads) }

// send sends a request, once there is room for it if ctx is paced. What becomes of it
// comes through its done; leave has to be called in the end.
func (s *Session) send(ctx context.Context, c *conn, q query, rq *request) (leave func()) {
	send := func() (flush func()) {
		if !c.append(rq) {
			rq.done <- reply{err: errUnsent}
			return c.flush
		}
		rq.order.sent()
		return c.flush
	}
	if ctx.Value(pacedKey{}) == nil && rq.order == nil {
		send()()
		return func() {}
	}
	kind := window.Writes
	switch {
	case q.op.Kind() != wire.KindRead:
	case q.operations > 1:
		kind = window.Batches
	default:
		kind = window.Reads
	}
	rq.pass = s.window.Pass(kind, max(q.operations, 1), len(rq.frame))
	rq.pass.Enter(send)
	return rq.pass.Leave
}

// leave makes room for others, as soon as the answer is here.
func (rq *request) leave(code wire.Code, bytes int) {
	switch {
	case rq.pass == nil:
	case code == wire.Throttled:
		rq.pass.Refused(time.Now())
	default:
		rq.pass.Answered(rq.sentAt, time.Now(), bytes)
	}
}
