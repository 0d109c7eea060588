package server

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// fill makes so many znodes below a path, past all requests.
func fill(s *Server, parent string, n int, st stat) {
	s.do(func() {
		for i := range n {
			s.tree.insert(wire.JoinPath(parent, fmt.Sprintf("n-%06d", i)), nil, openACL, st)
		}
	})
}

// counting is a batch of requests for the number of znodes below a path.
func counting(path string) []request {
	one := request{header: wire.RequestHeader{Op: wire.OpGetAllChildrenNumber}, body: &wire.PathRequest{Path: path}}
	return slices.Repeat([]request{one}, maxBatch)
}

// However long the requests of a client take that came together, it has the server
// to itself for the length of a turn only.
func TestTurnEnds(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	fill(s, "/a", 50_000, stat{})
	s.do(func() {
		left := s.handleBatch(s.sessions[c.conn.SessionID].conn, counting("/a"), time.Now())
		if len(left) == maxBatch || len(left) < maxBatch/2 {
			t.Errorf("of %d requests %d were left", maxBatch, len(left))
		}
	})
}

// What is left at the end of a turn is served at the next ones, in order.
func TestManyTurns(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	fill(s, "/a", 50_000, stat{})
	var frames []byte
	for xid := range int32(2 * maxBatch) {
		frames = wire.AppendFrame(frames, &wire.RequestHeader{Xid: xid, Op: wire.OpGetAllChildrenNumber}, &wire.PathRequest{Path: "/a"})
	}
	c.write(frames)
	for xid := range int32(2 * maxBatch) {
		h, _, err := c.read()
		if err != nil || h.Xid != xid {
			t.Fatalf("a reply to %d, %v, want %d", h.Xid, err, xid)
		}
	}
}

// To tell the number of all znodes they need not be counted.
func TestCountOfAllIsKnown(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	fill(s, "/", 50_000, stat{})
	s.do(func() {
		if got, want := s.tree.descendants("/"), s.tree.root.below(); got != want {
			t.Errorf("%d, want %d", got, want)
		}
		for range 100 { // a machine that is busy may be slow for a while
			if s.handleBatch(s.sessions[c.conn.SessionID].conn, counting("/"), time.Now()) == nil {
				return
			}
		}
		t.Error("as many requests as may come together are never served at one turn")
	})
}
