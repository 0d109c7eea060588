package datadir

import (
	"fmt"
	"os"
)

// minRetain is the fewest snapshots that Prune keeps, as ZooKeeper's does.
const minRetain = 3

// Prune removes old snapshots and logs by the rule of ZooKeeper's PurgeTxnLog: the
// newest snapshots that look whole are kept, as many as retain says, and every log
// that the oldest of them may need. What is removed is returned, also with an
// error.
func (d *Dir) Prune(retain int) (removed []string, err error) {
	if retain < minRetain {
		return nil, fmt.Errorf("at least %d snapshots are to be kept, not %d", minRetain, retain)
	}
	snapshots, err := d.snapshots()
	if err != nil {
		return nil, err
	}
	logs, err := d.logFiles()
	if err != nil {
		return nil, err
	}
	oldest, err := oldestKept(snapshots, retain)
	if err != nil || oldest < 0 {
		return nil, err
	}
	for _, f := range disposable(snapshots, logs, oldest) {
		if err := os.Remove(f.Path); err != nil {
			return removed, fmt.Errorf("removing old files: %w", err)
		}
		removed = append(removed, f.Path)
	}
	return removed, nil
}

// oldestKept is the zxid of the oldest snapshot to keep; -1 if none looks whole.
func oldestKept(snapshots []File, retain int) (int64, error) {
	oldest := int64(-1)
	for _, f := range snapshots {
		damage, err := looksWhole(f.Path)
		if err != nil {
			return -1, err
		}
		if damage != nil {
			continue
		}
		oldest = f.Zxid
		if retain--; retain == 0 {
			break
		}
	}
	return oldest, nil
}

// disposable is what is older than a snapshot and not needed for it: the log
// before it may go on beyond it.
func disposable(snapshots, logs []File, oldest int64) []File {
	var needed int64
	for _, f := range logs {
		if f.Zxid <= oldest {
			needed = f.Zxid
		}
	}
	var out []File
	for _, f := range logs {
		if f.Zxid < needed {
			out = append(out, f)
		}
	}
	for _, f := range snapshots {
		if f.Zxid < oldest {
			out = append(out, f)
		}
	}
	return out
}
