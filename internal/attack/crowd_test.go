package attack

import (
	"fmt"
	"net"
	"sync"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

const (
	// Patience is how long a client waits for what should come at once.
	Patience = time.Minute
	// Endless is longer than any client waits.
	Endless = time.Hour
)

// A Crowd is the connections of one attack.
type Crowd struct {
	addr    string
	Sockets []net.Conn
}

// New is a crowd that is to attack the server at addr.
func New(addr string) *Crowd { return &Crowd{addr: addr} }

// Close ends all connections of the crowd.
func (c *Crowd) Close() {
	for _, nc := range c.Sockets {
		nc.Close()
	}
	c.Sockets = nil
}

// Silent opens connections that do not say a word, from so many addresses of the
// loopback network in turn. It tells how many were opened: the others were refused.
func (c *Crowd) Silent(n, addresses int) (opened int) {
	for i := range n {
		d := net.Dialer{Timeout: time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i%addresses))}}
		nc, err := d.Dial("tcp", c.addr)
		if err != nil {
			continue
		}
		c.Sockets = append(c.Sockets, nc)
		opened++
	}
	return opened
}

// open adds a connection.
func (c *Crowd) open() (net.Conn, error) {
	nc, err := net.DialTimeout("tcp", c.addr, Patience)
	if err == nil {
		c.Sockets = append(c.Sockets, nc)
	}
	return nc, err
}

// Sessions opens connections with a session each.
func (c *Crowd) Sessions(n int) error {
	for range n {
		nc, err := c.open()
		if err != nil {
			return err
		}
		nc.SetDeadline(time.Now().Add(Patience))
		if _, err := nc.Write(Connect()); err != nil {
			return err
		}
		if _, err := wire.ReadFrame(nc, wire.MaxFrame); err != nil {
			return err
		}
	}
	return nil
}

// Connect is the frame of a connect request.
func Connect() []byte {
	return wire.AppendFrame(nil, &wire.ConnectRequest{Timeout: int32(Endless / time.Millisecond), Passwd: make([]byte, 16)})
}

// Send has each connection send a request so many times, without reading a reply. What
// the server does not take within a second is not sent.
func (c *Crowd) Send(times int, op wire.Op, body wire.Record) {
	c.Write(times, wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: op}, body))
}

// Write is Send for bytes.
func (c *Crowd) Write(times int, b []byte) {
	var wg sync.WaitGroup
	for _, nc := range c.Sockets {
		wg.Go(func() {
			nc.SetWriteDeadline(time.Now().Add(time.Second))
			for range times {
				if _, err := nc.Write(b); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

// Words asks a four-letter word on so many connections, and reads no answer.
func (c *Crowd) Words(n int, word string) error {
	for range n {
		nc, err := c.open()
		if err != nil {
			return err
		}
		if _, err := nc.Write([]byte(word)); err != nil {
			return err
		}
	}
	return nil
}

// A Witness is a client that means well.
type Witness struct {
	stop chan struct{}
	done chan struct{}

	// What Close tells once done is closed.
	longest  time.Duration
	requests int
	err      error
}

// Watch begins a witness on a session of its own: every few milliseconds it writes and
// reads a znode at path, which it makes, and pings.
func Watch(addr, path string) (*Witness, error) {
	k, err := rawzk.Dial(addr, Patience)
	if err != nil {
		return nil, err
	}
	create := &wire.CreateRequest{Path: path, ACL: wire.OpenACL(), Flags: wire.FlagEphemeral}
	if _, err := k.Do(wire.OpCreate, create, nil); err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	w := &Witness{stop: make(chan struct{}), done: make(chan struct{})}
	go w.run(k, path)
	return w, nil
}

func (w *Witness) run(k *rawzk.Client, path string) {
	defer close(w.done)
	defer k.Close()
	pause := time.NewTicker(3 * time.Millisecond)
	defer pause.Stop()
	steps := []func() error{
		k.Ping,
		func() error {
			_, err := k.Do(wire.OpSetData, &wire.SetDataRequest{Path: path, Data: []byte("data"), Version: -1}, nil)
			return err
		},
		func() error {
			_, err := k.Do(wire.OpGetData, &wire.PathWatchRequest{Path: path}, nil)
			return err
		},
	}
	for i := 0; ; i++ {
		select {
		case <-w.stop:
			return
		case <-pause.C:
		}
		k.SetDeadline(time.Now().Add(Patience))
		began := time.Now()
		err := steps[i%len(steps)]()
		w.longest = max(w.longest, time.Since(began))
		w.requests++
		w.err = err
		if err != nil {
			return
		}
	}
}

// Close ends the witness. It tells the longest that it has waited for a reply, and how
// many it had; the error is why it could not go on.
func (w *Witness) Close() (longest time.Duration, requests int, err error) {
	close(w.stop)
	<-w.done
	return w.longest, w.requests, w.err
}
