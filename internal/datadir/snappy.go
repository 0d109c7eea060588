package datadir

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
)

// Java's snappy streams (xerial): a header, then blocks with their packed length
// before them. A stream may be several, one after the other.
const (
	snappyMagic   = "\x82SNAPPY\x00"
	snappyVersion = 1
	snappyHeader  = 16
	snappyBlock   = 32 << 10

	// maxSnappyBlock is the most that a block may hold. No block unpacks to more
	// than maxSnappyRatio times its own length.
	maxSnappyBlock = 64 << 20
	maxSnappyRatio = 32
)

type snappyWriter struct {
	w      io.Writer
	block  []byte
	packed []byte
	err    error
}

func newSnappyWriter(w io.Writer) *snappyWriter {
	head := append([]byte{}, snappyMagic...)
	head = binary.BigEndian.AppendUint32(head, snappyVersion)
	head = binary.BigEndian.AppendUint32(head, snappyVersion) // the oldest that can read it
	s := &snappyWriter{w: w, block: make([]byte, 0, snappyBlock)}
	_, s.err = w.Write(head)
	return s
}

// Write implements io.Writer.
func (s *snappyWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && s.err == nil {
		n := min(len(p), snappyBlock-len(s.block))
		s.block = append(s.block, p[:n]...)
		p, written = p[n:], written+n
		if len(s.block) == snappyBlock {
			s.flush()
		}
	}
	return written, s.err
}

func (s *snappyWriter) flush() {
	if s.err != nil || len(s.block) == 0 {
		return
	}
	if need := 4 + snappy.MaxEncodedLen(snappyBlock); cap(s.packed) < need {
		s.packed = make([]byte, need)
	}
	b := snappy.Encode(s.packed[4:cap(s.packed)], s.block)
	binary.BigEndian.PutUint32(s.packed[:4], uint32(len(b)))
	_, s.err = s.w.Write(s.packed[:4+len(b)])
	s.block = s.block[:0]
}

// Close implements io.Closer.
func (s *snappyWriter) Close() error {
	s.flush()
	return s.err
}

// snappyReader unpacks a stream, a block at a time.
type snappyReader struct {
	r      io.Reader
	packed []byte
	block  []byte
	rest   []byte // of block
}

func newSnappyReader(r io.Reader) (*snappyReader, error) {
	s := &snappyReader{r: r}
	var head [snappyHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, within(err)
	}
	return s, checkSnappyHeader(head[:])
}

func checkSnappyHeader(head []byte) error {
	if string(head[:len(snappyMagic)]) != snappyMagic {
		return errors.New("it does not begin as a snappy stream of Java does")
	}
	if v := binary.BigEndian.Uint32(head[12:]); v > snappyVersion {
		return fmt.Errorf("a snappy stream for version %d and later; only %d is known", v, snappyVersion)
	}
	return nil
}

// within is the error of a stream that ends where more has to come.
func within(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Read implements io.Reader.
func (s *snappyReader) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// next unpacks the next block.
func (s *snappyReader) next() error {
	var head [snappyHeader]byte
	if _, err := io.ReadFull(s.r, head[:4]); err != nil {
		return err // io.EOF is the end
	}
	if string(head[:4]) == snappyMagic[:4] {
		if _, err := io.ReadFull(s.r, head[4:]); err != nil {
			return within(err)
		}
		return checkSnappyHeader(head[:])
	}
	n := int64(int32(binary.BigEndian.Uint32(head[:4])))
	if n <= 0 || n > maxSnappyBlock {
		return fmt.Errorf("a snappy block of %d bytes", n)
	}
	var err error
	if s.packed, err = readGrowing(s.r, s.packed[:0], int(n)); err != nil {
		return err
	}
	length, err := snappy.DecodedLen(s.packed)
	if err != nil || length > maxSnappyBlock || length > maxSnappyRatio*len(s.packed) {
		return fmt.Errorf("a snappy block of %d bytes that cannot unpack to %d", n, length)
	}
	if s.block, err = snappy.DecodeStrict(s.block[:cap(s.block)], s.packed); err != nil {
		return fmt.Errorf("a snappy block of %d bytes: %w", n, err)
	}
	s.rest = s.block
	return nil
}

// readGrowing appends n bytes from r to dst. Memory grows with what arrives, not
// with what was announced.
func readGrowing(r io.Reader, dst []byte, n int) ([]byte, error) {
	const chunk = 1 << 20
	for n > 0 {
		part := min(n, chunk)
		at := len(dst)
		if cap(dst)-at < part {
			grown := make([]byte, at, min(at+n, max(2*at, at+part)))
			copy(grown, dst)
			dst = grown
		}
		dst = dst[:at+part]
		if _, err := io.ReadFull(r, dst[at:]); err != nil {
			return dst[:at], within(err)
		}
		n -= part
	}
	return dst, nil
}
