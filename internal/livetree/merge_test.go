package livetree

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestMergeInSteps reads many children anew while other things go on: all of it
// ends as if it had happened in one go.
func TestMergeInSteps(t *testing.T) {
	const many = 4 * mergeStep
	r := rand.New(rand.NewPCG(1, 2))
	var before, after []string
	for i := range many {
		name := fmt.Sprintf("n%07d", i)
		switch r.IntN(100) {
		case 0:
			before = append(before, name)
		case 1:
			after = append(after, name)
		default:
			before, after = append(before, name), append(after, name)
		}
	}
	tree, now := New(), start
	tree.Apply([]Change{listing("/", before...)}, now)
	tree.Reload("/")
	tree.Apply([]Change{listing("/", after...), {Kind: Created, Path: "/m"}, {Kind: Deleted, Path: "/" + after[7]}}, now)
	steps := 0
	for ; tree.Busy(); steps++ {
		if row, _ := tree.Row(0, now); !row.Loading {
			t.Fatal("it is over too soon")
		}
		now = now.Add(time.Second)
		tree.Expire(now)
		switch steps {
		case 1:
			tree.Collapse("/")
		case 2:
			tree.Expand("/")
		}
		tree.Apply([]Change{{Kind: Created, Path: fmt.Sprint("/z", steps)}}, now)
	}
	if row, _ := tree.Row(0, now); steps < 5 || row.Loading {
		t.Fatalf("%d steps, loading %v", steps, row.Loading)
	}
	tree.Expire(now.Add(time.Hour))
	want := append([]string{"m"}, slices.Delete(after, 7, 8)...)
	for i := range steps {
		want = append(want, fmt.Sprint("z", i))
	}
	slices.Sort(want)
	var got []string
	for _, row := range tree.Rows(1, tree.Len(), now) {
		got = append(got, row.Name)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
}

// What was dropped meanwhile is not merged into, and nothing waits for it.
func TestMergeOfWhatWasDropped(t *testing.T) {
	tree := New()
	names := millionNames()[:2*mergeStep]
	tree.Apply([]Change{listing("/", "a"), listing("/a", names...), listing("/a", names[1:]...)}, start)
	if !tree.Busy() {
		t.Fatal("that was one step")
	}
	tree.Drop("/a")
	tree.Apply([]Change{{Kind: Created, Path: "/b"}}, start)
	if tree.Busy() {
		t.Error("it goes on")
	}
	wantRows(t, tree, start, "/", "/a", "/b+")
}

// BenchmarkMillionMerge reads a million children anew, of which one in a hundred,
// or each one, is another one now. It tells the longest step.
func BenchmarkMillionMerge(b *testing.B) {
	for _, every := range []int{0, 100, 1} {
		b.Run(fmt.Sprint("changed-", every), func(b *testing.B) {
			names := millionNames()
			others := slices.Clone(names)
			for i := range others {
				if every > 0 && i%every == 0 {
					others[i] += "x"
				}
			}
			tree := million(true)
			var longest time.Duration
			for b.Loop() {
				changes := []Change{listing("/", others...)}
				for more := true; more; more = tree.Busy() {
					begun := time.Now()
					tree.Apply(changes, start)
					tree.Expire(start)
					longest = max(longest, time.Since(begun))
					changes = nil
				}
				names, others = others, names
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-ms")
		})
	}
}
