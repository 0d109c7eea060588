package server

import (
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"zoosh/internal/wire"
)

func TestPasswordOf(t *testing.T) {
	// From java.util.Random.
	if got := hex.EncodeToString(passwordOf(0x1000013c09d0001)); got != "cc08f3f7f25c2b53b41af354bf472b3d" {
		t.Error(got)
	}
}

func TestFirstSessionID(t *testing.T) {
	id := firstSessionID(time.UnixMilli(0x123456789ab))
	if id != 0x01_23456789ab_0000 {
		t.Errorf("%#x", id)
	}
}

func TestConnect(t *testing.T) {
	s := startServer(t, Config{TickTime: time.Second})
	tests := []struct {
		request wire.ConnectRequest
		timeout int32
	}{
		{wire.ConnectRequest{Timeout: 5000}, 5000},
		{wire.ConnectRequest{Timeout: 1}, 2000},
		{wire.ConnectRequest{Timeout: -1}, 2000},
		{wire.ConnectRequest{Timeout: 1 << 30}, 20000},
		{wire.ConnectRequest{Timeout: 5000, HasReadOnly: true}, 5000},
		{wire.ConnectRequest{Timeout: 5000, HasReadOnly: true, ReadOnly: true}, 5000},
	}
	var last int64
	for _, test := range tests {
		c := connectAs(t, s, test.request)
		r := c.conn
		if r.Timeout != test.timeout || r.ProtocolVersion != 0 || r.HasReadOnly != test.request.HasReadOnly || r.ReadOnly {
			t.Errorf("%+v: %+v", test.request, r)
		}
		if len(r.Passwd) != 16 || slices.Equal(r.Passwd, passwordOf(r.SessionID)) {
			t.Errorf("password %x", r.Passwd)
		}
		if r.SessionID>>56 != 1 || last != 0 && r.SessionID != last+1 {
			t.Errorf("session %#x after %#x", r.SessionID, last)
		}
		last = r.SessionID
		c.saw()
	}
}

func TestConnectRefused(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	wrong := slices.Clone(c.conn.Passwd)
	wrong[0]++
	for name, request := range map[string]wire.ConnectRequest{
		"unknown session": {SessionID: 42, Passwd: passwordOf(42)},
		"wrong password":  {SessionID: c.conn.SessionID, Passwd: wrong},
		"no password":     {SessionID: c.conn.SessionID, HasReadOnly: true},
	} {
		r := connectAs(t, s, request)
		if r.conn.SessionID != 0 || r.conn.Timeout != 0 || !slices.Equal(r.conn.Passwd, make([]byte, 16)) || r.conn.HasReadOnly != request.HasReadOnly {
			t.Errorf("%s: %+v", name, r.conn)
		}
		closes(t, r.nc)
	}
	c.saw() // it is not disturbed
	if c = c.again(s); c.conn.SessionID == 0 {
		t.Fatal("the session is gone, too")
	}
	c.saw()

	nc := dial(t, s)
	nc.Write(wire.AppendFrame(nil, &wire.ConnectRequest{LastZxidSeen: c.zxid + 1}))
	if said := closes(t, nc); len(said) > 0 {
		t.Errorf("to a client from the future: %q", said)
	}
}

func TestReattach(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/e", wire.FlagEphemeral)
	again := c.again(s)
	if again.conn.SessionID != c.conn.SessionID {
		t.Fatalf("%+v", again.conn)
	}
	closes(t, c.nc)
	if got := again.stat("/e").EphemeralOwner; got != c.conn.SessionID {
		t.Errorf("owner %#x", got)
	}
	// The end of the old connection is not the new one's.
	again.saw()

	again.nc.Close()
	again = again.again(s)
	if zxid := again.stat("/e").Czxid; zxid != 2 {
		t.Errorf("created at %d", zxid)
	}
	if again.saw(); again.zxid != 2 {
		t.Errorf("reattaching costs %d zxids", again.zxid-2)
	}
}

// Closing a session deletes its ephemerals, in one txn, and says so to those who
// watch; also to itself, before the reply.
func TestCloseSession(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	c.create("/p", 0)
	for _, path := range []string{"/p/a", "/p/b", "/c"} {
		c.create(path, wire.FlagEphemeral)
		w.watch(wire.OpExists, path)
	}
	w.watch(wire.OpGetChildren, "/p")
	c.watch(wire.OpExists, "/c")
	c.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
	if want := (event{deleted, "/c", c.zxid}); !slices.Equal(c.events, []event{want}) {
		t.Errorf("to itself: %v", c.events)
	}
	closes(t, c.nc)
	// In the order of Java's sets.
	w.saw(event{deleted, "/p/b", c.zxid}, event{children, "/p", c.zxid}, event{deleted, "/p/a", c.zxid}, event{deleted, "/c", c.zxid})
	if got := w.stat("/p"); got.Cversion != 4 || got.Pzxid != c.zxid {
		t.Errorf("/p: %+v", got)
	}
	if r := c.again(s); r.conn.SessionID != 0 {
		t.Error("a closed session has come back")
	}
}

func TestExpireSession(t *testing.T) {
	s := startServer(t, Config{})
	c, w := connect(t, s), connect(t, s)
	c.create("/e", wire.FlagEphemeral)
	c.watch(wire.OpExists, "/e")
	w.watch(wire.OpExists, "/e")
	if !s.ExpireSession(c.conn.SessionID) {
		t.Error("no such session")
	}
	w.saw(event{deleted, "/e", c.zxid + 1})
	if said := closes(t, c.nc); len(said) > 0 {
		t.Errorf("said %q", said)
	}
	if r := c.again(s); r.conn.SessionID != 0 {
		t.Error("an expired session has come back")
	}
	if s.ExpireSession(c.conn.SessionID) {
		t.Error("expired twice")
	}
	// One that has no connection.
	w.nc.Close()
	if !s.ExpireSession(w.conn.SessionID) {
		t.Error("no such session")
	}
}

// deadline is when a session expires unless it is heard of.
func deadline(t testing.TB, s *Server, id int64) (at time.Time) {
	t.Helper()
	s.control(func() {
		if ses := s.sessions[id]; ses != nil {
			at = ses.deadline
		} else {
			t.Errorf("there is no session %#x", id)
		}
	})
	return at
}

// expireAt has a session expire then, if it is not heard of.
func expireAt(t testing.TB, s *Server, id int64, at time.Time) {
	t.Helper()
	s.control(func() {
		if ses := s.sessions[id]; ses != nil {
			ses.deadline = at
		} else {
			t.Errorf("there is no session %#x", id)
		}
	})
}

// keptAlive checks that something gives a session its whole timeout, and no more.
func keptAlive(t testing.TB, s *Server, c *client, by string, do func()) {
	t.Helper()
	timeout := time.Duration(c.conn.Timeout) * time.Millisecond
	before := time.Now()
	do()
	if at := deadline(t, s, c.conn.SessionID); at.Before(before.Add(timeout)) || at.After(time.Now().Add(timeout)) {
		t.Errorf("after %s it is to expire in %v", by, at.Sub(before))
	}
}

func TestExpiry(t *testing.T) {
	const tick = 50 * time.Millisecond
	s := startServer(t, Config{TickTime: tick, MaxSessionTimeout: time.Hour})
	c, lost := connect(t, s), connect(t, s)
	c.create("/p", 0)
	lost.create("/p/e", wire.FlagEphemeral)
	due := time.Now().Add(4 * tick)
	expireAt(t, s, lost.conn.SessionID, due)
	eventually(t, "the session expires", func() bool { return !c.exists("/p/e") })
	if early := time.Until(due); early > 0 {
		t.Errorf("it expires %v too early", early)
	}
	closes(t, lost.nc)
}

// A session that is heard of lives on, connected again or not.
func TestPingKeepsAlive(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	keptAlive(t, s, c, "a ping", func() { c.saw() })
	keptAlive(t, s, c, "a request", func() { c.exists("/") })
	keptAlive(t, s, c, "coming back", func() { c = c.again(s) })
	keptAlive(t, s, c, "a ping there", func() { c.saw() })
	at := deadline(t, s, c.conn.SessionID)
	s.do(func() { s.expireOverdue(at) })
	c.saw()
	at = deadline(t, s, c.conn.SessionID)
	s.do(func() { s.expireOverdue(at.Add(1)) })
	closes(t, c.nc)
}

// What is about the connection alone does not keep its session.
func TestOnlyRequestsKeepAlive(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	for op, body := range map[wire.Op]wire.Record{
		wire.OpAuth: &wire.AuthPacket{Scheme: "digest", Auth: []byte("u:p")},
		wire.OpSASL: &wire.SASLToken{Token: []byte{}},
	} {
		lost := connect(t, s)
		lost.create("/e", wire.FlagEphemeral)
		at := deadline(t, s, lost.conn.SessionID)
		lost.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: wire.XidAuth, Op: op}, body))
		if _, _, err := lost.read(); err != nil {
			t.Fatal(err)
		}
		if now := deadline(t, s, lost.conn.SessionID); !now.Equal(at) {
			t.Errorf("%v moves the end of a session by %v", op, now.Sub(at))
		}
		s.ExpireSession(lost.conn.SessionID)
	}
	c.saw()
}

// A session that is created once more has the new timeout until it is heard of.
func TestCreateSessionAgain(t *testing.T) {
	s := startServer(t, Config{TickTime: 50 * time.Millisecond, MaxSessionTimeout: time.Hour})
	lost, c := connectAs(t, s, wire.ConnectRequest{Timeout: 3600_000}), connect(t, s)
	lost.create("/e", wire.FlagEphemeral)
	lost.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 2, Op: wire.OpCreateSession}, &wire.CreateSessionRequest{Timeout: 1}))
	eventually(t, "it expires", func() bool { return !c.exists("/e") })
}
