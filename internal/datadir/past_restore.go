package datadir

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Latest is the zxid to restore the end at.
const Latest int64 = math.MaxInt64

// PastInfo says what Restore found and did.
type PastInfo struct {
	Zxid     int64 // of the last txn that the state has
	Time     int64 // of it, in milliseconds since 1970; 0 if it is in the snapshot
	Snapshot File  // what was loaded; without a path if the state began from nothing
	Skipped  []*Damage
	// Torn is the record at the end of the logs that was not written whole.
	Torn *Damage
	// Blurred is the zxid up to which the snapshot may have changes that came after
	// Zxid, as it was being written while the server went on; 0 if it has none.
	Blurred int64
}

// errReached ends a replay where it was to end.
var errReached = errors.New("reached")

// Restore puts the state together as it was right after the last txn up to zxid. See
// Dir.Recover for load and apply. load is not called if the logs begin with the first
// txn of all and there is no snapshot.
//
// Damage to what is not needed for that is no error: what comes after the txn, or a
// snapshot if the logs make it good.
func (p *Past) Restore(zxid int64, load func(*SnapshotReader) error, apply func(*Txn) error) (PastInfo, error) {
	r := restoring{p: p, at: zxid, load: load, apply: apply}
	if zxid == Latest {
		return r.latest()
	}
	return r.earlier()
}

// restoring is a Restore under way.
type restoring struct {
	p     *Past
	at    int64
	load  func(*SnapshotReader) error
	apply func(*Txn) error
	info  PastInfo
	// reached: the txn that is asked for was seen, or one after it.
	reached bool
}

// latest restores the end, from the newest snapshot that is whole.
func (r *restoring) latest() (PastInfo, error) {
	var skipped []*Damage
	missed := int64(0)
	for _, f := range r.p.snapshots {
		damage, err := r.from(f)
		if damage == nil {
			r.info.Skipped = skipped
			if err == nil && r.info.Zxid < missed {
				err = fmt.Errorf("the logs end with the txn 0x%x, before 0x%x, which a damaged snapshot had: %w", r.info.Zxid, missed, skipped[0])
			}
			return r.info, err
		}
		skipped, missed = append(skipped, damage), max(missed, f.Zxid)
	}
	if len(skipped) > 0 {
		return r.info, skipped[0]
	}
	return r.fromNothing()
}

// earlier restores a state before the end. It begins with the last but one of the
// snapshots up to there: the last one may have been written while the server went on,
// and would then have some of what came later.
func (r *restoring) earlier() (PastInfo, error) {
	var candidates []File
	for _, f := range r.p.snapshots {
		if f.Zxid <= r.at {
			candidates = append(candidates, f)
		}
	}
	switch {
	case len(candidates) == 0 && r.p.fromNothing():
		return r.fromNothing()
	case len(r.p.snapshots) == 0:
		return r.info, &UnknownTreeError{File: r.p.logs[0]}
	case len(candidates) == 0:
		return r.info, r.p.outside(fmt.Sprintf("0x%x", r.at))
	case len(candidates) > 1:
		candidates[0], candidates[1] = candidates[1], candidates[0]
	}
	var first error
	var skipped []*Damage
	for _, f := range candidates {
		damage, err := r.from(f)
		if damage != nil {
			skipped = append(skipped, damage)
			err = damage
		}
		if err == nil {
			r.info.Skipped = skipped
			return r.info, r.checkReached()
		}
		if first == nil {
			first = err
		}
	}
	return r.info, first
}

// checkReached refuses a zxid that is beyond the end.
func (r *restoring) checkReached() error {
	if r.info.Zxid < r.at && !r.reached {
		return r.p.outside(fmt.Sprintf("0x%x", r.at))
	}
	return nil
}

func (r *restoring) fromNothing() (PastInfo, error) {
	if !r.p.fromNothing() {
		return r.info, &UnknownTreeError{File: r.p.logs[0]}
	}
	err := r.replay(&recovery{})
	if err == nil && r.at != Latest {
		err = r.checkReached()
	}
	return r.info, err
}

// UnknownTreeError says that there are logs, but no snapshot that they could begin
// with.
type UnknownTreeError struct{ File File }

// Error implements error.
func (e *UnknownTreeError) Error() string {
	return fmt.Sprintf("what the tree was is not known: there is no snapshot, and %s begins with the txn 0x%x. Its transactions can be listed", e.File.Path, e.File.Zxid)
}

// from restores the state from one snapshot. What is wrong with that is damage.
func (r *restoring) from(f File) (damage *Damage, err error) {
	r.info, r.reached = PastInfo{}, false
	if damage, err = looksWhole(f.Path); damage != nil || err != nil {
		return damage, err
	}
	newest := int64(0)
	rec := &recovery{load: func(s *SnapshotReader) error {
		err := r.load(s)
		newest = s.newest
		return err
	}, most: r.p.MaxUnpacked}
	if damage, err = rec.loadOne(f); damage != nil || err != nil {
		return damage, err
	}
	rec.info.Zxid = f.Zxid
	if err := r.replay(rec); err != nil {
		return nil, err
	}
	r.info.Snapshot = f
	if newest > r.info.Zxid {
		r.info.Blurred = newest
	}
	return nil, nil
}

// replay applies what is in the logs and not in the snapshot, up to the txn that is
// asked for.
func (r *restoring) replay(rec *recovery) error {
	r.info.Zxid = rec.info.Zxid
	rec.apply = func(t *Txn) error {
		if t.Zxid > r.at {
			return errReached
		}
		r.info.Zxid, r.info.Time = t.Zxid, t.Time
		err := r.apply(t)
		if err == nil && t.Zxid == r.at {
			err = errReached // what comes next may be damaged
		}
		return err
	}
	if r.reached = rec.info.Zxid == r.at; r.reached {
		return nil
	}
	err := rec.replay(logsAfter(r.p.logs, rec.info.Zxid))
	if r.reached = errors.Is(err, errReached); r.reached {
		err = nil
	} else {
		r.info.Torn = rec.torn
	}
	return err
}

// ZxidAt is the zxid of the last txn that was made at a time or before.
func (p *Past) ZxidAt(at time.Time) (int64, error) {
	r := p.Read(0)
	defer r.Close()
	zxid, later := int64(-1), false
	for {
		t, err := r.Next()
		if err != nil {
			if err = notEOF(err); err != nil && !later {
				return 0, fmt.Errorf("looking for %s: %w", at.Format(time.RFC3339), err)
			}
			break
		}
		if later = t.Time > at.UnixMilli(); !later {
			zxid = t.Zxid
		}
	}
	if zxid < 0 {
		return 0, p.outside(at.Format(time.RFC3339))
	}
	return zxid, nil
}

// outside says that something asked for is not in the files, and what is.
func (p *Past) outside(what string) error {
	s := p.Span()
	text := fmt.Sprintf("%s is not in %s, which has ", what, p.name)
	if s.Known {
		text += fmt.Sprintf("the zxids 0x%x to 0x%x", s.First, s.Last)
	} else {
		text += "no snapshot"
	}
	if s.Txns > 0 {
		text += fmt.Sprintf(" and transactions of %s to %s", stamp(s.FirstTime), stamp(s.LastTime))
	} else {
		text += " and no transactions"
	}
	if s.Damage != nil {
		return fmt.Errorf("%s; and then %w", text, s.Damage)
	}
	return errors.New(text)
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00") }
