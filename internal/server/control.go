package server

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/wire"
)

// This file is what a running server can be made to do to its clients; Embedded
// offers it, together with stopping and starting. The server's lock is held for all
// of it.

// A fault is what is wrong with the way between a session's client and the server,
// whichever connection the client tries it by. It outlives the session, as a
// broken cable does.
type fault struct {
	delay  time.Duration
	cut    bool
	links  []*link  // the session's connections, also those that are over
	parked []parked // what the client says on new connections while it is cut off
}

// parked is a connect request that the server does not hear yet.
type parked struct {
	c *conn
	r wire.ConnectRequest
}

// tamper makes a fault of a session, or mends it.
func (s *Server) tamper(id int64, delay time.Duration, cut bool) {
	f := s.faults[id]
	if f == nil {
		f = &fault{}
		s.faults[id] = f
	}
	f.delay, f.cut = delay, cut
	if ses := s.sessions[id]; ses != nil && ses.conn != nil {
		f.add(ses.conn.nc)
	}
	for _, l := range f.links {
		l.tamper(delay, cut)
	}
	if cut {
		return
	}
	if delay == 0 {
		delete(s.faults, id)
	}
	late := f.parked
	f.parked = nil
	for _, p := range late {
		if _, there := s.conns[p.c]; there { // whoever has hung up does not come for the session
			s.connect(p.c, &p.r)
			p.c.nc.unpark()
		}
	}
}

// add has a link share the fault.
func (f *fault) add(l *link) {
	f.links = slices.DeleteFunc(f.links, func(other *link) bool { return other == l || other.done() })
	f.links = append(f.links, l)
}

// unheard tells whether a connect request gets lost on a line that is cut. TCP has
// accepted the connection, and that is all that the client hears. What it says behind
// the request is not read before it is healed.
func (s *Server) unheard(c *conn, r *wire.ConnectRequest) bool {
	f := s.faults[r.SessionID]
	if f == nil || !f.cut {
		return false
	}
	f.parked = append(f.parked, parked{c, *r})
	c.nc.park()
	return true
}

// unparked forgets the connect request of a connection that has ended.
func (s *Server) unparked(c *conn) {
	for _, f := range s.faults {
		f.parked = slices.DeleteFunc(f.parked, func(p parked) bool { return p.c == c })
	}
}

// attach has the connection of a session share the session's fault.
func (s *Server) attach(c *conn) {
	if f := s.faults[c.session.id]; f != nil {
		f.add(c.nc)
		c.nc.tamper(f.delay, f.cut)
	}
}

// resumeService goes on after a pause, as a process does after SIGCONT. The time
// that it stood still has passed for the sessions as well: ZooKeeper's
// SessionTrackerImpl waits for a deadline of the monotonic clock, and once it runs
// again it takes one overdue bucket of sessions after the other without waiting.
// Clients' requests may lie in the sockets by then, but to touch a session they
// have to be read and to pass two more threads first, which takes longer: of 3.8.0,
// stopped for twice the timeout, no ping that waited was ever answered, and a
// connection on which the client had come back to its session mostly heard that it
// had expired. So whoever is overdue expires, and only then what waited is served.
func (s *Server) resumeService() {
	s.paused = false
	s.expireOverdue(time.Now())
	s.resumed.Broadcast()
}

// hangUp drops the connection of a session, which lives on.
func (s *Server) hangUp(id int64) error {
	c := s.sessions[id].conn
	if c == nil {
		return fmt.Errorf("session %#x has no connection now", id)
	}
	c.detach()
	c.abort()
	return nil
}

// cleanUpAll is cleanUp again and again, until nothing is left to be done: what has
// become empty by it would go a minute later.
func (s *Server) cleanUpAll() (deleted int) {
	for {
		n := s.cleanUp(alreadyLocked)
		if n == 0 {
			return deleted
		}
		deleted += n
	}
}

// memory is what outlives a server that has been closed, if another is started
// with it: the znodes, the sessions, the zxid. It is as if all of it had been on a
// disk; of connections and watches nothing is left.
type memory struct {
	tree        *tree
	zxid        int64
	sessions    map[int64]*session
	nextSession int64
	faults      map[int64]*fault
	secret      sessionSecret
}

// takeMemory is what the server knew. It must have been closed.
func (s *Server) takeMemory() (*memory, error) {
	select {
	case <-s.quit:
	default:
		return nil, errors.New("the server is still running")
	}
	s.wg.Wait()
	for _, ses := range s.sessions {
		ses.conn = nil
	}
	s.tree.dataWatches, s.tree.childWatches = newWatchTable(), newWatchTable()
	for _, f := range s.faults {
		f.links, f.parked = nil, nil
	}
	return s.knows(), nil
}

// knows is the memory as it is now.
func (s *Server) knows() *memory {
	return &memory{s.tree, s.zxid, s.sessions, s.nextSession, s.faults, s.secret}
}

// remember goes on with what another server knew. Each session has its whole
// timeout from now on, as ZooKeeper gives it.
func (s *Server) remember(m *memory) {
	s.tree, s.zxid, s.sessions, s.faults, s.secret = m.tree, m.zxid, m.sessions, m.faults, m.secret
	s.nextSession = max(s.nextSession, m.nextSession)
	now := time.Now()
	for _, ses := range s.sessions {
		ses.heard(now)
	}
}

// status tells how the server is, or was, but for what Embedded knows.
func (m *memory) status() control.Status {
	st := control.Status{Zxid: m.zxid, Znodes: m.tree.count()}
	for id, ses := range m.sessions {
		one := control.Session{ID: id, Timeout: ses.timeout, Ephemerals: m.tree.ephemerals[id].Len()}
		if ses.conn != nil {
			one.Client = ses.conn.String()
		}
		st.Sessions = append(st.Sessions, one)
	}
	for id, f := range m.faults {
		i := slices.IndexFunc(st.Sessions, func(o control.Session) bool { return o.ID == id })
		if i < 0 {
			i = len(st.Sessions)
			st.Sessions = append(st.Sessions, control.Session{ID: id, Over: true})
		}
		st.Sessions[i].Delay, st.Sessions[i].Cut = f.delay, f.cut
	}
	slices.SortFunc(st.Sessions, func(a, b control.Session) int { return cmp.Compare(a.ID, b.ID) })
	return st
}
