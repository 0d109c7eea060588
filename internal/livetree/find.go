package livetree

import "strings"

// following is the node after n in the order of the tree, shut or open.
func following(n *node) *node {
	if kid := n.kids.first(); kid != nil {
		return kid
	}
	return behind(n)
}

// preceding is the node before n in the order of the tree.
func preceding(n *node) *node {
	p := n.prev()
	if p == nil {
		return n.parent()
	}
	for {
		kid := p.kids.last()
		if kid == nil {
			return p
		}
		p = kid
	}
}

// lastOf is the last node below n, or n.
func lastOf(n *node) *node {
	for kid := n.kids.last(); kid != nil; kid = n.kids.last() {
		n = kid
	}
	return n
}

// Find looks for a znode whose name holds text, among all that are known, open or
// not. It begins behind from (before it if direction is below 0, with it if
// direction is 0) and goes on at the other end of the tree until it is back.
// Capitals count only if there are some in text. With "" it finds nothing.
func (t *Tree) Find(text, from string, direction int) (path string, found bool) {
	start := t.lookup(from)
	if start == nil {
		start = t.root
	}
	if text == "" {
		return "", false
	}
	m := newMatcher(text)
	if direction == 0 && !start.gone && m.matches(start.name) {
		return pathOf(start), true
	}
	step, end := following, t.root
	if direction < 0 {
		step, end = preceding, lastOf(t.root)
	}
	for n := start; ; {
		if n = step(n); n == nil {
			n = end
		}
		if !n.gone && m.matches(n.name) {
			return pathOf(n), true
		}
		if n == start {
			return "", false
		}
	}
}

// A matcher tells whether names hold a text.
type matcher struct {
	text string
	fold bool // capitals in names count as small letters
}

func newMatcher(text string) matcher {
	return matcher{text, strings.ToLower(text) == text}
}

func (m matcher) matches(name string) bool {
	if !m.fold {
		return strings.Contains(name, m.text)
	}
	if strings.Contains(name, m.text) {
		return true
	}
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.Contains(strings.ToLower(name), m.text)
		}
	}
	return false
}

// Matches tells whether Find would take a name, and where the text is in it.
func Matches(name, text string) (start, end int, ok bool) {
	if text == "" {
		return 0, 0, false
	}
	if newMatcher(text).fold {
		if lower := strings.ToLower(name); len(lower) == len(name) {
			name = lower
		}
	}
	i := strings.Index(name, text)
	return i, i + len(text), i >= 0
}
