package workspace

import (
	"errors"
	"sync"
	"time"
)

// closing is how the closing of the sessions went.
type closing struct {
	mu    sync.Mutex // held while they are waited for
	until time.Time  // when that is given up; zero unless it has begun and not ended
	err   error
}

// errSlow is the end of closing that took too long.
var errSlow = errors.New("close the sessions: the server did not answer")

// all closes sessions beside each other and waits for them, but not for longer than within,
// if that is not 0; what it has given up it does not wait for again. It returns what went
// wrong, at an earlier call or, as also has, before this one, too.
func (c *closing) all(within time.Duration, closers []func() error, also error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	type end struct {
		i   int
		err error
	}
	ends := make(chan end, len(closers))
	for i, shut := range closers {
		go func() { ends <- end{i, shut()} }()
	}
	late, stop := c.late(within)
	defer stop()
	errs := make([]error, len(closers))
	slow := false
	for i := 0; i < len(closers) && !slow; i++ {
		select {
		case e := <-ends:
			errs[e.i] = e.err
		case <-late:
			slow = true
		}
	}
	switch {
	case !slow:
		c.until = time.Time{}
	case !errors.Is(c.err, errSlow): // once is enough
		errs = append(errs, errSlow)
	}
	c.err = errors.Join(append([]error{c.err, also}, errs...)...)
	return c.err
}

// late is when closing is given up; nil is never.
func (c *closing) late(within time.Duration) (late <-chan time.Time, stop func()) {
	if within <= 0 {
		return nil, func() {}
	}
	if c.until.IsZero() {
		c.until = time.Now().Add(within)
	}
	timer := time.NewTimer(time.Until(c.until))
	return timer.C, func() { timer.Stop() }
}
