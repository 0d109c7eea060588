package session

import (
	"context"
	"errors"
	"sync"
)

// ErrInDoubt is what errors.Is finds in the error of a request that writes, was sent,
// and was not answered: its connection or its session was lost, its reply was too long
// to be read, or its caller left. The server may have carried it out. A request that was
// not sent was not done, and what a server refuses is known; neither is in doubt.
var ErrInDoubt = errors.New("whether it was done is not known")

// inDoubt marks the error of a request as that of one in doubt. It leaves its words
// and what it wraps as they are.
type inDoubt struct{ error }

// Unwrap is why there was no answer.
func (e *inDoubt) Unwrap() error { return e.error }

// Is has errors.Is find ErrInDoubt.
func (e *inDoubt) Is(target error) bool { return target == ErrInDoubt }

// Changes is what became of requests that write.
type Changes struct {
	Requests int   // those that were done or are in doubt
	Done     int   // what they changed; each operation of a transaction counts
	InDoubt  int   // what they may have changed
	Err      error // why the first one in doubt has no answer; nil if none is
}

// A Tally counts what calls change whose context has it: see WithTally.
type Tally struct {
	mu      sync.Mutex
	changes Changes
	zxid    int64
}

// WithTally is a context whose calls the tally counts.
func WithTally(ctx context.Context, t *Tally) context.Context {
	return context.WithValue(ctx, tallyKey{}, t)
}

type tallyKey struct{}

// Changes is what became of the requests so far.
func (t *Tally) Changes() Changes {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changes
}

// Zxid is the transaction of the last change that was made, as the server's replies have
// it; 0 if there is none, or none was told.
func (t *Tally) Zxid() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.zxid
}

// tally counts a request of so many operations that writes, in the tally of ctx if it
// has one: it was done, by the transaction zxid, or its error is that of one in doubt, or
// nothing has come of it.
func tally(ctx context.Context, operations int, zxid int64, err error) {
	t, ok := ctx.Value(tallyKey{}).(*Tally)
	doubt := errors.Is(err, ErrInDoubt)
	if !ok || err != nil && !doubt {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes.Requests++
	if !doubt {
		t.changes.Done += operations
		t.zxid = max(t.zxid, zxid)
		return
	}
	t.changes.InDoubt += operations
	if t.changes.Err == nil {
		t.changes.Err = err
	}
}
