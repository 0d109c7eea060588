package server

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
	"unsafe"

	"zoosh/internal/wire"
)

// at is the time of every znode in these tests.
const at = 1569338538000

func fixedClock() time.Time { return time.UnixMilli(at) }

// A fresh server's znodes, as recorded from Apache's.
func TestFreshTree(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	tests := []struct {
		path     string
		want     wire.Stat
		children []string
	}{
		{"/", wire.Stat{Cversion: -1, NumChildren: 1}, []string{"zookeeper"}},
		{"/zookeeper", wire.Stat{Cversion: -2, NumChildren: 2}, []string{"config", "quota"}},
		{"/zookeeper/quota", wire.Stat{}, []string{}},
		{"/zookeeper/config", wire.Stat{Aversion: -1}, []string{}},
	}
	for _, test := range tests {
		var r wire.GetChildren2Response
		c.do(wire.OpGetChildren2, &wire.PathWatchRequest{Path: test.path}, &r)
		if r.Stat != test.want {
			t.Errorf("%s: %+v", test.path, r.Stat)
		}
		if !slices.Equal(r.Children, test.children) || r.Children == nil {
			t.Errorf("%s has children %#v, want %#v", test.path, r.Children, test.children)
		}
		var d wire.GetDataResponse
		c.do(wire.OpGetData, &wire.PathWatchRequest{Path: test.path}, &d)
		if d.Data == nil || len(d.Data) > 0 {
			t.Errorf("%s has data %#v", test.path, d.Data)
		}
	}
	var total wire.GetAllChildrenNumberResponse
	for path, want := range map[string]int32{"/": 3, "/zookeeper": 2, "/zookeeper/quota": 0} {
		c.do(wire.OpGetAllChildrenNumber, &wire.PathRequest{Path: path}, &total)
		if total.Total != want {
			t.Errorf("%s has %d below, want %d", path, total.Total, want)
		}
	}
	if c.zxid != 1 {
		t.Errorf("zxid %d after the first session", c.zxid)
	}
}

func TestStat(t *testing.T) {
	c := connect(t, startServer(t, Config{now: fixedClock})) // zxid 1
	c.create("/a", 0)                                        // 2
	if got, want := c.stat("/a"), (wire.Stat{Czxid: 2, Mzxid: 2, Pzxid: 2, Ctime: at, Mtime: at}); got != want {
		t.Errorf("created: %+v", got)
	}
	if got := c.stat("/"); got.Cversion != 0 || got.Pzxid != 2 || got.NumChildren != 2 || got.Mzxid != 0 {
		t.Errorf("/ after a creation: %+v", got)
	}

	var s wire.Stat
	c.do(wire.OpSetData, &wire.SetDataRequest{Path: "/a", Data: []byte("four"), Version: 0}, &s) // 3
	if want := (wire.Stat{Czxid: 2, Mzxid: 3, Pzxid: 2, Ctime: at, Mtime: at, Version: 1, DataLength: 4}); s != want {
		t.Errorf("set: %+v", s)
	}
	c.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: wire.OpenACL(), Version: -1}, &s) // 4
	if want := (wire.Stat{Czxid: 2, Mzxid: 3, Pzxid: 2, Ctime: at, Mtime: at, Version: 1, Aversion: 1, DataLength: 4}); s != want {
		t.Errorf("ACL set: %+v", s)
	}

	// cversion counts changes of the children, and jumps by two for a deletion's
	// creation only once it is gone.
	steps := []struct {
		do       func()
		cversion int32
		children int32
		pzxid    int64
	}{
		{func() { c.create("/a/b", 0) }, 1, 1, 5},
		{func() { c.create("/a/c", 0) }, 2, 2, 6},
		{func() { c.delete("/a/b") }, 3, 1, 7},
		{func() { c.set("/a/c", "x") }, 3, 1, 7},
		{func() { c.refused(wire.NodeExists, wire.OpCreate, creation("/a/c", "", 0)) }, 3, 1, 7},
		{func() { c.delete("/a/c") }, 4, 0, 10},
	}
	for i, step := range steps {
		step.do()
		if got := c.stat("/a"); got.Cversion != step.cversion || got.NumChildren != step.children || got.Pzxid != step.pzxid {
			t.Errorf("step %d: cversion %d, %d children, pzxid %d", i, got.Cversion, got.NumChildren, got.Pzxid)
		}
	}
}

func TestCreateKinds(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.create("/p", 0)
	tests := []struct {
		op    wire.Op
		path  string
		flags int32
		ttl   int64
		want  string // or
		err   wire.Code
		owner bool
	}{
		{op: wire.OpCreate, path: "/p/s-", flags: wire.FlagSequential, want: "/p/s-0000000000"},
		{op: wire.OpCreate2, path: "/p/plain", want: "/p/plain"},
		{op: wire.OpCreate2, path: "/p/e-", flags: wire.FlagEphemeralSequential, want: "/p/e-0000000002", owner: true},
		{op: wire.OpCreate2, path: "/p/", flags: wire.FlagSequential, want: "/p/0000000003"},
		{op: wire.OpCreate2, path: "/p/e", flags: wire.FlagEphemeral, want: "/p/e", owner: true},
		{op: wire.OpCreateContainer, path: "/p/c", flags: wire.FlagContainer, want: "/p/c"},
		{op: wire.OpCreateTTL, path: "/p/t", flags: wire.FlagTTL, ttl: 1, want: "/p/t"},
		{op: wire.OpCreateTTL, path: "/p/t", flags: wire.FlagPersistentSequentialTTL, ttl: wire.MaxTTL, want: "/p/t0000000007"},
		// A plain create does not make containers, whatever its flags say.
		{op: wire.OpCreate, path: "/p/nc", flags: wire.FlagContainer, want: "/p/nc"},

		{op: wire.OpCreate, path: "/p/x", flags: 7, err: wire.BadArguments},
		{op: wire.OpCreate, path: "/p/x", flags: -1, err: wire.BadArguments},
		{op: wire.OpCreate, path: "/p/x", flags: wire.FlagTTL, err: wire.BadArguments},
		{op: wire.OpCreateTTL, path: "/p/x", flags: wire.FlagTTL, ttl: 0, err: wire.BadArguments},
		{op: wire.OpCreateTTL, path: "/p/x", flags: wire.FlagTTL, ttl: wire.MaxTTL + 1, err: wire.BadArguments},
		{op: wire.OpCreateTTL, path: "/p/x", flags: wire.FlagPersistent, ttl: 5, err: wire.BadArguments},
		{op: wire.OpCreate2, path: "/p/e/x", err: wire.NoChildrenForEphemerals},
		{op: wire.OpCreate2, path: "/p/plain", err: wire.NodeExists},
		{op: wire.OpCreate2, path: "/", err: wire.NodeExists},
		{op: wire.OpCreate2, path: "/no/x", err: wire.NoNode},
		{op: wire.OpCreate2, path: "no", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "no/x", err: wire.NoNode},
		{op: wire.OpCreate2, path: "", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "/p/", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "//p", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "/p/.", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "/p/a\x00", err: wire.BadArguments},
		{op: wire.OpCreate2, path: "/p/\xff", err: wire.BadArguments},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%v %q %d", test.op, test.path, test.flags), func(t *testing.T) {
			c.t = t
			var request wire.Record = creation(test.path, "", test.flags)
			if test.op == wire.OpCreateTTL {
				request = &wire.CreateTTLRequest{CreateRequest: *creation(test.path, "", test.flags), TTL: test.ttl}
			}
			before := c.zxid
			if test.err != 0 {
				c.refused(test.err, test.op, request)
			} else {
				var r wire.Create2Response
				var reply wire.Record = &r
				if test.op == wire.OpCreate {
					reply = &pathOnly{&r.Path}
				}
				if c.do(test.op, request, reply); r.Path != test.want {
					t.Errorf("made %s, want %s", r.Path, test.want)
				}
				s := c.stat(r.Path)
				if test.op != wire.OpCreate && s != r.Stat {
					t.Errorf("the reply says %+v, exists %+v", r.Stat, s)
				}
				if (s.EphemeralOwner == c.conn.SessionID) != test.owner || (s.EphemeralOwner == 0) == test.owner {
					t.Errorf("owner %#x", s.EphemeralOwner)
				}
			}
			if c.zxid != before+1 {
				t.Errorf("zxid %d after %d: every write costs one, refused or not", c.zxid, before)
			}
		})
	}
	c.t = t
	want := []string{"/p/e", "/p/e-0000000002"}
	for prefix, n := range map[string]int{"": 2, " ": 2, "/": 2, "/p/e": 2, "/p/e-": 1, "/x": 0} {
		var r wire.GetChildrenResponse
		c.do(wire.OpGetEphemerals, &wire.PathRequest{Path: prefix}, &r)
		slices.Sort(r.Children)
		if len(r.Children) != n || n == 2 && !slices.Equal(r.Children, want) {
			t.Errorf("ephemerals %q: %v", prefix, r.Children)
		}
	}
}

// pathOnly is create's reply.
type pathOnly struct{ path *string }

func (p *pathOnly) Jute(c *wire.Codec) { c.String(p.path) }

// A standalone server whose reconfig is not forbidden has none.
func TestReconfigStandalone(t *testing.T) {
	c := connect(t, startServer(t, Config{ReconfigEnabled: true}))
	c.refused(wire.Unimplemented, wire.OpReconfig, &wire.ReconfigRequest{NewMembers: "x"})
}

func TestRefusedWrites(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.create("/a", 0)
	c.create("/a/b", 0)
	tests := []struct {
		want    wire.Code
		op      wire.Op
		request wire.Record
	}{
		{wire.NoNode, wire.OpDelete, &wire.PathVersionRequest{Path: "/x", Version: -1}},
		{wire.NotEmpty, wire.OpDelete, &wire.PathVersionRequest{Path: "/a", Version: -1}},
		{wire.BadVersion, wire.OpDelete, &wire.PathVersionRequest{Path: "/a", Version: 1}},
		{wire.BadArguments, wire.OpDelete, &wire.PathVersionRequest{Path: "/", Version: -1}},
		{wire.BadArguments, wire.OpDelete, &wire.PathVersionRequest{Path: "/zookeeper", Version: -1}},
		{wire.BadArguments, wire.OpDelete, &wire.PathVersionRequest{Path: "/zookeeper/quota", Version: -1}},
		{wire.BadArguments, wire.OpDelete, &wire.PathVersionRequest{Path: "/zookeeper/config", Version: -1}},
		{wire.BadArguments, wire.OpDelete, &wire.PathVersionRequest{Path: "x", Version: -1}},
		{wire.NoNode, wire.OpSetData, &wire.SetDataRequest{Path: "/x", Version: -1}},
		{wire.BadVersion, wire.OpSetData, &wire.SetDataRequest{Path: "/a", Version: 1}},
		{wire.BadArguments, wire.OpSetData, &wire.SetDataRequest{Path: "a", Version: -1}},
		{wire.NoAuth, wire.OpSetData, &wire.SetDataRequest{Path: "/zookeeper/config", Version: -1}},
		{wire.NoNode, wire.OpSetACL, &wire.SetACLRequest{Path: "/x", ACL: wire.OpenACL(), Version: -1}},
		{wire.BadVersion, wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: wire.OpenACL(), Version: 1}},
		{wire.InvalidACL, wire.OpSetACL, &wire.SetACLRequest{Path: "/x", Version: -1}},
		{wire.ReconfigDisabled, wire.OpReconfig, &wire.ReconfigRequest{NewMembers: "x"}},
	}
	for _, test := range tests {
		before := c.zxid
		if c.refused(test.want, test.op, test.request); c.zxid != before+1 {
			t.Errorf("%v: zxid %d after %d", test.op, c.zxid, before)
		}
	}
	reads := []struct {
		want    wire.Code
		op      wire.Op
		request wire.Record
	}{
		{wire.NoNode, wire.OpExists, &wire.PathWatchRequest{Path: "/x"}},
		{wire.BadArguments, wire.OpExists, &wire.PathWatchRequest{Path: "/\x00"}},
		{wire.NoNode, wire.OpGetData, &wire.PathWatchRequest{Path: "/x", Watch: true}},
		{wire.NoNode, wire.OpGetChildren, &wire.PathWatchRequest{Path: "/x", Watch: true}},
		{wire.NoNode, wire.OpGetChildren2, &wire.PathWatchRequest{Path: "x"}},
		{wire.NoNode, wire.OpGetACL, &wire.PathRequest{Path: "/x"}},
		{wire.NoNode, wire.OpGetAllChildrenNumber, &wire.PathRequest{Path: "/x"}},
		{wire.MarshallingError, wire.OpAddWatch, &wire.AddWatchRequest{Path: "/a", Mode: 2}},
		{wire.MarshallingError, wire.OpCheckWatches, &wire.WatcherRequest{Path: "/a", Type: 9}},
		{wire.MarshallingError, wire.OpGetData, &wire.Empty{}},
		{wire.MarshallingError, wire.OpCreate, &wire.PathRequest{Path: "/cut"}},
	}
	for _, test := range reads {
		before := c.zxid
		if c.refused(test.want, test.op, test.request); c.zxid != before {
			t.Errorf("%v: zxid %d after %d: a read costs none", test.op, c.zxid, before)
		}
	}
}

// The counter behind sequential names does not wrap around: its last number is
// used again, and the parent's pzxid stays, as recorded from Apache's 3.8.0.
func TestLastSequentialNumber(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/p", 0)
	s.do(func() { s.tree.node("/p").rest().cversion = math.MaxInt32 - 1 })
	check := func(name, want string) {
		t.Helper()
		if got := c.create("/p/"+name, wire.FlagSequential); got != want {
			t.Errorf("created %s, want %s", got, want)
		}
	}
	check("a-", "/p/a-2147483646")
	last := c.zxid
	check("a-", "/p/a-2147483647")
	c.refused(wire.NodeExists, wire.OpCreate, creation("/p/a-", "", wire.FlagSequential))
	check("b-", "/p/b-2147483647")
	if got := c.stat("/p"); got.Pzxid != last || got.Cversion != -5 || got.NumChildren != 3 {
		t.Errorf("stat of the parent %+v", got)
	}
}

// null data is not the same as none: clients print it as null.
func TestNullData(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	for i, data := range [][]byte{nil, {}} {
		path := fmt.Sprint("/", i)
		request := creation(path, "", 0)
		request.Data = data
		c.do(wire.OpCreate, request, &wire.PathResponse{})
		var r wire.GetDataResponse
		c.do(wire.OpGetData, &wire.PathWatchRequest{Path: path}, &r)
		if (r.Data == nil) != (data == nil) || len(r.Data) != 0 {
			t.Errorf("%#v has become %#v", data, r.Data)
		}
	}
}

func TestSync(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	var r wire.PathResponse
	if c.do(wire.OpSync, &wire.PathRequest{Path: "/any"}, &r); r.Path != "/any" {
		t.Errorf("synced %q", r.Path)
	}
}

func TestCleanUp(t *testing.T) {
	now := int64(at)
	s := startServer(t, Config{now: func() time.Time { return time.UnixMilli(now) }})
	c := connect(t, s)
	ttl := func(path string, ms int64) {
		c.do(wire.OpCreateTTL, &wire.CreateTTLRequest{
			CreateRequest: *creation(path, "", wire.FlagTTL), TTL: ms,
		}, &wire.Create2Response{})
	}
	container := func(path string) {
		c.do(wire.OpCreateContainer, creation(path, "", wire.FlagContainer), &wire.Create2Response{})
	}
	container("/used")
	c.create("/used/x", 0)
	c.delete("/used/x")
	container("/unused")
	container("/full")
	c.create("/full/x", 0)
	ttl("/old", 1000)
	ttl("/young", 2000)
	ttl("/parent", 1000)
	c.create("/parent/x", 0)

	before := c.zxid
	s.do(func() {
		now += 1001
		s.cleanUp(alreadyLocked)
	})
	for path, want := range map[string]bool{
		"/used": false, "/unused": true, "/full": true, "/old": false, "/young": true, "/parent": true,
	} {
		if got := c.exists(path); got != want {
			t.Errorf("%s exists: %v", path, got)
		}
	}
	if c.zxid != before+2 {
		t.Errorf("%d zxids for two deletions", c.zxid-before)
	}
}

// The server does it by itself, too.
func TestCleanUpByItself(t *testing.T) {
	c := connect(t, startServer(t, Config{CleanupInterval: time.Millisecond}))
	c.do(wire.OpCreateContainer, creation("/c", "", wire.FlagContainer), &wire.Create2Response{})
	c.create("/c/x", 0)
	c.delete("/c/x")
	eventually(t, "the container goes", func() bool { return !c.exists("/c") })
}

// A list of a million children is long, but works.
func TestManyChildren(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const n = 1_000_000
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/p", 0)
	s.do(func() {
		for range n {
			p := &preparation{view: view{tree: s.tree}, cfg: &s.cfg}
			change, err := p.create(wire.OpCreate, creation("/p/n-", "", wire.FlagSequential), -1)
			if err != nil {
				t.Error(err)
				return
			}
			s.commit(0, 0, change)
		}
	})
	if got := len(c.children("/p")); got != n {
		t.Errorf("%d children", got)
	}
	if got := c.stat("/p"); got.Cversion != n || got.NumChildren != n {
		t.Errorf("%+v", got)
	}
	c.delete("/p/n-0000500000")
	if err := c.try(wire.OpExists, &wire.PathWatchRequest{Path: "/p/n-0000500000"}, &wire.Stat{}); !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		t.Error(err)
	}
}

// A znode that was only created is small: there may be millions.
func TestNodeIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(node{}); size > 80 {
		t.Errorf("a node takes %d bytes", size)
	}
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	c.create("/a/b", 0)
	s.do(func() {
		if n := s.tree.node("/a/b"); n.more != nil {
			t.Errorf("%+v", n.more)
		}
	})
}

// Only what is a path finds a znode.
func TestNodeByPath(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	c.create("/a/b", 0)
	s.do(func() {
		for path, want := range map[string]bool{
			"": true, "/": true, "/a": true, "/a/b": true,
			"a": false, "//": false, "//a": false, "/a/": false, "/a//b": false, "/a/b/": false, "/b": false, "/a/b/c": false,
		} {
			if got := s.tree.node(path) != nil; got != want {
				t.Errorf("%q: %v", path, got)
			}
		}
	})
}

// all yields every znode with its path, the root as "/".
func (t *tree) all(yield func(path string, n *node) bool) { t.root.walk("/", yield) }

func (n *node) walk(path string, yield func(path string, n *node) bool) bool {
	if !yield(path, n) {
		return false
	}
	for child := range n.children().each {
		if !child.walk(wire.JoinPath(path, child.name), yield) {
			return false
		}
	}
	return true
}
