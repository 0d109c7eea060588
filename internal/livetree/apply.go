package livetree

import (
	"strings"
	"time"
)

// ghostLimit is how many deleted znodes are shown at most: a screen shows fewer.
const ghostLimit = 500

// Apply takes changes in, in their order. Marks are set by the changes' times,
// or to now where they have none.
func (t *Tree) Apply(changes []Change, now time.Time) {
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
			t.listing(c, at)
		case Looked:
			t.looked(c)
		case Connected, Resync:
			t.round++
		}
	}
}

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

func (t *Tree) listing(c *Change, at time.Time) {
	n := t.lookup(c.Path)
	if n == nil || n.gone {
		return
	}
	n.loading = false
	if c.Err != nil {
		n.know().listErr = c.Err
		return
	}
	if n.about != nil {
		n.about.listErr = nil
	}
	if c.Stat != nil {
		t.learn(n, c.Stat)
	}
	fresh := c.built
	if fresh == nil {
		fresh = build(c.Names)
	}
	if n.kids != nil {
		t.merge(n, fresh, at)
		return
	}
	fresh.of, n.kids = n, fresh
	if n.open {
		grow(n, sumOf(fresh.root))
	}
}

// merge makes a node's children those that were read now. Those that stay keep
// what is known of them.
func (t *Tree) merge(n *node, fresh *children, at time.Time) {
	var gone []*node
	var come []string
	old, now := n.kids.first(), fresh.first()
	for old != nil || now != nil {
		switch {
		case now == nil || old != nil && old.name < now.name:
			gone = append(gone, old)
			old = old.next()
		case old == nil || now.name < old.name:
			come = append(come, now.name)
			now = now.next()
		default:
			if old.gone {
				come = append(come, now.name)
			}
			old, now = old.next(), now.next()
		}
	}
	for _, kid := range gone {
		t.deleted(kid, at)
	}
	for _, name := range come {
		t.add(n, name, at)
	}
}
