package session

import (
	"strings"
	"testing"

	"zoosh/internal/server"
)

// connecting begins a session on a paused server, and waits until it is being made.
func connecting(t *testing.T) (*server.Embedded, *Session) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{})
	ok(t, err)
	t.Cleanup(func() { e.Close() })
	ok(t, e.Pause())
	s, err := Open(Config{Servers: []string{e.Addr()}, Timeout: endless, OnEvent: func(Event) {}})
	ok(t, err)
	eventually(t, "a connect request", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.conn != nil && len(s.conn.asked.Passwd) > 0
	})
	return e, s
}

// A session that is being made when it is closed is not left to its timeout.
func TestCloseWhileConnecting(t *testing.T) {
	e, s := connecting(t)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	eventually(t, "Close waits", func() bool { return strings.Contains(stacks(), "session.(*Session).awaitAnswer(") })
	ok(t, e.Resume())
	ok(t, answered(t, "Close", closed))
	eventually(t, "the end of it", func() bool { st := e.Status(); return st.Zxid == 2 && len(st.Sessions) == 0 })
}

// A server that does not answer does not hold up the end for long.
func TestCloseWhileNobodyAnswers(t *testing.T) {
	_, s := connecting(t)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	ok(t, answered(t, "Close", closed))
}
