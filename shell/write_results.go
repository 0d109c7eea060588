package shell

import (
	"iter"

	"zoosh/internal/english"
	"zoosh/internal/wire"
)

// This file is what the commands have done that change znodes.

// A created is a znode that was made, by the name that it got, and the parents that were
// made with it.
type created struct {
	act
	Parents []string `json:"parents,omitempty"`
}

func (z *created) text(w *textOut) {
	for _, parent := range z.Parents {
		w.note("Created %s", parent)
	}
	w.note("Created %s", z.Path)
}

func (z *created) objects() iter.Seq[any] { return one(z) }

// A dataSet is a znode whose data was set. Text has the stat only where it is wanted.
type dataSet struct {
	act
	stat     *wire.Stat
	withStat bool
}

func (z *dataSet) text(w *textOut) {
	if z.withStat || w.dialect.Before(D38) {
		w.stat(z.stat)
	}
}

func (z *dataSet) objects() iter.Seq[any] {
	return one(struct {
		act
		Version int32     `json:"dataVersion"`
		Stat    *jsonStat `json:"stat"`
	}{z.act, z.stat.Version, statJSON(z.stat)})
}

// A subtreeDeleted is how many znodes were deleted at and below a path.
type subtreeDeleted struct {
	act
	Znodes int `json:"znodes"`
	// Refused: the server refused the rest.
	Refused bool `json:"refused,omitempty"`
}

func (d *subtreeDeleted) text(*textOut) {}

func (d *subtreeDeleted) objects() iter.Seq[any] { return one(d) }

// A wouldDelete is what would be deleted, and the sessions whose ephemerals are part of
// it.
type wouldDelete struct {
	act
	DryRun   bool          `json:"dryRun"`
	Znodes   int           `json:"znodes"`
	Sessions []sessionLine `json:"sessions,omitempty"`
	names    []string      // of the sessions, in text
}

func (d *wouldDelete) text(w *textOut) {
	w.outln("would delete %s", english.Count(d.Znodes, "znode"))
	for i, s := range d.Sessions {
		w.outln("%s of session %s: %s", english.Count(len(s.Ephemerals), "ephemeral"), d.names[i], someNames(s.Ephemerals))
	}
}

func (d *wouldDelete) objects() iter.Seq[any] { return one(d) }

// A synced is what became of a sync: zkCli counts a failure as success.
type synced struct {
	act
	code wire.Code
}

func (s *synced) text(w *textOut) {
	switch {
	case w.dialect.Before(D38):
		w.outln("Sync returned %d", s.code)
	case s.code == wire.OK:
		w.outln("Sync is OK")
	default:
		w.outln("Sync has failed. rc=%d", s.code)
	}
}

func (s *synced) objects() iter.Seq[any] {
	why := ""
	if s.code != wire.OK {
		why = errorMessage(Newest(), &wire.Error{Code: s.code, Path: s.Path}, nil)
	}
	return one(struct {
		act
		Error string `json:"error,omitempty"`
	}{s.act, why})
}

// An aclSet is a znode whose ACL was set. Text has the stat only where it is wanted.
type aclSet struct {
	act
	acl      []wire.ACL
	stat     *wire.Stat
	withStat bool
}

func (z *aclSet) text(w *textOut) {
	if z.withStat || w.dialect.Before(D38) {
		w.stat(z.stat)
	}
}

func (z *aclSet) objects() iter.Seq[any] {
	return one(struct {
		act
		ACL     []jsonACL `json:"acl"`
		Version int32     `json:"aclVersion"`
		Stat    *jsonStat `json:"stat"`
	}{z.act, aclJSON(z.acl), z.stat.Aversion, statJSON(z.stat)})
}

// An aclsSet is how many znodes at and below a path have an ACL now.
type aclsSet struct {
	act
	acl    []wire.ACL
	znodes int
}

func (z *aclsSet) text(*textOut) {}

func (z *aclsSet) objects() iter.Seq[any] {
	return one(struct {
		act
		ACL    []jsonACL `json:"acl"`
		Znodes int       `json:"znodes"`
	}{z.act, aclJSON(z.acl), z.znodes})
}

// A quotaChanged is the limits that a znode has now; nil is that it has none.
type quotaChanged struct {
	act
	Limits wire.Quota `json:"limits"`
}

func (q *quotaChanged) text(*textOut) {}

func (q *quotaChanged) objects() iter.Seq[any] { return one(q) }

// A committed is a transaction that was done, by its operations.
type committed struct {
	act
	Parts []committedPart `json:"parts"`
}

// A committedPart is an operation: op is its name in the log.
type committedPart struct {
	Op      string `json:"op"`
	Path    string `json:"path"`
	Version *int32 `json:"dataVersion,omitempty"` // of setData: the new one
	said    string // the operation, as it was typed
	outcome string // in words
}

func (t *committed) text(w *textOut) {
	for i, p := range t.Parts {
		w.outln("%d %s: %s", i+1, p.said, p.outcome)
	}
}

func (t *committed) objects() iter.Seq[any] { return one(t) }
