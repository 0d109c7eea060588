package server

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// TestDeepSnapshot: the way to the last znode of a deep tree is not walked again for each.
func TestDeepSnapshot(t *testing.T) {
	const depth = 20_000
	tree := newTree()
	l := newLoader(tree)
	path := strings.Repeat("/a", depth)
	for i := 1; i <= depth; i++ {
		if err := l.load(&datadir.Node{Path: path[:2*i], ACL: wire.OpenACL()}); err != nil {
			t.Fatal(err)
		}
		if len(l.way) != i+1 { // who has walked knows the last step alone
			t.Fatalf("of the way to level %d it knows %d steps", i, len(l.way))
		}
	}
	if n := tree.node(path); n == nil || tree.count() != newTree().count()+depth {
		t.Errorf("%d znodes", tree.count())
	}
}

// BenchmarkDeepSnapshot loads a path of so many levels: a level takes as long in a deep
// one as in a flat one.
func BenchmarkDeepSnapshot(b *testing.B) {
	for _, depth := range []int{1000, 20_000} {
		b.Run(fmt.Sprint(depth), func(b *testing.B) {
			path := strings.Repeat("/a", depth)
			for b.Loop() {
				l := newLoader(newTree())
				for i := 1; i <= depth; i++ {
					if err := l.load(&datadir.Node{Path: path[:2*i], ACL: wire.OpenACL()}); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*depth), "ns/level")
		})
	}
}

// TestLoader: in whatever order the znodes come, parents first, they end where they
// belong, and one without a parent is refused.
func TestLoader(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		paths := []string{"/", "/zookeeper"}
		for i := range 60 {
			parent := paths[r.IntN(len(paths))]
			paths = append(paths, wire.JoinPath(parent, fmt.Sprint([]string{"a", "ab", "b"}[r.IntN(3)], i%7)))
		}
		want := make(map[string]string)
		l := newLoader(newTree())
		for i := range 2 * len(paths) {
			path := paths[min(i, r.IntN(len(paths)))] // again, and late
			if i < len(paths) {
				path = paths[i]
			}
			want[path] = fmt.Sprint(i)
			if err := l.load(&datadir.Node{Path: path, Data: []byte(want[path]), ACL: wire.OpenACL()}); err != nil {
				t.Fatal(err)
			}
		}
		got := make(map[string]string)
		for path, n := range l.t.all {
			if !isSystemPath(path) || want[path] != "" {
				got[path] = string(n.data)
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%q\ngot  %v\nwant %v", paths, got, want)
		}
		for _, orphan := range []string{"/no/such", wire.JoinPath(slices.Max(paths), "no/such")} {
			if err := l.load(&datadir.Node{Path: orphan}); err == nil {
				t.Errorf("%q is let in", orphan)
			}
		}
	}
}
