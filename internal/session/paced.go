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
// leaves it to the window how much of that is under way.
func Paced(ctx context.Context) context.Context {
	return context.WithValue(ctx, pacedKey{}, true)
}

type pacedKey struct{}

// Window is how many operations that read, or write, may be under way now of what is
// paced.
func (s *Session) Window(k window.Kind) int { return s.window.Size(k) }

// RoundTrip is the shortest one of late of a paced request that reads; 0 if there was none.
func (s *Session) RoundTrip() time.Duration { return s.window.RoundTrip(window.Reads) }

// enter waits until a request may be sent, if ctx is paced. leave is to be called with the
// answer, or with nothing if none came.
func (s *Session) enter(ctx context.Context, q query, rq *request) (leave func(reply), err error) {
	if ctx.Value(pacedKey{}) == nil {
		return func(reply) {}, nil
	}
	kind := window.Writes
	if q.op.Kind() == wire.KindRead {
		kind = window.Reads
	}
	pass, err := s.window.Enter(ctx, kind, max(q.operations, 1), len(rq.frame))
	if err != nil {
		return nil, err
	}
	rq.paced = true
	return func(r reply) {
		switch {
		case r.at.IsZero():
			pass.Leave()
		case r.code == wire.Throttled:
			pass.Refused(time.Now())
		default:
			pass.Answered(rq.sentAt, r.at, len(r.body))
		}
	}, nil
}
