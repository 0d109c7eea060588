// Package delayproxy puts distance between a client and a server on the same machine:
// a TCP proxy on loopback whose round trip takes as long as it is told, for tests and
// measurements of what a data centre abroad does to a client.
//
// Bytes are delayed, not throttled: each direction holds what it has read for half a
// round trip, in order, and lets go of any amount of it at once. Opening a connection
// takes a round trip as well, as TCP's handshake does: what a client sends at once counts
// as sent when that is over. So does the end of a connection: what was sent before
// arrives before it.
//
// It stands on the standard library alone.
package delayproxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// A Proxy stands between clients and a server.
type Proxy struct {
	ln        net.Listener
	server    string
	roundTrip time.Duration
	tasks     sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
}

// Start starts a proxy before the server at an address.
func Start(server string, roundTrip time.Duration) (*Proxy, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen before %s: %w", server, err)
	}
	p := &Proxy{ln: ln, server: server, roundTrip: roundTrip, conns: map[net.Conn]bool{}}
	p.tasks.Go(p.accept)
	return p, nil
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Close cuts all connections and takes no more.
func (p *Proxy) Close() error {
	err := p.ln.Close()
	p.mu.Lock()
	p.closed = true
	for c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.tasks.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.ln.Accept()
		if err != nil {
			return
		}
		open := time.Now().Add(p.roundTrip)
		if p.add(client) {
			p.tasks.Go(func() { p.serve(client, open) })
		}
	}
}

// serve carries a connection's bytes both ways until both have ended.
func (p *Proxy) serve(client net.Conn, open time.Time) {
	defer p.drop(client)
	server, err := net.Dial("tcp", p.server)
	if err != nil || !p.add(server) {
		return
	}
	defer p.drop(server)
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{server, client}, {client, server}} {
		both.Go(func() {
			if err := carry(way[0], way[1], p.roundTrip/2, open); err != nil {
				client.Close() // cut, as a connection that is reset
				server.Close()
			}
		})
	}
	both.Wait()
}

// add keeps a connection to be cut by Close; false if that has been.
func (p *Proxy) add(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.Close()
		return false
	}
	p.conns[c] = true
	return true
}

func (p *Proxy) drop(c net.Conn) {
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
	c.Close()
}

const (
	// readAtOnce is how much is read at a time.
	readAtOnce = 256 << 10
	// mostHeld bounds what a direction holds: more than a second's traffic of what is far
	// away. Who sends more has to wait, as with a full TCP window.
	mostHeld = 256 << 20
)

// A piece is what was read at once, or the end.
type piece struct {
	due  time.Time
	data []byte
	end  error // io.EOF is an end in order
}

// carry copies from src to dst until src ends, each byte as much later as it is told.
// Nothing counts as sent before open.
func carry(dst io.Writer, src io.Reader, later time.Duration, open time.Time) error {
	h := &held{}
	h.changed.L = &h.mu
	var reader sync.WaitGroup
	reader.Go(func() {
		buf := make([]byte, readAtOnce)
		for {
			n, err := src.Read(buf)
			due := time.Now()
			if due.Before(open) {
				due = open
			}
			h.put(piece{due.Add(later), append([]byte(nil), buf[:n]...), err})
			if err != nil {
				return
			}
		}
	})
	err := h.write(dst)
	h.give() // or the reader waits for room for ever
	reader.Wait()
	return err
}

// held is what is on its way in a direction.
type held struct {
	mu      sync.Mutex
	changed sync.Cond
	pieces  []piece
	bytes   int
	over    bool // nobody takes anything any more
}

func (h *held) put(p piece) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.bytes >= mostHeld && !h.over {
		h.changed.Wait()
	}
	h.pieces = append(h.pieces, p)
	h.bytes += len(p.data)
	h.changed.Broadcast()
}

// take waits for the next piece.
func (h *held) take() piece {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.pieces) == 0 {
		h.changed.Wait()
	}
	p := h.pieces[0]
	h.pieces = h.pieces[1:]
	h.bytes -= len(p.data)
	h.changed.Broadcast()
	return p
}

func (h *held) give() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.changed.Broadcast()
}

// write writes each piece when it is due.
func (h *held) write(dst io.Writer) error {
	for {
		p := h.take()
		time.Sleep(time.Until(p.due))
		if len(p.data) > 0 {
			if _, err := dst.Write(p.data); err != nil {
				closeBoth(dst)
				return err
			}
		}
		switch {
		case errors.Is(p.end, io.EOF):
			return closeWrite(dst)
		case p.end != nil:
			return p.end
		}
	}
}

// closeWrite passes an end in order on, where there is such a thing.
func closeWrite(dst io.Writer) error {
	if c, ok := dst.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return closeBoth(dst)
}

func closeBoth(dst io.Writer) error {
	if c, ok := dst.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
