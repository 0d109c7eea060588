package server

// javaTable is a hash table that is walked in the order of Java's HashMap with
// strings for keys. ZooKeeper defines no order of children, but every session
// printed by a client that does not sort them, zkCli 3.4 among them, shows this
// one, and so do the textbooks.
//
// It is built like Java's: a power of two of buckets, each a list in the order of
// insertion, doubled when three quarters full and never shrunk. The entries are the
// caller's own, and know the next one of their bucket.
//
// Whoever likes can find names that fall into one bucket, "Aa" and "BB" for a
// beginning. Java turns a long one into a tree. Here it stays a list, in its order,
// and a map tells where in it an entry is.
type javaTable[E any, P javaEntry[E]] struct {
	// slots is as long as there are entries, and its capacity is the number of
	// buckets, of which there are always more: every znode with children has a table,
	// and it is to be small.
	slots []*E
	long  map[uint32]*longBucket[E] // by their number; nil while there is none
	bytes int                       // of the keys
}

// longBucket tells where the entries of a long bucket are.
type longBucket[E any] struct {
	at  map[string]**E // what points to the entry for a key
	end **E            // the nil behind the last
}

const (
	// longLength is from how many entries on a bucket is long.
	longLength = 32
	// shortLength is at how many it is no more.
	shortLength = 16
)

// javaEntry is what a javaTable has to know of an entry.
type javaEntry[E any] interface {
	*E
	key() string
	link() **E
}

// makeBuckets gives an empty table its buckets, whose number is a power of two.
func (t *javaTable[E, P]) makeBuckets(n int) { t.slots = make([]*E, 0, n) }

func (t *javaTable[E, P]) buckets() []*E { return t.slots[:cap(t.slots)] }

// bucket is the number of the bucket that a key belongs to.
func (t *javaTable[E, P]) bucket(key string) uint32 {
	return javaHash(key) & uint32(cap(t.slots)-1)
}

// place is where the entry for a key is in its bucket, or where it would be put: a
// nil. It is behind so many others, if the bucket is not long.
func (t *javaTable[E, P]) place(bucket uint32, key string) (at **E, behind int) {
	if t.long != nil && t.long[bucket] != nil {
		long := t.long[bucket]
		if at := long.at[key]; at != nil {
			return at, 0
		}
		return long.end, 0
	}
	at = &t.buckets()[bucket]
	for *at != nil && P(*at).key() != key {
		at = P(*at).link()
		behind++
	}
	return at, behind
}

// find is the entry for a key, or nil.
func (t *javaTable[E, P]) find(key string) *E {
	if t == nil {
		return nil
	}
	at, _ := t.place(t.bucket(key), key)
	return *at
}

// add puts an entry in, unless there is one for its key.
func (t *javaTable[E, P]) add(e *E) {
	key := P(e).key()
	bucket := t.bucket(key)
	at, behind := t.place(bucket, key)
	if *at != nil {
		return
	}
	*at = e
	if long := t.long[bucket]; long != nil {
		long.at[key], long.end = at, P(e).link()
	} else if behind >= longLength {
		t.lengthen(bucket)
	}
	t.slots = t.slots[:len(t.slots)+1]
	t.bytes += len(key)
	if len(t.slots) > cap(t.slots)*3/4 {
		t.grow()
	}
}

// remove takes the entry for a key out.
func (t *javaTable[E, P]) remove(key string) {
	if t == nil {
		return
	}
	bucket := t.bucket(key)
	at, _ := t.place(bucket, key)
	e := *at
	if e == nil {
		return
	}
	*at = *P(e).link()
	*P(e).link() = nil
	t.slots = t.slots[:len(t.slots)-1]
	t.bytes -= len(key)
	if long := t.long[bucket]; long != nil {
		delete(long.at, key)
		if next := *at; next != nil {
			long.at[P(next).key()] = at
		} else {
			long.end = at
		}
		if len(long.at) <= shortLength {
			t.shorten(bucket)
		}
	}
}

// lengthen notes where the entries of a bucket are, if it is long.
func (t *javaTable[E, P]) lengthen(bucket uint32) {
	n := 0
	for e := t.buckets()[bucket]; e != nil; e = *P(e).link() {
		n++
	}
	if n <= longLength {
		return
	}
	long := &longBucket[E]{at: make(map[string]**E, n), end: &t.buckets()[bucket]}
	for *long.end != nil {
		e := *long.end
		long.at[P(e).key()] = long.end
		long.end = P(e).link()
	}
	if t.long == nil {
		t.long = make(map[uint32]*longBucket[E])
	}
	t.long[bucket] = long
}

// shorten forgets where the entries of a bucket are.
func (t *javaTable[E, P]) shorten(bucket uint32) {
	if delete(t.long, bucket); len(t.long) == 0 {
		t.long = nil
	}
}

// each yields the entries in Java's order. The table must not be changed meanwhile.
func (t *javaTable[E, P]) each(yield func(*E) bool) {
	if t == nil {
		return
	}
	for _, e := range t.buckets() {
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
	return len(t.slots)
}

// size is how many bytes the keys take in a reply.
func (t *javaTable[E, P]) size() int {
	if t == nil {
		return 0
	}
	return 4*len(t.slots) + t.bytes
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
	old, long := t.buckets(), t.long
	size := len(t.slots)
	t.makeBuckets(2 * len(old))
	t.slots, t.long = t.slots[:size], nil
	buckets := t.buckets()
	for i, e := range old {
		low, high := &buckets[i], &buckets[i+len(old)]
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
	for i := range long {
		t.lengthen(i)
		t.lengthen(i + uint32(len(old)))
	}
}
