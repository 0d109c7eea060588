package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The orders were recorded from ZooKeeper 3.4.14, the last ones from Java itself.
func TestJavaSetOrder(t *testing.T) {
	tests := []struct{ steps, want string }{
		{"zookeeper master", "zookeeper master"},
		{"zookeeper r", "r zookeeper"},
		// A set that once was larger keeps its buckets, and their order.
		{"zookeeper 1 2 3 4 5 6 7 8 9 10 11 12 -1 -2 -3 -4 -5 -6 -7 -8 -9 -10 -11 -12 r", "zookeeper r"},
		{"a b", "a b"},
		{"c d", "c d"},
		{
			"s-0000000000 s-0000000001 e es-0000000003 es-0000000004 x",
			"es-0000000004 x es-0000000003 s-0000000001 s-0000000000 e",
		},
		{
			"n-0000000000 n-0000000001 -n-0000000000 n-0000000002 m-0000000003",
			"n-0000000002 n-0000000001 m-0000000003",
		},
		{
			"n-0000000000 n-0000000001 -n-0000000000 n-0000000002 m-0000000003 0000000004",
			"n-0000000002 n-0000000001 m-0000000003 0000000004",
		},
		// "Aa" and "BB" have the same hash: the order of insertion decides.
		{"BB Aa", "BB Aa"},
		{"BB Aa -BB BB", "Aa BB"},
		{
			"0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -3 été 😀 日本",
			"11 12 13 14 日本 0 1 2 4 5 6 7 8 😀 9 été 10",
		},
	}
	for _, test := range tests {
		s := newJavaSet(8)
		for _, step := range strings.Fields(test.steps) {
			if name, ok := strings.CutPrefix(step, "-"); ok {
				s.Remove(name)
			} else {
				s.Add(step)
			}
		}
		if got := strings.Join(s.Values(), " "); got != test.want {
			t.Errorf("%s\nis walked as %s\nwant         %s", test.steps, got, test.want)
		}
	}
}

// What Java's HashSet.clone makes of sets of 16 buckets.
func TestJavaSetClone(t *testing.T) {
	tests := []struct{ order, clone string }{
		{"", ""},
		{"/gm6 /fau", "/fau /gm6"},
		{"/cmeé😀 /pbt", "/pbt /cmeé😀"},
		{"/vqa /g7a /pjv /tq /ddz", "/vqa /pjv /g7a /tq /ddz"},
	}
	for _, test := range tests {
		s := newJavaSet(16)
		for _, v := range strings.Fields(test.order) {
			s.Add(v)
		}
		if got := strings.Join(s.Values(), " "); got != test.order {
			t.Errorf("walked as %s, want %s", got, test.order)
		}
		if got := strings.Join(s.Clone().Values(), " "); got != test.clone {
			t.Errorf("%s: its clone is walked as %s, want %s", test.order, got, test.clone)
		}
	}
}

func TestJavaHash(t *testing.T) {
	// String.hashCode of Java, before HashMap spreads it.
	tests := []struct {
		s    string
		want uint32
	}{
		{"", 0}, {"a", 97}, {"zookeeper", 0x5f68774c}, {"é", 0xe9}, {"日本", 0xcbde7}, {"😀", 0x1b0d63},
	}
	for _, test := range tests {
		if got := javaHash(test.s); got != test.want^test.want>>16 {
			t.Errorf("%q: %#x, want %#x", test.s, got, test.want^test.want>>16)
		}
	}
}

func TestJavaSetMembers(t *testing.T) {
	s := newJavaSet(8)
	const n = 10000
	for i := range n {
		s.Add(fmt.Sprint(i))
		s.Add(fmt.Sprint(i))
	}
	for i := 0; i < n; i += 2 {
		s.Remove(fmt.Sprint(i))
		s.Remove("no member")
	}
	got := s.Values()
	if s.Len() != n/2 || len(got) != n/2 {
		t.Fatalf("%d members, %d listed, want %d", s.Len(), len(got), n/2)
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != n/2 {
		t.Error("a member is listed twice")
	}
	for i, e := range s.buckets() {
		for ; e != nil; e = e.next {
			if javaHash(e.value)&uint32(len(s.buckets())-1) != uint32(i) {
				t.Fatalf("%q is in bucket %d", e.value, i)
			}
		}
	}
}

func BenchmarkJavaSet(b *testing.B) {
	names := make([]string, 1_000_000)
	for i := range names {
		names[i] = fmt.Sprintf("n-%010d", i)
	}
	for b.Loop() {
		s := newJavaSet(8)
		for _, name := range names {
			s.Add(name)
		}
		for _, name := range names {
			s.Remove(name)
		}
	}
}
