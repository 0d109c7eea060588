package differ

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"zoosh/internal/wire"
)

const (
	// patience is how long an answer may take.
	patience = 60 * time.Second
	// grace is how long a server may take to close a connection that it should
	// close, before it counts as one that stays open.
	grace = 5 * time.Second
)

// A peer is one of the two servers and the run's clients there.
type peer struct {
	addr     string
	sessions []*client
	orphans  []*client       // that others have taken the places of
	start    int64           // the zxid that the run began with
	times    map[int64]int64 // when each txn was, as stats have told
	control  *controller
	ranks    map[int64]int // if not nil, what zxids are told by
	expired  int           // sessions, in all runs
	later    bool          // of the bench
}

// client is a session with its connection.
type client struct {
	id     int64
	passwd []byte
	conn   *connection // nil if there is none
	count  int32
}

type connection struct {
	nc net.Conn
	r  *bufio.Reader
}

var errClosed = errors.New("closed")

func newConnection(nc net.Conn) *connection { return &connection{nc: nc, r: bufio.NewReader(nc)} }

// dial connects and sends a connect request. The answer is nil if the server
// closed instead.
func (p *peer) dial(r wire.ConnectRequest) (*connection, *wire.ConnectResponse, error) {
	nc, err := net.Dial("tcp", p.addr)
	if err != nil {
		return nil, nil, err
	}
	nc.SetDeadline(time.Now().Add(patience))
	c := newConnection(nc)
	if _, err := nc.Write(wire.AppendFrame(nil, &r)); err != nil {
		return nil, nil, err
	}
	frame, err := c.frame()
	if err == errClosed {
		nc.Close()
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var answer wire.ConnectResponse
	_, err = wire.Unmarshal(frame, &answer)
	return c, &answer, err
}

// client is one that has connected. Its id is 0 if the server gave it no session.
func (p *peer) client(r wire.ConnectRequest) (*client, error) {
	conn, answer, err := p.dial(r)
	if err == nil && answer == nil {
		err = fmt.Errorf("no answer to %+v", r)
	}
	if err != nil {
		return nil, err
	}
	return &client{id: answer.SessionID, passwd: answer.Passwd, conn: conn}, nil
}

// ask does a request; an error of ZooKeeper's is the code.
func (c *client) ask(op wire.Op, body, reply wire.Record) (h wire.ReplyHeader, err error) {
	c.count++
	c.conn.nc.SetDeadline(time.Now().Add(patience))
	if _, err := c.conn.nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: op.Xid(c.count), Op: op}, body)); err != nil {
		return h, err
	}
	frame, err := c.conn.frame()
	if err != nil {
		return h, fmt.Errorf("%v: %w", op, err)
	}
	rest, err := wire.Unmarshal(frame, &h)
	if err == nil && h.Err == 0 && reply != nil {
		_, err = wire.Unmarshal(rest, reply)
	}
	return h, err
}

// frame reads the next frame; a connection that is gone is errClosed.
func (c *connection) frame() ([]byte, error) {
	b, err := wire.ReadFrame(c.r, 64<<20)
	if err == nil {
		return b, nil
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	return nil, errClosed
}

// gone waits until the server has closed the connection, and tells what else it
// said.
func (c *connection) gone() string {
	defer c.nc.Close()
	c.nc.SetDeadline(time.Now().Add(grace))
	rest, err := io.ReadAll(c.r)
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return staysOpen
	case len(rest) > 0:
		return fmt.Sprintf("closed after % x", rest)
	}
	return closed
}

// left is gone for a connection that another has tried to take the session of: one that
// may stay is asked whether it does, and closed.
func (c *connection) left(mayStay bool) string {
	if !mayStay {
		return c.gone()
	}
	defer c.nc.Close()
	c.nc.SetDeadline(time.Now().Add(patience))
	_, err := c.nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: wire.XidPing, Op: wire.OpPing}))
	for err == nil {
		var b []byte
		var h wire.ReplyHeader
		if b, err = c.frame(); err != nil {
			break
		}
		if _, err = wire.Unmarshal(b, &h); err == nil && h.Xid == wire.XidPing {
			return staysOpen
		}
	}
	return closed
}

// How a connection may end that the server should close.
const (
	staysOpen = "stays open"
	closed    = "closed"
)

// before tells how the connection ended that a session had before.
func before(how string) string { return "the connection before is " + how }

// do does a step and returns what the client saw of it, a line for each thing.
func (p *peer) do(s *step) ([]string, error) {
	for len(p.sessions) <= s.session {
		p.sessions = append(p.sessions, &client{})
	}
	c := p.sessions[s.session]
	switch s.action {
	case open, reconnect:
		return p.connect(c, s)
	case drop:
		if c.conn != nil {
			c.conn.nc.Close()
			c.conn = nil
		}
		return nil, nil
	case expire:
		return p.expire(c, s)
	}
	if c.conn == nil {
		return []string{"not connected"}, nil
	}
	return p.request(c, s)
}

func (p *peer) connect(c *client, s *step) (lines []string, err error) {
	r := s.connect
	if s.action == reconnect {
		r.SessionID, r.Passwd = c.id, append([]byte{}, c.passwd...)
		if s.wrong {
			r.Passwd = []byte("sixteen letters!")
		}
		if c.id == 0 {
			return []string{"no session"}, nil
		}
	}
	if r.LastZxidSeen = p.start; s.ahead {
		r.LastZxidSeen += 1 << 30
	}
	conn, answer, err := p.dial(r)
	if err != nil {
		return nil, err
	}
	if answer == nil {
		return []string{"closed without an answer"}, nil
	}
	if s.action == reconnect && c.conn != nil {
		// Whether the last events still came is chance.
		how, _, _ := strings.Cut(c.conn.left(s.wrong), " after")
		lines = append(lines, before(how))
		c.conn = nil
	}
	if s.action == open && c.id != 0 {
		old := *c
		p.orphans = append(p.orphans, &old)
		if c.conn != nil {
			c.conn.nc.Close()
		}
	}
	if answer.SessionID == 0 {
		return append(lines, p.connected(answer), conn.gone()), nil
	}
	c.conn, c.id, c.passwd = conn, answer.SessionID, answer.Passwd
	return append(lines, p.connected(answer)), nil
}

// request sends a request and reads up to its reply.
func (p *peer) request(c *client, s *step) ([]string, error) {
	c.count++
	xid := s.op.Xid(c.count)
	var lines []string
	sending := p.send(c, s, xid)
	for {
		b, err := c.conn.frame()
		if err == errClosed || sending != nil {
			c.conn.nc.Close()
			c.conn = nil
			// Whether the last events still came is chance.
			return []string{closed}, nil
		}
		if err != nil {
			return lines, fmt.Errorf("%v: %w", s, err)
		}
		line, h := p.told(s, b)
		lines = append(lines, line)
		if h.Xid == wire.XidNotification || h.Xid != xid && !s.repliesOddly() {
			continue
		}
		if s.ends(h) {
			lines = append(lines, c.conn.gone())
			c.conn = nil
		}
		return lines, nil
	}
}

// repliesOddly tells whether the reply is none that has the request's xid.
func (s *step) repliesOddly() bool { return s.op == wire.OpCreateSession }

// ends tells whether the server ought to close the connection behind this reply.
func (s *step) ends(h wire.ReplyHeader) bool {
	return s.op == wire.OpCloseSession || h.Err == wire.Unimplemented && s.op != wire.OpReconfig || h.Err == wire.AuthFailed
}

func (p *peer) send(c *client, s *step, xid int32) error {
	body := s.bytes(p.start)
	head := wire.Marshal(nil, &wire.RequestHeader{Xid: xid, Op: s.op})
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(head)+len(body)))
	c.conn.nc.SetDeadline(time.Now().Add(patience))
	_, err := c.conn.nc.Write(append(append(frame, head...), body...))
	return err
}
