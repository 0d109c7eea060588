package load

import (
	"bytes"
	"fmt"
	"time"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

// sessionTimeout is as long as servers allow with a tick of two seconds.
const sessionTimeout = 40 * time.Second

// A worker is one connection, and the requests that it sends, which it uses again
// and again.
type worker struct {
	*rawzk.Client
	home string
	own  []string

	creation wire.CreateRequest
	deletion wire.PathVersionRequest
	read     wire.PathWatchRequest
	set      wire.SetDataRequest
	multi    [3]wire.MultiOp
}

// newWorker connects and makes the znodes that are read and set.
func newWorker(addr, home string, size int) (*worker, error) {
	client, err := rawzk.Dial(addr, sessionTimeout)
	if err != nil {
		return nil, err
	}
	data := bytes.Repeat([]byte("x"), size)
	w := &worker{Client: client, home: home, creation: wire.CreateRequest{Data: data, ACL: wire.OpenACL()},
		set: wire.SetDataRequest{Data: data, Version: wire.AnyVersion}}
	w.multi[0] = wire.MultiOp{Op: wire.OpCheck, Request: &wire.PathVersionRequest{Version: wire.AnyVersion}}
	for i := 1; i < len(w.multi); i++ {
		w.multi[i] = wire.MultiOp{Op: wire.OpSetData, Request: &wire.SetDataRequest{Data: data, Version: wire.AnyVersion}}
	}
	for i := range own {
		w.own = append(w.own, fmt.Sprintf("%s/own-%04d", home, i))
	}
	if err := w.plant(append([]string{home}, w.own...)); err != nil {
		client.Drop()
		return nil, err
	}
	return w, nil
}

// plant creates the znodes of these paths.
func (w *worker) plant(paths []string) error {
	planting := &operation{name: "plant", request: func(w *worker, i int) (wire.Op, wire.Record) {
		w.creation.Path = paths[i]
		return wire.OpCreate, &w.creation
	}}
	_, err := w.drive(planting, 64, func(sent int) bool { return sent < len(paths) })
	return err
}

// drive sends requests, never more than inFlight at a time without their replies,
// as long as more says so. It returns how long each took. An error that the server
// reports ends it.
func (w *worker) drive(op *operation, inFlight int, more func(sent int) bool) ([]time.Duration, error) {
	f := &flight{worker: w, op: op, sentAt: make([]time.Time, inFlight)}
	for goOn := true; ; {
		for goOn && f.sent-f.answered < inFlight {
			if goOn = more(f.sent); goOn {
				f.send()
			}
		}
		if f.sent == f.answered {
			break
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
		if err := f.receive(); err != nil {
			return nil, err
		}
	}
	if op.events != nil && f.events != op.events(f.sent) {
		return nil, fmt.Errorf("%d requests brought %d notifications", f.sent, f.events)
	}
	return f.took, nil
}

// A flight is what drive counts.
type flight struct {
	worker   *worker
	op       *operation
	sent     int
	answered int
	events   int
	sentAt   []time.Time // of those that are not answered: a ring
	took     []time.Duration
}

func (f *flight) send() {
	op, request := f.op.request(f.worker, f.sent)
	f.worker.Append(op, request)
	f.sentAt[f.sent%len(f.sentAt)] = time.Now()
	f.sent++
}

// receive takes a reply, and those that are here with it.
func (f *flight) receive() error {
	for first := true; f.answered < f.sent && (first || f.worker.Buffered()); {
		h, _, err := f.worker.Next()
		if err != nil {
			return err
		}
		if h.Xid == wire.XidNotification {
			f.events++
			continue
		}
		if h.Err != wire.OK {
			return fmt.Errorf("request %d: %w", f.answered, &wire.Error{Code: h.Err})
		}
		f.took = append(f.took, time.Since(f.sentAt[f.answered%len(f.sentAt)]))
		f.answered++
		first = false
	}
	return nil
}
