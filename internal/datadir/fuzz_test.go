package datadir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"testing"
	"testing/iotest"

	"zoosh/internal/wire"
)

// FuzzParseTxn: what can be read means the same after it was written again.
func FuzzParseTxn(f *testing.F) {
	for _, txn := range sampleTxns(1) {
		f.Add(AppendTxn(nil, txn))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := parseTxn(b)
		if err != nil {
			if !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		second, err := parseTxn(AppendTxn(nil, first))
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("%x is %+v with %+v, written again it is %+v, %v", b, first, first.Body, second, err)
		}
	})
}

// FuzzLogReader: bytes are whole records, then an end that says where it is. What
// a torn log is cut to is read as the same records.
func FuzzLogReader(f *testing.F) {
	path := writeLog(f, f.TempDir(), LogOptions{Preallocate: 3000}, sampleTxns(1)...)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:700])
	f.Add(tearLast(bytes.Clone(whole)))
	f.Add(appendFileHeader(nil, logMagic, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := newLogReader("log", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			checkDamage(t, err, len(b))
			return
		}
		txns, _, err := drain(r)
		if _, again := r.Next(); again != err {
			t.Fatalf("%v, then %v", err, again)
		}
		if err == io.EOF {
			return
		}
		d := checkDamage(t, err, len(b))
		if !d.Torn {
			return
		}
		if r, err = newLogReader("log", bytes.NewReader(b[:d.Offset]), d.Offset); err != nil {
			t.Fatal(err)
		}
		again, _, err := drain(r)
		if err != io.EOF || !reflect.DeepEqual(again, txns) {
			t.Fatalf("cut at %d: %d of %d records, %v", d.Offset, len(again), len(txns), err)
		}
	})
}

func checkDamage(t *testing.T, err error, size int) *Damage {
	t.Helper()
	var d *Damage
	if !errors.As(err, &d) || d.File == "" || d.Reason == "" || d.Offset < 0 || size >= 0 && d.Offset > int64(size) {
		t.Fatalf("not a damage that can be: %v", err)
	}
	return d
}

// FuzzSnapshotReader: what can be read is read the same after it was written again.
func FuzzSnapshotReader(f *testing.F) {
	for i, c := range compressions {
		f.Add(snapshotBytes(f, c), byte(i))
	}
	f.Add(seal(append(snapshotBytes(f, Plain), 0, 0, 0, 0, 0, 0, 0, 5)), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		c := compressions[int(kind)%len(compressions)]
		nodes, sessions, err := readSnapshot(b, c)
		if err != io.EOF {
			size := len(b)
			if c != Plain {
				size = -1
			}
			checkDamage(t, err, size)
			return
		}
		for _, n := range nodes {
			if n.ACLMissing {
				return
			}
		}
		var again bytes.Buffer
		source := sourceOf(nodes, sessions...)
		if err := source.writeTo(&again); err != nil {
			t.Fatal(err)
		}
		nodes2, sessions2, err := readSnapshot(again.Bytes(), Plain)
		if err != io.EOF || !reflect.DeepEqual(nodes, nodes2) || !reflect.DeepEqual(sessions, sessions2) {
			t.Fatalf("%x came back otherwise, %v", b, err)
		}
	})
}

// FuzzSnappyReader: a stream unpacks the same in whatever pieces it comes and is asked
// for, to no more than its size allows, and what it holds comes back when it is packed
// again. Memory goes by what came, not by what was announced.
func FuzzSnappyReader(f *testing.F) {
	var whole bytes.Buffer
	w := newSnappyWriter(&whole)
	w.Write(bytes.Repeat([]byte("a znode, and another. "), 3000))
	w.Close()
	f.Add(whole.Bytes())
	f.Add(whole.Bytes()[:whole.Len()-1])
	f.Add(append(bytes.Clone(whole.Bytes()), whole.Bytes()...))
	f.Add(append(bytes.Clone(whole.Bytes()[:snappyHeader]), 0, 0, 0, 3, 0xff, 0xff, 0x3f))
	f.Add(append(bytes.Clone(whole.Bytes()[:snappyHeader]), 3, 0, 0, 0, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		size, err := unpackedSize(bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(4<<20+4*maxSnappyRatio*len(b)) {
			t.Fatalf("%d bytes took %d of memory", len(b), used)
		}
		if size > int64(maxSnappyRatio*len(b)) {
			t.Fatalf("%d bytes unpack to %d", len(b), size)
		}
		got, err1 := unpackSnappy(bytes.NewReader(b))
		pieces, err2 := unpackSnappy(iotest.OneByteReader(bytes.NewReader(b)))
		if int64(len(got)) != size || !bytes.Equal(got, pieces) || fmt.Sprint(err1) != fmt.Sprint(err) || fmt.Sprint(err2) != fmt.Sprint(err) {
			t.Fatalf("%d bytes and %v, %d and %v, in pieces %d and %v", size, err, len(got), err1, len(pieces), err2)
		}
		var anew bytes.Buffer
		w := newSnappyWriter(&anew)
		w.Write(got)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if again, err := unpackSnappy(&anew); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("%d bytes came back as %d, %v", len(got), len(again), err)
		}
	})
}

// unpackedSize is how much a stream holds up to its end, or up to its first error.
func unpackedSize(r io.Reader) (int64, error) {
	s, err := newSnappyReader(r)
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, struct{ io.Reader }{s})
}

func unpackSnappy(r io.Reader) ([]byte, error) {
	s, err := newSnappyReader(r)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(iotest.HalfReader(s))
}
