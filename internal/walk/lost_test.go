package walk

import (
	"sync/atomic"
	"testing"
	"time"

	"zoosh/internal/delayproxy"
	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// TestLostConnection: a connection that is lost with much under way ends the walk with
// that, or the walk goes on with the next one, and nothing is missing. There is room for
// others then.
func TestLostConnection(t *testing.T) {
	srv := servertest.Start(t, server.Config{})
	plant(t, join(t, srv), "/w", 10_000)
	for name, o := range map[string]Options{"names": {Names: true}, "stats": {}, "data and ACLs": {Data: true, ACL: true}} {
		t.Run(name, func(t *testing.T) {
			p := zktest.StartProxy(t, srv.Addr())
			zk, err := session.Open(session.Config{Servers: []string{p.Addr()}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { zk.Close() })
			var reads, cuts atomic.Int32
			p.Decide(func(op int32) zktest.Fate {
				if wire.Op(op) == wire.OpMultiRead && reads.Add(1) == 20 {
					cuts.Add(1)
					return zktest.Dropped
				}
				return zktest.Forwarded
			})
			o.Depth = -1
			visited := 0
			_, err = Walk(t.Context(), zk, "/w", o, func(*Node) error { visited++; return nil })
			if cuts.Load() != 1 {
				t.Fatalf("%d connections were cut", cuts.Load())
			}
			if err == nil && visited != 10_101 || err != nil && !isCode(err, wire.ConnectionLoss) {
				t.Errorf("%d znodes, %v", visited, err)
			}
			if n, _, err := zk.Children(session.Paced(t.Context()), "/w", nil); err != nil || len(n) != 100 {
				t.Errorf("after that: %d children, %v", len(n), err)
			}
		})
	}
}

// TestFar: where the server is far away a walk finds the same, in the same order.
func TestFar(t *testing.T) {
	srv := servertest.Start(t, server.Config{})
	plant(t, join(t, srv), "/w", 20_000)
	p, err := delayproxy.Start(srv.Addr(), 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	zk, err := session.Open(session.Config{Servers: []string{p.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	var last string
	n := 0
	_, err = Walk(t.Context(), zk, "/w", Options{Depth: -1}, func(z *Node) error {
		if n++; z.Path <= last {
			t.Fatalf("%s stands behind %s", z.Path, last)
		}
		last = z.Path
		return nil
	})
	if err != nil || n != 20_201 {
		t.Errorf("%d znodes, %v", n, err)
	}
}
