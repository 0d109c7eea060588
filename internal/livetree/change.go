package livetree

import (
	"time"

	"zoosh/internal/wire"
)

// A Change is one thing that a Watcher found out.
type Change struct {
	Kind Kind
	Path string
	Time time.Time // of Created, Deleted and Changed: when it was told
	// Names are the children of a Listing, sorted. A Watcher's have been made
	// into nodes already, which are for one Tree.
	Names []string
	// Stat is that of a Looked znode, and of the parent of a Listing if known.
	Stat *wire.Stat
	// Stale, of Looked: it has changed again since.
	Stale bool
	// Asked, of a Listing: when the server was asked. What was wanted later comes
	// with another one.
	Asked time.Time
	// Err is why a znode could not be read, or why the connection was lost.
	Err error
	// Count, of Resync: how many changes were given up.
	Count int

	built *children
}

// Kind says what a Change is about.
type Kind int

// The kinds of changes. The first four are about a znode that is a row.
const (
	Created Kind = iota + 1
	Deleted
	Changed // its data
	Stale   // its number of children
	Listing // the names of its children, or why they cannot be had
	Looked  // its stat, or why it cannot be had
	Connected
	Lost   // the connection
	Resync // changes were given up; everything is being read anew
)

// Mark is what became of a znode a moment ago.
type Mark uint8

// The marks.
const (
	Unmarked Mark = iota
	MarkCreated
	MarkChanged
	MarkDeleted
)

// MarkTime is how long a mark is shown.
const MarkTime = 2 * time.Second

// about is what was read about a znode.
type about struct {
	owner    int64
	czxid    int64
	children int32
	length   int32
	version  int32
	round    uint32 // of the tree when it was read; another one: out of date
	known    bool   // there was a stat
	err      error  // why there is none
	listErr  error  // why there are no children
}
