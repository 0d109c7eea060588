package datadir

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
	"io"
	"os"
	"path/filepath"

	"zoosh/internal/wire"
)

// SnapshotReader reads a snapshot from its beginning to its end. What it returns
// is only known to be right when Next has returned io.EOF: the checksum stands at
// the end.
type SnapshotReader struct {
	src      source
	zxid     int64
	sessions []Session
	acls     map[int64][]wire.ACL
	nodes    int64
	newest   int64  // the highest zxid in a stat
	path     []byte // of the znode read last, for its room
	close    func() error
	err      error
}

// openSnapshot opens a snapshot, packed as its name says, and reads what stands
// before its znodes. It unpacks to so many bytes at most; 0 for what is usual. An
// error that the file is to blame for is a *Damage, or a *TooLargeError.
func openSnapshot(path string, most int64) (*SnapshotReader, error) {
	zxid, c, ok := snapshotZxid(filepath.Base(path))
	if !ok {
		return nil, fmt.Errorf("%s is not named as a snapshot is", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := readSnapshotWithin(path, f, info.Size(), c, most)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.zxid, r.close = zxid, f.Close
	return r, nil
}

func readSnapshotWithin(file string, f io.Reader, size int64, c Compression, most int64) (*SnapshotReader, error) {
	r := &SnapshotReader{close: func() error { return nil }}
	if err := r.src.open(file, f, size, c, most); err != nil {
		return nil, err
	}
	for _, part := range []func() error{r.readHeader, r.readSessions, r.readACLs} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Zxid is that of the file's name: the state holds what the txns up to it did,
// and may hold some of what later ones did.
func (r *SnapshotReader) Zxid() int64 { return r.zxid }

// Sessions are those that lived.
func (r *SnapshotReader) Sessions() []Session { return r.sessions }

// Damaged is the error of a caller to whom the znode read last makes no sense.
func (r *SnapshotReader) Damaged(reason string) *Damage {
	return r.src.damage(r.src.at, "%s", reason)
}

// Close closes the file.
func (r *SnapshotReader) Close() error { return r.close() }

func (r *SnapshotReader) readHeader() error {
	head, err := r.src.fixed(16)
	if err != nil {
		return err
	}
	if string(head[:4]) != snapMagic {
		return r.src.damage(0, "it does not begin as a snapshot does")
	}
	if v := binary.BigEndian.Uint32(head[4:]); v != fileVersion {
		return r.src.damage(4, "it is of version %d, only %d is known", v, fileVersion)
	}
	return nil
}

func (r *SnapshotReader) readSessions() error {
	n, err := r.src.count("sessions", sessionSize)
	if err != nil {
		return err
	}
	for range n {
		b, err := r.src.fixed(sessionSize)
		if err != nil {
			return err
		}
		r.sessions = append(r.sessions, Session{
			ID: int64(binary.BigEndian.Uint64(b)), Timeout: int32(binary.BigEndian.Uint32(b[8:]))})
	}
	return nil
}

// maxPackedACLs is where the ACLs end in a packed snapshot, in bytes: they are kept,
// and what they unpack to is not to be believed without end.
const maxPackedACLs = 1 << 30

func (r *SnapshotReader) readACLs() error {
	n, err := r.src.count("ACLs", 12)
	if err != nil {
		return err
	}
	r.acls = map[int64][]wire.ACL{openACLID: wire.OpenACL()}
	for range n {
		b, err := r.src.fixed(8)
		if err != nil {
			return err
		}
		id := int64(binary.BigEndian.Uint64(b))
		acl, err := r.readACL()
		if err != nil {
			return err
		}
		if id != openACLID { // which ZooKeeper does not look up
			r.acls[id] = acl
		}
		if r.src.size < 0 && r.src.at > maxPackedACLs {
			return r.src.damage(r.src.at, "its ACLs go on beyond %d bytes", maxPackedACLs)
		}
	}
	return nil
}

func (r *SnapshotReader) readACL() ([]wire.ACL, error) {
	n, err := r.src.count("entries in an ACL", 12)
	if err != nil {
		return nil, err
	}
	acl := []wire.ACL{}
	for range n {
		b, err := r.src.fixed(4)
		if err != nil {
			return nil, err
		}
		entry := wire.ACL{Perms: int32(binary.BigEndian.Uint32(b))}
		for _, s := range []*string{&entry.Scheme, &entry.ID} {
			text, err := r.src.buffer(nil)
			if err != nil {
				return nil, err
			}
			*s = string(text)
		}
		acl = append(acl, entry)
	}
	return acl, nil
}

// Next returns the next znode, parents before their children if the writer kept to
// the rules, and io.EOF after the last one if the checksum is right. An error is
// returned again by every later call.
func (r *SnapshotReader) Next() (*Node, error) {
	if r.err != nil {
		return nil, r.err
	}
	n, err := r.next()
	if err != nil {
		r.err = err
	}
	return n, err
}

func (r *SnapshotReader) next() (*Node, error) {
	start := r.src.at
	b, err := r.src.buffer(r.path)
	if err != nil {
		return nil, err
	}
	r.path = b
	path := string(b)
	switch isRoot := r.nodes == 0; {
	case isRoot && path == "":
		path = "/"
	case isRoot:
		return nil, r.src.damage(start, "its first znode is %q, not the root", path)
	case path == "/":
		return nil, r.end()
	case !goodPath(path):
		return nil, r.src.damage(start, "no znode can be called %q", path)
	}
	n := &Node{Path: path}
	if n.Data, err = r.src.buffer(nil); err != nil {
		return nil, err
	}
	if b, err = r.src.fixed(8 + statSize); err != nil {
		return nil, err
	}
	if _, err := wire.Unmarshal(b[8:], &n.Stat); err != nil {
		return nil, err
	}
	acl, ok := r.acls[int64(binary.BigEndian.Uint64(b))]
	if n.ACL = acl; !ok {
		n.ACL, n.ACLMissing = []wire.ACL{}, true
	}
	r.nodes++
	r.newest = max(r.newest, n.Stat.Czxid, n.Stat.Mzxid, n.Stat.Pzxid)
	return n, nil
}

// end reads what stands behind the znodes: a checksum and, since 3.6 and 3.9, a
// digest and the zxid of the last txn, with a checksum each.
func (r *SnapshotReader) end() error {
	if err := r.seal(); err != nil {
		return err
	}
	rest, err := r.src.rest()
	if err != nil {
		return err
	}
	const digest, lastZxid, sealSize = 8 + 4 + 8, 8, 8 + 5
	if len(rest) > 0 && len(rest) != lastZxid+sealSize {
		n := digest
		if len(rest) >= 16 && binary.BigEndian.Uint32(rest[8:]) < 2 { // it was text then
			n = 16 + int(min(16, binary.BigEndian.Uint32(rest[12:])))
		}
		if rest, err = r.tail(rest, n); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		if rest, err = r.tail(rest, lastZxid); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		return r.src.damage(r.src.at, "%d bytes stand behind its end", len(rest))
	}
	return io.EOF
}

// seal reads a checksum and the "/" behind it.
func (r *SnapshotReader) seal() error {
	at, sum := r.src.at, r.src.sum.Sum32()
	b, err := r.src.fixed(8 + 5)
	if err != nil {
		return err
	}
	return r.checkSeal(at, sum, b)
}

func (r *SnapshotReader) checkSeal(at int64, sum uint32, b []byte) error {
	if want := binary.BigEndian.Uint64(b); want != uint64(sum) {
		return r.src.damage(at, "the checksum is %x, the bytes before it have %x", want, sum)
	}
	if string(b[8:]) != "\x00\x00\x00\x01/" {
		return r.src.damage(at+8, "no / stands behind its checksum")
	}
	return nil
}

// tail passes over n bytes of rest and the checksum behind them.
func (r *SnapshotReader) tail(rest []byte, n int) ([]byte, error) {
	if len(rest) < n+13 {
		return nil, r.src.damage(r.src.at, "%d bytes stand behind its end", len(rest))
	}
	r.src.sum.Write(rest[:n])
	at, sum := r.src.at+int64(n), r.src.sum.Sum32()
	r.src.sum.Write(rest[n : n+13])
	r.src.at += int64(n + 13)
	return rest[n+13:], r.checkSeal(at, sum, rest[n:n+13])
}

// source is the bytes of a snapshot, unpacked, summed up and counted.
type source struct {
	file    string
	raw     *rawReader
	r       *bufio.Reader
	sum     hash.Hash32
	at      int64 // bytes read
	size    int64 // of all that can be read; -1 if it is packed
	bound   *bound
	scratch [8 + statSize]byte
}

// rawReader remembers why a file could not be read, other than by its end.
type rawReader struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (r *rawReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func (s *source) open(file string, f io.Reader, size int64, c Compression, most int64) error {
	s.file, s.raw, s.sum, s.size = file, &rawReader{r: f}, adler32.New(), -1
	in := bufio.NewReaderSize(s.raw, 64<<10)
	var unpacked io.Reader
	var err error
	switch c {
	case Gzip:
		unpacked, err = gzip.NewReader(in)
	case Snappy:
		unpacked, err = newSnappyReader(in)
	default:
		s.r, s.size = in, size
		return nil
	}
	if err != nil {
		return s.failed(err)
	}
	s.bound = newBound(unpacked, file, size, most)
	s.r = bufio.NewReaderSize(s.bound, 64<<10)
	return nil
}

func (s *source) damage(at int64, format string, args ...any) *Damage {
	return &Damage{File: s.file, Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// failed makes an error of what kept more from being read: the machine, or what
// the file holds.
func (s *source) failed(err error) error {
	if errors.As(err, new(*TooLargeError)) {
		return err
	}
	if s.raw.err != nil {
		return fmt.Errorf("reading %s: %w", s.file, s.raw.err)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return s.damage(s.at, "it ends before its end")
	}
	return s.damage(s.at, "%v", err)
}

// fixed reads a few bytes, which hold until the next call.
func (s *source) fixed(n int) ([]byte, error) {
	b := s.scratch[:n]
	if _, err := io.ReadFull(s.r, b); err != nil {
		return nil, s.failed(err)
	}
	s.took(b)
	return b, nil
}

func (s *source) took(b []byte) {
	s.sum.Write(b)
	s.at += int64(len(b))
}

// buffer reads a length and as many bytes, into dst if they fit; nil if it is null.
func (s *source) buffer(dst []byte) ([]byte, error) {
	b, err := s.fixed(4)
	if err != nil {
		return nil, err
	}
	n := int64(int32(binary.BigEndian.Uint32(b)))
	if n == -1 {
		return nil, nil
	}
	if n < 0 || n > maxBuffer || s.size >= 0 && n > s.size-s.at {
		return nil, s.damage(s.at-4, "%d bytes are announced, which cannot be", n)
	}
	if err := s.bound.allows(s.at + n); err != nil {
		return nil, err
	}
	if n == 0 {
		return []byte{}, nil
	}
	if b, err = readGrowing(s.r, dst[:0], int(n)); err != nil {
		return nil, s.failed(err)
	}
	s.took(b)
	return b, nil
}

// count reads how many things of at least size bytes follow.
func (s *source) count(what string, size int64) (int, error) {
	b, err := s.fixed(4)
	if err != nil {
		return 0, err
	}
	n := int64(int32(binary.BigEndian.Uint32(b)))
	most := int64(maxBuffer) / size
	if s.size >= 0 { // of a file that is not packed the length is known
		most = (s.size - s.at) / size
	}
	if n >= 0 && n <= most {
		if err := s.bound.allows(s.at + n*size); err != nil {
			return 0, err
		}
	}
	if n < 0 || n > most {
		return 0, s.damage(s.at-4, "%d %s are announced, which cannot be", n, what)
	}
	return int(n), nil
}

// rest reads what is left, which is not much.
func (s *source) rest() ([]byte, error) {
	const most = 100
	b, err := io.ReadAll(io.LimitReader(s.r, most+1))
	if err != nil {
		return nil, s.failed(err)
	}
	if len(b) > most {
		return nil, s.damage(s.at, "more than %d bytes stand behind its end", most)
	}
	return b, nil
}
