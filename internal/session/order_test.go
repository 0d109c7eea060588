package session

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// orderly calls Get so many times, each once the one before was sent, and tells the order
// in which they were sent, answered, and in which their turn came.
func orderly(t *testing.T, zk *Session, calls int) (told []string) {
	t.Helper()
	var mu sync.Mutex
	tell := func(what string, i int) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprint(what, i))
	}
	var all sync.WaitGroup
	for i := range calls {
		sent := make(chan struct{})
		ctx := Ordered(testContext(t), &Order{
			Sent:    func() { tell("sent", i); close(sent) },
			Replied: func(int) { tell("replied", i) },
			Turn: func(err error) {
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			},
		})
		all.Go(func() {
			if _, _, err := zk.Get(ctx, "/a", nil); err != nil {
				t.Error(err)
			}
		})
		<-sent
	}
	all.Wait()
	return told
}

// TestOrdered: none of the calls waits for an answer, and the answers are told in the order
// of the requests.
func TestOrdered(t *testing.T) {
	const calls = 5
	f := startFake(t, func(p *peer) {
		if !p.greet(1, 10*time.Second) {
			return
		}
		var reads []incoming // which are answered when all are here
		for {
			r, ok := p.next()
			if !ok {
				return
			}
			if r.Op == wire.OpGetData {
				if reads = append(reads, r); len(reads) < calls {
					continue
				}
				for _, read := range reads {
					p.answer(read)
				}
				continue
			}
			if !p.answer(r) {
				return
			}
		}
	})
	zk, err := Open(Config{Servers: []string{f.addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	if err := zk.WaitConnected(testContext(t)); err != nil {
		t.Fatal(err)
	}
	want := []string{"sent0", "sent1", "sent2", "sent3", "sent4", "replied0", "replied1", "replied2", "replied3", "replied4"}
	if told := orderly(t, zk, calls); !slices.Equal(told, want) {
		t.Errorf("%v", told)
	}
}

// TestOrderedWithoutConnection: an ordered call does not wait for one, unless it is told
// to.
func TestOrderedWithoutConnection(t *testing.T) {
	f := startFake(t, func(p *peer) {})
	zk, err := Open(Config{Servers: []string{f.addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	for waits, want := range map[bool]error{false: ErrNotSent, true: &wire.Error{Code: wire.ConnectionLoss}} {
		var turn error
		o := &Order{Sent: func() { t.Error("it was sent") }, Replied: func(int) { t.Error("it was answered") }, Turn: func(err error) { turn = err }, Waits: waits}
		if _, _, err := zk.Get(Ordered(testContext(t), o), "/a", nil); !errors.Is(err, want) || turn != err {
			t.Errorf("it waits, %v: %v, and its turn came with %v", waits, err, turn)
		}
	}
}
