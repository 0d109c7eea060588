package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Options say how a directory is written.
type Options struct {
	Log      LogOptions
	Compress Compression // of snapshots
	// TrustEmpty has Recover go on from the logs alone where there is no snapshot, as
	// ZooKeeper does with snapshot.trust.empty=true.
	TrustEmpty bool
	// MaxUnpacked is how many bytes a packed snapshot may unpack to that is read; 0 for
	// as many as an ordinary one of its length may need. More is a *TooLargeError.
	MaxUnpacked int64
}

// The permissions of what is made: the files hold every znode, whatever its ACL. What
// is there already stays as it is.
const (
	dirMode  os.FileMode = 0o700
	fileMode os.FileMode = 0o600
)

// Dir is a data directory. Between Open and Close no other process that uses this
// package can write there. ZooKeeper itself takes no lock: it is up to the
// operator that none runs on the same directory.
type Dir struct {
	snaps, logs string // the version-2 directories
	opts        Options
	locks       []*os.File
}

// Open opens a data directory for writing, and makes it if it is not there. logDir
// is where the logs are, if not in dataDir. A directory that another process has
// open is refused with a *heldError.
func Open(dataDir, logDir string, opts Options) (*Dir, error) {
	d := newDir(dataDir, logDir, opts)
	for _, dir := range []string{dataDir, logDir} {
		if err := refuseInner(dir); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{d.snaps, d.logs} {
		if err := os.MkdirAll(dir, dirMode); err != nil {
			return nil, fmt.Errorf("making the data directory: %w", err)
		}
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return nil, fmt.Errorf("making the data directory %s: %w", dir, err)
		}
	}
	apart, err := d.check()
	if err != nil {
		return nil, err
	}
	if err := d.lock(apart); err != nil {
		d.Close()
		return nil, err
	}
	if err := d.removeTemps(); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func newDir(dataDir, logDir string, opts Options) *Dir {
	if logDir == "" {
		logDir = dataDir
	}
	return &Dir{snaps: filepath.Join(dataDir, versionDir), logs: filepath.Join(logDir, versionDir), opts: opts}
}

// refuseInner refuses the version-2 of a data directory in its place: there would be
// another one in it, empty, beside the files that were meant.
func refuseInner(dir string) error {
	full, err := filepath.Abs(dir)
	if dir == "" || err != nil || filepath.Base(full) != versionDir {
		return err
	}
	snaps, err := listSnapshots(full)
	if err != nil {
		return err
	}
	logs, err := listLogs(full)
	if err == nil && len(snaps)+len(logs) > 0 {
		err = fmt.Errorf("it is the %s of a data directory: name that, %s", versionDir, filepath.Dir(full))
	}
	return err
}

// check refuses directories that are not there, and two that seem to be mixed up,
// as ZooKeeper does. It tells whether they are two.
func (d *Dir) check() (apart bool, err error) {
	snaps, err := os.Stat(d.snaps)
	if err != nil {
		return false, fmt.Errorf("the data directory: %w", err)
	}
	logs, err := os.Stat(d.logs)
	if err != nil {
		return false, fmt.Errorf("the log directory: %w", err)
	}
	if os.SameFile(snaps, logs) {
		return false, nil
	}
	wrongSnaps, err := listSnapshots(d.logs)
	if err != nil {
		return false, err
	}
	wrongLogs, err := listLogs(d.snaps)
	if err != nil {
		return false, err
	}
	return true, d.misplaced(wrongSnaps, wrongLogs)
}

// misplaced is the error about files that are in the wrong one of two directories, and
// the ways out of it.
func (d *Dir) misplaced(snaps, logs []File) error {
	const wrong = "%s is in the wrong place: snapshots belong into %s and logs into %s. "
	switch {
	case len(snaps) > 0:
		return fmt.Errorf(wrong+"If the two directories were named the wrong way round, swap them; if all is in one, name that alone",
			snaps[0].Path, d.snaps, d.logs)
	case len(logs) > 0:
		return fmt.Errorf(wrong+"If all logs are with the snapshots, name that directory alone. If a server was started there once without "+
			"the directory of its logs, what it wrote is not what %s goes on with: to go on from there, move that log away, and all logs and snapshots after it in %s",
			logs[0].Path, d.snaps, d.logs, d.logs, d.snaps)
	}
	return nil
}

func (d *Dir) lock(apart bool) error {
	dirs := []string{d.snaps}
	if apart {
		dirs = append(dirs, d.logs)
	}
	for _, dir := range dirs {
		f, err := lockDir(dir)
		if err != nil {
			return err
		}
		if f != nil {
			d.locks = append(d.locks, f)
		}
	}
	return nil
}

// removeTemps removes the snapshots that a crash kept from being finished.
func (d *Dir) removeTemps() error {
	entries, err := os.ReadDir(d.snaps)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, temp := strings.CutSuffix(strings.TrimPrefix(e.Name(), "."), ".tmp")
		if _, _, ok := snapshotZxid(name); ok && temp && e.Name() == tempName(name) {
			if err := os.Remove(filepath.Join(d.snaps, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close unlocks the directory. Logs that are open stay open.
func (d *Dir) Close() error {
	var errs []error
	for _, f := range d.locks {
		errs = append(errs, unlockDir(f))
	}
	d.locks = nil
	return errors.Join(errs...)
}

// snapshots are the snapshots by their names, the newest first.
func (d *Dir) snapshots() ([]File, error) { return listSnapshots(d.snaps) }

// logFiles are the logs by their names, the oldest first.
func (d *Dir) logFiles() ([]File, error) { return listLogs(d.logs) }

// CreateLog starts the log whose first txn will be firstZxid.
func (d *Dir) CreateLog(firstZxid int64) (*LogWriter, error) {
	return createLog(d.logs, firstZxid, d.opts.Log)
}

// WriteSnapshot writes the snapshot of zxid, packed as the directory's options say.
// The txns up to zxid have to be in the logs, and synced, before: a snapshot that
// is ahead of the logs leaves nothing to fall back on if it is damaged.
func (d *Dir) WriteSnapshot(zxid int64, s SnapshotSource) error {
	s.Compress = d.opts.Compress
	return WriteSnapshot(d.snaps, zxid, s)
}
