// Package rawzk is the least that speaks to a ZooKeeper server: requests as they
// travel, several at a time if the caller likes, and no reconnecting. The programs
// that measure and check servers stand on it, because it hides nothing from them.
//
// Contract: a Client belongs to one goroutine. Replies come in the order of the
// requests; a notification, which answers none, has an xid of its own. A Client
// that has returned an error other than a *wire.Error is of no more use.
package rawzk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"zoosh/internal/wire"
)

// ErrExpired says that the server does not know the session, or no more.
var ErrExpired = errors.New("the session has expired")

// maxReply is the longest frame that is taken from a server: its answers may be
// longer than what it accepts.
const maxReply = 64 << 20

// A Client is a connection with a session.
type Client struct {
	nc      net.Conn
	r       *bufio.Reader
	session wire.ConnectResponse
	xid     int32
	out     []byte // frames that are not sent yet
	frame   []byte // the one that Next returned last
	encoder wire.Codec
	header  wire.RequestHeader

	// OnEvent, if not nil, is told of the notifications that Do comes upon.
	OnEvent func(zxid int64, event wire.WatcherEvent)
}

// Dial connects to the server at addr with a new session of that timeout.
func Dial(addr string, timeout time.Duration) (*Client, error) {
	return connect(addr, wire.ConnectRequest{Timeout: int32(timeout / time.Millisecond), Passwd: make([]byte, 16)})
}

// Resume connects to the server at addr with a session that was begun before.
func Resume(addr string, timeout time.Duration, session int64, password []byte) (*Client, error) {
	return connect(addr, wire.ConnectRequest{
		Timeout: int32(timeout / time.Millisecond), SessionID: session, Passwd: password,
	})
}

// answerWait is how long a server may take to answer a connect request.
const answerWait = 30 * time.Second

func connect(addr string, request wire.ConnectRequest) (*Client, error) {
	nc, err := net.DialTimeout("tcp", addr, answerWait)
	if err != nil {
		return nil, err
	}
	c := newClient(nc)
	if err := c.begin(&request); err != nil {
		nc.Close()
		return nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return c, nil
}

func newClient(nc net.Conn) *Client {
	return &Client{nc: nc, r: bufio.NewReaderSize(nc, 64<<10)}
}

func (c *Client) begin(request *wire.ConnectRequest) error {
	c.nc.SetDeadline(time.Now().Add(answerWait))
	if _, err := c.nc.Write(wire.AppendFrame(nil, request)); err != nil {
		return err
	}
	frame, err := wire.ReadFrame(c.r, maxReply)
	if err != nil {
		return err
	}
	if _, err := wire.Unmarshal(frame, &c.session); err != nil {
		return err
	}
	if c.session.SessionID == 0 {
		return ErrExpired
	}
	return c.nc.SetDeadline(time.Time{})
}

// SessionID is the id of the session.
func (c *Client) SessionID() int64 { return c.session.SessionID }

// Password is the password of the session.
func (c *Client) Password() []byte { return c.session.Passwd }

// SetDeadline sets when reading and writing end with an error; the zero time is never.
func (c *Client) SetDeadline(t time.Time) { c.nc.SetDeadline(t) }

// Drop drops the connection and leaves the session to the server.
func (c *Client) Drop() { c.nc.Close() }

// Close ends the session and the connection.
func (c *Client) Close() error {
	defer c.nc.Close()
	_, err := c.Do(wire.OpCloseSession, &wire.Empty{}, nil)
	return err
}

// Append puts a request behind those that the next Flush sends.
func (c *Client) Append(op wire.Op, request wire.Record) {
	c.xid++
	c.header = wire.RequestHeader{Xid: op.Xid(c.xid), Op: op}
	c.out = c.encoder.AppendFrame(c.out, &c.header, request)
}

// Flush sends the requests that were appended.
func (c *Client) Flush() error {
	_, err := c.nc.Write(c.out)
	c.out = c.out[:0]
	return err
}

// Buffered tells whether the beginning of another frame is here, so that Next will
// hardly have to wait.
func (c *Client) Buffered() bool { return c.r.Buffered() > 0 }

// Next reads a frame: a reply or a notification. body is good until the next call.
func (c *Client) Next() (h wire.ReplyHeader, body []byte, err error) {
	length, err := c.r.Peek(4)
	if err != nil {
		return h, nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(length)))
	if n < wire.ReplyHeaderSize || n > maxReply {
		return h, nil, fmt.Errorf("%w: a reply of %d bytes", wire.ErrMalformed, n)
	}
	c.r.Discard(4)
	if cap(c.frame) < n {
		c.frame = make([]byte, n)
	}
	c.frame = c.frame[:n]
	if _, err := io.ReadFull(c.r, c.frame); err != nil {
		return h, nil, err
	}
	h.Xid = int32(binary.BigEndian.Uint32(c.frame))
	h.Zxid = int64(binary.BigEndian.Uint64(c.frame[4:]))
	h.Err = wire.Code(binary.BigEndian.Uint32(c.frame[12:]))
	return h, c.frame[wire.ReplyHeaderSize:], nil
}

// Do sends a request and reads its reply, into reply if it is no error; reply may
// be nil. It returns the zxid of the reply, also if the server refuses the request,
// which is a *wire.Error.
func (c *Client) Do(op wire.Op, request, reply wire.Record) (zxid int64, err error) {
	c.Append(op, request)
	if err := c.Flush(); err != nil {
		return 0, fmt.Errorf("%v: %w", op, err)
	}
	h, body, err := c.reply(c.header.Xid)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%v: %w", op, err)
	case h.Err != wire.OK:
		return h.Zxid, &wire.Error{Code: h.Err}
	case reply == nil:
		return h.Zxid, nil
	}
	if _, err := wire.Unmarshal(body, reply); err != nil {
		return 0, fmt.Errorf("%v: %w", op, err)
	}
	return h.Zxid, nil
}

// Ping says that the session lives.
func (c *Client) Ping() error {
	_, err := c.Do(wire.OpPing, &wire.Empty{}, nil)
	return err
}

// reply reads up to the reply of that xid.
func (c *Client) reply(xid int32) (wire.ReplyHeader, []byte, error) {
	for {
		h, body, err := c.Next()
		if err != nil {
			return h, nil, err
		}
		if h.Xid == xid {
			return h, body, nil
		}
		if h.Xid != wire.XidNotification {
			return h, nil, fmt.Errorf("a reply to %d, where %d was asked", h.Xid, xid)
		}
		if err := c.tell(h.Zxid, body); err != nil {
			return h, nil, err
		}
	}
}

func (c *Client) tell(zxid int64, body []byte) error {
	if c.OnEvent == nil {
		return nil
	}
	var event wire.WatcherEvent
	if _, err := wire.Unmarshal(body, &event); err != nil {
		return err
	}
	c.OnEvent(zxid, event)
	return nil
}
