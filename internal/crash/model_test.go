package crash

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// znode is what must be known of a znode after a crash. A zxid below 0 is one that
// is not known.
type znode struct {
	data          string
	acl           []wire.ACL
	version       int32
	owner         int64 // the session, if it is ephemeral
	czxid, mzxid  int64
	pzxid         int64
	made, present int32 // children that were ever made, and that are there
}

// unknown is the zxid of a write that was not acknowledged.
const unknown = -1

// state is a subtree that one client alone writes to, by path.
type state map[string]znode

// A step is an operation on one znode.
type step struct {
	op      wire.Op
	path    string
	data    string
	acl     []wire.ACL
	flags   int32
	ttl     int64
	version int32
}

// A write is what the client asks for at once: a step, several of them as a multi,
// or the end of its session.
type write struct {
	steps []step
	multi bool
	ends  bool
}

// outcome is what a step must come to.
type outcome struct {
	code wire.Code
	path string // of a creation
	made znode  // what is there afterwards
}

// apply does a write. It returns the state after it, which may share nothing with
// the one before it that changes, and what the steps come to.
func (s state) apply(w write, session, zxid int64) (state, []outcome) {
	after := maps.Clone(s)
	if w.ends {
		after.endSession(session, zxid)
		return after, nil
	}
	var outcomes []outcome
	for i, st := range w.steps {
		o := after.step(st, session, zxid)
		if outcomes = append(outcomes, o); o.code != wire.OK {
			return s, refused(outcomes, len(w.steps), i)
		}
	}
	return after, outcomes
}

// refused is what the steps come to of which the one at failed was refused.
func refused(outcomes []outcome, n, failed int) []outcome {
	for i := range failed {
		outcomes[i] = outcome{}
	}
	for range n - failed - 1 {
		outcomes = append(outcomes, outcome{code: wire.RuntimeInconsistency})
	}
	return outcomes
}

func (s state) step(st step, session, zxid int64) outcome {
	switch st.op {
	case wire.OpCreate, wire.OpCreateTTL:
		return s.create(st, session, zxid)
	case wire.OpDelete:
		return s.delete(st, zxid)
	}
	n, code := s.find(st)
	switch {
	case code != wire.OK:
		return outcome{code: code}
	case st.op == wire.OpSetData:
		n.data, n.mzxid = st.data, zxid
		n.version++
		s[st.path] = n
	}
	return outcome{made: n}
}

func (s state) create(st step, session, zxid int64) outcome {
	parentPath, _ := wire.SplitPath(st.path)
	parent, ok := s[parentPath]
	path := st.path
	if st.flags == wire.FlagSequential || st.flags == wire.FlagEphemeralSequential {
		path += fmt.Sprintf("%010d", parent.made)
	}
	switch _, exists := s[path]; {
	case !ok:
		return outcome{code: wire.NoNode}
	case exists:
		return outcome{code: wire.NodeExists}
	case parent.owner != 0:
		return outcome{code: wire.NoChildrenForEphemerals}
	}
	n := znode{data: st.data, acl: st.acl, czxid: zxid, mzxid: zxid, pzxid: zxid}
	if st.flags == wire.FlagEphemeral || st.flags == wire.FlagEphemeralSequential {
		n.owner = session
	}
	parent.made++
	parent.present++
	parent.pzxid = zxid
	s[parentPath], s[path] = parent, n
	return outcome{path: path, made: n}
}

// find is the znode of a step, if it has the version that the step asks for.
func (s state) find(st step) (znode, wire.Code) {
	n, ok := s[st.path]
	switch {
	case !ok:
		return n, wire.NoNode
	case st.version != wire.AnyVersion && st.version != n.version:
		return n, wire.BadVersion
	}
	return n, wire.OK
}

func (s state) delete(st step, zxid int64) outcome {
	n, code := s.find(st)
	switch {
	case code != wire.OK:
		return outcome{code: code}
	case n.present > 0:
		return outcome{code: wire.NotEmpty}
	}
	s.remove(st.path, zxid)
	return outcome{}
}

func (s state) remove(path string, zxid int64) {
	parentPath, _ := wire.SplitPath(path)
	parent := s[parentPath]
	parent.present--
	parent.pzxid = zxid
	s[parentPath] = parent
	delete(s, path)
}

// endSession deletes the ephemeral znodes of a session.
func (s state) endSession(session, zxid int64) {
	for path, n := range s {
		if n.owner == session {
			s.remove(path, zxid)
		}
	}
}

// differs says how what was found differs from what must be there; "" if it does
// not. Of zxids that are not known only that they are above those that are.
func (s state) differs(found state, known int64) string {
	var lines []string
	for path, want := range s {
		got, ok := found[path]
		if !ok {
			lines = append(lines, fmt.Sprintf("%s is not there: %s", path, want))
		} else if !want.fits(got, known) {
			lines = append(lines, fmt.Sprintf("%s: %s, want %s", path, got, want))
		}
	}
	for path, got := range found {
		if _, ok := s[path]; !ok {
			lines = append(lines, fmt.Sprintf("%s is there: %s", path, got))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (n znode) fits(got znode, known int64) bool {
	zxid := func(want, got int64) bool { return want == got || want == unknown && got > known }
	return n.data == got.data && n.version == got.version && n.owner == got.owner &&
		n.made == got.made && n.present == got.present && slices.Equal(n.acl, got.acl) &&
		zxid(n.czxid, got.czxid) && zxid(n.mzxid, got.mzxid) && zxid(n.pzxid, got.pzxid)
}

func (n znode) String() string {
	return fmt.Sprintf("%q version %d owner %#x czxid %#x mzxid %#x pzxid %#x, %d of %d children, acl %v",
		n.data, n.version, n.owner, n.czxid, n.mzxid, n.pzxid, n.present, n.made, n.acl)
}
