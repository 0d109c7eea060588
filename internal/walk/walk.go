// Package walk visits the znodes of a subtree: each parent before its children,
// siblings by name, so that what is made of a tree is the same whenever the tree
// is the same.
//
// It streams: a znode is visited as soon as it and all before it have been read,
// and no more is kept than what was read ahead. It is fast because the requests
// for what comes next are on their way while a znode is visited, on the one
// session and in order; how many at a time is bounded, and so are the bytes of
// data that wait. It ends at once when its context does.
//
// A tree changes while it is read. A znode that has gone by the time it is asked
// for, and one that the session may not read, are no errors but the walk's
// Skipped, except for the first.
package walk

import (
	"context"
	"errors"
	"slices"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// Options say what is read of each znode, and how deep.
type Options struct {
	// Data and ACL ask for what not every walk needs; the stat and the children
	// are always there.
	Data, ACL bool
	// Depth is how many levels below the first znode are visited; negative is all.
	Depth int
	// Ahead is how many znodes are asked for at a time; 0 is DefaultAhead.
	Ahead int
}

// DefaultAhead keeps a server on the same machine busy; more gains nothing, see
// BenchmarkAhead.
const DefaultAhead = 128

// aheadBytes bounds the data that was read ahead; one znode is always read.
const aheadBytes = 32 << 20

// A Node is a znode as it was read.
type Node struct {
	Path     string
	Depth    int        // 0 is the first znode
	Stat     *wire.Stat // nil if Denied and the server keeps that back, too
	Data     []byte     // nil is null
	ACL      []wire.ACL
	Children []string // names, sorted; also those that are too deep to be visited
	// Denied: the session may not read it. What is there is its stat, if anything.
	Denied bool
}

// Ephemeral tells whether the znode belongs to a session.
func (n *Node) Ephemeral() bool { return n.Stat != nil && n.Stat.EphemeralOwner != 0 }

// Skipped counts the znodes that a walk passed over.
type Skipped struct {
	Vanished int      // gone before they were read
	Denied   int      // not to be read by this session
	Which    []string // the first of the denied ones
}

// skippedShown is how many paths Skipped keeps.
const skippedShown = 3

// Stop, returned by a visit, ends the walk without an error.
var Stop = errors.New("stop")

// Below, returned by a visit, passes over what is below the znode.
var Below = errors.New("nothing below")

// Walk visits the znode at root and what is below it. An error of visit ends it,
// as do errors that have nothing to do with a single znode.
func Walk(ctx context.Context, zk *session.Session, root string, o Options, visit func(*Node) error) (Skipped, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what is read ahead is nobody's any more
	if o.Ahead <= 0 {
		o.Ahead = DefaultAhead
	}
	w := walker{ctx: ctx, zk: zk, o: o, stack: []*pending{{path: root}}}
	err := w.run(visit)
	if errors.Is(err, Stop) {
		err = nil
	}
	return w.skipped, err
}

// A walker keeps the znodes that are still to be visited on a stack of its own:
// a tree may be deeper than a goroutine's stack should be.
type walker struct {
	ctx     context.Context
	zk      *session.Session
	o       Options
	stack   []*pending // the next one at the end
	bytes   int        // of data on the stack
	skipped Skipped
}

// A pending znode is known by name, and asked for once done is there.
type pending struct {
	path  string
	depth int
	done  chan struct{}
	node  *Node
	err   error
	size  int // as counted in walker.bytes
}

func (w *walker) run(visit func(*Node) error) error {
	for len(w.stack) > 0 {
		w.askAhead()
		p := w.stack[len(w.stack)-1]
		w.stack[len(w.stack)-1] = nil
		w.stack = w.stack[:len(w.stack)-1]
		select {
		case <-p.done:
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
		w.bytes -= p.size
		if skip, err := w.skips(p); err != nil {
			return err
		} else if skip {
			continue
		}
		switch err := visit(p.node); {
		case err == Below:
		case err != nil:
			return err
		default:
			w.push(p)
		}
	}
	return nil
}

// askAhead sends for the topmost znodes that were not asked for. Those that a
// long row of children has buried since count no more, so that each level has
// as many under way as the first.
func (w *walker) askAhead() {
	top := len(w.stack) - 1
	for i := top; i >= 0 && i > top-w.o.Ahead; i-- {
		p := w.stack[i]
		if p.done == nil && (i == top || w.bytes < aheadBytes) {
			p.done = make(chan struct{})
			go w.read(p)
		}
		w.count(p)
	}
}

// count adds the data of a znode that has been read to what waits.
func (w *walker) count(p *pending) {
	if p.done == nil || p.size > 0 {
		return
	}
	select {
	case <-p.done:
		if p.node != nil {
			p.size = len(p.node.Data)
			w.bytes += p.size
		}
	default:
	}
}

// skips tells whether a znode is passed over, and counts it.
func (w *walker) skips(p *pending) (bool, error) {
	first := p.depth == 0
	switch {
	case p.err == nil:
	case isCode(p.err, wire.NoNode) && !first:
		w.skipped.Vanished++
		return true, nil
	default:
		return false, p.err
	}
	if p.node.Denied {
		if first {
			return false, &wire.Error{Code: wire.NoAuth, Path: p.path}
		}
		w.skipped.Denied++
		if len(w.skipped.Which) < skippedShown {
			w.skipped.Which = append(w.skipped.Which, p.path)
		}
	}
	return false, nil
}

// push puts the children on the stack, the first on top.
func (w *walker) push(p *pending) {
	if w.o.Depth >= 0 && p.depth >= w.o.Depth {
		return
	}
	w.stack = slices.Grow(w.stack, len(p.node.Children))
	for _, name := range slices.Backward(p.node.Children) {
		w.stack = append(w.stack, &pending{path: wire.JoinPath(p.path, name), depth: p.depth + 1})
	}
}

// read fills in a pending znode.
func (w *walker) read(p *pending) {
	defer close(p.done)
	n := &Node{Path: p.path, Depth: p.depth}
	err := w.readInto(n)
	if isCode(err, wire.NoAuth) {
		n.Denied = true
		// Before 3.9 the stat needs no permission.
		if n.Stat, err = w.zk.Exists(w.ctx, p.path, nil); isCode(err, wire.NoAuth) {
			err = nil
		}
	}
	p.node, p.err = n, err
}

// readInto asks for what the options want. With data the stat that comes with it
// tells whether there are children to be asked for: most znodes have none.
func (w *walker) readInto(n *Node) (err error) {
	if w.o.Data {
		if n.Data, n.Stat, err = w.zk.Get(w.ctx, n.Path, nil); err != nil {
			return err
		}
	}
	if n.Stat == nil || n.Stat.NumChildren > 0 {
		var st *wire.Stat
		if n.Children, st, err = w.zk.Children(w.ctx, n.Path, nil); err != nil {
			return err
		}
		if n.Stat == nil {
			n.Stat = st
		}
		slices.Sort(n.Children)
	}
	if w.o.ACL {
		n.ACL, _, err = w.zk.GetACL(w.ctx, n.Path)
	}
	return err
}

func isCode(err error, code wire.Code) bool { return errors.Is(err, &wire.Error{Code: code}) }
