package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zoosh/internal/wire"
)

// Expire ends this session on the server, as if its timeout had passed. It does
// what ZooKeeper's own tests do: a second connection with the same id and
// password closes the session, which works on any server. The session notices
// when it reconnects: its events are Disconnected, Expired, and SyncConnected of
// a new session, soon after Expire has returned.
func (s *Session) Expire(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.NegotiatedTimeout())
	defer cancel()
	s.mu.Lock()
	var err error
	switch {
	case s.closing:
		err = ErrClosed
	case s.cfg.NoWrites:
		err = ErrNoWrites
	case s.id == 0:
		err = errors.New("there is no session yet")
	case !s.writable:
		err = errors.New("the session is read-only, and only its timeout ends it")
	case s.refused != nil:
		err = s.refused
	case s.hold != nil:
		err = errors.New("the session is being ended already")
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	// Our own connection goes when the second one takes the session over. It
	// must not come back and take it over in turn, perhaps at another server.
	hold := make(chan struct{})
	s.hold = hold
	addr, c, id, passwd := s.server, s.conn, s.id, s.passwd
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.hold = nil
		s.mu.Unlock()
		close(hold)
	}()
	s.hosts.hurry("")
	unanswered, err := s.cfg.Security.endSession(ctx, addr, id, passwd, s.NegotiatedTimeout())
	if err != nil {
		err = because(ctx, err)
	}
	if unanswered {
		err = &inDoubt{err}
	}
	tally(ctx, 1, 0, err)
	if err != nil {
		return fmt.Errorf("ending session 0x%x: %w", uint64(id), err)
	}
	s.mu.Lock()
	s.endMeant, s.gone = s.id == id, nil
	s.mu.Unlock()
	if c != nil {
		c.fail(errors.New("the session was ended on request"))
	}
	return nil
}

// endSession takes a session over on a connection of its own and closes it. A
// session that the server does not know is ended already. unanswered tells whether
// it was asked to and did not answer.
func (sec Security) endSession(ctx context.Context, addr string, id int64, passwd []byte, timeout time.Duration) (unanswered bool, err error) {
	raw, err := sec.dial(ctx, addr)
	if err != nil {
		return false, err
	}
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { raw.Close() })()

	if _, err := raw.Write(wire.AppendFrame(nil, &wire.ConnectRequest{
		Timeout: int32(timeout / time.Millisecond), SessionID: id, Passwd: passwd, HasReadOnly: true,
	})); err != nil {
		return false, err
	}
	body, err := wire.ReadFrame(raw, maxGreeting)
	if err != nil {
		return false, err
	}
	var r wire.ConnectResponse
	if _, err := wire.Unmarshal(body, &r); err != nil {
		return false, err
	}
	if r.SessionID == 0 || r.Timeout <= 0 {
		return false, nil
	}
	const xid = 1
	if _, err := raw.Write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: xid, Op: wire.OpCloseSession})); err != nil {
		return false, err
	}
	for {
		body, err := wire.ReadFrame(raw, wire.MaxFrame+aroundPath)
		if err != nil {
			return true, err
		}
		var h wire.ReplyHeader
		if _, err := wire.Unmarshal(body, &h); err != nil {
			return true, err
		}
		if h.Xid != xid {
			continue
		}
		if h.Err != wire.OK {
			return false, &wire.Error{Code: h.Err}
		}
		return false, nil
	}
}
