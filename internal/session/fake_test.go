package session

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// fake is a server that plays a script: what it does with each connection is a
// function of the test's.
type fake struct {
	t     testing.TB
	ln    net.Listener
	count atomic.Int32 // connections of ZooKeeper's protocol so far
	srvr  atomic.Value // string: the answer to srvr and the like
	mu    sync.Mutex
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

// startFake starts a fake server. play is called for each connection, with its
// number from 1; the connection is closed when it returns.
func startFake(t testing.TB, play func(*peer)) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, ln: ln, conns: map[net.Conn]bool{}}
	f.srvr.Store("Zookeeper version: 3.9.5-fake, built on today\nZxid: 0x1\nMode: standalone\n")
	f.wg.Add(1)
	go f.accept(play)
	t.Cleanup(f.stop)
	return f
}

func (f *fake) addr() string { return f.ln.Addr().String() }

func (f *fake) accept(play func(*peer)) {
	defer f.wg.Done()
	for {
		conn, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns[conn] = true
		f.mu.Unlock()
		f.wg.Add(1)
		go func() {
			defer f.wg.Done()
			defer conn.Close()
			in := bufio.NewReader(conn)
			head, err := in.Peek(4)
			if err != nil {
				return
			}
			if head[0] >= 'a' {
				io.WriteString(conn, f.srvr.Load().(string))
				return
			}
			play(&peer{t: f.t, Conn: conn, in: in, n: int(f.count.Add(1))})
		}()
	}
}

// stop ends the server and all its connections.
func (f *fake) stop() {
	f.ln.Close()
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wg.Wait()
}

// peer is the server's end of a connection.
type peer struct {
	net.Conn
	t       testing.TB
	in      *bufio.Reader
	n       int
	connect wire.ConnectRequest
}

// incoming is a request as it arrived.
type incoming struct {
	wire.RequestHeader
	body []byte
}

// greet reads the ConnectRequest and grants a session, the one asked for or id.
func (p *peer) greet(id int64, timeout time.Duration) bool {
	if !p.readConnect() {
		return false
	}
	if p.connect.SessionID != 0 {
		id = p.connect.SessionID
	}
	p.frame(&wire.ConnectResponse{SessionID: id, Timeout: int32(timeout.Milliseconds()),
		Passwd: make([]byte, 16), HasReadOnly: true})
	return true
}

func (p *peer) readConnect() bool {
	body, err := wire.ReadFrame(p.in, wire.MaxFrame)
	if err != nil {
		return false
	}
	_, err = wire.Unmarshal(body, &p.connect)
	return err == nil
}

func (p *peer) frame(records ...wire.Record) { p.Write(wire.AppendFrame(nil, records...)) }

// next reads a request; ok is false at the end. Pings are answered.
func (p *peer) next() (r incoming, ok bool) {
	for {
		body, err := wire.ReadFrame(p.in, 64<<20)
		if err != nil {
			return r, false
		}
		if r.body, err = wire.Unmarshal(body, &r.RequestHeader); err != nil {
			return r, false
		}
		if r.Op != wire.OpPing {
			return r, true
		}
		p.reply(wire.XidPing, 0, wire.OK)
	}
}

func (p *peer) reply(xid int32, zxid int64, code wire.Code, body ...wire.Record) {
	p.frame(append([]wire.Record{&wire.ReplyHeader{Xid: xid, Zxid: zxid, Err: code}}, body...)...)
}

func (p *peer) notify(typ wire.EventType, path string, zxid int64) {
	p.reply(wire.XidNotification, zxid, wire.OK,
		&wire.WatcherEvent{Type: typ, State: wire.StateSyncConnected, Path: path})
}

// serve answers everything in the simplest way until the connection ends.
func (p *peer) serve() {
	for {
		r, ok := p.next()
		if !ok || !p.answer(r) {
			return
		}
	}
}

// answer answers a request; false after closeSession.
func (p *peer) answer(r incoming) bool {
	const zxid = 5
	switch r.Op {
	case wire.OpExists, wire.OpSetData:
		p.reply(r.Xid, zxid, wire.OK, &wire.Stat{Czxid: 1})
	case wire.OpGetData:
		p.reply(r.Xid, zxid, wire.OK, &wire.GetDataResponse{Data: []byte("data")})
	case wire.OpGetChildren2:
		p.reply(r.Xid, zxid, wire.OK, &wire.GetChildren2Response{Children: []string{"a"}})
	case wire.OpCloseSession:
		p.reply(r.Xid, zxid, wire.OK)
		return false
	default:
		p.reply(r.Xid, zxid, wire.OK)
	}
	return true
}
