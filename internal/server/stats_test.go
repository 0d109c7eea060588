package server

import (
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// The latency of a request lasts until its reply can be sent; until then it is
// outstanding.
func TestLatencyOfSync(t *testing.T) {
	s, log := startHeld(t)
	go func() { log.allowed <- nil }()
	c := connect(t, s)
	srst := ask(t, s, "srst")
	if srst == "" {
		t.Fatal("no answer to srst")
	}
	frame := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpCreate}, creation("/a", "", 0))
	c.write(wire.AppendFrame(frame, &wire.RequestHeader{Xid: 2, Op: wire.OpGetData}, &wire.PathWatchRequest{Path: "/a"}))
	eventually(t, "they are outstanding", func() (are bool) {
		s.do(func() { are = strings.Contains(s.summary(), "\nOutstanding: 2\n") })
		return are
	})
	s.do(func() {
		if s.stats.requests != 0 {
			t.Errorf("%d requests are counted before the sync", s.stats.requests)
		}
	})
	const hangs = 50 * time.Millisecond
	time.Sleep(hangs)
	log.allowed <- nil
	for range 2 {
		if _, _, err := c.read(); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, s, "srvr"); !strings.Contains(got, "\nOutstanding: 0\n") {
		t.Errorf("%q", got)
	}
	s.do(func() {
		conn := s.sessions[c.conn.SessionID].conn
		for of, st := range map[string]stats{"the server": s.stats, "the connection": conn.stats.latencies} {
			if st.maxLatency < hangs.Milliseconds() {
				t.Errorf("%s: the longest latency is %d ms", of, st.maxLatency)
			}
		}
		if conn.stats.last.latency < hangs {
			t.Errorf("the latency of the last request is %v", conn.stats.last.latency)
		}
		if s.stats.requests != 2 {
			t.Errorf("%d requests are counted", s.stats.requests)
		}
	})
}
