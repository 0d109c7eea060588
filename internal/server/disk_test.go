package server

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// dump is the whole state of a server, a line for each thing.
func dump(t testing.TB, s *Server) []string {
	t.Helper()
	var lines []string
	if !s.do(func() {
		lines = append(lines, fmt.Sprintf("zxid %#x", s.zxid))
		for id, ses := range s.sessions {
			lines = append(lines, fmt.Sprintf("session %#x %v", id, ses.timeout))
		}
		for path, n := range s.tree.all {
			lines = append(lines, fmt.Sprintf("%q %q %v %+v %v", path, n.data, n.acl(), n.stat(), slices.Sorted(n.children().All)))
		}
		for owner, paths := range s.tree.ephemerals {
			lines = append(lines, fmt.Sprintf("ephemerals %#x %v", owner, slices.Sorted(paths.All)))
		}
		lines = append(lines, fmt.Sprintf("containers %v", slices.Sorted(maps.Keys(s.tree.containers))),
			fmt.Sprintf("ttls %v", slices.Sorted(maps.Keys(s.tree.ttls))),
			fmt.Sprintf("quotas %v", slices.Sorted(maps.Keys(s.tree.quotas))))
		counts := map[string]int{}
		for _, n := range s.tree.all {
			if !isOpen(n.acl()) {
				counts[aclKey(n.acl())]++
			}
		}
		for key, e := range s.tree.acls {
			if e.nodes != counts[key] && e.nodes != counts[key]+1 {
				t.Errorf("the list %s counts %d znodes, there are %d", key, e.nodes, counts[key])
			}
		}
	}) {
		t.Fatal("the server is closing")
	}
	slices.Sort(lines)
	return lines
}

func sameDump(t testing.TB, got, want []string) {
	t.Helper()
	missing, extra := without(want, got), without(got, want)
	if len(missing)+len(extra) > 0 {
		t.Errorf("missing:\n%s\nextra:\n%s", strings.Join(missing, "\n"), strings.Join(extra, "\n"))
	}
}

// without is a without what is in b.
func without(a, b []string) (rest []string) {
	for _, line := range a {
		if _, is := slices.BinarySearch(b, line); !is {
			rest = append(rest, line)
		}
	}
	return rest
}

// copyDir copies a data directory as it is on disk at this moment.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// everyKind does one of everything.
func everyKind(t *testing.T, c *client) {
	c.login("ann:secret")
	c.create("/plain", 0)
	for range 3 {
		c.create("/plain/s-", wire.FlagSequential)
	}
	c.set("/plain", "data")
	c.create("/gone", 0)
	c.delete("/gone")
	c.create("/own", wire.FlagEphemeral)
	c.do(wire.OpCreateContainer, creation("/container", "", wire.FlagContainer), &wire.Create2Response{})
	c.create("/container/child", 0)
	c.do(wire.OpCreateTTL, &wire.CreateTTLRequest{CreateRequest: *creation("/ttl", "x", wire.FlagTTL), TTL: 600_000}, &wire.Create2Response{})
	acl := []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}, {Perms: wire.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}}
	c.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/plain", ACL: acl, Version: -1}, &wire.Stat{})
	c.do(wire.OpCreate, &wire.CreateRequest{Path: "/private", Data: nil, ACL: acl}, &wire.PathResponse{})
	c.do(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: creation("/m", "1", 0)},
		{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/m", Data: []byte("2"), Version: 0}},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/m", Version: 1}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/plain/s-0000000001", Version: -1}},
	}}, &wire.MultiResponse{})
	c.do(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: creation("/never", "", 0)},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/nothing", Version: -1}},
	}}, &wire.MultiResponse{})
	c.refused(wire.NodeExists, wire.OpCreate, creation("/plain", "", 0))
	c.create(quotaPath+"/plain", 0)
	c.do(wire.OpCreate, creation(quotaPath+"/plain/"+wire.QuotaLimitNode, "count=10,bytes=1000", 0), &wire.PathResponse{})
	c.do(wire.OpCreate, creation(quotaPath+"/plain/"+wire.QuotaStatNode, "", 0), &wire.PathResponse{})
	c.set("/plain/s-0000000002", "four")
}

func TestDiskGoesOn(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, Config{DataDir: dir})
	c, other := connect(t, s), connect(t, s)
	everyKind(t, c)
	other.create("/others", wire.FlagEphemeral)
	other.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
	want := dump(t, s)

	// As a crash leaves it: everything that was answered is there.
	crashed := startServer(t, Config{DataDir: copyDir(t, dir)})
	sameDump(t, dump(t, crashed), want)

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = startServer(t, Config{DataDir: dir})
	sameDump(t, dump(t, s), want)
	c = c.again(s)
	if c.conn.SessionID == 0 {
		t.Fatal("the session is gone")
	}
	if !c.exists("/own") || c.exists("/others") {
		t.Error("the ephemeral znodes are not those of the sessions alive")
	}
	before := c.zxid
	if c.create("/after", 0); c.zxid != before+1 {
		t.Errorf("zxid %#x after %#x", c.zxid, before)
	}
	if fresh := connect(t, s); fresh.conn.SessionID <= c.conn.SessionID {
		t.Errorf("session %#x after %#x", fresh.conn.SessionID, c.conn.SessionID)
	}
	want = dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sameDump(t, dump(t, startServer(t, Config{DataDir: dir})), want)
}

// A session that nobody takes up again after a restart expires as any other.
func TestDiskSessionExpires(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, Config{DataDir: dir})
	connectAs(t, s, wire.ConnectRequest{Timeout: 4000}).create("/own", wire.FlagEphemeral)
	s.Close()
	s = startServer(t, Config{DataDir: dir, TickTime: 20 * time.Millisecond, MaxSessionTimeout: time.Hour})
	s.do(func() {
		for _, ses := range s.sessions {
			ses.deadline = time.Now()
		}
	})
	c := connect(t, s)
	eventually(t, "the session expires", func() bool { return !c.exists("/own") })
}

func TestDiskHeldByAnother(t *testing.T) {
	dir := t.TempDir()
	startServer(t, Config{DataDir: dir})
	if s, err := Start(Config{DataDir: dir}); err == nil {
		s.Close()
		t.Error("two servers have the directory")
	}
}

// fakeLog is a transaction log whose syncs wait to be allowed, and may fail.
type fakeLog struct {
	allowed chan error
}

func (l *fakeLog) Append([]byte) error { return nil }
func (l *fakeLog) Sync() error         { return <-l.allowed }
func (l *fakeLog) Close() error        { return nil }

// startHeld starts a server on a fake log. The first sync, of the first session,
// is allowed.
func startHeld(t *testing.T) (*Server, *fakeLog) {
	s := startServer(t, Config{DataDir: t.TempDir()})
	log := &fakeLog{allowed: make(chan error)}
	s.journal.create = func(int64) (txnLog, error) { return log, nil }
	t.Cleanup(func() { close(log.allowed) }) // before the server closes
	return s, log
}

// Nobody hears of a change before it is durable: not its author, no watcher, and no
// reader.
func TestHeldUntilDurable(t *testing.T) {
	s, log := startHeld(t)
	go func() { log.allowed <- nil; log.allowed <- nil }()
	author, reader := connect(t, s), connect(t, s)
	reader.watch(wire.OpExists, "/a")
	for _, c := range []*client{author, reader} {
		c.nc.SetDeadline(time.Time{})
	}
	author.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpCreate}, creation("/a", "", 0)))
	eventually(t, "the server has applied it", func() (is bool) {
		s.do(func() { is = s.tree.node("/a") != nil })
		return is
	})
	reader.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 9, Op: wire.OpExists}, &wire.PathWatchRequest{Path: "/a"}))
	eventually(t, "the reply waits", func() bool {
		held := 0
		s.do(func() {
			for c := range s.conns {
				c.out.mu.Lock()
				held += len(c.out.held)
				if len(c.out.held) > 0 && c.out.free > 0 {
					held = -1
				}
				c.out.mu.Unlock()
			}
		})
		return held == 2
	})
	// Nothing came: what is there now was sent after the sync.
	got := make(chan string, 2)
	for _, c := range []*client{author, reader} {
		go func() {
			h, _, err := c.read()
			got <- fmt.Sprint(h.Xid, h.Err, err)
		}()
	}
	select {
	case early := <-got:
		t.Fatalf("before the sync: %s", early)
	case log.allowed <- nil:
	}
	for range 2 {
		if g := <-got; g != "1 ok <nil>" && g != "9 ok <nil>" {
			t.Error(g)
		}
	}
	if want := []event{{wire.EventNodeCreated, "/a", 3}}; !slices.Equal(reader.events, want) {
		t.Errorf("events %v", reader.events)
	}
}

// A disk that refuses stops the server; what it did not keep it does not answer.
func TestDiskRefuses(t *testing.T) {
	s, log := startHeld(t)
	go func() { log.allowed <- nil }()
	c := connect(t, s)
	c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpCreate}, creation("/a", "", 0)))
	full := errors.New("no space left on device")
	log.allowed <- full
	if said := closes(t, c.nc); len(said) > 0 {
		t.Errorf("the server said %q", said)
	}
	<-s.Done()
	if err := s.Close(); !errors.Is(err, full) || strings.Count(err.Error(), full.Error()) != 1 {
		t.Errorf("closed with %v", err)
	}
}

// churn is random work on few names, so that much of it is undone and done again.
func churn(c *client, r *rand.Rand, n int) {
	for range n {
		path := "/" + string(rune('a'+r.IntN(4)))
		for range r.IntN(3) {
			path += "/" + string(rune('a'+r.IntN(4)))
		}
		acl := []wire.ACL{{Perms: wire.PermAll, Scheme: "world", ID: "anyone"}, {Perms: 1, Scheme: "digest", ID: fmt.Sprint("u:", r.IntN(5))}}
		var err error
		switch r.IntN(8) {
		case 0, 1, 2:
			err = c.try(wire.OpCreate, creation(path, fmt.Sprint(r.IntN(100)), []int32{0, 0, 0, 1}[r.IntN(4)]), &wire.PathResponse{})
		case 3:
			err = c.try(wire.OpCreate, &wire.CreateRequest{Path: path, ACL: acl}, &wire.PathResponse{})
		case 4, 5:
			err = c.try(wire.OpDelete, &wire.PathVersionRequest{Path: path, Version: -1}, &wire.Empty{})
		case 6:
			err = c.try(wire.OpSetData, &wire.SetDataRequest{Path: path, Data: []byte(path), Version: -1}, &wire.Stat{})
		case 7:
			err = c.try(wire.OpSetACL, &wire.SetACLRequest{Path: path, ACL: acl, Version: -1}, &wire.Stat{})
		}
		if e := (*wire.Error)(nil); err != nil && !errors.As(err, &e) {
			c.t.Error(err)
			return
		}
	}
}

// startSnapping starts a server that takes a snapshot after every few txns, a little at a
// time. The seed is for what is done to it.
func startSnapping(t *testing.T) (s *Server, dir string, seed uint64) {
	t.Helper()
	slice := snapshotSlice
	t.Cleanup(func() { snapshotSlice = slice })
	snapshotSlice = 2
	seed = uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dir = t.TempDir()
	return startServer(t, Config{DataDir: dir, SnapCount: 60, PreAllocSize: 4096}), dir, seed
}

// snapshotsIn are the snapshots that startSnapping's server has left.
func snapshotsIn(t *testing.T, dir string) []string {
	t.Helper()
	snapshots, err := filepath.Glob(filepath.Join(dir, "version-2", "snapshot.*"))
	if err != nil || len(snapshots) < 5 {
		t.Fatalf("%d snapshots, %v", len(snapshots), err)
	}
	return snapshots
}

// Snapshots that are taken while the tree changes below them lead to the same tree,
// each with the log behind it.
func TestSnapshotsWhileWorking(t *testing.T) {
	s, dir, seed := startSnapping(t)
	var wg sync.WaitGroup
	var comers [40]*client
	for i := range comers { // sessions that come and go meanwhile
		comers[i] = &client{t: t, nc: dial(t, s)}
	}
	wg.Go(func() {
		for i, c := range comers {
			if err := c.handshake(wire.ConnectRequest{Timeout: int32(10000 + i), Passwd: make([]byte, 16)}); err != nil {
				t.Error(err)
				return
			}
			if i%2 == 0 {
				if err := c.try(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for i := range 4 {
		c := connect(t, s)
		wg.Go(func() {
			churn(c, rand.New(rand.NewPCG(seed, uint64(i))), 400)
			if i%2 == 0 {
				c.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
			}
		})
	}
	wg.Wait()
	eventually(t, "no snapshot is being taken", func() (done bool) {
		s.do(func() { done = !s.snapshotting })
		return done
	})
	want := dump(t, s)
	snapshots := snapshotsIn(t, dir)
	s.Close()
	for _, newest := range snapshots {
		from := copyDir(t, dir)
		for _, name := range snapshots {
			if zxidOf(t, name) > zxidOf(t, newest) {
				os.Remove(filepath.Join(from, "version-2", filepath.Base(name)))
			}
		}
		again := startServer(t, Config{DataDir: from})
		sameDump(t, dump(t, again), want)
		again.Close()
		if t.Failed() {
			t.Fatalf("from %s", newest)
		}
	}
}

func zxidOf(t *testing.T, name string) (zxid int64) {
	t.Helper()
	if _, err := fmt.Sscanf(filepath.Ext(name), ".%x", &zxid); err != nil {
		t.Fatal(err)
	}
	return zxid
}

func TestSnapRetain(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, Config{DataDir: dir, SnapCount: 20, SnapRetain: 3, PreAllocSize: 4096})
	c := connect(t, s)
	for i := range 200 {
		c.create(fmt.Sprint("/n", i), 0)
	}
	eventually(t, "old snapshots are gone", func() bool {
		snapshots, _ := filepath.Glob(filepath.Join(dir, "version-2", "snapshot.*"))
		return len(snapshots) == 3
	})
	want := dump(t, s)
	s.Close()
	sameDump(t, dump(t, startServer(t, Config{DataDir: dir})), want)
}

// A first snapshot that a crash has left unfinished is no state to go on from, and
// none that may stay.
func TestDiskUnfinishedFirstSnapshot(t *testing.T) {
	dir := t.TempDir()
	empty := startServer(t, Config{DataDir: dir})
	want := dump(t, empty)
	empty.Close()
	first := filepath.Join(dir, "version-2", "snapshot.0")
	if err := os.Truncate(first, 100); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, Config{DataDir: dir})
	sameDump(t, dump(t, s), want)
	connect(t, s).create("/a", 0)
	want = dump(t, s)
	s.Close()
	sameDump(t, dump(t, startServer(t, Config{DataDir: dir})), want)
}
