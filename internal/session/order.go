package session

import (
	"context"
	"errors"
)

// This file is for those who send a request before the earlier ones are answered, and yet
// go by the order of the answers, which is that of the requests.

// An Order is told how far the first request of a call is. Its functions are not nil.
type Order struct {
	// Sent is called once the request is in the queue of its connection: what is sent
	// from now on comes after it. It must not wait. It is not called for what is not sent.
	Sent func()
	// Replied is called in the receive path with the length of the reply, before anything
	// that the server sent later is looked at; and when the connection has ended without a
	// reply. It must not wait.
	Replied func(bytes int)
	// Turn is called by the call itself before it returns, with its error: it may wait.
	Turn func(err error)
	// Waits: the call waits for a connection, as others do. Else its error is ErrNotSent
	// where there is none.
	Waits bool

	begun bool // with its first request
}

// ErrNotSent is the error of a call that was not sent for want of a connection, and was not
// to wait for one.
var ErrNotSent = errors.New("there is no connection")

// Ordered is a context whose first request waits for room in its session's window, as all
// of Paced do, and tells o how far it is.
func Ordered(ctx context.Context, o *Order) context.Context {
	return context.WithValue(ctx, orderKey{}, o)
}

type orderKey struct{}

// orderOf is the order that the next request of a context is told to, nil if there is none.
func orderOf(ctx context.Context) *Order {
	if o, ok := ctx.Value(orderKey{}).(*Order); ok && !o.begun {
		o.begun = true
		return o
	}
	return nil
}

// turn has the caller wait for its turn.
func (o *Order) turn(err error) {
	if o != nil {
		o.Turn(err)
	}
}

// sent tells that the request is on its way.
func (o *Order) sent() {
	if o != nil {
		o.Sent()
	}
}

// replied tells that the reply is here, or will never be.
func (o *Order) replied(bytes int) {
	if o != nil {
		o.Replied(bytes)
	}
}

// patient tells whether a call waits for a connection.
func (o *Order) patient() bool { return o == nil || o.Waits }

// readyNow is the connection, if it is ready now.
func (s *Session) readyNow() (*conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.ready; c != nil && !s.closing && s.gone == nil && c.ctx.Err() == nil && !c.overdue() {
		return c, nil
	}
	return nil, ErrNotSent
}
