package server

import (
	"time"

	"zoosh/internal/wire"
)

// session is a client's session, with or without a connection.
type session struct {
	id       int64
	timeout  time.Duration
	deadline time.Time // when it expires unless it is heard of
	conn     *conn
	user     string // who has logged in by SASL, for guesses
}

// heard puts off the session's end.
func (s *session) heard(now time.Time) { s.expireIn(s.timeout, now) }

// expireIn sets the session's end.
func (s *session) expireIn(d time.Duration, now time.Time) { s.deadline = now.Add(d) }

// firstSessionID is where a server that starts now begins to count: its id, 1, in
// the highest byte and the time below, so that no session of an earlier run comes
// back.
func firstSessionID(now time.Time) int64 {
	return 1<<56 | int64(uint64(now.UnixMilli())<<24>>8)
}

// connect answers a connect request: it begins a session or takes one up again.
func (s *Server) connect(c *conn, r *wire.ConnectRequest) {
	c.countReceived()
	s.stats.connected++
	if s.unheard(c, r) {
		return
	}
	if r.LastZxidSeen > s.zxid {
		s.logf("%v: has seen zxid %#x, this server only %#x", c, r.LastZxidSeen, s.zxid)
		c.abort()
		return
	}
	if s.past != nil && !r.ReadOnly {
		s.logf("%v: is no read-only client, and this server only reads", c)
		c.abort()
		return
	}
	timeout := time.Duration(r.Timeout) * time.Millisecond
	timeout = min(max(timeout, s.cfg.MinSessionTimeout), s.cfg.MaxSessionTimeout)
	var ses *session
	if r.SessionID == 0 {
		ses = s.newSession(timeout)
	} else {
		ses = s.resume(r)
	}
	if ses == nil {
		s.logf("%v: session %#x has expired, or its password is wrong", c, r.SessionID)
		c.send(&wire.ConnectResponse{Passwd: make([]byte, 16), HasReadOnly: r.HasReadOnly})
		c.finish()
		return
	}
	ses.conn, ses.timeout = c, timeout
	ses.heard(time.Now())
	c.session, c.hasReadOnly = ses, r.HasReadOnly
	s.attach(c)
	c.welcome()
}

// welcome tells the client of its session.
func (c *conn) welcome() {
	c.send(&wire.ConnectResponse{
		Timeout:     int32(c.session.timeout / time.Millisecond),
		SessionID:   c.session.id,
		Passwd:      c.s.secret.password(c.session.id),
		ReadOnly:    c.s.past != nil,
		HasReadOnly: c.hasReadOnly,
	})
}

// createSession answers a request that is the server's own, but that ZooKeeper
// carries out for a client, too: it begins the session once more, which ends after
// this timeout if nothing is heard of it before.
func (s *Server) createSession(c *conn, r *request) {
	if r.err != nil {
		s.commit(c.session.id, r.header.Xid, &errorChange{code: wire.MarshallingError})
		c.reply(wire.ReplyHeader{Xid: r.header.Xid, Zxid: s.zxid, Err: wire.MarshallingError}, nil)
		return
	}
	// No longer than any session may last, or it would stay for weeks.
	timeout := min(r.body.(*wire.CreateSessionRequest).Timeout, int32(s.cfg.MaxSessionTimeout/time.Millisecond))
	s.commit(c.session.id, r.header.Xid, &createSessionChange{timeout: timeout})
	c.session.expireIn(time.Duration(timeout)*time.Millisecond, time.Now())
	c.welcome()
}

func (s *Server) newSession(timeout time.Duration) *session {
	// With its timeout: the txn may be the one after which a snapshot is taken.
	ses := &session{id: s.nextSession, timeout: timeout}
	s.nextSession++
	s.sessions[ses.id] = ses
	if s.past == nil { // else it is the server's alone, and costs no txn
		s.commit(ses.id, 0, &createSessionChange{timeout: int32(timeout / time.Millisecond)})
	}
	return ses
}

// resume finds the session that a client comes back to, and drops the connection
// that it had. A wrong password does nothing to that, unlike in ZooKeeper: the id is all
// that a stranger would need.
func (s *Server) resume(r *wire.ConnectRequest) *session {
	ses := s.sessions[r.SessionID]
	if ses == nil {
		return nil
	}
	s.stats.resumed++
	if !s.secret.opens(r.SessionID, r.Passwd) {
		return nil
	}
	if old := ses.conn; old != nil {
		old.detach()
		old.abort()
	}
	return ses
}

// endSession closes a session, at its client's wish or because it has expired.
func (s *Server) endSession(id int64, cxid int32) {
	delete(s.sessions, id)
	if s.past != nil {
		return
	}
	var paths []string
	if own := s.tree.ephemerals[id]; own != nil {
		paths = own.Clone().Values()
	}
	s.commit(id, cxid, &closeSessionChange{paths: paths})
}

// expire ends a session without its client. Its connection goes first: what
// happens from then on is not its business.
func (s *Server) expire(id int64) {
	s.logf("session %#x expired", id)
	if c := s.sessions[id].conn; c != nil {
		c.detach()
		c.abort()
	}
	s.endSession(id, 0)
}

// expireOverdue ends the sessions that were not heard of in time.
func (s *Server) expireOverdue(now time.Time) { inTurns(alreadyLocked, s.expiry(now)) }

// expiry ends the sessions that were not heard of in time, one at a step. It looks at
// all of them once a tick, so that a session may live up to a tick too long but never
// too short.
func (s *Server) expiry(now time.Time) (step func() (more bool)) {
	var overdue []int64
	looked := false
	return func() bool {
		if !looked {
			for id, ses := range s.sessions {
				if now.After(ses.deadline) {
					overdue = append(overdue, id)
				}
			}
			looked = true
		}
		if len(overdue) == 0 {
			return false
		}
		id := overdue[0]
		overdue = overdue[1:]
		if ses := s.sessions[id]; ses != nil && now.After(ses.deadline) {
			s.expire(id)
		}
		return true
	}
}
