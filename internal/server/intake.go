package server

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"slices"

	"zoosh/internal/wire"
)

// maxBatch is how many requests of a client are served before the others have a
// turn.
const maxBatch = 64

// request is what a client asks for, read but not understood: that needs the
// server's state.
type request struct {
	header wire.RequestHeader
	noise  error       // why there is not even a header
	body   wire.Record // nil if the opcode has none, or is none
	err    error       // why the body could not be read

	nullPath bool // the body begins with a path, which is null
	size     int  // of the frame, in bytes
}

// intake reads the requests of a connection. It takes those together that have
// arrived together.
type intake struct {
	c       *conn
	share   *holding // of the budget of requests
	r       *bufio.Reader
	limit   int // of a frame, in bytes
	decoder wire.Codec
	batch   []request
}

// next waits for a request, and returns it with those behind it that are here
// already, up to maxBatch. They are good until the next call. With an error there
// may be requests, too: those that came before it.
func (in *intake) next() ([]request, error) {
	clear(in.batch)
	in.batch = in.batch[:0]
	in.share.holds(0)
	for len(in.batch) == 0 || len(in.batch) < maxBatch && in.isHere() {
		frame, buffered, err := in.frame()
		if err != nil {
			return in.batch, err
		}
		in.batch = append(in.batch, in.readInTurn(frame))
		in.r.Discard(buffered)
	}
	return in.batch, nil
}

// isHere tells whether a whole frame has arrived.
func (in *intake) isHere() bool {
	here := in.r.Buffered()
	if here < 4 {
		return false
	}
	length, _ := in.r.Peek(4)
	return uint64(binary.BigEndian.Uint32(length)) <= uint64(here-4)
}

// frame reads a frame. If it fits into the buffer it is still there: so many bytes
// are to be discarded.
func (in *intake) frame() (frame []byte, buffered int, err error) {
	length, err := in.r.Peek(4)
	if err != nil {
		if err == io.EOF && len(length) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, 0, err
	}
	n := uint64(binary.BigEndian.Uint32(length))
	if n > uint64(min(in.r.Size()-4, in.limit)) {
		frame, err = in.longFrame(int(int32(n)))
		return frame, 0, err
	}
	all, err := in.r.Peek(4 + int(n))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, 0, err
	}
	return all[4:], len(all), nil
}

const (
	// arrivalStep is how much of a long frame is read at once, in bytes.
	arrivalStep = 64 << 10
)

// unfolds is how many times as long as its frame a request may be that comes next, with
// what is read out of the frame. Most of a long create or set is data.
func (in *intake) unfolds() int {
	const header = 4 + 4 + 4
	begin, err := in.r.Peek(header)
	if err != nil {
		return 2 // nothing comes of it
	}
	switch wire.Op(int32(binary.BigEndian.Uint32(begin[8:]))) {
	case wire.OpCreate, wire.OpCreate2, wire.OpSetData:
		return 2
	}
	return 5
}

// longFrame reads a frame of n bytes, once there is room for it among what all
// connections have in arrival. It takes memory as its bytes arrive.
func (in *intake) longFrame(n int) ([]byte, error) {
	if n < 0 || n > in.limit {
		return wire.ReadFrame(in.r, in.limit) // which says what is wrong
	}
	takes := n * in.unfolds()
	if in.share.holds(0); !in.c.awaitArrival(in.share, takes) {
		return nil, net.ErrClosed
	}
	in.share.holds(takes)
	in.r.Discard(4)
	var frame []byte
	for len(frame) < n {
		at, step := len(frame), min(arrivalStep, n-len(frame))
		frame = slices.Grow(frame, step)[:at+step]
		in.share.awaits()
		if _, err := io.ReadFull(in.r, frame[at:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		in.share.gotOn(step)
	}
	return frame, nil
}

// awaitArrival waits until there is room for so many bytes more of a request.
func (c *conn) awaitArrival(share *holding, more int) bool {
	b := share.of
	return b.fits(more) || b.await(more, c.s.quit, func() bool { return c.s.stopping() || !c.out.isOpen() })
}

// readInTurn is read. Of long frames one is read at a time, see Server.turn.
func (in *intake) readInTurn(frame []byte) request {
	if len(frame) >= heavyRequest {
		in.c.s.heavy.Lock()
		defer in.c.s.heavy.Unlock()
	}
	return in.read(frame)
}

// read reads a request out of a frame, and keeps nothing of it.
func (in *intake) read(frame []byte) (r request) {
	r.size = 4 + len(frame)
	body, err := in.decoder.Unmarshal(frame, &r.header)
	if err != nil {
		r.noise = err
		return r
	}
	if r.body = r.header.Op.NewRequest(); r.body != nil {
		_, r.err = in.decoder.Unmarshal(body, r.body)
		r.nullPath = r.err == nil && hasNullPath(r.header.Op, body)
	}
	return r
}
