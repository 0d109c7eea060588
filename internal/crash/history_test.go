package crash

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"zoosh/internal/rawzk"
	"zoosh/internal/wire"
)

// A historian asks for one thing at a time about a few znodes that others write to,
// too, and writes down when.
type historian struct {
	id      int
	rng     *rand.Rand
	began   time.Time
	count   int
	version int32 // that was seen last
	history []porcupine.Operation
}

// shared are the znodes that all historians use.
var shared = []string{"/h0", "/h1", "/h2"}

// run asks until the connection ends or stop is closed. A server that does not
// answer any more is no error.
func (h *historian) run(addr string, stop <-chan struct{}) error {
	c, err := rawzk.Dial(addr, longTimeout)
	if err != nil {
		return nil
	}
	defer c.Drop()
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		q := h.choose()
		called := time.Since(h.began)
		answer, err := ask(c, q)
		returned := int64(time.Since(h.began))
		if answer.noReply {
			returned = math.MaxInt64 // it may yet be done
		}
		h.version = answer.version
		h.history = append(h.history, porcupine.Operation{
			ClientId: h.id, Input: q, Call: int64(called), Output: answer, Return: returned,
		})
		if err != nil {
			return err
		}
		if answer.noReply {
			return nil
		}
	}
}

func (h *historian) choose() request {
	h.count++
	q := request{path: shared[h.rng.IntN(len(shared))], version: wire.AnyVersion}
	if h.rng.IntN(2) == 0 {
		q.version = h.version
	}
	switch h.rng.IntN(6) {
	case 0:
		q.op = wire.OpCreate
	case 1:
		q.op = wire.OpDelete
	case 2, 3:
		q.op = wire.OpSetData
	default:
		q.op = wire.OpGetData
	}
	if q.op == wire.OpCreate || q.op == wire.OpSetData {
		q.data = fmt.Sprintf("%d of %d", h.count, h.id)
	}
	return q
}

// ask asks a server. The error is a reply that could not be read.
func ask(c *rawzk.Client, q request) (response, error) {
	var data wire.GetDataResponse
	var stat wire.Stat
	var err error
	switch q.op {
	case wire.OpCreate:
		_, err = c.Do(q.op, &wire.CreateRequest{Path: q.path, Data: []byte(q.data), ACL: wire.OpenACL()}, nil)
	case wire.OpDelete:
		_, err = c.Do(q.op, &wire.PathVersionRequest{Path: q.path, Version: q.version}, nil)
	case wire.OpSetData:
		_, err = c.Do(q.op, &wire.SetDataRequest{Path: q.path, Data: []byte(q.data), Version: q.version}, &stat)
	case wire.OpGetData:
		_, err = c.Do(q.op, &wire.PathWatchRequest{Path: q.path}, &data)
		stat = data.Stat
	}
	var refused *wire.Error
	switch {
	case err == nil:
		return response{data: string(data.Data), version: stat.Version}, nil
	case errors.As(err, &refused):
		return response{code: refused.Code}, nil
	case errors.Is(err, wire.ErrMalformed):
		return response{noReply: true}, err
	}
	return response{noReply: true}, nil
}

const (
	historians    = 6
	histories     = 4 // lives of the server
	historyLength = 300 * time.Millisecond
)

// What several clients saw at once, and across crashes, must have an order.
func TestLinearizable(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			tr := newTrial(t, server.program(t, oftenSnapped), seed(t))
			var all []*historian
			began := time.Now()
			for i := range historians {
				all = append(all, &historian{id: i, began: began, rng: rand.New(rand.NewPCG(tr.rng.Uint64(), 0))})
			}
			for range histories {
				if err := tr.start(); err != nil {
					t.Fatal(err)
				}
				if err := tr.observe(all); err != nil {
					t.Fatal(err)
				}
			}
			var history []porcupine.Operation
			for _, h := range all {
				history = append(history, h.history...)
			}
			judge(t, history)
		})
	}
}

// observe lets the historians ask until the server is killed.
func (tr *trial) observe(all []*historian) error {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, h := range all {
		wg.Go(func() { errs[i] = h.run(tr.process.Addr(), tr.process.Ended()) })
	}
	kill := time.AfterFunc(historyLength, tr.process.Kill)
	defer kill.Stop()
	wg.Wait()
	tr.process.Kill()
	return errors.Join(errs...)
}

func judge(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	open, done := 0, 0
	for _, op := range history {
		switch r := op.Output.(response); {
		case r.noReply:
			open++
		case r.code == wire.OK:
			done++
		}
	}
	t.Logf("%d requests, %d of them done and %d without a reply", len(history), done, open)
	if done < 100 {
		t.Errorf("only %d requests were done: that proves little", done)
	}
	switch linearizable(history) {
	case porcupine.Illegal:
		t.Error("no order of these requests explains their replies")
	case porcupine.Unknown:
		t.Errorf("no order was found within %v", searchTime)
	}
}

// operation is a request of a history that a test makes up.
func operation(client int, call, end int64, q request, r response) porcupine.Operation {
	return porcupine.Operation{ClientId: client, Input: q, Call: call, Output: r, Return: end}
}

func TestTheCheckerNotices(t *testing.T) {
	create := request{op: wire.OpCreate, path: "/a", data: "1"}
	set := request{op: wire.OpSetData, path: "/a", data: "2", version: wire.AnyVersion}
	get := request{op: wire.OpGetData, path: "/a"}
	old, young := response{data: "1"}, response{data: "2", version: 1}
	const never = math.MaxInt64
	created := operation(0, 0, 10, create, response{})
	for _, c := range []struct {
		name    string
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		{"one after the other", []porcupine.Operation{
			operation(0, 20, 30, set, response{version: 1}), operation(1, 40, 50, get, young),
		}, porcupine.Ok},
		{"a read during a write, old", []porcupine.Operation{
			operation(0, 20, 50, set, response{version: 1}), operation(1, 30, 40, get, old),
		}, porcupine.Ok},
		{"a stale read", []porcupine.Operation{
			operation(0, 20, 30, set, response{version: 1}), operation(1, 40, 50, get, old),
		}, porcupine.Illegal},
		{"young, then old", []porcupine.Operation{
			operation(0, 20, 90, set, response{version: 1}),
			operation(1, 30, 40, get, young), operation(2, 50, 60, get, old),
		}, porcupine.Illegal},
		{"without a reply, done late", []porcupine.Operation{
			operation(0, 20, never, set, response{noReply: true}),
			operation(1, 30, 40, get, old), operation(1, 50, 60, get, young),
		}, porcupine.Ok},
		{"without a reply, done and undone", []porcupine.Operation{
			operation(0, 20, never, set, response{noReply: true}),
			operation(1, 30, 40, get, young), operation(1, 50, 60, get, old),
		}, porcupine.Illegal},
		{"two sets of the same version", []porcupine.Operation{
			operation(0, 20, 90, request{op: wire.OpSetData, path: "/a", data: "2"}, response{version: 1}),
			operation(1, 20, 90, request{op: wire.OpSetData, path: "/a", data: "3"}, response{version: 1}),
		}, porcupine.Illegal},
		{"made twice", []porcupine.Operation{operation(1, 20, 30, create, response{})}, porcupine.Illegal},
		{"another znode", []porcupine.Operation{
			operation(1, 20, 30, request{op: wire.OpGetData, path: "/b"}, response{code: wire.NoNode}),
		}, porcupine.Ok},
	} {
		if got := linearizable(append([]porcupine.Operation{created}, c.history...)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A reply that was changed in the history of a real server is noticed, too.
func TestAStaleReadInALongHistoryIsNoticed(t *testing.T) {
	h := &historian{rng: rand.New(rand.NewPCG(1, 1))}
	r := map[string]register{}
	for i := range int64(500) {
		q := h.choose()
		var answer response
		r[q.path], answer = r[q.path].serve(q)
		h.version = answer.version
		h.history = append(h.history, operation(0, 10*i, 10*i+5, q, answer))
	}
	if got := linearizable(h.history); got != porcupine.Ok {
		t.Fatalf("%v", got)
	}
	at := slices.IndexFunc(h.history, func(op porcupine.Operation) bool {
		return op.Input.(request).op == wire.OpGetData && op.Output.(response).version > 0
	})
	stale := h.history[at].Output.(response)
	stale.version--
	h.history[at].Output = stale
	if got := linearizable(h.history); got != porcupine.Illegal {
		t.Errorf("%v", got)
	}
}
