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

// tree holds the znodes and the watches on them. Its changing methods trust that
// the change was checked before.
type tree struct {
	root       *node // both "/" and ""
	znodes     int   // how many there are, with the root
	ephemerals map[int64]*javaSet
	owned      int // how many ephemerals there are
	containers map[string]struct{}
	ttls       map[string]struct{}
	quotas     map[string]struct{} // the paths that have limits
	limited    pathIndex           // the same
	size       int                 // of the paths and the data, in bytes
	acls       aclTable
	// replaced are the lists that znodes had when the snapshot was begun that is
	// being taken, where they have another now; nil if none is.
	replaced map[string]*sharedACL
	recent   *recency

	dataWatches, childWatches *watchTable
}

func newTree() *tree {
	t := &tree{
		root:         &node{data: []byte{}, shared: openShared},
		znodes:       1,
		size:         len("/"),
		ephemerals:   make(map[int64]*javaSet),
		containers:   make(map[string]struct{}),
		ttls:         make(map[string]struct{}),
		quotas:       make(map[string]struct{}),
		acls:         make(aclTable),
		dataWatches:  newWatchTable(),
		childWatches: newWatchTable(),
	}
	for _, path := range []string{systemPath, quotaPath, configPath} {
		t.insert(path, []byte{}, openACL, stat{})
	}
	config := t.node(configPath)
	config.shared = t.acls.share([]wire.ACL{{Perms: wire.PermRead, Scheme: "world", ID: "anyone"}})
	config.rest().aversion = -1
	return t
}

// count is the number of znodes as ZooKeeper counts them, which has the root twice.
func (t *tree) count() int { return t.znodes + 1 }

func (t *tree) get(path string) (*node, error) {
	if n := t.node(path); n != nil {
		return n, nil
	}
	return nil, &wire.Error{Code: wire.NoNode, Path: path}
}

// create adds a znode. parentCversion is what the parent counts from then on.
func (t *tree) create(path string, data []byte, acl []wire.ACL, st stat, parentCversion int32) *node {
	parentPath, _ := wire.SplitPath(path)
	parent := t.node(parentPath)
	parent.counted(parentCversion, st.czxid)
	n := t.insert(path, data, acl, st)
	t.quotaCreated(path, len(n.data))
	t.recent.changed(path, st.czxid)
	t.recent.changed(parentPath, st.czxid)
	t.dataWatches.trigger(path, wire.EventNodeCreated, st.czxid, n.shared, nil)
	t.childWatches.trigger(parentPath, wire.EventNodeChildrenChanged, st.czxid, parent.shared, nil)
	return n
}

// insert puts a znode where it belongs, below a parent that is there.
func (t *tree) insert(path string, data []byte, acl []wire.ACL, st stat) *node {
	return t.insertBelow(t.grew(path, 1, len(data)), path, data, acl, st)
}

// insertBelow is insert for a parent that is known. It leaves it to the caller to note
// for all above the parent that the znode is there: see grew.
func (t *tree) insertBelow(parent *node, path string, data []byte, acl []wire.ACL, st stat) *node {
	_, name := wire.SplitPath(path)
	n := &node{name: strings.Clone(name), data: data, shared: t.acls.share(acl)}
	n.setStat(st)
	parent.addChild(n)
	t.znodes++
	switch owner := st.owner; kindOf(owner) {
	case kindEphemeral:
		if t.ephemerals[owner] == nil {
			t.ephemerals[owner] = newJavaSet(16)
		}
		t.ephemerals[owner].Add(path)
		t.owned++
	case kindContainer:
		t.containers[path] = struct{}{}
	case kindTTL:
		t.ttls[path] = struct{}{}
	}
	t.size += len(path) + len(data)
	return n
}

// remove deletes a znode that has no children.
func (t *tree) remove(path string, zxid int64) {
	parentPath, name := wire.SplitPath(path)
	parent := t.node(parentPath)
	n := parent.children().find(name)
	parent.children().remove(name)
	parent.lost(zxid)
	t.znodes--
	t.grew(path, -1, -len(n.data))
	t.acls.drop(n.shared)
	switch owner := n.stat().owner; kindOf(owner) {
	case kindEphemeral:
		if of := t.ephemerals[owner]; of != nil {
			if of.Remove(path); of.Len() == 0 {
				delete(t.ephemerals, owner)
			}
			t.owned--
		}
	case kindContainer:
		delete(t.containers, path)
	case kindTTL:
		delete(t.ttls, path)
	}
	t.size -= len(path) + len(n.data)
	t.quotaRemoved(path, len(n.data))
	t.recent.changed(path, zxid)
	t.recent.changed(parentPath, zxid)
	told := t.dataWatches.trigger(path, wire.EventNodeDeleted, zxid, n.shared, nil)
	t.childWatches.trigger(path, wire.EventNodeDeleted, zxid, n.shared, told)
	t.childWatches.trigger(parentPath, wire.EventNodeChildrenChanged, zxid, parent.shared, nil)
}

func (t *tree) setData(path string, data []byte, version int32, zxid, time int64) wire.Stat {
	n := t.node(path)
	grown := len(data) - len(n.data)
	t.size += grown
	if grown != 0 {
		t.grew(path, 0, grown)
	}
	n.data = data
	m := n.rest()
	m.version, m.mzxid, m.mtime = version, zxid, time
	s := n.clientStat()
	t.quotaChanged(path, grown, 0)
	t.recent.changed(path, zxid)
	t.dataWatches.trigger(path, wire.EventNodeDataChanged, zxid, n.shared, nil)
	return s
}

func (t *tree) setACL(path string, acl []wire.ACL, version int32, zxid int64) wire.Stat {
	n := t.node(path)
	if _, is := t.replaced[path]; !is && t.replaced != nil {
		t.replaced[path] = n.shared
	}
	t.acls.drop(n.shared)
	n.shared = t.acls.share(acl)
	n.rest().aversion = version
	t.recent.changed(path, zxid)
	return n.clientStat()
}

// descendants is the number of znodes below a path.
func (t *tree) descendants(path string) int {
	switch path {
	case "":
		return t.count() - 1 // the root's other name has the root below it
	case "/":
		return t.znodes - 1
	}
	return t.node(path).below()
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

// unwatch forgets a watcher. It returns what is to be done for that, again and again
// until there is no more: one that has watched much is forgotten bit by bit.
func (t *tree) unwatch(w watcher) (step func() (more bool)) {
	type watches struct {
		of    *watchTable
		paths map[string]struct{}
	}
	left := []watches{{t.dataWatches, t.dataWatches.forget(w)}, {t.childWatches, t.childWatches.forget(w)}}
	return func() bool {
		for len(left) > 0 {
			for path := range left[0].paths {
				delete(left[0].paths, path)
				left[0].of.remove(path, w, watchAny)
				return true
			}
			left = left[1:]
		}
		return false
	}
}
