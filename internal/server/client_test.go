package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// startServer starts a server that ends with the test.
func startServer(t testing.TB, cfg Config) *Server {
	t.Helper()
	s, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// event is a notification as the tests compare it.
type event struct {
	typ  wire.EventType
	path string
	zxid int64
}

func (e event) String() string { return fmt.Sprintf("%v %s %d", e.typ, e.path, e.zxid) }

// client is the least that speaks to a server: one request at a time, and what
// arrives before its reply is kept.
type client struct {
	t      testing.TB
	nc     net.Conn
	conn   wire.ConnectResponse
	xid    int32
	zxid   int64 // of the last reply
	events []event
}

func dial(t testing.TB, s *Server) net.Conn {
	t.Helper()
	return dialTo(t, s.Addr())
}

// dialTo opens a connection that ends with the test, to any server.
func dialTo(t testing.TB, addr string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return nc
}

// connect opens a new session.
func connect(t testing.TB, s *Server) *client {
	t.Helper()
	c := connectAs(t, s, wire.ConnectRequest{Timeout: 30000})
	if c.conn.SessionID == 0 {
		t.Fatal("no session")
	}
	return c
}

// connectAs connects with a given request, and reads the answer.
func connectAs(t testing.TB, s *Server, r wire.ConnectRequest) *client {
	t.Helper()
	return connectTo(t, s.Addr(), r)
}

// connectTo is connectAs for any server.
func connectTo(t testing.TB, addr string, r wire.ConnectRequest) *client {
	t.Helper()
	c := &client{t: t, nc: dialTo(t, addr)}
	if err := c.handshake(r); err != nil {
		t.Fatalf("connect: %v", err)
	}
	return c
}

// handshake sends a connect request and reads the answer.
func (c *client) handshake(r wire.ConnectRequest) error {
	if _, err := c.nc.Write(wire.AppendFrame(nil, &r)); err != nil {
		return err
	}
	return c.readRecord(&c.conn)
}

// again reconnects to the session.
func (c *client) again(s *Server) *client {
	c.t.Helper()
	return connectAs(c.t, s, wire.ConnectRequest{
		Timeout: 30000, SessionID: c.conn.SessionID, Passwd: c.conn.Passwd,
	})
}

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.nc.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) readRecord(r wire.Record) error {
	frame, err := wire.ReadFrame(c.nc, 64<<20)
	if err != nil {
		return err
	}
	_, err = wire.Unmarshal(frame, r)
	return err
}

// try sends a request and reads the reply to it, into reply if it is no error.
func (c *client) try(op wire.Op, request, reply wire.Record) error {
	c.xid++
	return c.tryXid(c.xid, op, request, reply)
}

func (c *client) tryXid(xid int32, op wire.Op, request, reply wire.Record) error {
	c.t.Helper()
	c.nc.SetDeadline(time.Now().Add(patience))
	c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: xid, Op: op}, request))
	h, body, err := c.read()
	if err != nil {
		return err
	}
	if h.Xid != xid {
		c.t.Fatalf("%v: reply to %d, want %d", op, h.Xid, xid)
	}
	if c.zxid = h.Zxid; h.Err != 0 {
		if len(body) > 0 {
			c.t.Errorf("%v: an error has a body of %d bytes", op, len(body))
		}
		return &wire.Error{Code: h.Err}
	}
	rest, err := wire.Unmarshal(body, reply)
	if len(rest) > 0 {
		c.t.Errorf("%v: %d bytes behind the reply", op, len(rest))
	}
	return err
}

// read returns the next reply and keeps the notifications before it.
func (c *client) read() (h wire.ReplyHeader, body []byte, err error) {
	for {
		frame, err := wire.ReadFrame(c.nc, 64<<20)
		if err != nil {
			return h, nil, err
		}
		if body, err = wire.Unmarshal(frame, &h); err != nil || h.Xid != wire.XidNotification {
			return h, body, err
		}
		var e wire.WatcherEvent
		if _, err := wire.Unmarshal(body, &e); err != nil {
			return h, nil, err
		}
		if e.State != wire.StateSyncConnected {
			c.t.Errorf("event %v in state %v", e.Type, e.State)
		}
		c.events = append(c.events, event{e.Type, e.Path, h.Zxid})
	}
}

// do is try where an error ends the test.
func (c *client) do(op wire.Op, request, reply wire.Record) {
	c.t.Helper()
	if err := c.try(op, request, reply); err != nil {
		c.t.Fatalf("%v: %v", op, err)
	}
}

// refused checks that a request gets this error.
func (c *client) refused(want wire.Code, op wire.Op, request wire.Record) {
	c.t.Helper()
	if err := c.try(op, request, &wire.Empty{}); !errors.Is(err, &wire.Error{Code: want}) {
		c.t.Errorf("%v of %+v: %v, want %v", op, request, err, want)
	}
}

func creation(path, data string, flags int32) *wire.CreateRequest {
	return &wire.CreateRequest{Path: path, Data: []byte(data), ACL: wire.OpenACL(), Flags: flags}
}

func (c *client) create(path string, flags int32) string {
	c.t.Helper()
	var r wire.PathResponse
	c.do(wire.OpCreate, creation(path, "", flags), &r)
	return r.Path
}

func (c *client) delete(path string) {
	c.t.Helper()
	c.do(wire.OpDelete, &wire.PathVersionRequest{Path: path, Version: -1}, &wire.Empty{})
}

func (c *client) set(path, data string) {
	c.t.Helper()
	c.do(wire.OpSetData, &wire.SetDataRequest{Path: path, Data: []byte(data), Version: -1}, &wire.Stat{})
}

func (c *client) stat(path string) (s wire.Stat) {
	c.t.Helper()
	c.do(wire.OpExists, &wire.PathWatchRequest{Path: path}, &s)
	return s
}

func (c *client) exists(path string) bool {
	c.t.Helper()
	err := c.try(wire.OpExists, &wire.PathWatchRequest{Path: path}, &wire.Stat{})
	if err != nil && !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		c.t.Fatalf("exists %s: %v", path, err)
	}
	return err == nil
}

func (c *client) children(path string) []string {
	c.t.Helper()
	var r wire.GetChildrenResponse
	c.do(wire.OpGetChildren, &wire.PathWatchRequest{Path: path}, &r)
	return r.Children
}

// watch arms a one-shot watch by exists, getData or getChildren.
func (c *client) watch(op wire.Op, path string) {
	c.t.Helper()
	var reply wire.Record = &wire.Stat{}
	switch op {
	case wire.OpGetData:
		reply = &wire.GetDataResponse{}
	case wire.OpGetChildren:
		reply = &wire.GetChildrenResponse{}
	}
	err := c.try(op, &wire.PathWatchRequest{Path: path, Watch: true}, reply)
	if err != nil && !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		c.t.Fatalf("%v %s: %v", op, path, err)
	}
}

func (c *client) login(credentials string) {
	c.t.Helper()
	packet := &wire.AuthPacket{Scheme: "digest", Auth: []byte(credentials)}
	if err := c.tryXid(wire.XidAuth, wire.OpAuth, packet, &wire.Empty{}); err != nil {
		c.t.Fatal(err)
	}
}

// saw checks which notifications have arrived since it was last called. Those
// that were sent before are here for sure: the ping comes behind them.
func (c *client) saw(want ...event) {
	c.t.Helper()
	if err := c.tryXid(wire.XidPing, wire.OpPing, &wire.Empty{}, &wire.Empty{}); err != nil {
		c.t.Fatal(err)
	}
	if !slices.Equal(c.events, want) {
		c.t.Errorf("events:\n%v\nwant:\n%v", c.events, want)
	}
	c.events = nil
}

// closes checks that the server ends the connection, and returns what it said
// before.
func closes(t testing.TB, nc net.Conn) []byte {
	t.Helper()
	nc.SetDeadline(time.Now().Add(patience))
	said, err := io.ReadAll(nc)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("the connection is still open; it said %q", said)
	}
	return said
}

// eventually waits for a condition that the passing of time brings about.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened that %s", what)
		}
	}
}

// ask asks a four-letter word.
func ask(t testing.TB, s *Server, word string) string {
	t.Helper()
	nc := dial(t, s)
	if _, err := nc.Write([]byte(word)); err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	return string(closes(t, nc))
}
