package server

import (
	"hash/maphash"
	"math"
	"strings"

	"zoosh/internal/wire"
)

// recency tells when a path was last changed, so that a read of what is durable need not
// wait for changes elsewhere.
//
// It is rough, and errs on the safe side: paths share slots, and a path may pass for
// changed when another was. A nil recency is that of a server in memory.
type recency struct {
	seed maphash.Seed
	last [recencySlots]int64 // zxids
}

// recencySlots is many times as many as the paths that are changed during a sync.
const recencySlots = 4096

func newRecency() *recency { return &recency{seed: maphash.MakeSeed()} }

func (r *recency) slot(path string) *int64 {
	return &r.last[maphash.String(r.seed, path)%recencySlots]
}

// changed notes that the txn zxid has changed the znode of that path, has made or
// deleted it, or a child of it.
func (r *recency) changed(path string, zxid int64) {
	if r != nil {
		*r.slot(path) = zxid
	}
}

// of is a zxid since which a path has not changed. What is below /zookeeper changes
// without a txn that names it, so it counts as changed at any time.
func (r *recency) of(path string) int64 {
	if r == nil || strings.HasPrefix(path, systemPath) {
		return math.MaxInt64
	}
	if path == "" {
		path = "/"
	}
	return *r.slot(path)
}

// asOf is the zxid of the state that a request was answered from. For a write, and
// for what looks at many znodes, it is the newest. For a read of one znode that is
// as it was when the last durable txn was done, it is the durable one, or what the
// client has been told of, or will be before it hears of this.
//
// ZooKeeper has a read wait for the writes that arrived before it. Here it may be as if
// it had arrived first: who has written elsewhere has no reply yet, so nobody can tell.
func (c *conn) asOf(body wire.Record) int64 {
	s := c.s
	path, one := readPath(body)
	if !one || s.journal.volatile() {
		return s.zxid
	}
	durable := s.journal.settled()
	if s.tree.recent.of(path) > durable {
		return s.zxid
	}
	return max(durable, c.told)
}

// readPath is the path of a request that looks at no znode but that one.
func readPath(body wire.Record) (path string, ok bool) {
	r, ok := body.(*wire.PathWatchRequest)
	if !ok {
		return "", false
	}
	return r.Path, true
}
