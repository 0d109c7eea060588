package livetree

import (
	"math/rand/v2"
	"time"
)

// A node is a znode of the model, and at once a node of the treap that its
// siblings form: sorted by name, balanced by random priorities, with the number
// of rows of each part, so that a row and a position are found by descending.
type node struct {
	name            string
	in              *children // nil for the root, and for what was removed
	left, right, up *node
	kids            *children // nil until they were read
	about           *about    // nil until something is known
	marked          int64     // when mark was set, in nanoseconds
	prio            uint32
	rows            int32 // itself and what is open below it
	sum             int32 // rows of its part of the treap
	mark            Mark
	open            bool
	loading         bool
	gone            bool // deleted, and shown as that for a moment
}

// children are a znode's children, as a treap.
type children struct {
	root *node
	of   *node // whose; nil while they are being built
	live int   // without those that are gone
	// asked is when the server was asked for them.
	asked time.Time
}

func sumOf(n *node) int32 {
	if n == nil {
		return 0
	}
	return n.sum
}

// slab is how many nodes are allocated at once: it makes them neighbours in
// memory, which is what walking over a million of them costs.
const slab = 64

// build makes the children of sorted, distinct names, in one pass along the right
// edge of the treap.
func build(names []string) *children {
	c := &children{live: len(names)}
	var edge []*node // from the root down to the right
	var store []node
	for i, name := range names {
		if len(store) == 0 {
			store = make([]node, min(slab, len(names)-i))
		}
		n := &store[0]
		store = store[1:]
		n.name, n.in, n.prio, n.rows = name, c, rand.Uint32(), 1
		edge = c.append(edge, n)
	}
	c.finish(edge)
	return c
}

// append adds the last node at the right edge.
func (c *children) append(edge []*node, n *node) []*node {
	var below *node
	for len(edge) > 0 && edge[len(edge)-1].prio < n.prio {
		below = edge[len(edge)-1]
		below.sum = below.rows + sumOf(below.left) + sumOf(below.right)
		edge = edge[:len(edge)-1]
	}
	n.left, n.right, n.up = below, nil, nil
	if below != nil {
		below.up = n
	}
	if len(edge) > 0 {
		n.up = edge[len(edge)-1]
		n.up.right = n
	}
	return append(edge, n)
}

// finish sums up the edge that append left.
func (c *children) finish(edge []*node) {
	c.root = nil
	for i := len(edge) - 1; i >= 0; i-- {
		n := edge[i]
		n.sum = n.rows + sumOf(n.left) + sumOf(n.right)
		c.root = n
	}
}

// find is the child of that name, or nil.
func (c *children) find(name string) *node {
	n := c.root
	for n != nil && n.name != name {
		if name < n.name {
			n = n.left
		} else {
			n = n.right
		}
	}
	return n
}

// after is the first child whose name is greater than that, or nil.
func (c *children) after(name string) *node {
	var found *node
	for n := c.root; n != nil; {
		if n.name > name {
			found, n = n, n.left
		} else {
			n = n.right
		}
	}
	return found
}

// insert adds a node whose name is not there yet.
func (c *children) insert(n *node) {
	n.in, n.left, n.right, n.up = c, nil, nil, nil
	n.prio, n.sum = rand.Uint32(), n.rows
	if c.root == nil {
		c.root = n
		return
	}
	for at := c.root; ; {
		at.sum += n.rows
		next := &at.right
		if n.name < at.name {
			next = &at.left
		}
		if *next == nil {
			*next, n.up = n, at
			break
		}
		at = *next
	}
	for n.up != nil && n.up.prio < n.prio {
		c.rotate(n)
	}
}

// rotate lifts n above its parent in the treap.
func (c *children) rotate(n *node) {
	p, g := n.up, n.up.up
	if p.left == n {
		p.left = n.right
		if p.left != nil {
			p.left.up = p
		}
		n.right = p
	} else {
		p.right = n.left
		if p.right != nil {
			p.right.up = p
		}
		n.left = p
	}
	n.up, p.up = g, n
	switch {
	case g == nil:
		c.root = n
	case g.left == p:
		g.left = n
	default:
		g.right = n
	}
	n.sum = p.sum
	p.sum = p.rows + sumOf(p.left) + sumOf(p.right)
}

// remove takes a node out.
func (c *children) remove(n *node) {
	for n.left != nil || n.right != nil {
		if n.right == nil || n.left != nil && n.left.prio > n.right.prio {
			c.rotate(n.left)
		} else {
			c.rotate(n.right)
		}
	}
	switch {
	case n.up == nil:
		c.root = nil
	case n.up.left == n:
		n.up.left = nil
	default:
		n.up.right = nil
	}
	for at := n.up; at != nil; at = at.up {
		at.sum -= n.rows
	}
	n.up, n.in = nil, nil
}

// at is the child in whose rows the given one is, and which of them that is.
func (c *children) at(row int32) (*node, int32) {
	n := c.root
	for n != nil {
		left := sumOf(n.left)
		switch {
		case row < left:
			n = n.left
		case row < left+n.rows:
			return n, row - left
		default:
			row -= left + n.rows
			n = n.right
		}
	}
	return nil, 0
}

// before is how many rows the siblings before n have.
func (n *node) before() int32 {
	rows := sumOf(n.left)
	for ; n.up != nil; n = n.up {
		if n.up.right == n {
			rows += n.up.rows + sumOf(n.up.left)
		}
	}
	return rows
}

func (c *children) first() *node {
	if c == nil || c.root == nil {
		return nil
	}
	n := c.root
	for n.left != nil {
		n = n.left
	}
	return n
}

func (c *children) last() *node {
	if c == nil || c.root == nil {
		return nil
	}
	n := c.root
	for n.right != nil {
		n = n.right
	}
	return n
}

// next is the sibling behind n, or nil.
func (n *node) next() *node {
	if n.right != nil {
		for n = n.right; n.left != nil; n = n.left {
		}
		return n
	}
	for n.up != nil && n.up.right == n {
		n = n.up
	}
	return n.up
}

// prev is the sibling before n, or nil.
func (n *node) prev() *node {
	if n.left != nil {
		for n = n.left; n.right != nil; n = n.right {
		}
		return n
	}
	for n.up != nil && n.up.left == n {
		n = n.up
	}
	return n.up
}

// parent is the znode above n, nil for the root and what was removed.
func (n *node) parent() *node {
	if n.in == nil {
		return nil
	}
	return n.in.of
}
