package livetree

import (
	"strings"
	"time"

	"zoosh/internal/wire"
)

// A Tree is the model: what is known of the znodes, and which of them are open.
// The row of the root is always there. It is not safe for concurrent use.
type Tree struct {
	root   *node
	round  uint32
	ghosts []ghost   // shown as deleted, oldest first
	latest time.Time // of all marks

	merging *merge   // which is under way
	waiting []Change // that came behind it
}

// A ghost is a znode that is gone and still shown.
type ghost struct {
	n  *node
	at int64
}

// New makes a tree of a root that is open and whose children are not known.
func New() *Tree {
	return &Tree{root: &node{name: "/", rows: 1, sum: 1, open: true, loading: true}, round: 1}
}

// A Row is a znode as it is to be shown.
type Row struct {
	Path, Name string // the root's name is "/"
	Depth      int    // 0 for the root
	Open       bool
	Loading    bool // its children are being read
	Loaded     bool // its children are known
	Children   int  // -1 if not known
	// Asked is when the server was asked for its children last, if they are known.
	Asked time.Time
	// What its stat tells, if Known.
	Known           bool
	Owner           int64 // session id of an ephemeral znode
	Czxid           int64
	Length, Version int32
	Sequential      bool  // its name ends as those of sequential znodes do
	Err             error // why it or its children could not be read
	Mark            Mark
	Needed          bool // its stat is not known, or out of date
}

// Len is the number of rows.
func (t *Tree) Len() int { return int(t.root.rows) }

// Rows are up to n rows from the i-th on, as they look at that time.
func (t *Tree) Rows(i, n int, now time.Time) []Row {
	if i < 0 || i >= t.Len() || n <= 0 {
		return nil
	}
	at := t.at(i)
	rows := make([]Row, 0, min(n, t.Len()-i))
	for at != nil && len(rows) < n {
		rows = append(rows, t.row(at, now))
		at = nextRow(at)
	}
	return rows
}

// Row is the i-th row, as it looks at that time.
func (t *Tree) Row(i int, now time.Time) (Row, bool) {
	if i < 0 || i >= t.Len() {
		return Row{}, false
	}
	return t.row(t.at(i), now), true
}

// at is the node of a row that there is.
func (t *Tree) at(i int) *node {
	n, row := t.root, int32(i)
	for row > 0 {
		n, row = n.kids.at(row - 1)
	}
	return n
}

// nextRow is the node of the row below.
func nextRow(n *node) *node {
	if n.open {
		if kid := n.kids.first(); kid != nil {
			return kid
		}
	}
	return behind(n)
}

// behind is the node that follows n and all below it.
func behind(n *node) *node {
	for n != nil {
		if next := n.next(); next != nil {
			return next
		}
		n = n.parent()
	}
	return nil
}

func (t *Tree) row(n *node, now time.Time) Row {
	r := Row{
		Path: pathOf(n), Name: n.name, Open: n.open, Loading: n.loading, Loaded: n.kids != nil,
		Children: -1, Sequential: sequential(n.name), Needed: !n.gone,
	}
	if n.kids != nil {
		r.Asked = n.kids.asked
	}
	if n != t.root {
		r.Depth = strings.Count(r.Path, "/")
	}
	if a := n.about; a != nil {
		r.Known, r.Needed = a.known, !n.gone && a.round != t.round
		if a.known {
			r.Owner, r.Czxid, r.Length, r.Version, r.Children = a.owner, a.czxid, a.length, a.version, int(a.children)
		}
		if r.Err = a.listErr; r.Err == nil {
			r.Err = a.err
		}
		if n.gone {
			r.Err = nil // its mark says it
		}
	}
	if n.kids != nil {
		r.Children = n.kids.live
	}
	if now.UnixNano()-n.marked < int64(MarkTime) || n.gone {
		r.Mark = n.mark
	}
	return r
}

// sequential tells whether a name ends in a counter of ten digits. Those of
// counters begin with 0 for the first thousand million znodes, which tells them
// from times.
func sequential(name string) bool {
	if len(name) < 10 || name[len(name)-10] != '0' {
		return false
	}
	for _, c := range []byte(name[len(name)-9:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func pathOf(n *node) string {
	size, depth := 0, 0
	for at := n; at.in != nil; at = at.parent() {
		size += 1 + len(at.name)
		depth++
	}
	if depth == 0 {
		return "/"
	}
	path := make([]byte, size)
	for at := n; at.in != nil; at = at.parent() {
		size -= len(at.name)
		copy(path[size:], at.name)
		size--
		path[size] = '/'
	}
	return string(path)
}

// lookup is the node at path, or nil.
func (t *Tree) lookup(path string) *node {
	n := t.root
	if path == "/" {
		return n
	}
	rest := strings.TrimPrefix(path, "/")
	for more := true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if n.kids == nil {
			return nil
		}
		if n = n.kids.find(name); n == nil {
			return nil
		}
	}
	return n
}

// Has tells whether the znode is known and not known to be gone.
func (t *Tree) Has(path string) bool {
	n := t.lookup(path)
	return n != nil && !n.gone
}

// Get is what is known of a znode, whether or not it has a row now.
func (t *Tree) Get(path string, now time.Time) (Row, bool) {
	n := t.lookup(path)
	if n == nil {
		return Row{}, false
	}
	return t.row(n, now), true
}

// Index is the row of a znode, -1 if it has none.
func (t *Tree) Index(path string) int {
	n := t.lookup(path)
	if n == nil {
		return -1
	}
	i := int32(0)
	for p := n.parent(); p != nil; n, p = p, p.parent() {
		if !p.open {
			return -1
		}
		i += 1 + n.before()
	}
	return int(i)
}

// Expand opens a znode. It tells whether its children have yet to be wanted.
func (t *Tree) Expand(path string) (want bool) {
	n := t.lookup(path)
	if n == nil || n.gone {
		return false
	}
	if !n.open {
		n.open = true
		if n.kids != nil {
			grow(n, sumOf(n.kids.root))
		}
	}
	failed := n.about != nil && n.about.listErr != nil
	want = n.kids == nil && !n.loading || failed
	if want {
		n.loading = true
	}
	return want
}

// Collapse shuts a znode. What is below it stays known, and what is open there
// stays open.
func (t *Tree) Collapse(path string) {
	n := t.lookup(path)
	if n == nil || !n.open {
		return
	}
	n.open = false
	if n.kids != nil {
		grow(n, -sumOf(n.kids.root))
	}
}

// Reload notes that a znode's children are being read again.
func (t *Tree) Reload(path string) {
	if n := t.lookup(path); n != nil && !n.gone {
		n.loading = true
		t.outdate(n)
	}
}

// Drop shuts a znode and forgets what is below it.
func (t *Tree) Drop(path string) {
	if n := t.lookup(path); n != nil {
		drop(n)
		n.open, n.loading = false, false
	}
}

// Below counts what is known below a znode, but no further than limit: all znodes,
// and the ephemeral ones among those whose stat was read.
func (t *Tree) Below(path string, limit int) (nodes, ephemerals int) {
	top := t.lookup(path)
	if top == nil {
		return 0, 0
	}
	end := behind(top)
	for n := following(top); n != nil && n != end && nodes < limit; n = following(n) {
		if n.gone {
			continue
		}
		nodes++
		if n.about != nil && n.about.owner != 0 {
			ephemerals++
		}
	}
	return nodes, ephemerals
}

// grow changes the number of a node's rows, and with it those of all above.
func grow(n *node, by int32) {
	for by != 0 {
		n.rows += by
		for at := n; at != nil; at = at.up {
			at.sum += by
		}
		if n = n.parent(); n == nil || !n.open {
			return
		}
	}
}

// drop forgets a node's children.
func drop(n *node) {
	if n.kids == nil {
		return
	}
	if n.open {
		grow(n, -sumOf(n.kids.root))
	}
	n.kids.of = nil
	n.kids = nil
}

// outdate notes that a node's stat has to be read again.
func (t *Tree) outdate(n *node) {
	if n.about != nil {
		n.about.round = 0
	}
}

// know is what is known of a node, to be added to.
func (n *node) know() *about {
	if n.about == nil {
		n.about = &about{}
	}
	return n.about
}

func (t *Tree) learn(n *node, s *wire.Stat) {
	a := n.know()
	a.known, a.err, a.round = true, nil, t.round
	a.owner, a.czxid = s.EphemeralOwner, s.Czxid
	a.children, a.length, a.version = s.NumChildren, s.DataLength, s.Version
}
