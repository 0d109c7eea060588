package server

import "unicode/utf8"

// javaSet is a set of strings that is walked in the order of Java's
// HashSet<String>. ZooKeeper defines no order of children, but every session
// printed by a client that does not sort them, zkCli 3.4 among them, shows this
// one, and so do the textbooks.
//
// It is a hash table like Java's: a power of two of buckets, each a list in the
// order of insertion, doubled when three quarters full and never shrunk. Java
// turns very long buckets into trees; that is left out.
type javaSet struct {
	buckets []*javaEntry
	size    int
}

type javaEntry struct {
	value string
	hash  uint32
	next  *javaEntry
}

// newJavaSet makes a set like Java's new HashSet<>(capacity); capacity must be a
// power of two.
func newJavaSet(capacity int) *javaSet {
	return &javaSet{buckets: make([]*javaEntry, capacity)}
}

// Len is the number of strings. A nil set has none.
func (s *javaSet) Len() int {
	if s == nil {
		return 0
	}
	return s.size
}

// Add puts v into the set unless it is there.
func (s *javaSet) Add(v string) {
	h := javaHash(v)
	at := &s.buckets[h&s.mask()]
	for *at != nil {
		if (*at).hash == h && (*at).value == v {
			return
		}
		at = &(*at).next
	}
	*at = &javaEntry{value: v, hash: h}
	if s.size++; s.size > len(s.buckets)*3/4 {
		s.grow()
	}
}

// Remove takes v out of the set.
func (s *javaSet) Remove(v string) {
	if s == nil {
		return
	}
	h := javaHash(v)
	for at := &s.buckets[h&s.mask()]; *at != nil; at = &(*at).next {
		if (*at).hash == h && (*at).value == v {
			*at = (*at).next
			s.size--
			return
		}
	}
}

// All yields the strings in Java's order. The set must not be changed meanwhile.
func (s *javaSet) All(yield func(string) bool) {
	if s == nil {
		return
	}
	for _, e := range s.buckets {
		for ; e != nil; e = e.next {
			if !yield(e.value) {
				return
			}
		}
	}
}

// Values are the strings in Java's order; never nil, so that an empty list is
// sent as such and not as null.
func (s *javaSet) Values() []string {
	out := make([]string, 0, s.Len())
	for v := range s.All {
		out = append(out, v)
	}
	return out
}

// Clone is the set that Java's HashSet.clone makes: it may have fewer buckets,
// and then another order.
func (s *javaSet) Clone() *javaSet {
	capacity := 1
	for need := s.Len()*4/3 + 1; capacity < need; {
		capacity *= 2
	}
	c := newJavaSet(capacity)
	for v := range s.All {
		c.Add(v)
	}
	return c
}

func (s *javaSet) mask() uint32 { return uint32(len(s.buckets) - 1) }

// grow doubles the buckets. What was in one bucket keeps its order in the two it
// is split into.
func (s *javaSet) grow() {
	old := s.buckets
	s.buckets = make([]*javaEntry, 2*len(old))
	for i, e := range old {
		low, high := &s.buckets[i], &s.buckets[i+len(old)]
		for e != nil {
			next := e.next
			e.next = nil
			if e.hash&uint32(len(old)) == 0 {
				*low, low = e, &e.next
			} else {
				*high, high = e, &e.next
			}
			e = next
		}
	}
}

// javaHash is String.hashCode, spread as HashMap spreads it.
func javaHash(s string) uint32 {
	h := javaHashCode(s)
	return h ^ h>>16
}

// javaHashCode is String.hashCode, which counts in UTF-16 units.
func javaHashCode(s string) uint32 {
	var h uint32
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			h = 31*h + uint32(c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r > 0xffff {
			r -= 0x10000
			h = 31*h + 0xd800 + uint32(r>>10)
			r = 0xdc00 + r&0x3ff
		}
		h = 31*h + uint32(r)
	}
	return h
}
