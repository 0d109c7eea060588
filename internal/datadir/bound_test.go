package datadir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// blown is a snapshot of so many MiB of zeros, which are packed very well.
func blown(t *testing.T, c Compression, mib int) []byte {
	t.Helper()
	var b bytes.Buffer
	s := SnapshotSource{ACLs: new(ACLTable), Compress: c, Nodes: func(yield func(*Node) bool) {
		n := &Node{Path: "/", Data: make([]byte, 1<<20)}
		for i := 0; yield(n) && i < mib; i++ {
			n.Path = fmt.Sprint("/", i)
		}
	}}
	if err := s.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads a snapshot to its end and tells how many bytes of data it gave.
func readAll(b []byte, c Compression, most int64) (data int64, err error) {
	r, err := readSnapshotWithin("snapshot", bytes.NewReader(b), int64(len(b)), c, most)
	for err == nil {
		var n *Node
		if n, err = r.Next(); err == nil {
			data += int64(len(n.Data))
		}
	}
	if err == io.EOF {
		err = nil
	}
	return data, err
}

// TestUnpackedIsBounded: a small file that unpacks to very much is refused before that is
// in memory, unless somebody has asked for it.
func TestUnpackedIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks hundreds of megabytes in one goroutine")
	}
	gz := blown(t, Gzip, 200)
	snappy := blown(t, Snappy, 120)
	plain := blown(t, Plain, 120)
	real := blown(t, Gzip, 20)
	for _, tt := range []struct {
		name string
		file []byte
		c    Compression
		most int64
		ok   bool
	}{
		{"gzip", gz, Gzip, 0, false}, {"gzip, as asked for", gz, Gzip, 300 << 20, true}, {"gzip, less asked for", gz, Gzip, 100 << 20, false},
		{"small gzip", real, Gzip, 0, true}, {"small gzip, less asked for", real, Gzip, 10 << 20, false},
		{"snappy", snappy, Snappy, 0, true}, // which is not packed so well
		{"snappy, less asked for", snappy, Snappy, 100 << 20, false},
		{"plain", plain, Plain, 1 << 20, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := readAll(tt.file, tt.c, tt.most)
			var large *TooLargeError
			if (err == nil) != tt.ok || err != nil && !errors.As(err, &large) {
				t.Fatal(err)
			}
			if large == nil {
				return
			}
			if most := max(tt.most, leastUnpacked, usualRatio*int64(len(tt.file))); tt.most == 0 && large.Most != most || data > large.Most {
				t.Errorf("%d bytes were given, %d may be", data, large.Most)
			}
			text := err.Error()
			if !strings.Contains(text, bytesText(large.Most)) || !strings.Contains(text, "snapshot has ") || strings.Contains(text, "real snapshot") != (tt.most == 0) {
				t.Error(text)
			}
		})
	}
}

// TestUnpackedToTheByte: the bound is where it is said to be.
func TestUnpackedToTheByte(t *testing.T) {
	length := int64(len(snapshotBytes(t, Plain)))
	for _, c := range []Compression{Gzip, Snappy} {
		b := snapshotBytes(t, c)
		if _, err := readAll(b, c, length); err != nil {
			t.Errorf("%s, as long as it is: %v", c, err)
		}
		for _, at := range places(int(length) - 1) {
			most := int64(at) + 1
			if _, err := readAll(b, c, most); !errors.As(err, new(*TooLargeError)) {
				t.Fatalf("%s, %d of %d bytes: %v", c, most, length, err)
			}
		}
	}
}

// TestTooLargeIsNoDamage: no older snapshot is taken in the place of one that is refused
// for its length, neither to look at nor to go on from.
func TestTooLargeIsNoDamage(t *testing.T) {
	dir := t.TempDir()
	files := filepath.Join(dir, versionDir)
	if err := os.Mkdir(files, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"snapshot.0": snapshotBytes(t, Plain), "snapshot.5.gz": blown(t, Gzip, 100)} {
		if err := os.WriteFile(filepath.Join(files, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func(s *SnapshotReader) error { return nil }
	apply := func(*Txn) error { return nil }
	for _, most := range []int64{0, 200 << 20} {
		d, err := Open(dir, "", Options{MaxUnpacked: most})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Recover(load, apply)
		d.Close()
		if large := errors.As(err, new(*TooLargeError)); large != (most == 0) || !large && err != nil {
			t.Errorf("recover, %d: %v", most, err)
		}
		past, err := OpenPast(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		past.MaxUnpacked = most
		_, err = past.Restore(Latest, load, apply)
		if large := errors.As(err, new(*TooLargeError)); large != (most == 0) || !large && err != nil {
			t.Errorf("restore, %d: %v", most, err)
		}
	}
}
