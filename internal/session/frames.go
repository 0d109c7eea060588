package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"zoosh/internal/wire"
)

// This file reads the frames of a server, none longer than it may be.

// plainFrame is how long a frame may be without anybody looking whose it is.
const plainFrame = 16 << 10

// readFrame reads the next frame, if it is no longer than it may be: a reply as its
// request says, and what was not asked for as long as a path.
func (c *conn) readFrame() ([]byte, error) {
	head, err := c.peek(4)
	if err != nil {
		return nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(head)))
	limit := plainFrame
	if n > plainFrame {
		most := max(c.s.shortFrame(), c.s.cfg.Limits.Reply)
		if head, err = c.peek(8); err != nil && n <= most {
			return nil, err
		} else if err != nil {
			return wire.ReadFrame(c.in, most) // which says what no server sends
		}
		if limit, err = c.limitOf(int32(binary.BigEndian.Uint32(head[4:])), n); err != nil {
			return nil, err
		}
	}
	return wire.ReadFrame(c.in, limit)
}

// peek is the next n bytes, which stay to be read. Whoever reads on after its error
// waits for as long again.
func (c *conn) peek(n int) ([]byte, error) {
	head, err := c.in.Peek(n)
	if errors.Is(err, io.EOF) && len(head) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return head, err
}

// limitOf is how long a frame with that xid may be. If n bytes are too many for the
// reply to a request, that fails of it; so does the connection, since nobody reads what
// is in the way of the next frame.
func (c *conn) limitOf(xid int32, n int) (int, error) {
	if xid < firstXid {
		return c.s.shortFrame(), nil
	}
	c.mu.Lock()
	rq := c.pending[xid]
	tooLong := rq != nil && n > rq.most
	if tooLong {
		delete(c.pending, xid)
	}
	c.mu.Unlock()
	switch {
	case rq == nil:
		return 0, unasked(xid)
	case !tooLong:
		return rq.most, nil
	}
	err := &LongReplyError{Addr: c.addr, Op: rq.op, Size: n, Limit: rq.most}
	c.fail(err)
	rq.done <- reply{err: err, unanswered: true}
	return 0, err
}

func unasked(xid int32) error {
	return fmt.Errorf("%w: reply to a request that was not made (xid %#x)", wire.ErrMalformed, xid)
}
