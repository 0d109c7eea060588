package server

import (
	"errors"
	"slices"

	"zoosh/internal/wire"
)

var errMixedMulti = errors.New("this operation cannot stand here in a multi")

// multi prepares several writes as one. A refused one refuses them all, which is
// no error of the multi itself: the results say which and why.
func (p *preparation) multi(r *wire.MultiRequest) (change, error) {
	for _, op := range r.Ops {
		if !validInMulti(op) {
			return nil, errMixedMulti
		}
	}
	p.view.plan()
	changes := make([]change, 0, len(r.Ops))
	for i, op := range r.Ops {
		c, err := p.one(op)
		if err != nil {
			return refusedMulti(len(r.Ops), i, codeOf(err)), nil
		}
		changes = append(changes, c)
	}
	return &multiChange{changes: changes}, nil
}

// validInMulti tells whether an operation could be part of a multi at all: those
// that write, and of the creates those whose flags make a znode that needs no TTL.
// createTTL is refused later, and by itself.
func validInMulti(op wire.MultiOp) bool {
	switch r := op.Request.(type) {
	case *wire.CreateRequest:
		return r.Flags >= wire.FlagPersistent && r.Flags <= wire.FlagContainer
	case *wire.CreateTTLRequest, *wire.SetDataRequest:
		return true
	case *wire.PathVersionRequest:
		return op.Op == wire.OpDelete || op.Op == wire.OpCheck
	}
	return false
}

func (p *preparation) one(op wire.MultiOp) (change, error) {
	switch r := op.Request.(type) {
	case *wire.CreateRequest:
		if r.Flags == wire.FlagContainer {
			op.Op = wire.OpCreateContainer // in a multi the flags say what it is
		}
		return p.create(op.Op, r, -1)
	case *wire.CreateTTLRequest:
		return p.createInMulti(r)
	case *wire.SetDataRequest:
		return p.setData(r)
	case *wire.PathVersionRequest:
		if op.Op == wire.OpCheck {
			return p.check(r)
		}
		return p.delete(r)
	}
	return nil, errMixedMulti
}

// createInMulti is createTTL as a part of a multi, where it is another create if
// its flags are.
func (p *preparation) createInMulti(r *wire.CreateTTLRequest) (change, error) {
	switch r.Flags {
	case wire.FlagTTL, wire.FlagPersistentSequentialTTL:
		return p.create(wire.OpCreateTTL, &r.CreateRequest, r.TTL)
	case wire.FlagContainer:
		return p.create(wire.OpCreateContainer, &r.CreateRequest, -1)
	}
	return p.create(wire.OpCreate, &r.CreateRequest, -1)
}

// refusedMulti is what is left of a multi of n operations when the one at failed
// was refused.
func refusedMulti(n, failed int, code wire.Code) change {
	m := &multiChange{}
	for i := range n {
		e := &errorChange{code: wire.OK}
		switch {
		case i == failed:
			e.code = code
		case i > failed:
			e.code = wire.RuntimeInconsistency
		}
		m.changes = append(m.changes, e)
	}
	return m
}

// maxReply is how long the reply to a read may be, in bytes. One multiRead can name a
// large znode tens of thousands of times.
const maxReply = 64 << 20

// multiRead answers several reads at once, each with its own reply or error. They
// arm no watches.
func (s *Server) multiRead(c *conn, r *wire.MultiRequest) (wire.Record, error) {
	m := &wire.MultiResponse{}
	if len(r.Ops) > 0 && !slices.ContainsFunc(r.Ops, func(op wire.MultiOp) bool { return !validInMulti(op) }) {
		return m, errMixedMulti // a multi, and no read of it was tried: the error has a body
	}
	size, err := s.sizeOfReads(c, r)
	if err != nil {
		return nil, err
	}
	if size > longList && !c.gated {
		c.wantsGate = true
		return nil, errNoRoom
	}
	if err := c.room(size); err != nil {
		return nil, err
	}
	lists := make(map[*node]*wire.GetChildrenResponse)
	for _, op := range r.Ops {
		m.Results = append(m.Results, s.readInMulti(c, op.Op, op.Request.(*wire.PathWatchRequest), lists))
	}
	return m, nil
}

// How long is in a reply what stands before each result of a multi, and a stat.
const (
	resultHeader = 9
	statSize     = 68
)

// sizeOfReads is how long the reply to a multiRead is, at most.
func (s *Server) sizeOfReads(c *conn, r *wire.MultiRequest) (size int, err error) {
	size = replyOverhead
	for _, op := range r.Ops {
		request, ok := op.Request.(*wire.PathWatchRequest)
		if !ok {
			return 0, errMixedMulti
		}
		size += resultHeader + 4
		n, err := s.readable(c, request.Path, wire.PermRead)
		switch {
		case err != nil:
		case op.Op == wire.OpGetChildren:
			size += n.children().size()
		default:
			size += len(n.data) + statSize
		}
		if size > maxReply {
			return 0, errLongReply
		}
	}
	return size, nil
}

// readInMulti is one read of a multiRead. A list that was made for one is that of all.
func (s *Server) readInMulti(c *conn, op wire.Op, r *wire.PathWatchRequest, lists map[*node]*wire.GetChildrenResponse) wire.MultiResult {
	n, err := s.readable(c, r.Path, wire.PermRead)
	switch {
	case err != nil:
		return wire.MultiResult{Op: wire.OpError, Err: codeOf(err)}
	case op == wire.OpGetChildren:
		if lists[n] == nil {
			lists[n] = &wire.GetChildrenResponse{Children: n.children().Values()}
		}
		return wire.MultiResult{Op: op, Reply: lists[n]}
	}
	return wire.MultiResult{Op: op, Reply: &wire.GetDataResponse{Data: n.data, Stat: n.clientStat()}}
}
