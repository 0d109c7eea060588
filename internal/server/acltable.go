package server

import (
	"strconv"
	"strings"

	"zoosh/internal/wire"
)

// aclTable holds every access control list of a tree once: znodes that have equal
// ones share it, and a snapshot, which names them all before the first znode, need
// not look for them.
type aclTable map[string]*sharedACL

type sharedACL struct {
	acl   []wire.ACL
	key   string // in the table
	nodes int    // how many have it
	index *aclIndex
}

// openShared is the list that most znodes have, and that stands in no table.
var openShared = &sharedACL{acl: openACL}

// share is the table's copy of acl, for one more znode.
func (t aclTable) share(acl []wire.ACL) *sharedACL {
	if isOpen(acl) {
		return openShared
	}
	key := aclKey(acl)
	e := t[key]
	if e == nil {
		e = &sharedACL{acl: acl, key: key}
		t[key] = e
	}
	e.nodes++
	return e
}

// drop tells that a znode has a list no more.
func (t aclTable) drop(e *sharedACL) {
	if e == openShared {
		return
	}
	if e.nodes--; e.nodes == 0 {
		delete(t, e.key)
	}
}

func isOpen(acl []wire.ACL) bool { return len(acl) == 1 && acl[0] == openACL[0] }

// aclKey is equal for equal lists only: the lengths keep what clients wrote apart.
func aclKey(acl []wire.ACL) string {
	var b strings.Builder
	for _, a := range acl {
		b.WriteString(strconv.Itoa(int(a.Perms)))
		for _, s := range []string{a.Scheme, a.ID} {
			b.WriteByte(' ')
			b.WriteString(strconv.Itoa(len(s)))
			b.WriteByte(' ')
			b.WriteString(s)
		}
		b.WriteByte(';')
	}
	return b.String()
}
