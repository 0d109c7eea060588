// Package wire holds ZooKeeper's protocol as bytes: the jute records, the
// opcodes, the error codes and the frames, for both sides of a connection.
//
// Contract: every record describes its fields once, in the order of
// zookeeper.jute, and that one description both encodes and decodes it. Decoding
// never trusts a length: nothing is allocated that the bytes at hand could not
// fill, and whatever does not fit is an error that wraps ErrMalformed. The
// package does no I/O except reading one frame, and knows neither sessions nor
// trees.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed is wrapped by every error that bytes which are no valid record cause.
var ErrMalformed = errors.New("malformed record")

// A Record can be carried in a frame. Jute names its fields to c in wire order;
// depending on the codec they are written or filled in.
type Record interface {
	Jute(c *Codec)
}

// A Codec walks over the fields of records, either appending them to a buffer or
// reading them from one. The first error sticks: later fields are left alone.
type Codec struct {
	buf      []byte
	off      int // next byte to read
	encoding bool
	shared   bool // what is read of buffers is no copy
	err      error
}

// Marshal appends the records to dst, one after the other, and returns the result.
func Marshal(dst []byte, records ...Record) []byte {
	c := Codec{buf: dst, encoding: true}
	for _, r := range records {
		r.Jute(&c)
	}
	return c.buf
}

// Unmarshal fills the records from b, one after the other. It returns the bytes
// left over, which a later protocol version may have added.
func Unmarshal(b []byte, records ...Record) (rest []byte, err error) {
	var c Codec
	return c.Unmarshal(b, records...)
}

// UnmarshalShared is Unmarshal where buffers are parts of b, which is theirs from then on.
func UnmarshalShared(b []byte, records ...Record) (rest []byte, err error) {
	c := Codec{buf: b, shared: true}
	for _, r := range records {
		r.Jute(&c)
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.buf[c.off:], nil
}

// Unmarshal is as the package's Unmarshal. The caller keeps the codec, which spares an
// allocation for each call.
func (c *Codec) Unmarshal(b []byte, records ...Record) (rest []byte, err error) {
	*c = Codec{buf: b}
	for _, r := range records {
		r.Jute(c)
	}
	rest, err = c.buf[c.off:], c.err
	*c = Codec{}
	if err != nil {
		return nil, err
	}
	return rest, nil
}

// Encoding tells whether the fields are being written rather than read.
func (c *Codec) Encoding() bool { return c.encoding }

// Remaining is the number of bytes that are left to read.
func (c *Codec) Remaining() int { return len(c.buf) - c.off }

// Failed tells whether an earlier field could not be read.
func (c *Codec) Failed() bool { return c.err != nil }

// Fail says that what was read cannot be, as a record's own Jute may find out. The
// first failure counts.
func (c *Codec) Fail(format string, args ...any) { c.fail(format, args...) }

func (c *Codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w at byte %d: %s", ErrMalformed, c.off, fmt.Sprintf(format, args...))
	}
}

// take returns the next n bytes to read, or nil if there are fewer.
func (c *Codec) take(n int, what string) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > c.Remaining() {
		c.fail("%s needs %d bytes, %d left", what, n, c.Remaining())
		return nil
	}
	b := c.buf[c.off : c.off+n]
	c.off += n
	return b
}

// Int32 is jute's int.
func (c *Codec) Int32(v *int32) {
	if c.encoding {
		c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(*v))
	} else if b := c.take(4, "int"); b != nil {
		*v = int32(binary.BigEndian.Uint32(b))
	}
}

// Int64 is jute's long.
func (c *Codec) Int64(v *int64) {
	if c.encoding {
		c.buf = binary.BigEndian.AppendUint64(c.buf, uint64(*v))
	} else if b := c.take(8, "long"); b != nil {
		*v = int64(binary.BigEndian.Uint64(b))
	}
}

// Bool is jute's boolean: one byte.
func (c *Codec) Bool(v *bool) {
	switch {
	case c.encoding && *v:
		c.buf = append(c.buf, 1)
	case c.encoding:
		c.buf = append(c.buf, 0)
	default:
		if b := c.take(1, "boolean"); b != nil {
			*v = b[0] != 0
		}
	}
}

// Buffer is jute's buffer. nil is written with the length -1, and read from it.
// What is read is a copy, unless it was asked for otherwise.
func (c *Codec) Buffer(v *[]byte) {
	if c.encoding {
		n := int32(len(*v))
		if *v == nil {
			n = -1
		}
		c.Int32(&n)
		c.buf = append(c.buf, *v...)
		return
	}
	var n int32
	c.Int32(&n)
	if n == -1 || c.err != nil {
		*v = nil
		return
	}
	b := c.take(int(n), "buffer")
	switch {
	case c.err != nil:
	case c.shared:
		*v = b[:n:n]
	default:
		*v = append([]byte{}, b...)
	}
}

// String is jute's ustring. A null string is read as "". The bytes are kept as
// they are, valid UTF-8 or not.
func (c *Codec) String(v *string) {
	if c.encoding {
		n := int32(len(*v))
		c.Int32(&n)
		c.buf = append(c.buf, *v...)
		return
	}
	var n int32
	c.Int32(&n)
	if n == -1 || c.err != nil {
		*v = ""
		return
	}
	*v = string(c.take(int(n), "string"))
}

// nullableString is jute's ustring where "" is written as null.
func (c *Codec) nullableString(v *string) {
	if c.encoding && *v == "" {
		null := int32(-1)
		c.Int32(&null)
		return
	}
	c.String(v)
}

// Strings is a vector of ustring.
func (c *Codec) Strings(v *[]string) {
	Vector(c, v, 4, (*Codec).String)
}

// Vector is jute's vector: a count and the elements, each described by field.
// minSize is the fewest bytes an element can take, so that a count which the
// frame cannot hold is refused before anything is allocated. nil is written as
// the count -1, and read from it.
func Vector[T any](c *Codec, v *[]T, minSize int, field func(*Codec, *T)) {
	n := int32(len(*v))
	if c.encoding {
		if *v == nil {
			n = -1
		}
		c.Int32(&n)
		for i := range *v {
			field(c, &(*v)[i])
		}
		return
	}
	c.Int32(&n)
	*v = nil
	if c.err != nil || n == -1 {
		return
	}
	if n < 0 || int(n) > c.Remaining()/minSize {
		c.fail("a vector of %d elements does not fit into %d bytes", n, c.Remaining())
		return
	}
	out := make([]T, n)
	for i := range out {
		field(c, &out[i])
		if c.err != nil {
			return
		}
	}
	*v = out
}
