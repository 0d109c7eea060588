package server

import (
	"strings"

	"zoosh/internal/wire"
)

// Owners that stand for no session: what kind of znode it is, and how long it
// may live, is kept where the owner of an ephemeral znode is.
const (
	containerOwner int64 = -1 << 63
	ttlOwnerBits   int64 = -1 << 56
)

// A nodeKind is what becomes of a znode by itself.
type nodeKind int

const (
	kindPersistent nodeKind = iota
	kindEphemeral
	kindContainer
	kindTTL
)

func kindOf(owner int64) nodeKind {
	switch {
	case owner == 0:
		return kindPersistent
	case owner == containerOwner:
		return kindContainer
	case owner&ttlOwnerBits == ttlOwnerBits:
		return kindTTL
	}
	return kindEphemeral
}

func ttlOwner(ttl int64) int64 { return ttlOwnerBits | ttl }

func ttlOf(owner int64) int64 { return owner &^ ttlOwnerBits }

// The znodes that exist in every tree and cannot be deleted.
const (
	systemPath = "/zookeeper"
	quotaPath  = wire.QuotaPath
	configPath = wire.ConfigPath
)

func isSystemPath(path string) bool {
	return path == "/" || path == systemPath || path == quotaPath || path == configPath
}

// stat is what is stored about a znode. Its cversion counts only the children
// that were created; clients are told the number of changes.
type stat struct {
	czxid, mzxid, pzxid         int64
	ctime, mtime                int64
	version, cversion, aversion int32
	owner                       int64
}

type node struct {
	data     []byte // replaced as a whole, never written into: replies may share it
	acl      []wire.ACL
	stat     stat
	children *javaSet // of names; nil until there is one
}

func (n *node) clientStat() wire.Stat {
	s := wire.Stat{
		Czxid: n.stat.czxid, Mzxid: n.stat.mzxid, Pzxid: n.stat.pzxid,
		Ctime: n.stat.ctime, Mtime: n.stat.mtime,
		Version: n.stat.version, Aversion: n.stat.aversion,
		// For every creation there was a deletion, except of those still there.
		Cversion:    2*n.stat.cversion - int32(n.children.Len()),
		DataLength:  int32(len(n.data)),
		NumChildren: int32(n.children.Len()),
	}
	if kindOf(n.stat.owner) == kindEphemeral {
		s.EphemeralOwner = n.stat.owner
	}
	return s
}

func (n *node) addChild(name string) {
	if n.children == nil {
		n.children = newJavaSet(8)
	}
	n.children.Add(name)
}

// tree holds the znodes and the watches on them. Its changing methods trust that
// the change was checked before.
type tree struct {
	nodes      map[string]*node // by path; the root is both "/" and ""
	ephemerals map[int64]*javaSet
	containers map[string]struct{}
	ttls       map[string]struct{}
	quotas     map[string]struct{} // the paths that have limits
	size       int                 // of the paths and the data, in bytes
	acls       aclTable
	// replaced are the lists that znodes had when the snapshot was begun that is
	// being taken, where they have another now; nil if none is.
	replaced map[string][]wire.ACL

	dataWatches, childWatches *watchTable
}

func newTree() *tree {
	t := &tree{
		nodes:        make(map[string]*node),
		ephemerals:   make(map[int64]*javaSet),
		containers:   make(map[string]struct{}),
		ttls:         make(map[string]struct{}),
		quotas:       make(map[string]struct{}),
		acls:         make(aclTable),
		dataWatches:  newWatchTable(),
		childWatches: newWatchTable(),
	}
	for _, path := range []string{"/", systemPath, quotaPath, configPath} {
		t.nodes[path] = &node{data: []byte{}, acl: openACL}
		t.size += len(path)
		if parent, name := wire.SplitPath(path); parent != "" {
			t.nodes[parent].addChild(name)
		}
	}
	t.nodes[""] = t.nodes["/"]
	config := t.nodes[configPath]
	config.acl = t.acls.share([]wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}})
	config.stat.aversion = -1
	return t
}

// count is the number of znodes as ZooKeeper counts them, which has the root twice.
func (t *tree) count() int { return len(t.nodes) }

func (t *tree) get(path string) (*node, error) {
	if n, ok := t.nodes[path]; ok {
		return n, nil
	}
	return nil, &wire.Error{Code: wire.NoNode, Path: path}
}

// create adds a znode. parentCversion is what the parent counts from then on.
func (t *tree) create(path string, n *node, parentCversion int32) {
	parentPath, _ := wire.SplitPath(path)
	parent := t.nodes[parentPath]
	parent.counted(parentCversion, n.stat.czxid)
	t.insert(path, n)
	t.quotaCreated(path, len(n.data))
	t.dataWatches.trigger(path, wire.EventNodeCreated, n.stat.czxid, n.acl, nil)
	t.childWatches.trigger(parentPath, wire.EventNodeChildrenChanged, n.stat.czxid, parent.acl, nil)
}

// counted notes the creation of a child by the txn zxid.
func (n *node) counted(cversion int32, zxid int64) {
	if cversion > n.stat.cversion { // it does not wrap around: Apache's stays at 2147483647, too
		n.stat.cversion = cversion
		n.stat.pzxid = zxid
	}
}

// insert puts a znode where it belongs, below a parent that is there.
func (t *tree) insert(path string, n *node) {
	parentPath, name := wire.SplitPath(path)
	t.nodes[parentPath].addChild(name)
	n.acl = t.acls.share(n.acl)
	t.nodes[path] = n
	switch owner := n.stat.owner; kindOf(owner) {
	case kindEphemeral:
		if t.ephemerals[owner] == nil {
			t.ephemerals[owner] = newJavaSet(16)
		}
		t.ephemerals[owner].Add(path)
	case kindContainer:
		t.containers[path] = struct{}{}
	case kindTTL:
		t.ttls[path] = struct{}{}
	}
	t.size += len(path) + len(n.data)
}

// remove deletes a znode that has no children.
func (t *tree) remove(path string, zxid int64) {
	parentPath, name := wire.SplitPath(path)
	parent, n := t.nodes[parentPath], t.nodes[path]
	parent.children.Remove(name)
	// A txn that is replayed may be older than what the parent was loaded with.
	parent.stat.pzxid = max(parent.stat.pzxid, zxid)
	delete(t.nodes, path)
	t.acls.drop(n.acl)
	switch owner := n.stat.owner; kindOf(owner) {
	case kindEphemeral:
		if of := t.ephemerals[owner]; of != nil {
			if of.Remove(path); of.Len() == 0 {
				delete(t.ephemerals, owner)
			}
		}
	case kindContainer:
		delete(t.containers, path)
	case kindTTL:
		delete(t.ttls, path)
	}
	t.size -= len(path) + len(n.data)
	t.quotaRemoved(path, len(n.data))
	told := t.dataWatches.trigger(path, wire.EventNodeDeleted, zxid, n.acl, nil)
	t.childWatches.trigger(path, wire.EventNodeDeleted, zxid, n.acl, told)
	t.childWatches.trigger(parentPath, wire.EventNodeChildrenChanged, zxid, parent.acl, nil)
}

func (t *tree) setData(path string, data []byte, version int32, zxid, time int64) wire.Stat {
	n := t.nodes[path]
	grown := len(data) - len(n.data)
	t.size += grown
	n.data = data
	n.stat.version, n.stat.mzxid, n.stat.mtime = version, zxid, time
	s := n.clientStat()
	t.quotaChanged(path, grown, 0)
	t.dataWatches.trigger(path, wire.EventNodeDataChanged, zxid, n.acl, nil)
	return s
}

func (t *tree) setACL(path string, acl []wire.ACL, version int32) wire.Stat {
	n := t.nodes[path]
	if _, is := t.replaced[path]; !is && t.replaced != nil {
		t.replaced[path] = n.acl
	}
	t.acls.drop(n.acl)
	n.acl = t.acls.share(acl)
	n.stat.aversion = version
	return n.clientStat()
}

// descendants is the number of znodes below a path.
func (t *tree) descendants(path string) int {
	switch path {
	case "/":
		return t.count() - 2
	case "":
		return t.count() - 1 // the root's other name has the root below it
	}
	n := t.nodes[path]
	count := n.children.Len()
	for name := range n.children.All {
		count += t.descendants(wire.JoinPath(path, name))
	}
	return count
}

// ephemeralsOf are the ephemeral znodes of a session whose paths begin with
// prefix, in the order of the copy that Java makes of the set.
func (t *tree) ephemeralsOf(session int64, prefix string) []string {
	out := []string{}
	for path := range t.ephemerals[session].Clone().All {
		if strings.HasPrefix(path, prefix) {
			out = append(out, path)
		}
	}
	return out
}

// unwatch forgets a watcher.
func (t *tree) unwatch(w watcher) {
	t.dataWatches.removeAll(w)
	t.childWatches.removeAll(w)
}
