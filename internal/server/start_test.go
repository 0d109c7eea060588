package server

import (
	"fmt"
	"path/filepath"
	"testing"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// snapshotsOf are the snapshots in a data directory.
func snapshotsOf(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "version-2", "snapshot.*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A session whose beginning has a snapshot taken is in it with its timeout.
func TestSnapshotOfTheFirstSession(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, Config{DataDir: dir, SnapCount: 1, PreAllocSize: 4096})
	c := connect(t, s)
	eventually(t, "a snapshot", func() bool { return len(snapshotsOf(t, dir)) > 1 })
	want := c.conn.Timeout
	s.Close()
	again := startServer(t, Config{DataDir: dir})
	again.do(func() {
		if ses := again.sessions[c.conn.SessionID]; ses == nil || ses.timeout.Milliseconds() != int64(want) {
			t.Errorf("%+v, want a timeout of %d ms", ses, want)
		}
	})
}

// A server that is started often takes snapshots, too.
func TestSnapshotsAcrossStarts(t *testing.T) {
	dir := t.TempDir()
	for i := range 12 {
		s := startServer(t, Config{DataDir: dir, SnapCount: 50, PreAllocSize: 4096})
		c := connect(t, s)
		for j := range 10 {
			c.create(fmt.Sprintf("/n%d-%d", i, j), 0)
		}
		s.Close()
	}
	if n := len(snapshotsOf(t, dir)); n < 3 {
		t.Errorf("%d snapshots of 120 changes", n)
	}
	many := t.TempDir()
	for range manyLogs + 2 {
		s := startServer(t, Config{DataDir: many, PreAllocSize: 4096})
		connect(t, s)
		s.Close()
	}
	if n := len(snapshotsOf(t, many)); n < 2 {
		t.Errorf("%d snapshots after so many starts", n)
	}
}

// Snapshots are due while a server that has just started deletes what dead sessions
// have left.
func TestSnapshotsAtStart(t *testing.T) {
	dir := t.TempDir()
	startServer(t, Config{DataDir: dir}).Close()
	d, err := datadir.Open(dir, "", datadir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := d.CreateLog(1)
	for i := range int64(5000) {
		if err == nil {
			err = log.Append(datadir.AppendTxn(nil, &datadir.Txn{Session: 42 + i, Zxid: 1 + i, Op: wire.OpCreate, Body: &datadir.CreateTxn{
				Path: fmt.Sprint("/e", i), ACL: wire.OpenACL(), Ephemeral: true, ParentCversion: int32(1 + i),
			}}))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	d.Close()
	s := startServer(t, Config{DataDir: dir, SnapCount: 2, PreAllocSize: 4096})
	if got := connect(t, s).children("/"); len(got) != 1 {
		t.Errorf("%q is left", got)
	}
}

// TestCountedMinusOne: an old log does not say what a parent counts from then on.
func TestCountedMinusOne(t *testing.T) {
	tr := newTree()
	for zxid := int64(1); zxid <= 3; zxid++ {
		tr.create(fmt.Sprint("/n", zxid), nil, openACL, stat{czxid: zxid}, -1)
	}
	if st := tr.node("/").stat(); st.cversion != 3 || st.pzxid != 3 {
		t.Errorf("%+v", st)
	}
}
