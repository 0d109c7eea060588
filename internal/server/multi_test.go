package server

import (
	"fmt"
	"slices"
	"testing"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

func TestMulti(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	before := c.zxid
	var r wire.MultiResponse
	c.do(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: creation("/m", "", 0)},
		{Op: wire.OpCreate, Request: creation("/m/s", "", wire.FlagSequential)},
		{Op: wire.OpCreate2, Request: creation("/m/s", "", wire.FlagEphemeralSequential)},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/m", Version: 0}},
		{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: "/m", Version: 0}},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/m", Version: 1}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/m/s0000000000", Version: -1}},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/a", Version: -1}},
		{Op: wire.OpCreate, Request: creation("/a", "", 0)},
		{Op: wire.OpCreateContainer, Request: creation("/c", "", wire.FlagContainer)},
		{Op: wire.OpCreateTTL, Request: &wire.CreateTTLRequest{CreateRequest: *creation("/t", "", wire.FlagTTL), TTL: 9}},
	}}, &r)
	if c.zxid != before+1 {
		t.Errorf("a multi costs %d zxids", c.zxid-before)
	}
	var got []string
	for _, res := range r.Results {
		text := res.Op.String()
		switch reply := res.Reply.(type) {
		case *wire.PathResponse:
			text += " " + reply.Path
		case *wire.Create2Response:
			text += fmt.Sprintf(" %s %d", reply.Path, reply.Stat.Czxid-before)
		case *wire.Stat:
			text += fmt.Sprintf(" %d", reply.Version)
		}
		got = append(got, text)
	}
	want := []string{
		"create /m", "create /m/s0000000000", "create2 /m/s0000000001 1", "check", "setData 1",
		"check", "delete", "delete", "create /a", "create2 /c 1", "create2 /t 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("results\n%q, want\n%q", got, want)
	}
	if m := c.stat("/m"); m.Czxid != m.Mzxid || m.Czxid != m.Pzxid || m.Cversion != 3 || m.NumChildren != 1 {
		t.Errorf("/m: %+v", m)
	}
}

func TestMultiRefused(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.create("/a", 0)
	c.watch(wire.OpExists, "/x")
	before := c.zxid
	var r wire.MultiResponse
	c.do(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: creation("/x", "", 0)},
		{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/a", Version: -1}},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/a", Version: -1}},
		{Op: wire.OpCreate, Request: creation("/y", "", 0)},
		{Op: wire.OpCreate, Request: creation("/z", "", 0)},
	}}, &r)
	want := []wire.Code{wire.OK, wire.OK, wire.NoNode, wire.RuntimeInconsistency, wire.RuntimeInconsistency}
	var got []wire.Code
	for _, res := range r.Results {
		if res.Op != wire.OpError {
			t.Errorf("result of %v", res.Op)
		}
		got = append(got, res.Err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if c.zxid != before+1 {
		t.Errorf("a refused multi costs %d zxids", c.zxid-before)
	}
	if c.exists("/x") || !c.exists("/a") {
		t.Error("a refused multi has changed something")
	}
	c.saw()
}

func TestMultiMalformed(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	tests := map[string]wire.Record{
		"no body":   &wire.Empty{},
		"a read":    &wire.MultiRequest{Ops: []wire.MultiOp{{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/"}}}},
		"internal":  &wire.MultiRequest{Ops: []wire.MultiOp{{Op: wire.OpDeleteContainer, Request: &wire.PathVersionRequest{Path: "/"}}}},
		"bad flags": &wire.MultiRequest{Ops: []wire.MultiOp{{Op: wire.OpCreate, Request: creation("/x", "", 9)}}},
	}
	for name, request := range tests {
		before := c.zxid
		if c.refused(wire.MarshallingError, wire.OpMulti, request); before != 0 && c.zxid != before+1 {
			t.Errorf("%s: %d zxids", name, c.zxid-before)
		}
	}
	var r wire.MultiResponse
	if c.do(wire.OpMulti, &wire.MultiRequest{}, &r); len(r.Results) != 0 {
		t.Errorf("an empty multi: %+v", r)
	}
}

func TestMultiRead(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.do(wire.OpCreate, creation("/a", "data", 0), &wire.PathResponse{})
	var r wire.MultiResponse
	c.do(wire.OpMultiRead, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/a", Watch: true}},
		{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/x"}},
		{Op: wire.OpGetChildren, Request: &wire.PathWatchRequest{Path: "/"}},
	}}, &r)
	if len(r.Results) != 3 {
		t.Fatalf("%+v", r)
	}
	if d, ok := r.Results[0].Reply.(*wire.GetDataResponse); !ok || string(d.Data) != "data" {
		t.Errorf("data: %+v", r.Results[0])
	}
	if r.Results[1].Op != wire.OpError || r.Results[1].Err != wire.NoNode {
		t.Errorf("error: %+v", r.Results[1])
	}
	if l, ok := r.Results[2].Reply.(*wire.GetChildrenResponse); !ok || !slices.Equal(l.Children, []string{"a", "zookeeper"}) && !slices.Equal(l.Children, []string{"zookeeper", "a"}) {
		t.Errorf("children: %+v", r.Results[2].Reply)
	}
	c.set("/a", "")
	c.saw()
	// One request cannot ask for gigabytes.
	big := wire.MultiOp{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/big"}}
	c.do(wire.OpCreate, creation("/big", string(make([]byte, 1_000_000)), 0), &wire.PathResponse{})
	c.refused(wire.MarshallingError, wire.OpMultiRead, &wire.MultiRequest{Ops: slices.Repeat([]wire.MultiOp{big}, 20_000)})
	c.refused(wire.MarshallingError, wire.OpMultiRead, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/a"}},
		{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/a"}},
	}})
}

// The log of a multi can be read by ZooKeeper 3.8, which knows no create2 there.
func TestMultiInTheLog(t *testing.T) {
	m := &multiChange{changes: []change{&createChange{kind: wire.OpCreate2, path: "/a"}, &checkChange{path: "/a"}}}
	var ops []wire.Op
	for _, sub := range m.record().(*datadir.MultiTxn).Txns {
		ops = append(ops, sub.Op)
	}
	if want := []wire.Op{wire.OpCreate, wire.OpCheck}; !slices.Equal(ops, want) {
		t.Errorf("%v, want %v", ops, want)
	}
}

// In a multi the flags of a create say what it makes, where they can.
func TestCreatesInMulti(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	ttl := func(flags int32, ttl int64) *wire.CreateTTLRequest {
		return &wire.CreateTTLRequest{CreateRequest: *creation("/a", "", flags), TTL: ttl}
	}
	for _, test := range []struct {
		op      wire.Op
		request wire.Record
		whole   wire.Code // of the multi
		part    wire.Code
		reply   wire.Op
	}{
		{wire.OpCreate, creation("/a", "", wire.FlagPersistent), 0, 0, wire.OpCreate},
		{wire.OpCreate2, creation("/a", "", wire.FlagPersistent), 0, 0, wire.OpCreate2},
		{wire.OpCreate, creation("/a", "", wire.FlagContainer), 0, 0, wire.OpCreate2},
		{wire.OpCreateContainer, creation("/a", "", wire.FlagPersistent), 0, 0, wire.OpCreate2},
		{wire.OpCreate, creation("/a", "", wire.FlagTTL), wire.MarshallingError, 0, 0},
		{wire.OpCreate, creation("/a", "", 7), wire.MarshallingError, 0, 0},
		{wire.OpCreateTTL, ttl(wire.FlagTTL, 5), 0, 0, wire.OpCreate2},
		{wire.OpCreateTTL, ttl(wire.FlagTTL, 0), 0, wire.BadArguments, wire.OpError},
		{wire.OpCreateTTL, ttl(wire.FlagPersistent, 5), 0, 0, wire.OpCreate},
		{wire.OpCreateTTL, ttl(wire.FlagContainer, 5), 0, 0, wire.OpCreate2},
		{wire.OpCreateTTL, ttl(7, 5), 0, wire.BadArguments, wire.OpError},
	} {
		var r wire.MultiResponse
		request := &wire.MultiRequest{Ops: []wire.MultiOp{{Op: test.op, Request: test.request}}}
		if err := c.try(wire.OpMulti, request, &r); codeOf(err) != test.whole {
			t.Errorf("%v of %+v: %v", test.op, test.request, err)
		}
		if test.whole != 0 {
			continue
		}
		if got := r.Results[0]; got.Op != test.reply || got.Err != test.part {
			t.Errorf("%v of %+v: %v %v, want %v %v", test.op, test.request, got.Op, got.Err, test.reply, test.part)
		}
		if test.part == 0 {
			c.delete("/a")
		}
	}
}
