package workspace

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Sessions that do not close are waited for once, all together, however often they are to
// be closed.
func TestClosingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const within = 800 * time.Millisecond
		var c closing
		never := make(chan struct{})
		defer close(never)
		hangs := func() error { <-never; return nil }
		closes := func() error { return nil }
		began := time.Now()
		for range 2 {
			err := c.all(within, []func() error{hangs, closes, hangs, hangs}, nil)
			if took := time.Since(began); err == nil || err.Error() != errSlow.Error() || took != within {
				t.Errorf("%v after %v, want %v", err, took, within)
			}
		}
		if err := c.all(within, nil, nil); !errors.Is(err, errSlow) {
			t.Errorf("it forgets that they hang: %v", err)
		}
		var quick closing
		began = time.Now()
		if err := quick.all(within, []func() error{closes, closes}, nil); err != nil || !began.Equal(time.Now()) {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// What went wrong is told in the order of the sessions, with what had before.
func TestClosingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c closing
		slowly := func() error { time.Sleep(time.Hour); return errors.New("b") }
		fails := func() error { return errors.New("c") }
		if err := c.all(0, []func() error{slowly, fails}, errors.New("a")); err == nil || err.Error() != "a\nb\nc" {
			t.Errorf("%v", err)
		}
	})
}

// What has closed in time is given its time anew, however late it is closed again.
func TestClosingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const within = 800 * time.Millisecond
		var c closing
		closes := func() error { time.Sleep(within / 2); return nil }
		for range 3 {
			if err := c.all(within, []func() error{closes}, nil); err != nil {
				t.Error(err)
			}
			time.Sleep(2 * within)
		}
	})
}
