package session

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// TestPaced: of what is paced so much is under way as there is room for, and the rest
// follows the answers; what is not paced does not wait.
func TestPaced(t *testing.T) {
	const size, calls = 3, 20
	arrived, answer := make(chan wire.Op, calls), make(chan bool)
	f := startFake(t, func(p *peer) {
		if !p.greet(1, 10*time.Second) {
			return
		}
		var mu sync.Mutex
		for {
			r, ok := p.next()
			if !ok {
				return
			}
			if r.Op != wire.OpGetData {
				mu.Lock()
				ok = p.answer(r)
				mu.Unlock()
				if !ok {
					return
				}
				continue
			}
			arrived <- r.Op
			go func() {
				<-answer
				mu.Lock()
				defer mu.Unlock()
				p.answer(r)
			}()
		}
	})
	zk, err := Open(Config{Servers: []string{f.addr()}, Window: size})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			if _, _, err := zk.Get(Paced(t.Context()), "/a", nil); err != nil {
				t.Error(err)
			}
		})
	}
	for range size {
		<-arrived
	}
	// It is answered after whatever came before it, on the one connection.
	if _, err := zk.Exists(t.Context(), "/a", nil); err != nil {
		t.Fatal(err)
	}
	if len(arrived) > 0 {
		t.Errorf("%d more than %d are under way", len(arrived), size)
	}
	for range calls {
		answer <- true
	}
	all.Wait()
	if got := zk.Window(window.Reads); got != size {
		t.Errorf("the window is %d", got)
	}
}

// TestPacedLeaves: who waits for room leaves when the context ends, and the room of those
// that a lost connection fails is free again.
func TestPacedLeaves(t *testing.T) {
	got := make(chan bool, 10)
	cut := make(chan bool)
	f := startFake(t, func(p *peer) {
		if !p.greet(1, 10*time.Second) {
			return
		}
		if p.n > 1 {
			p.serve()
			return
		}
		if _, ok := p.next(); ok {
			got <- true
			<-cut
		}
	})
	zk, err := Open(Config{Servers: []string{f.addr()}, Window: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	lost := make(chan error)
	go func() {
		_, _, err := zk.Get(Paced(t.Context()), "/a", nil)
		lost <- err
	}()
	<-got
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, _, err := zk.Get(Paced(ctx), "/a", nil)
		left <- err
	}()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(cut)
	if err := <-lost; !errors.Is(err, &wire.Error{Code: wire.ConnectionLoss}) {
		t.Error(err)
	}
	if _, _, err := zk.Get(Paced(t.Context()), "/a", nil); err != nil {
		t.Error(err)
	}
}
