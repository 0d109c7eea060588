package livetree

import (
	"strings"
	"time"
)

// A merge makes a znode's children those that were read anew. Those that stay keep
// what is known of them.
type merge struct {
	of    *node
	kids  *children // of's, when it began; if they are not any more, it is pointless
	names []string  // what was read and has yet to be dealt with
	done  string    // the last name that was dealt with
	asked time.Time // when the server was asked
	at    time.Time
}

const (
	// mergeStep is how much of a merge is done within a frame: as many names that
	// are as they were.
	mergeStep = 40_000
	// mergeChange is what a name that came or went costs of it.
	mergeChange = 20
)

// step goes on with a merge and tells whether it is over. Between two steps rows
// may go and children be dropped, so that it finds its place by name.
func (t *Tree) step(m *merge) (over bool) {
	if m.of.kids != m.kids {
		return true
	}
	old := m.kids.after(m.done)
	for left := mergeStep; left > 0; left-- {
		order := 0
		switch {
		case old == nil && len(m.names) == 0:
			m.of.loading, m.kids.asked = false, m.asked
			return true
		case old == nil:
			order = 1
		case len(m.names) == 0:
			order = -1
		default:
			order = strings.Compare(old.name, m.names[0])
		}
		kid := old
		if order <= 0 {
			m.done, old = kid.name, kid.next()
		}
		if order >= 0 {
			m.done, m.names = m.names[0], m.names[1:]
		}
		switch {
		case order < 0:
			t.deleted(kid, m.at)
			left -= mergeChange
		case order > 0 || kid.gone:
			t.add(m.of, m.done, m.at)
			left -= mergeChange
		}
	}
	return false
}
