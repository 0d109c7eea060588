package server

import (
	"testing"
	"time"

	"zoosh/internal/wire"
)

// Others have a turn while much is cleaned up, and what they do counts.
func TestCleanUpInTurns(t *testing.T) {
	now := int64(1_000_000)
	s := startServer(t, Config{now: func() time.Time { return time.UnixMilli(now) }})
	c := connect(t, s)
	const znodes = 5000
	fill(s, "/", znodes, stat{ctime: now, mtime: now, owner: ttlOwner(10)})
	s.do(func() { now += 100 })
	turns, spared := 0, false
	deleted := s.cleanUp(func(f func()) bool {
		var took int64
		s.do(func() {
			before := s.zxid
			f()
			took = s.zxid - before
		})
		turns++
		if took > cleanUpSlice {
			t.Errorf("%d znodes were deleted at one turn", took)
		}
		if took > 0 && !spared { // it has begun
			spared = true
			if name := survivor(s); name != "" {
				c.create("/"+name+"/child", 0)
			}
		}
		return true
	})
	if deleted != znodes-1 {
		t.Errorf("%d znodes were deleted, want all %d but the one with a child", deleted, znodes)
	}
	if turns < 2*znodes/cleanUpSlice {
		t.Errorf("%d turns", turns)
	}
	if left := c.children("/"); len(left) != 2 {
		t.Errorf("%d znodes are left", len(left))
	}
}

// survivor is the name of a TTL znode that is there.
func survivor(s *Server) (name string) {
	s.do(func() {
		for path := range s.tree.ttls {
			name = path[1:]
			return
		}
	})
	return name
}

// While the server cleans up by itself, clients go on.
func TestCleanUpBesideClients(t *testing.T) {
	s := startServer(t, Config{CleanupInterval: time.Millisecond})
	c := connect(t, s)
	for range 3 {
		fill(s, "/", 2000, stat{owner: ttlOwner(1)})
		for i := 0; len(c.children("/")) > 1; i++ {
			path := c.create("/c", wire.FlagSequential)
			c.delete(path)
		}
	}
}
