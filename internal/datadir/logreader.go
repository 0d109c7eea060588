package datadir

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"os"
)

// logReader reads the txns of one log, one after the other.
type logReader struct {
	file   string
	src    io.ReaderAt
	close  func() error
	size   int64
	buf    *bufio.Reader
	at     int64 // where the next record begins
	last   int64 // where the last one returned began
	record []byte
	err    error
}

// openLog opens a log. The error is a *Damage if the file does not begin as a log
// does; it is a torn one if nothing was written but part of that beginning.
func openLog(path string) (*logReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := newLogReader(path, f, info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	r.close = f.Close
	return r, nil
}

func newLogReader(file string, src io.ReaderAt, size int64) (*logReader, error) {
	r := &logReader{file: file, src: src, size: size, close: func() error { return nil }}
	head := make([]byte, min(size, logHeaderSize))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if err := r.checkHeader(head); err != nil {
		return nil, err
	}
	r.at, r.last = logHeaderSize, logHeaderSize
	r.buf = bufio.NewReaderSize(io.NewSectionReader(src, r.at, size-r.at), int(min(size, 64<<10)))
	return r, nil
}

func (r *logReader) checkHeader(head []byte) error {
	known := len(head) == logHeaderSize && string(head[:4]) == logMagic
	version := uint32(fileVersion)
	if known {
		version = binary.BigEndian.Uint32(head[4:])
	}
	if known && version == fileVersion {
		return nil
	}
	// What a crash leaves is the first bytes, or none, and zeros.
	want := appendFileHeader(nil, logMagic, 0)
	n := 0
	for n < len(head) && head[n] == want[n] {
		n++
	}
	empty, err := r.zeros(int64(n))
	if err != nil {
		return err
	}
	if empty {
		return r.damage(0, true, "the file ends within its header")
	}
	if known {
		return r.damage(4, false, "it is of version %d, only %d is known", version, fileVersion)
	}
	return r.damage(0, false, "it does not begin as a transaction log does")
}

func (r *logReader) damage(at int64, torn bool, format string, args ...any) *Damage {
	return &Damage{File: r.file, Offset: at, Torn: torn, Reason: fmt.Sprintf(format, args...)}
}

// Close closes the file.
func (r *logReader) Close() error { return r.close() }

// Offset is where the record that Next returned last begins in the file.
func (r *logReader) Offset() int64 { return r.last }

// Next returns the next txn, and io.EOF after the last one, at the end of the file
// or where only zeros follow. A record that is not whole is a *Damage. It is Torn
// if it looks as if a crash had kept it from being written: it is the last one,
// with nothing or nothing but zeros behind it.
//
// An error is returned again by every later call.
func (r *logReader) Next() (*Txn, error) {
	if r.err != nil {
		return nil, r.err
	}
	t, err := r.next()
	for damage := ""; isDamage(err) && err.Error() != damage; {
		// A server that is at work there may have written between two looks at the
		// file, so only what is found twice is damage.
		damage = err.Error()
		if err = r.reload(); err == nil {
			t, err = r.next()
		}
	}
	if err != nil {
		r.err = err
	}
	return t, err
}

// isDamage tells whether err is damage that no crash explains.
func isDamage(err error) bool {
	var d *Damage
	return errors.As(err, &d) && !d.Torn
}

// reload has the next record read from the file again, which may have grown.
func (r *logReader) reload() error {
	if f, ok := r.src.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("reading %s: %w", r.file, err)
		}
		r.size = info.Size()
	}
	r.buf.Reset(io.NewSectionReader(r.src, r.at, r.size-r.at))
	return nil
}

func (r *logReader) next() (*Txn, error) {
	left := r.size - r.at
	if left < recordHead {
		return nil, r.end()
	}
	var head [recordHead]byte
	if err := r.read(head[:]); err != nil {
		return nil, err
	}
	sum, length := binary.BigEndian.Uint64(head[:]), int64(int32(binary.BigEndian.Uint32(head[8:])))
	switch {
	case length == 0:
		return nil, r.end()
	case length < 0 || length > maxBuffer:
		return nil, r.damage(r.at, false, "a record of %d bytes; it can have 1 to %d", length, maxBuffer)
	case length+recordHead+1 > left:
		return nil, r.broken(r.size, "a record of %d bytes, but the file ends after %d", length, max(0, left-recordHead))
	}
	if int64(cap(r.record)) < length+1 {
		r.record = make([]byte, length+1)
	}
	r.record = r.record[:length+1]
	if err := r.read(r.record); err != nil {
		return nil, err
	}
	return r.parse(sum, r.record[:length], r.record[length])
}

// parse makes a txn of a record that was read whole.
func (r *logReader) parse(sum uint64, record []byte, trailer byte) (*Txn, error) {
	end := r.at + recordHead + int64(len(record)) + 1
	if got := adler32.Checksum(record); uint64(got) != sum {
		return nil, r.broken(end, "the checksum of a record is %x, its bytes have %x", sum, got)
	}
	if trailer != recordEnd {
		return nil, r.broken(end, "a record ends in %#x instead of %#x", trailer, recordEnd)
	}
	t, err := parseTxn(record)
	if err != nil {
		return nil, r.damage(r.at, false, "%v", err)
	}
	r.at, r.last = end, r.at
	return t, nil
}

// read fills b from the file.
func (r *logReader) read(b []byte) error {
	if _, err := io.ReadFull(r.buf, b); err != nil {
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	return nil
}

// end is the end of the log, if there is nothing from here on.
func (r *logReader) end() error {
	if empty, err := r.zeros(r.at); err != nil {
		return err
	} else if empty {
		return io.EOF
	}
	head := min(r.at+recordHead, r.size)
	empty, err := r.zeros(head)
	if err != nil {
		return err
	}
	if empty {
		return r.damage(r.at, true, "the file ends within the head of a record")
	}
	return r.damage(r.at, false, "no record, but not the end either: more than zeros follow")
}

// broken is a record that begins here and is not whole. end is where it would end.
func (r *logReader) broken(end int64, format string, args ...any) error {
	torn, err := r.zeros(end)
	if err != nil {
		return err
	}
	if torn {
		// Its length may be wrong and cover the records that follow.
		covered := make([]byte, end-r.at-1)
		if n, err := r.src.ReadAt(covered, r.at+1); err != nil && n < len(covered) {
			return fmt.Errorf("reading %s: %w", r.file, err)
		}
		torn = !holdsRecord(covered)
	}
	return r.damage(r.at, torn, format, args...)
}

// zeros tells whether the file has nothing but zeros from an offset on.
func (r *logReader) zeros(from int64) (bool, error) {
	b := make([]byte, min(256<<10, max(0, r.size-from)))
	for from < r.size {
		part := b[:min(int64(len(b)), r.size-from)]
		if n, err := r.src.ReadAt(part, from); err != nil && n < len(part) {
			return false, fmt.Errorf("reading %s: %w", r.file, err)
		}
		// Each byte is like the one before it: compared at once, for this is most of
		// what a start reads.
		if part[0] != 0 || !bytes.Equal(part[1:], part[:len(part)-1]) {
			return false, nil
		}
		from += int64(len(part))
	}
	return true, nil
}

// sumBudget is how many bytes holdsRecord may sum up per byte it looks at, so
// that bytes made for the purpose cannot keep it busy.
const sumBudget = 16

// holdsRecord tells whether a whole record stands anywhere in b. When in doubt it
// says so.
func holdsRecord(b []byte) bool {
	budget := sumBudget*len(b) + 1<<20
	for i := 0; i+recordHead+headerSize < len(b); i++ {
		n := int(int32(binary.BigEndian.Uint32(b[i+8:])))
		end := i + recordHead + n
		if n < headerSize || end >= len(b) || b[end] != recordEnd || b[i]|b[i+1]|b[i+2]|b[i+3] != 0 {
			continue
		}
		if budget -= n; budget < 0 {
			return true
		}
		if binary.BigEndian.Uint32(b[i+4:]) == adler32.Checksum(b[i+recordHead:end]) {
			return true
		}
	}
	return false
}
