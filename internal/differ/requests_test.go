package differ

import (
	"fmt"
	"math"

	"zoosh/internal/wire"
)

func (g *generator) create(s *step) {
	s.op, s.body = g.creation()
	var r *wire.CreateRequest
	switch body := s.body.(type) {
	case *wire.CreateRequest:
		r = body
	case *wire.CreateTTLRequest:
		r = &body.CreateRequest
		if g.oneOf(2) {
			return
		}
		body.TTL = max(body.TTL, 0)
	}
	if g.oneOf(15) {
		r.Flags = pick(g, int32(0), 1, 2, 3, 4, 5, 6, 7, -1, 1<<20)
	}
}

func (g *generator) creation() (wire.Op, wire.Record) {
	op := pick(g, wire.OpCreate, wire.OpCreate, wire.OpCreate2, wire.OpCreateContainer, wire.OpCreateTTL)
	r := wire.CreateRequest{Path: g.newPath(), Data: g.data(), ACL: g.acl()}
	switch op {
	case wire.OpCreate, wire.OpCreate2:
		r.Flags = int32(g.IntN(4))
	case wire.OpCreateContainer:
		r.Flags = wire.FlagContainer
	case wire.OpCreateTTL:
		r.Flags = pick(g, wire.FlagTTL, wire.FlagPersistentSequentialTTL)
	}
	if r.Flags == wire.FlagSequential || r.Flags == wire.FlagEphemeralSequential || r.Flags == wire.FlagPersistentSequentialTTL {
		r.Path = pick(g, r.Path, "/r/s-", "/r/a/s-", "/r/", "/")
	}
	if g.quota && g.oneOf(3) {
		r.Path, r.Flags = g.quotaPath(), 0
		r.Data, r.ACL = g.limits(), wire.OpenACL()
		op = wire.OpCreate
	}
	if op == wire.OpCreateTTL {
		ttl := int64(100000 + g.IntN(1000))
		if g.oneOf(8) {
			ttl = pick(g, int64(0), -1, -5, wire.MaxTTL, wire.MaxTTL+1, math.MaxInt64, math.MinInt64)
		}
		return op, &wire.CreateTTLRequest{CreateRequest: r, TTL: ttl}
	}
	return op, &r
}

// quotaPath is one of the znodes of a quota. Only what is a quota is put there:
// anything else stops Apache's server.
func (g *generator) quotaPath() string {
	of := pick(g, "/r", "/r/a", "/r/a/b")
	return pick(g, wire.QuotaPath+"/r", wire.QuotaPath+"/r/a", wire.QuotaPath+"/r/a/b",
		wire.QuotaPath+of+"/"+wire.QuotaLimitNode, wire.QuotaPath+of+"/"+wire.QuotaStatNode)
}

// quotas are the steps that set a quota on /r.
func (g *generator) quotas() []*step {
	var steps []*step
	for _, znode := range []struct {
		path string
		data []byte
	}{{wire.QuotaPath + "/r", nil}, {wire.QuotaPath + "/r/" + wire.QuotaLimitNode, g.limits()}, {wire.QuotaPath + "/r/" + wire.QuotaStatNode, []byte("count=0,bytes=0")}} {
		steps = append(steps, &step{op: wire.OpCreate, body: &wire.CreateRequest{Path: znode.path, Data: znode.data, ACL: wire.OpenACL()}})
	}
	return steps
}

func (g *generator) limits() []byte {
	return []byte(pick(g, "count=2,bytes=10", "count=-1,bytes=-1", "count=3,bytes=-1=;byteHardLimit=4;countHardLimit=5",
		"count=0,bytes=0", "count=5,bytes=50=;byteHardLimit=-1;countHardLimit=-1"))
}

func (g *generator) delete(s *step) {
	p := g.path()
	if g.quota && g.oneOf(3) {
		p = g.quotaPath()
	}
	s.op, s.body = wire.OpDelete, &wire.PathVersionRequest{Path: p, Version: g.version()}
}

func (g *generator) setData(s *step) {
	s.op, s.body = wire.OpSetData, &wire.SetDataRequest{Path: g.path(), Data: g.data(), Version: g.version()}
}

func (g *generator) setACL(s *step) {
	s.op, s.body = wire.OpSetACL, &wire.SetACLRequest{Path: g.path(), ACL: g.acl(), Version: g.version()}
}

func (g *generator) read(s *step) {
	s.op = pick(g, wire.OpExists, wire.OpGetData, wire.OpGetChildren, wire.OpGetChildren2)
	r := &wire.PathWatchRequest{Path: g.path(), Watch: !g.locked && g.oneOf(2)}
	if g.quota && g.oneOf(3) {
		r.Path = g.quotaPath()
	}
	if !g.free && g.mode(s.session, r.Path) != oneShot {
		r.Watch = false
	}
	if r.Watch {
		g.watched[s.session] = append(g.watched[s.session], r.Path)
	}
	s.body = r
}

// mode is the one way in which a session watches a path, see argued, or any if the run
// is free.
func (g *generator) mode(session int, path string) watchKind {
	if g.free {
		return pick(g, oneShot, oneShot, persistent, recursive)
	}
	key := fmt.Sprint(session, path)
	kind, ok := g.modes[key]
	if !ok {
		kind = pick(g, oneShot, oneShot, persistent, recursive)
		g.modes[key] = kind
	}
	return kind
}

func (g *generator) pathRead(s *step) {
	s.op = pick(g, wire.OpGetACL, wire.OpGetACL, wire.OpSync, wire.OpGetAllChildrenNumber, wire.OpGetEphemerals)
	r := &wire.PathRequest{Path: g.path()}
	if s.op == wire.OpGetEphemerals && g.oneOf(2) {
		r.Path = pick(g, "/", "", " ", "/r", "/r/a", " / ", "r", "/r/s-")
	}
	s.body = r
}

func (g *generator) multi(s *step) {
	m := &wire.MultiRequest{}
	for range g.IntN(6) {
		var part wire.MultiOp
		switch g.IntN(8) {
		case 0, 1, 2:
			part = g.creationPart()
		case 3, 4:
			part = wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: g.path(), Version: g.version()}}
		case 5, 6:
			part = wire.MultiOp{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: g.path(), Data: g.data(), Version: g.version()}}
		case 7:
			part = wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: g.path(), Version: g.version()}}
		}
		if g.oneOf(40) {
			part = g.readPart()
		}
		m.Ops = append(m.Ops, part)
	}
	s.op, s.body = wire.OpMulti, m
}

func (g *generator) creationPart() wire.MultiOp {
	op, r := g.creation()
	if g.free {
		if c, ok := r.(*wire.CreateRequest); ok && g.oneOf(15) {
			c.Flags = pick(g, int32(0), 1, 2, 3, 4, 5, 6, 7, -1, 1<<20)
		}
	} else if op == wire.OpCreate2 {
		op = wire.OpCreate
	}
	return wire.MultiOp{Op: op, Request: r}
}

func (g *generator) readPart() wire.MultiOp {
	return wire.MultiOp{
		Op:      pick(g, wire.OpGetData, wire.OpGetChildren),
		Request: &wire.PathWatchRequest{Path: g.path(), Watch: !g.locked && g.oneOf(4)},
	}
}

func (g *generator) multiRead(s *step) {
	m := &wire.MultiRequest{}
	for range g.IntN(5) {
		m.Ops = append(m.Ops, g.readPart())
	}
	if g.oneOf(15) {
		m.Ops = append(m.Ops, wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Path: g.path(), Version: -1}})
	}
	s.op, s.body = wire.OpMultiRead, m
}

func (g *generator) watch(s *step) {
	p := g.path()
	if g.locked {
		g.read(s)
		return
	}
	if watched := g.watched[s.session]; len(watched) > 0 && g.oneOf(2) {
		p = pick(g, watched...)
	}
	kind := g.mode(s.session, p)
	switch g.IntN(3) {
	case 0:
		s.op = wire.OpCheckWatches
	case 1:
		s.op = wire.OpRemoveWatches
	default:
		if kind == oneShot {
			g.read(s)
			return
		}
		g.watched[s.session] = append(g.watched[s.session], p)
		mode := wire.WatchPersistent
		if kind == recursive {
			mode = wire.WatchPersistentRecursive
		}
		if g.oneOf(30) {
			mode = pick(g, int32(2), -1)
		}
		s.op, s.body = wire.OpAddWatch, &wire.AddWatchRequest{Path: p, Mode: mode}
		return
	}
	typ := wire.WatcherAny
	if g.free {
		typ = pick(g, wire.WatcherChildren, wire.WatcherData, wire.WatcherAny, wire.WatcherPersistent, wire.WatcherPersistentRecursive)
	} else if kind == oneShot {
		typ = pick(g, wire.WatcherChildren, wire.WatcherData, wire.WatcherAny)
	}
	if g.oneOf(20) {
		typ = pick(g, int32(0), 6, -1)
	}
	s.body = &wire.WatcherRequest{Path: p, Type: typ}
}

func (g *generator) setWatches(s *step) {
	if g.locked {
		g.read(s)
		return
	}
	s.since = int64(g.IntN(12))
	lists := [3]map[watchKind][]string{}
	for i := range lists {
		lists[i] = make(map[watchKind][]string)
		for range g.IntN(4) {
			p := g.path()
			kind := g.mode(s.session, p)
			lists[i][kind] = append(lists[i][kind], p)
		}
	}
	one := wire.SetWatches{Data: lists[0][oneShot], Exist: lists[1][oneShot], Child: lists[2][oneShot]}
	for _, l := range []*[]string{&one.Data, &one.Exist, &one.Child} {
		if *l == nil {
			*l = []string{}
		}
	}
	if g.oneOf(2) {
		s.op, s.body = wire.OpSetWatches, &one
		return
	}
	two := &wire.SetWatches2{SetWatches: one, Persistent: []string{}, PersistentRecursive: []string{}}
	for i := range lists {
		two.Persistent = append(two.Persistent, lists[i][persistent]...)
		two.PersistentRecursive = append(two.PersistentRecursive, lists[i][recursive]...)
	}
	s.op, s.body = wire.OpSetWatches2, two
}

func (g *generator) auth(s *step) {
	if g.oneOf(2) {
		s.op, s.body = wire.OpWhoAmI, &wire.Empty{}
		return
	}
	r := &wire.AuthPacket{Scheme: "digest", Auth: []byte(pick(g, "u:p", "u:p", "v:q", "w", "", "a:b:c", "ä:ö", "x:1", "y:2", "z:3"))}
	switch g.IntN(20) {
	case 0, 1:
		r.Auth = []byte("super:duper")
	case 2:
		r.Scheme = "ip"
	case 3:
		r.Scheme = pick(g, "nope", "world", "", "auth", "super", "sasl", "x509")
	case 4:
		r.Auth = nil
	}
	s.op, s.body = wire.OpAuth, r
}

// rare are requests that no client sends often, or ought to send at all.
func (g *generator) rare(s *step) {
	s.body = &wire.Empty{}
	switch g.IntN(10) {
	case 0:
		if g.free && g.oneOf(2) {
			s.op, s.body = wire.OpCheck, &wire.PathVersionRequest{Path: g.path(), Version: g.version()}
			if g.oneOf(2) {
				s.op, s.body = wire.OpDeleteContainer, &wire.PathRequest{Path: g.path()}
			}
			return
		}
		s.op, s.body = wire.OpReconfig, &wire.ReconfigRequest{Joining: pick(g, "", "server.1=a:1:2"), CurConfigID: -1}
	case 1:
		s.op, s.body = wire.OpSASL, &wire.SASLToken{Token: pick(g, []byte{}, []byte("x"))}
	case 2:
		s.op = pick(g, wire.OpError, wire.OpNotification, wire.Op(99), wire.Op(108), wire.Op(-12), wire.Op(10), wire.Op(23))
	case 3, 4, 5:
		s.op = wire.OpCloseSession
	case 6:
		s.op, s.body = wire.OpCreateSession, &wire.GetAllChildrenNumberResponse{Total: pick(g, int32(300000), math.MaxInt32, 400000)}
	default:
		s.op = wire.OpPing
	}
}
