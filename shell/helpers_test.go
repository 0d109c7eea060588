package shell

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/server/servertest"
)

// startServer starts an embedded server that lives as long as the test.
func startServer(t testing.TB, cfg server.Config) *server.Server {
	t.Helper()
	return servertest.Start(t, cfg)
}

// A recorder is a Sink that keeps everything and can be waited on.
type recorder struct {
	mu     sync.Mutex
	items  []Item
	change chan struct{} // closed, and replaced, when an item arrives
}

func newRecorder() *recorder { return &recorder{change: make(chan struct{})} }

func (r *recorder) sink(it Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items = append(r.items, it)
	close(r.change)
	r.change = make(chan struct{})
}

func (r *recorder) snapshot() []Item {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Item(nil), r.items...)
}

// take returns what has come since the last take.
func (r *recorder) take() []Item {
	r.mu.Lock()
	defer r.mu.Unlock()
	items := r.items
	r.items = nil
	return items
}

// patience is how long a test waits for what must come.
const patience = time.Minute

// longTimeout is a session timeout that no test lives to see: what ends without it did not
// wait for it.
const longTimeout = time.Hour

// await waits until an item for which ok holds has come, and returns it.
func (r *recorder) await(t testing.TB, what string, ok func(Item) bool) Item {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		r.mu.Lock()
		items, change := r.items, r.change
		r.mu.Unlock()
		for _, it := range items {
			if ok(it) {
				return it
			}
		}
		select {
		case <-change:
		case <-late.C:
			t.Fatalf("waited in vain for %s; there is %q", what, text(items, Stdout, Stderr, Watch, State))
		}
	}
}

// text joins the texts of the items of these kinds.
func text(items []Item, kinds ...Kind) string {
	var b strings.Builder
	for _, it := range items {
		for _, k := range kinds {
			if it.Kind == k {
				b.WriteString(it.Text)
			}
		}
	}
	return b.String()
}

// A tester is a shell on an embedded server, with what came out of it.
type tester struct {
	t   testing.TB
	sh  *Shell
	rec *recorder
	srv *server.Server
}

// open starts a server and a shell that is connected to it. What cfg leaves out
// is filled in.
func open(t testing.TB, cfg Config) *tester {
	t.Helper()
	srv := startServer(t, server.Config{})
	return openOn(t, srv, cfg)
}

func openOn(t testing.TB, srv *server.Server, cfg Config) *tester {
	t.Helper()
	rec := newRecorder()
	if cfg.Connect == "" {
		cfg.Connect = srv.Addr()
	}
	cfg.Sink = rec.sink
	sh := New(cfg)
	if err := sh.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sh.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := sh.Session().WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &tester{t: t, sh: sh, rec: rec, srv: srv}
}

// run runs a line and returns what it put out: standard output, standard error
// and the exit code.
func (x *tester) run(line string) (out, err string, code int) {
	x.t.Helper()
	return x.runWithin(x.t.Context(), line)
}

// runSoon is run for what may wait, but not for long: the test fails if it does not end.
func (x *tester) runSoon(line string) (out, err string, code int) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	out, err, code = x.runWithin(ctx, line)
	if ctx.Err() != nil {
		x.t.Errorf("%s does not end", line)
	}
	return out, err, code
}

func (x *tester) runWithin(ctx context.Context, line string) (out, err string, code int) {
	before := len(x.rec.snapshot())
	code = x.sh.Run(ctx, line)
	items := x.rec.snapshot()[before:]
	return text(items, Stdout), text(items, Stderr), code
}

// want runs a line and compares what it put out.
func (x *tester) want(line, out, err string, code int) {
	x.t.Helper()
	gotOut, gotErr, gotCode := x.run(line)
	if gotOut != out || gotErr != err || gotCode != code {
		x.t.Errorf("%s\n got %q, %q, %d\nwant %q, %q, %d", line, gotOut, gotErr, gotCode, out, err, code)
	}
}

// do runs lines that must succeed.
func (x *tester) do(lines ...string) {
	x.t.Helper()
	for _, line := range lines {
		if _, err, code := x.run(line); code != 0 {
			x.t.Fatalf("%s: code %d, %q", line, code, err)
		}
	}
}
