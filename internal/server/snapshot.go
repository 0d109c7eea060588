package server

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

var errClosing = errors.New("the server is closing")

// snapshotSlice is how many znodes of a snapshot are collected at a time: the
// server serves nobody meanwhile.
var snapshotSlice = 1000

// A snapshot is being taken while the server goes on: slice by slice the znodes
// are collected as they are then, so that some are of a later zxid than the
// snapshot's. Replaying the log from that zxid on evens it out (see redo). What has
// come since with an access control list of its own is left out, as the lists
// stand before the znodes: the log has it.
type snapshot struct {
	s        *Server
	run      func(func()) bool // runs something under the server's lock
	zxid     int64
	sessions []datadir.Session
	acls     datadir.ACLTable
	known    map[*sharedACL]struct{} // the same

	levels  []snapshotLevel // the way down to the znode that is next
	pending []*datadir.Node // collected and not yet written
	last    int64           // zxid of the last txn that may be in it
	err     error
}

// snapshotLevel is a znode whose children are being collected.
type snapshotLevel struct {
	path  string
	names []string
}

// beginSnapshot notes what a snapshot begins with. The server's lock is
// held.
func (s *Server) beginSnapshot(run func(func()) bool) *snapshot {
	sn := &snapshot{s: s, run: run, zxid: s.zxid, known: make(map[*sharedACL]struct{})}
	for _, ses := range s.sessions {
		sn.sessions = append(sn.sessions, datadir.Session{ID: ses.id, Timeout: int32(ses.timeout.Milliseconds())})
	}
	for _, e := range s.tree.acls {
		sn.acls.ID(e.acl)
		sn.known[e] = struct{}{}
	}
	sn.levels = []snapshotLevel{{names: []string{""}}} // the root
	s.tree.replaced = make(map[string]*sharedACL)
	return sn
}

// nodes yields the znodes, until the server closes.
func (sn *snapshot) nodes(yield func(*datadir.Node) bool) {
	for len(sn.levels) > 0 {
		if !sn.run(sn.collect) {
			sn.err = errClosing
			return
		}
		for _, n := range sn.pending {
			if !yield(n) {
				return
			}
		}
	}
}

// done waits until the txns whose traces the snapshot may have are in the log:
// without them it would tell of what never happened.
func (sn *snapshot) done() error {
	if sn.err != nil {
		return sn.err
	}
	return sn.s.journal.awaitDurable(sn.last)
}

// collect takes the next slice of znodes.
func (sn *snapshot) collect() {
	sn.pending = sn.pending[:0:0]
	sn.last = sn.s.zxid
	for len(sn.pending) < snapshotSlice && len(sn.levels) > 0 {
		level := &sn.levels[len(sn.levels)-1]
		if len(level.names) == 0 {
			sn.levels = sn.levels[:len(sn.levels)-1]
			continue
		}
		name := level.names[0]
		level.names = level.names[1:]
		sn.visit(wire.JoinPath(level.path, name))
	}
}

func (sn *snapshot) visit(path string) {
	n := sn.s.tree.node(path)
	if n == nil {
		return // deleted since
	}
	shared := n.shared
	if old, is := sn.s.tree.replaced[path]; is {
		shared = old
	}
	if _, known := sn.known[shared]; !known && shared != openShared {
		return
	}
	sn.pending = append(sn.pending, n.onDisk(path, shared.acl))
	if n.children().Len() > 0 {
		sn.levels = append(sn.levels, snapshotLevel{path: path, names: n.children().Values()})
	}
}

// onDisk is the znode as a snapshot has it.
func (n *node) onDisk(path string, acl []wire.ACL) *datadir.Node {
	stat := n.stat()
	return &datadir.Node{Path: path, Data: n.data, ACL: acl, Stat: datadir.StatPersisted{
		Czxid: stat.czxid, Mzxid: stat.mzxid, Pzxid: stat.pzxid,
		Ctime: stat.ctime, Mtime: stat.mtime,
		Version: stat.version, Cversion: stat.cversion, Aversion: stat.aversion,
		EphemeralOwner: stat.owner,
	}}
}

// write writes the snapshot and then removes what is not needed any more.
func (sn *snapshot) write() error {
	if err := sn.s.dir.WriteSnapshot(sn.zxid, datadir.SnapshotSource{
		Sessions: sn.sessions, ACLs: &sn.acls, Nodes: sn.nodes, Done: sn.done,
	}); err != nil {
		return fmt.Errorf("snapshot at zxid %#x: %w", sn.zxid, err)
	}
	if sn.s.cfg.SnapRetain == 0 {
		return nil
	}
	if _, err := sn.s.dir.Prune(sn.s.cfg.SnapRetain); err != nil {
		return fmt.Errorf("remove old snapshots and logs: %w", err)
	}
	return nil
}

// snapshotWhenDue begins a snapshot, and a new log, every so many txns. The server's
// lock is held.
func (s *Server) snapshotWhenDue() {
	if s.untilSnapshot--; s.untilSnapshot > 0 || s.snapshotting {
		return
	}
	s.snapshotting = true
	s.untilSnapshot = s.snapshotInterval()
	s.journal.roll()
	sn := s.beginSnapshot(s.do)
	s.wg.Go(func() {
		if err := sn.write(); err != nil && !errors.Is(err, errClosing) {
			// The log has everything; only the next start takes longer.
			s.logf("%v", err)
		}
		s.do(func() { s.snapshotting, s.tree.replaced = false, nil })
	})
}

// manyLogs is how many logs a start may read before the next one is to read less.
const manyLogs = 10

// untilSnapshotAfter is after how many txns a snapshot is due once these were read: those
// count, lest a server that is started often never takes one.
func (s *Server) untilSnapshotAfter(info *datadir.RecoverInfo) int {
	if info.Logs >= manyLogs {
		return 1
	}
	return s.snapshotInterval() - info.Txns
}

// snapshotInterval is the number of txns until the next snapshot: between half of
// Config.SnapCount and all of it, as ZooKeeper draws it, lest all servers of an
// ensemble stop for theirs at once.
func (s *Server) snapshotInterval() int {
	half := max(s.cfg.SnapCount/2, 1)
	return half + rand.IntN(half)
}
