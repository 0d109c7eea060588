package server

import (
	"iter"
	"time"

	"zoosh/internal/wire"
)

// cleanUpSlice is of how many znodes cleanUp makes a turn.
const cleanUpSlice = 300

// cleanUpAlways cleans up every so often, until the server closes.
func (s *Server) cleanUpAlways() {
	defer s.wg.Done()
	ticker := time.NewTicker(s.cfg.CleanupInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.cleanUp(func(f func()) bool {
				s.journal.awaitRoom()
				return s.tick(f)
			})
		case <-s.quit:
			return
		}
	}
}

// alreadyLocked runs f for a caller that holds the server's lock.
func alreadyLocked(f func()) bool {
	f()
	return true
}

// cleanUp deletes the containers that have become empty and the TTL znodes that
// nothing has happened to for too long. It tells how many.
//
// There may be many, and who else waits for the server has to come in between: turn
// runs a part of the work under the server's lock, and tells whether to go on.
func (s *Server) cleanUp(turn func(func()) bool) (deleted int) {
	if s.past != nil {
		return 0
	}
	next, stop := iter.Pull(s.tree.mortals)
	defer stop()
	var due []string
	// First all of them are found: what becomes empty by this goes the next time.
	inTurns(turn, func() bool {
		path, more := next()
		if more && s.isDue(path) {
			due = append(due, path)
		}
		return more
	})
	inTurns(turn, func() bool {
		if len(due) == 0 {
			return false
		}
		path := due[0]
		due = due[1:]
		if s.isDue(path) { // nothing has happened to it meanwhile
			s.commit(0, 0, &deleteChange{kind: wire.OpDeleteContainer, path: path})
			deleted++
		}
		return true
	})
	return deleted
}

// inTurns takes steps until there are no more, or turn refuses.
func inTurns(turn func(func()) bool, step func() (more bool)) {
	more := true
	slice := func() {
		for i := 0; more && i < cleanUpSlice; i++ {
			more = step()
		}
	}
	for more && turn(slice) {
	}
}

// mortals yields the paths of the containers and of the TTL znodes. The tree may
// be changed meanwhile.
func (t *tree) mortals(yield func(path string) bool) {
	for _, set := range []map[string]struct{}{t.containers, t.ttls} {
		for path := range set {
			if !yield(path) {
				return
			}
		}
	}
}

// isDue tells whether a container or a TTL znode is to go.
func (s *Server) isDue(path string) bool {
	n := s.tree.node(path)
	return n != nil && s.cfg.isDue(n.stat(), n.children().Len())
}

// isDue is Server.isDue for what a znode is.
func (c *Config) isDue(st stat, children int) bool {
	if children > 0 {
		return false
	}
	age := c.now().UnixMilli() - st.mtime
	switch kindOf(st.owner) {
	case kindContainer:
		// One that never had a child is only waiting for its first.
		return st.cversion > 0 || c.outlivesUse(age)
	case kindTTL:
		return age > ttlOf(st.owner)
	}
	return false
}

// outlivesUse tells whether a container that never had a child has waited for too
// long, in milliseconds.
func (c *Config) outlivesUse(age int64) bool {
	return c.MaxNeverUsed > 0 && age > c.MaxNeverUsed.Milliseconds()
}
