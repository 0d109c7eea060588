package datadir

import (
	"strings"

	"zoosh/internal/wire"
)

// snapMagic is how a snapshot begins. Its database id is always -1.
const (
	snapMagic = "ZKSN"
	snapDBID  = -1
)

// Node is one znode in a snapshot.
type Node struct {
	Path string // "/" is the root
	Data []byte // nil is null
	// ACL is shared by the znodes that have the same, and not to be changed.
	ACL []wire.ACL
	// ACLMissing tells that the snapshot does not say what the ACL is, and that
	// ACL is therefore empty. A ZooKeeper writes snapshots while it goes on
	// working: the ACL of a znode that was created or changed meanwhile may be
	// missing, and stands in the txn that did it.
	ACLMissing bool
	Stat       StatPersisted
}

// StatPersisted is what is stored about a znode. Cversion counts the children
// that were created; EphemeralOwner also tells containers and TTL znodes.
type StatPersisted struct {
	Czxid, Mzxid, Ctime, Mtime  int64
	Version, Cversion, Aversion int32
	EphemeralOwner, Pzxid       int64
}

// Jute implements wire.Record.
func (s *StatPersisted) Jute(c *wire.Codec) {
	c.Int64(&s.Czxid)
	c.Int64(&s.Mzxid)
	c.Int64(&s.Ctime)
	c.Int64(&s.Mtime)
	c.Int32(&s.Version)
	c.Int32(&s.Cversion)
	c.Int32(&s.Aversion)
	c.Int64(&s.EphemeralOwner)
	c.Int64(&s.Pzxid)
}

// statSize and sessionSize are lengths in bytes.
const (
	statSize    = 60
	sessionSize = 12
)

// Session is a session that lives.
type Session struct {
	ID      int64
	Timeout int32 // milliseconds
}

// openACLID stands for world:anyone:all, which is not in the table.
const openACLID = -1

// ACLTable numbers the different ACLs of a tree, as a snapshot has them before
// its znodes. The zero table is empty.
type ACLTable struct {
	ids   map[string]int64
	lists [][]wire.ACL       // the ACL with the id n is at n-1
	known map[aclSlice]int64 // what was asked for lately
}

// aclSlice is an ACL by where it stands.
type aclSlice struct {
	first *wire.ACL
	n     int
}

// rememberACLs is how many ACLs are recognized by where they stand. A tree shares
// its ACLs, so that few are enough.
const rememberACLs = 4096

// ID is the number of an ACL, which is added to the table if it is not there. It
// is -1 for world:anyone:all, and for nil, which ZooKeeper takes for that.
func (t *ACLTable) ID(acl []wire.ACL) int64 {
	if id, ok := t.lookup(acl); ok {
		return id
	}
	if t.ids == nil {
		t.ids = make(map[string]int64)
	}
	t.lists = append(t.lists, acl)
	id := int64(len(t.lists))
	t.ids[aclKey(acl)] = id
	return id
}

// lookup is the number of an ACL that is in the table.
func (t *ACLTable) lookup(acl []wire.ACL) (id int64, ok bool) {
	if acl == nil || len(acl) == 1 && acl[0] == openACL {
		return openACLID, true
	}
	var at aclSlice
	if len(acl) > 0 {
		at = aclSlice{&acl[0], len(acl)}
		if id, ok = t.known[at]; ok {
			return id, true
		}
	}
	if id, ok = t.ids[aclKey(acl)]; ok && at.n > 0 {
		if t.known == nil || len(t.known) >= rememberACLs {
			t.known = make(map[aclSlice]int64)
		}
		t.known[at] = id
	}
	return id, ok
}

var openACL = wire.OpenACL()[0]

func aclKey(acl []wire.ACL) string {
	return string(wire.Marshal(nil, (*aclRecord)(&acl)))
}

type aclRecord []wire.ACL

// Jute implements wire.Record.
func (a *aclRecord) Jute(c *wire.Codec) { juteACL(c, (*[]wire.ACL)(a)) }

// goodPath tells whether a path can stand in a snapshot, but for the root's. It
// asks less than wire.ValidatePath: older servers took other names.
func goodPath(path string) bool {
	return len(path) > 1 && path[0] == '/' && path[len(path)-1] != '/' && !strings.Contains(path, "//")
}
