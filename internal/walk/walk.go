// Package walk visits the znodes of a subtree: each parent before its children,
// siblings by name, so that what is made of a tree is the same whenever the tree
// is the same.
//
// It streams: a znode is visited as soon as it and all before it have been read,
// and no more is kept than what was read ahead. It is fast because what comes next
// is on its way while a znode is visited, on the one session, and because a server
// that knows multiRead (3.6 and later) is asked for many znodes in a request. How
// much is under way at a time is up to the session's window (package window), and how
// much is read ahead follows that, so that it is enough for a server far away; both are
// bounded, and so are the bytes of data that wait. Where many ACLs are to be read of a
// server nearby, sessions beside the walk's help, and end with it. It ends at once when its
// context does, but that it waits for those to be closed.
//
// What is held of a tree, names and paths for the most part, is bounded by the session's
// Limits.Held, and so is how deep it is: one that has no end ends the walk with a
// *session.HeldError.
//
// A tree changes while it is read. A znode that has gone by the time it is asked
// for, and one that the session may not read, are no errors but the walk's
// Skipped, except for the first.
package walk

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// Options say what is read of each znode, and how deep.
type Options struct {
	// Data and ACL ask for what not every walk needs; the stat and the children
	// are there without them.
	Data, ACL bool
	// Names asks for no more than the names of the children: a znode's stat may be nil
	// then. It costs the server less.
	Names bool
	// Depth is how many levels below the first znode are visited; negative is all.
	Depth int
	// ServerOrder visits siblings in the order in which the server lists them, which
	// is none in particular, instead of by name.
	ServerOrder bool
	// Ahead is how many znodes are read ahead; 0 is as many as keep the window full.
	Ahead int
}

// What is read ahead is several times what may be under way: what has been read waits for
// what stands before it. The least keeps a server on the same machine busy; more gains
// nothing there, see BenchmarkAhead.
const (
	leastAhead  = 512
	mostAhead   = 16 << 10
	windowAhead = 4
	// heldAhead is which part of what may be held is for it, beyond the least.
	heldAhead = 4
)

// aheadBytes bounds the data that was read ahead; one znode is always read.
const aheadBytes = 32 << 20

// A Node is a znode as it was read.
type Node struct {
	Path     string
	Depth    int        // 0 is the first znode
	Stat     *wire.Stat // nil if Denied and the server keeps that back, too, or if Options.Names
	Data     []byte     // nil is null
	ACL      []wire.ACL
	Children []string // names, sorted unless Options.ServerOrder; also those that are too deep to be visited
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

// ErrStop, returned by a visit, ends the walk without an error.
var ErrStop = errors.New("stop")

// ErrBelow, returned by a visit, passes over what is below the znode.
var ErrBelow = errors.New("nothing below")

// Walk visits the znode at root and what is below it. An error of visit ends it,
// as do errors that have nothing to do with a single znode.
func Walk(ctx context.Context, zk *session.Session, root string, o Options, visit func(*Node) error) (Skipped, error) {
	ctx, fail := context.WithCancelCause(ctx)
	w := walker{ctx: ctx, o: o, stack: []*pending{{path: root}}, held: session.Limits{Held: session.DefaultHeld}.NewHeldAhead()}
	if zk != nil {
		w.held = zk.Limits().NewHeldAhead()
	}
	w.read = newReader(ctx, fail, zk, o, w.held)
	defer w.read.sides.close()
	defer fail(nil) // what is read ahead is nobody's any more
	err := w.run(visit)
	if errors.Is(err, ErrStop) {
		err = nil
	}
	return w.skipped, err
}

// A walker keeps the znodes that are still to be visited on a stack of its own:
// a tree may be deeper than a goroutine's stack should be. The children of a
// znode that was read may stand there, above it in time and below it in the
// slice, before it is visited, so that they too are read ahead.
type walker struct {
	ctx     context.Context
	o       Options
	read    *reader
	stack   []*pending // the next one at the end
	visits  int        // since the last look ahead
	ahead   int        // how many znodes are read ahead at the moment
	skipped Skipped
	held    *session.Held
}

// A pending znode is known by name, and asked for once done is there.
type pending struct {
	path     string
	depth    int
	expanded bool // its children are on the stack
	done     chan struct{}
	node     *Node
	err      error
	// parts is how many requests for it have not been answered, if it takes several.
	parts  atomic.Int32
	acl    []wire.ACL
	aclErr error
	data   int     // bytes of data that are held
	names  int     // bytes that its children's names take
	of     *family // nil for the first znode
	// more, if not nil, are names of a family whose znodes are still to be put on the
	// stack, in place of this, which is none.
	more []string
}

// A family is the znodes on the stack that are children of one, and their names.
type family struct {
	parent string
	left   int // those that are still to be visited
	names  int // bytes
}

// What a name and a znode on the stack take, besides their text.
const (
	nameBytes    = 24
	pendingBytes = 256
)

// ready tells whether the znode has been read.
func (p *pending) ready() bool {
	if p.done == nil {
		return false
	}
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (w *walker) run(visit func(*Node) error) error {
	for len(w.stack) > 0 {
		if w.visits++; w.stack[len(w.stack)-1].done == nil || w.visits > w.ahead/4 {
			if err := w.lookAhead(); err != nil {
				return err
			}
		}
		if err := w.await(); err != nil {
			return err
		}
		p := w.stack[len(w.stack)-1]
		if _, err := w.expand(len(w.stack) - 1); err != nil {
			return err
		}
		w.pop()
		skip, err := w.skips(p)
		if err != nil {
			return w.ended(err)
		}
		if err == nil && !skip {
			err = visit(p.node)
		}
		switch {
		case err == ErrBelow:
			w.dropBelow(p.depth)
		case err != nil:
			return err
		}
	}
	return nil
}

// await waits for the topmost znode. Meanwhile it has what comes below others asked for.
func (w *walker) await() error {
	for {
		p := w.stack[len(w.stack)-1]
		if p.ready() && w.ctx.Err() == nil {
			return nil
		}
		select {
		case <-p.done:
		case <-w.read.came:
			if err := w.lookAhead(); err != nil {
				return err
			}
		case <-w.ctx.Done():
			return w.ended(w.ctx.Err())
		}
	}
}

// pop takes the topmost off the stack, and counts it as held no more.
func (w *walker) pop() {
	p := w.stack[len(w.stack)-1]
	w.stack[len(w.stack)-1] = nil
	w.stack = w.stack[:len(w.stack)-1]
	f := p.of
	switch {
	case f == nil:
		return
	case p.more != nil:
		f.left -= len(p.more)
	default:
		f.left--
		w.held.Give(pendingBytes + len(p.path))
		if p.ready() {
			w.held.Give(p.data)
		}
		if p.ready() && !p.expanded {
			w.held.Give(p.names)
		}
	}
	if f.left == 0 {
		w.held.Give(f.names)
	}
}

// ended is err, or why the walk was ended if that is of its own doing: err has come of
// it then.
func (w *walker) ended(err error) error {
	if cause := context.Cause(w.ctx); fault.Of(cause) != nil || session.IsHeld(cause) || session.IsLongReply(cause) {
		return cause
	}
	return err
}

// lookAhead asks for the topmost znodes that were not asked for, as long as not
// too much waits already. The topmost of all is always asked for.
func (w *walker) lookAhead() error {
	w.visits = 0
	if w.ahead = w.o.Ahead; w.ahead <= 0 {
		room := w.held.Limit() / heldAhead / (pendingBytes + int(w.read.holds.Load()))
		w.ahead = max(min(windowAhead*w.read.window(), mostAhead, room), leastAhead)
	}
	var ask []*pending
	bytes := 0
	for left, i := w.ahead, len(w.stack)-1; left > 0 && i >= 0; left, i = left-1, i-1 {
		if w.ahead-left >= leastAhead && w.held.Bytes() > w.held.Limit()/heldAhead {
			break // names take more than was thought
		}
		p := w.stack[i]
		switch {
		case p.more != nil:
			n, err := w.unfold(i)
			if err != nil {
				return err
			}
			left, i = left+1, i+n // they are looked at next
		case p.done == nil && (len(ask) == 0 && left == w.ahead || bytes < aheadBytes):
			p.done = make(chan struct{})
			ask = append(ask, p)
		case p.ready() && p.node != nil:
			bytes += len(p.node.Data)
			n, err := w.expand(i)
			if err != nil {
				return err
			}
			i += n // its children are looked at next
		}
	}
	w.read.ask(ask)
	return nil
}

// expand puts the children of the znode at index i on the stack, the first on
// top of them, and the znode itself on top of all. It returns how many places they take.
func (w *walker) expand(i int) (int, error) {
	p := w.stack[i]
	if p.expanded || p.err != nil || p.node == nil || w.o.Depth >= 0 && p.depth >= w.o.Depth {
		return 0, nil
	}
	p.expanded = true
	names := p.node.Children
	if len(names) == 0 {
		w.held.Give(p.names)
		return 0, nil
	}
	if p.depth >= w.held.Depth() {
		return 0, w.held.TooDeep()
	}
	rest := &pending{depth: p.depth + 1, more: names, of: &family{parent: p.path, left: len(names), names: p.names}}
	w.stack = slices.Insert(w.stack, i, rest)
	return w.unfold(i)
}

// unfold puts the next of the znodes on the stack that the place at index i stands for,
// which is left below them if there are more. It returns how many places have come
// on top of that index, or in it.
func (w *walker) unfold(i int) (int, error) {
	p := w.stack[i]
	now := p.more[:min(len(p.more), max(w.ahead, 1))]
	children, bytes := make([]*pending, len(now)), 0
	made := make([]pending, len(now))
	for j, name := range now {
		c := &made[j]
		c.path, c.depth, c.of = wire.JoinPath(p.of.parent, name), p.depth, p.of
		bytes += pendingBytes + len(c.path)
		children[len(children)-1-j] = c
	}
	if p.more = p.more[len(now):]; len(p.more) > 0 {
		w.stack = slices.Insert(w.stack, i+1, children...)
		return len(children) + 1, w.held.Take(bytes)
	}
	w.stack = slices.Replace(w.stack, i, i+1, children...)
	return len(children), w.held.Take(bytes)
}

// dropBelow takes what is below a znode of that depth off the stack, the znode
// itself having been taken off just before.
func (w *walker) dropBelow(depth int) {
	for n := len(w.stack); n > 0 && w.stack[n-1].depth > depth; n = len(w.stack) {
		w.pop()
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

func isCode(err error, code wire.Code) bool { return errors.Is(err, &wire.Error{Code: code}) }
