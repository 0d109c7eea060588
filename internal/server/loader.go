package server

import (
	"fmt"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// A loader fills a tree from a snapshot. It knows the way to the znode that it has loaded
// last, near which the next one stands: to find each from the root would take the square
// of the depth of a deep tree.
type loader struct {
	t    *tree
	path string // of the znode loaded last; "" for the root
	way  []step // from the root to it
}

// A step is a znode on the way, and the length of its path.
type step struct {
	n      *node
	length int
}

func newLoader(t *tree) *loader { return &loader{t: t, way: []step{{t.root, 0}}} }

// parent is the znode above a path; nil if there is none.
func (l *loader) parent(above string) *node {
	at := len(l.way) - 1
	for at > 0 && l.way[at].length > len(above) {
		at--
	}
	if l.way[at].length == len(above) && l.path[:len(above)] == above {
		l.way = l.way[:at+1]
		return l.way[at].n
	}
	n := l.t.node(above)
	l.way = append(l.way[:1], step{n, len(above)})
	return n
}

// end counts for each znode what is below it. To do so for each that is loaded would
// take the way to the root each time.
func (l *loader) end() { l.t.root.countBelow() }

// countBelow notes the znodes and the bytes of data below a znode, and returns them.
func (n *node) countBelow() (znodes int32, bytes int64) {
	if n.more == nil {
		return 0, 0
	}
	for child := range n.children().each {
		z, b := child.countBelow()
		znodes, bytes = znodes+1+z, bytes+int64(len(child.data))+b
	}
	n.more.znodes, n.more.bytes = znodes, bytes
	return znodes, bytes
}

// load puts a znode into the tree. Those that every tree has are there already.
func (l *loader) load(from *datadir.Node) error {
	t, path, acl := l.t, from.Path, from.ACL
	if from.ACLMissing {
		acl = missingACL
	}
	st := stat{
		czxid: from.Stat.Czxid, mzxid: from.Stat.Mzxid, pzxid: from.Stat.Pzxid,
		ctime: from.Stat.Ctime, mtime: from.Stat.Mtime,
		version: from.Stat.Version, cversion: from.Stat.Cversion, aversion: from.Stat.Aversion,
		owner: from.Stat.EphemeralOwner,
	}
	if path == "/" {
		t.reload(t.root, from.Data, acl, st)
		return nil
	}
	above, name := wire.SplitPath(path)
	if above == "/" {
		above = ""
	}
	parent := l.parent(above)
	if parent == nil {
		return fmt.Errorf("the znode %q stands before its parent", path)
	}
	n := parent.children().find(name)
	if n != nil {
		t.reload(n, from.Data, acl, st)
	} else {
		n = t.insertBelow(parent, path, from.Data, acl, st)
		if of := quotaFor(path, wire.QuotaLimitNode); of != "" {
			t.quotaBegins(of)
		}
	}
	l.path, l.way = path, append(l.way, step{n, len(path)})
	return nil
}

// reload gives a znode that is there what a snapshot says of it.
func (t *tree) reload(n *node, data []byte, acl []wire.ACL, st stat) {
	t.acls.drop(n.shared)
	t.size += len(data) - len(n.data)
	n.data, n.shared = data, t.acls.share(acl)
	n.setStat(st)
}
