package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// colliding are 1<<pairs names that have one hash.
func colliding(pairs int) []string {
	names := []string{""}
	for range pairs {
		longer := make([]string, 0, 2*len(names))
		for _, name := range names {
			longer = append(longer, name+"Aa", name+"BB")
		}
		names = longer
	}
	return names
}

// countedEntry is an entry that counts how often it is looked at.
type countedEntry struct {
	name  string
	next  *countedEntry
	looks *int
}

func (e *countedEntry) key() string {
	*e.looks++
	return e.name
}
func (e *countedEntry) link() **countedEntry { return &e.next }

// Names that collide cost no more than others.
func TestCollidingNames(t *testing.T) {
	names := colliding(12)
	looks := 0
	var table javaTable[countedEntry, *countedEntry]
	table.makeBuckets(8)
	each := func(what string, do func(name string)) {
		t.Helper()
		looks = 0
		for _, name := range names {
			do(name)
		}
		if looks > 100*len(names) {
			t.Errorf("%s %d: %d keys were looked at", what, len(names), looks)
		}
	}
	each("add", func(name string) { table.add(&countedEntry{name: name, looks: &looks}) })
	if got := table.Values(); !slices.Equal(got, names) {
		t.Errorf("%d entries, or not in the order in which they were added", len(got))
	}
	each("find", func(name string) {
		if e := table.find(name); e == nil || e.name != name {
			t.Fatalf("%s is not found", name)
		}
		if table.find(name+"x") != nil {
			t.Fatal("found what is not there")
		}
	})
	each("remove", table.remove)
	if table.Len() != 0 || table.long != nil || len(table.Values()) != 0 {
		t.Errorf("%d entries are left, and %d long buckets", table.Len(), len(table.long))
	}
}

// A long bucket is walked in its order, whatever comes and goes, and though the
// buckets are split meanwhile.
func TestLongBucketOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := colliding(7)
	for i := range 100 {
		names = append(names, fmt.Sprint(i))
	}
	set := newJavaSet(8)
	var want []string // those that collide
	for step := range 20_000 {
		name := names[random.IntN(len(names))]
		collides := len(name) == 14
		// Every so often most is taken out, so that the bucket is short again.
		if add := random.IntN(10) < 2+step/2000%2*6; add {
			set.Add(name)
			if collides && !slices.Contains(want, name) {
				want = append(want, name)
			}
		} else {
			set.Remove(name)
			want = slices.DeleteFunc(want, func(w string) bool { return w == name })
		}
		got := slices.DeleteFunc(set.Values(), func(v string) bool { return len(v) != 14 })
		if !slices.Equal(got, want) {
			t.Fatalf("step %d: walked as %v, want %v", step, got, want)
		}
	}
}
