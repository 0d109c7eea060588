package server

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// restore loads what is in the data directory, before anything else goes on.
func (s *Server) restore() error {
	info, err := s.dir.Recover(s.loadSnapshot, s.replay)
	if err != nil {
		return err
	}
	for _, note := range recoveryNotes(&info) {
		s.logf("%s", note)
	}
	s.untilSnapshot = s.untilSnapshotAfter(&info)
	if info.New {
		// A snapshot that a crash left half written may have been begun with.
		s.tree, s.sessions, s.zxid = newTree(), make(map[int64]*session), 0
		return s.snapshotFirst()
	}
	s.tree.recountQuotas()
	if info.Trusted {
		s.logf("there is no snapshot that the logs begin with: they are taken for all there is (snapshot.trust.empty)")
		if err := s.snapshotFirst(); err != nil {
			return err
		}
	}
	s.recovered = newRecovered(&info, s.tree.count())
	now := time.Now()
	for id, ses := range s.sessions {
		ses.heard(now)
		// Sessions of this server are numbered on, even if the clock went back.
		if id>>56 == s.nextSession>>56 {
			s.nextSession = max(s.nextSession, id+1)
		}
	}
	return nil
}

// recoveryNotes is what an operator has to know of how the state was found.
func recoveryNotes(info *datadir.RecoverInfo) (notes []string) {
	for _, d := range info.Skipped {
		notes = append(notes, fmt.Sprintf("a snapshot is passed over: %v", d))
	}
	if d := info.Cut; d != nil {
		notes = append(notes, fmt.Sprintf("the last record was not written whole and is cut off: %v", d))
	}
	return notes
}

// loadSnapshot fills the tree and the sessions from a snapshot.
func (s *Server) loadSnapshot(r *datadir.SnapshotReader) error {
	s.tree, s.sessions, s.zxid = newTree(), make(map[int64]*session), r.Zxid()
	for _, ses := range r.Sessions() {
		s.addSession(ses.ID, ses.Timeout)
	}
	l := newLoader(s.tree)
	for {
		n, err := r.Next()
		if err == io.EOF {
			l.end()
			return nil
		} else if err != nil {
			return err
		}
		if err := l.load(n); err != nil {
			return r.Damaged(err.Error())
		}
	}
}

func (s *Server) addSession(id int64, timeout int32) {
	s.sessions[id] = &session{id: id, timeout: time.Duration(timeout) * time.Millisecond}
}

// missingACL is what a znode has whose list the snapshot does not have: nobody may do
// anything with it until the log says more.
var missingACL = []wire.ACL{{Perms: 0, Scheme: "world", ID: "anyone"}}

func (n *node) aclMissing() bool { return slices.Equal(n.acl(), missingACL) }

// replay applies a txn of the log.
func (s *Server) replay(t *datadir.Txn) error {
	c, err := changeOf(t.Op, t.Body)
	if err != nil {
		return err
	}
	switch c := c.(type) {
	case *createSessionChange:
		s.addSession(t.Session, c.timeout)
	case *closeSessionChange:
		delete(s.sessions, t.Session)
		named := make(map[string]bool, len(c.paths))
		for _, path := range c.paths {
			named[path] = true
		}
		for path := range s.tree.ephemerals[t.Session].All {
			if !named[path] {
				c.paths = append(c.paths, path)
			}
		}
	}
	s.tree.redo(c, &txn{session: t.Session, cxid: t.Cxid, zxid: t.Zxid, time: t.Time, change: c})
	s.zxid = t.Zxid
	return nil
}

// redo applies a change to a tree that may have the change already, or parts of
// what came after it: a snapshot is taken while the server goes on, so it has some
// znodes as they were later. Whatever it has too early the log makes again.
func (t *tree) redo(c change, at *txn) {
	switch c := c.(type) {
	case *createChange:
		parentPath, _ := wire.SplitPath(c.path)
		parent := t.node(parentPath)
		switch {
		case parent == nil:
		case t.node(c.path) != nil:
			parent.counted(c.parentCversion, at.zxid)
			if n := t.node(c.path); n.aclMissing() {
				t.acls.drop(n.shared)
				n.shared = t.acls.share(c.acl)
			}
		default:
			c.apply(t, at)
		}
	case *deleteChange:
		t.redoDelete(c.path, at.zxid)
	case *setDataChange:
		if t.node(c.path) != nil {
			c.apply(t, at)
		}
	case *setACLChange:
		if t.node(c.path) != nil {
			c.apply(t, at)
		}
	case *closeSessionChange:
		for _, path := range c.paths {
			t.redoDelete(path, at.zxid)
		}
	case *multiChange:
		if c.refused() {
			return
		}
		for _, sub := range c.changes {
			t.redo(sub, at)
		}
	}
}

// redoDelete deletes a znode. If it is gone already its parent may still have to
// hear of it.
func (t *tree) redoDelete(path string, zxid int64) {
	parentPath, _ := wire.SplitPath(path)
	if parent := t.node(parentPath); t.node(path) == nil && parent != nil {
		parent.lost(zxid)
		return
	}
	t.removeAll(path, zxid)
}

// removeAll deletes a znode and what is below it, if it is there.
func (t *tree) removeAll(path string, zxid int64) {
	n := t.node(path)
	if n == nil || isSystemPath(path) {
		return
	}
	for _, name := range n.children().Values() {
		t.removeAll(wire.JoinPath(path, name), zxid)
	}
	t.remove(path, zxid)
}

// recountQuotas counts anew what is used of each quota: it is no part of the log,
// and a snapshot may be behind or ahead.
func (t *tree) recountQuotas() {
	for of := range t.quotas {
		n, _ := t.quotaNode(of, wire.QuotaStatNode)
		if n == nil {
			continue
		}
		t.setUse(of, n, t.countUse(of))
	}
}

// endDeadSessions deletes the ephemeral znodes whose sessions are not there any
// more, as ZooKeeper does when it starts.
func (s *Server) endDeadSessions() {
	for owner := range s.tree.ephemerals {
		if s.sessions[owner] == nil {
			paths := s.tree.ephemeralsOf(owner, "")
			s.logf("session %#x is gone: its %d ephemeral znodes are deleted, %.1000s", owner, len(paths), strings.Join(paths, " "))
			s.endSession(owner, 0)
		}
	}
}
