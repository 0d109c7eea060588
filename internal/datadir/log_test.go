package datadir

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// writeLog writes a log of txns and returns its path.
func writeLog(t testing.TB, dir string, opts LogOptions, txns ...*Txn) string {
	t.Helper()
	w, err := createLog(dir, txns[0].Zxid, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, txn := range txns {
		if err := w.Append(AppendTxn(nil, txn)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, logName(txns[0].Zxid))
}

// readLog reads a log until it ends, and returns how.
func readLog(path string) (txns []*Txn, offsets []int64, end error) {
	r, err := openLog(path)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	return drain(r)
}

func drain(r *logReader) (txns []*Txn, offsets []int64, end error) {
	for {
		txn, err := r.Next()
		if err != nil {
			return txns, offsets, err
		}
		txns, offsets = append(txns, txn), append(offsets, r.Offset())
	}
}

func TestLogRoundTrip(t *testing.T) {
	for _, step := range []int64{-1, 0, 100, 5000} {
		want := sampleTxns(0x1f)
		path := writeLog(t, t.TempDir(), LogOptions{Preallocate: step}, want...)
		if filepath.Base(path) != "log.1f" {
			t.Errorf("its name is %s", path)
		}
		got, offsets, err := readLog(path)
		if err != io.EOF || !reflect.DeepEqual(got, want) {
			t.Errorf("step %d: %d of %d txns came back, %v", step, len(got), len(want), err)
		}
		if offsets[0] != 16 {
			t.Errorf("the first record is at %d", offsets[0])
		}
		info, _ := os.Stat(path)
		if size := info.Size(); step == 0 && size != 16+defaultPreallocate || step > 0 && size%step != 0 && size%step != 16 {
			t.Errorf("step %d: the file has %d bytes", step, size)
		}
	}
}

func TestUnpreallocatedLogIsWhatWasAppended(t *testing.T) {
	dir := t.TempDir()
	w, err := createLog(dir, 1, LogOptions{Preallocate: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, txn := range sampleTxns(1) {
		if err := w.Append(AppendTxn(nil, txn)); err != nil {
			t.Fatal(err)
		}
	}
	size := w.size
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "log.1")); err != nil || info.Size() != size {
		t.Errorf("%d bytes are said, %v %v", size, info.Size(), err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Append([]byte{1}); err != errClosed {
		t.Errorf("appending to a closed log: %v", err)
	}
	if err := w.Close(); err != errClosed {
		t.Errorf("closing it again: %v", err)
	}
}

// TestLogErrorsStick: the file goes away under the writer.
func TestLogErrorsStick(t *testing.T) {
	w, err := createLog(t.TempDir(), 1, LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.f.Close()
	first := w.Append(AppendTxn(nil, sampleTxns(1)[0]))
	if first == nil {
		t.Fatal("it can still be written")
	}
	if err := w.Sync(); err != first {
		t.Errorf("Sync: %v, want %v", err, first)
	}
	if err := w.Append([]byte{1}); err != first {
		t.Errorf("Append: %v, want %v", err, first)
	}
	if err := w.Close(); err != first {
		t.Errorf("Close: %v, want %v", err, first)
	}
}

func TestCreateLogKeepsTxns(t *testing.T) {
	dir := t.TempDir()
	path := writeLog(t, dir, LogOptions{}, sampleTxns(5)...)
	if _, err := createLog(dir, 5, LogOptions{}); err == nil || !strings.Contains(err.Error(), "holds transactions") {
		t.Errorf("%v", err)
	}
	for name, content := range map[string][]byte{
		"nothing": {}, "half a header": []byte("ZKLG"), "a header": appendFileHeader(nil, logMagic, 0),
		"zeros": make([]byte, 100), "half a record": append(appendFileHeader(nil, logMagic, 0), 0, 0, 0, 0, 1, 2, 3, 4, 0),
	} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := createLog(dir, 5, LogOptions{})
		if err != nil {
			t.Errorf("%s is in the way: %v", name, err)
			continue
		}
		w.Close()
	}
	if err := os.WriteFile(path, []byte("what is this?"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := createLog(dir, 5, LogOptions{}); err == nil {
		t.Error("another file was replaced")
	}
}

// manyTxns are about n txns.
func manyTxns(n int) []*Txn {
	var txns []*Txn
	for len(txns) < n {
		txns = append(txns, sampleTxns(int64(len(txns)+1))...)
	}
	return txns
}

// TestLogCutAnywhere: a log of which only the first bytes were written has the
// whole records, whether zeros follow or nothing.
func TestLogCutAnywhere(t *testing.T) {
	want := manyTxns(200)
	path := writeLog(t, t.TempDir(), LogOptions{Preallocate: -1}, want...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, offsets, _ := readLog(path)
	ends := append(offsets[1:], int64(len(whole)))
	for _, padding := range []int{0, 500} {
		n := 0 // whole records
		for _, cut := range places(len(whole)) {
			for n < len(ends) && ends[n] <= int64(cut) {
				n++
			}
			b := append(whole[:cut:cut], make([]byte, padding)...)
			r, err := newLogReader("log", bytes.NewReader(b), int64(len(b)))
			if cut < logHeaderSize-8 { // the last eight bytes are zeros
				if d := torn(err); d == nil || d.Offset != 0 {
					t.Fatalf("cut at %d: %v", cut, err)
				}
				continue
			}
			if err != nil {
				if cut+padding < logHeaderSize && torn(err) != nil {
					continue
				}
				t.Fatalf("cut at %d: %v", cut, err)
			}
			known := 0
			if n > 3 && cut%50 > 0 { // the first records were read often enough
				known = n - 3
				r.at = ends[known-1]
				r.buf.Reset(io.NewSectionReader(r.src, r.at, r.size-r.at))
			}
			got, _, err := drain(r)
			if len(got) != n-known {
				t.Fatalf("cut at %d: %d records, want %d", cut, len(got)+known, n)
			}
			at := int64(logHeaderSize)
			if n > 0 {
				at = ends[n-1]
			}
			clean := bytes.Count(whole[min(at, int64(cut)):cut], []byte{0}) == max(0, cut-int(at))
			if d := torn(err); clean && err != io.EOF || !clean && (d == nil || d.Offset != at) {
				t.Fatalf("cut at %d with %d behind, record at %d: %v", cut, padding, at, err)
			}
		}
	}
}

// growing is a log that was written up to some byte, with zeros behind it, when it was
// looked at first, and is whole at every later look.
type growing struct {
	whole   []byte
	written int
	looked  bool
}

func (g *growing) ReadAt(p []byte, at int64) (int, error) {
	now := g.whole
	if !g.looked && at >= logHeaderSize {
		g.looked = true
		now = append(g.whole[:g.written:g.written], make([]byte, len(g.whole)-g.written)...)
	}
	return bytes.NewReader(now).ReadAt(p, at)
}

// TestLogGrows: what comes into a log between two looks at it is not taken for
// damage, wherever the first look finds its end.
func TestLogGrows(t *testing.T) {
	want := sampleTxns(1)
	path := writeLog(t, t.TempDir(), LogOptions{Preallocate: 3000}, want...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for written := logHeaderSize; written < len(whole); written++ {
		r, err := newLogReader("log", &growing{whole: whole, written: written}, int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := drain(r)
		if torn(err) != nil { // the end it had then; a later look goes on there
			r.err = nil
			if err := r.reload(); err != nil {
				t.Fatal(err)
			}
			var rest []*Txn
			rest, _, err = drain(r)
			got = append(got, rest...)
		}
		if err != io.EOF || !reflect.DeepEqual(got, want) {
			t.Fatalf("written up to %d at first: %d records of %d, then %v", written, len(got), len(want), err)
		}
	}
}

func torn(err error) *Damage {
	var d *Damage
	if errors.As(err, &d) && d.Torn {
		return d
	}
	return nil
}

// TestLogFlippedAnywhere: whichever byte is wrong, no record is taken for another,
// and none that is followed by others is taken for a torn one.
func TestLogFlippedAnywhere(t *testing.T) {
	want := sampleTxns(1)
	path := writeLog(t, t.TempDir(), LogOptions{Preallocate: 3000}, want...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, offsets, _ := readLog(path)
	for _, at := range places(int(offsets[len(offsets)-1])) {
		if at < logHeaderSize {
			continue
		}
		for _, bits := range []byte{0x01, 0x80, 0xff} {
			b := bytes.Clone(whole)
			b[at] ^= bits
			r, err := newLogReader("log", bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := drain(r)
			var d *Damage
			if !errors.As(err, &d) || d.Torn || d.File != "log" || d.Offset > int64(at) || d.Offset != offsets[len(got)] {
				t.Fatalf("%#x at %d: %d records, then %v", bits, at, len(got), err)
			}
			if len(got) > 0 && !reflect.DeepEqual(got, want[:len(got)]) {
				t.Fatalf("%#x at %d: other records came", bits, at)
			}
		}
	}
}

func TestLogThatIsNone(t *testing.T) {
	header := appendFileHeader(nil, logMagic, 0)
	record := AppendTxn(nil, sampleTxns(1)[0])
	framed := frame(record)
	unknown := bytes.Clone(record)
	binary.BigEndian.PutUint32(unknown[28:], uint32(wire.OpGetData))
	tests := []struct {
		name   string
		bytes  []byte
		want   string // in the error; empty for io.EOF
		torn   bool
		offset int64
	}{
		{"empty", nil, "within its header", true, 0},
		{"zeros alone", make([]byte, 50), "within its header", true, 0},
		{"another file", []byte("#!/bin/sh\nexit\n#############"), "does not begin", false, 0},
		{"a snapshot", appendFileHeader(nil, snapMagic, -1), "does not begin", false, 0},
		{"a later version", append([]byte("ZKLG\x00\x00\x00\x03"), make([]byte, 8)...), "version 3", false, 4},
		{"no records", header, "", false, 0},
		{"no records but room", append(header[:16:16], make([]byte, 100)...), "", false, 0},
		{"room that ends within a record's head", append(header[:16:16], make([]byte, 5)...), "", false, 0},
		{"a negative length", append(header[:16:16], 0, 0, 0, 0, 1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff), "-1 bytes", false, 16},
		{"a huge length", append(header[:16:16], 0, 0, 0, 0, 1, 2, 3, 4, 0x7f, 0xff, 0xff, 0xff), "2147483647 bytes", false, 16},
		{"zeros, then more", append(append(header[:16:16], make([]byte, 40)...), 1), "more than zeros", false, 16},
		{"an operation that cannot be", append(header[:16:16], frame(unknown)...), "getData", false, 16},
		{"a hole between records", append(append(append(header[:16:16], framed...), make([]byte, 30)...), framed...), "more than zeros", false, int64(16 + len(framed))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.1")
			if err := os.WriteFile(path, test.bytes, 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, err := readLog(path)
			if test.want == "" {
				if err != io.EOF {
					t.Errorf("%v", err)
				}
				return
			}
			var d *Damage
			if !errors.As(err, &d) || d.File != path || d.Torn != test.torn || d.Offset != test.offset || !strings.Contains(d.Reason, test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// frame is a record as it stands in a log.
func frame(record []byte) []byte {
	var b bytes.Buffer
	w := &LogWriter{buf: bufio.NewWriter(&b), step: -1}
	if err := w.append(record); err != nil {
		panic(err)
	}
	w.buf.Flush()
	return b.Bytes()
}

// TestLogSyncsWhileItGrows: one goroutine appends, another syncs.
func TestLogSyncsWhileItGrows(t *testing.T) {
	dir, want := t.TempDir(), manyTxns(500)
	w, err := createLog(dir, 1, LogOptions{Preallocate: 5000})
	if err != nil {
		t.Fatal(err)
	}
	appended, synced := make(chan struct{}), make(chan error)
	go func() {
		for {
			err := w.Sync()
			select {
			case <-appended:
				synced <- err
				return
			default:
			}
		}
	}()
	for _, txn := range want {
		if err := w.Append(AppendTxn(nil, txn)); err != nil {
			t.Error(err)
		}
	}
	close(appended)
	if err := errors.Join(<-synced, w.Close()); err != nil {
		t.Fatal(err)
	}
	if got, _, err := readLog(filepath.Join(dir, "log.1")); err != io.EOF || !reflect.DeepEqual(got, want) {
		t.Errorf("%d of %d, %v", len(got), len(want), err)
	}
}
