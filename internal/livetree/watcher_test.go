package livetree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// patience bounds every wait; none takes that long unless something is wrong.
const patience = 60 * time.Second

func user(t testing.TB, addr string) *session.Session {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	return zk
}

// viewer is a tree and the watcher that feeds it.
type viewer struct {
	t    testing.TB
	w    *Watcher
	tree *Tree
	seen []Change
	look bool // also ask for the stats of all rows
}

func open(t testing.TB, cfg session.Config) *viewer {
	t.Helper()
	w, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	v := &viewer{t: t, w: w, tree: New()}
	w.Want("/")
	return v
}

func view(t testing.TB, addr string) *viewer {
	return open(t, session.Config{Servers: []string{addr}})
}

func (v *viewer) expand(path string) {
	if v.tree.Expand(path) {
		v.w.Want(path)
	}
}

// until takes changes in until cond holds.
func (v *viewer) until(what string, cond func() bool) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for !cond() {
		batch, err := v.w.Next(ctx)
		if err != nil {
			rows := paths(v.tree, time.Now())
			v.t.Fatalf("waited in vain for %s: %v; %d rows: %q", what, err, len(rows), rows[:min(20, len(rows))])
		}
		v.tree.Apply(batch, time.Now())
		v.seen = append(v.seen, batch...)
		if v.look {
			var need []string
			for _, r := range v.tree.Rows(0, v.tree.Len(), time.Now()) {
				if r.Needed {
					need = append(need, r.Path)
				}
			}
			v.w.Look(need)
		}
	}
}

func (v *viewer) untilThere(path string) {
	v.t.Helper()
	v.until(path, func() bool { return v.tree.Has(path) })
}

func (v *viewer) untilGone(path string) {
	v.t.Helper()
	v.until(path+" to be gone", func() bool { return !v.tree.Has(path) })
}

func create(t testing.TB, zk *session.Session, path string, flags int32) string {
	t.Helper()
	made, _, err := zk.Create(context.Background(), path, nil, session.CreateOptions{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func remove(t testing.TB, zk *session.Session, path string) {
	t.Helper()
	if err := zk.Delete(context.Background(), path, wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
}

func TestFollowsWhatIsOpen(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	create(t, zk, "/a", 0)
	create(t, zk, "/a/x", 0)
	v := view(t, s.Addr())
	v.look = true
	v.untilThere("/a")
	v.until("the stat of /a", func() bool { r, _ := v.tree.Get("/a", time.Now()); return r.Known && r.Children == 1 })

	create(t, zk, "/a/y", 0) // below what is shut
	v.until("two children of /a", func() bool { r, _ := v.tree.Get("/a", time.Now()); return r.Children == 2 })
	if v.tree.Has("/a/y") {
		t.Error("what is shut was read")
	}
	v.expand("/a")
	v.untilThere("/a/y")
	create(t, zk, "/a/z", wire.FlagEphemeral)
	v.until("the owner of /a/z", func() bool { r, _ := v.tree.Get("/a/z", time.Now()); return r.Owner == zk.ID() })
	if _, err := zk.Set(context.Background(), "/a/x", []byte("new"), wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	v.until("the change of /a/x", func() bool {
		r, _ := v.tree.Get("/a/x", time.Now())
		return r.Version == 1 && r.Length == 3
	})
	remove(t, zk, "/a/x")
	v.untilGone("/a/x")
	for _, path := range []string{"/a/y", "/a/z", "/a"} {
		remove(t, zk, path)
	}
	v.untilGone("/a")
}

func TestUsersWatchesAreTheirs(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	events := make(chan session.Event, 100)
	zk, err := session.Open(session.Config{Servers: []string{s.Addr()}, OnEvent: func(e session.Event) {
		if e.Type != wire.EventNone {
			events <- e
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	v := view(t, s.Addr())
	v.untilThere("/zookeeper")
	if _, _, err := zk.Children(context.Background(), "/", &session.Arm{Label: "ls -w /"}); err != nil {
		t.Fatal(err)
	}
	create(t, zk, "/a", 0)
	v.untilThere("/a")
	create(t, zk, "/b", 0)
	v.untilThere("/b")
	if len(events) != 1 || len(zk.Watches()) != 0 {
		t.Errorf("%d events and %d watches, want 1 and 0", len(events), len(zk.Watches()))
	}
	if ws := v.w.Session().Watches(); len(ws) != 1 || ws[0].Kind != session.RecursiveWatch {
		t.Errorf("the tree's watches are %v", ws)
	}
}

func TestStormIsComplete(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	create(t, zk, "/a", 0)
	v := view(t, s.Addr())
	v.untilThere("/a")
	v.expand("/a")
	done := make(chan error, 1)
	go func() {
		for i := range 3000 { // created while the listing is read, too
			path := fmt.Sprintf("/a/n%04d", i)
			if _, _, err := zk.Create(context.Background(), path, nil, session.CreateOptions{}); err != nil {
				done <- err
				return
			}
			if i%3 == 0 {
				if err := zk.Delete(context.Background(), path, wire.AnyVersion); err != nil {
					done <- err
					return
				}
			}
		}
		done <- nil
	}()
	v.until("all that is left", func() bool {
		r, _ := v.tree.Get("/a", time.Now())
		return r.Children == 2000 && v.tree.Has("/a/n2999")
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestExpiredSessionIsReplaced(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	v := view(t, s.Addr())
	v.untilThere("/zookeeper")
	old := v.w.Session().ID()
	if !s.ExpireSession(old) {
		t.Fatal("no such session")
	}
	create(t, zk, "/meanwhile", 0)
	v.untilThere("/meanwhile")
	v.until("a new session", func() bool { return v.w.Session().ID() != old })
	create(t, zk, "/after", 0)
	v.untilThere("/after")
	var kinds []Kind
	for _, c := range v.seen {
		if c.Kind == Lost || c.Kind == Connected {
			kinds = append(kinds, c.Kind)
		}
	}
	if !slices.Contains(kinds, Lost) || kinds[len(kinds)-1] != Connected {
		t.Errorf("states %v", kinds)
	}
}

func TestChrootThatIsNotThere(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	v := open(t, session.Config{Servers: []string{s.Addr()}, Chroot: "/app"})
	v.until("an error", func() bool { r, _ := v.tree.Row(0, time.Now()); return r.Err != nil })
	create(t, zk, "/app", 0)
	create(t, zk, "/app/x", 0)
	v.untilThere("/x")
	if r, _ := v.tree.Row(0, time.Now()); r.Err != nil {
		t.Error("there is still an error:", r.Err)
	}
}

func TestNoReadPermission(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	acl := []wire.ACL{{Perms: wire.PermAll, Scheme: "digest", ID: "a:b"}}
	if _, _, err := zk.Create(context.Background(), "/secret", nil, session.CreateOptions{ACL: acl}); err != nil {
		t.Fatal(err)
	}
	v := view(t, s.Addr())
	v.untilThere("/secret")
	v.expand("/secret")
	v.until("NoAuth", func() bool {
		r, _ := v.tree.Get("/secret", time.Now())
		var e *wire.Error
		return errors.As(r.Err, &e) && e.Code == wire.NoAuth && !r.Loading
	})
}

func TestOverflowReadsAnew(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	v := view(t, s.Addr())
	v.untilThere("/zookeeper")
	create(t, zk, "/real", 0)
	v.w.mu.Lock()
	for i := range bufferLimit + 1 {
		v.w.put(Change{Kind: Created, Path: fmt.Sprintf("/made-up-%d", i)})
	}
	v.w.mu.Unlock()
	v.until("a resync", func() bool {
		return slices.ContainsFunc(v.seen, func(c Change) bool { return c.Kind == Resync && c.Count > bufferLimit })
	})
	v.untilThere("/real")
	v.until("what was not there to be gone", func() bool { return v.tree.Len() == 3 || len(v.tree.ghosts) > 0 })
}

func TestCloseEndsNext(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	v := view(t, s.Addr())
	v.untilThere("/zookeeper")
	done := make(chan error)
	go func() {
		for {
			if _, err := v.w.Next(context.Background()); err != nil {
				done <- err
				return
			}
		}
	}()
	if err := v.w.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, session.ErrClosed) {
		t.Error(err)
	}
}

// TestOldServer: a server that says it is 3.5 gets one-shot watches. The real one
// behind it is newer, which these cannot tell.
func TestOldServer(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	v := view(t, sayOld(t, s.Addr()))
	v.look = true
	v.untilThere("/zookeeper")
	create(t, zk, "/a", 0)
	v.untilThere("/a")
	v.expand("/a")
	create(t, zk, "/a/x", 0)
	v.untilThere("/a/x")
	v.until("its stat", func() bool { r, _ := v.tree.Get("/a/x", time.Now()); return r.Known })
	if _, err := zk.Set(context.Background(), "/a/x", []byte("1"), wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	v.until("its change", func() bool { r, _ := v.tree.Get("/a/x", time.Now()); return r.Version == 1 })
	remove(t, zk, "/a/x")
	v.untilGone("/a/x")
	create(t, zk, "/b", 0)
	v.untilThere("/b")
	for _, w := range v.w.Session().Watches() {
		if w.Kind == session.RecursiveWatch || w.Kind == session.PersistentWatch {
			t.Errorf("armed %+v", w)
		}
	}
}

// sayOld passes connections on to the server at addr, but answers srvr itself.
func sayOld(t testing.TB, addr string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go passOn(c, addr)
		}
	}()
	return l.Addr().String()
}

func passOn(c net.Conn, addr string) {
	defer c.Close()
	head := make([]byte, 4)
	if _, err := c.Read(head); err != nil {
		return
	}
	if string(head) == "srvr" {
		fmt.Fprint(c, "Zookeeper version: 3.5.9-0, built on 01/01/2021 00:00 GMT\nZxid: 0x0\nMode: standalone\n")
		return
	}
	up, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer up.Close()
	up.Write(head)
	go func() {
		io.Copy(c, up)
		c.Close()
	}()
	io.Copy(up, c)
}

// TestRealServer follows Apache's own server through a restart.
func TestRealServer(t *testing.T) {
	s := zktest.Start(t, zktest.LongSessions)
	zk := user(t, s.Addr())
	v := view(t, s.Addr())
	v.look = true
	v.untilThere("/zookeeper")
	create(t, zk, "/a", 0)
	v.untilThere("/a")
	v.expand("/a")
	name := create(t, zk, "/a/s-", wire.FlagEphemeralSequential)
	v.until(name, func() bool {
		r, _ := v.tree.Get(name, time.Now())
		return r.Sequential && r.Owner == zk.ID() && strings.HasPrefix(r.Path, "/a/")
	})
	s.Kill()
	v.until("the loss", func() bool {
		return slices.ContainsFunc(v.seen, func(c Change) bool { return c.Kind == Lost })
	})
	s.Restart()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := zk.WaitConnected(ctx); err != nil {
		t.Fatal(err)
	}
	create(t, zk, "/a/again", 0)
	v.untilThere("/a/again")
	create(t, zk, "/a/live", 0)
	v.untilThere("/a/live")
}

func TestBufferKeepsTheLast(t *testing.T) {
	var b buffer
	for i := range 3 * bufferLimit {
		kind := []Kind{Created, Deleted}[i%2]
		if !b.put(Change{Kind: kind, Path: "/a"}) || !b.put(Change{Kind: Changed, Path: "/b"}) {
			t.Fatal("full")
		}
	}
	b.put(Change{Kind: Listing, Path: "/"})
	b.put(Change{Kind: Stale, Path: "/b"})
	b.put(Change{Kind: Created, Path: "/a"})
	got := b.take(100)
	var kinds []Kind
	for _, c := range got {
		kinds = append(kinds, c.Kind)
	}
	if !slices.Equal(kinds, []Kind{Listing, Changed, Created}) || len(b.at) != 0 {
		t.Errorf("kinds %v, %d left", kinds, len(b.at))
	}
	for i := range bufferLimit {
		b.put(Change{Kind: Created, Path: fmt.Sprint("/", i)})
	}
	if b.put(Change{Kind: Created, Path: "/more"}) || !b.put(Change{Kind: Deleted, Path: "/7"}) {
		t.Error("the limit does not hold")
	}
	if len(b.take(10)) != 10 || b.clear() != bufferLimit-10 || b.take(1) != nil {
		t.Error("taken wrongly")
	}
}

func BenchmarkStorm(b *testing.B) {
	w := &Watcher{wanted: map[string]*want{"/a": {}}, looking: map[string]*look{}, wake: make(chan struct{}, 1)}
	events := make([]session.Event, 100_000)
	for i := range events {
		events[i] = session.Event{Type: wire.EventNodeDataChanged, Path: fmt.Sprintf("/a/n%d", i%1000)}
	}
	for b.Loop() {
		for _, e := range events {
			w.event(e)
		}
		for len(w.buffer.take(batchLimit)) > 0 {
		}
	}
}

// A Watcher has settled when all that is wanted was read, and returned.
func TestSettled(t *testing.T) {
	s := servertest.Start(t, server.Config{})
	zk := user(t, s.Addr())
	create(t, zk, "/a", 0)
	v := view(t, s.Addr())
	if v.w.Settled() {
		t.Error("it has settled before it was connected")
	}
	v.untilThere("/a")
	rest := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for !v.w.Settled() {
			short, done := context.WithTimeout(ctx, 10*time.Millisecond)
			batch, _ := v.w.Next(short)
			done()
			v.tree.Apply(batch, time.Now())
			if ctx.Err() != nil {
				t.Fatal("it never settles")
			}
		}
	}
	rest()
	v.w.Want("/a")
	if v.w.Settled() {
		t.Error("it has settled while something is read")
	}
	rest()
	s.Close()
	rest()
	v.w.Close()
	if !v.w.Settled() {
		t.Error("it has not settled when it is closed")
	}
}
