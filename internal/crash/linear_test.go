package crash

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"zoosh/internal/wire"
)

// A request is an operation on one znode, as it stands in a history.
type request struct {
	op      wire.Op
	path    string
	data    string
	version int32
}

// A response is what came of it. Without a reply nobody knows whether it was done.
type response struct {
	noReply bool
	code    wire.Code
	data    string
	version int32
}

// register is a znode as one request at a time would see it.
type register struct {
	exists  bool
	data    string
	version int32
}

// serve does a request, and tells what must come of it.
func (r register) serve(q request) (register, response) {
	missing := response{code: wire.NoNode}
	switch {
	case q.op == wire.OpCreate && r.exists:
		return r, response{code: wire.NodeExists}
	case q.op == wire.OpCreate:
		return register{exists: true, data: q.data}, response{}
	case !r.exists:
		return r, missing
	case q.op == wire.OpGetData:
		return r, response{data: r.data, version: r.version}
	case q.version != wire.AnyVersion && q.version != r.version:
		return r, response{code: wire.BadVersion}
	case q.op == wire.OpDelete:
		return register{}, response{}
	}
	r.data = q.data
	r.version++
	return r, response{version: r.version}
}

// model is ZooKeeper, for a history of requests about any number of znodes.
var model = porcupine.Model{
	Partition: byPath,
	Init:      func() any { return register{} },
	Step: func(state, input, output any) (bool, any) {
		after, must := state.(register).serve(input.(request))
		got := output.(response)
		return got.noReply || got == must, after
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

func byPath(history []porcupine.Operation) [][]porcupine.Operation {
	paths := make(map[string][]porcupine.Operation)
	for _, op := range history {
		path := op.Input.(request).path
		paths[path] = append(paths[path], op)
	}
	var parts [][]porcupine.Operation
	for _, part := range paths {
		parts = append(parts, part)
	}
	return parts
}

// searchTime is how long an order may be searched for.
const searchTime = time.Minute

// linearizable tells whether there is an order in which a server that does one
// request at a time would have answered like this.
func linearizable(history []porcupine.Operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(model, history, searchTime)
}
