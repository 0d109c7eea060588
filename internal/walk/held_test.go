package walk

import (
	"runtime"
	"strings"
	"testing"

	"zoosh/internal/hostile"
	"zoosh/internal/session"
)

// against is a session on a server that means harm.
func against(t *testing.T, play hostile.Play, limits session.Limits) *session.Session {
	t.Helper()
	s, err := hostile.Start(play)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	zk, err := session.Open(session.Config{Servers: []string{s.Addr()}, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	return zk
}

const mb = 1 << 20

// TestEndlessTree: a tree that has no end is given up, whatever is asked of it and whatever
// its form, and what is held until then is bounded.
func TestEndlessTree(t *testing.T) {
	for name, play := range map[string]hostile.Play{
		"wide":          {Children: 300, Digits: 50},
		"wide, old":     {Children: 300, Digits: 50, Version: "3.4.14"},
		"narrow":        {Children: 1},
		"long names":    {Children: 3, Digits: 5000},
		"with big data": {Children: 20, Data: 100_000},
	} {
		for what, o := range map[string]Options{"names": {Names: true}, "data": {Data: true}, "stats": {}} {
			t.Run(name+", "+what, func(t *testing.T) {
				limits := session.Limits{Held: 8 * mb}
				if testing.Short() {
					limits.Held = 2 * mb
				}
				zk := against(t, play, limits)
				o.Depth = -1
				visited := 0
				_, err := Walk(t.Context(), zk, "/", o, func(*Node) error { visited++; return nil })
				if !session.IsHeld(err) || !strings.Contains(err.Error(), "-max-held N") {
					t.Errorf("after %d znodes: %v", visited, err)
				}
				if visited == 0 {
					t.Error("nothing was visited")
				}
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if m.HeapInuse > 300*mb {
					t.Errorf("%d MB are in use", m.HeapInuse/mb)
				}
			})
		}
	}
}

// TestHeldIsGivenBack: a tree of which much more is seen than may be held at a time is
// walked to its end.
func TestHeldIsGivenBack(t *testing.T) {
	zk, _ := connect(t)
	plant(t, zk, "/w", 20_000)
	w := walker{ctx: t.Context(), o: Options{Depth: -1}, stack: []*pending{{path: "/w"}},
		held: session.Limits{Held: 2 * mb}.NewHeldAhead()}
	w.read = newReader(t.Context(), func(error) {}, zk, w.o, w.held)
	n := 0
	if err := w.run(func(*Node) error { n++; return nil }); err != nil || n != 20_201 {
		t.Fatalf("%d znodes, %v", n, err)
	}
	if left := w.held.Bytes(); left != 0 {
		t.Errorf("%d bytes count as held at the end", left)
	}
}

// TestWideListing: millions of children below one znode are no reason to give up.
func TestWideListing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const names = 1_000_000
	zk := against(t, hostile.Play{Listing: names, Digits: 12}, session.Limits{Held: session.DefaultHeld / 5})
	held := zk.Limits().NewHeldAhead()
	children, _, err := zk.Children(t.Context(), hostile.Wide, nil)
	if err != nil || len(children) != names {
		t.Fatalf("%d names, %v", len(children), err)
	}
	r := newReader(t.Context(), func(err error) { t.Errorf("%d names: %v", names, err) }, zk, Options{}, held)
	r.read(&pending{}, &Node{Children: children}, nil)
}
