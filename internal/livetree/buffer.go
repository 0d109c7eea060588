package livetree

// bufferLimit is how many changes wait at most for their reader.
const bufferLimit = 1 << 17

// bufferBytes is how many bytes of their paths.
const bufferBytes = 32 << 20

// A key tells which changes take each other's place: those of one kind of news
// about one path.
type key struct {
	path string
	news news
}

type news uint8

const (
	newsLife news = iota // created, deleted
	newsData             // changed, out of date
	newsList
	newsStat
	newsLink // the connection
)

func (c *Change) key() key {
	switch c.Kind {
	case Created, Deleted:
		return key{c.Path, newsLife}
	case Changed, Stale:
		return key{c.Path, newsData}
	case Listing:
		return key{c.Path, newsList}
	case Looked:
		return key{c.Path, newsStat}
	}
	return key{"", newsLink}
}

// A buffer is a queue of changes in which a later one replaces an earlier one
// with the same key, at the later one's place: a listing that stands between them
// is older than the later one.
type buffer struct {
	changes []Change // a Kind of 0 was replaced
	base    int      // number of the first of them, counted from the beginning
	at      map[key]int
	bytes   int // of paths
}

// put adds a change. It tells whether there was room for it.
func (b *buffer) put(c Change) bool {
	k := c.key()
	i, waits := b.at[k]
	switch {
	case waits:
		old := &b.changes[i-b.base]
		if old.Kind == Changed && c.Kind == Stale {
			c.Kind, c.Time = Changed, old.Time // which says both
		}
		*old = Change{}
		b.bytes -= len(k.path)
	case len(b.at) >= bufferLimit, b.bytes+len(k.path) > bufferBytes && len(b.at) > 0:
		return false
	}
	b.bytes += len(k.path)
	if len(b.changes) >= 2*bufferLimit {
		b.squeeze()
	}
	if b.at == nil {
		b.at = map[key]int{}
	}
	b.at[k] = b.base + len(b.changes)
	b.changes = append(b.changes, c)
	return true
}

// squeeze removes what was replaced.
func (b *buffer) squeeze() {
	kept := b.changes[:0]
	for _, c := range b.changes {
		if c.Kind != 0 {
			b.at[c.key()] = b.base + len(kept)
			kept = append(kept, c)
		}
	}
	clear(b.changes[len(kept):])
	b.changes = kept
}

// holds tells whether there is a change with that key.
func (b *buffer) holds(k key) bool {
	_, ok := b.at[k]
	return ok
}

// take removes the oldest changes: at most limit of them, each name of a listing
// counted, but at least one.
func (b *buffer) take(limit int) []Change {
	var out []Change
	i := 0
	for ; i < len(b.changes) && limit > 0; i++ {
		c := b.changes[i]
		if c.Kind == 0 {
			continue
		}
		b.changes[i] = Change{}
		delete(b.at, c.key())
		b.bytes -= len(c.key().path)
		out = append(out, c)
		limit -= 1 + len(c.Names)
	}
	b.changes, b.base = b.changes[i:], b.base+i
	if len(b.at) == 0 {
		b.changes = nil
	}
	return out
}

// clear gives up all changes and tells how many there were.
func (b *buffer) clear() int {
	n := len(b.at)
	*b = buffer{base: b.base + len(b.changes)}
	return n
}
