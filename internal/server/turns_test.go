package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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
	check := wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/a", Version: -1}}
	long := request{header: wire.RequestHeader{Op: wire.OpMulti}, body: &wire.MultiRequest{Ops: slices.Repeat([]wire.MultiOp{check}, 5_000)}}
	s.do(func() {
		left := s.handleBatch(s.sessions[c.conn.SessionID].conn, slices.Repeat([]request{long}, maxBatch), time.Now())
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

// To tell the number of all znodes, or of those below one, they need not be counted.
func TestCountOfAllIsKnown(t *testing.T) {
	for _, path := range []string{"/", "/a"} {
		s := startServer(t, Config{})
		c := connect(t, s)
		c.create("/a", 0)
		fill(s, path, 50_000, stat{})
		s.do(func() {
			if got, want := s.tree.descendants("/"), s.tree.root.below(); got != want {
				t.Errorf("%d, want %d", got, want)
			}
			for range 100 { // a machine that is busy may be slow for a while
				if s.handleBatch(s.sessions[c.conn.SessionID].conn, counting(path), time.Now()) == nil {
					return
				}
			}
			t.Errorf("%s: as many requests as may come together are never served at one turn", path)
		})
	}
}

// Whatever comes and goes, each znode knows what is below it.
func TestUseIsKnown(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	random := rand.New(rand.NewPCG(3, 4))
	paths := []string{"/a"}
	c.create("/a", 0)
	c.limit("/a", "count=5,bytes=5")
	for range 2000 {
		path := paths[random.IntN(len(paths))]
		data := strings.Repeat("x", random.IntN(20))
		switch random.IntN(4) {
		case 0, 1:
			if c.try(wire.OpCreate, creation(path+fmt.Sprintf("/%d", random.IntN(5)), data, 0), &wire.PathResponse{}) == nil {
				paths = append(paths, path+"/0", path+"/1", path+"/2", path+"/3", path+"/4")
			}
		case 2:
			c.try(wire.OpDelete, &wire.PathVersionRequest{Path: path + fmt.Sprintf("/%d", random.IntN(5)), Version: -1}, &wire.Empty{})
		case 3:
			c.try(wire.OpSetData, &wire.SetDataRequest{Path: path, Data: []byte(data), Version: -1}, &wire.Stat{})
		}
	}
	s.do(func() {
		var count func(path string, n *node) (znodes, bytes int64)
		count = func(path string, n *node) (znodes, bytes int64) {
			znodes, bytes = 1, int64(len(n.data))
			for child := range n.children().each {
				z, b := count(wire.JoinPath(path, child.name), child)
				znodes, bytes = znodes+z, bytes+b
			}
			if z, b := n.used(); z != znodes || b != bytes {
				t.Errorf("%s uses %d znodes and %d bytes, and knows of %d and %d", path, znodes, bytes, z, b)
			}
			return znodes, bytes
		}
		if znodes, _ := count("/", s.tree.root); znodes < 100 {
			t.Errorf("only %d znodes were made", znodes)
		}
	})
}

// A quota's znodes with data that is no quota's cost those below nothing.
func TestLongQuotaIsNone(t *testing.T) {
	s := startServer(t, Config{EnforceQuota: true})
	c := connect(t, s)
	c.create("/a", 0)
	c.limit("/a", "count=1,bytes=-1=;countHardLimit=1")
	c.refused(wire.QuotaExceeded, wire.OpCreate, creation("/a/b", "", 0))
	c.set(quotaPath+"/a/"+wire.QuotaLimitNode, "countHardLimit=1"+strings.Repeat(",a=1", 100))
	c.create("/a/b", 0)
	c.wantUse("/a", "count=2,bytes=0")
}
