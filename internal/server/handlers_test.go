package server

import (
	"errors"
	"io"
	"math"
	"testing"

	"zoosh/internal/wire"
)

// opcodes are all that the wire knows.
func opcodes() (all []wire.Op) {
	for op := wire.Op(math.MinInt16); op <= math.MaxInt16; op++ {
		if op.Kind() != wire.KindUnknown {
			all = append(all, op)
		}
	}
	return all
}

// TestHandlers: every request that reads or writes has a handler of that kind, and
// there is none for anything else.
func TestHandlers(t *testing.T) {
	for _, op := range opcodes() {
		h, ok := handlers[op]
		if reads := op.Kind() == wire.KindRead; reads != (h.read != nil) {
			t.Errorf("%v reads: %v, is read by its handler: %v", op, reads, h.read != nil)
		}
		if writes := op.Kind() == wire.KindWrite; writes != (h.prepare != nil) {
			t.Errorf("%v writes: %v, is prepared by its handler: %v", op, writes, h.prepare != nil)
		}
		if ok != (h.read != nil || h.prepare != nil) {
			t.Errorf("%v: its handler does nothing", op)
		}
	}
	for op := range handlers {
		if op.Kind() == wire.KindUnknown {
			t.Errorf("%v has a handler and is not in the table", op)
		}
	}
	if together := len(ofWrites) + len(ofReads) + len(ofWatches); together != len(handlers) {
		t.Errorf("%d handlers for %d opcodes", together, len(handlers))
	}
}

// TestEveryOpcodeIsServed sends every request that there is, with a body that is
// empty: its handler takes the body that the table names, and the server lives. What
// is no request is not implemented.
func TestEveryOpcodeIsServed(t *testing.T) {
	s := startServer(t, Config{})
	for _, op := range append(opcodes(), wire.Op(99)) {
		c := connect(t, s)
		body := op.NewRequest()
		if body == nil {
			body = &wire.Empty{}
		}
		c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: op.Xid(7), Op: op}, body))
		h, _, err := c.read()
		if op == wire.OpCreateSession && err == nil || op == wire.OpSASL && err == io.EOF {
			continue // the one's reply has no header, the other's is none without SASL
		}
		served := op.Kind() != wire.KindUnknown && op.Kind() != wire.KindPart && op.Kind() != wire.KindNoRequest
		if err != nil || h.Xid != op.Xid(7) || served != (h.Err != wire.Unimplemented) {
			t.Errorf("%v: %+v, %v", op, h, err)
		}
	}
	connect(t, s).saw()
}

// TestRepliesAreThoseOfTheTable decodes the replies of reads as what the table names.
func TestRepliesAreThoseOfTheTable(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	noWatches := wire.SetWatches{Data: []string{}, Exist: []string{}, Child: []string{}}
	for _, op := range opcodes() {
		if op.Kind() != wire.KindRead {
			continue
		}
		request, reply := op.NewRequest(), op.NewReply()
		switch r := request.(type) {
		case *wire.PathWatchRequest:
			r.Path = "/"
		case *wire.PathRequest:
			r.Path = "/"
		case *wire.AddWatchRequest:
			r.Path = "/"
		case *wire.WatcherRequest:
			r.Path, r.Type = "/", wire.WatcherAny
		case *wire.SetWatches:
			*r = noWatches
		case *wire.SetWatches2:
			*r = wire.SetWatches2{SetWatches: noWatches, Persistent: []string{}, PersistentRecursive: []string{}}
		}
		if reply == nil {
			reply = &wire.Empty{}
		}
		// What is behind the reply c.tryXid finds out.
		err := c.tryXid(op.Xid(7), op, request, reply)
		if err != nil && !errors.Is(err, &wire.Error{Code: wire.NoWatcher}) {
			t.Errorf("%v: %v", op, err)
		}
	}
}
