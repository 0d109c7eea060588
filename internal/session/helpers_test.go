package session

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// patience bounds every wait in the tests; none of them takes that long unless
// something is wrong.
const patience = 60 * time.Second

// endless is a timeout that no test lives to see: what ends without it did not wait for
// it.
const endless = 60 * patience

// testContext ends with the test.
func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// recorder keeps events in the order they came.
type recorder struct {
	mu     sync.Mutex
	events []Event
	more   chan struct{}
}

func newRecorder() *recorder { return &recorder{more: make(chan struct{})} }

func (r *recorder) add(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	close(r.more)
	r.more = make(chan struct{})
}

func (r *recorder) all() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Event(nil), r.events...)
}

// describe is an event in short, such as "NodeCreated /a [ls /a]".
func describe(e Event) string {
	if e.Type == wire.EventNone {
		return e.State.String()
	}
	s := e.Type.String() + " " + e.Path
	if len(e.ArmedBy) > 0 {
		s += " [" + strings.Join(e.ArmedBy, ", ") + "]"
	}
	return s
}

func descriptions(events []Event) []string {
	out := []string{}
	for _, e := range events {
		out = append(out, describe(e))
	}
	return out
}

// wait waits until at least n events have come, and returns them.
func (r *recorder) wait(t testing.TB, n int) []Event {
	t.Helper()
	timeout := time.After(patience)
	for {
		r.mu.Lock()
		got, more := append([]Event(nil), r.events...), r.more
		r.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("%d events wanted, got %q", n, descriptions(got))
		}
	}
}

// waitFor waits for an event after the first skip ones, and returns it and its
// number.
func (r *recorder) waitFor(t testing.TB, skip int, want string) (Event, int) {
	t.Helper()
	for n := skip + 1; ; n++ {
		got := r.wait(t, n)
		if describe(got[n-1]) == want {
			return got[n-1], n
		}
	}
}

// want checks all events so far.
func (r *recorder) want(t testing.TB, want ...string) {
	t.Helper()
	got := descriptions(r.wait(t, len(want)))
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("events:\n got %q\nwant %q", got, want)
	}
}

// open opens a session that is closed at the end of the test.
func open(t testing.TB, cfg Config) (*Session, *recorder) {
	t.Helper()
	r := newRecorder()
	cfg.OnEvent = r.add
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Crash() })
	return s, r
}

// connect opens a session and waits for its connection.
func connect(t testing.TB, cfg Config) (*Session, *recorder) {
	t.Helper()
	s, r := open(t, cfg)
	if err := s.WaitConnected(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return s, r
}

// must stops the test at an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// ok stops the test at an error.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode checks that err is ZooKeeper's error with that code.
func wantCode(t testing.TB, err error, code wire.Code) {
	t.Helper()
	var e *wire.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("error %v, want %v", err, code)
	}
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !cond(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// answered is what comes of a call; the test fails if nothing does.
func answered[T any](t testing.TB, call string, result <-chan T) T {
	t.Helper()
	select {
	case v := <-result:
		return v
	case <-time.After(patience):
		t.Fatalf("%s hangs:\n%s", call, stacks())
		panic("unreachable")
	}
}

// noLeaks checks at the end of the test that no goroutine of this package or of
// the library is left. Call it first.
func noLeaks(t testing.TB) {
	t.Cleanup(func() {
		var left string
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if left = clientGoroutines(); left == "" {
				return
			}
		}
		t.Errorf("goroutines left over:\n%s", left)
	})
}

// stacks is the stacks of all goroutines.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// clientGoroutines is the stacks of the goroutines that the client started.
func clientGoroutines() string {
	var left []string
	for _, g := range strings.Split(stacks(), "\n\n") {
		if strings.Contains(g, "zk.(*Conn).Close") {
			continue // a timer of the library's ends it within a second
		}
		started := g[strings.LastIndex(g, "created by")+1:]
		if strings.Contains(started, "go-zookeeper") || strings.Contains(started, "session.(*Session)") ||
			strings.Contains(started, "session.Open") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}
