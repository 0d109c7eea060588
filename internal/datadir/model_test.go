package datadir

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// model is a tree as plain as can be, which Recover fills.
type model struct {
	nodes    map[string]*Node
	sessions map[int64]int32
}

func newModel() *model {
	return &model{nodes: make(map[string]*Node), sessions: make(map[int64]int32)}
}

func (m *model) load(r *SnapshotReader) error {
	*m = *newModel()
	for _, s := range r.Sessions() {
		m.sessions[s.ID] = s.Timeout
	}
	for {
		n, err := r.Next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if n.Path != "/" && m.parent(n.Path) == nil {
			return r.Damaged("no parent of " + n.Path)
		}
		m.nodes[n.Path] = n
	}
}

func (m *model) parent(path string) *Node {
	parent, _ := wire.SplitPath(path)
	return m.nodes[parent]
}

func (m *model) apply(t *Txn) error {
	switch b := t.Body.(type) {
	case *CreateSessionTxn:
		m.sessions[t.Session] = b.Timeout
	case *CloseSessionTxn:
		delete(m.sessions, t.Session)
		for _, path := range b.Paths {
			m.delete(path, t.Zxid)
		}
	case *MultiTxn:
		for _, sub := range b.Txns {
			if sub.Op == wire.OpError {
				return nil
			}
		}
		for _, sub := range b.Txns {
			if err := m.apply(&Txn{Session: t.Session, Zxid: t.Zxid, Time: t.Time, Op: sub.Op, Body: sub.Body}); err != nil {
				return err
			}
		}
	default:
		return m.applyToNode(t)
	}
	return nil
}

func (m *model) applyToNode(t *Txn) error {
	switch b := t.Body.(type) {
	case *CreateTxn:
		owner := int64(0)
		if b.Ephemeral {
			owner = t.Session
		}
		m.create(t, b.Path, b.Data, b.ACL, b.ParentCversion, owner)
	case *CreateContainerTxn:
		m.create(t, b.Path, b.Data, b.ACL, b.ParentCversion, -1<<63)
	case *CreateTTLTxn:
		m.create(t, b.Path, b.Data, b.ACL, b.ParentCversion, -1<<56|b.TTL)
	case *DeleteTxn:
		m.delete(b.Path, t.Zxid)
	case *SetDataTxn:
		if n := m.nodes[b.Path]; n != nil {
			n.Data, n.Stat.Version, n.Stat.Mzxid, n.Stat.Mtime = b.Data, b.Version, t.Zxid, t.Time
		}
	case *SetACLTxn:
		if n := m.nodes[b.Path]; n != nil {
			n.ACL, n.ACLMissing, n.Stat.Aversion = b.ACL, false, b.Version
		}
	case *CheckVersionTxn, *ErrorTxn:
	default:
		return fmt.Errorf("no txn is known with %T", b)
	}
	return nil
}

func (m *model) create(t *Txn, path string, data []byte, acl []wire.ACL, parentCversion int32, owner int64) {
	parent := m.parent(path)
	if parent == nil {
		return
	}
	if parentCversion > parent.Stat.Cversion {
		parent.Stat.Cversion, parent.Stat.Pzxid = parentCversion, t.Zxid
	}
	if n := m.nodes[path]; n != nil {
		if n.ACLMissing {
			n.ACL, n.ACLMissing = acl, false
		}
		return
	}
	m.nodes[path] = &Node{Path: path, Data: data, ACL: acl, Stat: StatPersisted{
		Czxid: t.Zxid, Mzxid: t.Zxid, Pzxid: t.Zxid, Ctime: t.Time, Mtime: t.Time, EphemeralOwner: owner}}
}

func (m *model) delete(path string, zxid int64) {
	delete(m.nodes, path)
	if parent := m.parent(path); parent != nil {
		parent.Stat.Pzxid = max(parent.Stat.Pzxid, zxid)
	}
}

func (m *model) children(path string) []string {
	names := []string{}
	for p := range m.nodes {
		if parent, name := wire.SplitPath(p); p != "/" && parent == path {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// stat is what a client is told.
func (m *model) stat(path string) wire.Stat {
	n := m.nodes[path]
	s := n.Stat
	children := int32(len(m.children(path)))
	owner := s.EphemeralOwner
	if owner == -1<<63 || owner>>56 == -1 {
		owner = 0
	}
	return wire.Stat{Czxid: s.Czxid, Mzxid: s.Mzxid, Ctime: s.Ctime, Mtime: s.Mtime, Version: s.Version,
		Cversion: 2*s.Cversion - children, Aversion: s.Aversion, EphemeralOwner: owner,
		DataLength: int32(len(n.Data)), NumChildren: children, Pzxid: s.Pzxid}
}

func (m *model) source() SnapshotSource {
	s := SnapshotSource{ACLs: new(ACLTable), Nodes: m.ordered()}
	for n := range s.Nodes {
		s.ACLs.ID(n.ACL)
	}
	for id, timeout := range m.sessions {
		s.Sessions = append(s.Sessions, Session{id, timeout})
	}
	return s
}

func (m *model) ordered() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for _, path := range slices.SortedFunc(maps.Keys(m.nodes), strings.Compare) {
			if !yield(m.nodes[path]) {
				return
			}
		}
	}
}
