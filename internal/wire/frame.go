package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// MaxFrame is the longest frame a server takes by default, in bytes
// (jute.maxbuffer, 0xfffff).
const MaxFrame = 0xfffff

// frameChunk is what ReadFrame allocates before it has seen any of the frame.
const frameChunk = 64 << 10

// frameGrowth bounds the memory of a frame that is still arriving: so many times the
// bytes that have come. The larger it is, the fewer bytes are copied when it grows.
const frameGrowth = 4

// AppendFrame appends a frame that holds the records to dst.
func AppendFrame(dst []byte, records ...Record) []byte {
	var c Codec
	return c.AppendFrame(dst, records...)
}

// AppendFrame is as the package's AppendFrame. The caller keeps the codec, which spares
// an allocation for each frame.
func (c *Codec) AppendFrame(dst []byte, records ...Record) []byte {
	at := len(dst)
	*c = Codec{buf: append(dst, 0, 0, 0, 0), encoding: true}
	for _, r := range records {
		r.Jute(c)
	}
	dst, c.buf = c.buf, nil
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// ReadFrame reads the frame whose four length bytes come next, and returns what
// follows them. A length below 0 or above limit is an error that wraps
// ErrMalformed. Memory grows with the bytes that arrive, not with the length
// that was announced. A stream that ends between frames gives io.EOF, one that
// ends within a frame io.ErrUnexpectedEOF.
func ReadFrame(r io.Reader, limit int) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	return ReadFrameBody(r, length, limit)
}

// ReadFrameBody is ReadFrame for a caller that has read the length itself.
func ReadFrameBody(r io.Reader, length [4]byte, limit int) ([]byte, error) {
	n := int(int32(binary.BigEndian.Uint32(length[:])))
	if n < 0 || n > limit {
		return nil, fmt.Errorf("%w: frame of %d bytes, the limit is %d", ErrMalformed, n, limit)
	}
	if n <= frameChunk {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, noEOF(err)
	}
	b := make([]byte, 0, frameChunk)
	for len(b) < n {
		if len(b) == cap(b) {
			b = append(make([]byte, 0, min(frameGrowth*len(b), n)), b...)
		}
		k, err := io.ReadFull(r, b[len(b):min(cap(b), n)])
		if b = b[:len(b)+k]; err != nil {
			return b, noEOF(err)
		}
	}
	return b, nil
}

// noEOF turns the end of the stream within a frame into an error.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
