package session

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/wire"
)

func startServer(t testing.TB) *server.Server {
	t.Helper()
	return servertest.Start(t, server.Config{TickTime: 200 * time.Millisecond, MaxSessionTimeout: time.Hour})
}

// backends are the servers that the operations are tested against.
func embedded(t *testing.T) string { return startServer(t).Addr() }

func TestEmbedded(t *testing.T) { testOperations(t, embedded) }

// testOperations is what must hold on every ZooKeeper.
func testOperations(t *testing.T, start func(*testing.T) string) {
	addr := start(t)
	for name, test := range map[string]func(*testing.T, string){
		"Operations": testCRUD, "Chroot": testChroot, "Multi": testMulti, "OneShot": testOneShot,
		"Persistent": testPersistent, "Remove": testRemove, "Expire": testExpire, "Close": testClose,
		"Crash": testCrash, "Order": testOrder, "ACL": testACL, "TooLarge": testTooLarge,
		"Concurrent": testConcurrent, "Paths": testPaths, "Tally": testTally,
	} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			root := "/" + strings.ReplaceAll(t.Name(), "/", "-")
			s, _ := connect(t, Config{Servers: []string{addr}, Timeout: granted})
			_, _, err := s.Create(testContext(t), root, nil, CreateOptions{})
			ok(t, err)
			ok(t, s.Close())
			test(t, addr+root)
		})
	}
}

// config is for a connect string.
func config(t testing.TB, connect string) Config {
	t.Helper()
	servers, chroot, err := ParseConnect(connect)
	ok(t, err)
	return Config{Servers: servers, Chroot: chroot, Timeout: granted}
}

func create(t testing.TB, s *Session, path string, flags int32) string {
	t.Helper()
	got, _, err := s.Create(testContext(t), path, []byte("x"), CreateOptions{Flags: flags})
	ok(t, err)
	return got
}

func testCRUD(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	if s.State() != Connected || s.ID() == 0 || s.NegotiatedTimeout() != granted || s.LastError() != nil {
		t.Errorf("state %v, id %x, timeout %v, error %v", s.State(), s.ID(), s.NegotiatedTimeout(), s.LastError())
	}
	if got := create(t, s, "/a", 0); got != "/a" {
		t.Errorf("created %s", got)
	}
	_, _, err := s.Create(ctx, "/a", nil, CreateOptions{})
	wantCode(t, err, wire.NodeExists)
	if want := "KeeperErrorCode = NodeExists for /a"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	stat := must[*wire.Stat](t)(s.Set(ctx, "/a", []byte("two"), 0))
	if stat.Version != 1 {
		t.Errorf("version %d", stat.Version)
	}
	_, err = s.Set(ctx, "/a", []byte("two"), 0)
	wantCode(t, err, wire.BadVersion)
	data, stat, err := s.Get(ctx, "/a", nil)
	if err != nil || string(data) != "two" || stat.DataLength != 3 {
		t.Errorf("%q %+v %v", data, stat, err)
	}
	if got := create(t, s, "/a/s-", wire.FlagSequential); got != "/a/s-0000000000" {
		t.Errorf("created %s", got)
	}
	names, stat, err := s.Children(ctx, "/a", nil)
	if err != nil || !slices.Equal(names, []string{"s-0000000000"}) || stat.NumChildren != 1 {
		t.Errorf("%q %+v %v", names, stat, err)
	}
	wantCode(t, s.Delete(ctx, "/a", -1), wire.NotEmpty)
	create(t, s, "/a/e", wire.FlagEphemeral)
	if got, err := s.Ephemerals(ctx, "/a"); err != nil || !slices.Equal(got, []string{"/a/e"}) {
		t.Errorf("ephemerals %q %v", got, err)
	}
	if n, err := s.AllChildrenNumber(ctx, "/a"); err != nil || n != 2 {
		t.Errorf("%d descendants, %v", n, err)
	}
	path, stat, err := s.Create(ctx, "/c", nil, CreateOptions{Flags: wire.FlagContainer})
	if err != nil || path != "/c" || stat == nil || stat.Czxid == 0 {
		t.Errorf("container %q %+v %v", path, stat, err)
	}
	path, stat, err = s.Create(ctx, "/t", nil, CreateOptions{Flags: wire.FlagTTL, TTL: time.Minute})
	if err != nil || path != "/t" || stat == nil {
		t.Errorf("TTL %q %+v %v", path, stat, err)
	}
	ok(t, s.Sync(ctx, "/a"))
	ok(t, s.Delete(ctx, "/c", wire.AnyVersion))
	_, err = s.Exists(ctx, "/c", nil)
	wantCode(t, err, wire.NoNode)
	if v, err := s.ServerVersion(ctx); err != nil || !strings.HasPrefix(v, "3.") {
		t.Errorf("version %q %v", v, err)
	}
	if info, err := s.WhoAmI(ctx); err != nil || len(info) == 0 {
		t.Errorf("whoAmI %v %v", info, err)
	}
	r.want(t, "SyncConnected")
}

func testPaths(t *testing.T, where string) {
	ctx := testContext(t)
	s, _ := connect(t, config(t, where))
	for _, path := range []string{"", "a", "/a/", "//", "/a/../b"} {
		_, _, err := s.Create(ctx, path, nil, CreateOptions{})
		_, _, err2 := s.Get(ctx, path, nil)
		for _, err := range []error{err, err2, s.Sync(ctx, path), s.AddWatch(ctx, path, true, Arm{})} {
			var p *wire.PathError
			if !errors.As(err, &p) {
				t.Errorf("%q: %v", path, err)
			}
		}
	}
	// A sequential znode may have no name but its number, as in Java.
	if got := create(t, s, "/", wire.FlagSequential); got != "/0000000000" {
		t.Errorf("created %q", got)
	}
	if names, _, err := s.Children(ctx, "/", nil); err != nil || !slices.Equal(names, []string{"0000000000"}) {
		t.Errorf("children %q %v", names, err)
	}
	_, _, err := s.Create(ctx, "/x", nil, CreateOptions{ACL: []wire.ACL{}})
	wantCode(t, err, wire.InvalidACL)
	if _, _, err = s.Create(ctx, "/x", nil, CreateOptions{Flags: wire.FlagTTL}); err == nil {
		t.Error("a TTL of 0 is accepted")
	}
	if err := s.Delete(ctx, "/", -1); err == nil {
		t.Error("the root of the chroot is deleted")
	}
}

func testChroot(t *testing.T, where string) {
	ctx := testContext(t)
	cfg := config(t, where)
	outer, _ := connect(t, cfg)
	create(t, outer, "/app", 0)
	create(t, outer, "/apple", 0)
	inner := cfg
	inner.Chroot += "/app"
	s, r := connect(t, inner)
	must[*wire.Stat](t)(s.Exists(ctx, "/", &Arm{"stat /"}))
	_, _, err := s.Children(ctx, "/", &Arm{"ls /"})
	ok(t, err)
	if got := create(t, s, "/e", wire.FlagEphemeral); got != "/e" {
		t.Errorf("created %s", got)
	}
	if got, err := s.Ephemerals(ctx, "/"); err != nil || !slices.Equal(got, []string{"/e"}) {
		t.Errorf("ephemerals %q %v", got, err)
	}
	// The configuration is the ensemble's, whatever the chroot.
	if data, stat, err := s.EnsembleConfig(ctx, &Arm{"config -w"}); err != nil || len(data) > 0 || stat.Aversion != -1 {
		t.Errorf("configuration %q %+v %v", data, stat, err)
	}
	if ws := s.Watches(); !slices.ContainsFunc(ws, func(w Watch) bool { return w.Path == wire.ConfigPath && w.Kind == DataWatch }) {
		t.Errorf("no watch on the configuration: %+v", ws)
	}
	_, _, err = s.Reconfig(ctx, wire.ReconfigRequest{Leaving: "1", CurConfigID: -1})
	wantCode(t, err, wire.ReconfigDisabled)
	must[*wire.Stat](t)(outer.Set(ctx, "/app", nil, -1))
	_, _, err = s.Get(ctx, "/nope", nil)
	if want := "KeeperErrorCode = NoNode for /nope"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	r.want(t, "SyncConnected", "NodeChildrenChanged / [ls /]", "NodeDataChanged / [stat /]")
	if _, err := outer.Exists(ctx, "/app/e", nil); err != nil {
		t.Error(err)
	}
}

func testMulti(t *testing.T, where string) {
	ctx := testContext(t)
	s, _ := connect(t, config(t, where))
	open := wire.OpenACL()
	ops := []wire.MultiOp{
		{Op: wire.OpCreate, Request: &wire.CreateRequest{Path: "/m", ACL: open}},
		{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/m", Data: []byte("v"), Version: 0}},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/m", Version: 1}},
		{Op: wire.OpCreate2, Request: &wire.CreateRequest{Path: "/m/n", ACL: open}},
	}
	results, err := s.Multi(ctx, ops)
	ok(t, err)
	if len(results) != 4 || results[0].Reply.(*wire.PathResponse).Path != "/m" ||
		results[1].Reply.(*wire.Stat).Version != 1 {
		t.Errorf("%+v", results)
	}
	switch r := results[3].Reply.(type) { // Apache's server takes create2 for create in a multi
	case *wire.PathResponse:
		if r.Path != "/m/n" {
			t.Errorf("created %s", r.Path)
		}
	case *wire.Create2Response:
		if r.Path != "/m/n" {
			t.Errorf("created %s", r.Path)
		}
	default:
		t.Errorf("%+v", results[3])
	}
	if ops[0].Request.(*wire.CreateRequest).Path != "/m" {
		t.Error("the caller's operations were changed")
	}
	results, err = s.Multi(ctx, []wire.MultiOp{
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/m/n", Version: -1}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/gone", Version: -1}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/m", Version: -1}},
	})
	wantCode(t, err, wire.NoNode)
	if err.Error() != "KeeperErrorCode = NoNode for /gone" {
		t.Error(err)
	}
	codes := []wire.Code{}
	for _, r := range results {
		codes = append(codes, r.Err)
	}
	if !slices.Equal(codes, []wire.Code{wire.OK, wire.NoNode, wire.RuntimeInconsistency}) {
		t.Errorf("codes %v", codes)
	}
	results, err = s.Multi(ctx, []wire.MultiOp{
		{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/m"}},
		{Op: wire.OpGetChildren, Request: &wire.PathWatchRequest{Path: "/gone"}},
	})
	ok(t, err)
	if string(results[0].Reply.(*wire.GetDataResponse).Data) != "v" || results[1].Err != wire.NoNode {
		t.Errorf("%+v", results)
	}
	if results, err := s.Multi(ctx, nil); results != nil || err != nil {
		t.Errorf("%v %v", results, err)
	}
}

func testOneShot(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	_, err := s.Exists(ctx, "/a", &Arm{"stat /a"})
	wantCode(t, err, wire.NoNode)
	ws := s.Watches()
	if len(ws) != 1 || ws[0].Kind != ExistWatch || ws[0].Label != "stat /a" || ws[0].SessionID != s.ID() || ws[0].ArmedAt.IsZero() {
		t.Errorf("watches %+v", ws)
	}
	_, _, err = s.Get(ctx, "/a", &Arm{"get /a"})
	wantCode(t, err, wire.NoNode) // and arms nothing
	create(t, s, "/a", 0)
	_, _, err = s.Get(ctx, "/a", &Arm{"get /a"})
	ok(t, err)
	must[*wire.Stat](t)(s.Exists(ctx, "/a", &Arm{"stat /a"}))
	_, _, err = s.Children(ctx, "/a", &Arm{"ls /a"})
	ok(t, err)
	create(t, s, "/a/b", 0)
	must[*wire.Stat](t)(s.Set(ctx, "/a", nil, -1))
	must[*wire.Stat](t)(s.Set(ctx, "/a", nil, -1))
	ok(t, s.Delete(ctx, "/a/b", -1))
	_, _, err = s.Get(ctx, "/a", &Arm{"get /a"})
	ok(t, err)
	_, _, err = s.Children(ctx, "/a", &Arm{"ls /a"})
	ok(t, err)
	ok(t, s.Delete(ctx, "/a", -1))
	r.want(t, "SyncConnected", "NodeCreated /a [stat /a]", "NodeChildrenChanged /a [ls /a]",
		"NodeDataChanged /a [get /a, stat /a]", "NodeDeleted /a [get /a, ls /a]")
	if ws := s.Watches(); len(ws) != 0 {
		t.Errorf("watches left: %+v", ws)
	}
	for _, e := range r.all()[1:] {
		if e.SessionID != s.ID() || e.Time.IsZero() || e.State != wire.StateSyncConnected {
			t.Errorf("%+v", e)
		}
	}
}

func testPersistent(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	create(t, s, "/p", 0)
	ok(t, s.AddWatch(ctx, "/p", false, Arm{"one"}))
	ok(t, s.AddWatch(ctx, "/", true, Arm{"all"}))
	create(t, s, "/p/q", 0)
	must[*wire.Stat](t)(s.Set(ctx, "/p", nil, -1))
	must[*wire.Stat](t)(s.Set(ctx, "/p/q", nil, -1))
	ok(t, s.Delete(ctx, "/p/q", -1))
	r.want(t, "SyncConnected", "NodeCreated /p/q [all]", "NodeChildrenChanged /p [one]",
		"NodeDataChanged /p [one, all]", "NodeDataChanged /p/q [all]",
		"NodeDeleted /p/q [all]", "NodeChildrenChanged /p [one]")
	ws := s.Watches()
	if len(ws) != 2 || ws[0].Path != "/" || ws[0].Kind != RecursiveWatch || ws[1].Kind != PersistentWatch {
		t.Errorf("watches %+v", ws)
	}
}

func testRemove(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	create(t, s, "/r", 0)
	wantCode(t, s.RemoveWatches(ctx, "/r", wire.WatcherAny, false), wire.NoWatcher)
	wantCode(t, s.RemoveWatches(ctx, "/r", wire.WatcherAny, true), wire.NoWatcher)
	arm := func() {
		t.Helper()
		_, _, err := s.Get(ctx, "/r", &Arm{"g"})
		ok(t, err)
		_, _, err = s.Children(ctx, "/r", &Arm{"l"})
		ok(t, err)
	}
	arm()
	ok(t, s.RemoveWatches(ctx, "/r", wire.WatcherData, false))
	ok(t, s.RemoveWatches(ctx, "/r", wire.WatcherChildren, false))
	arm()
	ok(t, s.RemoveWatches(ctx, "/r", wire.WatcherAny, false))
	ok(t, s.AddWatch(ctx, "/r", true, Arm{"p"}))
	ok(t, s.RemoveWatches(ctx, "/r", wire.WatcherAny, false))
	create(t, s, "/r/x", 0)
	must[*wire.Stat](t)(s.Set(ctx, "/r", nil, -1))
	r.want(t, "SyncConnected", "DataWatchRemoved /r [g]", "ChildWatchRemoved /r [l]",
		"DataWatchRemoved /r [g]", "ChildWatchRemoved /r [l]", "PersistentWatchRemoved /r [p]")
	if e := r.all()[1]; e.Zxid != -1 || e.State != wire.StateSyncConnected {
		t.Errorf("%+v", e)
	}
	if ws := s.Watches(); len(ws) != 0 {
		t.Errorf("watches left: %+v", ws)
	}
}

func testExpire(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	other, _ := connect(t, config(t, where))
	create(t, s, "/eph", wire.FlagEphemeral)
	_, _, err := s.Get(ctx, "/eph", &Arm{"get"})
	ok(t, err)
	old := s.ID()
	ok(t, s.Expire(ctx))
	// The session is ended on the server when Expire returns.
	_, err = other.Exists(ctx, "/eph", nil)
	wantCode(t, err, wire.NoNode)
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	events := r.all()
	if events[2].SessionID != old || events[3].SessionID == old || s.ID() != events[3].SessionID {
		t.Errorf("ids: old %x, now %x, events %+v", old, s.ID(), events)
	}
	if ws := s.Watches(); len(ws) != 0 {
		t.Errorf("watches left: %+v", ws)
	}
	create(t, s, "/eph", wire.FlagEphemeral)
}

func testClose(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	other, _ := connect(t, config(t, where))
	create(t, s, "/eph", wire.FlagEphemeral)
	ok(t, s.Close())
	ok(t, s.Close())
	_, err := other.Exists(ctx, "/eph", nil)
	wantCode(t, err, wire.NoNode)
	_, _, err = s.Get(ctx, "/", nil)
	if !errors.Is(err, ErrClosed) || s.State() != Closed {
		t.Errorf("%v, state %v", err, s.State())
	}
	for _, err := range []error{s.AddAuth(ctx, "digest", nil), s.Expire(ctx), s.WaitConnected(ctx)} {
		if !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
	r.want(t, "SyncConnected", "Closed")
}

func testCrash(t *testing.T, where string) {
	ctx := testContext(t)
	cfg := config(t, where)
	cfg.Timeout = 3 * time.Second
	s, r := connect(t, cfg)
	other, seen := connect(t, config(t, where))
	create(t, s, "/eph", wire.FlagEphemeral)
	must[*wire.Stat](t)(other.Exists(ctx, "/eph", &Arm{"stat"}))
	ok(t, s.Crash())
	must[*wire.Stat](t)(other.Exists(ctx, "/eph", nil)) // the server does not know yet
	seen.waitFor(t, 0, "NodeDeleted /eph [stat]")
	r.want(t, "SyncConnected", "Disconnected")
	if s.State() != Closed {
		t.Error(s.State())
	}
}

// testOrder: an event is announced before any later reply is handed over.
func testOrder(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	create(t, s, "/o", 0)
	for i := range 200 {
		_, _, err := s.Get(ctx, "/o", &Arm{fmt.Sprint(i)})
		ok(t, err)
		must[*wire.Stat](t)(s.Set(ctx, "/o", nil, -1))
		if n := len(r.all()); n != i+2 {
			t.Fatalf("%d events after %d writes", n, i+1)
		}
	}
}

func testACL(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	ok(t, s.AddAuth(ctx, "digest", []byte("ann:secret")))
	ok(t, s.AddAuth(ctx, "digest", []byte("ann:secret")))
	acl := []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}
	_, _, err := s.Create(ctx, "/mine", nil, CreateOptions{ACL: acl})
	ok(t, err)
	got, stat, err := s.GetACL(ctx, "/mine")
	if err != nil || len(got) != 1 || !strings.HasPrefix(got[0].ID, "ann:") || stat.Aversion != 0 {
		t.Errorf("%+v %+v %v", got, stat, err)
	}
	if info, err := s.WhoAmI(ctx); err != nil || !slices.Contains(info, wire.ClientInfo{Scheme: "digest", User: "ann"}) {
		t.Errorf("%v %v", info, err)
	}
	other, _ := connect(t, config(t, where))
	_, _, err = other.Get(ctx, "/mine", nil)
	wantCode(t, err, wire.NoAuth)
	ok(t, other.AddAuthOf(ctx, s))
	ok(t, other.AddAuthOf(ctx, s))
	must[*wire.Stat](t)(other.Set(ctx, "/mine", nil, -1))

	// A credential of a scheme that the server does not know.
	wantCode(t, s.AddAuth(ctx, "nonsense", []byte("x")), wire.AuthFailed)
	r.want(t, "SyncConnected", "AuthFailed", "Disconnected", "SyncConnected")
	// The others were sent again.
	_, _, err = s.Get(ctx, "/mine", nil)
	ok(t, err)
	stat = must[*wire.Stat](t)(s.SetACL(ctx, "/mine", wire.OpenACL(), 0))
	if stat.Aversion != 1 {
		t.Errorf("aversion %d", stat.Aversion)
	}
	_, err = s.SetACL(ctx, "/mine", nil, -1)
	wantCode(t, err, wire.InvalidACL)
}

func testTooLarge(t *testing.T, where string) {
	ctx := testContext(t)
	s, r := connect(t, config(t, where))
	create(t, s, "/big", 0)
	overhead := 8 + 4 + len(s.serverPath("/big")) + 4 + 4
	must[*wire.Stat](t)(s.Set(ctx, "/big", make([]byte, wire.MaxFrame-overhead), -1))
	_, err := s.Set(ctx, "/big", make([]byte, wire.MaxFrame-overhead+1), -1)
	var large *TooLargeError
	if !errors.As(err, &large) || large.Size != wire.MaxFrame+1 {
		t.Errorf("%v", err)
	}
	if want := "the request has 1048576 bytes, a ZooKeeper server takes at most 1048575"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	data, _, err := s.Get(ctx, "/big", nil)
	if err != nil || len(data) != wire.MaxFrame-overhead {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	r.want(t, "SyncConnected")
}

func testConcurrent(t *testing.T, where string) {
	ctx := testContext(t)
	s, _ := connect(t, config(t, where))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			path := fmt.Sprintf("/n%d", i)
			if _, _, err := s.Create(ctx, path, nil, CreateOptions{}); err != nil {
				t.Error(err)
				return
			}
			for j := range 50 {
				stat, err := s.Set(ctx, path, []byte(path), int32(j))
				if err != nil || stat.Version != int32(j+1) {
					t.Errorf("%v %+v", err, stat)
					return
				}
				short, cancel := context.WithCancel(ctx)
				if j%10 == 0 {
					cancel() // some callers do not wait
				}
				data, _, err := s.Get(short, path, &Arm{path})
				cancel()
				if j%10 != 0 && (err != nil || string(data) != path) {
					t.Errorf("%q %v", data, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestServerExpiresSession(t *testing.T) {
	noLeaks(t)
	srv := startServer(t)
	s, r := connect(t, Config{Servers: []string{srv.Addr()}, Timeout: granted})
	ctx := testContext(t)
	ok(t, s.AddAuth(ctx, "digest", []byte("ann:secret")))
	ok(t, s.AddWatch(ctx, "/", true, Arm{"all"}))
	if !srv.ExpireSession(s.ID()) {
		t.Fatal("the server does not know the session")
	}
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	if ws := s.Watches(); len(ws) != 0 {
		t.Errorf("watches left: %+v", ws)
	}
	if info, err := s.WhoAmI(ctx); err != nil || !slices.Contains(info, wire.ClientInfo{Scheme: "digest", User: "ann"}) {
		t.Errorf("%v %v", info, err)
	}
}

// A server that comes back without its data has a lower zxid than we have seen.
func TestServerLostItsData(t *testing.T) {
	noLeaks(t)
	srv := startServer(t)
	addr := srv.Addr()
	s, r := connect(t, Config{Servers: []string{addr}, Timeout: granted})
	for i := range 5 {
		create(t, s, fmt.Sprintf("/n%d", i), 0)
	}
	srv.Close()
	r.waitFor(t, 0, "Disconnected")
	again, err := server.Start(server.Config{Addr: addr, TickTime: 200 * time.Millisecond, MaxSessionTimeout: time.Hour})
	ok(t, err)
	defer again.Close()
	expired, _ := r.waitFor(t, 0, "Expired")
	if expired.Err == nil || !strings.Contains(expired.Err.Error(), "has seen only zxid") {
		t.Errorf("%v", expired.Err)
	}
	r.want(t, "SyncConnected", "Disconnected", "Expired", "SyncConnected")
	create(t, s, "/n0", 0)
}

// TestCloseBeforeTheFirstEventIsOver: Close that comes between the handshake and
// the end of its event still tells the server that the session ends.
func TestCloseBeforeTheFirstEventIsOver(t *testing.T) {
	srv := startServer(t)
	arrived, proceed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s, err := Open(Config{Servers: []string{srv.Addr()}, OnEvent: func(e Event) {
		if e.State == wire.StateSyncConnected {
			once.Do(func() { close(arrived); <-proceed })
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for s.State() != Closed {
		runtime.Gosched()
	}
	close(proceed)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestAuthTokens(t *testing.T) {
	where := embedded(t)
	a, _ := connect(t, config(t, where))
	b, _ := connect(t, config(t, where))
	if tokens := a.AuthTokens(); len(tokens) != 0 {
		t.Errorf("tokens %v before any identity", tokens)
	}
	for _, s := range []*Session{a, b} {
		if err := s.AddAuth(t.Context(), "digest", []byte("me:secret")); err != nil {
			t.Fatal(err)
		}
	}
	if x, y := a.AuthTokens(), b.AuthTokens(); len(x) != 1 || !slices.Equal(x, y) {
		t.Errorf("%v and %v for one identity", x, y)
	}
	if err := b.AddAuth(t.Context(), "digest", []byte("me:other")); err != nil {
		t.Fatal(err)
	}
	if x, y := a.AuthTokens(), b.AuthTokens(); len(y) != 2 || !slices.Contains(y, x[0]) || strings.Contains(strings.Join(y, ""), "secret") {
		t.Errorf("%v and %v", x, y)
	}
}

// The identities of the configuration come before any request, on each connection;
// one that is refused is not forgotten in silence.
func TestConfiguredAuth(t *testing.T) {
	srv := startServer(t)
	ctx := testContext(t)
	on := func(cred Credential) Config { return Config{Servers: []string{srv.Addr()}, Auth: []Credential{cred}} }
	ann := Credential{"digest", []byte("ann:secret")}
	s, _ := connect(t, on(ann))
	_, _, err := s.Create(ctx, "/ann", []byte("x"), CreateOptions{ACL: []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}})
	ok(t, err)
	ok(t, s.Expire(ctx))
	_, _, err = s.Get(ctx, "/ann", nil)
	ok(t, err)
	ok(t, s.AuthRefused())
	if got := fmt.Sprintf("%v %+v %s %q", ann, Config{Auth: []Credential{ann}}, ann, ann); strings.Contains(got, "ann") || strings.Contains(got, "secret") {
		t.Errorf("printed, it is %s", got)
	}
	refused, _ := open(t, on(Credential{"nonsense", []byte("x")}))
	for refused.AuthRefused() == nil && ctx.Err() == nil {
		refused.Exists(ctx, "/", nil) // the answer to this is behind that to the credential
	}
	if err := refused.AuthRefused(); err == nil || !strings.Contains(err.Error(), `"nonsense" was refused`) {
		t.Errorf("refused: %v", err)
	}
	if _, err := Open(on(Credential{"digest", make([]byte, wire.MaxFrame)})); err == nil {
		t.Error("a credential that no server takes was accepted")
	}
}
