package datadir

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

var compressions = []Compression{Plain, Gzip, Snappy}

var sampleSessions = []Session{{ID: 0x100000000000abcd, Timeout: 30000}, {ID: -3, Timeout: 4000}}

func sampleNodes() []*Node {
	stat := StatPersisted{Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Cversion: 6, Aversion: 7, EphemeralOwner: 8, Pzxid: 9}
	return []*Node{
		{Path: "/", Data: []byte{}, ACL: wire.OpenACL()},
		{Path: "/a", Data: []byte("hi"), ACL: sampleACL, Stat: stat},
		{Path: "/a/é", ACL: sampleACL[:1], Stat: StatPersisted{EphemeralOwner: -1 << 63}},
		{Path: "/a/é/b", Data: bytes.Repeat([]byte("0123456789"), 4_000), ACL: wire.OpenACL()},
		{Path: "/z", Data: []byte{0}, ACL: []wire.ACL{}},
	}
}

func sourceOf(nodes []*Node, sessions ...Session) SnapshotSource {
	acls := new(ACLTable)
	for _, n := range nodes {
		acls.ID(n.ACL)
	}
	return SnapshotSource{Sessions: sessions, ACLs: acls, Nodes: slices.Values(nodes)}
}

// snapshotBytes is a snapshot in memory.
func snapshotBytes(t testing.TB, c Compression) []byte {
	t.Helper()
	var b bytes.Buffer
	source := sourceOf(sampleNodes(), sampleSessions...)
	source.Compress = c
	if err := source.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readSnapshot(b []byte, c Compression) (nodes []*Node, sessions []Session, err error) {
	r, err := readSnapshotWithin("snapshot", bytes.NewReader(b), int64(len(b)), c, 0)
	if err != nil {
		return nil, nil, err
	}
	for {
		n, err := r.Next()
		if err != nil {
			return nodes, r.Sessions(), err
		}
		nodes = append(nodes, n)
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	for _, c := range compressions {
		dir := t.TempDir()
		source := sourceOf(sampleNodes(), sampleSessions...)
		source.Compress = c
		if err := WriteSnapshot(dir, 0x2a, source); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(dir)
		want := strings.TrimSuffix("snapshot.2a."+string(c), ".")
		if err != nil || len(files) != 1 || files[0].Name() != want {
			t.Fatalf("%v is there, %v", files, err)
		}
		r, err := openSnapshot(filepath.Join(dir, want), 0)
		if err != nil {
			t.Fatal(err)
		}
		var nodes []*Node
		var n *Node
		for n, err = r.Next(); err == nil; n, err = r.Next() {
			nodes = append(nodes, n)
		}
		if err != io.EOF || !reflect.DeepEqual(nodes, sampleNodes()) || !slices.Equal(r.Sessions(), sampleSessions) || r.Zxid() != 0x2a {
			t.Errorf("%s: %d znodes, %v, zxid %x, %v", want, len(nodes), r.Sessions(), r.Zxid(), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSnapshotBytes is a snapshot as ZooKeeper's sources lay it out.
func TestSnapshotBytes(t *testing.T) {
	stat := strings.Repeat("00", statSize)
	head := "5a4b534e 00000002 ffffffffffffffff" +
		"00000001 0000000000000005 00007530" + // sessions
		"00000001 0000000000000001 00000001 00000001 00000002 6970 00000001 3a" // ACLs
	nodes := "00000000 00000000 ffffffffffffffff" + stat +
		"00000002 2f61 ffffffff 0000000000000001" + stat + "00000001 2f"
	b := unhex(t, head+nodes)
	b = seal(b)
	acl := []wire.ACL{{Perms: wire.PermRead, Scheme: "ip", ID: ":"}}
	want := []*Node{{Path: "/", Data: []byte{}, ACL: wire.OpenACL()}, {Path: "/a", ACL: acl}}

	got, sessions, err := readSnapshot(b, Plain)
	if err != io.EOF || !reflect.DeepEqual(got, want) || !slices.Equal(sessions, []Session{{5, 30000}}) {
		t.Errorf("read: %+v, %v, %v", got, sessions, err)
	}
	var written bytes.Buffer
	source := sourceOf(want, Session{5, 30000})
	if err := source.writeTo(&written); err != nil || !bytes.Equal(written.Bytes(), b) {
		t.Errorf("written: %x\nwant %x, %v", written.Bytes(), b, err)
	}
}

// seal appends a checksum as ZooKeeper does.
func seal(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(adler32.Checksum(b)))
	return append(b, 0, 0, 0, 1, '/')
}

func TestSnapshotTails(t *testing.T) {
	plain := snapshotBytes(t, Plain)
	digest := seal(append(bytes.Clone(plain), make([]byte, 8+4+8)...))
	binary.BigEndian.PutUint32(digest[len(plain)+8:], 2)
	digest = seal(digest[:len(plain)+20])
	oldDigest := seal(append(bytes.Clone(plain), append(make([]byte, 15), 3, 'a', 'b', 'c')...))
	lastZxid := seal(append(bytes.Clone(plain), 1, 2, 3, 4, 5, 6, 7, 8))
	both := seal(append(bytes.Clone(digest), 1, 2, 3, 4, 5, 6, 7, 8))
	wrong := bytes.Clone(both)
	wrong[len(digest)] ^= 1
	for _, test := range []struct {
		name  string
		bytes []byte
		good  bool
	}{
		{"none", plain, true}, {"digest", digest, true}, {"digest of 3.5", oldDigest, true},
		{"last zxid", lastZxid, true}, {"both", both, true}, {"both, one wrong", wrong, false},
		{"one byte", append(bytes.Clone(plain), 0), false}, {"a byte too many", append(bytes.Clone(both), 0), false},
		{"half", both[:len(both)-1], false}, {"many", append(bytes.Clone(plain), make([]byte, 5000)...), false},
		{"a digest alone, without its checksum", digest[:len(plain)+20], false},
	} {
		_, _, err := readSnapshot(test.bytes, Plain)
		if test.good && err != io.EOF || !test.good && damageOf(err) == nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func damageOf(err error) *Damage {
	var d *Damage
	if errors.As(err, &d) && !d.Torn && d.File != "" && d.Reason != "" {
		return d
	}
	return nil
}

func TestSnapshotFlippedOrCutAnywhere(t *testing.T) {
	var b bytes.Buffer
	source := sourceOf(sampleNodes()[:3], sampleSessions...)
	if err := source.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, at := range places(b.Len()) {
		for _, bits := range []byte{0x01, 0x80, 0xff} {
			flipped := bytes.Clone(b.Bytes())
			flipped[at] ^= bits
			if _, _, err := readSnapshot(flipped, Plain); damageOf(err) == nil {
				t.Fatalf("%#x at %d: %v", bits, at, err)
			}
		}
		if _, _, err := readSnapshot(b.Bytes()[:at], Plain); damageOf(err) == nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
	}
}

// TestPackedSnapshotFlippedOrCutAnywhere: what is packed is refused, or says the
// same: not every bit of gzip's header means something.
func TestPackedSnapshotFlippedOrCutAnywhere(t *testing.T) {
	want := sampleNodes()
	for _, c := range []Compression{Gzip, Snappy} {
		b := snapshotBytes(t, c)
		for _, at := range places(len(b)) {
			flipped := bytes.Clone(b)
			flipped[at] ^= 0xff
			got, sessions, err := readSnapshot(flipped, c)
			same := err == io.EOF && reflect.DeepEqual(got, want) && slices.Equal(sessions, sampleSessions)
			if damageOf(err) == nil && !same {
				t.Fatalf("%s, flipped at %d: %v", c, at, err)
			}
			if _, _, err := readSnapshot(b[:at], c); damageOf(err) == nil {
				t.Fatalf("%s, cut at %d: %v", c, at, err)
			}
		}
	}
}

func TestSnapshotThatCannotBe(t *testing.T) {
	const header = "5a4b534e 00000002 ffffffffffffffff"
	stat := strings.Repeat("00", statSize)
	root := header + "00000000 00000000" + "00000000 00000000 ffffffffffffffff" + stat
	tests := []struct{ name, bytes, want string }{
		{"nothing", "", "ends before"},
		{"a log", "5a4b4c47 00000002 0000000000000000", "does not begin"},
		{"a later version", "5a4b534e 00000003 ffffffffffffffff", "version 3"},
		{"many sessions", header + "7fffffff 00000000", "2147483647 sessions"},
		{"negative sessions", header + "ffffffff 00000000", "-1 sessions"},
		{"many ACLs", header + "00000000 10000000", "ACLs"},
		{"null ACL", header + "00000000 00000001 0000000000000001 ffffffff 00000000", "-1 entries"},
		{"a long scheme", header + "00000000 00000001 0000000000000001 00000001 0000001f 7fffffff 00000000 00", "2147483647 bytes"},
		{"no root", header + "00000000 00000000 00000002 2f61", "not the root"},
		{"an end without a root", header + "00000000 00000000 00000001 2f", "not the root"},
		{"two roots", root + "00000000", `""`},
		{"a relative path", root + "00000001 61", `"a"`},
		{"a path with an empty name", root + "00000005 2f612f2f62", `"/a//b"`},
		{"a path that ends in a slash", root + "00000003 2f612f", `"/a/"`},
		{"long data", root + "00000002 2f61 00100000", "1048576 bytes"},
		{"negative data", root + "00000002 2f61 fffffffe", "-2 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := unhex(t, test.bytes)
			_, _, err := readSnapshot(b, Plain)
			if d := damageOf(err); d == nil || !strings.Contains(d.Reason, test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// TestSnapshotWithoutItsACL is what a ZooKeeper leaves that made a znode while it
// wrote the snapshot.
func TestSnapshotWithoutItsACL(t *testing.T) {
	stat := strings.Repeat("00", statSize)
	b := seal(unhex(t, "5a4b534e 00000002 ffffffffffffffff 00000000 00000000"+
		"00000000 00000000 ffffffffffffffff"+stat+"00000002 2f61 00000000 0000000000000007"+stat+"00000001 2f"))
	nodes, _, err := readSnapshot(b, Plain)
	if err != io.EOF || nodes[0].ACLMissing || !nodes[1].ACLMissing || nodes[1].ACL == nil || len(nodes[1].ACL) > 0 {
		t.Errorf("%+v, %v", nodes, err)
	}
}

func TestSnapshotWriterRefuses(t *testing.T) {
	for name, nodes := range map[string][]*Node{
		"no root":        {{Path: "/a"}},
		"nothing":        {},
		"two roots":      {{Path: "/"}, {Path: "/"}},
		"an empty path":  {{Path: ""}},
		"a bad path":     {{Path: "/"}, {Path: "/a/"}},
		"an unknown ACL": {{Path: "/", ACL: sampleACL}},
		"a missing ACL":  {{Path: "/", ACLMissing: true}},
	} {
		dir := t.TempDir()
		if err := WriteSnapshot(dir, 1, SnapshotSource{Nodes: slices.Values(nodes)}); err == nil {
			t.Errorf("%s was written", name)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
			t.Errorf("%s left %v, %v", name, files, err)
		}
	}
	if err := WriteSnapshot(t.TempDir(), 1, SnapshotSource{Compress: "zip"}); err == nil {
		t.Error("it knows zip")
	}
}

func TestACLTable(t *testing.T) {
	var table ACLTable
	for i, test := range []struct {
		acl  []wire.ACL
		want int64
	}{
		{nil, -1}, {wire.OpenACL(), -1}, {sampleACL, 1}, {sampleACL[:1], 2}, {[]wire.ACL{}, 3},
		{slices.Clone(sampleACL), 1}, {sampleACL[:1], 2}, {[]wire.ACL{}, 3},
		{append(wire.OpenACL(), wire.OpenACL()...), 4},
		{[]wire.ACL{{Perms: 1, Scheme: "world", ID: "anyone"}}, 5},
	} {
		if got := table.ID(test.acl); got != test.want {
			t.Errorf("%d: %v is %d, want %d", i, test.acl, got, test.want)
		}
	}
}

// TestSnapshotWithManyACLs: all of them together may be longer than any one thing.
func TestSnapshotWithManyACLs(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 64 MB of ACLs")
	}
	const size = 1 << 20
	nodes := sampleNodes()[:1]
	for i := range maxBuffer/size + 2 {
		nodes = append(nodes, &Node{Path: fmt.Sprint("/", i), Data: []byte{}, ACL: []wire.ACL{
			{Perms: 1, Scheme: "digest", ID: fmt.Sprint(strings.Repeat("x", size), ":", i)},
		}})
	}
	for _, c := range []Compression{Plain, Snappy} {
		var b bytes.Buffer
		source := sourceOf(nodes)
		source.Compress = c
		if err := source.writeTo(&b); err != nil {
			t.Fatal(err)
		}
		if got, _, err := readSnapshot(b.Bytes(), c); err != io.EOF || !reflect.DeepEqual(got, nodes) {
			t.Errorf("%s: %d znodes of %d, %v", c, len(got), len(nodes), err)
		}
	}
}

// TestPackedBombs: what unpacks to very much costs no more than a plain file would.
func TestPackedBombs(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(unhex(t, "5a4b534e 00000002 ffffffffffffffff 00000000 00000000 00000000 04000001"))
	z.Write(make([]byte, 1<<20))
	z.Close()
	if _, _, err := readSnapshot(bomb.Bytes(), Gzip); damageOf(err) == nil || !strings.Contains(err.Error(), "67108865 bytes") {
		t.Errorf("%v", err)
	}
	head := []byte(snappyMagic + "\x00\x00\x00\x01\x00\x00\x00\x01")
	for name, block := range map[string][]byte{
		"a block that says it is huge":       {0, 0, 0, 3, 0xff, 0xff, 0x3f},
		"a block longer than what follows":   {3, 0, 0, 0, 1},
		"a negative block":                   {0xff, 0, 0, 0},
		"an empty block":                     {0, 0, 0, 0},
		"a block that is none":               {0, 0, 0, 1, 0xff},
		"a header in the middle, and no end": []byte(snappyMagic + "\x00\x00"),
		"a later version":                    []byte(snappyMagic + "\x00\x00\x00\x09\x00\x00\x00\x09"),
	} {
		if _, _, err := readSnapshot(append(bytes.Clone(head), block...), Snappy); damageOf(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSnappyStreamsInARow: Java takes several for one.
func TestSnappyStreamsInARow(t *testing.T) {
	plain := snapshotBytes(t, Plain)
	var b bytes.Buffer
	for _, part := range [][]byte{plain[:10], plain[10:11], plain[11:]} {
		w := newSnappyWriter(&b)
		w.Write(part)
		w.Close()
	}
	if got, _, err := readSnapshot(b.Bytes(), Snappy); err != io.EOF || !reflect.DeepEqual(got, sampleNodes()) {
		t.Errorf("%d znodes, %v", len(got), err)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	const nodes = 100_000
	acls := new(ACLTable)
	acls.ID(sampleACL)
	source := SnapshotSource{ACLs: acls, Nodes: func(yield func(*Node) bool) {
		n := Node{Path: "/", ACL: sampleACL, Data: []byte("some data")}
		for i := 0; yield(&n) && i < nodes; i++ {
			n.Path = fmt.Sprintf("/node-%010d", i)
		}
	}}
	for _, c := range compressions {
		var written bytes.Buffer
		b.Run("write"+string(c), func(b *testing.B) {
			for b.Loop() {
				written.Reset()
				source.Compress = c
				if err := source.writeTo(&written); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("read"+string(c), func(b *testing.B) {
			for b.Loop() {
				if got, _, err := readSnapshot(written.Bytes(), c); err != io.EOF || len(got) != nodes+1 {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestSnapshotCounts: how many things a snapshot may have is a matter of its length; of
// one that is packed, which does not tell it, of what fits into memory.
func TestSnapshotCounts(t *testing.T) {
	for _, tt := range []struct {
		size int64
		n    uint32
		ok   bool
	}{
		{1 << 30, 6_000_000, true}, {1 << 30, 100_000_000, false}, {4 + 12, 1, true}, {4 + 12, 2, false}, {1 << 30, 1 << 31, false},
		{-1, 1_000_000, true}, {-1, 6_000_000, false},
	} {
		s := source{r: bufio.NewReader(bytes.NewReader(binary.BigEndian.AppendUint32(nil, tt.n))), sum: adler32.New(), size: tt.size}
		if n, err := s.count("sessions", 12); (err == nil) != tt.ok || tt.ok && n != int(tt.n) {
			t.Errorf("%d in %d bytes: %d, %v", tt.n, tt.size, n, err)
		}
	}
}
