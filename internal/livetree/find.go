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

// A Search looks for a znode by its name, a part of the tree at a time, so that
// nobody waits where there are a million of them. The tree may change meanwhile.
type Search struct {
	m         matcher
	tree      *Tree
	start, at *node
	backwards bool
	here      bool // at has yet to be looked at itself
	around    bool // it has gone on at the other end
	over      bool
}

// Search begins to look for a znode whose name holds text, among all that are
// known, open or not. It begins behind from (before it if direction is below 0,
// with it if direction is 0) and goes on at the other end of the tree until it is
// back. Capitals count only if there are some in text. With "" it finds nothing.
func (t *Tree) Search(text, from string, direction int) *Search {
	start := t.lookup(from)
	if start == nil {
		start = t.root
	}
	return &Search{m: newMatcher(text), tree: t, start: start, at: start,
		backwards: direction < 0, here: direction == 0, over: text == ""}
}

// Step looks at that many znodes at most. over tells that there is nothing more to
// look at; path is what was found, or "".
func (s *Search) Step(limit int) (path string, over bool) {
	for ; limit > 0 && !s.over; limit-- {
		if s.here {
			s.here = false
		} else if s.move(); s.at == s.start {
			s.over = true // it has been looked at, or is where it began
		}
		if !s.at.gone && s.m.matches(s.at.name) {
			s.over = true
			return pathOf(s.at), true
		}
	}
	return "", s.over
}

// move goes on to the next node. What was removed meanwhile leads to an end of the
// tree early, which is passed once.
func (s *Search) move() {
	n := (*node)(nil)
	if s.backwards {
		n = preceding(s.at)
	} else {
		n = following(s.at)
	}
	switch {
	case n != nil:
		s.at = n
	case s.around:
		s.at = s.start
	default:
		s.around = true
		if s.at = s.tree.root; s.backwards {
			s.at = lastOf(s.tree.root)
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

// Matches tells whether a Search would take a name, and where the text is in it.
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
