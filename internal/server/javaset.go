package server

import "unicode/utf8"

// javaSet is a set of strings that is walked in the order of Java's
// HashSet<String>.
type javaSet struct {
	javaTable[javaString, *javaString]
}

type javaString struct {
	value string
	next  *javaString
}

func (s *javaString) key() string        { return s.value }
func (s *javaString) link() **javaString { return &s.next }

// newJavaSet makes a set like Java's new HashSet<>(capacity); capacity must be a
// power of two.
func newJavaSet(capacity int) *javaSet {
	s := &javaSet{}
	s.makeBuckets(capacity)
	return s
}

// Len is the number of strings. A nil set has none.
func (s *javaSet) Len() int {
	if s == nil {
		return 0
	}
	return s.javaTable.Len()
}

// Add puts v into the set unless it is there.
func (s *javaSet) Add(v string) { s.add(&javaString{value: v}) }

// Remove takes v out of the set.
func (s *javaSet) Remove(v string) {
	if s != nil {
		s.remove(v)
	}
}

// All yields the strings in Java's order. The set must not be changed meanwhile.
func (s *javaSet) All(yield func(string) bool) {
	if s != nil {
		s.javaTable.All(yield)
	}
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
