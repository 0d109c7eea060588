package livetree

import (
	"slices"
	"strings"
	"time"
)

// ghostLimit is how many deleted znodes are shown at most: a screen shows fewer.
const ghostLimit = 500

// Apply takes changes in, in their order. Marks are set by the changes' times,
// or to now where they have none. It takes no longer than a frame may: if the tree
// is Busy then, the next Apply goes on, be it without changes of its own.
func (t *Tree) Apply(changes []Change, now time.Time) {
	if t.merging != nil {
		t.waiting = append(t.waiting, changes...)
		if !t.step(t.merging) {
			return
		}
		changes = t.waiting
		t.merging, t.waiting = nil, nil
	}
	for i := range changes {
		c := &changes[i]
		at := c.Time
		if at.IsZero() {
			at = now
		}
		switch c.Kind {
		case Created:
			t.created(c.Path, at)
		case Deleted:
			if n := t.lookup(c.Path); n != nil {
				t.deleted(n, at)
			}
		case Changed, Stale:
			if n := t.lookup(c.Path); n != nil && !n.gone {
				t.outdate(n)
				if c.Kind == Changed {
					t.mark(n, MarkChanged, at)
				}
			}
		case Listing:
			if t.merging = t.listing(c, at); t.merging != nil && !t.step(t.merging) {
				t.waiting = slices.Clone(changes[i+1:])
				return
			}
			t.merging = nil
		case Looked:
			t.looked(c)
		case Connected, Resync:
			t.round++
		}
	}
}

// Busy tells whether changes that were given to Apply have yet to be taken in.
func (t *Tree) Busy() bool { return t.merging != nil }

// mark shows what happened, except that what was just created stays that.
func (t *Tree) mark(n *node, m Mark, at time.Time) {
	if m == MarkChanged && n.mark == MarkCreated && at.UnixNano()-n.marked < int64(MarkTime) {
		return
	}
	n.mark, n.marked = m, at.UnixNano()
	if at.After(t.latest) {
		t.latest = at
	}
}

func (t *Tree) created(path string, at time.Time) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 || path == "/" {
		return
	}
	p := t.root
	if i > 0 {
		p = t.lookup(path[:i])
	}
	if p == nil || p.kids == nil || p.gone {
		return
	}
	t.outdate(p)
	t.add(p, path[i+1:], at)
}

// add makes a child that is there from now on. One of that name that was there
// before was another one, with another one's children.
func (t *Tree) add(p *node, name string, at time.Time) {
	n := p.kids.find(name)
	switch {
	case n == nil:
		n = &node{name: strings.Clone(name), rows: 1}
		p.kids.insert(n)
		if p.open {
			grow(p, 1)
		}
		p.kids.live++
	case n.gone:
		n.gone = false
		p.kids.live++
	default:
		drop(n)
	}
	n.about, n.open, n.loading = nil, false, false
	t.mark(n, MarkCreated, at)
}

// deleted takes a node out; one that somebody may see stays for a moment as a row
// that says so.
func (t *Tree) deleted(n *node, at time.Time) {
	p := n.parent()
	if p == nil || n.gone {
		return
	}
	t.outdate(p)
	p.kids.live--
	drop(n)
	if !shown(n) || len(t.ghosts) >= ghostLimit {
		t.remove(n)
		return
	}
	n.gone, n.open, n.loading = true, false, false
	t.mark(n, MarkDeleted, at)
	t.ghosts = append(t.ghosts, ghost{n, n.marked})
}

func (t *Tree) remove(n *node) {
	p := n.parent()
	n.in.remove(n)
	if p != nil && p.open {
		grow(p, -n.rows)
	}
}

// shown tells whether a node has a row.
func shown(n *node) bool {
	for p := n.parent(); p != nil; p = p.parent() {
		if !p.open {
			return false
		}
	}
	return true
}

// Expire takes out the rows that have been shown as deleted for long enough. It
// tells whether there are marks that have yet to go.
func (t *Tree) Expire(now time.Time) bool {
	done := 0
	for _, g := range t.ghosts {
		if now.UnixNano()-g.at < int64(MarkTime) {
			break
		}
		if g.n.gone && g.n.marked == g.at && g.n.in != nil {
			t.remove(g.n)
		}
		done++
	}
	if t.ghosts = t.ghosts[done:]; len(t.ghosts) == 0 {
		t.ghosts = nil
	}
	return len(t.ghosts) > 0 || now.Sub(t.latest) < MarkTime
}

func (t *Tree) looked(c *Change) {
	n := t.lookup(c.Path)
	if n == nil || n.gone {
		return
	}
	if c.Stat != nil {
		t.learn(n, c.Stat)
	} else {
		a := n.know()
		a.err, a.round = c.Err, t.round
	}
	if c.Stale {
		t.outdate(n)
	}
}

// listing takes the names of a znode's children. If they were known already, what
// has become of them is up to the merge that it returns.
func (t *Tree) listing(c *Change, at time.Time) *merge {
	n := t.lookup(c.Path)
	if n == nil || n.gone {
		return nil
	}
	if c.Err != nil {
		n.loading = false
		n.know().listErr = c.Err
		return nil
	}
	if n.about != nil {
		n.about.listErr = nil
	}
	if c.Stat != nil {
		t.learn(n, c.Stat)
	}
	if n.kids != nil {
		return &merge{of: n, kids: n.kids, names: c.Names, asked: c.Asked, at: at}
	}
	fresh := c.built
	if fresh == nil {
		fresh = build(c.Names)
	}
	n.loading = false
	fresh.of, fresh.asked, n.kids = n, c.Asked, fresh
	if n.open {
		grow(n, sumOf(fresh.root))
	}
	return nil
}
