package server

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// A reader of what is durable does not wait for what others have changed elsewhere,
// and hears of no zxid that a crash could take back.
func TestReadsElsewhereDoNotWait(t *testing.T) {
	s, log := startHeld(t)
	allow := func(syncs int) chan struct{} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range syncs {
				log.allowed <- nil
			}
		}()
		return done
	}
	begun := allow(3)
	author, reader := connect(t, s), connect(t, s)
	author.create("/old", 0)
	<-begun
	durable := author.zxid

	author.nc.SetDeadline(time.Time{})
	author.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 77, Op: wire.OpCreate}, creation("/new", "", 0)))
	eventually(t, "the server has applied it", func() (is bool) {
		s.do(func() { is = s.tree.node("/new") != nil })
		return is
	})
	for op, reply := range map[wire.Op]wire.Record{
		wire.OpExists:       &wire.Stat{},
		wire.OpGetData:      &wire.GetDataResponse{},
		wire.OpGetChildren:  &wire.GetChildrenResponse{},
		wire.OpGetChildren2: &wire.GetChildren2Response{},
	} {
		if reader.do(op, &wire.PathWatchRequest{Path: "/old"}, reply); reader.zxid != durable {
			t.Errorf("%v: zxid %d, durable is %d", op, reader.zxid, durable)
		}
	}
	reader.refused(wire.NoNode, wire.OpGetData, &wire.PathWatchRequest{Path: "/none"})
	// Its parent has another child, and the author reads behind what it has written.
	for c, path := range map[*client]string{reader: "/", author: "/old"} {
		c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 78, Op: wire.OpExists}, &wire.PathWatchRequest{Path: path}))
	}
	eventually(t, "all three replies wait", func() bool {
		waiting := 0
		s.do(func() {
			for c := range s.conns {
				c.out.mu.Lock()
				for q := c.out.queue; len(q) > 0 && c.out.free == 0; waiting++ {
					q = q[4+binary.BigEndian.Uint32(q):]
				}
				c.out.mu.Unlock()
			}
		})
		return waiting == 3
	})
	<-allow(1)
	for _, want := range []struct {
		c   *client
		xid int32
	}{{author, 77}, {author, 78}, {reader, 78}} {
		if h, _, err := want.c.read(); err != nil || h.Xid != want.xid || h.Zxid != durable+1 {
			t.Errorf("%+v, %v", h, err)
		}
	}
}

// Whatever a read could tell of a znode, recency knows of its change.
func TestRecencyMissesNothing(t *testing.T) {
	s := startServer(t, Config{DataDir: t.TempDir(), NoSync: true})
	c := connect(t, s)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	before, since := views(s)
	for range 300 {
		switch r.IntN(6) {
		case 0:
			c.try(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
				{Op: wire.OpCreate, Request: creation("/m", "", 0)},
				{Op: wire.OpCreate, Request: creation("/m/n", "", 0)},
				{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/m/n", Version: -1}},
				{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/m", Version: -1}},
				{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/", Version: -1}},
			}}, &wire.MultiResponse{})
		case 1: // with ephemeral znodes, which go with the session
			other := connect(t, s)
			churn(other, r, 8)
			other.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
		default:
			churn(c, r, 1)
		}
		after, now := views(s)
		s.do(func() {
			for path := range join(before, after) {
				if before[path] != after[path] && s.tree.recent.of(path) <= since {
					t.Errorf("after zxid %d %q changed from %s to %s, and recency knows of %d",
						since, path, before[path], after[path], s.tree.recent.of(path))
				}
			}
		})
		before, since = after, now
	}
}

// views is what reads tell of each znode there is, and as of which zxid.
func views(s *Server) (all map[string]string, zxid int64) {
	all = make(map[string]string)
	s.do(func() {
		for path, n := range s.tree.all {
			all[path] = fmt.Sprintf("%q %+v %v %v", n.data, n.clientStat(), n.acl(), n.children().Values())
		}
		all[""] = all["/"]
		zxid = s.zxid
	})
	return all, zxid
}

func join(a, b map[string]string) map[string]bool {
	all := make(map[string]bool)
	for _, m := range []map[string]string{a, b} {
		for path := range m {
			all[path] = true
		}
	}
	return all
}
