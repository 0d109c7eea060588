package shell

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// silent is a server that takes connections and says nothing; with hangUp it closes
// them at once, as one at its maxClientCnxns does.
func silent(t *testing.T, hangUp bool) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if hangUp {
				conn.Close()
			} else {
				t.Cleanup(func() { conn.Close() })
			}
		}
	}()
	return ln.Addr().String()
}

// The time of watch counts from its start, and one that could not be armed is an
// error with 2: its silence does not say that nothing has changed.
func TestWatchThatCannotBeArmed(t *testing.T) {
	full := startServer(t, server.Config{MaxClientCnxns: 1})
	down, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down.Close()
	for _, test := range []struct{ name, addr, why string }{
		{"at its maxClientCnxns", full.Addr(), "closed the connection"},
		{"that hangs up", silent(t, true), "closed the connection"},
		{"that is down", down.Addr().String(), "refused"},
		{"that does not answer", silent(t, false), "within"},
	} {
		for _, line := range []string{"watch -t 300ms /app", "watch -R -n 1 -t 300ms /app", "watch -o json -t 300ms /app"} {
			for _, dialect := range []Dialect{D39, Auto} {
				if dialect == Auto && line != "watch -t 300ms /app" {
					continue
				}
				rec := newRecorder()
				sh := New(Config{Target: session.Target{Connect: test.addr, Timeout: longTimeout}, Dialect: dialect, Sink: rec.sink, Typed: true})
				if err := sh.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				if test.addr == full.Addr() {
					if err := sh.Session().WaitConnected(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				began := time.Now()
				code := sh.Run(ctx, line)
				took := time.Since(began)
				cancel()
				said := text(rec.snapshot(), Stderr)
				if code != 2 || !strings.HasPrefix(said, "/app is not watched: ") || !strings.Contains(said, test.why) || text(rec.snapshot(), Stdout) != "" {
					t.Errorf("%s: %s: code %d, %q", test.name, line, code, said)
				}
				if took < 290*time.Millisecond {
					t.Errorf("%s: %s: it took %v", test.name, line, took)
				}
				sh.Close()
			}
		}
	}
}

// Without -t it gives up when the session's timeout is over, and a watch that may not
// be armed says why.
func TestWatchThatMayNotBeArmed(t *testing.T) {
	full := startServer(t, server.Config{MaxClientCnxns: 1})
	x := openOn(t, full, Config{Target: session.Target{Timeout: 500 * time.Millisecond}, Dialect: D39})
	if _, errText, code := x.run("watch /app"); code != 2 || !strings.Contains(errText, "closed the connection") {
		t.Errorf("code %d, %q", code, errText)
	}
	x = open(t, Config{Dialect: D39})
	x.do("create /closed x world:anyone:cdwa")
	x.want("watch -t 10s /closed", "", "/closed is not watched: Insufficient permission : /closed\n", 2)
	if _, errText, code := x.run("watch -t 10s nowhere"); code != 2 || !strings.Contains(errText, "is not watched") {
		t.Errorf("code %d, %q", code, errText)
	}
}

// A watch whose connection is lost when its time is over does not know, either.
func TestWatchThatHasLostItsConnection(t *testing.T) {
	srv, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	rec := newRecorder()
	sh := New(Config{Target: session.Target{Connect: srv.Addr()}, Dialect: D39, Sink: rec.sink})
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer sh.Close()
	if err := sh.Session().WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := make(chan int)
	go func() { done <- sh.Run(context.WithoutCancel(t.Context()), "watch -t 3s /app") }()
	rec.await(t, "the watch", func(it Item) bool { return strings.HasPrefix(it.Text, "Watching") })
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	if code, said := <-done, text(rec.snapshot(), Stderr); code != 2 || !strings.Contains(said, "what has changed since then is not known") {
		t.Errorf("code %d, %q", code, said)
	}
}
