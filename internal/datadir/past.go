package datadir

import (
	"fmt"
	"os"
	"path/filepath"
)

// Past is the files of a data directory, to be looked into. Nothing in it is
// locked, made, written or renamed, so that a server may be at work there, and
// permission to read is enough.
type Past struct {
	// MaxUnpacked is Options.MaxUnpacked for what is read.
	MaxUnpacked int64

	name      string // what it was opened as
	snapshots []File // the newest first
	logs      []File // the oldest first
	logDir    string // where logs may be added; "" if they are a single file
}

// OpenPast finds the files in path: a data directory, its version-2 or a folder
// with a copy of that; or a single snapshot or log. logDir is where the logs are,
// if not in path.
func OpenPast(path, logDir string) (*Past, error) {
	p := &Past{name: path}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		err = p.addDir(path)
	default:
		err = p.addFile(path)
	}
	if err == nil && logDir != "" {
		err = p.addLogs(logDir)
	}
	if err == nil && len(p.snapshots)+len(p.logs) == 0 {
		err = fmt.Errorf("there are no snapshots and no transaction logs in %s", path)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Past) addDir(path string) (err error) {
	dir := versionIn(path)
	if p.snapshots, err = listSnapshots(dir); err != nil {
		return err
	}
	return p.addLogs(dir)
}

func (p *Past) addLogs(path string) (err error) {
	p.logDir = versionIn(path)
	if _, err := os.Stat(p.logDir); err != nil {
		return err
	}
	p.logs, err = listLogs(p.logDir)
	return err
}

// versionIn is the version-2 in a folder, or the folder itself if it has none.
func versionIn(path string) string {
	dir := filepath.Join(path, versionDir)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir
	}
	return path
}

func (p *Past) addFile(path string) error {
	name := filepath.Base(path)
	if zxid, _, ok := snapshotZxid(name); ok {
		p.snapshots = []File{{Path: path, Zxid: zxid}}
		return nil
	}
	if zxid, ok := logZxid(name); ok {
		p.logs = []File{{Path: path, Zxid: zxid}}
		return nil
	}
	return fmt.Errorf("%s is neither a snapshot nor a transaction log by its name: snapshot.ZXID, perhaps with .gz or .snappy, or log.ZXID", path)
}

// HasLogs tells whether there are transaction logs.
func (p *Past) HasLogs() bool { return len(p.logs) > 0 }

// A Span is what the files tell of: the states that can be restored, and the
// times of the txns.
type Span struct {
	First, Last         int64 // zxids; Known is false if no state can be restored
	Known               bool
	Txns                int   // how many the logs have
	FirstTime, LastTime int64 // of the txns, in milliseconds since 1970
	Damage              error // what kept more from being read
}

// Span reads the logs to find out.
func (p *Past) Span() Span {
	var s Span
	if n := len(p.snapshots); n > 0 {
		s.First, s.Last, s.Known = p.snapshots[n-1].Zxid, p.snapshots[0].Zxid, true
	} else if p.fromNothing() {
		s.Known = true
	}
	r := p.Read(0)
	defer r.Close()
	for {
		t, err := r.Next()
		if err != nil {
			s.Damage = notEOF(err)
			return s
		}
		if s.Txns++; s.Txns == 1 {
			s.FirstTime = t.Time
		}
		s.LastTime, s.Last = t.Time, max(s.Last, t.Zxid)
	}
}

// fromNothing tells whether the logs begin with the first txn of all, so that no
// snapshot is needed.
func (p *Past) fromNothing() bool { return len(p.logs) > 0 && p.logs[0].Zxid == 1 }
