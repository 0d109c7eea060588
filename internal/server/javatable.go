package server

// javaTable is a hash table that is walked in the order of Java's HashMap with
// strings for keys. ZooKeeper defines no order of children, but every session
// printed by a client that does not sort them, zkCli 3.4 among them, shows this
// one, and so do the textbooks.
//
// It is built like Java's: a power of two of buckets, each a list in the order of
// insertion, doubled when three quarters full and never shrunk. Java turns very
// long buckets into trees; that is left out. The entries are the caller's own, and
// know the next one of their bucket.
type javaTable[E any, P javaEntry[E]] struct {
	buckets []*E
	size    int
}

// javaEntry is what a javaTable has to know of an entry.
type javaEntry[E any] interface {
	*E
	key() string
	link() **E
}

func (t *javaTable[E, P]) bucket(hash uint32) **E {
	return &t.buckets[hash&uint32(len(t.buckets)-1)]
}

// place is where the entry for a key is, or where it would be put: a nil.
func (t *javaTable[E, P]) place(key string) **E {
	at := t.bucket(javaHash(key))
	for *at != nil && P(*at).key() != key {
		at = P(*at).link()
	}
	return at
}

// find is the entry for a key, or nil.
func (t *javaTable[E, P]) find(key string) *E {
	if t == nil {
		return nil
	}
	return *t.place(key)
}

// add puts an entry in, unless there is one for its key.
func (t *javaTable[E, P]) add(e *E) {
	at := t.place(P(e).key())
	if *at != nil {
		return
	}
	*at = e
	if t.size++; t.size > len(t.buckets)*3/4 {
		t.grow()
	}
}

// remove takes the entry for a key out.
func (t *javaTable[E, P]) remove(key string) {
	if t == nil {
		return
	}
	at := t.place(key)
	if e := *at; e != nil {
		*at = *P(e).link()
		*P(e).link() = nil
		t.size--
	}
}

// each yields the entries in Java's order. The table must not be changed meanwhile.
func (t *javaTable[E, P]) each(yield func(*E) bool) {
	if t == nil {
		return
	}
	for _, e := range t.buckets {
		for ; e != nil; e = *P(e).link() {
			if !yield(e) {
				return
			}
		}
	}
}

// Len is the number of entries. A nil table has none.
func (t *javaTable[E, P]) Len() int {
	if t == nil {
		return 0
	}
	return t.size
}

// All yields the keys in Java's order. The table must not be changed meanwhile.
func (t *javaTable[E, P]) All(yield func(string) bool) {
	for e := range t.each {
		if !yield(P(e).key()) {
			return
		}
	}
}

// Values are the keys in Java's order; never nil, so that an empty list is sent as
// such and not as null.
func (t *javaTable[E, P]) Values() []string {
	out := make([]string, 0, t.Len())
	for key := range t.All {
		out = append(out, key)
	}
	return out
}

// grow doubles the buckets. What was in one bucket keeps its order in the two it
// is split into.
func (t *javaTable[E, P]) grow() {
	old := t.buckets
	t.buckets = make([]*E, 2*len(old))
	for i, e := range old {
		low, high := &t.buckets[i], &t.buckets[i+len(old)]
		for e != nil {
			next := P(e).link()
			after := *next
			*next = nil
			if javaHash(P(e).key())&uint32(len(old)) == 0 {
				*low, low = e, next
			} else {
				*high, high = e, next
			}
			e = after
		}
	}
}
