package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// A fed is a script that runs and gets its lines from the test.
type fed struct {
	t    *testing.T
	in   io.WriteCloser
	out  *lockedBuffer
	err  *lockedBuffer
	code chan int
}

// lockedBuffer is a buffer that is read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func feed(t *testing.T, args ...string) *fed {
	t.Helper()
	r, w := io.Pipe()
	f := &fed{t: t, in: w, out: &lockedBuffer{}, err: &lockedBuffer{}, code: make(chan int, 1)}
	go func() {
		f.code <- run(args, stdio{in: r, out: f.out, err: f.err, terminal: func(any) bool { return false }})
		r.Close()
	}()
	t.Cleanup(func() { w.Close() })
	return f
}

// line feeds a line and waits until all of the texts have come out.
func (f *fed) line(line string, texts ...string) {
	f.t.Helper()
	io.WriteString(f.in, line+"\n")
	f.await(texts...)
}

func (f *fed) await(texts ...string) {
	f.t.Helper()
	for late := time.Now().Add(expectTimeout); ; time.Sleep(time.Millisecond) {
		all := f.out.String() + f.err.String()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(all, text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(late) {
			f.t.Fatalf("waited in vain for %q; there is %q", missing, all)
		}
	}
}

func (f *fed) end() (out, errOut string, code int) {
	f.t.Helper()
	f.in.Close()
	select {
	case code = <-f.code:
	case <-time.After(expectTimeout):
		f.t.Fatalf("the script does not end: %q %q", f.out.String(), f.err.String())
	}
	return f.out.String(), f.err.String(), code
}

// expireAll has the server end every session that there is.
func expireAll(t *testing.T, srv *server.Embedded) {
	t.Helper()
	for _, s := range srv.Status().Sessions {
		if !s.Over {
			if err := srv.Expire(s.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func embedded(t *testing.T) *server.Embedded {
	t.Helper()
	srv, err := server.StartEmbedded(server.Config{TickTime: 100 * time.Millisecond, MaxSessionTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return srv
}

// A script whose session has expired on it stops at the first line that needs it, says
// which that is and what went with the session, and ends with 1.
func TestScriptStopsWhenItsSessionExpires(t *testing.T) {
	srv := embedded(t)
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9")
	f.line("addauth digest bob:secret")
	f.line("create -e /lock me", "Created /lock")
	f.line("create -e /gone me", "Created /gone")
	f.line("delete /gone")
	f.line("multi create -e /second x ; create /third x", "2 create /third")
	f.line("ls -w /")
	f.line("get -w /lock", "me")
	expireAll(t, srv)
	f.line("dialect", "3.9") // needs no session
	f.line("srvr", "standalone")
	f.line("mntr", "zk_znode_count")
	f.line("4lw -a ruok", "imok")
	f.line("version", "ZooKeeper CLI version")
	f.line("create /work x")
	f.line("create /work2 x")
	out, errOut, code := f.end()
	for _, part := range []string{"zoosh: the script ends at line 13 (create /work x), which could not be run: session 0x", "has expired",
		"its ephemerals /lock /second,", "its watches on / /lock,", "identities of scheme digest", "-new-session"} {
		if !strings.Contains(errOut, part) {
			t.Errorf("it should say %q: %s", part, errOut)
		}
	}
	if code != 1 || strings.Contains(errOut, "secret") || strings.Contains(errOut, "/gone,") {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	for _, path := range []string{"/work", "/work2"} {
		if exists(t, srv.Addr(), path) {
			t.Errorf("%s was made without the lock", path)
		}
	}
}

func TestScriptGoesOnInANewSession(t *testing.T) {
	srv := embedded(t)
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9", "-new-session")
	f.line("create -e /lock me", "Created /lock")
	expireAll(t, srv)
	f.line("ls /zookeeper")
	f.line("create /work x")
	_, errOut, code := f.end()
	if strings.Contains(errOut, "expired") || !exists(t, srv.Addr(), "/work") || code != 0 {
		t.Errorf("code %d, %s", code, errOut)
	}
}

// A session that the script itself ends or leaves is not meant.
func TestScriptThatEndsItsSessionGoesOn(t *testing.T) {
	for _, script := range []string{
		"create -e /lock me\nclose\nconnect\ncreate /work x\n",
		"create -e /lock me\nconnect\ncreate /work x\n",
		"create -e /lock me\ncrash\nconnect\ncreate /work x\n",
		"create -e /lock me\nexpire\ncreate /work x\n",
		"create -e /lock me\nserver expire self\ncreate /work x\n",
		"create -e /lock me\nserver drop self\ncreate /work x\n",
		"create -e /lock me\nserver restart\ncreate /work x\n",
		"create -e /lock me\nserver restart -forget\ncreate /work x\n",
		"create -e /lock me\nserver stop\nls /\nserver start\ncreate /work x\n",
		"create -e /lock me\nsession two\nserver expire session default\ncreate /work x\n",
		"create -e /lock me\nsession two\nserver expire session main\nsession main\ncreate /work x\n",
		"create -e /lock me\nsession two\nserver expire session main\nexpire\ncreate /work x\n",
	} {
		if !strings.Contains(script, "session main") {
			script = strings.ReplaceAll(script, "session default", "session main")
		}
		out, errOut, code := zoosh(t, script+"exists /work\n", "-embedded", "-dialect", "3.9", "-timeout", "4000")
		if code != 0 || strings.Contains(errOut, "the script ends") {
			t.Errorf("%q: code %d, %s%s", script, code, out, errOut)
		}
	}
}

// What a line finds does not depend on those behind it: server start waits for the line
// before it, which finds the server stopped.
func TestScriptLinesWaitForEachOther(t *testing.T) {
	out, errOut, code := zoosh(t, "server stop\nls /\nserver start\nls /\n", "-embedded", "-dialect", "3.9")
	lost, started := strings.Index(errOut, "ConnectionLoss for /"), strings.Index(errOut, "Started")
	if code != 0 || out != "[zookeeper]\n" || lost < 0 || started < lost {
		t.Errorf("code %d, %s%s", code, out, errOut)
	}
}

// The session of a script that is left waits in the background: what becomes of it
// ends the script only once a line is to be run on it again.
func TestScriptWithSeveralSessions(t *testing.T) {
	srv := embedded(t)
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9")
	f.line("create -e /lock me", "Created /lock")
	first := srv.Status().Sessions[0].ID
	f.line("session two")
	f.line("create -e /two me", "Created /two")
	if err := srv.Expire(first); err != nil {
		t.Fatal(err)
	}
	f.line("create /three x", "Created /three")
	f.line("session main")
	f.line("create /work x")
	_, errOut, code := f.end()
	if code != 1 || !strings.Contains(errOut, "line 6 (create /work x)") || !strings.Contains(errOut, "its ephemerals /lock;") || exists(t, srv.Addr(), "/work") {
		t.Errorf("code %d, %s", code, errOut)
	}
}

// A recorded script stops, too, and its page holds what was done up to there.
func TestRecordedScriptStops(t *testing.T) {
	srv := embedded(t)
	page := filepath.Join(t.TempDir(), "page.md")
	f := feed(t, "record", page, "-server", srv.Addr(), "-dialect", "3.9")
	f.line("create -e /lock me", "Created /lock")
	expireAll(t, srv)
	f.line("create /work x")
	if _, errOut, code := f.end(); code != 1 || !strings.Contains(errOut, "line 2 (create /work x)") || exists(t, srv.Addr(), "/work") {
		t.Errorf("code %d, %s", code, errOut)
	}
	if out, errOut, code := zoosh(t, "", "test", page); code != 0 {
		t.Errorf("replayed: %s%s", out, errOut)
	}
}

// A line in flight when the connection is lost may have been done: that is said, the
// script waits for the connection, and goes on if its session is still there.
func TestScriptWaitsForItsConnection(t *testing.T) {
	srv, err := server.StartEmbedded(server.Config{MaxSessionTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	p := zktest.StartProxy(t, srv.Addr())
	f := feed(t, "-server", p.Addr(), "-dialect", "3.9", "-timeout", longTimeout)
	f.line("create -e /lock me", "Created /lock")
	id := srv.Status().Sessions[0].ID
	p.Decide(func(op int32) zktest.Fate {
		if op == int32(wire.OpPing) {
			return zktest.Forwarded
		}
		return zktest.Held
	})
	f.line("create /sent x")
	<-p.Caught()
	p.Decide(func(int32) zktest.Fate { return zktest.Forwarded })
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	f.await("zoosh: line 2 (create /sent x): the connection was lost before the answer came: whether it was done is not known\n")
	if err := srv.Start(false); err != nil {
		t.Fatal(err)
	}
	f.line("create /work x", "Created /work")
	if got := srv.Status().Sessions[0].ID; got != id {
		t.Errorf("it is on session %x, not %x", got, id)
	}
	if _, errOut, code := f.end(); code != 0 {
		t.Errorf("code %d, %s", code, errOut)
	}
}

// A line that comes while the connection is lost is run when it is back.
func TestScriptWhoseServerComesBack(t *testing.T) {
	srv, err := server.StartEmbedded(server.Config{TickTime: 100 * time.Millisecond, MaxSessionTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9", "-timeout", "60000")
	f.line("create -e /lock me", "Created /lock")
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	f.line("create /late x")
	// It may have been sent before the client knew of the end of the connection.
	f.await("zoosh: line 2 (create /late x)")
	if err := srv.Start(false); err != nil {
		t.Fatal(err)
	}
	f.line("create /next x", "Created /next")
	if _, errOut, code := f.end(); code != 0 {
		t.Errorf("code %d, %s", code, errOut)
	}
}

// A script whose connection does not come back ends with 1, within the session's
// timeout.
func TestScriptWhoseServerIsGone(t *testing.T) {
	srv := embedded(t)
	f := feed(t, "-server", srv.Addr(), "-dialect", "3.9", "-timeout", "2000")
	f.line("create -e /lock me", "Created /lock")
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	f.line("create /never x")
	f.line("create /never2 x")
	_, errOut, code := f.end()
	if code != 1 || !strings.Contains(errOut, "zoosh: the script ends at line 2 (create /never x): the connection did not come back within 2s") {
		t.Errorf("code %d, %s", code, errOut)
	}
}
