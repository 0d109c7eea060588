package datadir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxSnapshots is how many snapshots are tried, as ZooKeeper does.
const maxSnapshots = 100

// RecoverInfo says what Recover found and did.
type RecoverInfo struct {
	New      bool  // there was nothing
	Zxid     int64 // of the last txn
	Snapshot File  // what was loaded; without a path if New or Trusted
	// Trusted: there was no snapshot, and Options.TrustEmpty. A snapshot of what the
	// logs made of an empty tree is then up to the caller.
	Trusted bool
	// Skipped are the newer snapshots that could not be used, each with its reason.
	Skipped []*Damage
	Logs    int // how many logs were read
	// Read are those logs, the oldest first. There are none if the directory has none.
	Read []File
	Txns int // how many txns were applied
	// Cut is the record at the end of the logs that was not written whole. It was
	// cut off, or, in a directory open for reading only, passed over.
	Cut *Damage
	// Torn are such records in earlier logs, which earlier crashes left. The log
	// that follows goes on where they stand. They are left alone.
	Torn []*Damage
}

// recovery is a Recover under way.
type recovery struct {
	d     *Dir
	load  func(*SnapshotReader) error
	apply func(*Txn) error
	most  int64 // that a packed snapshot unpacks to; 0 for what is usual
	info  RecoverInfo

	skippedZxid int64 // the highest of the snapshots that were skipped
	seen        int64 // the zxid read last, applied or not; 0 if none was
	torn        *Damage
}

// Recover puts the state together: load is given the newest snapshot that is
// whole, and apply every txn after it, in order. Neither is called if the
// directory is new; its first snapshot, of zxid 0, is then up to the caller, before
// any log.
//
// load reads the snapshot to its end. If it turns out to be damaged, load is called
// again with an older one, and has to forget what it has built. It has to refuse a
// znode whose parent has not come before, which only it can tell, with
// SnapshotReader.Damaged; any other error of its own ends Recover. Without a snapshot
// that is to be trusted (Options.TrustEmpty), load is not called, and the txns begin with
// the first one of all.
//
// The txns begin with the one after the snapshot's zxid. Yet a ZooKeeper writes a
// snapshot while it goes on working, so that some of what they do may already be in
// it, and apply has to come to the same result over it:
//
//   - a create of a znode that exists leaves its data and its stat, for what
//     changed them comes again; it gives the znode its ACL if ACLMissing, and the
//     parent the cversion and pzxid that the txn brings, unless they are higher;
//   - a create whose parent is missing, a delete, setData or setACL of a znode that
//     is missing does nothing: a later delete was in the snapshot. But a delete
//     gives the parent its pzxid, unless it is higher;
//   - setData and setACL set the version that they bring, whatever it was;
//   - the same for each part of a multi, none of which is undone for another; a
//     multi with an error in it does nothing;
//   - createSession may find the session, closeSession may not find it or its
//     znodes; without a body it deletes what the session owns;
//   - an error does nothing. Every txn counts its zxid.
//
// Refused, with a *Damage, are a log or all snapshots being damaged, a txn that does
// not follow the one before, and logs that end before the state which a damaged
// snapshot had. The record that a crash may have left unfinished at the end of the
// logs is cut off, so that nothing is ever written behind it.
func (d *Dir) Recover(load func(*SnapshotReader) error, apply func(*Txn) error) (RecoverInfo, error) {
	r := &recovery{d: d, load: load, apply: apply, most: d.opts.MaxUnpacked}
	err := r.run()
	return r.info, err
}

func (r *recovery) run() error {
	snapshots, err := r.d.snapshots()
	if err != nil {
		return err
	}
	logs, err := r.d.logFiles()
	if err != nil {
		return err
	}
	if len(snapshots) == 0 && len(logs) > 0 && !r.d.opts.TrustEmpty {
		return fmt.Errorf("there are transaction logs in %s, but no snapshot in %s that they could begin with. "+
			"Bring the snapshots back, or, to start empty, move the logs away. "+
			"(A server before 3.5 may have written none: with snapshot.trust.empty=true in the zoo.cfg of one start, the logs are enough)",
			r.d.logs, r.d.snaps)
	}
	if err := r.loadNewest(snapshots, len(logs) == 0); err != nil || r.info.New {
		return err
	}
	if err := r.replay(logsAfter(logs, r.info.Zxid)); err != nil {
		return err
	}
	if r.info.Zxid < r.skippedZxid {
		return fmt.Errorf("the logs end with the txn 0x%x, before 0x%x, which a damaged snapshot had: %w",
			r.info.Zxid, r.skippedZxid, r.info.Skipped[0])
	}
	if err := r.cut(); err != nil {
		return err
	}
	return r.settle(logs)
}

// settle has the end of the logs on the disk. A server that was killed before its sync
// may have left it with the system alone, and what follows would be written behind it.
func (r *recovery) settle(logs []File) error {
	if len(logs) == 0 || r.d.opts.Log.NoSync {
		return nil
	}
	last := logs[len(logs)-1].Path
	err := syncFile(last)
	if errors.Is(err, os.ErrNotExist) {
		return nil // nothing was left of it
	}
	if err == nil {
		err = syncDir(r.d.logs)
	}
	if err != nil {
		return fmt.Errorf("syncing the log %s: %w", last, err)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = syncData(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// loadNewest loads the newest snapshot that is whole.
func (r *recovery) loadNewest(snapshots []File, noLogs bool) error {
	tried := 0
	for _, f := range snapshots {
		damage, err := looksWhole(f.Path)
		if damage == nil && err == nil {
			if tried++; tried > maxSnapshots {
				break
			}
			damage, err = r.loadOne(f)
		}
		if err != nil {
			return err
		}
		if damage == nil {
			r.info.Snapshot, r.info.Zxid = f, f.Zxid
			return nil
		}
		r.info.Skipped = append(r.info.Skipped, damage)
		r.skippedZxid = max(r.skippedZxid, f.Zxid)
	}
	switch {
	// A server that crashed while it wrote its very first snapshot has lost nothing.
	case r.skippedZxid == 0 && noLogs:
		r.info.New = true
		return nil
	// As in ZooKeeper, a snapshot that was not written to its end does not count.
	case tried == 0 && !noLogs && r.d.opts.TrustEmpty:
		r.info.Trusted = true
		return nil
	}
	return fmt.Errorf("none of the %d snapshots in %s is whole: %w", len(snapshots), r.d.snaps, r.info.Skipped[0])
}

// loadOne loads a snapshot. What is wrong with it is damage; err is anything else.
func (r *recovery) loadOne(f File) (damage *Damage, err error) {
	s, err := openSnapshot(f.Path, r.most)
	if err == nil {
		defer s.Close()
		if err = r.load(s); err == nil {
			for err == nil { // what load has left
				_, err = s.Next()
			}
		}
	}
	switch {
	case err == io.EOF:
		return nil, nil
	case errors.As(err, &damage):
		return damage, nil
	case errors.As(err, new(*TooLargeError)):
		return nil, err
	}
	return nil, fmt.Errorf("loading the snapshot %s: %w", f.Path, err)
}

// looksWhole looks at the ends of a snapshot as ZooKeeper does before it reads it.
func looksWhole(path string) (*Damage, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	_, c, _ := snapshotZxid(filepath.Base(path))
	want, at, what := "\x00\x00\x00\x01/", info.Size()-5, "it does not end as a snapshot does"
	switch c {
	case Gzip:
		want, at, what = "\x1f\x8b", 0, "it does not begin as a gzip file does"
	case Snappy:
		want, at, what = snappyMagic, 0, "it does not begin as a snappy stream of Java does"
	}
	got := make([]byte, len(want))
	if at >= 0 && info.Size() >= int64(len(want)) {
		if _, err := f.ReadAt(got, at); err != nil {
			return nil, err
		}
	}
	if string(got) != want {
		return &Damage{File: path, Offset: max(0, at), Reason: what}, nil
	}
	return nil, nil
}

// logsAfter is the logs that may hold txns after zxid.
func logsAfter(logs []File, zxid int64) []File {
	first := 0
	for i, f := range logs {
		if f.Zxid <= zxid+1 {
			first = i
		}
	}
	return logs[first:]
}

// replay applies what is in the logs and not in the snapshot.
func (r *recovery) replay(logs []File) error {
	for _, f := range logs {
		r.info.Logs++
		r.info.Read = append(r.info.Read, f)
		if err := r.replayLog(f); err != nil {
			return err
		}
	}
	return nil
}

func (r *recovery) replayLog(f File) error {
	log, err := openLog(f.Path)
	if err != nil {
		return r.ended(err)
	}
	defer log.Close()
	for first := true; ; first = false {
		t, err := log.Next()
		if err != nil {
			return r.ended(err)
		}
		if first && t.Zxid != f.Zxid {
			return log.damage(log.Offset(), false, "its first txn is 0x%x, its name says 0x%x", t.Zxid, f.Zxid)
		}
		if err := r.take(log, t); err != nil {
			return err
		}
	}
}

// ended is the end of a log: a clean one, or a torn one, which what follows has to
// make good.
func (r *recovery) ended(err error) error {
	var d *Damage
	switch {
	case err == io.EOF:
		return nil
	case errors.As(err, &d) && d.Torn:
		if r.torn != nil {
			r.info.Torn = append(r.info.Torn, r.torn)
		}
		r.torn = d
		return nil
	}
	return err
}

// take applies a txn, if it is not in the snapshot, once it is known to follow.
func (r *recovery) take(log *logReader, t *Txn) error {
	if r.info.Trusted && r.seen == 0 && !follows(0, t.Zxid) {
		return fmt.Errorf("the logs in %s begin with the txn 0x%x, and there is no snapshot of what came before it", r.d.logs, t.Zxid)
	}
	var wrong string
	switch last := r.info.Zxid; {
	case r.seen != 0 && t.Zxid <= r.seen:
		wrong = fmt.Sprintf("the txn 0x%x comes after 0x%x", t.Zxid, r.seen)
	case t.Zxid > last && !follows(last, t.Zxid):
		wrong = fmt.Sprintf("the txn 0x%x comes after 0x%x: what was between them is missing", t.Zxid, last)
	}
	if wrong != "" && r.torn != nil {
		return fmt.Errorf("%w; and what comes after it, in %s at byte %d, does not follow: %s",
			&Damage{File: r.torn.File, Offset: r.torn.Offset, Reason: r.torn.Reason}, log.file, log.Offset(), wrong)
	} else if wrong != "" {
		return log.damage(log.Offset(), false, "%s", wrong)
	}
	if r.torn != nil {
		r.info.Torn, r.torn = append(r.info.Torn, r.torn), nil
	}
	r.seen = t.Zxid
	if t.Zxid <= r.info.Zxid {
		return nil
	}
	if err := r.apply(t); err != nil {
		return fmt.Errorf("the txn 0x%x in %s at byte %d: %w", t.Zxid, log.file, log.Offset(), err)
	}
	r.info.Txns++
	r.info.Zxid = t.Zxid
	return nil
}

// follows tells whether a zxid can come right after another: the next one, or the
// first of a later epoch, which is in the upper half.
func follows(last, zxid int64) bool {
	return zxid == last+1 || zxid>>32 > last>>32 && uint32(zxid) <= 1
}

// cut removes the torn record at the end of the logs.
func (r *recovery) cut() error {
	d := r.torn
	if r.info.Cut = d; d == nil {
		return nil
	}
	err := cutFile(d.File, d.Offset)
	if err == nil {
		err = syncDir(r.d.logs)
	}
	if err != nil {
		return fmt.Errorf("cutting off a torn record: %w", err)
	}
	return nil
}

// cutFile ends a file at an offset, for good. A file of which nothing is left goes.
func cutFile(path string, at int64) error {
	if at == 0 {
		return os.Remove(path)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err = f.Truncate(at); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
