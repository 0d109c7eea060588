package session

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// writing are the calls that write, with how many changes each is.
var writing = map[string]struct {
	changes int
	call    func(context.Context, *Session) error
}{
	"create": {1, func(ctx context.Context, s *Session) error {
		_, _, err := s.Create(ctx, "/a", nil, CreateOptions{})
		return err
	}},
	"create a container": {1, func(ctx context.Context, s *Session) error {
		_, _, err := s.Create(ctx, "/a", nil, CreateOptions{Flags: wire.FlagContainer})
		return err
	}},
	"create a TTL znode": {1, func(ctx context.Context, s *Session) error {
		_, _, err := s.Create(ctx, "/a", nil, CreateOptions{Flags: wire.FlagTTL, TTL: time.Hour})
		return err
	}},
	"set": {1, func(ctx context.Context, s *Session) error {
		_, err := s.Set(ctx, "/a", nil, wire.AnyVersion)
		return err
	}},
	"set the ACL": {1, func(ctx context.Context, s *Session) error {
		_, err := s.SetACL(ctx, "/a", wire.OpenACL(), wire.AnyVersion)
		return err
	}},
	"delete": {1, func(ctx context.Context, s *Session) error { return s.Delete(ctx, "/a", wire.AnyVersion) }},
	"reconfig": {1, func(ctx context.Context, s *Session) error {
		_, _, err := s.Reconfig(ctx, wire.ReconfigRequest{Leaving: "3"})
		return err
	}},
	"multi": {2, func(ctx context.Context, s *Session) error {
		_, err := s.Multi(ctx, []wire.MultiOp{
			{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/a"}},
			{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: "/b"}},
		})
		return err
	}},
}

// reading are the calls that do not.
var reading = map[string]func(context.Context, *Session) error{
	"get":        func(ctx context.Context, s *Session) error { _, _, err := s.Get(ctx, "/a", nil); return err },
	"exists":     func(ctx context.Context, s *Session) error { _, err := s.Exists(ctx, "/a", nil); return err },
	"children":   func(ctx context.Context, s *Session) error { _, _, err := s.Children(ctx, "/a", nil); return err },
	"get ACL":    func(ctx context.Context, s *Session) error { _, _, err := s.GetACL(ctx, "/a"); return err },
	"sync":       func(ctx context.Context, s *Session) error { return s.Sync(ctx, "/a") },
	"config":     func(ctx context.Context, s *Session) error { _, _, err := s.EnsembleConfig(ctx, nil); return err },
	"ephemerals": func(ctx context.Context, s *Session) error { _, err := s.Ephemerals(ctx, "/"); return err },
	"number":     func(ctx context.Context, s *Session) error { _, err := s.AllChildrenNumber(ctx, "/"); return err },
	"whoami":     func(ctx context.Context, s *Session) error { _, err := s.WhoAmI(ctx); return err },
	"watch":      func(ctx context.Context, s *Session) error { return s.AddWatch(ctx, "/a", false, Arm{}) },
	"unwatch": func(ctx context.Context, s *Session) error {
		return s.RemoveWatches(ctx, "/a", wire.WatcherAny, false)
	},
	"multiRead": func(ctx context.Context, s *Session) error {
		_, err := s.Multi(ctx, []wire.MultiOp{{Op: wire.OpGetData, Request: &wire.PathWatchRequest{Path: "/a"}}})
		return err
	},
}

// calls are all of them.
func calls() map[string]func(context.Context, *Session) error {
	all := map[string]func(context.Context, *Session) error{}
	for name, w := range writing {
		all[name] = w.call
	}
	for name, call := range reading {
		all[name] = call
	}
	return all
}

// wantDoubt checks that an error is in doubt and counted if its call writes, and
// neither if it reads.
func wantDoubt(t *testing.T, name string, err error, count *Tally) {
	t.Helper()
	got, want := count.Changes(), Changes{}
	if w, writes := writing[name]; writes {
		want = Changes{Requests: 1, InDoubt: w.changes, Err: err}
	}
	if errors.Is(err, ErrInDoubt) != (want.InDoubt > 0) || got != want {
		t.Errorf("%s: error %v, in doubt: %v, counted %+v, want %+v", name, err, errors.Is(err, ErrInDoubt), got, want)
	}
}

// A request that the server has got and whose reply never comes is in doubt if it
// writes, whether the connection ends, the caller leaves or the session is closed.
func TestUnansweredIsInDoubt(t *testing.T) {
	ends := map[string]struct {
		cut  bool
		end  func(*Session, context.CancelFunc)
		says error
	}{
		"cut":       {true, func(*Session, context.CancelFunc) {}, &wire.Error{Code: wire.ConnectionLoss}},
		"interrupt": {false, func(_ *Session, stop context.CancelFunc) { stop() }, context.Canceled},
		"close":     {false, func(s *Session, _ context.CancelFunc) { s.Crash() }, ErrClosed},
	}
	for how, end := range ends {
		for name, call := range calls() {
			t.Run(how+"/"+name, func(t *testing.T) {
				t.Parallel()
				got := make(chan wire.Op, 1)
				f := startFake(t, func(p *peer) {
					if !p.greet(fakeID, granted) {
						return
					}
					r, _ := p.next()
					got <- r.Op
					if !end.cut {
						io.Copy(io.Discard, p.in)
					}
				})
				s, _ := connect(t, on(f))
				ctx, stop := context.WithCancel(testContext(t))
				defer stop()
				go func() { <-got; end.end(s, stop) }()
				var count Tally
				err := call(WithTally(ctx, &count), s)
				if !errors.Is(err, end.says) {
					t.Errorf("error %v, want %v", err, end.says)
				}
				wantDoubt(t, name, err, &count)
			})
		}
	}
}

// What was never sent was not done: there was no connection, or it ended, or the caller
// left, before the request was written.
func TestUnsentIsNotInDoubt(t *testing.T) {
	t.Parallel()
	cfg := Config{Servers: []string{deadAddr(t)}, Timeout: 300 * time.Millisecond}
	for name, call := range calls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t, cfg)
			var count Tally
			err := call(WithTally(testContext(t), &count), s)
			if err == nil || errors.Is(err, ErrInDoubt) || count.Changes() != (Changes{}) {
				t.Errorf("error %v, %+v", err, count.Changes())
			}
			ctx, stop := context.WithCancel(testContext(t))
			stop()
			if err := call(WithTally(ctx, &count), s); !errors.Is(err, context.Canceled) || errors.Is(err, ErrInDoubt) {
				t.Errorf("interrupted: %v", err)
			}
		})
	}
}

// held is a connection whose other end reads what the test reads, with requests that
// it was given to send. The first one is being written.
func held(t *testing.T, n int) (c *conn, server net.Conn, requests []*request) {
	t.Helper()
	s := must[*Session](t)(newSession(Config{Servers: []string{"held:1"}}))
	t.Cleanup(s.cancel)
	server, client := net.Pipe()
	t.Cleanup(func() { server.Close() })
	c = newConn(s, client, "held:1", time.Now().Add(patience))
	go c.write()
	for i := range n {
		rq := must[*request](t)(s.prepare(query{op: wire.OpDelete, body: &wire.PathVersionRequest{Path: "/a"}}))
		if requests = append(requests, rq); !c.send(rq) {
			t.Fatal("not sent")
		}
		eventually(t, "the first is being written", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return len(c.queue) == i
		})
	}
	return c, server, requests
}

// Who leaves a request that is not written yet takes it back: it is not done later.
func TestWithdrawn(t *testing.T) {
	c, server, requests := held(t, 3)
	if c.withdraw(requests[0]) {
		t.Error("what is being written is taken back")
	}
	if !c.withdraw(requests[1]) {
		t.Error("what waits is not taken back")
	}
	for _, rq := range []*request{requests[0], requests[2]} {
		var h wire.RequestHeader
		if _, err := wire.Unmarshal(must[[]byte](t)(wire.ReadFrame(server, wire.MaxFrame)), &h); err != nil || h.Xid != rq.xid {
			t.Errorf("the server got %#x (%v), want %#x", h.Xid, err, rq.xid)
		}
	}
	c.Close()
	c.failPending(nil)
	for i, want := range []bool{true, false, true} {
		select {
		case r := <-requests[i].done:
			if r.unanswered != want {
				t.Errorf("request %d unanswered: %v", i, r.unanswered)
			}
		default:
			if want {
				t.Errorf("request %d has not failed", i)
			}
		}
	}
}

// A request of which the connection took only a part was not done, nor what waited
// behind it: no server carries out half a frame.
func TestHalfSentIsNotInDoubt(t *testing.T) {
	c, server, requests := held(t, 3)
	must[int64](t)(io.CopyN(io.Discard, server, int64(len(requests[0].frame)-1)))
	server.Close()
	<-c.done
	c.failPending(nil)
	for i, rq := range requests {
		if r := <-rq.done; r.unanswered {
			t.Errorf("request %d is in doubt", i)
		}
	}
}

// What a server answers is known: that it was done, or that it was refused.
func TestAnsweredIsNotInDoubt(t *testing.T) {
	code := make(chan wire.Code, 1)
	f := startFake(t, func(p *peer) {
		if !p.greet(fakeID, granted) {
			return
		}
		for {
			r, ok := p.next()
			if !ok {
				return
			}
			p.reply(r.Xid, 5, <-code, &wire.Stat{})
		}
	})
	s, _ := connect(t, on(f))
	var count Tally
	for _, c := range []wire.Code{wire.OK, wire.NoNode, wire.SessionExpired, wire.OK} {
		code <- c
		if _, err := s.Set(WithTally(testContext(t), &count), "/a", nil, wire.AnyVersion); errors.Is(err, ErrInDoubt) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if got, want := count.Changes(), (Changes{Requests: 2, Done: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := count.Zxid(); got != 5 {
		t.Errorf("zxid %d", got)
	}
}

// testTally: the zxid of a tally is that of the last change; no read and no refusal has
// one.
func testTally(t *testing.T, where string) {
	s, _ := connect(t, config(t, where))
	var count Tally
	ctx := WithTally(testContext(t), &count)
	path := "/tally"
	if _, _, err := s.Create(ctx, path, nil, CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	st, err := s.Exists(ctx, path, nil)
	if err != nil || st.Czxid == 0 || count.Zxid() != st.Czxid {
		t.Fatalf("created by %d, %v, counted as %d", st.Czxid, err, count.Zxid())
	}
	if _, err := s.Set(ctx, "/nope", nil, wire.AnyVersion); err == nil || count.Zxid() != st.Czxid {
		t.Errorf("refused: %d", count.Zxid())
	}
	if st, err = s.Set(ctx, path, nil, wire.AnyVersion); err != nil || count.Zxid() != st.Mzxid {
		t.Errorf("set by %d, %v, counted as %d", st.Mzxid, err, count.Zxid())
	}
}
