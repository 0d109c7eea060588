package load

import (
	"fmt"

	"zoosh/internal/wire"
)

// An operation is a kind of request that is sent again and again.
type operation struct {
	name string
	// request is the i-th request of a connection.
	request func(w *worker, i int) (wire.Op, wire.Record)
	// undo, if not nil, is sent as often as request was, to the end: it deletes what
	// request has made.
	undo *operation
	// events tells how many notifications so many requests bring.
	events func(requests int) int
}

// Operations are the names of what can be measured; what an operation brings with
// it (delete with create) is not among them.
func Operations() []string {
	var names []string
	for _, op := range operations {
		names = append(names, op.name)
	}
	return names
}

// own is how many znodes a connection has for reading and setting.
const own = 1000

var operations = []operation{
	{name: "create", request: create, undo: &operation{name: "delete", request: remove}},
	{name: "get", request: func(w *worker, i int) (wire.Op, wire.Record) {
		w.read = wire.PathWatchRequest{Path: w.own[i%own]}
		return wire.OpGetData, &w.read
	}},
	{name: "set", request: func(w *worker, i int) (wire.Op, wire.Record) {
		return w.setting(i)
	}},
	{name: "exists -w", request: func(w *worker, i int) (wire.Op, wire.Record) {
		return w.watching(i)
	}},
	// A watch and the set that fires it, by turns.
	{name: "watched set", request: func(w *worker, i int) (wire.Op, wire.Record) {
		if i%2 == 0 {
			return w.watching(i / 2)
		}
		return w.setting(i / 2)
	}, events: func(requests int) int { return requests / 2 }},
	{name: "multi of 3", request: func(w *worker, i int) (wire.Op, wire.Record) {
		w.multi[0].Request.(*wire.PathVersionRequest).Path = w.own[i%own]
		w.multi[1].Request.(*wire.SetDataRequest).Path = w.own[i%own]
		w.multi[2].Request.(*wire.SetDataRequest).Path = w.own[(i+1)%own]
		return wire.OpMulti, &wire.MultiRequest{Ops: w.multi[:]}
	}},
}

func create(w *worker, i int) (wire.Op, wire.Record) {
	w.creation.Path = w.made(i)
	return wire.OpCreate, &w.creation
}

func remove(w *worker, i int) (wire.Op, wire.Record) {
	w.deletion = wire.PathVersionRequest{Path: w.made(i), Version: wire.AnyVersion}
	return wire.OpDelete, &w.deletion
}

// made is the path of the i-th znode that the connection makes.
func (w *worker) made(i int) string { return fmt.Sprintf("%s/made-%08d", w.home, i) }

func (w *worker) watching(i int) (wire.Op, wire.Record) {
	w.read = wire.PathWatchRequest{Path: w.own[i%own], Watch: true}
	return wire.OpExists, &w.read
}

func (w *worker) setting(i int) (wire.Op, wire.Record) {
	w.set.Path = w.own[i%own]
	return wire.OpSetData, &w.set
}
