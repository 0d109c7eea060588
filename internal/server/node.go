package server

import (
	"strings"

	"zoosh/internal/wire"
)

// stat is what is stored about a znode. Its cversion counts only the children
// that were created; clients are told the number of changes.
type stat struct {
	czxid, mzxid, pzxid         int64
	ctime, mtime                int64
	version, cversion, aversion int32
	owner                       int64
}

// A node is a znode. Most znodes are small and are never changed: what only those
// need that are is kept apart. A node is an entry of the table of its parent's
// children, so that its name stands in memory once and its path nowhere.
type node struct {
	name         string
	next         *node  // in the table
	data         []byte // replaced as a whole, never written into: replies may share it
	shared       *sharedACL
	czxid, ctime int64
	more         *nodeMore // nil while nothing has happened to it since it was created
}

// nodeMore is the rest of a znode.
type nodeMore struct {
	mzxid, pzxid                int64
	mtime                       int64
	version, cversion, aversion int32
	znodes                      int32 // below it
	owner                       int64
	children                    *nodeTable // nil until there is one
	bytes                       int64      // of the data of those below it
}

// nodeTable holds the children of a znode.
type nodeTable = javaTable[node, *node]

func (n *node) key() string  { return n.name }
func (n *node) link() **node { return &n.next }

func (n *node) acl() []wire.ACL { return n.shared.acl }

// stat is what is stored about the znode.
func (n *node) stat() stat {
	m := n.more
	if m == nil {
		return stat{czxid: n.czxid, mzxid: n.czxid, pzxid: n.czxid, ctime: n.ctime, mtime: n.ctime}
	}
	return stat{
		czxid: n.czxid, mzxid: m.mzxid, pzxid: m.pzxid, ctime: n.ctime, mtime: m.mtime,
		version: m.version, cversion: m.cversion, aversion: m.aversion, owner: m.owner,
	}
}

func (n *node) setStat(s stat) {
	n.czxid, n.ctime = s.czxid, s.ctime
	if n.more == nil && n.stat() == s {
		return
	}
	m := n.rest()
	m.mzxid, m.pzxid, m.mtime = s.mzxid, s.pzxid, s.mtime
	m.version, m.cversion, m.aversion, m.owner = s.version, s.cversion, s.aversion, s.owner
}

// rest is where what has happened to the znode is noted.
func (n *node) rest() *nodeMore {
	if n.more == nil {
		n.more = &nodeMore{mzxid: n.czxid, pzxid: n.czxid, mtime: n.ctime}
	}
	return n.more
}

// children are the znode's children; a nil table is an empty one.
func (n *node) children() *nodeTable {
	if n.more == nil {
		return nil
	}
	return n.more.children
}

func (n *node) addChild(child *node) {
	m := n.rest()
	if m.children == nil {
		m.children = &nodeTable{}
		m.children.makeBuckets(8)
	}
	m.children.add(child)
}

func (n *node) clientStat() wire.Stat {
	stat, children := n.stat(), int32(n.children().Len())
	s := wire.Stat{
		Czxid: stat.czxid, Mzxid: stat.mzxid, Pzxid: stat.pzxid,
		Ctime: stat.ctime, Mtime: stat.mtime,
		Version: stat.version, Aversion: stat.aversion,
		// For every creation there was a deletion, except of those still there.
		Cversion:    2*stat.cversion - children,
		DataLength:  int32(len(n.data)),
		NumChildren: children,
	}
	if kindOf(stat.owner) == kindEphemeral {
		s.EphemeralOwner = stat.owner
	}
	return s
}

// counted notes the creation of a child by the txn zxid. Old txns do not say what the
// parent counts from then on, but -1: one more.
func (n *node) counted(cversion int32, zxid int64) {
	m := n.rest()
	if cversion == -1 {
		cversion = m.cversion + 1
	}
	if cversion > m.cversion { // it does not wrap around: Apache's stays at 2147483647, too
		m.cversion = cversion
		m.pzxid = zxid
	}
}

// lost notes the deletion of a child. A txn that is replayed may be older than what
// the znode was loaded with.
func (n *node) lost(zxid int64) {
	m := n.rest()
	m.pzxid = max(m.pzxid, zxid)
}

// below is the number of znodes below.
func (n *node) below() int {
	if n.more == nil {
		return 0
	}
	return int(n.more.znodes)
}

// used is the number of znodes from this one on down, and how long their data are.
func (n *node) used() (znodes, bytes int64) {
	if n.more != nil {
		znodes, bytes = int64(n.more.znodes), n.more.bytes
	}
	return znodes + 1, bytes + int64(len(n.data))
}

// node is the znode at a path, or nil.
func (t *tree) node(path string) *node {
	if path == "" || path == "/" {
		return t.root
	}
	if path[0] != '/' {
		return nil
	}
	n := t.root
	for rest := path[1:]; ; {
		name, below, deeper := strings.Cut(rest, "/")
		if n = n.children().find(name); n == nil || !deeper {
			return n
		}
		rest = below
	}
}

// grew notes that so many znodes and bytes of data more are at a path, or below, for all
// that are above it. It returns the parent.
func (t *tree) grew(path string, znodes, bytes int) (parent *node) {
	if path == "" || path == "/" {
		return nil
	}
	parent = t.root
	for rest := path[1:]; ; {
		m := parent.rest()
		m.znodes += int32(znodes)
		m.bytes += int64(bytes)
		name, below, deeper := strings.Cut(rest, "/")
		if !deeper {
			return parent
		}
		parent, rest = parent.children().find(name), below
	}
}
