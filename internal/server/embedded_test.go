package server

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/wire"
)

func startEmbedded(t testing.TB, cfg Config) *Embedded {
	t.Helper()
	e, err := StartEmbedded(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// must is for controls that are to work.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// silence checks that nothing arrives for a while.
func silence(t testing.TB, nc net.Conn) {
	t.Helper()
	nc.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	var b [1]byte
	if n, err := nc.Read(b[:]); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("heard %d bytes, %v", n, err)
	}
	nc.SetDeadline(time.Now().Add(patience))
}

func ping() []byte {
	return wire.AppendFrame(nil, &wire.RequestHeader{Xid: wire.XidPing, Op: wire.OpPing})
}

func (e *Embedded) session(t testing.TB, id int64) control.Session {
	t.Helper()
	for _, s := range e.Status().Sessions {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no session %#x", id)
	return control.Session{}
}

func TestDropConnection(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	c.create("/e", wire.FlagEphemeral)
	must(t, e.Drop(c.conn.SessionID))
	closes(t, c.nc)
	if err := e.Drop(c.conn.SessionID); err == nil {
		t.Error("dropped a connection that is not there")
	}
	again := c.again(e.running)
	if got := again.stat("/e").EphemeralOwner; got != c.conn.SessionID {
		t.Errorf("owner %#x", got)
	}
	if err := e.Drop(42); err == nil {
		t.Error("dropped the connection of no session")
	}
}

// While a line is cut nothing arrives either way, and then all of it, in order.
func TestCutAndHeal(t *testing.T) {
	e := startEmbedded(t, Config{})
	c, other := connect(t, e.running), connect(t, e.running)
	c.watch(wire.OpExists, "/a")
	id := c.conn.SessionID
	must(t, e.Cut(id))
	if !e.session(t, id).Cut {
		t.Error("the status does not tell")
	}
	for _, path := range []string{"/b", "/c"} {
		c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 7, Op: wire.OpCreate}, creation(path, "", 0)))
	}
	other.create("/a", 0)
	silence(t, c.nc)
	if other.exists("/b") {
		t.Error("a request has come through")
	}
	must(t, e.Heal(id))
	h, _, err := c.read()
	if err != nil || h.Xid != 7 || len(c.events) != 1 || c.events[0].path != "/a" {
		t.Fatalf("%+v, %v, events %v", h, err, c.events)
	}
	if h, _, err = c.read(); err != nil || h.Xid != 7 {
		t.Fatalf("%+v, %v", h, err)
	}
	if b, cc := other.stat("/b"), other.stat("/c"); b.Czxid >= cc.Czxid {
		t.Errorf("/b %#x, /c %#x", b.Czxid, cc.Czxid)
	}
	if err := e.Heal(id); err == nil {
		t.Error("healed what was not cut")
	}
}

// A session that is cut off expires; its client hears of it once the line is
// healed, on the connection that it has tried to come back by.
func TestCutExpires(t *testing.T) {
	e := startEmbedded(t, Config{TickTime: 100 * time.Millisecond, MaxSessionTimeout: time.Hour})
	w, c := connect(t, e.running), connect(t, e.running)
	c.create("/e", wire.FlagEphemeral)
	w.watch(wire.OpExists, "/e")
	must(t, e.Cut(c.conn.SessionID))
	expireAt(t, e.running, c.conn.SessionID, time.Now())
	eventually(t, "the session expires", func() bool {
		w.write(ping()) // it lives
		if h, _, err := w.read(); err != nil || h.Xid != wire.XidPing {
			t.Fatal(h, err)
		}
		return len(w.events) > 0
	})
	silence(t, c.nc) // it is not told either that its connection is closed
	if !e.session(t, c.conn.SessionID).Over {
		t.Error("it is not over")
	}

	late := dial(t, e.running) // a client that has given up again
	late.Write(reconnection(c))
	late.Close()
	nc := dial(t, e.running)
	nc.Write(reconnection(c))
	silence(t, nc)
	must(t, e.Heal(c.conn.SessionID))
	again := &client{t: t, nc: nc}
	if err := again.readRecord(&again.conn); err != nil || again.conn.SessionID != 0 {
		t.Errorf("%+v, %v", again.conn, err)
	}
	closes(t, c.nc)
}

// A client that comes back to a line that is healed in time has its session.
func TestCutAndBack(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	must(t, e.Cut(c.conn.SessionID))
	c.nc.Close()
	nc := dial(t, e.running)
	nc.Write(reconnection(c))
	silence(t, nc)
	if n, err := e.HealAll(); n != 1 || err != nil {
		t.Errorf("healed %d, %v", n, err)
	}
	again := &client{t: t, nc: nc}
	if err := again.readRecord(&again.conn); err != nil || again.conn.SessionID != c.conn.SessionID {
		t.Fatalf("%+v, %v", again.conn, err)
	}
	again.saw()
}

// What a client says behind its connect request, as Java's does without waiting for
// the answer, is held up with it.
func TestCutAndEager(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	must(t, e.Cut(c.conn.SessionID))
	c.nc.Close()
	again := &client{t: t, nc: dial(t, e.running)}
	request := func(xid int32) []byte {
		return wire.AppendFrame(nil, &wire.RequestHeader{Xid: xid, Op: wire.OpCreate}, creation("/n-", "", wire.FlagSequential))
	}
	again.write(append(reconnection(c), request(1)...))
	silence(t, again.nc)
	again.write(request(2))
	silence(t, again.nc)
	must(t, e.Heal(c.conn.SessionID))
	again.write(request(3))
	if err := again.readRecord(&again.conn); err != nil || again.conn.SessionID != c.conn.SessionID {
		t.Fatalf("%+v, %v", again.conn, err)
	}
	for xid := int32(1); xid <= 3; xid++ {
		if h, _, err := again.read(); err != nil || h.Xid != xid || h.Err != wire.OK {
			t.Fatalf("%+v, %v, want the reply to %d", h, err, xid)
		}
	}
}

// Of a client that hangs up while its line is cut nothing is left, whatever it has
// said behind its connect request.
func TestCutAndHungUp(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	must(t, e.Cut(c.conn.SessionID))
	for range 3 {
		nc := dial(t, e.running)
		nc.Write(append(reconnection(c), ping()...))
		eventually(t, "its request is parked", func() (is bool) {
			must(t, e.on(func(s *Server) error { is = len(s.faults[c.conn.SessionID].parked) == 1; return nil }))
			return is
		})
		nc.Close()
		eventually(t, "it is forgotten", func() (is bool) {
			must(t, e.on(func(s *Server) error {
				is = len(s.faults[c.conn.SessionID].parked) == 0 && len(s.conns) == 1
				return nil
			}))
			return is
		})
	}
	must(t, e.Heal(c.conn.SessionID))
	c.saw()
}

func reconnection(c *client) []byte {
	return wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 30000, SessionID: c.conn.SessionID, Passwd: c.conn.Passwd})
}

// A delay is one each way, whatever else is on the way, and leaves others alone.
func TestDelay(t *testing.T) {
	const each = 200 * time.Millisecond
	e := startEmbedded(t, Config{})
	c, other := connect(t, e.running), connect(t, e.running)
	must(t, e.Delay(c.conn.SessionID, each))
	if got := e.session(t, c.conn.SessionID).Delay; got != each {
		t.Errorf("the status says %v", got)
	}
	start := time.Now()
	const requests = 20
	for range requests {
		c.write(ping())
	}
	other.saw()
	for range requests {
		if h, _, err := c.read(); err != nil || h.Xid != wire.XidPing {
			t.Fatal(h, err)
		}
	}
	if took := time.Since(start); took < 2*each { // and no more: TestDelayOfMany
		t.Errorf("%d requests at once took %v", requests, took)
	}
	// A new connection of the session is as slow to answer.
	start = time.Now()
	again := c.again(e.running)
	if took := time.Since(start); took < each {
		t.Errorf("connected after %v", took)
	}
	must(t, e.Delay(c.conn.SessionID, 0))
	again.saw()
	if got := e.session(t, c.conn.SessionID).Delay; got != 0 {
		t.Errorf("the status still says %v", got)
	}
}

// A paused server accepts connections and answers nothing; what waited is served
// afterwards.
func TestPause(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	must(t, e.Pause())
	if e.Condition() != control.Paused || e.Status().Condition != control.Paused {
		t.Errorf("it is %v", e.Condition())
	}
	c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpCreate}, creation("/a", "", 0)))
	word := dial(t, e.running)
	word.Write([]byte("ruok"))
	silence(t, c.nc)
	silence(t, word)
	for what, err := range map[string]error{
		"expire": e.Expire(c.conn.SessionID), "drop": e.Drop(c.conn.SessionID), "pause": e.Pause(),
	} {
		if err == nil {
			t.Errorf("%s works on a paused server", what)
		}
	}
	must(t, e.Resume())
	if h, _, err := c.read(); err != nil || h.Xid != 1 || h.Err != wire.OK {
		t.Errorf("%+v, %v", h, err)
	}
	if said := closes(t, word); string(said) != "imok" {
		t.Errorf("said %q", said)
	}
	if e.Resume() == nil {
		t.Error("resumed a server that runs")
	}
}

// Sessions that were due while the server stood still end when it goes on, before
// anything else happens.
func TestPauseAndExpiry(t *testing.T) {
	e := startEmbedded(t, Config{TickTime: 100 * time.Millisecond, MaxSessionTimeout: time.Hour})
	short, long := connect(t, e.running), connect(t, e.running)
	short.create("/e", wire.FlagEphemeral)
	must(t, e.Pause())
	expireAt(t, e.running, short.conn.SessionID, time.Now())
	due := time.Now().Add(300 * time.Millisecond)
	short.write(ping()) // it is not heard
	eventually(t, "time passes", func() bool { return time.Now().After(due) })
	if n := len(e.Status().Sessions); n != 2 {
		t.Errorf("%d sessions in the pause", n)
	}
	long.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 3, Op: wire.OpExists}, &wire.PathWatchRequest{Path: "/e"}))
	must(t, e.Resume())
	if h, _, err := long.read(); err != nil || h.Err != wire.NoNode {
		t.Errorf("%+v, %v", h, err)
	}
	closes(t, short.nc)
}

func TestStopAndStart(t *testing.T) {
	e := startEmbedded(t, Config{})
	addr := e.Addr()
	c := connect(t, e.running)
	c.create("/p", 0)
	c.create("/e", wire.FlagEphemeral)
	c.watch(wire.OpExists, "/p")
	must(t, e.Stop())
	closes(t, c.nc)
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("a stopped server accepts connections")
	}
	if st := e.Status(); st.Condition != control.Stopped || len(st.Sessions) != 1 || st.Zxid != 3 || st.Sessions[0].Ephemerals != 1 {
		t.Errorf("stopped: %+v", st)
	}
	for what, err := range map[string]error{
		"expire": e.Expire(c.conn.SessionID), "stop": e.Stop(), "pause": e.Pause(), "cut": e.Cut(c.conn.SessionID),
	} {
		if err == nil {
			t.Errorf("%s works on a stopped server", what)
		}
	}
	must(t, e.Start(false))
	if e.Addr() != addr || e.Start(false) == nil {
		t.Errorf("it is at %s, was at %s", e.Addr(), addr)
	}
	again := c.again(e.running)
	if got := again.stat("/e"); got.EphemeralOwner != c.conn.SessionID || got.Czxid != 3 {
		t.Errorf("%+v", got)
	}
	again.set("/p", "x")
	again.saw() // watches are the connection's
	if next := connect(t, e.running); next.conn.SessionID <= c.conn.SessionID {
		t.Errorf("session %#x after %#x", next.conn.SessionID, c.conn.SessionID)
	}

	must(t, e.Restart(true))
	if st := e.Status(); st.Zxid != 0 || len(st.Sessions) != 0 {
		t.Errorf("it was to forget: %+v", st)
	}
	if r := connectAs(t, e.running, wire.ConnectRequest{SessionID: c.conn.SessionID, Passwd: c.conn.Passwd}); r.conn.SessionID != 0 {
		t.Error("a session that was to be forgotten")
	}
}

// A session that a restarted server remembers has its whole timeout, and no more.
func TestRestartedSessionExpires(t *testing.T) {
	e := startEmbedded(t, Config{TickTime: 20 * time.Millisecond, MaxSessionTimeout: time.Hour})
	c := connect(t, e.running)
	c.create("/e", wire.FlagEphemeral)
	must(t, e.Cut(c.conn.SessionID))
	before, timeout := time.Now(), time.Duration(c.conn.Timeout)*time.Millisecond
	must(t, e.Restart(false))
	if at := deadline(t, e.running, c.conn.SessionID); at.Before(before.Add(timeout)) || at.After(time.Now().Add(timeout)) {
		t.Errorf("it is to expire in %v", at.Sub(before))
	}
	if !e.session(t, c.conn.SessionID).Cut {
		t.Error("the line is healed by a restart")
	}
	expireAt(t, e.running, c.conn.SessionID, time.Now())
	eventually(t, "the session expires", func() bool { return e.session(t, c.conn.SessionID).Over })
}

func TestStopWhilePausedAndCut(t *testing.T) {
	e := startEmbedded(t, Config{})
	c := connect(t, e.running)
	must(t, e.Cut(c.conn.SessionID))
	must(t, e.Pause())
	c.write(ping())
	must(t, e.Stop())
	closes(t, c.nc) // nobody holds anything up any more
	must(t, e.Restart(false))
	if e.Condition() != control.Running {
		t.Errorf("it is %v", e.Condition())
	}
}

func TestStartWhereThePortIsTaken(t *testing.T) {
	e := startEmbedded(t, Config{})
	connect(t, e.running).create("/a", 0)
	must(t, e.Stop())
	ln, err := net.Listen("tcp", e.Addr())
	must(t, err)
	if e.Start(false) == nil || e.Condition() != control.Stopped {
		t.Error("started on a port that is taken")
	}
	ln.Close()
	must(t, e.Start(false))
	connect(t, e.running).stat("/a")
}

func TestAdvance(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_000)
	e := startEmbedded(t, Config{now: func() time.Time { return start }})
	c := connect(t, e.running)
	ttl := func(path string, ttl time.Duration) {
		t.Helper()
		c.do(wire.OpCreateTTL, &wire.CreateTTLRequest{
			CreateRequest: *creation(path, "", wire.FlagTTL), TTL: ttl.Milliseconds(),
		}, &wire.Create2Response{})
	}
	ttl("/short", time.Minute)
	ttl("/parent", time.Minute)
	ttl("/parent/child", time.Minute)
	ttl("/long", 2*time.Hour)
	n, err := e.Advance(time.Hour)
	if n != 3 || err != nil || c.exists("/short") || c.exists("/parent") || !c.exists("/long") {
		t.Errorf("%d deleted, %v", n, err)
	}
	c.create("/now", 0)
	if got := c.stat("/now").Ctime; got != start.Add(time.Hour).UnixMilli() {
		t.Errorf("stamped %d", got)
	}
	for _, by := range []time.Duration{0, -time.Hour, 1<<63 - 1} {
		if _, err := e.Advance(by); err == nil {
			t.Errorf("went %v forward", by)
		}
	}
	if got := e.Status().Ahead; got != time.Hour {
		t.Errorf("%v ahead", got)
	}
	// What becomes due while the server stands still goes when it goes on.
	must(t, e.Pause())
	if n, err := e.Advance(time.Hour); n != 0 || err != nil {
		t.Errorf("%d deleted in a pause, %v", n, err)
	}
	must(t, e.Resume())
	if !c.exists("/long") {
		t.Error("gone before its time")
	}
	must(t, e.Stop())
	if n, err := e.Advance(time.Minute); n != 0 || err != nil {
		t.Errorf("%d deleted by a stopped server, %v", n, err)
	}
	must(t, e.Start(false))
	if c.again(e.running).exists("/long") {
		t.Error("it is still there")
	}
}

func TestClosedForGood(t *testing.T) {
	e := startEmbedded(t, Config{})
	must(t, e.Pause())
	must(t, e.Close())
	_, advanced := e.Advance(time.Hour)
	for what, err := range map[string]error{
		"start": e.Start(false), "restart": e.Restart(true), "stop": e.Stop(), "resume": e.Resume(), "advance": advanced,
	} {
		if !errors.Is(err, errClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	must(t, e.Close())
	if st := e.Status(); st.Condition != control.Stopped || st.Addr != e.Addr() {
		t.Errorf("%+v", st)
	}
}
