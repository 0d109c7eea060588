package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// A doubtCase is a command one of whose requests that write is not answered.
type doubtCase struct {
	name     string
	dialect  Dialect
	prepare  []string
	line     string
	nth      int    // which request; the first is 1
	says     string // behind the reason: "" for what one request does
	of, done int
	inDoubt  int
	goesOn   bool   // it makes requests after the one that is not answered
	message  string // what the command itself says stays, the end of it at least
	check    string // what shows that the server has done it
	holds    string
}

const (
	unknownOutcome = "whether it was done is not known"
	byCut          = "the connection was lost before the answer came"
	byStop         = "it was interrupted before the answer came"
)

// doubtCases are those of each command that writes.
var doubtCases = map[string][]doubtCase{
	"create": {
		{line: "create /a x", check: "get /a", holds: "x\n"},
		{name: "-c", line: "create -c /a x", check: "get /a", holds: "x\n"},
		{name: "-p", line: "create -p /a/b/c x", nth: 2, inDoubt: 3, check: "get /a/b/c", holds: "x\n"},
	},
	"set":    {{prepare: []string{"create /a x"}, line: "set /a y", check: "get /a", holds: "y\n"}},
	"delete": {{prepare: []string{"create /a x"}, line: "delete /a", check: "ls /", holds: "[zookeeper]\n"}},
	"setAcl": {
		{prepare: []string{"create /a x"}, line: "setAcl /a world:anyone:ra", check: "getAcl /a", holds: "'world,'anyone\n: ra\n"},
		{name: "-R", prepare: []string{"create /a x", "create /a/b x", "create /a/c x"}, line: "setAcl -R /a world:anyone:ra", nth: 2, goesOn: true,
			says: "2 changes were made, and whether 1 more was made is not known", done: 2, inDoubt: 1,
			check: "getAcl /a/c", holds: "'world,'anyone\n: ra\n"},
	},
	"multi": {{line: "multi create /a x ; create /b y", inDoubt: 2, check: "get /b", holds: "y\n"}},
	"deleteall": {
		{prepare: []string{"create /a x", "create /a/b x"}, line: "deleteall /a", of: 2, inDoubt: 2, check: "ls /", holds: "[zookeeper]\n"},
		{name: "-b", prepare: []string{"create /a x", "create /a/b x", "create /a/c x", "create /a/d x", "create /a/e x"}, line: "deleteall -b 2 /a", nth: 2,
			says: "2 of 5 changes were made, and whether 2 more were made is not known", of: 5, done: 2, inDoubt: 2,
			check: "ls /a", holds: "[]\n"},
		{name: "none before", prepare: []string{"create /a x", "create /a/b x", "create /a/c x"}, line: "deleteall -b 2 /a",
			says: "whether 2 of 3 changes were made is not known", of: 3, inDoubt: 2, check: "ls /a", holds: "[]\n"},
		{name: "one by one", prepare: []string{"create /a x", "create /a/b x", "create /a/c x"}, line: "deleteall -b 0 /a", nth: 2,
			says: "1 of 3 changes were made, and whether 1 more was made is not known", of: 3, done: 1, inDoubt: 1,
			check: "ls /a", holds: "[]\n"},
	},
	"rmr": {{dialect: D34, prepare: []string{"create /a x", "create /a/b x", "create /a/c x"}, line: "rmr /a", nth: 2,
		says: "1 of 3 changes were made, and whether 1 more was made is not known", of: 3, done: 1, inDoubt: 1,
		check: "ls /a", holds: "[]\n"}},
	"import": {{prepare: []string{"create /a x", "create /a/b BIG", "create /a/c BIG", "create /a/d BIG", "export /a a.json"}, line: "import a.json /i", nth: 2,
		message: "import: after 2 of 4 znodes: ",
		says:    "2 of 4 changes were made, and whether 1 more was made is not known", of: 4, done: 2, inDoubt: 1,
		check: "ls /i", holds: "[b, c]\n"}},
	"cp": {
		{prepare: []string{"create /a x"}, line: "cp /a /b", of: 1, check: "get /b", holds: "x\n"},
		{name: "-r", prepare: []string{"create /a x", "create /a/b BIG", "create /a/c BIG", "create /a/d BIG"}, line: "cp -r /a /i", nth: 2,
			message: "cp: after 2 of 4 znodes: ",
			says:    "2 of 4 changes were made, and whether 1 more was made is not known", of: 4, done: 2, inDoubt: 1,
			check: "ls /i", holds: "[b, c]\n"},
		{name: "the ACLs", prepare: []string{"create /a x world:anyone:ra", "setAcl /a world:anyone:cdrwa", "create /a/b x", "setAcl /a world:anyone:ra"}, line: "cp -r /a /i", nth: 2,
			message: "cp: after 2 of 2 znodes: ",
			says:    "2 of 3 changes were made, and whether 1 more was made is not known", of: 3, done: 2, inDoubt: 1,
			check: "getAcl /i", holds: "'world,'anyone\n: ra\n"},
	},
	"mv": {
		{prepare: []string{"create /a x"}, line: "mv /a /b", inDoubt: 2, check: "ls /", holds: "[b, zookeeper]\n"},
		{name: "large", prepare: []string{"create /a x", "create /a/b BIG", "create /a/c BIG"}, line: "mv /a /i", nth: 3,
			says: "3 of 6 changes were made, and whether 3 more were made is not known", of: 6, done: 3, inDoubt: 3,
			check: "ls /", holds: "[i, zookeeper]\n"},
	},
	"reconfig": {{line: "reconfig -remove 3"}},
	"setquota": {
		{name: "first", prepare: []string{"create /a x"}, line: "setquota -n 5 /a", check: "ls /zookeeper/quota", holds: "[a]\n"},
		{name: "later", prepare: []string{"create /a x"}, line: "setquota -n 5 /a", nth: 2,
			says: "1 change was made, and whether 1 more was made is not known", done: 1, inDoubt: 1,
			check: "ls /zookeeper/quota/a", holds: "[zookeeper_limits]\n"},
	},
	"delquota": {
		{prepare: []string{"create /a x", "setquota -n 5 /a"}, line: "delquota /a", nth: 3,
			says: "2 changes were made, and whether 1 more was made is not known", done: 2, inDoubt: 1,
			check: "ls /zookeeper/quota", holds: "[]\n"},
		{name: "-n", prepare: []string{"create /a x", "setquota -n 5 /a"}, line: "delquota -n /a",
			check: "get /zookeeper/quota/a/zookeeper_limits", holds: "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=-1\n"},
	},
	"expire": {{line: "expire"}},
}

// noDoubt are the commands that write without a request that could be lost.
var noDoubt = map[string]string{"server": "it is done to the embedded server in this process"}

// writeOps are the requests that write.
var writeOps = []wire.Op{wire.OpCreate, wire.OpCreate2, wire.OpCreateContainer, wire.OpCreateTTL, wire.OpDelete,
	wire.OpSetData, wire.OpSetACL, wire.OpMulti, wire.OpReconfig, wire.OpCloseSession}

// nthOf has the nth of these requests meet its fate, and forwards all others.
func nthOf(ops []wire.Op, n int, fate zktest.Fate) func(op int32) zktest.Fate {
	return func(op int32) zktest.Fate {
		if slices.Contains(ops, wire.Op(op)) {
			if n--; n == 0 {
				return fate
			}
		}
		return zktest.Forwarded
	}
}

// behindProxy is a shell that is connected through a proxy, and one that is not.
func behindProxy(t *testing.T, d Dialect, cfg Config) (p *zktest.Proxy, through, direct *tester) {
	t.Helper()
	srv := startServer(t, server.Config{})
	direct = openOn(t, srv, Config{Target: session.Target{MaxRequest: 1 << 20}, Dialect: d})
	p = zktest.StartProxy(t, srv.Addr())
	rec := newRecorder()
	cfg.Connect, cfg.Dialect, cfg.Sink = p.Addr(), d, rec.sink
	sh := New(cfg)
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sh.Session().Crash() })
	if err := sh.Session().WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, &tester{t: t, sh: sh, rec: rec, srv: srv}, direct
}

// smallRequest is a request that two znodes with bigData do not fit into.
const smallRequest = 6000

var bigData = strings.Repeat("d", 2000)

// fill fills in what is left out.
func (c *doubtCase) fill(name string) {
	c.nth, c.inDoubt = max(1, c.nth), max(1, c.inDoubt)
	if c.dialect == Auto {
		c.dialect = D39
	}
	if c.says == "" {
		c.says = unknownOutcome
	}
	c.name = strings.TrimSpace(name + " " + c.name)
}

// everyDoubt runs each case of each command that writes. A command without one fails.
func everyDoubt(t *testing.T, cfg Config, fate zktest.Fate, check func(t *testing.T, c doubtCase, x, direct *tester, p *zktest.Proxy)) {
	t.Chdir(t.TempDir())
	for _, cmd := range table {
		cases := doubtCases[cmd.Name]
		switch {
		case cmd.Effect == Reads:
			continue
		case len(cases) == 0 && noDoubt[cmd.Name] == "":
			t.Errorf("%s writes, and has no case here", cmd.Name)
		}
		for _, c := range cases {
			c.fill(cmd.Name)
			t.Run(c.name, func(t *testing.T) {
				cfg := cfg
				cfg.MaxRequest = smallRequest
				p, x, direct := behindProxy(t, c.dialect, cfg)
				os.Remove("a.json")
				for _, line := range c.prepare {
					direct.do(strings.ReplaceAll(line, "BIG", bigData))
				}
				p.Decide(nthOf(writeOps, c.nth, fate))
				check(t, c, x, direct, p)
			})
		}
	}
}

// wantDone checks what the server has done.
func (c doubtCase) wantDone(t *testing.T, direct *tester) {
	t.Helper()
	if c.check == "" {
		return
	}
	if out, _, _ := direct.run(c.check); out != c.holds {
		t.Errorf("%s: %q, want %q", c.check, out, c.holds)
	}
}

// A command of a person that loses the answer to a write says that it may have been
// done, and how far it came; the server has done it.
func TestDoubtIsSaid(t *testing.T) {
	everyDoubt(t, Config{Typed: true}, zktest.Swallowed, func(t *testing.T, c doubtCase, x, direct *tester, _ *zktest.Proxy) {
		out, said, code := x.run(c.line)
		want := byCut + ": " + c.says + "\n"
		if !strings.HasSuffix(said, want) || strings.Count(said, "not known") != 1 || !strings.Contains(said+out, c.message) {
			t.Errorf("said %q, want %q", said, want)
		}
		if code == 0 != c.goesOn {
			t.Errorf("code %d", code)
		}
		if last := x.rec.snapshot(); last[len(last)-1].Doubt+"\n" != want || x.sh.Doubt()+"\n" != want {
			t.Errorf("the Done has %q, the shell %q", last[len(last)-1].Doubt, x.sh.Doubt())
		}
		c.wantDone(t, direct)
		// The next line has nothing of it.
		if x.run("version"); x.sh.Doubt() != "" {
			t.Errorf("afterwards: %q", x.sh.Doubt())
		}
	})
}

// An interrupt of a write that the server has got says it, too.
func TestInterruptInDoubt(t *testing.T) {
	everyDoubt(t, Config{Typed: true}, zktest.Held, func(t *testing.T, c doubtCase, x, direct *tester, p *zktest.Proxy) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { <-p.Caught(); stop() }()
		x.sh.Run(ctx, c.line)
		said := text(x.rec.snapshot(), Stderr)
		if c.goesOn { // and does not here
			c.says, c.check = "1 change was made, and whether 1 more was made is not known", ""
		}
		if want := byStop + ": " + c.says + "\n"; !strings.HasSuffix(said, want) {
			t.Errorf("said %q, want %q", said, want)
		}
		c.wantDone(t, direct)
	})
}

// JSON has an object of it, behind what there is else.
func TestDoubtInJSON(t *testing.T) {
	everyDoubt(t, Config{Typed: true, JSON: true}, zktest.Swallowed, func(t *testing.T, c doubtCase, x, _ *tester, _ *zktest.Proxy) {
		out, _, _ := x.run(c.line)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var got jsonDoubt
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		want := jsonDoubt{Command: strings.Fields(c.line)[0], Outcome: "unknown", Error: got.Error, Done: c.done, InDoubt: c.inDoubt, Of: c.of}
		if got != want || got.Error == "" {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

// In scripts and on pages zkCli's letter stays: the sentence is for the front end.
func TestDoubtByTheLetter(t *testing.T) {
	everyDoubt(t, Config{}, zktest.Swallowed, func(t *testing.T, c doubtCase, x, direct *tester, _ *zktest.Proxy) {
		out, said, _ := x.run(c.line)
		if strings.Contains(out+said, "not known") || strings.Contains(out+said, "outcome") {
			t.Errorf("it says %q, %q", out, said)
		}
		if want := byCut + ": " + c.says; x.sh.Doubt() != want {
			t.Errorf("%q, want %q", x.sh.Doubt(), want)
		}
		c.wantDone(t, direct)
	})
}

// A write that is never sent was not done, and nothing is said.
func TestUnsentIsNoDoubt(t *testing.T) {
	everyDoubt(t, Config{Target: session.Target{Timeout: 2 * time.Second}, Typed: true}, zktest.Forwarded, func(t *testing.T, c doubtCase, x, direct *tester, p *zktest.Proxy) {
		before, _, _ := direct.run("ls -R /")
		p.Shut()
		x.rec.await(t, "the loss", func(it Item) bool {
			return it.Kind == State && it.Event.State == wire.StateDisconnected
		})
		wait := 50 * time.Millisecond // no connection comes any more, however long
		if c.name == "create" || c.name == "multi" {
			wait = time.Minute // until the session gives up
		}
		ctx, stop := context.WithTimeout(t.Context(), wait)
		defer stop()
		x.sh.Run(ctx, c.line)
		if said := text(x.rec.snapshot(), Stderr, Stdout); strings.Contains(said, "not known") || x.sh.Doubt() != "" {
			t.Errorf("it says %q", said)
		}
		if after, _, _ := direct.run("ls -R /"); after != before {
			t.Errorf("the tree was\n%s and is\n%s", before, after)
		}
	})
}

// A command that reads never says it, whatever of its requests is not answered.
func TestReadsAreNoDoubt(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, cmd := range table {
		if cmd.Effect != Reads || cmd.Needs != NeedsSession || cmd.Example == "" {
			continue
		}
		t.Run(cmd.Name, func(t *testing.T) {
			p, x, direct := behindProxy(t, D39, Config{Typed: true, JSON: true})
			direct.do("create /app x", "create /app/config x")
			lines := strings.Split(cmd.Example, "\n")
			for len(lines) > 1 && !strings.HasPrefix(lines[0], cmd.Name+" ") {
				direct.run(lines[0])
				lines = lines[1:]
			}
			n := 0
			p.Decide(func(op int32) zktest.Fate {
				switch wire.Op(op) {
				case wire.OpPing, wire.OpCloseSession:
					return zktest.Forwarded
				}
				if n++; n == 1 {
					return zktest.Swallowed
				}
				return zktest.Forwarded
			})
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
			defer stop()
			x.sh.Run(ctx, lines[0])
			if said := text(x.rec.snapshot(), Stderr, Stdout); strings.Contains(said, unknownOutcome) || strings.Contains(said, "outcome") || x.sh.Doubt() != "" {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// What a line of the history does when it is run again is that line's.
func TestDoubtOfRedo(t *testing.T) {
	p, x, direct := behindProxy(t, D39, Config{Typed: true})
	x.run("create /a/b x")
	direct.do("create /a x")
	p.Decide(nthOf(writeOps, 1, zktest.Swallowed))
	_, said, _ := x.run("redo 0")
	if want := byCut + ": " + unknownOutcome + "\n"; strings.Count(said, want) != 1 || x.sh.Doubt()+"\n" != want {
		t.Errorf("said %q, the shell %q", said, x.sh.Doubt())
	}
	direct.want("get /a/b", "x\n", "", 0)
}

// One ACL that is refused does not put those in doubt that are under way with it.
func TestRefusedIsNoDoubt(t *testing.T) {
	t.Chdir(t.TempDir())
	x := open(t, Config{Dialect: D39, Typed: true})
	x.do("create /a x")
	for i := range 100 {
		x.do(fmt.Sprintf("create /a/%d x", i), fmt.Sprintf("create /a/%d/b x", i), fmt.Sprintf("setAcl /a/%d world:anyone:ra", i))
	}
	x.do("export /a a.json")
	file := filepath.Join(".", "a.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	for i, line := range lines {
		if strings.Contains(line, `"path":"/7"`) {
			lines[i] = strings.Replace(line, `"scheme":"world","id":"anyone"`, `"scheme":"nosuch","id":"who"`, 1)
		}
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	_, said, code := x.run("import a.json /i")
	if code != 1 || strings.Contains(said, "not known") || x.sh.Doubt() != "" {
		t.Errorf("code %d, %q, %q", code, said, x.sh.Doubt())
	}
}

// timeLimit is a context whose time is up when it is said to be.
type timeLimit struct {
	context.Context
	over chan struct{}
}

// Done implements context.Context.
func (l timeLimit) Done() <-chan struct{} { return l.over }

// Err implements context.Context.
func (l timeLimit) Err() error {
	select {
	case <-l.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// A time limit that ends a write which was sent says so.
func TestDoubtOf(t *testing.T) {
	p, x, direct := behindProxy(t, D39, Config{})
	p.Decide(nthOf(writeOps, 1, zktest.Held))
	limit := timeLimit{t.Context(), make(chan struct{})}
	go func() {
		<-p.Caught()
		close(limit.over)
	}()
	_, _, err := x.sh.Session().Create(limit, "/a", nil, session.CreateOptions{})
	if got, want := DoubtOf(fmt.Errorf("write: %w", err)), "no answer came in time: "+unknownOutcome; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	direct.want("ls /", "[a, zookeeper]\n", "", 0)
	for _, err := range []error{nil, context.Canceled, &wire.Error{Code: wire.ConnectionLoss}} {
		if got := DoubtOf(err); got != "" {
			t.Errorf("%v: %q", err, got)
		}
	}
}

// TestDoubtOfLongReply: a reply to a write that is too long to be read says nothing of
// what became of it.
func TestDoubtOfLongReply(t *testing.T) {
	x := open(t, Config{Target: session.Target{Limits: session.Limits{Reply: session.LeastReply}}, Dialect: D39})
	x.do("create /a x")
	line := "multi" + strings.Repeat(" set /a y ;", 15_000) + " set /a y"
	_, said, code := x.run(line)
	if want := "the answer was too long to be read: whether it was done is not known"; code != 1 || x.sh.Doubt() != want {
		t.Errorf("code %d, %q, the shell %q", code, said, x.sh.Doubt())
	}
	out, _, _ := x.run("get -s /a")
	if !strings.Contains(out, "dataVersion = 15001\n") {
		t.Errorf("after it: %q", out)
	}
}

func TestDoubtText(t *testing.T) {
	lost := &wire.Error{Code: wire.ConnectionLoss}
	for _, tt := range []struct {
		done session.Changes
		of   int
		want string
	}{
		{session.Changes{Requests: 2, Done: 1, InDoubt: 1}, 0, "1 change was made, and whether 1 more was made is not known"},
		{session.Changes{Requests: 2, Done: 2, InDoubt: 3}, 9, "2 of 9 changes were made, and whether 3 more were made is not known"},
		{session.Changes{Requests: 2, InDoubt: 3}, 9, "whether 3 of 9 changes were made is not known"},
		{session.Changes{Requests: 1, InDoubt: 1}, 9, "whether 1 of 9 changes were made is not known"},
		{session.Changes{Requests: 2, InDoubt: 2}, 0, "whether 2 changes were made is not known"},
	} {
		tt.done.Err = lost
		if got, want := doubtText(tt.done, tt.of), byCut+": "+tt.want; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
