package datadir

import (
	"errors"
	"fmt"
	"io"
)

// What a packed snapshot may unpack to if nothing else is said. gzip makes a thousandth
// of zeros, but of a real tree an eighth, and a thirtieth if its znodes have nothing but
// their names; a small file may be packed well by chance.
const (
	usualRatio    = 100
	leastUnpacked = 64 << 20
)

// TooLargeError says that a snapshot unpacks to more than it may. It is no damage: the
// file may be right, and then no other is to be taken in its place.
type TooLargeError struct {
	File   string
	Packed int64 // its length in bytes
	Most   int64 // bytes that it may unpack to
	Usual  bool  // nobody has asked for another bound
}

// Error implements error.
func (e *TooLargeError) Error() string {
	text := fmt.Sprintf("%s has %s and unpacks to more than %s", e.File, bytesText(e.Packed), bytesText(e.Most))
	if e.Usual {
		text += ", which is more than a real snapshot of that length needs"
	}
	return text
}

// bytesText is a number of bytes as a person reads it.
func bytesText(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 100<<10:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}

// bound is an unpacked stream that ends with a *TooLargeError where it becomes too long.
type bound struct {
	r    io.Reader
	left int64
	err  *TooLargeError
}

// newBound bounds what a file of size bytes unpacks to, to most or to what is usual.
func newBound(r io.Reader, file string, size, most int64) *bound {
	usual := most <= 0
	if usual {
		most = max(leastUnpacked, usualRatio*size)
	}
	return &bound{r: r, left: most, err: &TooLargeError{File: file, Packed: size, Most: most, Usual: usual}}
}

// allows is the error of a stream that says it will be so long, if it may not. Without a
// bound everything may.
func (b *bound) allows(length int64) error {
	if b == nil || length <= b.err.Most {
		return nil
	}
	return b.err
}

// Read implements io.Reader.
func (b *bound) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.err
	}
	// A byte more than is left tells whether the stream ends there.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		if err == nil || errors.Is(err, io.EOF) {
			err = b.err
		}
		return n - 1, err
	}
	return n, err
}
