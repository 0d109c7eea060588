package walk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/fault"
	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// TestBeside: ACLs that are read on sessions beside the walk's are the same, with the
// identities that the walk's has, and what those cannot tell the walk's own tells.
func TestBeside(t *testing.T) {
	zk, _ := connect(t)
	if err := zk.AddAuth(t.Context(), "digest", []byte("ann:secret")); err != nil {
		t.Fatal(err)
	}
	own := []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}
	create(t, zk, nil, "/a")
	create(t, zk, own, "/a/own")
	r := newReader(t.Context(), func(error) {}, zk, Options{ACL: true}, session.Limits{}.NewHeld())
	r.sides.open()
	if len(r.sides.all) != 1 {
		t.Fatal("no session was opened")
	}
	want, _, err := zk.GetACL(t.Context(), "/a/own")
	if err != nil {
		t.Fatal(err)
	}
	used := map[*session.Session]bool{}
	for range 2 {
		used[r.sides.session()] = true
		if acl, err := r.acl("/a/own"); err != nil || !slices.Equal(acl, want) {
			t.Errorf("%v, %v", acl, err)
		}
		if _, err := r.acl("/a/nope"); !isCode(err, wire.NoNode) {
			t.Error(err)
		}
	}
	side := r.sides.all[0]
	if len(used) != 2 || !used[side] || !used[zk] {
		t.Errorf("%d sessions were used", len(used))
	}
	if _, err := side.Set(t.Context(), "/a", nil, wire.AnyVersion); err != session.ErrNoWrites {
		t.Errorf("it writes: %v", err)
	}
	r.sides.close()
	if side.State() != session.Closed {
		t.Errorf("it is %v in the end", side.State())
	}
	if acl, err := r.acl("/a/own"); err != nil || !slices.Equal(acl, want) {
		t.Errorf("after that: %v, %v", acl, err)
	}
}

// TestBesideIsForMany: only a walk that reads many ACLs has sessions beside it, and one
// with a fixed window has none. All ACLs are there.
func TestBesideIsForMany(t *testing.T) {
	srv := servertest.Start(t, server.Config{})
	for _, test := range []struct{ window, znodes int }{{0, besideFrom / 2}, {0, 3 * besideFrom}, {50, 3 * besideFrom}} {
		zk, err := session.Open(session.Config{Servers: []string{srv.Addr()}, Window: test.window})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { zk.Close() })
		plant(t, zk, "/w", test.znodes)
		n := 0
		w := walker{ctx: t.Context(), o: Options{Depth: -1, ACL: true}, stack: []*pending{{path: "/w"}}, held: session.Limits{Held: 1 << 30}.NewHeldAhead()}
		w.read = newReader(t.Context(), func(error) {}, zk, w.o, w.held)
		if err := w.run(func(z *Node) error {
			if n++; !slices.Equal(z.ACL, wire.OpenACL()) {
				t.Fatalf("%s: %v", z.Path, z.ACL)
			}
			return nil
		}); err != nil || n != test.znodes+test.znodes/100+1 {
			t.Errorf("%+v: %d znodes, %v", test, n, err)
		}
		w.read.sides.tasks.Wait()
		want := 0
		if test.window == 0 && test.znodes > besideFrom {
			want = besideMost
		}
		if got := len(w.read.sides.all); got != want {
			t.Errorf("%+v: %d sessions beside, not %d", test, got, want)
		}
		w.read.sides.close()
		if _, err := zk.Multi(t.Context(), deletions(t, zk, "/w")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBesideAfterPanic: a visit that panics ends the sessions beside the walk's, too.
func TestBesideAfterPanic(t *testing.T) {
	srv := servertest.Start(t, server.Config{})
	zk := join(t, srv)
	plant(t, zk, "/w", 3*besideFrom)
	connections := func() int {
		text, err := session.FourLetter(t.Context(), srv.Addr(), "cons")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(text, "sid=")
	}
	// becomes waits until there are so many.
	becomes := func(is func(n int) bool) bool {
		for late := time.Now().Add(time.Minute); !is(connections()); {
			if time.Now().After(late) {
				return false
			}
		}
		return true
	}
	err := fault.Do(func() error {
		n := 0
		_, err := Walk(t.Context(), zk, "/w", Options{Depth: -1, ACL: true}, func(*Node) error {
			if n++; n > 3*besideFrom && becomes(func(n int) bool { return n > 1 }) {
				panic("at the end")
			}
			return nil
		})
		return err
	})
	if fault.Of(err) == nil {
		t.Fatalf("no session was opened beside: %v", err)
	}
	if !becomes(func(n int) bool { return n == 1 }) {
		t.Errorf("%d connections are left", connections())
	}
}

// deletions deletes a subtree.
func deletions(t *testing.T, zk *session.Session, root string) (ops []wire.MultiOp) {
	got, _ := paths(t, zk, root, Options{Depth: -1, Names: true})
	for _, path := range slices.Backward(got) {
		ops = append(ops, wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: path, Version: wire.AnyVersion}})
	}
	return ops
}
