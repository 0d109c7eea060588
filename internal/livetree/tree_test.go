package livetree

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// plain is the reference: a map of paths, from which everything is worked out
// anew each time.
type plain struct {
	nodes  map[string]bool // true: open
	loaded map[string]bool
}

func (p *plain) kids(path string) []string {
	var names []string
	for other := range p.nodes {
		if parent, name := wire.SplitPath(other); parent == path && other != "/" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (p *plain) rows(path string) []string {
	rows := []string{path}
	if p.nodes[path] {
		for _, name := range p.kids(path) {
			rows = append(rows, p.rows(wire.JoinPath(path, name))...)
		}
	}
	return rows
}

func (p *plain) forget(path string) {
	for other := range p.nodes {
		if strings.HasPrefix(other, path+"/") {
			delete(p.nodes, other)
			delete(p.loaded, other)
		}
	}
	delete(p.loaded, path)
}

func (p *plain) create(path string) {
	parent, _ := wire.SplitPath(path)
	if _, ok := p.nodes[parent]; ok && p.loaded[parent] {
		p.forget(path)
		p.nodes[path] = false
	}
}

func (p *plain) remove(path string) {
	if _, ok := p.nodes[path]; ok {
		p.forget(path)
		delete(p.nodes, path)
	}
}

func (p *plain) listing(path string, names []string) {
	if _, ok := p.nodes[path]; !ok {
		return
	}
	had := p.kids(path)
	for _, name := range had {
		if !slices.Contains(names, name) {
			p.remove(wire.JoinPath(path, name))
		}
	}
	p.loaded[path] = true
	for _, name := range names {
		if !slices.Contains(had, name) {
			p.nodes[wire.JoinPath(path, name)] = false
		}
	}
}

// check compares the tree with the reference, and all of its own answers with
// each other.
func check(t *testing.T, tree *Tree, p *plain, now time.Time) {
	t.Helper()
	want := p.rows("/")
	rows := tree.Rows(0, tree.Len(), now)
	if len(rows) != len(want) || tree.Len() != len(want) {
		t.Fatalf("%d rows and Len %d, want %q", len(rows), tree.Len(), want)
	}
	for i, r := range rows {
		one, _ := tree.Row(i, now)
		switch {
		case r.Path != want[i] || one.Path != want[i]:
			t.Fatalf("row %d is %s and %s, want %s", i, r.Path, one.Path, want[i])
		case tree.Index(r.Path) != i:
			t.Fatalf("%s has index %d, want %d", r.Path, tree.Index(r.Path), i)
		case r.Open != p.nodes[r.Path] || r.Loaded != p.loaded[r.Path]:
			t.Fatalf("%s: open %v loaded %v", r.Path, r.Open, r.Loaded)
		case r.Loaded && r.Children != len(p.kids(r.Path)):
			t.Fatalf("%s has %d children, want %d", r.Path, r.Children, len(p.kids(r.Path)))
		}
	}
	var all []string
	for n := tree.root; n != nil; n = following(n) {
		all = append(all, pathOf(n))
	}
	if n, _ := tree.Below("/", 1000); n != len(p.nodes)-1 || len(all) != len(p.nodes) {
		t.Fatalf("%d below the root, %q, want %q", n, all, slices.Sorted(maps.Keys(p.nodes)))
	}
	for n := lastOf(tree.root); n != nil; n = preceding(n) {
		if last := all[len(all)-1]; pathOf(n) != last {
			t.Fatalf("backwards: %s, want %s", pathOf(n), last)
		}
		all = all[:len(all)-1]
	}
}

// TestTreeAgainstPlain does the same at random to a tree and to the reference.
func TestTreeAgainstPlain(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		tree := New()
		p := &plain{nodes: map[string]bool{"/": true}, loaded: map[string]bool{}}
		for step := range 300 {
			now := start.Add(time.Duration(step) * time.Hour) // ghosts never last
			randomStep(r, tree, p, now)
			tree.Expire(now.Add(time.Minute))
			check(t, tree, p, now)
		}
	}
}

func randomStep(r *rand.Rand, tree *Tree, p *plain, now time.Time) {
	known := slices.Sorted(maps.Keys(p.nodes))
	path := known[r.IntN(len(known))]
	child := wire.JoinPath(path, string(rune('a'+r.IntN(8))))
	switch r.IntN(7) {
	case 0, 1:
		tree.Apply([]Change{{Kind: Created, Path: child}}, now)
		p.create(child)
	case 2:
		if path != "/" {
			tree.Apply([]Change{{Kind: Deleted, Path: path}}, now)
			p.remove(path)
		}
	case 3:
		tree.Expand(path)
		p.nodes[path] = true
	case 4:
		tree.Collapse(path)
		p.nodes[path] = false
	case 5:
		var names []string
		for name := 'a'; name < 'i'; name++ {
			if r.IntN(2) == 0 {
				names = append(names, string(name))
			}
		}
		tree.Apply([]Change{{Kind: Listing, Path: path, Names: names}}, now)
		p.listing(path, names)
	case 6:
		if r.IntN(8) == 0 && path != "/" {
			tree.Drop(path)
			p.forget(path)
			p.nodes[path] = false
		}
	}
}

func listing(path string, names ...string) Change {
	return Change{Kind: Listing, Path: path, Names: names}
}

func paths(tree *Tree, now time.Time) []string {
	var out []string
	for _, r := range tree.Rows(0, tree.Len(), now) {
		out = append(out, r.Path+[]string{"", "+", "~", "-"}[r.Mark])
	}
	return out
}

func wantRows(t *testing.T, tree *Tree, now time.Time, want ...string) {
	t.Helper()
	if got := paths(tree, now); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func TestMarksPass(t *testing.T) {
	tree := New()
	tree.Apply([]Change{listing("/", "a", "b", "c")}, start)
	wantRows(t, tree, start, "/", "/a", "/b", "/c")
	tree.Apply([]Change{
		{Kind: Created, Path: "/aa"}, {Kind: Changed, Path: "/b"}, {Kind: Deleted, Path: "/c"},
	}, start)
	soon, late := start.Add(MarkTime-1), start.Add(MarkTime)
	if !tree.Expire(soon) {
		t.Error("no marks left, too soon")
	}
	wantRows(t, tree, soon, "/", "/a", "/aa+", "/b~", "/c-")
	if r, _ := tree.Row(0, soon); r.Children != 3 {
		t.Errorf("the root has %d children, want 3", r.Children)
	}
	if tree.Has("/c") {
		t.Error("what is deleted is there")
	}
	if tree.Expire(late) {
		t.Error("marks left, too late")
	}
	wantRows(t, tree, late, "/", "/a", "/aa", "/b")
}

func TestDeletedComesBack(t *testing.T) {
	tree := New()
	tree.Apply([]Change{listing("/", "a"), {Kind: Deleted, Path: "/a"}, {Kind: Created, Path: "/a"}}, start)
	wantRows(t, tree, start, "/", "/a+")
	tree.Expire(start.Add(MarkTime))
	wantRows(t, tree, start.Add(MarkTime), "/", "/a")
	tree.Apply([]Change{{Kind: Deleted, Path: "/a"}, listing("/", "a")}, start)
	wantRows(t, tree, start, "/", "/a+")
}

func TestStats(t *testing.T) {
	tree := New()
	tree.Apply([]Change{
		listing("/", "e", "s-0000000012", "t-1700000000"),
		{Kind: Looked, Path: "/e", Stat: &wire.Stat{EphemeralOwner: 7, NumChildren: 0, DataLength: 3, Version: 2}},
		{Kind: Listing, Path: "/s-0000000012", Err: &wire.Error{Code: wire.NoAuth}},
	}, start)
	e, _ := tree.Get("/e", start)
	if !e.Known || e.Needed || e.Owner != 7 || e.Children != 0 || e.Length != 3 || e.Version != 2 {
		t.Errorf("%+v", e)
	}
	s, _ := tree.Get("/s-0000000012", start)
	if s.Err == nil || !s.Sequential || !s.Needed || s.Children != -1 {
		t.Errorf("%+v", s)
	}
	if r, _ := tree.Get("/t-1700000000", start); r.Sequential {
		t.Error("a time is no counter")
	}
	if nodes, ephemerals := tree.Below("/", 1000); nodes != 3 || ephemerals != 1 {
		t.Errorf("%d and %d ephemerals below the root", nodes, ephemerals)
	}
	if nodes, _ := tree.Below("/", 2); nodes != 2 {
		t.Errorf("%d, of which 2 were to be counted", nodes)
	}
	for _, c := range []Change{{Kind: Changed, Path: "/e"}, {Kind: Stale, Path: "/e"}, {Kind: Connected}} {
		tree.Apply([]Change{{Kind: Looked, Path: "/e", Stat: &wire.Stat{}}}, start)
		tree.Apply([]Change{c}, start)
		if e, _ = tree.Get("/e", start); !e.Needed {
			t.Errorf("its stat is still good after %v", c.Kind)
		}
	}
	if !tree.Expand("/s-0000000012") {
		t.Error("opening does not try again what failed")
	}
}

func TestFind(t *testing.T) {
	tree := New()
	tree.Apply([]Change{listing("/", "Kid", "ab", "z"), listing("/ab", "kid-1", "x")}, start)
	for _, test := range []struct {
		text, from string
		direction  int
		want       string
	}{
		{"kid", "/", 1, "/Kid"}, // capitals sort first
		{"kid", "/Kid", 1, "/ab/kid-1"},
		{"kid", "/ab/kid-1", 1, "/Kid"},
		{"kid", "/ab/kid-1", 0, "/ab/kid-1"},
		{"kid", "/Kid", -1, "/ab/kid-1"},
		{"Kid", "/Kid", 1, "/Kid"},
		{"z", "/z", -1, "/z"},
		{"none", "/", 1, ""},
		{"", "/", 1, ""},
	} {
		if got, _ := tree.Search(test.text, test.from, test.direction).Step(math.MaxInt); got != test.want {
			t.Errorf("%q from %s to %d: %q, want %q", test.text, test.from, test.direction, got, test.want)
		}
	}
	if from, to, ok := Matches("myKid", "kid"); from != 2 || to != 5 || !ok {
		t.Error(from, to, ok)
	}
}

func TestGhostsAreFew(t *testing.T) {
	tree := New()
	var names []string
	var gone []Change
	for i := range 3 * ghostLimit {
		names = append(names, fmt.Sprintf("n%06d", i))
		gone = append(gone, Change{Kind: Deleted, Path: "/" + names[i]})
	}
	tree.Apply([]Change{listing("/", names...)}, start)
	tree.Apply(gone, start)
	if tree.Len() != 1+ghostLimit {
		t.Errorf("%d rows", tree.Len())
	}
	tree.Expire(start.Add(MarkTime))
	if tree.Len() != 1 {
		t.Errorf("%d rows in the end", tree.Len())
	}
}

// TestSearchWhileTheTreeChanges ends, whatever goes meanwhile.
func TestSearchWhileTheTreeChanges(t *testing.T) {
	for _, direction := range []int{-1, 1} {
		for _, gone := range []string{"/a", "/b", "/c"} {
			tree := New()
			tree.Apply([]Change{listing("/", "a", "b", "c"), listing("/a", "x", "y"), listing("/b", "x", "y")}, start)
			s := tree.Search("none", "/b", direction)
			s.Step(3)
			tree.Apply([]Change{{Kind: Deleted, Path: gone}}, start)
			tree.Expire(start.Add(MarkTime))
			if path, over := s.Step(100); path != "" || !over {
				t.Errorf("%d without %s: %q, %v", direction, gone, path, over)
			}
		}
	}
}

// millionNames are sorted.
func millionNames() []string {
	names := make([]string, 1_000_000)
	for i := range names {
		names[i] = fmt.Sprintf("node-%010d", i)
	}
	return names
}

// million is a tree of a million znodes, all of which are rows: a thousand with a
// thousand each, or all below the root.
func million(flat bool) *Tree {
	tree := New()
	if flat {
		tree.Apply([]Change{listing("/", millionNames()...)}, start)
		return tree
	}
	names := millionNames()[:1000]
	tree.Apply([]Change{listing("/", names...)}, start)
	for _, name := range names {
		tree.Apply([]Change{listing("/"+name, names...)}, start)
		tree.Expand("/" + name)
	}
	return tree
}

func BenchmarkMillionBuild(b *testing.B) {
	names := millionNames()
	b.ReportAllocs()
	for b.Loop() {
		build(names)
	}
}

func eachShape(b *testing.B, f func(b *testing.B, tree *Tree)) {
	for _, flat := range []bool{true, false} {
		b.Run(map[bool]string{true: "flat", false: "thousands"}[flat], func(b *testing.B) {
			tree := million(flat)
			b.ResetTimer()
			f(b, tree)
		})
	}
}

func BenchmarkMillionWindow(b *testing.B) {
	eachShape(b, func(b *testing.B, tree *Tree) {
		i := 0
		for b.Loop() {
			i = (i + 7919) % (tree.Len() - 40)
			if len(tree.Rows(i, 40, start)) != 40 {
				b.Fatal("rows are missing")
			}
		}
	})
}

func BenchmarkMillionIndex(b *testing.B) {
	eachShape(b, func(b *testing.B, tree *Tree) {
		row, _ := tree.Row(tree.Len()/2, start)
		for b.Loop() {
			if tree.Index(row.Path) != tree.Len()/2 {
				b.Fatal("not there")
			}
		}
	})
}

// BenchmarkMillionApply creates, changes and deletes 10,000 znodes.
func BenchmarkMillionApply(b *testing.B) {
	eachShape(b, func(b *testing.B, tree *Tree) {
		var changes []Change
		for i := range 3333 {
			row, _ := tree.Row(1+(i*257)%(tree.Len()-1), start)
			parent, _ := wire.SplitPath(row.Path)
			path := wire.JoinPath(parent, fmt.Sprintf("new-%d", i))
			changes = append(changes, Change{Kind: Created, Path: path}, Change{Kind: Changed, Path: path}, Change{Kind: Deleted, Path: path})
		}
		for b.Loop() {
			tree.Apply(changes, start)
			tree.Expire(start.Add(MarkTime))
		}
	})
}

// BenchmarkMillionFind looks in vain, which takes longest.
func BenchmarkMillionFind(b *testing.B) {
	eachShape(b, func(b *testing.B, tree *Tree) {
		for b.Loop() {
			tree.Search("nowhere", "/", 1).Step(math.MaxInt)
		}
	})
}

// TestLargeSubtreeGoes takes no longer than a small one: it would not end in time
// otherwise.
func TestLargeSubtreeGoes(t *testing.T) {
	tree := New()
	tree.Apply([]Change{listing("/", "big"), listing("/big", millionNames()...)}, start)
	for range 1000 {
		tree.Expand("/big")
		tree.Collapse("/big")
	}
	tree.Expand("/big")
	tree.Apply([]Change{{Kind: Deleted, Path: "/big"}}, start)
	wantRows(t, tree, start, "/", "/big-")
}
