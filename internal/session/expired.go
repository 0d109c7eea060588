package session

import (
	"fmt"
	"maps"
	"slices"

	"zoosh/internal/wire"
)

// An ExpiredError is why a session with Config.NoSuccessor takes no more requests: it
// has expired, and with it went what the fields say.
type ExpiredError struct {
	ID         int64
	Ephemerals []string // those that it made and did not delete, sorted
	Watches    []Watch
	Schemes    []string // of the identities that it had
	Why        error    // nil if it is not known
}

// Error implements error.
func (e *ExpiredError) Error() string {
	return fmt.Sprintf("session 0x%x has expired", uint64(e.ID))
}

// Unwrap is ZooKeeper's error of that name.
func (e *ExpiredError) Unwrap() error { return &wire.Error{Code: wire.SessionExpired} }

// Losses counts what became of requests that failed of their connection or session.
type Losses struct {
	Lost    int64 // they failed of their connection
	Unknown int64 // those of them that write and were sent: they may have been done
	Refused int64 // the session had expired: they were not sent
}

// Losses are those since Open.
func (s *Session) Losses() Losses {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.losses
}

// count adds to the losses.
func (s *Session) count(lost, unknown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if lost {
		s.losses.Lost++
	}
	if unknown {
		s.losses.Unknown++
	}
}

// Expired is why no request is taken any more: see Config.NoSuccessor. It is nil as
// long as they are.
func (s *Session) Expired() *ExpiredError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

// ExpectEnd says that the end of this session is meant, should it come: requests go
// to the session that follows it. It holds until the session is connected again.
func (s *Session) ExpectEnd() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endMeant = true
}

// lose takes note of what goes with the session. s.mu is held.
func (s *Session) lose(id int64, why error) {
	meant := s.endMeant
	owned := slices.Sorted(maps.Keys(s.ephemerals))
	s.endMeant, s.ephemerals = false, nil
	if !s.cfg.NoSuccessor || meant || s.gone != nil {
		return
	}
	s.gone = &ExpiredError{ID: id, Ephemerals: owned, Watches: s.watches.list(), Why: why}
	for _, c := range s.creds {
		if !slices.Contains(s.gone.Schemes, c.Scheme) {
			s.gone.Schemes = append(s.gone.Schemes, c.Scheme)
		}
	}
}

// owns takes note of an ephemeral that the session has made, or deleted.
func (s *Session) owns(path string, made bool) {
	if !s.cfg.NoSuccessor {
		return // nobody will ask
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !made {
		delete(s.ephemerals, path)
		return
	}
	if s.ephemerals == nil {
		s.ephemerals = map[string]bool{}
	}
	s.ephemerals[path] = true
}

// ownsAfter is owns for what a transaction has done.
func (s *Session) ownsAfter(ops []wire.MultiOp, results []wire.MultiResult) {
	for i, op := range ops[:min(len(ops), len(results))] {
		switch r := op.Request.(type) {
		case *wire.CreateRequest:
			if made, ok := results[i].Reply.(*wire.PathResponse); ok && isEphemeral(r.Flags) {
				s.owns(made.Path, true)
			}
		case *wire.PathVersionRequest:
			if op.Op == wire.OpDelete {
				s.owns(r.Path, false)
			}
		}
	}
}

func isEphemeral(flags int32) bool {
	return flags == wire.FlagEphemeral || flags == wire.FlagEphemeralSequential
}
