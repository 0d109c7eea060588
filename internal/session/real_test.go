package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// real is Apache's ZooKeeper.
func real(t *testing.T) string { return zktest.Start(t, zktest.LongSessions).Addr() }

func TestReal(t *testing.T) { testOperations(t, real) }

// TestRealRestart: what a session has armed and authenticated survives its
// server's death.
func TestRealRestart(t *testing.T) {
	noLeaks(t)
	srv := zktest.Start(t, zktest.LongSessions) // a JVM starts slowly
	ctx := testContext(t)
	cfg := Config{Servers: []string{srv.Addr()}, Timeout: 30 * time.Second}
	s, r := connect(t, cfg)
	ok(t, s.AddAuth(ctx, "digest", []byte("ann:secret")))
	mine := []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}
	for _, path := range []string{"/data", "/child", "/persistent", "/recursive", "/recursive/x"} {
		_, _, err := s.Create(ctx, path, nil, CreateOptions{ACL: mine})
		ok(t, err)
	}
	_, err := s.Exists(ctx, "/exist", &Arm{"exists"})
	wantCode(t, err, wire.NoNode)
	_, _, err = s.Get(ctx, "/data", &Arm{"data"})
	ok(t, err)
	_, _, err = s.Children(ctx, "/child", &Arm{"child"})
	ok(t, err)
	ok(t, s.AddWatch(ctx, "/persistent", false, Arm{"persistent"}))
	ok(t, s.AddWatch(ctx, "/recursive", true, Arm{"recursive"}))
	_, _, err = s.Create(ctx, "/eph", nil, CreateOptions{Flags: wire.FlagEphemeral})
	ok(t, err)
	id := s.ID()

	srv.Kill()
	r.want(t, "SyncConnected", "Disconnected")
	if s.State() != Connecting || s.LastError() == nil {
		t.Errorf("state %v, error %v", s.State(), s.LastError())
	}
	_, err = s.Exists(ctx, "/", nil) // its end is TestOneRound's
	wantCode(t, err, wire.ConnectionLoss)
	srv.Restart()
	ok(t, s.WaitConnected(ctx))
	r.want(t, "SyncConnected", "Disconnected", "SyncConnected")
	if s.ID() != id {
		t.Errorf("id %x, was %x", s.ID(), id)
	}

	ok(t, s.Delete(ctx, "/data", -1)) // for which the credential is needed
	for _, path := range []string{"/exist", "/child/x", "/persistent/x", "/recursive/y"} {
		_, _, err := s.Create(ctx, path, nil, CreateOptions{ACL: mine})
		ok(t, err)
	}
	ok(t, s.Delete(ctx, "/persistent/x", -1))
	ok(t, s.Delete(ctx, "/recursive/x", -1))
	r.want(t, "SyncConnected", "Disconnected", "SyncConnected",
		"NodeDeleted /data [data]", "NodeCreated /exist [exists]", "NodeChildrenChanged /child [child]",
		"NodeChildrenChanged /persistent [persistent]", "NodeCreated /recursive/y [recursive]",
		"NodeChildrenChanged /persistent [persistent]", "NodeDeleted /recursive/x [recursive]")
	if got, err := s.Ephemerals(ctx, "/"); err != nil || !slices.Equal(got, []string{"/eph"}) {
		t.Errorf("ephemerals %q %v", got, err)
	}
}

// TestRealMissed: what changed while a session was away is told on its return.
func TestRealMissed(t *testing.T) {
	srv := zktest.Start(t, zktest.LongSessions)
	ctx := testContext(t)
	other, _ := connect(t, Config{Servers: []string{srv.Addr()}, Timeout: granted})
	create(t, other, "/a", 0)
	s, r := connect(t, Config{Servers: []string{srv.Addr()}, Timeout: granted})
	_, _, err := s.Get(ctx, "/a", &Arm{"get"})
	ok(t, err)
	_, err = s.Exists(ctx, "/b", &Arm{"stat"})
	wantCode(t, err, wire.NoNode)
	// More watches than go into one setWatches.
	long := strings.Repeat("x", 900)
	for i := range 300 {
		_, err := s.Exists(ctx, fmt.Sprintf("/%s%d", long, i), &Arm{"many"})
		wantCode(t, err, wire.NoNode)
	}
	s.mu.Lock()
	c := s.conn
	s.mu.Unlock()
	c.raw.Close()
	r.waitFor(t, 0, "Disconnected")
	must[*wire.Stat](t)(other.Set(ctx, "/a", nil, -1))
	create(t, other, "/b", 0)
	create(t, other, "/"+long+"299", 0)
	_, err = s.Exists(ctx, "/", nil)
	ok(t, err)
	got := descriptions(r.all())
	for _, want := range []string{"NodeDataChanged /a [get]", "NodeCreated /b [stat]", "NodeCreated /" + long + "299 [many]"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if n := len(s.Watches()); n != 299 {
		t.Errorf("%d watches left", n)
	}
	create(t, other, "/"+long+"0", 0)
	r.waitFor(t, len(got), "NodeCreated /"+long+"0 [many]")
}

// TestRealLostData: the server comes back without what it had, and refuses a
// client that knows better without a word.
func TestRealLostData(t *testing.T) {
	noLeaks(t)
	srv := zktest.Start(t, zktest.LongSessions)
	s, r := connect(t, Config{Servers: []string{srv.Addr()}, Timeout: granted})
	for i := range 20 {
		create(t, s, fmt.Sprintf("/n%d", i), 0)
	}
	srv.Kill()
	srv.Wipe()
	srv.Restart()
	expired, _ := r.waitFor(t, 0, "Expired")
	if expired.Err == nil || !strings.Contains(expired.Err.Error(), "has seen only zxid") {
		t.Errorf("%v", expired.Err)
	}
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	create(t, s, "/n0", 0)
}
