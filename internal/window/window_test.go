package window

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func enter(t *testing.T, w *Window, operations, bytes int) *Pass {
	t.Helper()
	p, err := w.Enter(t.Context(), Reads, operations, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// begin enters beside the test and tells when it is in.
func begin(t *testing.T, w *Window, operations, bytes int) (in func() bool, leave func()) {
	done := make(chan *Pass, 1)
	var p *Pass
	go func() { done <- enter(t, w, operations, bytes) }()
	in = func() bool {
		synctest.Wait()
		select {
		case p = <-done:
		default:
		}
		return p != nil
	}
	return in, func() { p.Leave() }
}

// TestRoom: operations, requests and bytes are bounded, and one request always goes.
func TestRoom(t *testing.T) {
	for name, test := range map[string]struct {
		fixed, before      int // requests under way
		operations, bytes  int // of each
		fits               bool
		nextOps, nextBytes int
	}{
		"the first goes, however large":      {fixed: 10, nextOps: 1000, nextBytes: 2 * mostBytes, fits: true},
		"up to the size":                     {fixed: 10, before: 3, operations: 3, nextOps: 1, fits: true},
		"not beyond it":                      {fixed: 10, before: 3, operations: 3, nextOps: 2},
		"to the size that there is at first": {before: 1, operations: 31, nextOps: 1, fits: true},
		"and not beyond that":                {before: 1, operations: 31, nextOps: 2},
		"up to so many bytes":                {fixed: 10, before: 1, operations: 1, bytes: 1000, nextOps: 1, nextBytes: mostBytes - 1000, fits: true},
		"and no more":                        {fixed: 10, before: 1, operations: 1, bytes: 1001, nextOps: 1, nextBytes: mostBytes - 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := New(test.fixed)
				var under []*Pass
				for range test.before {
					under = append(under, enter(t, w, test.operations, test.bytes))
				}
				in, leave := begin(t, w, test.nextOps, test.nextBytes)
				if in() != test.fits {
					t.Errorf("it fits: %v", !test.fits)
				}
				for _, p := range under {
					p.Leave()
				}
				if !in() {
					t.Error("it does not go when all is free")
				}
				leave()
			})
		})
	}
}

// TestFIFO: nobody overtakes, who leaves makes room for those behind, and reads do not
// wait for writes.
func TestFIFO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New(4)
		all := enter(t, w, 4, 0)
		big, leaveBig := begin(t, w, 4, 0)
		big()
		small, leaveSmall := begin(t, w, 1, 0)
		if big() || small() {
			t.Fatal("there was no room")
		}
		if p, err := w.Enter(t.Context(), Writes, 4, 0); err != nil {
			t.Error(err)
		} else {
			p.Leave()
		}
		all.Leave()
		if !big() || small() {
			t.Fatal("the small one has overtaken")
		}
		leaveBig()
		if !small() {
			t.Fatal("there is room for the small one")
		}
		leaveSmall()

		all = enter(t, w, 3, 0)
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() {
			_, err := w.Enter(ctx, Reads, 4, 0)
			gone <- err
		}()
		synctest.Wait()
		small, leaveSmall = begin(t, w, 1, 0)
		if small() {
			t.Fatal("it has overtaken")
		}
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if !small() {
			t.Error("it waits for one that has left")
		}
		leaveSmall()
		all.Leave()
	})
}

// TestFollows: answers in time make the window larger and what the server refuses makes it
// smaller; another server is met anew; a fixed size stays.
func TestFollows(t *testing.T) {
	for _, fixed := range []int{0, 5} {
		synctest.Test(t, func(t *testing.T) {
			w := New(fixed)
			before := w.Size(Reads)
			p := enter(t, w, first, 10)
			in, leave := begin(t, w, first, 10)
			in()
			sent := time.Now()
			time.Sleep(time.Millisecond)
			p.Answered(sent, time.Now(), 3200)
			if !in() {
				t.Fatal("there is no room")
			}
			if got := w.Size(Reads); (fixed == 0) != (got == 2*before) {
				t.Errorf("fixed %d: the size is %d, before %d", fixed, got, before)
			}
			if l := &w.lanes[Reads]; l.reply != 3200/first/16 {
				t.Errorf("an answer has %d bytes for an operation", l.reply)
			}
			leave()
			enter(t, w, 1, 0).Refused(time.Now())
			if got := w.Size(Reads); (fixed == 0) != (got == 2*before*3/4) {
				t.Errorf("fixed %d: the size is %d after a refusal", fixed, got)
			}
			w.Reset()
			if got := w.Size(Reads); got != before {
				t.Errorf("fixed %d: the size is %d on another server", fixed, got)
			}
			if got := w.Size(Writes); got != before {
				t.Errorf("fixed %d: the size of writes is %d", fixed, got)
			}
		})
	}
}
