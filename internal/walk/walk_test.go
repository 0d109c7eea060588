package walk

import (
	"context"
	"errors"
	"fmt"
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

// connect starts a server and a session on it.
func connect(t testing.TB) (*session.Session, *server.Server) {
	t.Helper()
	srv := servertest.Start(t, server.Config{})
	return join(t, srv), srv
}

func join(t testing.TB, srv *server.Server) *session.Session {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{srv.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	if err := zk.WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	return zk
}

func create(t testing.TB, zk *session.Session, acl []wire.ACL, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if _, _, err := zk.Create(t.Context(), p, []byte("data of "+p), session.CreateOptions{ACL: acl}); err != nil {
			t.Fatal(err)
		}
	}
}

// paths walks and lists what was visited.
func paths(t testing.TB, zk *session.Session, root string, o Options) ([]string, Skipped) {
	t.Helper()
	var got []string
	skipped, err := Walk(t.Context(), zk, root, o, func(n *Node) error {
		got = append(got, n.Path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, skipped
}

func TestOrder(t *testing.T) {
	zk, _ := connect(t)
	create(t, zk, nil, "/a", "/a/z", "/a/b", "/a/b/c", "/a/b/c/d", "/a/b-x", "/a/b/a")
	whole := []string{"/a", "/a/b", "/a/b/a", "/a/b/c", "/a/b/c/d", "/a/b-x", "/a/z"}
	for _, test := range []struct {
		root string
		o    Options
		want []string
	}{
		{"/a", Options{Depth: -1}, whole},
		{"/a", Options{Depth: -1, Ahead: 1}, whole},
		{"/a", Options{Depth: -1, Ahead: 2, Data: true, ACL: true}, whole},
		{"/a", Options{Depth: -1, Names: true}, whole},
		{"/a", Options{Depth: -1, Names: true, Ahead: 1}, whole},
		{"/a", Options{Depth: 1, Names: true}, []string{"/a", "/a/b", "/a/b-x", "/a/z"}},
		{"/a", Options{Depth: 0}, whole[:1]},
		{"/a", Options{Depth: 1}, []string{"/a", "/a/b", "/a/b-x", "/a/z"}},
		{"/a/z", Options{Depth: -1, Data: true}, []string{"/a/z"}},
	} {
		if got, _ := paths(t, zk, test.root, test.o); !slices.Equal(got, test.want) {
			t.Errorf("%s %+v: %q, want %q", test.root, test.o, got, test.want)
		}
	}
}

func TestWhatIsRead(t *testing.T) {
	zk, _ := connect(t)
	create(t, zk, nil, "/a", "/a/b")
	// Names are a wish for less, which a wish for more outdoes.
	for _, names := range []bool{false, true} {
		_, err := Walk(t.Context(), zk, "/a", Options{Data: true, ACL: true, Names: names, Depth: -1}, func(n *Node) error {
			if string(n.Data) != "data of "+n.Path || len(n.ACL) != 1 || n.Stat.DataLength != int32(len(n.Data)) {
				t.Errorf("%+v", n)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestNamesAreSkipped: where names are asked for in batches, what may not be read is
// counted as elsewhere.
func TestNamesAreSkipped(t *testing.T) {
	zk, _ := connect(t)
	create(t, zk, nil, "/a", "/a/1", "/a/2")
	create(t, zk, []wire.ACL{{Perms: wire.PermCreate, Scheme: "world", ID: "anyone"}}, "/a/hidden", "/a/hidden/below")
	got, skipped := paths(t, zk, "/a", Options{Depth: -1, Names: true})
	if !slices.Equal(got, []string{"/a", "/a/1", "/a/2", "/a/hidden"}) || skipped.Denied != 1 || !slices.Equal(skipped.Which, got[3:]) {
		t.Errorf("%q, %+v", got, skipped)
	}
}

// TestSkipped: what may not be read is counted and visited with its stat, and
// what has gone meanwhile is counted.
func TestSkipped(t *testing.T) {
	zk, srv := connect(t)
	create(t, zk, nil, "/a", "/a/1", "/a/2", "/a/9")
	nobody := []wire.ACL{{Perms: wire.PermCreate, Scheme: "world", ID: "anyone"}}
	create(t, zk, nobody, "/a/hidden", "/a/hidden/below")
	other := join(t, srv)
	var denied []string
	skipped, err := Walk(t.Context(), zk, "/a", Options{Depth: -1, Ahead: 1}, func(n *Node) error {
		if n.Path == "/a/1" {
			if err := other.Delete(t.Context(), "/a/9", wire.AnyVersion); err != nil {
				t.Error(err)
			}
		}
		if n.Denied {
			denied = append(denied, n.Path)
		}
		return nil
	})
	if err != nil || skipped.Vanished != 1 || skipped.Denied != 1 || !slices.Equal(skipped.Which, denied) || len(denied) != 1 {
		t.Errorf("%+v, %v, %q", skipped, err, denied)
	}
	if _, err := Walk(t.Context(), zk, "/a/hidden", Options{}, func(*Node) error { return nil }); !isCode(err, wire.NoAuth) {
		t.Errorf("the first znode is denied: %v", err)
	}
	if _, err := Walk(t.Context(), zk, "/nope", Options{}, func(*Node) error { return nil }); !isCode(err, wire.NoNode) {
		t.Errorf("the first znode is not there: %v", err)
	}
}

func TestEnds(t *testing.T) {
	zk, _ := connect(t)
	create(t, zk, nil, "/a", "/a/b", "/a/b/c", "/a/d")
	visits := func(when string, with error) (int, error) {
		n := 0
		_, err := Walk(t.Context(), zk, "/a", Options{Depth: -1}, func(node *Node) error {
			n++
			if node.Path == when {
				return with
			}
			return nil
		})
		return n, err
	}
	if n, err := visits("/a/b", ErrStop); n != 2 || err != nil {
		t.Errorf("stopped: %d, %v", n, err)
	}
	if n, err := visits("/a", ErrBelow); n != 1 || err != nil {
		t.Errorf("passed over all: %d, %v", n, err)
	}
	if n, err := visits("/a/b", ErrBelow); n != 3 || err != nil {
		t.Errorf("passed over: %d, %v", n, err)
	}
	own := errors.New("own")
	if n, err := visits("/a/b/c", own); n != 3 || err != own {
		t.Errorf("failed: %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Walk(ctx, zk, "/a", Options{Depth: -1}, func(*Node) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// plant creates n leaves, a hundred below each parent.
func plant(t testing.TB, zk *session.Session, root string, n int) {
	t.Helper()
	create(t, zk, nil, root)
	var ops []wire.MultiOp
	add := func(path string) {
		ops = append(ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
			Path: path, Data: []byte("some data"), ACL: wire.OpenACL()}})
	}
	for i := range n {
		parent := fmt.Sprintf("%s/%04d", root, i/100)
		if i%100 == 0 {
			add(parent)
		}
		add(fmt.Sprintf("%s/%02d", parent, i%100))
		if len(ops) >= 1000 || i == n-1 {
			if _, err := zk.Multi(t.Context(), ops); err != nil {
				t.Fatal(err)
			}
			ops = nil
		}
	}
}

func TestWide(t *testing.T) {
	zk, _ := connect(t)
	plant(t, zk, "/w", 3000)
	for _, o := range []Options{{}, {Data: true}, {ACL: true}, {Names: true}, {Names: true, ACL: true}, {Ahead: 1}, {Ahead: 2}, {Ahead: 1000, Data: true}, {Ahead: 5000}} {
		o.Depth = -1
		got, _ := paths(t, zk, "/w", o)
		if len(got) != 3031 || !slices.IsSorted(got) {
			t.Errorf("%+v: %d znodes", o, len(got))
		}
	}
	deep := strings.Repeat("/x", 300)
	for i := 2; i <= len(deep); i += 2 {
		create(t, zk, nil, deep[:i])
	}
	if got, _ := paths(t, zk, "/x", Options{Depth: -1}); len(got) != 300 {
		t.Errorf("%d znodes deep", len(got))
	}
}

// TestBig: big data is read with few at a time, and not lost.
func TestBig(t *testing.T) {
	zk, _ := connect(t)
	create(t, zk, nil, "/b")
	for i := range 60 {
		path := fmt.Sprintf("/b/%02d", i)
		if _, _, err := zk.Create(t.Context(), path, make([]byte, i*10_000), session.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, data := range []bool{false, true} {
		i := 0
		_, err := Walk(t.Context(), zk, "/b", Options{Depth: -1, Data: data}, func(n *Node) error {
			if n.Depth == 1 {
				if want := i * 10_000; int(n.Stat.DataLength) != want || data && len(n.Data) != want {
					t.Errorf("%s has %d bytes", n.Path, n.Stat.DataLength)
				}
				i++
			}
			return nil
		})
		if err != nil || i != 60 {
			t.Errorf("%d, %v", i, err)
		}
	}
}

// BenchmarkAhead shows what having more requests under way gains.
func BenchmarkAhead(b *testing.B) {
	zk, _ := connect(b)
	plant(b, zk, "/w", 20000)
	for _, ahead := range []int{1, 8, 32, 128, 512} {
		b.Run(fmt.Sprint(ahead), func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				if got, _ := paths(b, zk, "/w", Options{Depth: -1, Ahead: ahead}); len(got) < 20000 {
					b.Fatal(len(got))
				}
			}
			b.ReportMetric(float64(b.N)*20201/time.Since(start).Seconds(), "znodes/s")
		})
	}
}

// TestPanicEndsTheWalk: a panic in what reads ahead is the walk's error.
func TestPanicEndsTheWalk(t *testing.T) {
	for _, o := range []Options{{}, {Data: true, ACL: true}, {Names: true}} {
		_, err := Walk(t.Context(), nil, "/", o, func(*Node) error { return nil })
		if f := fault.Of(err); f == nil || !strings.Contains(f.Value, "nil pointer") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
