package datadir

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// openDir opens a data directory that is closed with the test.
func openDir(t testing.TB, dir string) *Dir {
	t.Helper()
	d, err := Open(dir, "", Options{Log: LogOptions{Preallocate: 4096}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// makeDir makes a data directory with the snapshots and logs of some zxids, and
// returns its version-2. A log has the txns from its first zxid up to its last.
func makeDir(t testing.TB, dir string, snapshots []int64, logs [][2]int64) string {
	t.Helper()
	v2 := filepath.Join(dir, versionDir)
	if err := os.MkdirAll(v2, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, zxid := range snapshots {
		if err := WriteSnapshot(v2, zxid, sourceOf(sampleNodes())); err != nil {
			t.Fatal(err)
		}
	}
	for _, log := range logs {
		var txns []*Txn
		for zxid := log[0]; zxid <= log[1]; zxid++ {
			txns = append(txns, &Txn{Zxid: zxid, Op: wire.OpError, Body: &ErrorTxn{Err: wire.NoNode}})
		}
		writeLog(t, v2, LogOptions{Preallocate: 1000}, txns...)
	}
	return v2
}

// recovered is what Recover handed over.
type recovered struct {
	loaded []int64
	zxids  []int64
}

func recoverDir(d *Dir) (recovered, RecoverInfo, error) {
	var r recovered
	info, err := d.Recover(func(s *SnapshotReader) error {
		r.loaded = append(r.loaded, s.Zxid())
		for {
			if _, err := s.Next(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	}, func(t *Txn) error {
		r.zxids = append(r.zxids, t.Zxid)
		return nil
	})
	return r, info, err
}

// edit changes a file.
func edit(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(b), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func dropLast(n int) func([]byte) []byte {
	return func(b []byte) []byte { return b[:len(b)-n] }
}

// tearLast cuts into the last record of a log.
func tearLast(b []byte) []byte {
	b = bytes.TrimRight(b, "\x00")
	return append(b[:len(b)-3], make([]byte, 200)...)
}

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte { b[at] ^= 0xff; return b }
}

func upTo(first, last int64) (zxids []int64) {
	for ; first <= last; first++ {
		zxids = append(zxids, first)
	}
	return zxids
}

func TestRecover(t *testing.T) {
	const epoch = int64(1) << 32
	tests := []struct {
		name      string
		snapshots []int64
		logs      [][2]int64
		change    func(t *testing.T, v2 string)
		loaded    []int64
		zxids     []int64
		check     func(info RecoverInfo) bool
		err       string // in the error
	}{
		{name: "new", check: func(i RecoverInfo) bool { return i.New && i.Zxid == 0 }},
		{name: "a snapshot alone", snapshots: []int64{7}, loaded: []int64{7}, check: func(i RecoverInfo) bool { return i.Zxid == 7 && !i.New }},
		{name: "the log of a snapshot", snapshots: []int64{0}, logs: [][2]int64{{1, 20}}, loaded: []int64{0}, zxids: upTo(1, 20)},
		{name: "in the middle of a log", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 20}}, loaded: []int64{7}, zxids: upTo(8, 20)},
		{name: "several logs", snapshots: []int64{0, 7, 12}, logs: [][2]int64{{1, 8}, {9, 15}, {16, 17}}, loaded: []int64{12}, zxids: upTo(13, 17)},
		{name: "old logs are not looked at", snapshots: []int64{12}, logs: [][2]int64{{1, 8}, {9, 12}, {13, 17}}, loaded: []int64{12}, zxids: upTo(13, 17),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.9", flip(20)) },
			check:  func(i RecoverInfo) bool { return i.Logs == 1 }},
		{name: "a snapshot ahead of its logs", snapshots: []int64{20}, logs: [][2]int64{{1, 8}, {21, 22}}, loaded: []int64{20}, zxids: upTo(21, 22)},
		{name: "a new epoch", snapshots: []int64{2}, logs: [][2]int64{{1, 3}, {epoch + 1, epoch + 2}, {3*epoch + 1, 3*epoch + 1}},
			loaded: []int64{2}, zxids: []int64{3, epoch + 1, epoch + 2, 3*epoch + 1}},
		{name: "other files", snapshots: []int64{0}, logs: [][2]int64{{1, 2}}, loaded: []int64{0}, zxids: upTo(1, 2),
			change: func(t *testing.T, v2 string) {
				for _, name := range []string{"log.zz", "log.5.bak", "log.", "snapshot.9.bak", "snapshot.9.", "currentEpoch", "log.-5", "log.ffffffffffffffff", ".snapshot.9.tmp"} {
					if err := os.WriteFile(filepath.Join(v2, name), []byte("1"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				os.Mkdir(filepath.Join(v2, "log.99"), 0o755)
			}},

		{name: "an unfinished snapshot", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 20}}, loaded: []int64{0}, zxids: upTo(1, 20),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.7", dropLast(100)) },
			check:  func(i RecoverInfo) bool { return len(i.Skipped) == 1 && i.Snapshot.Zxid == 0 }},
		{name: "a damaged snapshot", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 20}}, loaded: []int64{7, 0}, zxids: upTo(1, 20),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.7", flip(500)) },
			check:  func(i RecoverInfo) bool { return len(i.Skipped) == 1 }},
		{name: "an empty snapshot", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 20}}, loaded: []int64{0}, zxids: upTo(1, 20),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.7", func([]byte) []byte { return nil }) }},
		{name: "a damaged snapshot that the logs do not reach", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 5}}, loaded: []int64{7, 0}, zxids: upTo(1, 5),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.7", flip(500)) }, err: "the logs end with the txn 0x5, before 0x7"},
		{name: "all snapshots damaged", snapshots: []int64{0, 7}, logs: [][2]int64{{1, 20}}, loaded: []int64{7},
			change: func(t *testing.T, v2 string) {
				edit(t, v2+"/snapshot.7", flip(500))
				edit(t, v2+"/snapshot.0", dropLast(1))
			}, err: "none of the 2 snapshots"},
		{name: "the very first snapshot is unfinished", snapshots: []int64{0},
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.0", dropLast(1)) },
			check:  func(i RecoverInfo) bool { return i.New && len(i.Skipped) == 1 }},
		{name: "the only snapshot is damaged", snapshots: []int64{9}, loaded: []int64{9},
			change: func(t *testing.T, v2 string) { edit(t, v2+"/snapshot.9", flip(70)) }, err: "none of the 1 snapshots"},
		{name: "no snapshot", logs: [][2]int64{{1, 2}}, err: "no snapshot"},

		{name: "a torn end", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {10, 20}}, loaded: []int64{0}, zxids: upTo(1, 19),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.a", tearLast) },
			check:  func(i RecoverInfo) bool { return i.Cut != nil && i.Zxid == 19 && len(i.Torn) == 0 }},
		{name: "a torn end, and a log after it", snapshots: []int64{0}, logs: [][2]int64{{1, 10}, {10, 20}}, loaded: []int64{0}, zxids: upTo(1, 20),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.1", tearLast) },
			check:  func(i RecoverInfo) bool { return i.Cut == nil && len(i.Torn) == 1 }},
		{name: "a torn end, and an empty log after it", snapshots: []int64{0}, logs: [][2]int64{{1, 10}, {10, 10}}, loaded: []int64{0}, zxids: upTo(1, 9),
			change: func(t *testing.T, v2 string) {
				edit(t, v2+"/log.1", tearLast)
				edit(t, v2+"/log.a", func(b []byte) []byte { return b[:16] })
			},
			check: func(i RecoverInfo) bool { return i.Cut != nil && strings.HasSuffix(i.Cut.File, "log.1") }},
		{name: "a torn end that the next log does not make good", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {10, 20}}, loaded: []int64{0}, zxids: upTo(1, 8),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.1", tearLast) }, err: "log.1 is damaged at byte"},
		{name: "an empty log", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {10, 20}}, loaded: []int64{0}, zxids: upTo(1, 9),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.a", func([]byte) []byte { return nil }) },
			check:  func(i RecoverInfo) bool { return i.Cut != nil && i.Cut.Offset == 0 }},
		{name: "a damaged log", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {10, 20}}, loaded: []int64{0}, zxids: upTo(1, 9),
			change: func(t *testing.T, v2 string) { edit(t, v2+"/log.a", flip(30)) }, err: "log.a is damaged at byte 16"},
		{name: "a gap between logs", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {11, 20}}, loaded: []int64{0}, zxids: upTo(1, 9), err: "0xb comes after 0x9"},
		{name: "a gap after the snapshot", snapshots: []int64{4}, logs: [][2]int64{{6, 9}}, loaded: []int64{4}, err: "0x6 comes after 0x4"},
		{name: "a gap in an epoch", snapshots: []int64{4}, logs: [][2]int64{{epoch + 2, epoch + 3}}, loaded: []int64{4}, err: "is missing"},
		{name: "zxids that go back", snapshots: []int64{0}, logs: [][2]int64{{1, 9}, {8, 12}}, loaded: []int64{0}, zxids: upTo(1, 9), err: "log.8 is damaged at byte 16: the txn 0x8 comes after 0x9"},
		{name: "a log of another name", snapshots: []int64{0}, logs: [][2]int64{{1, 9}}, loaded: []int64{0}, err: "its name says 0x2",
			change: func(t *testing.T, v2 string) {
				if err := os.Rename(v2+"/log.1", v2+"/log.2"); err != nil {
					t.Fatal(err)
				}
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			v2 := makeDir(t, dir, test.snapshots, test.logs)
			if test.change != nil {
				test.change(t, v2)
			}
			d := openDir(t, dir)
			before := contents(t, v2)
			got, first, err := recoverDir(d)
			checkRecovered(t, test.err, err, got.loaded, test.loaded, got.zxids, test.zxids)
			if test.check != nil && !test.check(first) {
				t.Errorf("it says %+v", first)
			}
			if err != nil && !slices.Equal(contents(t, v2), before) {
				t.Error("what cannot be recovered was changed")
			}
			if err != nil || first.New {
				return
			}
			goOn(t, d, first, got.zxids)
		})
	}
}

func checkRecovered(t *testing.T, want string, err error, loaded, wantLoaded, zxids, wantZxids []int64) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%v, want %q", err, want)
	}
	if !slices.Equal(loaded, wantLoaded) || !slices.Equal(zxids, wantZxids) {
		t.Errorf("the snapshots %d and the txns %d, want %d and %d", loaded, zxids, wantLoaded, wantZxids)
	}
}

// goOn writes what a server would after a recovery, and recovers again.
func goOn(t *testing.T, d *Dir, info RecoverInfo, before []int64) {
	t.Helper()
	w, err := d.CreateLog(info.Zxid + 1)
	if err != nil {
		t.Fatal(err)
	}
	for zxid := info.Zxid + 1; zxid <= info.Zxid+3; zxid++ {
		if err := w.Append(AppendTxn(nil, &Txn{Zxid: zxid, Op: wire.OpError, Body: &ErrorTxn{}})); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, after, err := recoverDir(d)
	if err != nil || after.Cut != nil || after.Zxid != info.Zxid+3 || !slices.Equal(got.zxids, append(before, upTo(info.Zxid+1, info.Zxid+3)...)) {
		t.Errorf("having gone on: %d, %+v, %v", got.zxids, after, err)
	}
}

// contents is every file's name and bytes.
func contents(t *testing.T, dir string) (out []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		out = append(out, e.Name()+"\x00"+string(b))
	}
	return out
}

// TestRecoverCutAnywhere: wherever a crash cuts the log, the whole records come
// back, and what is written afterwards comes after them.
func TestRecoverCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0}, [][2]int64{{1, 12}})
	path := filepath.Join(v2, "log.1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.TrimRight(whole, "\x00")
	for _, cut := range places(len(whole)) {
		os.Remove(path)
		for _, f := range upTo(2, 16) {
			os.Remove(filepath.Join(v2, logName(f)))
		}
		if err := os.WriteFile(path, append(whole[:cut:cut], make([]byte, cut%3*100)...), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(dir, "", Options{Log: LogOptions{Preallocate: -1}})
		if err != nil {
			t.Fatal(err)
		}
		got, info, err := recoverDir(d)
		if want := max(0, cut-16) / 49; err != nil || len(got.zxids) != want {
			t.Fatalf("cut at %d: %d txns, want %d, %v", cut, len(got.zxids), want, err)
		}
		goOn(t, d, info, got.zxids)
		d.Close()
	}
}

func TestRecoverPassesErrorsOn(t *testing.T) {
	makeDirIn := func(t *testing.T) *Dir {
		dir := t.TempDir()
		makeDir(t, dir, []int64{0, 5}, [][2]int64{{1, 9}})
		return openDir(t, dir)
	}
	broken := errors.New("broken")
	d := makeDirIn(t)
	if _, err := d.Recover(func(*SnapshotReader) error { return broken }, nil); !errors.Is(err, broken) {
		t.Errorf("load: %v", err)
	}
	load := func(*SnapshotReader) error { return nil }
	if _, err := d.Recover(load, func(*Txn) error { return broken }); !errors.Is(err, broken) || !strings.Contains(err.Error(), "log.1 at byte 261") {
		t.Errorf("apply: %v", err)
	}
	calls := 0
	info, err := d.Recover(func(r *SnapshotReader) error {
		if calls++; calls == 1 {
			return r.Damaged("no parent")
		}
		return nil
	}, func(*Txn) error { return nil })
	if err != nil || len(info.Skipped) != 1 || info.Snapshot.Zxid != 0 || info.Txns != 9 {
		t.Errorf("a snapshot that makes no sense: %+v, %v", info, err)
	}
}

// TestRecoverChecksWhatLoadLeaves: damage counts although nobody read it.
func TestRecoverChecksWhatLoadLeaves(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0, 5}, [][2]int64{{1, 9}})
	edit(t, v2+"/snapshot.5", flip(500))
	info, err := openDir(t, dir).Recover(func(*SnapshotReader) error { return nil }, func(*Txn) error { return nil })
	if err != nil || info.Snapshot.Zxid != 0 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	v2 := makeDir(t, dir, []int64{0, 10, 20, 30, 40, 50}, [][2]int64{{1, 15}, {16, 29}, {30, 45}, {46, 60}})
	d := openDir(t, dir)
	if _, err := d.Prune(2); err == nil {
		t.Error("two are enough")
	}
	edit(t, v2+"/snapshot.28", dropLast(1)) // 40
	edit(t, v2+"/snapshot.a", dropLast(1))  // 10
	removed, err := d.Prune(3)
	for i := range removed {
		removed[i] = filepath.Base(removed[i])
	}
	// 50, 30 and 20 are kept, and the log that holds 21.
	if want := []string{"log.1", "snapshot.a", "snapshot.0"}; err != nil || !slices.Equal(removed, want) {
		t.Errorf("%v, %v, want %v", removed, err, want)
	}
	if got, info, err := recoverDir(d); err != nil || info.Zxid != 60 || !slices.Equal(got.zxids, upTo(51, 60)) {
		t.Errorf("%v, %v", info, err)
	}
	if removed, err := d.Prune(3); err != nil || len(removed) > 0 {
		t.Errorf("again: %v, %v", removed, err)
	}
}

func TestFilesAreInOrder(t *testing.T) {
	dir := t.TempDir()
	makeDir(t, dir, []int64{0x1f, 2, 0x100}, [][2]int64{{0x1f, 0x1f}, {2, 2}, {0x100, 0x100}})
	d := openDir(t, dir)
	var zxids []int64
	snapshots, err := d.snapshots()
	logs, err2 := d.logFiles()
	for _, f := range append(snapshots, logs...) {
		zxids = append(zxids, f.Zxid)
	}
	if err != nil || err2 != nil || !slices.Equal(zxids, []int64{0x100, 0x1f, 2, 2, 0x1f, 0x100}) {
		t.Errorf("%x", zxids)
	}
}

func TestLock(t *testing.T) {
	if runtime.GOOS == "plan9" || runtime.GOOS == "solaris" {
		t.Skip("no locks here")
	}
	dir, logs := t.TempDir(), t.TempDir()
	d, err := Open(dir, logs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{dir, logs}, {dir, ""}, {t.TempDir(), logs}} {
		var held *heldError
		if _, err := Open(pair[0], pair[1], Options{}); !errors.As(err, &held) || held.PID != os.Getpid() || !strings.Contains(err.Error(), "this process itself") {
			t.Errorf("%v: %v", pair, err)
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestLockHelper$")
	cmd.Env = append(os.Environ(), "DATADIR_TEST_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "in use by the process ") {
		t.Errorf("another process: %s, %v", out, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if d, err = Open(dir, logs, Options{}); err != nil {
		t.Fatal(err)
	}
	d.Close()
}

// TestLockHelper is the other process.
func TestLockHelper(t *testing.T) {
	if dir := os.Getenv("DATADIR_TEST_DIR"); dir != "" {
		if _, err := Open(dir, "", Options{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	d := openDir(t, filepath.Join(dir, "a", "b"))
	temp := filepath.Join(dir, "a", "b", versionDir, tempName("snapshot.5.gz"))
	if err := os.WriteFile(temp, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	d.Close()
	openDir(t, filepath.Join(dir, "a", "b"))
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished snapshot is still there: %v", err)
	}
	other := t.TempDir()
	makeDir(t, other, nil, [][2]int64{{1, 2}})
	if _, err := Open(other, t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "wrong place") {
		t.Errorf("logs among snapshots: %v", err)
	}
	inner := filepath.Join(other, versionDir)
	for _, args := range [][2]string{{inner, ""}, {t.TempDir(), inner}} {
		if _, err := Open(args[0], args[1], Options{}); err == nil || !strings.Contains(err.Error(), "name that, "+other) {
			t.Errorf("a version-2: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(inner, versionDir)); err == nil {
		t.Error("there is a version-2 in version-2")
	}
	empty := filepath.Join(t.TempDir(), versionDir)
	openDir(t, empty).Close() // a name as any other
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "file"), "", Options{}); err == nil {
		t.Error("a file is a directory")
	}
}

func TestDirWritesAsItsOptionsSay(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(dir, "", Options{Compress: Snappy, Log: LogOptions{Preallocate: -1}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.WriteSnapshot(3, sourceOf(sampleNodes())); err != nil {
		t.Fatal(err)
	}
	if got, info, err := recoverDir(d); err != nil || filepath.Base(info.Snapshot.Path) != "snapshot.3.snappy" || len(got.loaded) != 1 {
		t.Errorf("%+v, %v", info, err)
	}
}
