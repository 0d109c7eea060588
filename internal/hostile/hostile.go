// Package hostile plays servers that mean harm to their clients, for tests of what the
// first can do to the second.
//
// Contract: a Server listens on loopback alone, makes what it sends as it is sent, so
// that it takes no memory of the process that it is in, and ends with Close. What is
// asked of it and is no part of the attack is answered as a ZooKeeper would.
package hostile

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"zoosh/internal/wire"
)

// A Play is what a server does. The zero value is a server that has the root alone.
type Play struct {
	// Version is what srvr tells; "" is 3.9.5.
	Version string
	// Data is how many bytes of data each znode has, of which Text is repeated; "" is "x".
	Data int
	Text string
	// Children is how many each znode has, named by a number of Digits digits; 0 is 1.
	Children, Digits int
	// Listing is how many names, of which each is like the others in length, the answer
	// to getChildren of /wide has.
	Listing int
	// Short answers each request with the code OK and nothing behind it.
	Short bool
	// Flood sends notifications about Path from the first request on that is no ping,
	// as fast as they are taken.
	Flood bool
	Path  string
	// Frames are sent as they are behind the greeting.
	Frames []byte
	// Announce, if not 0, is the length that the header of each reply tells, whatever
	// follows, which is zeros.
	Announce int
	// Pause is how long each answer takes.
	Pause time.Duration
}

// A Server plays until it is closed.
type Server struct {
	play Play
	ln   net.Listener

	// Connections and Requests count what has come.
	Connections, Requests atomic.Int64
	// Sent counts the bytes that went.
	Sent atomic.Int64

	mu    sync.Mutex
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

// Start starts a server on a free port of loopback.
func Start(play Play) (*Server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if play.Text == "" {
		play.Text = "x"
	}
	s := &Server{play: play, ln: ln, conns: map[net.Conn]bool{}}
	s.wg.Add(1)
	go s.accept()
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.ln.Addr().String() }

// Close ends the server and its connections.
func (s *Server) Close() error {
	err := s.ln.Close()
	s.mu.Lock()
	for nc := range s.conns {
		nc.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
	return err
}

func (s *Server) accept() {
	defer s.wg.Done()
	for {
		nc, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[nc] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			defer func() {
				nc.Close()
				s.mu.Lock()
				delete(s.conns, nc)
				s.mu.Unlock()
			}()
			p := &peer{s: s, in: bufio.NewReader(nc)}
			p.out = bufio.NewWriterSize(counted{nc, &s.Sent}, 64<<10)
			p.serve(nc)
		})
	}
}

// counted counts what is written.
type counted struct {
	io.Writer
	n *atomic.Int64
}

// Write implements io.Writer.
func (c counted) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// A peer is the server's end of a connection.
type peer struct {
	s  *Server
	in *bufio.Reader

	mu    sync.Mutex
	out   *bufio.Writer
	err   error
	flood sync.Once
}

func (p *peer) serve(nc net.Conn) {
	head, err := p.in.Peek(4)
	if err != nil {
		return
	}
	if head[0] >= 'a' {
		version := p.s.play.Version
		if version == "" {
			version = "3.9.5"
		}
		io.WriteString(nc, "Zookeeper version: "+version+"-hostile, built on today\nZxid: 0x1\nMode: standalone\n")
		return
	}
	p.s.Connections.Add(1)
	if !p.greet() {
		return
	}
	var flooding sync.WaitGroup
	defer flooding.Wait()
	defer nc.Close()
	for {
		body, err := wire.ReadFrame(p.in, 64<<20)
		if err != nil {
			return
		}
		var h wire.RequestHeader
		rest, err := wire.Unmarshal(body, &h)
		if err != nil {
			return
		}
		if h.Op == wire.OpPing {
			p.reply(wire.XidPing, wire.OK)
			continue
		}
		p.s.Requests.Add(1)
		if p.s.play.Flood {
			p.flood.Do(func() { flooding.Go(p.notify) })
		}
		time.Sleep(p.s.play.Pause)
		if !p.answer(h, rest) {
			return
		}
	}
}

func (p *peer) greet() bool {
	body, err := wire.ReadFrame(p.in, wire.MaxFrame)
	if err != nil {
		return false
	}
	var r wire.ConnectRequest
	if _, err := wire.Unmarshal(body, &r); err != nil {
		return false
	}
	id := r.SessionID
	if id == 0 {
		id = 0x1000 + p.s.Connections.Load()
	}
	p.frames(wire.AppendFrame(nil, &wire.ConnectResponse{
		SessionID: id, Timeout: r.Timeout, Passwd: make([]byte, 16), HasReadOnly: r.HasReadOnly}))
	p.frames(p.s.play.Frames)
	return p.err == nil
}

// frames sends bytes that are frames.
func (p *peer) frames(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.Write(b)
	p.err = p.out.Flush()
}

// reply sends a reply of records.
func (p *peer) reply(xid int32, code wire.Code, body ...wire.Record) {
	p.frames(wire.AppendFrame(nil, append([]wire.Record{&wire.ReplyHeader{Xid: xid, Zxid: 5, Err: code}}, body...)...))
}

// long sends a reply of so many bytes behind its header, as write makes them.
func (p *peer) long(xid int32, size int, write func(w *bufio.Writer)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	length := binary.BigEndian.AppendUint32(nil, uint32(wire.ReplyHeaderSize+size))
	p.out.Write(wire.Marshal(length, &wire.ReplyHeader{Xid: xid, Zxid: 5}))
	write(p.out)
	p.err = p.out.Flush()
}

// repeat writes n bytes of a text again and again.
func repeat(w io.Writer, text string, n int) {
	block := []byte(text)
	for len(block) < 32<<10 {
		block = append(block, block...)
	}
	block = block[:len(block)/len(text)*len(text)]
	for n > 0 {
		k, err := w.Write(block[:min(n, len(block))])
		if n -= k; err != nil {
			return
		}
	}
}

// notify sends notifications until the connection ends.
func (p *peer) notify() {
	path := p.s.play.Path
	if path == "" {
		path = "/a"
	}
	frame := wire.AppendFrame(nil, &wire.ReplyHeader{Xid: wire.XidNotification, Zxid: 6},
		&wire.WatcherEvent{Type: wire.EventNodeDataChanged, State: wire.StateSyncConnected, Path: path})
	many := frame
	for len(many) < 16<<10 {
		many = append(many, frame...)
	}
	for {
		p.mu.Lock()
		p.out.Write(many)
		p.err = p.out.Flush()
		err := p.err
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}
