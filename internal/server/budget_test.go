package server

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// Who waits for little comes before who waits for much, and who stands still with what
// others wait for is ended.
func TestBudget(t *testing.T) {
	b := newBudget(1000)
	ended := make(chan string, 1)
	holder := &holding{of: b}
	holder.end = func() {
		ended <- "the holder"
		for both := false; !both; { // or the first that asks would have it
			b.mu.Lock()
			both = len(b.waiting) == 2
			b.mu.Unlock()
			runtime.Gosched()
		}
		holder.holds(0)
	}
	holder.holds(990)
	holder.awaits()
	if !b.fits(5) || b.fits(20) || b.over() {
		t.Error("what fits beside 990 of 1000 bytes")
	}
	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	never := make(chan struct{})
	for _, want := range []int{900, 100} {
		own := &holding{of: b, end: func() {}}
		wg.Go(func() {
			if !b.await(want, never, func() bool { return false }) {
				t.Errorf("nobody gets %d bytes", want)
			}
			b.mu.Lock()
			left := len(b.waiting) // the one that wants less is let in first, and so no more there
			b.mu.Unlock()
			mu.Lock()
			if order = append(order, want); want == 900 && left > 0 {
				t.Error("who wants more is let in first")
			}
			mu.Unlock()
			own.holds(want)
			time.Sleep(stallCheck)
			own.holds(0)
		})
	}
	wg.Wait()
	if len(order) != 2 {
		t.Errorf("only %v came", order)
	}
	<-ended
	if b.used != 0 || len(b.holders) != 0 || len(b.waiting) != 0 {
		t.Errorf("%d bytes are held by %d, and %d wait", b.used, len(b.holders), len(b.waiting))
	}
	if !b.fits(5000) {
		t.Error("what is more than there is does not even fit alone")
	}
	if holder.holds(1); b.await(5000, never, func() bool { return true }) {
		t.Error("who does not want it any more gets it")
	}
}

// Nothing of a budget is held for connections that are gone, however they went.
func TestNothingIsHeldInTheEnd(t *testing.T) {
	s := startServer(t, Config{MaxUnread: 2 << 20})
	c := connect(t, s)
	c.do(wire.OpCreate, creation("/big", strings.Repeat("x", 1_000_000), 0), &wire.PathResponse{})
	c.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/", Mode: wire.WatchPersistentRecursive}, &wire.ErrorResponse{})
	get := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpGetData}, &wire.PathWatchRequest{Path: "/big"})
	for i := range 10 {
		slow := connect(t, s)
		slow.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/", Mode: wire.WatchPersistentRecursive}, &wire.ErrorResponse{})
		for range 20 {
			slow.write(get)
		}
		slow.write(length(wire.MaxFrame))
		if i%2 == 0 {
			slow.nc.Close()
		} else {
			s.ExpireSession(slow.conn.SessionID)
		}
		c.set("/big", strings.Repeat("y", 1_000_000))
	}
	eventually(t, "nothing is held", func() bool {
		var held int
		for _, b := range []*budget{s.unread, s.arriving} {
			b.mu.Lock()
			held += b.used + len(b.waiting)
			b.mu.Unlock()
		}
		return held == 0
	})
	var r wire.GetDataResponse
	if c.do(wire.OpGetData, &wire.PathWatchRequest{Path: "/big"}, &r); len(r.Data) != 1_000_000 || len(c.events) != 10 {
		t.Errorf("%d bytes, %d events", len(r.Data), len(c.events))
	}
}

// A watch that is armed by a long list, and fires before the list is made, is told of
// behind it.
func TestEventBehindLongReply(t *testing.T) {
	o := newOutbox(true, nil)
	o.promise(1000)
	if !o.putEvent(7, []byte("event")) {
		t.Fatal("no room")
	}
	if len(o.queue) > 0 || o.size() != 1005 {
		t.Errorf("%q is queued, %d bytes in all", o.queue, o.size())
	}
	o.fulfil(6, []byte("reply"))
	if got := o.take(nil); string(got) != "replyevent" {
		t.Errorf("%q", got)
	}
}

// When there are too many watches the connection with most of them ends, and no other.
func TestMaxWatches(t *testing.T) {
	s := startServer(t, Config{MaxWatches: 100, MaxWatchBytes: 10_000})
	few, many, long := connect(t, s), connect(t, s), connect(t, s)
	few.watch(wire.OpExists, "/few")
	for i := range 99 {
		many.watch(wire.OpExists, "/"+strings.Repeat("m", i+1))
	}
	many.saw()
	few.watch(wire.OpGetChildren, "/")
	closes(t, many.nc)
	long.watch(wire.OpExists, "/"+strings.Repeat("l", 9_000))
	long.saw()
	few.watch(wire.OpExists, "/"+strings.Repeat("f", 1_000))
	closes(t, long.nc)
	few.create("/few", 0)
	few.saw(event{created, "/few", few.zxid}, event{children, "/", few.zxid})
	if again := many.again(s); again.conn.SessionID == 0 {
		t.Error("its session is gone, too")
	}
	s.do(func() {
		for name, table := range map[string]*watchTable{"data": s.tree.dataWatches, "child": s.tree.childWatches} {
			watches, bytes := 0, 0
			for _, own := range table.byWatcher {
				for path := range own.paths {
					watches, bytes = watches+1, bytes+len(path)
				}
			}
			if watches != table.watches || bytes != table.bytes {
				t.Errorf("%s: %d watches of %d bytes, counted %d of %d", name, watches, bytes, table.watches, table.bytes)
			}
		}
	})
}

// A long list of permissions grants what it grants entry by entry.
func TestLongACL(t *testing.T) {
	ids := []authID{{"ip", "10.1.2.3"}, {"digest", "u:1"}, {"x509", "CN=a"}, {"sasl", "ann"}, {"sasl", "super"}, {"ip", "fe80:0:0:0:0:0:0:1"}}
	entries := acl("digest=u:1 digest=u:2 ip=10.1.0.0/16 ip=10.1.2.3 ip=11.0.0.0/8 ip=0.0.0.0/0 ip=fe80::/10 ip=nonsense x509=CN=a x509=CN=b sasl=ann sasl=bob world=anyone world=nobody auth=")
	for i := range entries {
		entries[i].Perms = 1 << (i % 5)
	}
	for from := range entries {
		for to := from + 1; to <= len(entries); to++ {
			for perm := int32(1); perm <= wire.PermAdmin; perm <<= 1 {
				for n := range ids {
					own := ids[n : n+1]
					x := newACLIndex(entries[from:to])
					if got, want := x.perms(own)&perm != 0, permits(entries[from:to], perm, own); got != want {
						t.Errorf("%v to %v, %d: %v, want %v", entries[from:to], own, perm, got, want)
					}
				}
			}
		}
	}
}
