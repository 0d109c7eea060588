package server

import (
	"errors"
	"fmt"
	"testing"

	"zoosh/internal/wire"
)

const (
	created  = wire.EventNodeCreated
	deleted  = wire.EventNodeDeleted
	changed  = wire.EventNodeDataChanged
	children = wire.EventNodeChildrenChanged
)

// Which of the one-shot watches on /a and /a/b a change fires, and in which order.
func TestOneShotWatches(t *testing.T) {
	all := []wire.Op{wire.OpExists, wire.OpGetData, wire.OpGetChildren}
	tests := []struct {
		name   string
		exists []string // before, below each other
		watch  map[string][]wire.Op
		do     func(c *client)
		want   []event // zxid filled in by the test
	}{
		{
			"create", []string{"/a"}, map[string][]wire.Op{"/a": all, "/a/b": all},
			func(c *client) { c.create("/a/b", 0) },
			[]event{{typ: created, path: "/a/b"}, {typ: children, path: "/a"}},
		},
		{
			"create at the root", nil, map[string][]wire.Op{"/": all, "/a": {wire.OpExists}},
			func(c *client) { c.create("/a", 0) },
			[]event{{typ: created, path: "/a"}, {typ: children, path: "/"}},
		},
		{
			"delete, told once", []string{"/a", "/a/b"}, map[string][]wire.Op{"/a": all, "/a/b": all},
			func(c *client) { c.delete("/a/b") },
			[]event{{typ: deleted, path: "/a/b"}, {typ: children, path: "/a"}},
		},
		{
			"delete, by the child watch", []string{"/a", "/a/b"}, map[string][]wire.Op{"/a/b": {wire.OpGetChildren}},
			func(c *client) { c.delete("/a/b") },
			[]event{{typ: deleted, path: "/a/b"}},
		},
		{
			"setData", []string{"/a", "/a/b"}, map[string][]wire.Op{"/a": all, "/a/b": all},
			func(c *client) { c.set("/a/b", "") },
			[]event{{typ: changed, path: "/a/b"}},
		},
		{
			"setACL", []string{"/a"}, map[string][]wire.Op{"/a": all},
			func(c *client) {
				c.do(wire.OpSetACL, &wire.SetACLRequest{Path: "/a", ACL: wire.OpenACL(), Version: -1}, &wire.Stat{})
			},
			nil,
		},
		{
			"a missing znode can be watched for its creation only", nil,
			map[string][]wire.Op{"/a": {wire.OpGetData, wire.OpGetChildren}},
			func(c *client) { c.create("/a", 0) },
			nil,
		},
		{
			"a multi", []string{"/a"}, map[string][]wire.Op{"/a": {wire.OpGetData, wire.OpGetChildren}, "/a/b": {wire.OpExists}},
			func(c *client) {
				c.do(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
					{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/a", Version: -1}},
					{Op: wire.OpCreate, Request: creation("/a/b", "", 0)},
					{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/a/b", Version: -1}},
				}}, &wire.MultiResponse{})
			},
			[]event{{typ: changed, path: "/a"}, {typ: created, path: "/a/b"}, {typ: children, path: "/a"}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t, Config{})
			own, other := connect(t, s), connect(t, s)
			for _, path := range test.exists {
				own.create(path, 0)
			}
			for path, ops := range test.watch {
				for _, op := range ops {
					own.watch(op, path)
					other.watch(op, path)
				}
			}
			test.do(own)
			for i := range test.want {
				test.want[i].zxid = own.zxid
			}
			// The writer has its events even before the reply to its write.
			if got := fmt.Sprint(own.events); got != fmt.Sprint(test.want) {
				t.Errorf("before the reply: %v, want %v", got, test.want)
			}
			own.saw(test.want...)
			other.saw(test.want...)
		})
	}
}

func TestOneShotWatchesFireOnce(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.create("/a", 0)
	c.watch(wire.OpGetData, "/a")
	c.watch(wire.OpExists, "/a")
	c.set("/a", "1")
	c.saw(event{changed, "/a", c.zxid})
	c.set("/a", "2")
	c.saw()
}

func TestPersistentWatches(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	watch := func(path string, mode int32) {
		w.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: path, Mode: mode}, &wire.ErrorResponse{})
	}
	watch("/p", wire.WatchPersistent)
	watch("/r", wire.WatchPersistentRecursive)
	var want []event
	did := func(events ...event) {
		for _, e := range events {
			e.zxid = c.zxid
			want = append(want, e)
		}
	}
	for range 2 {
		c.create("/p", 0)
		did(event{typ: created, path: "/p"})
		c.create("/p/x", 0)
		did(event{typ: children, path: "/p"})
		c.set("/p", "")
		did(event{typ: changed, path: "/p"})
		c.delete("/p/x")
		did(event{typ: children, path: "/p"})
		c.delete("/p")
		did(event{typ: deleted, path: "/p"})

		c.create("/r", 0)
		did(event{typ: created, path: "/r"})
		c.create("/r/x", 0)
		did(event{typ: created, path: "/r/x"})
		c.create("/r/x/y", 0)
		did(event{typ: created, path: "/r/x/y"})
		c.set("/r/x/y", "")
		did(event{typ: changed, path: "/r/x/y"})
		c.delete("/r/x/y")
		did(event{typ: deleted, path: "/r/x/y"})
		c.delete("/r/x")
		did(event{typ: deleted, path: "/r/x"})
		c.delete("/r")
		did(event{typ: deleted, path: "/r"})
	}
	c.create("/rest", 0)
	w.saw(want...)
}

// All kinds of watches may stand on one path; each ends by itself, and an event is
// told once.
func TestWatchesCoexist(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.create("/a", 0)
	add := func(mode int32) {
		c.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/a", Mode: mode}, &wire.ErrorResponse{})
	}
	check := func(typ int32) bool {
		err := c.try(wire.OpCheckWatches, &wire.WatcherRequest{Path: "/a", Type: typ}, &wire.Empty{})
		if err != nil && !errors.Is(err, &wire.Error{Code: wire.NoWatcher}) {
			t.Fatal(err)
		}
		return err == nil
	}
	remove := func(typ int32) {
		t.Helper()
		c.do(wire.OpRemoveWatches, &wire.WatcherRequest{Path: "/a", Type: typ}, &wire.Empty{})
	}
	standing := func(want ...int32) {
		t.Helper()
		var got []int32
		for typ := wire.WatcherChildren; typ <= wire.WatcherPersistentRecursive; typ++ {
			if check(typ) {
				got = append(got, typ)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("standing: %v, want %v", got, want)
		}
	}
	standing()
	c.watch(wire.OpGetData, "/a")
	c.watch(wire.OpGetChildren, "/a")
	add(wire.WatchPersistent)
	add(wire.WatchPersistentRecursive)
	standing(1, 2, 3, 4, 5)
	c.set("/a", "")
	c.saw(event{changed, "/a", c.zxid})
	standing(1, 3, 4, 5)
	c.create("/a/b", 0)
	c.saw(event{created, "/a/b", c.zxid}, event{children, "/a", c.zxid})
	standing(3, 4, 5)
	remove(wire.WatcherPersistentRecursive)
	standing(3, 4)
	c.create("/a/c", 0)
	c.saw(event{children, "/a", c.zxid})
	c.refused(wire.NoWatcher, wire.OpRemoveWatches, &wire.WatcherRequest{Path: "/a", Type: wire.WatcherData})
	remove(wire.WatcherAny)
	standing()
	c.set("/a", "")
	c.saw()
}

func TestSetWatches(t *testing.T) {
	for _, op := range []wire.Op{wire.OpSetWatches, wire.OpSetWatches2} {
		t.Run(op.String(), func(t *testing.T) {
			s := startServer(t, Config{})
			c, w := connect(t, s), connect(t, s)
			for _, path := range []string{"/same", "/set", "/grown", "/gone"} {
				c.create(path, 0)
			}
			seen := c.zxid
			w.nc.Close()
			c.set("/set", "1")
			c.create("/grown/x", 0)
			c.delete("/gone")
			c.create("/new", 0)

			w = w.again(s)
			paths := []string{"/same", "/set", "/grown", "/gone"}
			old := wire.SetWatches{
				RelativeZxid: seen, Data: paths, Exist: []string{"/new", "/missing"}, Child: paths,
			}
			var request wire.Record = &old
			if op == wire.OpSetWatches2 {
				request = &wire.SetWatches2{SetWatches: old, Persistent: []string{"/p"}, PersistentRecursive: []string{"/r"}}
			}
			if err := w.tryXid(wire.XidSetWatches, op, request, &wire.Empty{}); err != nil {
				t.Fatal(err)
			}
			w.saw(
				event{changed, "/set", -1}, event{deleted, "/gone", -1}, // data
				event{created, "/new", -1},                                 // exist
				event{children, "/grown", -1}, event{deleted, "/gone", -1}, // child
			)
			// The others are armed again.
			c.set("/same", "")
			first := c.zxid
			c.create("/same/x", 0)
			second := c.zxid
			c.create("/missing", 0)
			third := c.zxid
			c.set("/set", "2")
			w.saw(event{changed, "/same", first}, event{children, "/same", second}, event{created, "/missing", third})
			c.create("/p", 0)
			first = c.zxid
			c.create("/p/x", 0)
			second = c.zxid
			c.create("/r", 0)
			third = c.zxid
			c.create("/r/x", 0)
			if op == wire.OpSetWatches2 {
				w.saw(event{created, "/p", first}, event{children, "/p", second},
					event{created, "/r", third}, event{created, "/r/x", c.zxid})
			}
		})
	}
}

// A null list is stumbled over; those before it are done.
func TestSetWatchesNull(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	w.refused(wire.MarshallingError, wire.OpSetWatches, &wire.SetWatches{Data: []string{}, Exist: []string{"/a"}})
	w.refused(wire.MarshallingError, wire.OpSetWatches2, &wire.SetWatches2{SetWatches: wire.SetWatches{
		Exist: []string{"/b"}, Child: []string{"/"},
	}})
	c.create("/a", 0)
	w.saw(event{created, "/a", c.zxid})
	c.create("/b", 0)
	w.saw()
}

// Who may not read a znode is not told of it, but its watch is spent.
func TestWatchesNeedRead(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	c.login("u:p")
	w.watch(wire.OpExists, "/a")
	w.watch(wire.OpGetChildren, "/")
	secret := creation("/a", "", 0)
	secret.ACL = []wire.ACL{{Perms: wire.PermAll, Scheme: "auth"}}
	c.do(wire.OpCreate, secret, &wire.PathResponse{})
	w.saw(event{children, "/", c.zxid})
	c.delete("/a")
	c.create("/a", 0)
	w.saw()
}

func TestWatchesEndWithTheConnection(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	w.watch(wire.OpExists, "/a")
	w.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/a", Mode: wire.WatchPersistentRecursive}, &wire.ErrorResponse{})
	w.nc.Close()
	eventually(t, "the watches go", func() bool {
		var left int
		s.do(func() {
			left = len(s.tree.dataWatches.byPath) + len(s.tree.dataWatches.byWatcher) + s.tree.dataWatches.recursive
		})
		return left == 0
	})
	w = w.again(s)
	c.create("/a", 0)
	w.saw()
}
