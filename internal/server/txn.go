package server

import "zoosh/internal/wire"

// A txn is a change of the server's state, checked and complete: nothing in it
// depends on the client that asked for it, or can fail. What prepare makes of a
// write request is a txn, and a server that applies the same txns in the order of
// their zxids comes to the same state; a log of them is all that needs to be kept.
//
// A request that was refused is a txn too. It changes nothing but the zxid.
type txn struct {
	session int64 // whose request it is
	cxid    int32 // the request's xid
	zxid    int64
	time    int64 // milliseconds since 1970
	change  change
}

// A change is what a txn does to the tree.
type change interface {
	op() wire.Op         // the opcode in the transaction log
	record() wire.Record // the body there
	apply(t *tree, at *txn) result
}

// result is what the reply to a write is made from.
type result struct {
	op    wire.Op
	err   wire.Code
	path  string
	stat  wire.Stat
	multi []result
}

// createChange creates a znode. kind is the opcode, which tells containers and
// TTL znodes from others.
type createChange struct {
	kind           wire.Op
	path           string
	data           []byte
	acl            []wire.ACL
	ephemeral      bool
	ttl            int64
	parentCversion int32
}

func (c *createChange) op() wire.Op { return c.kind }

func (c *createChange) owner(session int64) int64 {
	switch {
	case c.kind == wire.OpCreateContainer:
		return containerOwner
	case c.kind == wire.OpCreateTTL:
		return ttlOwner(c.ttl)
	case c.ephemeral:
		return session
	}
	return 0
}

func (c *createChange) apply(t *tree, at *txn) result {
	n := t.create(c.path, c.data, c.acl, stat{
		czxid: at.zxid, mzxid: at.zxid, pzxid: at.zxid,
		ctime: at.time, mtime: at.time,
		owner: c.owner(at.session),
	}, c.parentCversion)
	st := n.clientStat()
	// The count of a quota is put into its znode afterwards.
	st.DataLength = int32(len(c.data))
	return result{op: c.kind, path: c.path, stat: st}
}

// deleteChange deletes a znode, for a client or, if it is a container or has
// outlived its TTL, for the server itself.
type deleteChange struct {
	kind wire.Op
	path string
}

func (c *deleteChange) op() wire.Op { return c.kind }

func (c *deleteChange) apply(t *tree, at *txn) result {
	t.remove(c.path, at.zxid)
	return result{op: c.kind, path: c.path}
}

type setDataChange struct {
	path    string
	data    []byte
	version int32 // the new one
}

func (c *setDataChange) op() wire.Op { return wire.OpSetData }

func (c *setDataChange) apply(t *tree, at *txn) result {
	return result{op: c.op(), path: c.path, stat: t.setData(c.path, c.data, c.version, at.zxid, at.time)}
}

type setACLChange struct {
	path    string
	acl     []wire.ACL
	version int32 // the new one
}

func (c *setACLChange) op() wire.Op { return wire.OpSetACL }

func (c *setACLChange) apply(t *tree, at *txn) result {
	return result{op: c.op(), path: c.path, stat: t.setACL(c.path, c.acl, c.version, at.zxid)}
}

// checkChange is a condition in a multi, which was met.
type checkChange struct {
	path    string
	version int32
}

func (c *checkChange) op() wire.Op { return wire.OpCheck }

func (c *checkChange) apply(*tree, *txn) result {
	return result{op: c.op(), path: c.path}
}

// createSessionChange begins a session. Sessions are no part of the tree, but
// they are of the log.
type createSessionChange struct {
	timeout int32 // milliseconds
}

func (c *createSessionChange) op() wire.Op { return wire.OpCreateSession }

func (c *createSessionChange) apply(*tree, *txn) result { return result{op: c.op()} }

// closeSessionChange ends a session and deletes its ephemeral znodes.
type closeSessionChange struct {
	paths []string
}

func (c *closeSessionChange) op() wire.Op { return wire.OpCloseSession }

func (c *closeSessionChange) apply(t *tree, at *txn) result {
	for _, path := range c.paths {
		t.remove(path, at.zxid)
	}
	return result{op: c.op()}
}

// errorChange stands for a request that was refused.
type errorChange struct{ code wire.Code }

func (c *errorChange) op() wire.Op { return wire.OpError }

func (c *errorChange) apply(*tree, *txn) result {
	return result{op: c.op(), err: c.code}
}

// multiChange is several changes at once, or, if one of them was refused, as many
// errors.
type multiChange struct{ changes []change }

func (c *multiChange) op() wire.Op { return wire.OpMulti }

func (c *multiChange) apply(t *tree, at *txn) result {
	r := result{op: c.op(), multi: make([]result, 0, len(c.changes))}
	for _, sub := range c.changes {
		r.multi = append(r.multi, sub.apply(t, at))
	}
	return r
}

// refused tells whether it is the errors of a multi that was refused.
func (c *multiChange) refused() bool {
	for _, sub := range c.changes {
		if _, is := sub.(*errorChange); is {
			return true
		}
	}
	return false
}
