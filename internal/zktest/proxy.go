package zktest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// Fate is what a Proxy does with a request.
type Fate int

// The fates. Of the last two the server carries the request out, and nobody is told.
const (
	Forwarded Fate = iota
	Dropped        // the server does not get it, and the connection is cut
	Swallowed      // the server gets it; its reply is kept back, and the connection is cut
	Held           // the server gets it; its reply is kept back, and the connection stays
)

// A Proxy stands between clients and a server. Decide says what becomes of each request.
type Proxy struct {
	t      testing.TB
	server string
	ln     net.Listener
	caught chan int32
	wg     sync.WaitGroup

	mu     sync.Mutex
	decide func(op int32) Fate
	conns  map[net.Conn]bool
	shut   bool
}

// StartProxy starts a proxy before the server at an address, which lasts as long as the
// test. It forwards everything until Decide is called.
func StartProxy(t testing.TB, server string) *Proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{t: t, server: server, ln: ln, caught: make(chan int32, 1000), conns: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		p.Shut()
		p.wg.Wait()
	})
	return p
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Decide has f decide from now on about each request, by its opcode. The calls of f do
// not overlap. The ConnectRequest and what is no ZooKeeper's protocol are forwarded.
func (p *Proxy) Decide(f func(op int32) Fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide = f
}

// Caught gets the opcode of each request that was not forwarded, or whose reply has
// come and was kept back.
func (p *Proxy) Caught() <-chan int32 { return p.caught }

// Shut cuts all connections and takes no more.
func (p *Proxy) Shut() {
	p.ln.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.ln.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		l := &proxyLink{p: p, client: client, server: server, kept: map[int32]keptReply{}}
		if !p.add(client) || !p.add(server) {
			l.cut()
			return
		}
		p.wg.Go(func() { defer l.cut(); l.requests() })
		p.wg.Go(func() { defer l.cut(); l.replies() })
	}
}

func (p *Proxy) add(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return !p.shut
}

func (p *Proxy) fate(op int32) Fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decide == nil {
		return Forwarded
	}
	return p.decide(op)
}

// keptReply is one that is kept back when it comes.
type keptReply struct {
	op   int32
	fate Fate
}

// proxyLink is a connection of a client, and that to the server which is made for it.
type proxyLink struct {
	p              *Proxy
	client, server net.Conn
	mu             sync.Mutex
	kept           map[int32]keptReply // by xid
}

func (l *proxyLink) cut() {
	l.client.Close()
	l.server.Close()
}

func (l *proxyLink) requests() {
	for first := true; ; first = false {
		frame, err := proxyFrame(l.client)
		if errors.Is(err, errNoFrame) { // a four-letter word
			l.server.Write(frame)
			io.Copy(l.server, l.client)
			return
		}
		if err != nil {
			return
		}
		if !first && len(frame) >= 12 {
			xid, op := int32(binary.BigEndian.Uint32(frame[4:])), int32(binary.BigEndian.Uint32(frame[8:]))
			switch fate := l.p.fate(op); fate {
			case Dropped:
				l.p.caught <- op
				return
			case Swallowed, Held:
				l.mu.Lock()
				l.kept[xid] = keptReply{op, fate}
				l.mu.Unlock()
			}
		}
		if _, err := l.server.Write(frame); err != nil {
			return
		}
	}
}

func (l *proxyLink) replies() {
	for first := true; ; first = false {
		frame, err := proxyFrame(l.server)
		if errors.Is(err, errNoFrame) {
			l.client.Write(frame)
			io.Copy(l.client, l.server)
			return
		}
		if err != nil {
			return
		}
		if !first && len(frame) >= 8 {
			l.mu.Lock()
			kept := l.kept[int32(binary.BigEndian.Uint32(frame[4:]))]
			l.mu.Unlock()
			if kept.fate != Forwarded {
				l.p.caught <- kept.op
			}
			switch kept.fate {
			case Swallowed:
				return
			case Held:
				continue
			}
		}
		if _, err := l.client.Write(frame); err != nil {
			return
		}
	}
}

// errNoFrame is text where a frame's length is expected.
var errNoFrame = errors.New("no frame")

// proxyFrame reads a frame with its length.
func proxyFrame(r io.Reader) ([]byte, error) {
	frame := make([]byte, 4)
	if _, err := io.ReadFull(r, frame); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(frame)
	if n > 64<<20 {
		return frame, errNoFrame
	}
	frame = append(frame, make([]byte, n)...)
	_, err := io.ReadFull(r, frame[4:])
	return frame, err
}
