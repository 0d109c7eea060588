package walk

import (
	"sync"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A server reads the requests of a connection one by one, a selection each, and no request
// has several ACLs. So where there are many to be read, and the server is so near that
// not the road takes the time, others of them are read on sessions beside the walk's.
const (
	besideFrom = 2000 // ACLs, before there are such sessions
	besideMost = 3    // sessions
	besideRoad = 20 * time.Millisecond
)

// sides are the sessions beside the walk's.
type sides struct {
	r     *reader
	tasks sync.WaitGroup // those that are being opened

	mu    sync.Mutex
	asked int // ACLs
	begun bool
	over  bool
	all   []*session.Session
	next  int
}

// session is the next ACL's: the walk's or one beside it, by turns.
func (s *sides) session() *session.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked++; s.asked > besideFrom && !s.begun && !s.over && s.r.zk.RoundTrip() < besideRoad {
		s.begun = true
		for range besideMost {
			s.tasks.Go(s.open)
		}
	}
	if s.next++; s.next > len(s.all) {
		s.next = 0
		return s.r.zk
	}
	return s.all[s.next-1]
}

// open opens a session. There is no harm if there is none.
func (s *sides) open() {
	fault.Do(func() error {
		zk, err := s.r.zk.Beside(s.r.ctx)
		if err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all = append(s.all, zk)
		return nil
	})
}

// close ends the sessions. The reader's context has ended.
func (s *sides) close() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.tasks.Wait()
	for _, zk := range s.all {
		s.tasks.Go(func() { zk.Close() })
	}
	s.tasks.Wait()
}

// acl reads an ACL. What a session beside cannot tell the walk's own can, or can say why.
func (r *reader) acl(path string) ([]wire.ACL, error) {
	zk := r.sides.session()
	acl, _, err := zk.GetACL(r.ctx, path)
	if err != nil && zk != r.zk {
		acl, _, err = r.zk.GetACL(r.ctx, path)
	}
	return acl, err
}
