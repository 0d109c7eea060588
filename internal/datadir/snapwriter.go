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
	"iter"
	"os"
	"path/filepath"

	"zoosh/internal/wire"
)

// snapshotWriter writes a snapshot, unpacked, to a stream. The first error sticks.
type snapshotWriter struct {
	w     *bufio.Writer
	sum   hash.Hash32
	acls  *ACLTable
	buf   []byte
	nodes int
	err   error
}

// newSnapshotWriter begins a snapshot with what stands before the znodes: the
// sessions that live, and every ACL that a znode has. No table means that all are
// world:anyone:all.
func newSnapshotWriter(w io.Writer, sessions []Session, acls *ACLTable) (*snapshotWriter, error) {
	if acls == nil {
		acls = new(ACLTable)
	}
	s := &snapshotWriter{w: bufio.NewWriterSize(w, 64<<10), sum: adler32.New(), acls: acls}
	s.buf = appendFileHeader(s.buf, snapMagic, snapDBID)
	s.int32(len(sessions))
	for _, session := range sessions {
		s.int64(session.ID)
		s.int32(int(session.Timeout))
		s.flush()
	}
	s.int32(len(acls.lists))
	for i, acl := range acls.lists {
		s.int64(int64(i + 1))
		s.buf = wire.Marshal(s.buf, (*aclRecord)(&acl))
		s.flush()
	}
	return s, s.flush()
}

func (s *snapshotWriter) int32(v int) { s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(v)) }

func (s *snapshotWriter) int64(v int64) { s.buf = binary.BigEndian.AppendUint64(s.buf, uint64(v)) }

func (s *snapshotWriter) string(v string) {
	s.int32(len(v))
	s.buf = append(s.buf, v...)
}

// flush passes on what was put together.
func (s *snapshotWriter) flush() error {
	s.write(s.buf)
	s.buf = s.buf[:0]
	return s.err
}

func (s *snapshotWriter) write(b []byte) {
	if s.err == nil {
		s.sum.Write(b)
		_, s.err = s.w.Write(b)
	}
}

// WriteNode adds a znode. The root is the first, and parents come before their
// children.
func (s *snapshotWriter) WriteNode(n *Node) error {
	if s.err != nil {
		return s.err
	}
	path := n.Path
	if isRoot := path == "/"; isRoot != (s.nodes == 0) || !isRoot && !goodPath(path) {
		s.err = fmt.Errorf("the znode %q cannot stand in a snapshot as its number %d", path, s.nodes+1)
		return s.err
	} else if isRoot {
		path = ""
	}
	acl, ok := s.acls.lookup(n.ACL)
	if !ok || n.ACLMissing {
		s.err = fmt.Errorf("the ACL of %s is not in the snapshot's table", n.Path)
		return s.err
	}
	s.nodes++
	s.string(path)
	if n.Data == nil {
		s.int32(-1)
	} else {
		s.int32(len(n.Data))
		s.flush()
		s.write(n.Data)
	}
	s.int64(acl)
	s.buf = wire.Marshal(s.buf, &n.Stat)
	return s.flush()
}

// Close writes the end and the checksum. It does not close the stream.
func (s *snapshotWriter) Close() error {
	if s.err == nil && s.nodes == 0 {
		s.err = errors.New("a snapshot without a root")
	}
	s.string("/")
	s.flush()
	s.int64(int64(s.sum.Sum32()))
	s.string("/")
	if s.flush() == nil {
		s.err = s.w.Flush()
	}
	return s.err
}

// SnapshotSource is what a snapshot is written from.
type SnapshotSource struct {
	Sessions []Session
	ACLs     *ACLTable       // every ACL of Nodes
	Nodes    iter.Seq[*Node] // the root first, parents before children; one may be reused for the next
	// Done is called behind the last node, and its error is the snapshot's: for what
	// must have happened before it counts. nil is nothing.
	Done     func() error
	Compress Compression
}

// WriteSnapshot writes the snapshot of zxid into dir, a version-2 directory. It
// has its name only when all of it is on the disk; when that fails, nothing of it
// is left.
func WriteSnapshot(dir string, zxid int64, s SnapshotSource) error {
	name := snapshotName(zxid, s.Compress)
	if err := writeWhole(dir, name, s.writeTo); err != nil {
		return fmt.Errorf("writing the snapshot %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

// tempName is the name of a file while it is written; neither this package nor
// ZooKeeper takes it for a snapshot.
func tempName(name string) string { return "." + name + ".tmp" }

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(dir, name string, write func(io.Writer) error) error {
	temp := filepath.Join(dir, tempName(name))
	os.Remove(temp) // of a crash
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp, filepath.Join(dir, name))
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(dir)
}

// writeTo writes the snapshot, packed, to w.
func (s *SnapshotSource) writeTo(w io.Writer) error {
	packed, err := pack(w, s.Compress)
	if err != nil {
		return err
	}
	out, err := newSnapshotWriter(packed, s.Sessions, s.ACLs)
	if err != nil {
		return err
	}
	for n := range s.Nodes {
		if err := out.WriteNode(n); err != nil {
			return err
		}
	}
	if s.Done != nil {
		if err := s.Done(); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return packed.Close()
}

// pack is a stream that packs what is written to it. Closing it does not close w.
func pack(w io.Writer, c Compression) (io.WriteCloser, error) {
	switch c {
	case Plain:
		return plainWriter{w}, nil
	case Gzip:
		return gzip.NewWriter(w), nil
	case Snappy:
		return newSnappyWriter(w), nil
	}
	return nil, fmt.Errorf("no compression is called %q", string(c))
}

type plainWriter struct{ io.Writer }

// Close implements io.Closer.
func (plainWriter) Close() error { return nil }
