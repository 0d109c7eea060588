package walk

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// A reader reads znodes, several in a request where the server can. The data
// comes with them, wanted or not, since no other reply of that kind has the stat;
// so there are fewer in a request where znodes are big, and a walk that wants no
// data asks for each by itself then. A walk that wants names alone has no data.
// ACLs, of which no request has several, are asked for beside the data.
type reader struct {
	ctx  context.Context
	fail context.CancelCauseFunc // ends the walk
	zk   *session.Session
	o    Options
	held *session.Held
	// sides are sessions beside zk that read ACLs.
	sides sides

	singly  atomic.Bool  // the server knows no multiRead
	average atomic.Int64 // bytes of data of a znode, of late
	holds   atomic.Int64 // bytes that are held of a znode once it was read, of late

	open   atomic.Int64  // znodes that were asked for and are not there
	fresh  atomic.Int64  // those that have come since came was told last
	enough atomic.Int64  // of them, for came to be told
	came   chan struct{} // tells that znodes have come; holds one
}

// The bounds of a request for many. A znode of 1 MiB is possible, so that a reply
// may have batchMost of them before the reader knows better.
const (
	batchMost   = 64
	namesMost   = 128
	batchBytes  = 256 << 10
	tooBig      = 4 << 10  // on average, to be read for the stat alone
	batchNames  = 10 << 10 // names of children in a reply, where their number is known
	batchWindow = 3        // requests that make a window, so that one is always on its way
)

func newReader(ctx context.Context, fail context.CancelCauseFunc, zk *session.Session, o Options, held *session.Held) *reader {
	r := &reader{ctx: session.Paced(ctx), fail: fail, zk: zk, o: o, held: held, came: make(chan struct{}, 1)}
	r.sides.r = r
	return r
}

// window is how many znodes may be under way.
func (r *reader) window() int {
	if r.zk == nil {
		return 1 // the first request finds that out
	}
	if r.singly.Load() {
		return r.zk.Window(window.Reads)
	}
	return r.zk.Window(window.Batches)
}

// ask sends for znodes, in order, and closes done of each when it is there.
func (r *reader) ask(all []*pending) {
	if len(all) == 0 {
		return
	}
	r.enough.Store(max(r.open.Add(int64(len(all)))/4, 1))
	size := r.batchSize()
	if r.singly.Load() || size < 2 {
		size = 1
	}
	parts := int32(1)
	if r.o.ACL {
		parts++
	}
	for chunk := range slices.Chunk(all, size) {
		for _, p := range chunk {
			p.parts.Store(parts)
		}
		if len(chunk) == 1 {
			r.start(func() { r.single(chunk[0]) })
		} else {
			r.start(func() { r.batch(chunk) })
		}
		if r.o.ACL {
			r.askACLs(chunk)
		}
	}
}

// askACLs asks for the ACLs of znodes.
func (r *reader) askACLs(all []*pending) {
	for _, p := range all {
		r.start(func() {
			p.acl, p.aclErr = r.acl(p.path)
			r.part(p)
		})
	}
}

// batchSize is how many znodes are asked for in a request.
func (r *reader) batchSize() int {
	average, most := r.average.Load(), batchMost
	switch {
	case r.names():
		most = namesMost
	case !r.o.Data && average > tooBig:
		return 1
	default:
		most = int(min(batchMost, batchBytes/max(average, 1)))
	}
	return min(most, r.window()/batchWindow)
}

// names tells whether names are all that is wanted.
func (r *reader) names() bool { return r.o.Names && !r.o.Data && !r.o.ACL }

// start runs f beside the walk, and ends the walk if it panics: nobody knows then what it
// has not read.
func (r *reader) start(f func()) {
	go func() {
		if err := fault.Do(func() error { f(); return nil }); err != nil {
			r.fail(err)
		}
	}()
}

// single reads a znode by itself.
func (r *reader) single(p *pending) {
	n := r.node(p)
	r.have(p, n, r.readInto(n))
}

func (r *reader) node(p *pending) *Node { return &Node{Path: p.path, Depth: p.depth} }

// have notes a znode as it was read, its ACL aside.
func (r *reader) have(p *pending, n *Node, err error) {
	p.node, p.err = n, err
	r.part(p)
}

// part ends one of the requests for a znode, and the znode with the last of them.
func (r *reader) part(p *pending) {
	if p.parts.Add(-1) != 0 {
		return
	}
	n, err := p.node, p.err
	if err == nil {
		n.ACL, err = p.acl, p.aclErr
	}
	if isCode(err, wire.NoAuth) {
		// What may not be read has its stat, before 3.9 at least.
		r.start(func() {
			n.Denied = true
			if n.Stat, err = r.zk.Exists(r.ctx, p.path, nil); isCode(err, wire.NoAuth) {
				err = nil
			}
			r.finish(p, n, err)
		})
		return
	}
	r.finish(p, n, err)
}

// finish ends reading a znode.
func (r *reader) finish(p *pending, n *Node, err error) {
	r.read(p, n, err)
	close(p.done)
	if open, fresh := r.open.Add(-1), r.fresh.Add(1); open == 0 || fresh >= r.enough.Load() {
		r.fresh.Store(0)
		select {
		case r.came <- struct{}{}:
		default:
		}
	}
}

// read notes what was read of a znode, and ends the walk where that is too much.
func (r *reader) read(p *pending, n *Node, err error) {
	p.data = len(n.Data)
	for _, name := range n.Children {
		p.names += nameBytes + len(name)
	}
	blend(&r.holds, p.data+p.names)
	if full := r.held.Take(p.data + p.names); full != nil {
		r.fail(full)
	}
	if long := session.LongReplyBehind(err); long != nil {
		r.fail(long) // those under way fail of the connection that it has ended
	}
	p.node, p.err = n, err
}

// readInto asks for what the options want. With data the stat that comes with it
// tells whether there are children to be asked for: most znodes have none.
func (r *reader) readInto(n *Node) (err error) {
	if r.o.Data {
		if n.Data, n.Stat, err = r.zk.Get(r.ctx, n.Path, nil); err != nil {
			return err
		}
	}
	if n.Stat == nil || n.Stat.NumChildren > 0 {
		return r.children(n)
	}
	return nil
}

// children reads the names of a znode's children, and its stat if it has none yet.
func (r *reader) children(n *Node) (err error) {
	var st *wire.Stat
	if n.Children, st, err = r.zk.Children(r.ctx, n.Path, nil); err != nil {
		return err
	}
	if n.Stat == nil {
		n.Stat = st
		r.sized(int(st.DataLength))
	}
	r.sort(n)
	return nil
}

func (r *reader) sort(n *Node) {
	if !r.o.ServerOrder {
		slices.Sort(n.Children)
	}
}

// sized takes a znode into the average.
func (r *reader) sized(bytes int) { blend(&r.average, bytes) }

// blend takes a number into an average, the later ones counting more.
func blend(average *atomic.Int64, n int) { average.Store((average.Load()*15 + int64(n)) / 16) }

// batch reads znodes with one request, and the names of their children with another.
func (r *reader) batch(all []*pending) {
	op := wire.OpGetData
	if r.names() {
		op = wire.OpGetChildren
	}
	results := r.multi(op, all)
	var parents []*pending
	names := 0
	for i, p := range all {
		if results == nil {
			r.start(func() { r.single(p) })
			continue
		}
		n := r.node(p)
		switch reply := results[i].Reply.(type) {
		case *wire.GetChildrenResponse:
			r.listed(p, n, reply)
		case *wire.GetDataResponse:
			n.Stat = &reply.Stat
			r.sized(len(reply.Data))
			if r.o.Data {
				n.Data = reply.Data
			}
			if n.Stat.NumChildren <= 0 {
				r.have(p, n, nil)
				continue
			}
			if below := int(n.Stat.NumChildren); len(parents) > 0 && names+below > batchNames {
				r.startList(parents)
				parents, names = nil, 0
			}
			p.node = n
			parents, names = append(parents, p), names+int(n.Stat.NumChildren)
		default:
			r.have(p, n, &wire.Error{Code: results[i].Err, Path: p.path})
		}
	}
	r.startList(parents)
}

// multi asks for znodes with one request; nil if they are to be asked for each by itself,
// which says what is wrong with it: an old server, or one that could not do it at once.
func (r *reader) multi(op wire.Op, all []*pending) []wire.MultiResult {
	ops := make([]wire.MultiOp, len(all))
	for i, p := range all {
		ops[i] = wire.MultiOp{Op: op, Request: &wire.PathWatchRequest{Path: p.path}}
	}
	results, err := r.zk.Multi(r.ctx, ops)
	var old *session.UnsupportedError
	if errors.As(err, &old) || session.IsLongReply(err) {
		r.singly.Store(true)
	}
	if err != nil || len(results) < len(all) {
		return nil
	}
	return results
}

// listed notes the names of a znode's children, where they are what was asked for.
func (r *reader) listed(p *pending, n *Node, reply *wire.GetChildrenResponse) {
	if !r.names() { // a server answers what it was not asked
		r.start(func() { r.have(p, n, r.readInto(n)) })
		return
	}
	n.Children = reply.Children
	r.sort(n)
	r.have(p, n, nil)
}

// startList asks for the names of the children of znodes that were read.
func (r *reader) startList(parents []*pending) {
	switch {
	case len(parents) == 0:
	case len(parents) == 1 || r.singly.Load():
		for _, p := range parents {
			r.start(func() { r.have(p, p.node, r.children(p.node)) })
		}
	default:
		r.start(func() { r.list(parents) })
	}
}

// list reads them with one request.
func (r *reader) list(parents []*pending) {
	results := r.multi(wire.OpGetChildren, parents)
	for i, p := range parents {
		if results == nil {
			r.start(func() { r.have(p, p.node, r.children(p.node)) })
			continue
		}
		switch reply := results[i].Reply.(type) {
		case *wire.GetChildrenResponse:
			p.node.Children = reply.Children
			r.sort(p.node)
			r.have(p, p.node, nil)
		case nil:
			r.have(p, p.node, &wire.Error{Code: results[i].Err, Path: p.path})
		default:
			r.start(func() { r.have(p, p.node, r.children(p.node)) })
		}
	}
}
