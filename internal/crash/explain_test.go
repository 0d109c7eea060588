package crash

import (
	"maps"
	"slices"
	"testing"

	"zoosh/internal/wire"
)

// What may be found after a crash, and what may not.
func TestExplain(t *testing.T) {
	home := state{"/w": {czxid: 1, mzxid: 1, pzxid: 1}}
	create := func(path string) step { return step{op: wire.OpCreate, path: path, data: "x"} }
	pending := []write{
		{steps: []step{create("/w/a"), create("/w/b")}, multi: true},
		{steps: []step{{op: wire.OpSetData, path: "/w/a", data: "y", version: 0}}},
		{steps: []step{{op: wire.OpSetData, path: "/w/a", data: "z", version: 7}}}, // is refused
	}
	after := []state{home}
	for i, w := range pending {
		s, _ := after[i].apply(w, 5, int64(10+i))
		after = append(after, s)
	}
	changed := func(s state, path string, change func(n *znode)) state {
		s = maps.Clone(s)
		n := s[path]
		change(&n)
		s[path] = n
		return s
	}
	without := func(s state, path string) state {
		s = maps.Clone(s)
		s.remove(path, s["/w"].pzxid)
		return s
	}
	for _, c := range []struct {
		name  string
		found state
		want  []int // nil if it is not to be explained
	}{
		{"none done", after[0], []int{0}},
		{"a multi done", after[1], []int{1}},
		{"all done, or all but what is refused", after[2], []int{2, 3}},
		{"half a multi", without(after[1], "/w/b"), nil},
		{"a later one alone", changed(after[0], "/w", func(n *znode) { n.data = "y" }), nil},
		{"a write lost", state{}, nil},
		{"an old zxid", changed(after[1], "/w/a", func(n *znode) { n.mzxid = 1 }), nil},
		{"another version", changed(after[2], "/w/a", func(n *znode) { n.version++ }), nil},
		{"another ACL", changed(after[2], "/w/a", func(n *znode) { n.acl = wire.OpenACL() }), nil},
		{"another owner", changed(after[2], "/w/a", func(n *znode) { n.owner = 3 }), nil},
		{"another child count", changed(after[2], "/w", func(n *znode) { n.made++ }), nil},
	} {
		w := &writer{home: "/w", sure: home, pending: pending, last: 1, timeout: longTimeout}
		got, err := w.explain(c.found)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestASessionThatEndsTakesItsEphemeralsAlong(t *testing.T) {
	const session = 5
	s, _ := state{"/w": {}}.apply(write{steps: []step{
		{op: wire.OpCreate, path: "/w/e", flags: wire.FlagEphemeral},
		{op: wire.OpCreate, path: "/w/p"},
	}, multi: true}, session, 10)
	ended, _ := s.apply(write{ends: true}, session, 11)
	if _, ok := ended["/w/e"]; ok || len(ended) != 2 || ended["/w"].pzxid != 11 {
		t.Errorf("%v", ended)
	}
	if other, _ := s.apply(write{ends: true}, session+1, 11); len(other) != 3 {
		t.Errorf("%v", other)
	}
}
