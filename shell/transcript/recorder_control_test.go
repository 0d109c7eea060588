package transcript

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// controlledStudio is a studio whose sessions have the server in hand, under other
// names than those in the page, as the TUI's have.
func controlledStudio(t *testing.T) (*studio, *server.Embedded) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{TickTime: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s := newStudio(t, e.Addr(), shell.D39)
	for _, name := range []string{"1", "2", "3"} {
		s.shells[name] = shell.New(shell.Config{Target: session.Target{Connect: e.Addr(), Timeout: 4 * time.Second}, Name: name, WaitForConnection: true, Dialect: s.d, Sink: s.recording.Put,
			Control: e, Peers: func() map[string]*shell.Shell { return s.shells },
		})
		if err := s.shells[name].Open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	err = s.recording.Start(Recording{File: s.file, Head: Head{Dialect: s.d}, Name: func(name string) string { return "tab-" + name }})
	if err != nil {
		t.Fatal(err)
	}
	return s, e
}

func idOf(zk *session.Session) string { return fmt.Sprintf("0x%x", uint64(zk.ID())) }

// do runs a line, whatever the sessions are able to.
func (s *studio) do(name, line string) {
	s.t.Helper()
	s.shells[name].Run(s.t.Context(), line)
}

// state waits for a session's state.
func (s *studio) state(name string, want session.State) {
	s.t.Helper()
	until(s.t, name+" "+want.String(), func() bool { return s.shells[name].Session().State() == want })
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

// replays ends the recording and replays it.
func (s *studio) replays(want, not []string) {
	s.t.Helper()
	src := s.page()
	for _, w := range want {
		if !strings.Contains(src, w) {
			s.t.Errorf("%q is not in\n%s", w, src)
		}
	}
	for _, n := range not {
		if strings.Contains(src, n) {
			s.t.Errorf("%q is in\n%s", n, src)
		}
	}
	page, err := Parse(s.file, []byte(src))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := Run(s.t.Context(), page, Options{EventTimeout: time.Minute})
	if err != nil || len(res.Diffs) > 0 {
		s.t.Errorf("%v\n%v\n%s", err, res, src)
	}
}

// The page has its own names for the sessions that are named, whichever way they
// were, and what the server did to them.
func TestRecordControl(t *testing.T) {
	t.Parallel()
	s, _ := controlledStudio(t)
	id := func(name string) string { return idOf(s.shells[name].Session()) }
	s.do("2", "create -e /two x")
	s.do("1", "server")
	s.do("1", "stat -w /two")
	s.do("1", "server cut 2")
	s.state("2", session.Connecting)
	s.do("1", "server heal 2")
	s.state("2", session.Connected)
	s.do("1", "server drop "+id("2"))
	s.state("2", session.Connected)
	s.do("1", "server delay session 3 20")
	s.do("3", "ls /zookeeper")
	s.do("3", "server expire 2")
	s.do("2", "create -e /two again")
	s.do("1", "server cut self")
	s.do("1", "server heal self")
	s.do("1", "server cut 9")
	s.replays([]string{
		"] server\n...\n", "] server cut tab-2\nCut off: session tab-2; nothing", "] server heal tab-2\nHealed: session tab-2\n",
		"] server drop tab-2\nDropped: the connection of session tab-2,", "] server delay tab-3 20\nDelayed by 20ms each way: session tab-3\n",
		"```zk tab-3\n\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null zxid: -1\n```", // before it is named
		"] server expire tab-2\n", "type:NodeDeleted path:/two", "state:Expired", "] server cut self\n", "] server cut 9\n",
	}, []string{"by itself", "is connected again", "lost its connection"})
}

// A page needs the embedded server once it has had something done to it, and says so
// in its front matter from then on.
func TestRecordNeedsEmbedded(t *testing.T) {
	t.Parallel()
	s, _ := controlledStudio(t)
	page := func() string {
		src, err := os.ReadFile(s.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(s.file, src); err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		return string(src)
	}
	s.do("1", "create /ä 'ü'")
	s.do("1", "server")
	s.do("1", "server resume") // it is not paused
	until(t, "the page so far", func() bool { return strings.HasSuffix(page(), "is running\n```\n") })
	before := page()
	if strings.Contains(before, "needs:") {
		t.Errorf("nothing was done to the server:\n%s", before)
	}
	s.do("1", "server clock +1h")
	s.do("1", "server clock +1h")
	until(t, "the whole page", func() bool { return strings.Contains(page(), "2h0m0s") })
	head, tail, _ := strings.Cut(page(), "needs: embedded\n")
	if !strings.HasPrefix(head+tail, strings.TrimSuffix(before, "```\n")) || strings.Contains(tail, "needs: ") {
		t.Errorf("%s", page())
	}
	s.replays([]string{"dialect: 3.9\nneeds: embedded\n---\n"}, nil)
}

// A session that nobody here has is none that a replay has.
func TestRecordControlOfAStranger(t *testing.T) {
	t.Parallel()
	s, e := controlledStudio(t)
	zk, err := session.Open(session.Config{Servers: []string{e.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	if err := zk.WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.do("1", "server drop "+idOf(zk))
	s.do("1", "create /a x")
	s.replays([]string{"left out: `server drop 0x", "for it is about a session that the page does not have", "] create /a x\n"},
		[]string{"] server drop"})
}

// What waited for the server stands behind the line that had it go on, be that the
// session's own or another's.
func TestRecordBeside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ stop, by, start string }{
		{"server pause", "1", "server resume"},
		{"server pause", "2", "server resume"},
		{"server stop", "1", "server start"},
		{"server cut 1", "1", "server heal 1"},
		{"server cut 1", "3", "server heal all"},
	} {
		t.Run(test.stop+" "+test.by, func(t *testing.T) {
			t.Parallel()
			s, e := controlledStudio(t)
			s.do("1", test.stop)
			waits := make(chan int, 1)
			go func() { waits <- s.shells["1"].Run(t.Context(), "create /a x") }()
			until(t, "begun", func() bool { return len(s.shells["1"].History()) == 2 })
			until(t, "held up", s.shells["1"].HeldUp)
			if !s.shells["1"].GoesBeside("server") || s.shells["1"].GoesBeside("ls /") {
				t.Error("the wrong lines go beside")
			}
			if test.by == "1" {
				s.shells["1"].RunBeside(t.Context(), "server")
				s.shells["1"].RunBeside(t.Context(), test.start)
			} else {
				s.do(test.by, test.start)
			}
			if code := <-waits; code != 0 {
				t.Errorf("code %d", code)
			}
			if e.Condition() != control.Running || s.shells["1"].HeldUp() {
				t.Error("it is still held up")
			}
			s.do("1", "get /a")
			s.replays([]string{"] create /a x\n", "Created /a\n"}, []string{"left out"})
		})
	}
}

// A session whose time was over before it was heard again is ended by a line of the
// page: a replay does not take as long.
func TestRecordOverdue(t *testing.T) {
	t.Parallel()
	s, e := controlledStudio(t)
	s.do("2", "create -e /two x")
	id := s.shells["2"].Session().ID()
	s.do("1", "server cut 2")
	until(t, "over", func() bool {
		for _, one := range e.Status().Sessions {
			if one.ID == id && !one.Over {
				return false
			}
		}
		return true
	})
	s.do("1", "server heal 2")
	until(t, "anew", func() bool { return s.shells["2"].Session().ID() != id })
	s.do("2", "create -e /two again")
	s.replays([]string{"expired by itself", "[zk] expire\n"}, nil)
}

// A page says that it needs files and other servers once a command reaches them, and
// leaves out what no page may do.
func TestRecordNeedsFilesAndServers(t *testing.T) {
	t.Parallel()
	s, e := controlledStudio(t)
	dir := t.TempDir()
	s.do("1", "create /a x")
	s.do("1", "export /a "+dir+"/a.json")
	s.do("1", "export /a -")
	s.do("1", "diff /a "+e.Addr()+"/a")
	s.do("1", "diff /a @prod/a")
	s.do("1", "server clock +1h")
	s.do("1", "import -y "+dir+"/a.json /b")
	var src []byte
	until(t, "the whole page", func() (ended bool) {
		src, _ = os.ReadFile(s.file)
		return strings.Contains(string(src), "/a.json /b\n")
	})
	text := string(src)
	if strings.Count(text, "needs: ") != 1 || !strings.Contains(text, "\nneeds: files, connect, embedded\n---\n") ||
		!strings.Contains(text, "it is about a profile, which no page can name") || strings.Contains(text, "] diff /a @prod/a") {
		t.Errorf("%s", text)
	}
	if _, err := Parse(s.file, src); err != nil {
		t.Error(err)
	}
}
