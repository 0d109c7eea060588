package datadir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// openPast opens a directory to look into.
func openPast(t testing.TB, path string) *Past {
	t.Helper()
	p, err := OpenPast(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// restore restores a state; it returns the snapshots that were loaded and the zxids
// of the txns since the last of them.
func restore(p *Past, zxid int64) (loaded, applied []int64, info PastInfo, err error) {
	info, err = p.Restore(zxid, func(s *SnapshotReader) error {
		loaded, applied = append(loaded, s.Zxid()), nil
		for {
			if _, err := s.Next(); err != nil {
				return notEOF(err)
			}
		}
	}, func(t *Txn) error {
		applied = append(applied, t.Zxid)
		return nil
	})
	return loaded, applied, info, err
}

// TestRestore: which snapshot a state is made from, and with which txns.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	makeDir(t, dir, []int64{0, 200, 400}, [][2]int64{{1, 200}, {201, 400}, {401, 500}})
	p := openPast(t, dir)
	for _, tt := range []struct {
		at    int64
		from  int64
		until int64
	}{
		{Latest, 400, 500}, {500, 200, 500}, {450, 200, 450}, {401, 200, 401},
		{400, 200, 400}, // the snapshot of 400 may have been written later
		{399, 0, 399}, {200, 0, 200}, {1, 0, 1}, {0, 0, 0},
	} {
		loaded, applied, info, err := restore(p, tt.at)
		if err != nil || !slices.Equal(loaded, []int64{tt.from}) || !slices.Equal(applied, upTo(tt.from+1, tt.until)) || info.Zxid != tt.until {
			t.Errorf("at %d: from %v, %d txns, %+v, %v", tt.at, loaded, len(applied), info, err)
		}
	}
	for _, at := range []int64{501, 1 << 40} {
		if _, _, _, err := restore(p, at); err == nil || !strings.Contains(err.Error(), "has the zxids 0x0 to 0x1f4 and transactions of") {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

// TestRestoreBlurred: a snapshot that is ahead of what is asked for is told of, if
// there is none before it.
func TestRestoreBlurred(t *testing.T) {
	dir := t.TempDir()
	makeDir(t, dir, []int64{5}, [][2]int64{{6, 300}})
	newest := int64(0)
	for _, n := range sampleNodes() {
		newest = max(newest, n.Stat.Czxid, n.Stat.Mzxid, n.Stat.Pzxid)
	}
	if newest != 9 {
		t.Fatalf("the sample's znodes are of %d", newest)
	}
	p := openPast(t, dir)
	if _, _, info, err := restore(p, newest-1); err != nil || info.Blurred != newest {
		t.Errorf("%+v, %v", info, err)
	}
	if _, _, info, err := restore(p, newest); err != nil || info.Blurred != 0 {
		t.Errorf("%+v, %v", info, err)
	}
	if _, _, _, err := restore(p, 4); err == nil || !strings.Contains(err.Error(), "the zxids 0x5 to 0x12c") {
		t.Error(err)
	}
}

// TestRestoreWithoutSnapshot: logs from the first txn on are enough, others are not.
func TestRestoreWithoutSnapshot(t *testing.T) {
	dir := t.TempDir()
	makeDir(t, dir, nil, [][2]int64{{1, 10}, {11, 20}})
	loaded, applied, info, err := restore(openPast(t, dir), 15)
	if err != nil || len(loaded) > 0 || !slices.Equal(applied, upTo(1, 15)) || info.Zxid != 15 {
		t.Errorf("%v, %v, %+v, %v", loaded, applied, info, err)
	}
	dir = t.TempDir()
	makeDir(t, dir, nil, [][2]int64{{11, 20}})
	for _, at := range []int64{15, 3, Latest} {
		_, _, _, err = restore(openPast(t, dir), at)
		if unknown := (*UnknownTreeError)(nil); !errors.As(err, &unknown) {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

// TestRestoreAroundDamage: what is not needed may be damaged.
func TestRestoreAroundDamage(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0, 200, 400}, [][2]int64{{1, 200}, {201, 400}, {401, 500}})
	edit(t, filepath.Join(v2, logName(201)), flip(16+100*49)) // somewhere in the middle
	p := openPast(t, dir)
	_, _, _, err := restore(p, 350)
	damage := (*Damage)(nil)
	if !errors.As(err, &damage) || damage.Torn || filepath.Base(damage.File) != logName(201) || damage.Offset < 16 {
		t.Errorf("behind the damage: %v", err)
	}
	for _, at := range []int64{Latest, 500, 450, 400} {
		if loaded, applied, _, err := restore(p, at); err != nil || loaded[len(loaded)-1] != 400 || int64(len(applied)) != min(at, 500)-400 {
			t.Errorf("at %d: %v, %d txns, %v", at, loaded, len(applied), err)
		}
	}
	if _, _, _, err := restore(p, 250); err != nil {
		t.Errorf("before the damage: %v", err)
	}
	if _, err := p.ZxidAt(time.UnixMilli(0)); err == nil || !errors.As(err, &damage) {
		t.Errorf("a time behind the damage: %v", err)
	}
	s := p.Span()
	if s.Damage == nil || s.First != 0 || s.Last != 400 {
		t.Errorf("%+v", s)
	}

	dir = t.TempDir()
	v2 = makeDir(t, dir, []int64{0, 200}, [][2]int64{{1, 200}, {201, 300}})
	edit(t, filepath.Join(v2, snapshotName(200, Plain)), flip(200))
	loaded, applied, info, err := restore(openPast(t, dir), Latest)
	if err != nil || len(info.Skipped) != 1 || loaded[len(loaded)-1] != 0 || !slices.Equal(applied, upTo(1, 300)) {
		t.Errorf("a damaged snapshot: %v, %+v, %v", loaded, info, err)
	}
	os.Remove(filepath.Join(v2, logName(201)))
	os.Remove(filepath.Join(v2, logName(1)))
	if _, _, _, err := restore(openPast(t, dir), Latest); err == nil || !strings.Contains(err.Error(), "which a damaged snapshot had") {
		t.Errorf("a damaged snapshot without logs: %v", err)
	}
}

// timed is a txn of a time.
func timed(zxid, ms int64) *Txn {
	return &Txn{Zxid: zxid, Time: ms, Op: wire.OpError, Body: &ErrorTxn{Err: wire.NoNode}}
}

func TestZxidAt(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, nil)
	// The clock is put back once.
	writeLog(t, v2, LogOptions{}, timed(1, 1000), timed(2, 2000), timed(3, 2000), timed(4, 5000), timed(5, 3000), timed(6, 6000))
	p := openPast(t, dir)
	for ms, want := range map[int64]int64{1000: 1, 1999: 1, 2000: 3, 2999: 3, 3000: 5, 4000: 5, 5000: 5, 5999: 5, 6000: 6, 1 << 40: 6} {
		if got, err := p.ZxidAt(time.UnixMilli(ms)); got != want || err != nil {
			t.Errorf("%d: %d, %v", ms, got, err)
		}
	}
	if _, err := p.ZxidAt(time.UnixMilli(999)); err == nil || !strings.Contains(err.Error(), "transactions of 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:06.000Z") {
		t.Error(err)
	}
}

// reads checks which zxids a reader returns up to the end.
func (r *PastReader) reads(t *testing.T, want ...int64) {
	t.Helper()
	var got []int64
	for {
		txn, err := r.Next()
		if err != nil {
			if err != io.EOF || !slices.Equal(got, want) {
				t.Fatalf("%v, %v, want %v", got, err, want)
			}
			return
		}
		got = append(got, txn.Zxid)
	}
}

// TestReadFollows: a reader goes on with what a server has written since, in the same
// log and in later ones, and never has half a record.
func TestReadFollows(t *testing.T) {
	for _, step := range []int64{-1, 3000} {
		dir := t.TempDir()
		v2 := makeDir(t, dir, []int64{0}, nil)
		r := openPast(t, dir).Read(0)
		defer r.Close()
		r.reads(t)
		w, err := createLog(v2, 1, LogOptions{Preallocate: step})
		if err != nil {
			t.Fatal(err)
		}
		write := func(zxids ...int64) {
			for _, z := range zxids {
				if err := w.Append(AppendTxn(nil, timed(z, z))); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		r.reads(t)
		write(1, 2)
		r.reads(t, 1, 2)
		r.reads(t)
		write(upTo(3, 200)...)
		r.reads(t, upTo(3, 200)...)
		// More comes into this log, and then another one.
		write(201)
		w.Close()
		if w, err = createLog(v2, 202, LogOptions{Preallocate: step}); err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		write(202)
		r.reads(t, 201, 202)
		r.reads(t)

		from := openPast(t, dir).Read(202)
		defer from.Close()
		from.reads(t, 202)
	}
}

// TestReadBesideWriter: whatever is written while the log is read, none of it is taken
// for damage.
func TestReadBesideWriter(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, nil)
	w, err := createLog(v2, 1, LogOptions{Preallocate: 1 << 20, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	const last = 5000
	wrote := make(chan error, 1)
	go func() {
		for z := int64(1); z <= last; z++ {
			if err := w.Append(AppendTxn(nil, timed(z, 1))); err != nil {
				wrote <- err
				return
			}
			if err := w.Sync(); err != nil { // hands it to the system
				wrote <- err
				return
			}
		}
		wrote <- w.Close()
	}()
	r := openPast(t, dir).Read(0)
	defer r.Close()
	for z := int64(1); z <= last; {
		txn, err := r.Next()
		switch {
		case err == nil && txn.Zxid == z:
			z++
		case err != io.EOF:
			t.Fatalf("0x%x: %+v, %v", z, txn, err)
		}
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
}

// TestReadHalfARecord: what is being written is read once it is whole.
func TestReadHalfARecord(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, [][2]int64{{1, 3}})
	file := filepath.Join(v2, logName(1))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	end := len(strings.TrimRight(string(whole), "\x00"))
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cut := end - 49; cut < end; cut++ { // within the last record
		if err := f.Truncate(int64(cut)); err != nil {
			t.Fatal(err)
		}
		r := openPast(t, dir).Read(0)
		r.reads(t, 1, 2)
		begun := strings.Trim(string(whole[end-49:cut]), "\x00") != ""
		if torn := r.Torn(); (torn != nil) != begun {
			t.Errorf("cut at %d of %d: torn %v", cut, end, torn)
		}
		if _, err := f.WriteAt(whole[cut:], int64(cut)); err != nil {
			t.Fatal(err)
		}
		r.reads(t, 3)
		if r.Torn() != nil {
			t.Errorf("cut at %d: still torn", cut)
		}
		r.Close()
	}
}

// TestReadTornBetween: a crash and a restart leave a torn record and a log behind it.
func TestReadTornBetween(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, [][2]int64{{1, 3}, {3, 5}})
	file := filepath.Join(v2, logName(1))
	whole, _ := os.ReadFile(file)
	if err := os.WriteFile(file, whole[:len(strings.TrimRight(string(whole), "\x00"))-4], 0o644); err != nil {
		t.Fatal(err)
	}
	r := openPast(t, dir).Read(0)
	defer r.Close()
	r.reads(t, 1, 2, 3, 4, 5)
	if r.Torn() != nil {
		t.Error(r.Torn())
	}
}

// TestReadGap: what is missing is told.
func TestReadGap(t *testing.T) {
	const epoch = int64(1) << 32
	dir := t.TempDir()
	makeDir(t, dir, []int64{0}, [][2]int64{{1, 2}, {5, 6}, {epoch + 1, epoch + 1}})
	r := openPast(t, dir).Read(0)
	defer r.Close()
	r.reads(t, 1, 2, 5, 6, epoch+1)
	if got := r.Gaps(); !slices.Equal(got, []Gap{{2, 5}}) {
		t.Errorf("%v", got)
	}
}

// TestReadGoesBack: logs that do not follow each other are refused, again and again.
func TestReadGoesBack(t *testing.T) {
	dir := t.TempDir()
	makeDir(t, dir, []int64{0}, [][2]int64{{1, 6}, {5, 9}})
	r := openPast(t, dir).Read(0)
	defer r.Close()
	var err error
	for err == nil {
		_, err = r.Next()
	}
	if damage := (*Damage)(nil); !errors.As(err, &damage) || filepath.Base(damage.File) != logName(5) {
		t.Error(err)
	}
}

func TestOpenPastPlaces(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, [][2]int64{{1, 6}})
	apart := t.TempDir()
	logs := makeDir(t, apart, nil, [][2]int64{{1, 3}})
	for _, tt := range []struct {
		path, logDir string
		last         int64
	}{{dir, "", 6}, {v2, "", 6}, {dir, apart, 3}, {dir, logs, 3}, {filepath.Join(v2, snapshotName(0, Plain)), apart, 3}} {
		p, err := OpenPast(tt.path, tt.logDir)
		if err != nil {
			t.Fatal(err)
		}
		if s := p.Span(); s.Last != tt.last || !s.Known || s.Damage != nil {
			t.Errorf("%+v: %+v", tt, s)
		}
	}
	for _, path := range [][2]string{{t.TempDir(), ""}, {filepath.Join(dir, "no"), ""}, {dir, filepath.Join(dir, "no")}} {
		if _, err := OpenPast(path[0], path[1]); err == nil {
			t.Errorf("%v", path)
		}
	}
}
