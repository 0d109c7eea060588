package shell

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
)

func TestStreamKeepsOrder(t *testing.T) {
	s := NewStream()
	kinds := []Kind{Stdout, Stderr, Watch, State, Done}
	for i := range 100 {
		s.Put(Item{Kind: kinds[i%len(kinds)], Text: fmt.Sprint(i)})
	}
	if s.Len() != 100 {
		t.Errorf("%d are unread", s.Len())
	}
	for i := range 100 {
		if it, ok := s.Next(); !ok || it.Text != fmt.Sprint(i) || it.Kind != kinds[i%len(kinds)] {
			t.Fatalf("item %d is %+v, %v", i, it, ok)
		}
	}
	if s.Len() != 0 {
		t.Errorf("%d are unread", s.Len())
	}
}

func TestStreamMakesOutputWait(t *testing.T) {
	for _, kind := range []Kind{Stdout, Stderr, Done} {
		synctest.Test(t, func(t *testing.T) {
			s := NewStream()
			for range streamBacklog {
				s.Put(Item{Kind: kind})
			}
			through := false
			go func() {
				s.Put(Item{Kind: kind, Text: "late"})
				through = true
			}()
			synctest.Wait()
			if through {
				t.Fatal("output did not wait")
			}
			// Events pass it: they cannot wait.
			s.Put(Item{Kind: Watch})
			s.Put(Item{Kind: State})
			synctest.Wait()
			if through || s.Len() != streamBacklog+2 {
				t.Fatalf("%d items, output is through: %v", s.Len(), through)
			}
			for range 2 {
				s.Next()
			}
			synctest.Wait()
			if through {
				t.Fatal("output came through while there was no room")
			}
			s.Next()
			synctest.Wait()
			if !through {
				t.Fatal("output still waits")
			}
		})
	}
}

func TestStreamCountsWhatItLoses(t *testing.T) {
	s := NewStream()
	for i := range streamLimit {
		s.Put(Item{Kind: Watch, Count: i})
	}
	for range 3 {
		s.Put(Item{Kind: Watch})
	}
	s.Put(Item{Kind: State})
	if s.Len() != streamLimit+1 {
		t.Fatalf("%d are unread", s.Len())
	}
	// There is room again: what comes is kept.
	for i := range 2 {
		if it, ok := s.Next(); !ok || it.Kind != Watch || it.Count != i {
			t.Fatalf("item %d is %+v", i, it)
		}
	}
	s.Put(Item{Kind: Watch, Text: "kept"})
	s.Put(Item{Kind: Watch, Text: "lost", Shell: "b"})
	for i := 2; i < streamLimit; i++ {
		if it, ok := s.Next(); !ok || it.Kind != Watch || it.Count != i {
			t.Fatalf("item %d is %+v", i, it)
		}
	}
	const said = "(%d events are not shown: they came faster than they could be printed)\n"
	for _, want := range []Item{
		{Kind: Lost, Count: 4, Text: fmt.Sprintf(said, 4)}, {Kind: Watch, Text: "kept"},
		{Kind: Lost, Count: 1, Text: fmt.Sprintf(said, 1), Shell: "b"},
	} {
		if it, ok := s.Next(); !ok || it.Kind != want.Kind || it.Count != want.Count || it.Text != want.Text || it.Shell != want.Shell {
			t.Errorf("%+v, want %+v", it, want)
		}
	}
	if s.Len() != 0 {
		t.Errorf("%d are unread", s.Len())
	}
}

func TestStreamClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStream()
		ended := false
		go func() {
			_, ok := s.Next()
			ended = !ok
		}()
		synctest.Wait()
		if ended {
			t.Fatal("Next did not wait")
		}
		s.Close()
		synctest.Wait()
		if !ended {
			t.Fatal("Next still waits")
		}
		s.Close() // once more does no harm
	})
	synctest.Test(t, func(t *testing.T) {
		s := NewStream()
		for range streamBacklog {
			s.Put(Item{Kind: Stdout})
		}
		go s.Put(Item{Kind: Stdout, Text: "waited"})
		synctest.Wait()
		s.Close()
		synctest.Wait()
		s.Put(Item{Kind: Stdout, Text: "after"}) // does not wait
		if s.Len() != streamBacklog+2 {
			t.Fatalf("%d are unread", s.Len())
		}
		for range streamBacklog + 2 {
			if _, ok := s.Next(); !ok {
				t.Fatal("what was in it is gone")
			}
		}
		if _, ok := s.Next(); ok {
			t.Fatal("there is more")
		}
	})
}

// TestStreamWithManyWriters: each writer's items keep their order, and none is
// lost.
func TestStreamWithManyWriters(t *testing.T) {
	const writers, each = 8, 3000
	s := NewStream()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				s.Put(Item{Kind: Kind(i % 4), Shell: fmt.Sprint(w), Count: i})
			}
		})
	}
	go func() { wg.Wait(); s.Close() }()
	next := map[string]int{}
	for {
		it, ok := s.Next()
		if !ok {
			break
		}
		if it.Count != next[it.Shell] {
			t.Fatalf("writer %s: item %d after %d", it.Shell, it.Count, next[it.Shell]-1)
		}
		next[it.Shell]++
	}
	for w := range writers {
		if n := next[fmt.Sprint(w)]; n != each {
			t.Errorf("writer %d: %d of %d", w, n, each)
		}
	}
}

// TestStreamDrains: who drains it waits for the reader to come back for more.
func TestStreamDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStream()
		s.Drain(t.Context()) // there is nothing to wait for
		for range 3 {
			s.Put(Item{Kind: Stdout, Text: "x"})
		}
		drained := false
		go func() {
			s.Drain(t.Context())
			drained = true
		}()
		for range 3 {
			s.Next()
			if synctest.Wait(); drained {
				t.Fatal("drained while the reader has something in hand")
			}
		}
		s.Put(Item{Kind: Stdout, Text: "y"}) // it is no part of what was there
		s.Next()
		if synctest.Wait(); !drained {
			t.Error("not drained")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.Drain(ctx)
	})
}
