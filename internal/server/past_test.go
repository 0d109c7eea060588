package server

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// startPast serves what a data directory was at a zxid.
func startPast(t testing.TB, dir string, zxid int64) *Server {
	t.Helper()
	p, err := datadir.OpenPast(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return startServer(t, Config{SuperDigest: DigestOf("super:x"), Past: func(load func(*datadir.SnapshotReader) error, apply func(*datadir.Txn) error) error {
		_, err := p.Restore(zxid, load, apply)
		return err
	}})
}

// connectReading opens a session that is content with reading.
func connectReading(t testing.TB, s *Server) *client {
	t.Helper()
	return connectAs(t, s, wire.ConnectRequest{Timeout: 30000, ReadOnly: true, HasReadOnly: true})
}

// TestPastIsEveryState looks at the states that a server had while it worked and took
// snapshots, each restored from its directory.
func TestPastIsEveryState(t *testing.T) {
	s, dir, seed := startSnapping(t)
	var mu sync.Mutex
	states := map[int64][]string{}
	var wg sync.WaitGroup
	for i := range 3 {
		c := connect(t, s)
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		wg.Go(func() {
			for range 150 {
				churn(c, r, 1)
				state := dump(t, s)
				mu.Lock()
				states[c.zxidOf(state)] = state
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	s.Close()
	for _, name := range snapshotsIn(t, dir) {
		// What a snapshot may have too early is what came while it was written.
		for at := zxidOf(t, name); at < zxidOf(t, name)+20; at++ {
			if want, known := states[at]; known {
				checkPast(t, dir, at, want)
			}
		}
	}
}

// checkPast compares what is restored at a zxid with what was there.
func checkPast(t *testing.T, dir string, zxid int64, want []string) {
	t.Helper()
	past := startPast(t, dir, zxid)
	defer past.Close()
	got := dump(t, past)
	for _, ses := range past.PastSessions() {
		got = append(got, fmt.Sprintf("session %#x %v", ses.ID, ses.Timeout))
	}
	slices.Sort(got)
	sameDump(t, got, want)
	if t.Failed() {
		t.Fatalf("at %#x", zxid)
	}
}

// zxidOf is the zxid in a dump.
func (c *client) zxidOf(dump []string) (zxid int64) {
	for _, line := range dump {
		if text, ok := strings.CutPrefix(line, "zxid "); ok {
			if _, err := fmt.Sscanf(text, "%v", &zxid); err != nil {
				c.t.Error(err)
			}
		}
	}
	return zxid
}

// TestPastIsReadOnly: what a ZooKeeper in read-only mode does.
func TestPastIsReadOnly(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, Config{DataDir: dir})
	owner := connect(t, s)
	everyKind(t, owner)
	want := dump(t, s)
	past := startPast(t, dir, datadir.Latest)

	// A client that wants to write is not taken.
	nc := dial(t, past)
	if _, err := nc.Write(wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 30000, HasReadOnly: true})); err != nil {
		t.Fatal(err)
	}
	if said := closes(t, nc); len(said) > 0 {
		t.Errorf("a client that wants to write is told %q", said)
	}
	// Nor is one that has a session of the past.
	gone := connectAs(t, past, wire.ConnectRequest{Timeout: 30000, ReadOnly: true, HasReadOnly: true,
		SessionID: owner.conn.SessionID, Passwd: owner.conn.Passwd})
	if gone.conn.SessionID != 0 {
		t.Errorf("session %#x lives again", gone.conn.SessionID)
	}

	c := connectReading(t, past)
	if !c.conn.ReadOnly {
		t.Error("the answer does not say that it only reads")
	}
	refusals := map[wire.Op]wire.Record{
		wire.OpCreate: creation("/x", "", 0), wire.OpCreate2: creation("/x", "", 0),
		wire.OpCreateContainer: creation("/x", "", wire.FlagContainer),
		wire.OpCreateTTL:       &wire.CreateTTLRequest{CreateRequest: *creation("/x", "", wire.FlagTTL), TTL: 5},
		wire.OpDelete:          &wire.PathVersionRequest{Path: "/plain", Version: -1},
		wire.OpSetData:         &wire.SetDataRequest{Path: "/plain", Version: -1},
		wire.OpSetACL:          &wire.SetACLRequest{Path: "/plain", ACL: wire.OpenACL(), Version: -1},
		wire.OpMulti:           &wire.MultiRequest{Ops: []wire.MultiOp{{Op: wire.OpCreate, Request: creation("/x", "", 0)}}},
		wire.OpReconfig:        &wire.ReconfigRequest{},
		wire.OpSync:            &wire.PathRequest{Path: "/"},
	}
	for op, request := range refusals {
		c.refused(wire.NotReadOnly, op, request)
	}
	if !c.exists("/own") || c.stat("/own").EphemeralOwner != owner.conn.SessionID {
		t.Error("the ephemeral znode of a session that is over is not there")
	}
	if got := past.PastSessions(); len(got) != 1 || got[0].ID != owner.conn.SessionID || got[0].Timeout != 30*time.Second {
		t.Errorf("sessions %+v", got)
	}

	// The clock does nothing, and sessions come and go without a trace.
	past.cleanUp(past.do)
	c.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
	c = connectReading(t, past)
	past.ExpireSession(c.conn.SessionID)
	got := dump(t, past)
	got = append(got, fmt.Sprintf("session %#x %v", owner.conn.SessionID, 30*time.Second))
	slices.Sort(got)
	sameDump(t, got, want)

	for word, want := range map[string]string{"isro": "ro", "srvr": "Mode: read-only\n", "mntr": "zk_server_state\tread-only\n"} {
		if said := ask(t, past, word); !strings.Contains(said, want) {
			t.Errorf("%s: %q", word, said)
		}
	}
}

// TestPastTakeover: a session that looks into files is not another's, either.
func TestPastTakeover(t *testing.T) {
	dir := t.TempDir()
	everyKind(t, connect(t, startServer(t, Config{DataDir: dir})))
	past := startPast(t, dir, datadir.Latest)
	c := connectReading(t, past)
	id := c.conn.SessionID
	thief := connectAs(t, past, wire.ConnectRequest{SessionID: id, Passwd: passwordOf(id), HasReadOnly: true, ReadOnly: true})
	if thief.conn.SessionID != 0 {
		t.Error("it is taken over")
	}
	if err := c.try(wire.OpExists, &wire.PathWatchRequest{Path: "/"}, &wire.Stat{}); err != nil {
		t.Errorf("to its owner: %v", err)
	}
}

// TestPastSuper: who has the files may read all that is in them, others may not.
func TestPastSuper(t *testing.T) {
	dir := t.TempDir()
	everyKind(t, connect(t, startServer(t, Config{DataDir: dir})))
	past := startPast(t, dir, datadir.Latest)
	get := func(c *client) error {
		return c.try(wire.OpGetData, &wire.PathWatchRequest{Path: "/private"}, &wire.GetDataResponse{})
	}
	c := connectReading(t, past)
	if err := get(c); !errors.Is(err, &wire.Error{Code: wire.NoAuth}) {
		t.Errorf("without: %v", err)
	}
	c.login("super:y")
	if err := get(c); !errors.Is(err, &wire.Error{Code: wire.NoAuth}) {
		t.Errorf("with another password: %v", err)
	}
	c.login("super:x")
	if err := get(c); err != nil {
		t.Errorf("with: %v", err)
	}
}
