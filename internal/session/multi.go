package session

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"zoosh/internal/wire"
)

// Multi carries out operations, all or none: creates, deletes, setDatas and
// checks with the bodies that package wire has for them. If one of them fails,
// the error is that one's and the results say what became of each (see
// wire.MultiResult). Operations that all read (getData, getChildren) are sent as
// multiRead, where each has a result of its own and a failure is no error. The
// paths in ops and in the results are relative to the chroot; ops is left as it
// is.
func (s *Session) Multi(ctx context.Context, ops []wire.MultiOp) ([]wire.MultiResult, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	q := query{op: wire.OpMulti}
	inside := make([]wire.MultiOp, len(ops))
	paths := make([]string, len(ops))
	reads := 0
	for i, op := range ops {
		body, path, err := s.intoChroot(op)
		if err != nil {
			return nil, err
		}
		inside[i], paths[i] = wire.MultiOp{Op: op.Op, Request: body}, path
		if op.Op.Kind() == wire.KindRead {
			reads++
		}
	}
	if reads > 0 {
		if reads < len(ops) {
			return nil, errors.New("a multi either reads or writes")
		}
		q.op = wire.OpMultiRead
	}
	r := wire.MultiResponse{Most: len(ops)}
	q.body, q.reply, q.operations = &wire.MultiRequest{Ops: inside}, &r, len(ops)
	q.undone = func() bool { // all or none: each has an error then
		return slices.ContainsFunc(r.Results, func(res wire.MultiResult) bool { return res.Err != wire.OK })
	}
	if err := s.call(ctx, q); err != nil {
		return nil, err
	}
	err := s.outOfChroot(r.Results, paths, reads > 0)
	if err == nil && reads == 0 {
		s.ownsAfter(ops, r.Results)
	}
	return r.Results, err
}

// intoChroot checks an operation as Java's Op.validate does and copies it with
// the path the server knows.
func (s *Session) intoChroot(op wire.MultiOp) (body wire.Record, path string, err error) {
	switch r := op.Request.(type) {
	case *wire.CreateRequest:
		in := *r
		path, in.Path = r.Path, s.createPath(r.Path, r.Flags)
		body, err = &in, checkCreate(path, r)
	case *wire.CreateTTLRequest:
		in := *r
		path, in.Path = r.Path, s.createPath(r.Path, r.Flags)
		if body, err = &in, checkCreate(path, &r.CreateRequest); err == nil {
			err = checkTTL(r.TTL)
		}
	case *wire.PathVersionRequest:
		path = r.Path
		body, err = &wire.PathVersionRequest{Path: s.serverPath(path), Version: r.Version}, wire.ValidatePath(path)
	case *wire.SetDataRequest:
		in := *r
		path, in.Path = r.Path, s.serverPath(r.Path)
		body, err = &in, wire.ValidatePath(path)
	case *wire.PathWatchRequest:
		path = r.Path
		body, err = &wire.PathWatchRequest{Path: s.serverPath(path)}, wire.ValidatePath(path)
	default:
		err = fmt.Errorf("%v cannot stand in a multi", op.Op)
	}
	return body, path, err
}

// outOfChroot makes the paths in results the caller's and finds the first error.
func (s *Session) outOfChroot(results []wire.MultiResult, paths []string, reads bool) error {
	var first error
	for i, res := range results {
		switch r := res.Reply.(type) {
		case *wire.PathResponse:
			r.Path = s.clientPath(r.Path)
		case *wire.Create2Response:
			r.Path = s.clientPath(r.Path)
		}
		if first == nil && !reads && res.Err != wire.OK && i < len(paths) {
			first = &wire.Error{Code: res.Err, Path: paths[i]}
		}
	}
	return first
}

// MaxRequest is how long a request may be, in bytes: see Config.MaxRequest.
func (s *Session) MaxRequest() int { return s.cfg.MaxRequest }

// Chunks splits operations into as few transactions as have no more of them than
// most and are no longer than a request may be. One that is too long alone is alone.
func (s *Session) Chunks(ops []wire.MultiOp, most int) iter.Seq[[]wire.MultiOp] {
	return func(yield func([]wire.MultiOp) bool) {
		first, size := 0, wire.MultiRest
		for i, op := range ops {
			n := s.MultiSize(op)
			if i > first && (i-first >= most || size+n > s.cfg.MaxRequest) {
				if !yield(ops[first:i:i]) {
					return
				}
				first, size = i, wire.MultiRest
			}
			size += n
		}
		if first < len(ops) {
			yield(ops[first:])
		}
	}
}

// MultiSize is how many bytes the operation takes in a Multi of this session.
func (s *Session) MultiSize(op wire.MultiOp) int { return op.Size() + len(s.cfg.Chroot) }

// CheckSize is the error of sending an operation alone that is too long for it.
func (s *Session) CheckSize(op wire.MultiOp) error {
	if size := op.SizeAlone() + len(s.cfg.Chroot); size > s.cfg.MaxRequest {
		return &TooLargeError{Size: size, Limit: s.cfg.MaxRequest}
	}
	return nil
}
