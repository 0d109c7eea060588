package server

import (
	"slices"
	"time"

	"zoosh/internal/wire"
)

// past is what a server has that serves a state which is over: see Config.Past.
// Clients have sessions of their own meanwhile, which cost no txn and end with
// nothing; those of the state stay as they are, with their ephemeral znodes.
type past struct {
	sessions []PastSession
}

// PastSession is a session that lived when the state was.
type PastSession struct {
	ID      int64
	Timeout time.Duration
}

// openPast takes the state.
func (s *Server) openPast() error {
	if err := s.cfg.Past(s.loadSnapshot, s.replay); err != nil {
		return err
	}
	s.tree.recountQuotas()
	s.past = &past{}
	for id, ses := range s.sessions {
		s.past.sessions = append(s.past.sessions, PastSession{ID: id, Timeout: ses.timeout})
	}
	slices.SortFunc(s.past.sessions, func(a, b PastSession) int {
		if uint64(a.ID) < uint64(b.ID) {
			return -1
		}
		return 1
	})
	clear(s.sessions)
	return nil
}

// PastSessions are the sessions of the state that Config.Past gave.
func (s *Server) PastSessions() []PastSession {
	if s.past == nil {
		return nil
	}
	return s.past.sessions
}

// refusesWrites tells whether a request is one that a server which only reads
// refuses; sync is among them, as in ZooKeeper.
func (s *Server) refusesWrites(op wire.Op) bool {
	return s.past != nil && (op.Kind() == wire.KindWrite || op == wire.OpSync)
}
