package walk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A reader reads znodes, several in a request where the server can. The data
// comes with them, wanted or not, since no other reply of that kind has the stat;
// so there are fewer in a request where znodes are big, and a walk that wants no
// data asks for each by itself then. A walk that wants names alone has no data.
type reader struct {
	ctx  context.Context
	fail context.CancelCauseFunc // ends the walk
	zk   *session.Session
	o    Options
	held *session.Held
	// singles and batches limit the requests under way: they hold one for each.
	singles, batches chan struct{}

	singly  atomic.Bool  // the server knows no multiRead
	average atomic.Int64 // bytes of data of a znode, of late
}

// The bounds of a request for many. A znode of 1 MiB is possible, so that a reply
// may have batchMost of them before the reader knows better.
const (
	batchMost   = 64
	namesMost   = 128
	batchBytes  = 256 << 10
	tooBig      = 4 << 10 // on average, to be read for the stat alone
	mostBatches = 4
	mostSingles = 128
)

func newReader(ctx context.Context, fail context.CancelCauseFunc, zk *session.Session, o Options, held *session.Held) *reader {
	return &reader{ctx: ctx, fail: fail, zk: zk, o: o, held: held,
		singles: make(chan struct{}, mostSingles), batches: make(chan struct{}, mostBatches)}
}

// ask sends for znodes, in order, and closes done of each when it is there.
func (r *reader) ask(all []*pending) {
	size := r.batchSize()
	if r.singly.Load() || size < 2 || len(all) < 2 {
		for _, p := range all {
			r.start(r.singles, func() { r.single(p) })
		}
		return
	}
	for chunk := range slices.Chunk(all, size) {
		r.start(r.batches, func() { r.batch(chunk) })
	}
}

// batchSize is how many znodes are asked for in a request.
func (r *reader) batchSize() int {
	average := r.average.Load()
	switch {
	case r.names():
		return namesMost
	case !r.o.Data && average > tooBig:
		return 1
	}
	return int(min(batchMost, batchBytes/max(average, 1)))
}

// names tells whether names are all that is wanted.
func (r *reader) names() bool { return r.o.Names && !r.o.Data && !r.o.ACL }

// start runs f beside the walk once there is room.
func (r *reader) start(room chan struct{}, f func()) {
	go func() {
		room <- struct{}{}
		defer func() { <-room }()
		r.guard(f)
	}()
}

// guard runs f, and ends the walk if it panics: nobody knows then what it has not read.
func (r *reader) guard(f func()) {
	if err := fault.Do(func() error { f(); return nil }); err != nil {
		r.fail(err)
	}
}

// single reads a znode by itself.
func (r *reader) single(p *pending) {
	n := &Node{Path: p.path, Depth: p.depth}
	r.finish(p, n, r.readInto(n))
	close(p.done)
}

// finish ends reading a znode. What may not be read has its stat, before 3.9 at
// least.
func (r *reader) finish(p *pending, n *Node, err error) {
	if isCode(err, wire.NoAuth) {
		n.Denied = true
		if n.Stat, err = r.zk.Exists(r.ctx, p.path, nil); isCode(err, wire.NoAuth) {
			err = nil
		}
	}
	r.read(p, n, err)
}

// read notes what was read of a znode, and ends the walk where that is too much.
func (r *reader) read(p *pending, n *Node, err error) {
	p.data = len(n.Data)
	for _, name := range n.Children {
		p.names += nameBytes + len(name)
	}
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
	return r.rest(n)
}

// rest reads what is still missing of a znode: children and ACL.
func (r *reader) rest(n *Node) (err error) {
	if n.Stat == nil || n.Stat.NumChildren > 0 {
		var st *wire.Stat
		if n.Children, st, err = r.zk.Children(r.ctx, n.Path, nil); err != nil {
			return err
		}
		if n.Stat == nil {
			n.Stat = st
			r.sized(int(st.DataLength))
		}
		r.sort(n)
	}
	if r.o.ACL {
		n.ACL, _, err = r.zk.GetACL(r.ctx, n.Path)
	}
	return err
}

func (r *reader) sort(n *Node) {
	if !r.o.ServerOrder {
		slices.Sort(n.Children)
	}
}

// sized takes a znode into the average, the later ones counting more.
func (r *reader) sized(bytes int) {
	r.average.Store((r.average.Load()*15 + int64(bytes)) / 16)
}

// batch reads znodes with one request, and what it does not tell with others.
func (r *reader) batch(all []*pending) {
	op := wire.OpGetData
	if r.names() {
		op = wire.OpGetChildren
	}
	ops := make([]wire.MultiOp, len(all))
	for i, p := range all {
		ops[i] = wire.MultiOp{Op: op, Request: &wire.PathWatchRequest{Path: p.path}}
	}
	results, err := r.zk.Multi(r.ctx, ops)
	var old *session.UnsupportedError
	if errors.As(err, &old) || session.IsLongReply(err) {
		r.singly.Store(true)
	}
	var wait sync.WaitGroup
	for i, p := range all {
		if err != nil || i >= len(results) {
			// An old server, or one that could not do it at once: each by itself
			// says what is wrong with it.
			wait.Go(func() { r.guard(func() { r.single(p) }) })
			continue
		}
		r.one(&wait, p, results[i])
	}
	wait.Wait()
}

// one finishes a znode of a batch; most have no children and are complete.
func (r *reader) one(wait *sync.WaitGroup, p *pending, result wire.MultiResult) {
	n := &Node{Path: p.path, Depth: p.depth}
	later := func(rest func() error) {
		wait.Go(func() {
			r.guard(func() {
				r.finish(p, n, rest())
				close(p.done)
			})
		})
	}
	switch reply := result.Reply.(type) {
	case *wire.GetChildrenResponse:
		if !r.names() { // a server answers what it was not asked
			later(func() error { return r.readInto(n) })
			return
		}
		n.Children = reply.Children
		r.sort(n)
	case *wire.GetDataResponse:
		n.Stat = &reply.Stat
		r.sized(len(reply.Data))
		if r.o.Data {
			n.Data = reply.Data
		}
		if n.Stat.NumChildren > 0 || r.o.ACL {
			later(func() error { return r.rest(n) })
			return
		}
	default:
		later(func() error { return &wire.Error{Code: result.Err, Path: p.path} })
		return
	}
	r.read(p, n, nil)
	close(p.done)
}
