package server

import (
	"slices"
	"strings"
	"testing"
)

// Of a path's ancestors those are found that are in the set, the nearest first, however
// many levels there are.
func TestAncestors(t *testing.T) {
	for _, levels := range []int{1, 2, fewLevels, fewLevels + 1, 200} {
		path := strings.Repeat("/ab", levels)
		var x pathIndex
		in := []string{path, "/x", "/ab/x"}
		var want []string
		for n := levels - 1; n > 0; n -= 3 {
			in = append(in, strings.Repeat("/ab", n))
			want = append(want, strings.Repeat("/ab", n))
		}
		in, want = append(in, "/"), append(want, "/")
		for _, p := range in {
			x.add(p)
		}
		x.add("/ab")
		x.remove("/ab")
		var got []string
		x.above(path, func(ancestor string) bool {
			if slices.Contains(in, ancestor) {
				got = append(got, ancestor)
			}
			return true
		})
		if !slices.Equal(got, want) {
			t.Errorf("%d levels: %d ancestors, want %d", levels, len(got), len(want))
		}
		for _, p := range in {
			x.remove(p)
		}
		if len(x.hashes) > 0 {
			t.Errorf("%d levels: %d hashes are left", levels, len(x.hashes))
		}
	}
}

// FuzzAncestors compares what is found by hashes with what is found one by one.
func FuzzAncestors(f *testing.F) {
	f.Add("/a/b/c", "/a/b")
	f.Add(strings.Repeat("/a", 40), strings.Repeat("/a", 20))
	f.Add("//", "/")
	f.Add("x", "")
	f.Fuzz(func(t *testing.T, path, ancestor string) {
		var x pathIndex
		x.add(ancestor)
		// Below the same many levels the hashes are asked for.
		found := func(path string) (is bool) {
			x.above(path, func(a string) bool {
				is = is || a == ancestor
				return true
			})
			return is
		}
		deep := path + strings.Repeat("/z", fewLevels+1)
		want := ancestor != "" && strings.HasPrefix(deep, ancestor+"/") || ancestor == "/" && strings.HasPrefix(deep, "/")
		if path == "" || path[0] != '/' {
			return // no path of a znode
		}
		if got := found(deep); got != want {
			t.Errorf("%q above %q: %v, want %v", ancestor, deep, got, want)
		}
	})
}
