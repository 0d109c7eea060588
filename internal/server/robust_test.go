package server

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

func length(n int32) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// What is no ZooKeeper client is shown the door, and harms nobody.
func TestMalformedFirstFrame(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	for name, b := range map[string][]byte{
		"negative length": length(-1),
		"huge length":     length(wire.MaxFrame + 1),
		"an HTTP request": []byte("GET / HTTP/1.1\r\n\r\n"),
		"unknown word":    []byte("nope"),
		"empty frame":     length(0),
		"short request":   append(length(4), 0, 0, 0, 0),
		"wild password":   append(length(28), append(make([]byte, 24), 0x7f, 0xff, 0xff, 0xff)...),
	} {
		nc := dial(t, s)
		nc.Write(b)
		if said := closes(t, nc); len(said) > 0 {
			t.Errorf("%s: %q", name, said)
		}
	}
	c.saw()
}

func TestMalformedFrame(t *testing.T) {
	s := startServer(t, Config{})
	for name, b := range map[string][]byte{
		"negative length": length(-2),
		"huge length":     length(wire.MaxFrame + 1),
		"no header":       append(length(7), make([]byte, 7)...),
		"auth without a body": wire.AppendFrame(nil,
			&wire.RequestHeader{Xid: wire.XidAuth, Op: wire.OpAuth}),
	} {
		c := connect(t, s)
		c.write(b)
		if said := closes(t, c.nc); len(said) > 0 {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// A frame as long as it may be is served, one byte more is not.
func TestLongestFrame(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	request := creation("/a", "", 0)
	overhead := len(wire.AppendFrame(nil, &wire.RequestHeader{}, request)) - 4
	request.Data = make([]byte, wire.MaxFrame-overhead)
	c.do(wire.OpCreate, request, &wire.PathResponse{})
	if got := c.stat("/a").DataLength; int(got) != len(request.Data) {
		t.Errorf("%d bytes", got)
	}
	request.Data = append(request.Data, 0)
	// The write may fail or not: the server reads no further than the length.
	c.nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Op: wire.OpCreate}, request))
	if said := closes(t, c.nc); len(said) > 0 {
		t.Errorf("a longer frame was answered: %q", said)
	}
}

func TestUnknownOpcode(t *testing.T) {
	s := startServer(t, Config{})
	for _, op := range []wire.Op{99, -12, -1, 0, wire.OpCheck} {
		c := connect(t, s)
		c.refused(wire.Unimplemented, op, &wire.Empty{})
		if c.zxid != -1 {
			t.Errorf("op %d: zxid %d", op, c.zxid)
		}
		closes(t, c.nc)
	}
}

func TestPipelining(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	var b []byte
	const n = 500
	for i := range int32(n) {
		b = wire.AppendFrame(b, &wire.RequestHeader{Xid: i, Op: wire.OpCreate}, creation("/s-", "", wire.FlagSequential))
	}
	go c.nc.Write(b)
	for i := range int32(n) {
		h, body, err := c.read()
		var r wire.PathResponse
		if err == nil {
			_, err = wire.Unmarshal(body, &r)
		}
		if want := fmt.Sprintf("/s-%010d", i); err != nil || h.Xid != i || h.Err != 0 || r.Path != want {
			t.Fatalf("reply %d: %+v %s, %v; want %s", i, h, r.Path, err, want)
		}
	}
}

// A client that asks and asks but does not read is not listened to any more. It
// costs a bounded amount of memory, and nobody else notices.
func TestClientThatDoesNotRead(t *testing.T) {
	s := startServer(t, Config{})
	c, slow := connect(t, s), connect(t, s)
	c.do(wire.OpCreate, creation("/big", string(make([]byte, 500_000)), 0), &wire.PathResponse{})
	ask := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpGetData}, &wire.PathWatchRequest{Path: "/big"})
	done := make(chan struct{})
	go func() {
		defer close(done)
		slow.nc.SetDeadline(time.Now().Add(time.Minute))
		for {
			// One at a time, so that the kernel cannot hold them all.
			if _, err := slow.nc.Write(bytes.Repeat(ask, 100)); err != nil {
				return
			}
		}
	}()
	pending := func() (n int) {
		s.do(func() {
			for conn := range s.conns {
				conn.out.mu.Lock()
				n = max(n, len(conn.out.queue)+conn.out.writing)
				conn.out.mu.Unlock()
			}
		})
		return n
	}
	eventually(t, "the outbox is full", func() bool { return pending() > maxPending })
	for range 100 {
		c.saw()
		if n := pending(); n > maxPending+600_000 {
			t.Fatalf("%d bytes are pending", n)
		}
	}
	// When the session ends, so does the connection.
	s.ExpireSession(slow.conn.SessionID)
	<-done
}

// Notifications cannot be held back by not listening. Too many unread ones end
// the connection, not the server.
func TestClientThatDoesNotReadEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	s := startServer(t, Config{})
	slow := connect(t, s)
	slow.do(wire.OpAddWatch, &wire.AddWatchRequest{Path: "/", Mode: wire.WatchPersistentRecursive}, &wire.ErrorResponse{})
	name := "/" + string(bytes.Repeat([]byte("x"), 100_000))
	event := wire.WatcherEvent{Type: changed, State: wire.StateSyncConnected, Path: name}
	dropped := func() bool {
		var conns int
		s.do(func() {
			s.tree.dataWatches.trigger(name, changed, 1, nil, nil)
			conns = len(s.conns)
		})
		return conns == 0
	}
	before := heapInUse()
	eventually(t, "the client is dropped", dropped)
	if grown := int64(heapInUse()) - int64(before); grown > 4*maxEvents {
		t.Errorf("it took %d bytes for events of %d", grown, len(event.Path))
	}
	if again := slow.again(s); again.conn.SessionID == 0 {
		t.Error("its session is gone, too")
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAddr(t *testing.T) {
	for addr, want := range map[string]string{"": "127.0.0.1", ":0": "127.0.0.1", "127.0.0.1:0": "127.0.0.1", "0.0.0.0:0": "::"} {
		s := startServer(t, Config{Addr: addr})
		host, port, err := net.SplitHostPort(s.Addr())
		if err != nil || host != want && !(addr == "0.0.0.0:0" && host == "0.0.0.0") || port == "0" {
			t.Errorf("%q listens on %s", addr, s.Addr())
		}
	}
	if s, err := Start(Config{Addr: "nonsense"}); err == nil {
		s.Close()
		t.Error("no address, but it listens")
	}
}

// Close drops everybody, waits for everything, and can be called again.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	s := startServer(t, Config{})
	var clients []*client
	for range 10 {
		clients = append(clients, connect(t, s))
	}
	idle := dial(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, c := range clients {
		closes(t, c.nc)
	}
	closes(t, idle)
	if s.ExpireSession(1) {
		t.Error("a closed server has expired a session")
	}
	// One that has said that it is done may still be on its way out.
	eventually(t, "all its goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("it still listens")
	}
}

// Many clients at once: sequential names are unique, and nothing is lost.
func TestManyClients(t *testing.T) {
	s := startServer(t, Config{})
	const clients, each = 20, 50
	var wg sync.WaitGroup
	for range clients {
		c := connect(t, s)
		wg.Go(func() {
			for range each {
				var r wire.PathResponse
				if err := c.try(wire.OpCreate, creation("/n-", "", wire.FlagSequential), &r); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := len(connect(t, s).children("/")); got != clients*each+1 {
		t.Errorf("%d children", got)
	}
}

// FuzzRequest sends a frame after the connect request, and another on the same
// connection if it lives on. Whatever it is, the server goes on serving others.
func FuzzRequest(f *testing.F) {
	seed := func(op wire.Op, body wire.Record) {
		f.Add(wire.Marshal(nil, &wire.RequestHeader{Xid: 1, Op: op}, body))
	}
	seed(wire.OpCreate, creation("/a/b", "data", 3))
	seed(wire.OpCreateTTL, &wire.CreateTTLRequest{CreateRequest: *creation("/t", "", 5), TTL: 1})
	seed(wire.OpDelete, &wire.PathVersionRequest{Path: "/a", Version: -1})
	seed(wire.OpGetData, &wire.PathWatchRequest{Path: "", Watch: true})
	seed(wire.OpSetACL, &wire.SetACLRequest{Path: "/", ACL: acl("ip=::/0 digest=a:b auth"), Version: -1})
	seed(wire.OpMulti, &wire.MultiRequest{Ops: []wire.MultiOp{
		{Op: wire.OpCreate, Request: creation("/m", "", 0)},
		{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: "/m"}},
	}})
	seed(wire.OpMultiRead, &wire.MultiRequest{Ops: []wire.MultiOp{{Op: wire.OpGetChildren, Request: &wire.PathWatchRequest{Path: "/"}}}})
	seed(wire.OpSetWatches2, &wire.SetWatches2{
		SetWatches: wire.SetWatches{Data: []string{"/"}, Exist: []string{"x"}, Child: []string{""}},
		Persistent: []string{}, PersistentRecursive: []string{"/"},
	})
	seed(wire.OpAddWatch, &wire.AddWatchRequest{Path: "x//", Mode: 1})
	seed(wire.OpRemoveWatches, &wire.WatcherRequest{Path: "/", Type: 3})
	seed(wire.OpAuth, &wire.AuthPacket{Scheme: "digest", Auth: []byte("u:p")})
	seed(wire.OpGetEphemerals, &wire.PathRequest{Path: "/"})
	seed(wire.OpGetAllChildrenNumber, &wire.PathRequest{Path: ""})
	seed(wire.OpCloseSession, &wire.Empty{})
	f.Add(wire.Marshal(nil, &wire.RequestHeader{Xid: wire.XidNotification, Op: wire.OpExists}, &wire.PathWatchRequest{}))

	s := startServer(f, Config{})
	witness := connect(f, s)
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) > wire.MaxFrame {
			t.Skip()
		}
		c := connect(t, s)
		c.write(append(length(int32(len(frame))), frame...))
		c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: wire.XidPing, Op: wire.OpPing}))
		// Read as bytes: the reply to a request with the xid of a notification
		// looks like one.
		for {
			var h wire.ReplyHeader
			reply, err := wire.ReadFrame(c.nc, 64<<20)
			if err == nil {
				_, err = wire.Unmarshal(reply, &h)
			}
			if err != nil || h.Xid == wire.XidPing {
				break
			}
		}
		s.ExpireSession(c.conn.SessionID)
		c.nc.Close()
		witness.t = t
		if err := witness.tryXid(wire.XidPing, wire.OpPing, &wire.Empty{}, &wire.Empty{}); err != nil {
			t.Fatal(err)
		}
		s.do(func() {
			for path, n := range s.tree.all {
				if wire.ValidatePath(path) != nil {
					t.Errorf("there is a znode %q", path)
				}
				for name := range n.children().All {
					if s.tree.node(wire.JoinPath(path, name)) == nil {
						t.Errorf("%s has no child %q", path, name)
					}
				}
			}
		})
	})
}

// A frame that is announced and does not come costs what has come of it, and a
// session that only ever half says something expires like any other.
func TestHalfAFrame(t *testing.T) {
	s := startServer(t, Config{TickTime: 200 * time.Millisecond, MaxSessionTimeout: time.Hour})
	const halves = 300
	before := heapInUse()
	var clients []*client
	for range halves {
		c := connectAs(t, s, wire.ConnectRequest{Timeout: 1})
		c.nc.Write(append(length(wire.MaxFrame), make([]byte, 100)...)) // it may have expired already
		clients = append(clients, c)
	}
	connect(t, s).saw()
	if each := (int64(heapInUse()) - int64(before)) / halves; each > 120_000 {
		t.Errorf("half a frame takes %d bytes", each)
	}
	for _, c := range clients {
		closes(t, c.nc)
	}
	connect(t, s).saw()
}

// What comes behind garbage is not looked at, and harms nobody.
func TestGarbage(t *testing.T) {
	s := startServer(t, Config{})
	witness := connect(t, s)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		nc := dial(t, s)
		b := make([]byte, random.IntN(300))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		nc.Write(b)
		nc.(*net.TCPConn).CloseWrite()
		closes(t, nc)
	}
	witness.saw()
}

// FuzzFirst sends whatever it is as the first bytes of a connection: a four-letter
// word, a part of one, or a connect request. The server goes on serving others.
func FuzzFirst(f *testing.F) {
	for word := range fourLetterWords {
		f.Add([]byte(word))
		f.Add([]byte(word + "\n"))
	}
	f.Add([]byte("stmk\x00\x00\x00\x00\x00\x00\x00\x07"))
	f.Add([]byte("stm"))
	f.Add(wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: 4000, HasReadOnly: true}))
	f.Add(wire.AppendFrame(nil, &wire.ConnectRequest{SessionID: 1, Passwd: make([]byte, 16)}))
	s := startServer(f, Config{})
	witness := connect(f, s)
	f.Fuzz(func(t *testing.T, first []byte) {
		nc := dial(t, s)
		if _, err := nc.Write(first); err != nil {
			return // it has closed already
		}
		nc.(*net.TCPConn).CloseWrite()
		closes(t, nc)
		witness.t = t
		witness.saw()
	})
}
