package differ

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// frameSize is how long a request's frame is, in bytes.
func frameSize(s *step) int { return 8 + len(s.bytes(0)) }

// fill makes a request so long, by what set is given.
func fill(s *step, size int, set func(b []byte)) *step {
	set([]byte{})
	set(bytes.Repeat([]byte("x"), size-frameSize(s)))
	return s
}

// largeSet sets data so that the frame has a size.
func largeSet(path string, size int) *step {
	r := &wire.SetDataRequest{Path: path, Version: -1}
	return fill(&step{op: wire.OpSetData, body: r}, size, func(b []byte) { r.Data = b })
}

func largeCreate(path string, flags int32, size int) *step {
	r := &wire.CreateRequest{Path: path, ACL: wire.OpenACL(), Flags: flags}
	return fill(&step{op: wire.OpCreate, body: r}, size, func(b []byte) { r.Data = b })
}

// longCreate creates a znode with a name so long that the frame has a size.
func longCreate(parent string, flags int32, size int) *step {
	r := &wire.CreateRequest{Data: []byte{}, ACL: wire.OpenACL(), Flags: flags}
	return fill(&step{op: wire.OpCreate, body: r}, size, func(b []byte) { r.Path = parent + string(b) })
}

// children creates some with long names, by one multi.
func children(from, n int, flags int32) *step {
	m := &wire.MultiRequest{}
	for i := range n {
		m.Ops = append(m.Ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
			Path: fmt.Sprintf("/r/%s%d", strings.Repeat("n", 900), from+i), Data: []byte{}, ACL: wire.OpenACL(), Flags: flags,
		}})
	}
	return &step{op: wire.OpMulti, body: m}
}

// many is a request of the same part n times, or, with 0, as often as the frame may
// be long.
func many(op wire.Op, part wire.MultiOp, n int) *step {
	m := &wire.MultiRequest{Ops: []wire.MultiOp{part}}
	if n == 0 {
		one := frameSize(&step{op: op, body: m})
		each := one - frameSize(&step{op: op, body: &wire.MultiRequest{}})
		n = 1 + (wire.MaxFrame-one)/each
	}
	for len(m.Ops) < n {
		m.Ops = append(m.Ops, part)
	}
	return &step{op: op, body: m}
}

func paths(n int, format string) []string {
	list := []string{}
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return list
}

func by(session int, s *step) *step {
	s.session = session
	return s
}

func reads(op wire.Op, path string, watch bool) *step {
	return &step{op: op, body: &wire.PathWatchRequest{Path: path, Watch: watch}}
}

func asksOf(op wire.Op, path string) *step { return &step{op: op, body: &wire.PathRequest{Path: path}} }

func again() *step {
	return &step{action: reconnect, connect: wire.ConnectRequest{Timeout: 60000, HasReadOnly: true}}
}

func check(path string) wire.MultiOp {
	return wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: path, Version: -1}}
}

func set(data string) wire.MultiOp {
	return wire.MultiOp{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/r", Data: []byte(data), Version: -1}}
}

func sets(r *wire.SetWatches2, since int64) *step {
	for _, l := range []*[]string{&r.Data, &r.Exist, &r.Child, &r.Persistent, &r.PersistentRecursive} {
		if *l == nil {
			*l = []string{}
		}
	}
	return &step{op: wire.OpSetWatches2, body: r, since: since}
}

const limit = wire.MaxFrame

// multiOfSize is a multi with a frame of that size.
func multiOfSize(size int) *step {
	r := &wire.SetDataRequest{Path: "/r", Version: -1}
	s := &step{op: wire.OpMulti, body: &wire.MultiRequest{Ops: []wire.MultiOp{check("/r"), {Op: wire.OpSetData, Request: r}}}}
	return fill(s, size, func(b []byte) { r.Data = b })
}

func manyACLs(n int) *step {
	r := &wire.SetACLRequest{Path: "/r", Version: -1, ACL: wire.OpenACL()}
	for i := range n {
		r.ACL = append(r.ACL, wire.ACL{Perms: 1, Scheme: "digest", ID: fmt.Sprintf("u%d:p", i)})
	}
	return &step{op: wire.OpSetACL, body: r}
}

func longAuth(size int) *step {
	r := &wire.AuthPacket{Scheme: "digest"}
	return fill(&step{op: wire.OpAuth, body: r}, size, func(b []byte) { r.Auth = append(b, ":p"...)[:len(b)] })
}

// large are runs with what is as long as may be, or longer. Session 1 is there, too,
// and /r.
var large = []struct {
	name  string
	steps []*step
}{
	{"data", []*step{
		by(1, reads(wire.OpGetData, "/r", true)),
		largeSet("/r", limit-1), largeSet("/r", limit), reads(wire.OpGetData, "/r", false),
		largeSet("/r", limit+1), again(), reads(wire.OpExists, "/r", false), by(1, reads(wire.OpGetData, "/r", true)),
		largeCreate("/r/a", 0, limit), largeCreate("/r/b", wire.FlagEphemeralSequential, limit),
		largeCreate("/r/c", 0, limit+1), again(), reads(wire.OpGetChildren2, "/r", false), by(1, reads(wire.OpGetData, "/r/a", false)),
	}},
	{"a long path", []*step{
		by(1, &step{op: wire.OpAddWatch, body: &wire.AddWatchRequest{Path: "/r", Mode: wire.WatchPersistentRecursive}}),
		longCreate("/r/", 0, limit-1), longCreate("/r/", wire.FlagEphemeralSequential, limit),
		longCreate("/r/", 0, limit+1), again(), reads(wire.OpGetChildren, "/r", false),
		asksOf(wire.OpGetEphemerals, "/"), asksOf(wire.OpGetAllChildrenNumber, "/r"),
		reads(wire.OpExists, longCreate("/r/", 0, limit-20).body.(*wire.CreateRequest).Path, true),
		reads(wire.OpGetData, longCreate("/r/", 0, limit-1).body.(*wire.CreateRequest).Path, false),
	}},
	{"long lists of children", []*step{
		by(1, reads(wire.OpGetChildren, "/r", true)),
		children(0, 1000, 0), reads(wire.OpGetChildren, "/r", false),
		children(1000, 1000, wire.FlagEphemeral), reads(wire.OpGetChildren, "/r", false), reads(wire.OpGetChildren2, "/r", true),
		asksOf(wire.OpGetEphemerals, "/r"), asksOf(wire.OpGetAllChildrenNumber, "/"),
		by(1, &step{op: wire.OpAddWatch, body: &wire.AddWatchRequest{Path: "/r", Mode: wire.WatchPersistentRecursive}}),
		{op: wire.OpCloseSession, body: &wire.Empty{}}, by(1, reads(wire.OpGetChildren2, "/r", false)),
	}},
	{"multis", []*step{
		multiOfSize(limit - 1), multiOfSize(limit), reads(wire.OpGetData, "/r", false), multiOfSize(limit + 1), again(),
		reads(wire.OpExists, "/r", false), many(wire.OpMulti, check("/r"), 0), many(wire.OpMulti, check("/x"), 0),
		many(wire.OpMulti, set("y"), 5000), many(wire.OpMulti, set("y"), 0), reads(wire.OpExists, "/r", false),
	}},
	{"multiReads", []*step{
		largeSet("/r", limit/2), many(wire.OpMultiRead, wire.MultiOp{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/r"}}, 3),
		many(wire.OpMultiRead, wire.MultiOp{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/r"}}, 30),
		many(wire.OpMultiRead, wire.MultiOp{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/x"}}, 0),
		many(wire.OpMultiRead, wire.MultiOp{Op: wire.OpGetChildren, Request: &wire.PathWatchRequest{Path: "/"}}, 0),
	}},
	{"setWatches", []*step{
		sets(&wire.SetWatches2{SetWatches: wire.SetWatches{Data: paths(60000, "/r/no%d")}}, 0),
		sets(&wire.SetWatches2{SetWatches: wire.SetWatches{Exist: paths(60000, "/r/no%d")}}, 0),
		by(1, sets(&wire.SetWatches2{SetWatches: wire.SetWatches{Child: slices.Repeat([]string{"/"}, 200000)}}, -1)),
		by(1, sets(&wire.SetWatches2{SetWatches: wire.SetWatches{Child: slices.Repeat([]string{"/"}, 200000)}}, 10)),
		by(1, sets(&wire.SetWatches2{Persistent: paths(30000, "/r/%d"), PersistentRecursive: paths(30000, "/r/no%d")}, 10)),
		children(0, 10, 0),
		{op: wire.OpCreate, body: &wire.CreateRequest{Path: "/r/no77", Data: []byte{}, ACL: wire.OpenACL()}},
		{op: wire.OpCreate, body: &wire.CreateRequest{Path: "/r/no77/x", Data: []byte{}, ACL: wire.OpenACL()}},
		sets(&wire.SetWatches2{SetWatches: wire.SetWatches{Data: paths(60000, "/r/no%d")}}, 0),
		by(1, sets(&wire.SetWatches2{}, 0)),
	}},
	{"ACLs and identities", []*step{
		manyACLs(3000), asksOf(wire.OpGetACL, "/r"),
		longAuth(limit), {op: wire.OpWhoAmI, body: &wire.Empty{}}, longAuth(limit + 1),
	}},
	{"long sync", []*step{asksOf(wire.OpSync, "/"+strings.Repeat("s", limit-13)), asksOf(wire.OpSync, "/"+strings.Repeat("s", limit-12))}},
}

// TestLarge plays those runs.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("it sends many megabytes")
	}
	b := newBench(t, slowTick)
	for _, test := range large {
		t.Run(test.name, func(t *testing.T) {
			var run []*step
			for i := range 2 {
				run = append(run, by(i, &step{action: open, connect: wire.ConnectRequest{Timeout: 60000, Passwd: make([]byte, 16), HasReadOnly: true}}))
			}
			run = append(run, &step{op: wire.OpCreate, body: &wire.CreateRequest{Path: "/r", Data: []byte{}, ACL: wire.OpenACL()}})
			run = append(run, test.steps...)
			for i := range 2 {
				run = append(run, by(i, &step{op: wire.OpPing, body: &wire.Empty{}}))
			}
			if transcript := b.play(run); transcript != nil {
				t.Errorf("%s", printed(transcript))
				b.restart()
			}
		})
	}
}
