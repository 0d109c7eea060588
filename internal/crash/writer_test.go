package crash

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

// A writer is a client that alone writes below its home, several requests at a
// time, and knows what must come of them.
type writer struct {
	home string
	rng  *rand.Rand

	*rawzk.Client
	session  int64 // 0 if there is none
	password []byte
	timeout  time.Duration
	over     bool // the server said so when the session was to be taken up again

	sure    state   // after everything that was acknowledged
	pending []write // sent and not acknowledged, in this order
	ahead   state   // after pending, if all of it is done
	count   int
	last    int64        // zxid that was acknowledged
	zxids   []int64      // that were acknowledged since the last crash
	total   atomic.Int64 // how many writes were acknowledged
}

// inFlight is how many requests of a writer wait for their replies.
const inFlight = 8

// begin starts a new session.
func (w *writer) begin(addr string) error {
	client, err := rawzk.Dial(addr, w.timeout)
	if err != nil {
		return err
	}
	w.Client, w.session, w.password = client, client.SessionID(), client.Password()
	return nil
}

// resume takes the session up again.
func (w *writer) resume(addr string) error {
	client, err := rawzk.Resume(addr, w.timeout, w.session, w.password)
	if err != nil {
		return fmt.Errorf("%s: session %#x: %w", w.home, w.session, err)
	}
	w.Client = client
	return nil
}

// plant makes the home.
func (w *writer) plant() error {
	acl := wire.OpenACL()
	zxid, err := w.Do(wire.OpCreate, &wire.CreateRequest{Path: w.home, ACL: acl}, nil)
	w.sure = state{w.home: {acl: acl, czxid: zxid, mzxid: zxid, pzxid: zxid}}
	w.acknowledged(zxid)
	return err
}

// errWrong is wrapped by what a server must not answer.
var errWrong = errors.New("a wrong answer")

// run writes until the connection ends, which is no error.
func (w *writer) run(addr string) error {
	w.ahead = w.sure
	for {
		var err error
		if w.session == 0 {
			err = w.begin(addr)
		}
		if err == nil {
			err = w.turn()
		}
		if errors.Is(err, errWrong) {
			return fmt.Errorf("%s: %w", w.home, err)
		}
		if err != nil {
			return nil
		}
	}
}

// turn sends requests and takes at least one reply.
func (w *writer) turn() error {
	for len(w.pending) < inFlight && !w.ending() {
		next := w.choose()
		w.pending = append(w.pending, next)
		w.ahead, _ = w.ahead.apply(next, w.session, unknown)
		op, request := next.request()
		w.Append(op, request)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for first := true; len(w.pending) > 0 && (first || w.Buffered()); first = false {
		if err := w.receive(); err != nil {
			return err
		}
	}
	return nil
}

// ending tells whether the last request ends the session.
func (w *writer) ending() bool {
	return len(w.pending) > 0 && w.pending[len(w.pending)-1].ends
}

// receive takes a reply and holds it against what it must be.
func (w *writer) receive() error {
	h, body, err := w.Next()
	if err != nil {
		return err
	}
	if h.Zxid <= w.last {
		return fmt.Errorf("%w: zxid %#x after %#x", errWrong, h.Zxid, w.last)
	}
	done := w.pending[0]
	after, outcomes := w.sure.apply(done, w.session, h.Zxid)
	if err := done.check(h, body, outcomes); err != nil {
		return fmt.Errorf("%w to %+v: %w", errWrong, done, err)
	}
	w.sure, w.pending = after, w.pending[1:]
	w.acknowledged(h.Zxid)
	if done.ends {
		w.Drop()
		w.session = 0
	}
	return nil
}

func (w *writer) acknowledged(zxid int64) {
	w.last = zxid
	w.zxids = append(w.zxids, zxid)
	w.total.Add(1)
}

// request is the write as it is sent.
func (w write) request() (wire.Op, wire.Record) {
	switch {
	case w.ends:
		return wire.OpCloseSession, &wire.Empty{}
	case !w.multi:
		return w.steps[0].op, w.steps[0].request()
	}
	m := &wire.MultiRequest{}
	for _, st := range w.steps {
		m.Ops = append(m.Ops, wire.MultiOp{Op: st.op, Request: st.request()})
	}
	return wire.OpMulti, m
}

func (st step) request() wire.Record {
	creation := wire.CreateRequest{Path: st.path, Data: []byte(st.data), ACL: st.acl, Flags: st.flags}
	switch st.op {
	case wire.OpCreate:
		return &creation
	case wire.OpCreateTTL:
		return &wire.CreateTTLRequest{CreateRequest: creation, TTL: st.ttl}
	case wire.OpSetData:
		return &wire.SetDataRequest{Path: st.path, Data: []byte(st.data), Version: st.version}
	}
	return &wire.PathVersionRequest{Path: st.path, Version: st.version}
}

// check holds a reply against the outcomes of the steps.
func (w write) check(h wire.ReplyHeader, body []byte, outcomes []outcome) error {
	switch {
	case w.ends:
		return sameCode(h.Err, wire.OK)
	case w.multi:
		return w.checkMulti(h, body, outcomes)
	}
	if err := sameCode(h.Err, outcomes[0].code); err != nil || h.Err != wire.OK {
		return err
	}
	reply := w.steps[0].reply()
	if _, err := wire.Unmarshal(body, reply); err != nil {
		return err
	}
	return outcomes[0].check(reply)
}

// reply is an empty record for the reply to a step that stands alone.
func (st step) reply() wire.Record {
	switch st.op {
	case wire.OpCreate:
		return &wire.PathResponse{}
	case wire.OpCreateTTL:
		return &wire.Create2Response{}
	case wire.OpSetData:
		return &wire.Stat{}
	}
	return &wire.Empty{}
}

func (w write) checkMulti(h wire.ReplyHeader, body []byte, outcomes []outcome) error {
	if err := sameCode(h.Err, wire.OK); err != nil {
		return err
	}
	var m wire.MultiResponse
	if _, err := wire.Unmarshal(body, &m); err != nil {
		return err
	}
	if len(m.Results) != len(outcomes) {
		return fmt.Errorf("%d results", len(m.Results))
	}
	for i, r := range m.Results {
		err := sameCode(r.Err, outcomes[i].code)
		if err == nil && r.Op != wire.OpError {
			err = outcomes[i].check(r.Reply)
		}
		if err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
	}
	return nil
}

func sameCode(got, want wire.Code) error {
	if got != want {
		return fmt.Errorf("%v, want %v", got, want)
	}
	return nil
}

// check holds the body of a reply against the outcome.
func (o outcome) check(reply wire.Record) error {
	switch r := reply.(type) {
	case *wire.PathResponse:
		if r.Path != o.path {
			return fmt.Errorf("%s was made, want %s", r.Path, o.path)
		}
	case *wire.Create2Response:
		if r.Path != o.path || r.Stat.Czxid != o.made.czxid {
			return fmt.Errorf("%+v, want %s: %s", r, o.path, o.made)
		}
	case *wire.Stat:
		if r.Version != o.made.version || r.Mzxid != o.made.mzxid {
			return fmt.Errorf("%+v, want %s", r, o.made)
		}
	}
	return nil
}

// The shares of the choices, in percent.
const (
	shareMulti = 15
	shareEnd   = 1
	// shareBad is how many versions are wrong.
	shareBad = 3
	// mostZnodes is how many znodes there are below a home before more are deleted
	// than made.
	mostZnodes = 150
)

// choose makes up the next write. Most of them are such that they will be done.
func (w *writer) choose() write {
	w.count++
	switch n := w.rng.IntN(100); {
	case n < shareEnd && w.count > 20:
		return write{ends: true}
	case n < shareEnd+shareMulti:
		m := write{multi: true}
		s := w.ahead
		for range 2 + w.rng.IntN(4) {
			st := w.step(s)
			if st.op == wire.OpSetData && w.rng.IntN(4) == 0 {
				st = step{op: wire.OpCheck, path: st.path, version: st.version}
			}
			m.steps = append(m.steps, st)
			s, _ = s.apply(write{steps: []step{st}}, w.session, unknown)
		}
		return m
	}
	return write{steps: []step{w.step(w.ahead)}}
}

// step makes up an operation on a znode of s.
func (w *writer) step(s state) step {
	paths := slices.Sorted(maps.Keys(s))
	path := paths[w.rng.IntN(len(paths))]
	n := s[path]
	version := wire.AnyVersion
	switch {
	case w.rng.IntN(100) < shareBad:
		version = n.version + 1
	case w.rng.IntN(2) == 0:
		version = n.version
	}
	kind := w.rng.IntN(3)
	if kind == 0 && len(paths) > mostZnodes {
		kind = 1
	}
	switch {
	case kind == 0:
		return w.creation(path)
	case kind == 1 && path != w.home:
		return step{op: wire.OpDelete, path: path, version: version}
	}
	return step{op: wire.OpSetData, path: path, data: w.data(), version: version}
}

func (w *writer) data() string {
	return fmt.Sprintf("%d of %s%*s", w.count, w.home, w.rng.IntN(100), "")
}

// creation makes up a znode of some kind.
func (w *writer) creation(parent string) step {
	w.count++
	st := step{op: wire.OpCreate, path: fmt.Sprintf("%s/n%d", parent, w.count), data: w.data(), acl: wire.OpenACL()}
	switch w.rng.IntN(8) {
	case 0, 1:
		st.flags = wire.FlagEphemeral
	case 2:
		st.flags = wire.FlagSequential
	case 3:
		st.flags = wire.FlagEphemeralSequential
	case 4:
		st.op, st.flags, st.ttl = wire.OpCreateTTL, wire.FlagTTL, time.Hour.Milliseconds()
	case 5:
		st.acl = append(st.acl, wire.ACL{Perms: wire.PermRead, Scheme: "digest", ID: fmt.Sprintf("user%d:x", w.count%5)})
	}
	return st
}
