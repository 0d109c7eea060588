package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	zk "zoosh/internal/session"
	"zoosh/internal/wire"
)

func TestItemsOfALine(t *testing.T) {
	x := open(t, Config{Name: "main", Dialect: D39})
	x.do("create /a 1")
	x.rec.take()
	code := x.sh.Run(t.Context(), "get /nope")
	items := x.rec.take()
	if code != 1 || x.sh.Code() != 1 || len(items) != 3 {
		t.Fatalf("code %d, %+v", code, items)
	}
	if it := items[0]; it.Kind != Began || it.Text != "" || it.Line != "get /nope" || !strings.HasSuffix(it.Prompt, "(CONNECTED) 1] ") {
		t.Errorf("%+v", it)
	}
	if it := items[1]; it.Kind != Stderr || it.Text != "Node does not exist: /nope\n" || it.Shell != "main" {
		t.Errorf("%+v", it)
	}
	if it := items[2]; it.Kind != Done || it.Text != "" || it.Shell != "main" || it.Line != "get /nope" || it.Code != 1 || !isNoNode(it.Err) {
		t.Errorf("%+v", it)
	}
	x.want("get /a", "1\n", "", 0)
	x.want("foo", "", zkHelp(D39)+"Command not found: Command not found foo\n", 127)
	// A line of nothing changes nothing.
	for _, line := range []string{"", " ", "\t "} {
		x.want(line, "", "", 127)
	}
	x.want("'", "", "No command entered\n", 1)
	x.rec.take()
	if code := x.sh.RunWords(t.Context(), []string{"get", "/a"}); code != 0 {
		t.Error(code)
	}
	if items := x.rec.take(); text(items, Stdout) != "1\n" || items[len(items)-1].Line != "get /a" {
		t.Errorf("%+v", items)
	}
}

// TestWordsOfACommandLine: they are words already, whatever is in them.
func TestWordsOfACommandLine(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	for _, words := range [][]string{{"create", "/a b", "it's \"this\""}, {"set", "/a b", " "}, {"set", "/a b", ""}} {
		if code := x.sh.RunWords(t.Context(), words); code != 0 {
			t.Fatalf("%q: %d", words, code)
		}
		x.want(`get "/a b"`, words[2]+"\n", "", 0)
	}
}

func TestHistory(t *testing.T) {
	for _, d := range []Dialect{D34, D39} {
		t.Run(d.String(), func(t *testing.T) {
			x := open(t, Config{Dialect: d})
			prompt := func(n int) {
				t.Helper()
				if want := fmt.Sprintf("[zk: %s(CONNECTED) %d] ", x.srv.Addr(), n); x.sh.Prompt() != want {
					t.Errorf("%q, want %q", x.sh.Prompt(), want)
				}
			}
			prompt(0)
			x.want("history", "0 - history\n", "", 0)
			x.want("", "", "", 0)
			x.want("  ", "", "", 0)
			prompt(1)
			x.do("create /a 1") // 1
			x.want("foo", "", zkHelp(d)+map[Dialect]string{D39: "Command not found: Command not found foo\n"}[d], 127)
			prompt(3)
			x.want("history", "0 - history\n1 - create /a 1\n2 - foo\n3 - history\n", "", 0)
			// redo is replaced by what it runs, and succeeds whatever that does.
			x.want("redo 1", "", "Node already exists: /a\n", 0) // 4
			x.want("redo 0x1", "", "Node already exists: /a\n", 0)
			x.want("redo 4", "", "Node already exists: /a\n", 0)
			if got := x.sh.History(); len(got) != 7 || got[4] != "create /a 1" || got[6] != "create /a 1" {
				t.Errorf("%q", got)
			}
			out, err, code := "Command index out of range\n", "", 0
			if d != D34 {
				out, err, code = "", out, 1
			}
			x.want("redo 7", out, err, code)
			x.want("redo -1", out, err, code)
			x.want("redo 100", out, err, code)
			x.want("redo", "", "", 0)
			if _, err, code := x.run("redo x"); err != "For input string: \"x\"\n" || code != 1 {
				t.Errorf("%q, %d", err, code)
			}
			out, err, code = "No redoing redos\n", "", 0
			if d != D34 {
				out, err, code = "", out, 1
			}
			x.want("redo 7", out, err, code)
			prompt(13)
			var want strings.Builder
			lines := append(x.sh.History(), "history")
			for i := 3; i < 14; i++ {
				fmt.Fprintf(&want, "%d - %s\n", i, lines[i])
			}
			x.want("history", want.String(), "", 0)
			x.sh.RunWords(t.Context(), []string{"ls", "/"})
			prompt(14)
		})
	}
}

// TestWordsAsTheyAre: zkCli reads no options where it has none to read.
func TestWordsAsTheyAre(t *testing.T) {
	for _, d := range []Dialect{D34, D38, D39} {
		x := open(t, Config{Dialect: d})
		x.want("history -x", "0 - history -x\n", "", 0)
		x.do("printwatches -x")
		x.want("printwatches", "printwatches is off\n", "", 0)
		x.want("redo 0x1 -v", "", "", 0)
		if code := x.sh.Run(t.Context(), "quit --now"); code != 0 || !x.sh.Quitting() {
			t.Errorf("%v: code %d", d, code)
		}
	}
}

func TestStrictTakesEveryLine(t *testing.T) {
	x := open(t, Config{Dialect: D39, Strict: true})
	x.want("", "", "", 0)
	x.want("   ", "", zkHelp(D39)+"Command not found: Command not found  \n", 127)
	for _, name := range []string{"help", "exit"} {
		x.want(name, "", zkHelp(D39)+"Command not found: Command not found "+name+"\n", 127)
	}
	if n := len(x.sh.History()); n != 3 {
		t.Errorf("%d lines", n)
	}
	x = open(t, Config{Dialect: D34, Strict: true})
	x.want("help", "", zkHelp(D34), 0)
	x.want("exit", "", zkHelp(D34), 127)
}

func TestHelp(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	out, err, code := x.run("help")
	if !strings.HasPrefix(out, zkHelp(D39)) || err != "" || code != 0 {
		t.Fatalf("%q %q %d", out, err, code)
	}
	own := out[len(zkHelp(D39)):]
	for _, part := range []string{"zoosh's own:\n", "\tcrash ", "\texpire ", "\thelp [command|topic] ", "\tdialect [3.4|3.8|3.9|auto]"} {
		if !strings.Contains(own, part) {
			t.Errorf("%q is not in %q", part, own)
		}
	}
	if strings.Contains(own, "ls2") || strings.Contains(own, "from other versions") {
		t.Errorf("3.9 names what it does not have: %q", own)
	}
	x.want("help ls", "ls [-s] [-w] [-R] path\nlist the children\n -?   help\n -R   recurse\n -s   stat\n -w   watch\n"+
		"-o json prints JSON, an object a line\nexample:\n  create /app x\n  create /app/config x\n  ls -R /app\n", "", 0)
	x.want("help foo", "", "Command not found: Command not found foo\n", 127)
	x.do("dialect 3.4")
	if out, _, _ = x.run("help"); !strings.Contains(out, "from other versions of zkCli:\n\taddWatch ...  ") {
		t.Errorf("%q", out)
	}
}

// TestUnknownWordsStayText: a % in a name must not be taken for a verb.
func TestUnknownWordsStayText(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /%s %d%n")
	x.want("get /%s", "%d%n\n", "", 0)
	x.want("ls /", "[%s, zookeeper]\n", "", 0)
	x.want("get /%v%!", "", "Node does not exist: /%v%!\n", 1)
	x.want("get -%d", "", "Unrecognized option: -%d\n", 1)
}

func TestPrintWatches(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	fired := func(path string) func(Item) bool {
		return func(it Item) bool { return it.Kind == Watch && it.Event.Path == path }
	}
	x.do("create /a 1", "create /b 1")
	x.want("printwatches", "printwatches is on\n", "", 0)
	x.do("get -w /a", "set /a 2")
	it := x.rec.await(t, "the event of /a", fired("/a"))
	if want := fmt.Sprintf("\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/a zxid: %d\n", it.Event.Zxid); it.Text != want {
		t.Errorf("%q, want %q", it.Text, want)
	}
	if len(it.Event.ArmedBy) != 1 || it.Event.ArmedBy[0] != "get -w /a" {
		t.Errorf("armed by %q", it.Event.ArmedBy)
	}
	x.do("printwatches off")
	x.want("printwatches", "printwatches is off\n", "", 0)
	x.do("get -w /b", "set /b 2")
	if it := x.rec.await(t, "the event of /b", fired("/b")); it.Text != "" || it.Event.Type != wire.EventNodeDataChanged {
		t.Errorf("%+v", it)
	}
	x.do("printwatches anything", "printwatches")
	x.want("printwatches", "printwatches is off\n", "", 0)
	x.rec.take()
	x.do("printwatches on", "get -w /b", "set /b 3")
	if it := x.rec.await(t, "the second event of /b", fired("/b")); it.Text == "" {
		t.Error("it is not shown")
	}
}

// TestEventBeforeRead: the event of a change stands before the output of a read
// that follows it, in the order in which the sink is called.
func TestEventBeforeRead(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	other := openOn(t, x.srv, Config{Dialect: D39})
	x.do("create /a 0")
	for i := range 50 {
		x.do("get -w /a")
		x.rec.take()
		other.do(fmt.Sprintf("set /a v%d", i))
		if code := x.sh.Run(t.Context(), "get /a"); code != 0 {
			t.Fatal(code)
		}
		items := slices.DeleteFunc(x.rec.take(), func(it Item) bool { return it.Kind == Began })
		if len(items) != 3 || items[0].Kind != Watch || items[1].Kind != Stdout || items[1].Text != fmt.Sprintf("v%d\n", i) {
			t.Fatalf("round %d: %+v", i, items)
		}
	}
}

func TestDialectCommand(t *testing.T) {
	x := open(t, Config{}) // auto: the documented session's, on the embedded server
	if d := x.sh.Dialect(); d != D34 {
		t.Fatalf("%v on the embedded server", d)
	}
	x.want("dialect", "dialect is 3.4 (auto)\n", "", 0)
	x.want("dialect 3.9", "", "", 0)
	x.want("dialect", "dialect is 3.9\n", "", 0)
	x.want("dialect 3.7", "", "unknown dialect \"3.7\": it is one of auto, 3.4, 3.8, 3.9\n", 1)
	x.want("dialect", "dialect is 3.9\n", "", 0)
	x.do("dialect auto")
	x.want("dialect", "dialect is 3.4 (auto)\n", "", 0)
	if d := New(Config{}).Dialect(); d != D39 {
		t.Errorf("%v before any server is known", d)
	}
}

// TestStatsStream: 3.4 writes a stat to standard error, later ones to standard
// output and only when asked.
func TestStatsStream(t *testing.T) {
	x := open(t, Config{Dialect: D34})
	out, err, _ := x.run("create /a 1")
	if out != "" || err != "Created /a\n" {
		t.Errorf("%q %q", out, err)
	}
	if out, err, _ = x.run("get /a"); out != "1\n" || !strings.HasPrefix(err, "cZxid = 0x") {
		t.Errorf("3.4: %q %q", out, err)
	}
	if out, err, _ = x.run("set /a 2"); out != "" || !strings.Contains(err, "dataVersion = 1\n") {
		t.Errorf("3.4: %q %q", out, err)
	}
	x.do("dialect 3.8")
	if out, err, _ = x.run("get /a"); out != "2\n" || err != "" {
		t.Errorf("3.8: %q %q", out, err)
	}
	if out, err, _ = x.run("get -s /a"); !strings.HasPrefix(out, "2\ncZxid = 0x") || err != "" {
		t.Errorf("3.8: %q %q", out, err)
	}
}

func TestDeprecatedWatch(t *testing.T) {
	x := open(t, Config{Dialect: D38})
	x.do("create /a 1")
	for _, test := range []struct{ line, out, instead string }{
		{"ls /a true", "[]\n", "ls [-w] path"}, {"get /a true", "1\n", "get [-s] [-w] path"},
	} {
		name, _, _ := strings.Cut(test.line, " ")
		x.want(test.line, test.out, fmt.Sprintf("'%s path [watch]' has been deprecated. Please use '%s' instead.\n", name, test.instead), 0)
	}
	if _, err, _ := x.run("stat /a true"); err != "'stat path [watch]' has been deprecated. Please use 'stat [-w] path' instead.\n" {
		t.Errorf("%q", err)
	}
	x.do("dialect 3.4")
	x.want("ls /a true", "[]\n", "", 0)
}

func TestACLs(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create /a 1")
	x.want("getAcl /a", "'world,'anyone\n: cdrwa\n", "", 0)
	x.want("setAcl /a world:anyone:ra", "", "", 0)
	x.want("getAcl /a", "'world,'anyone\n: ra\n", "", 0)
	x.want("setAcl /a world:anyone:cdrwax", "", "Unknown perm type: x\n", 0)
	x.want("setAcl /a nonsense,world:anyone:cdrwa", "", "nonsense does not have the form scheme:id:perm\n", 0)
	x.want("setAcl /a nonsense", "", "nonsense does not have the form scheme:id:perm\nAcl is not valid : null\n", 1)
	x.want("setAcl /a world:anyone:ra,,", "", "", 0)
	x.want("setAcl /a ip:10.0.0.0/8:r,world:anyone:a", "", "", 0)
	x.want("getAcl /a", "'ip,'10.0.0.0/8\n: r\n'world,'anyone\n: a\n", "", 0)
	x.want("get /a", "", "Insufficient permission : /a\n", 1)
	if out, _, code := x.run("getAcl -s /a"); code != 0 || !strings.Contains(out, "aclVersion = 5\n") {
		t.Errorf("%d %q", code, out)
	}
	x.want("addauth digest u:p", "", "", 0)
	x.want("create /d x auth::rwa", "", "Created /d\n", 0)
	other := openOn(t, x.srv, Config{Dialect: D34})
	other.want("get /d", "", "Authentication is not valid : /d\n", 1)
	x.want("get /d", "x\n", "", 0)
}

func TestWrites(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.want("create -s -e /s x", "", "Created /s0000000000\n", 0)
	x.want("create -c /c", "", "Created /c\n", 0)
	x.want("create /nodata", "", "Created /nodata\n", 0)
	x.want("get /nodata", "null\n", "", 0)
	x.want("create -c -e /x", "", "-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.\n", 1)
	x.want("create -t 10 -e /x", "", "TTLs cannot be used with Ephemeral znodes\n", 1)
	x.want("create -t 10 -c /x", "", "TTLs cannot be used with Container znodes\n", 1)
	x.want("create -t x /x", "", "-t argument must be a long value\n", 1)
	x.want("create -t 0 /x", "", "ttl must be positive and cannot be larger than: 1099511627775\n", 1)
	x.want("create -t 1099511627776 /x", "", "ttl must be positive and cannot be larger than: 1099511627775\n", 1)
	x.want("create x", "", "Path must start with / character\n", 1)
	x.want("create /nope/a x", "", "Node does not exist: /nope/a\n", 1)
	x.want("set -v 0 /nodata a", "", "", 0)
	x.want("set -v 0 /nodata b", "", "version No is not valid : /nodata\n", 1)
	x.want("set -b /nodata aGk=", "", "", 0)
	x.want("get -b /nodata", "aGk=\n", "", 0)
	x.want("set -v x /nodata a", "", "For input string: \"x\"\n", 1)
	x.do("create /t 1", "create /t/a 1", "create /t/a/b 1", "create /t/c 1")
	x.want("ls -R /t", "/t\n/t/a\n/t/c\n/t/a/b\n", "", 0)
	x.want("delete /t", "", "Node not empty: /t\n", 1)
	x.want("deleteall /t -b 2", "", "", 0)
	x.want("ls /t", "", "Node does not exist: /t\n", 1)
	x.want("deleteall /c -b x", "", "-b argument must be an int value\n", 1)
	x.want("delete /c 0", "", "'delete path [version]' has been deprecated. Please use 'delete [-v version] path' instead.\n", 0)
	x.want("sync /", "Sync is OK\n", "", 0)
	x.do("dialect 3.4")
	x.want("sync /", "Sync returned 0\n", "", 0)
	x.do("create /t 1", "create /t/a 1")
	x.want("rmr /t", "", "", 0)
	x.want("ls /t", "", "Node does not exist: /t\n", 1)
}

// state waits until the shell's session was in this state.
func state(s wire.KeeperState) func(Item) bool {
	return func(it Item) bool { return it.Kind == State && it.Event.State == s }
}

func TestCloseAndConnect(t *testing.T) {
	second := startServer(t, server.Config{})
	x := open(t, Config{Dialect: D39})
	other := openOn(t, x.srv, Config{Dialect: D39})
	x.do("create -e /e 1")
	other.want("get /e", "1\n", "", 0)
	x.rec.take()
	x.sh.Run(t.Context(), "close")
	closed := x.rec.await(t, "the session's end", state(wire.StateClosed))
	if want := "\nWATCHER::\n\nWatchedEvent state:Closed type:None path:null zxid: -1\n"; closed.Text != want {
		t.Errorf("%q", closed.Text)
	}
	other.want("get /e", "", "Node does not exist: /e\n", 1)
	if want := fmt.Sprintf("[zk: %s(CLOSED) 2] ", x.srv.Addr()); x.sh.Prompt() != want {
		t.Errorf("%q, want %q", x.sh.Prompt(), want)
	}
	x.want("ls /", "Not connected\n", "", 0)
	x.want("ls", "Not connected\n", "", 0)
	x.want("close", "Not connected\n", "", 0)
	x.want("printwatches", "printwatches is on\nNot connected\n", "", 0)
	x.want("redo 100", "", "Command index out of range\n", 1)
	x.want("foo", "", zkHelp(D39)+"Command not found: Command not found foo\n", 127)
	x.do("connect")
	x.want("ls /", "[zookeeper]\n", "", 0)

	// Another server.
	x.do("create -e /e 1")
	x.do("connect " + second.Addr())
	other.want("get /e", "", "Node does not exist: /e\n", 1)
	x.want("ls /", "[zookeeper]\n", "", 0)
	if !strings.Contains(x.sh.Prompt(), second.Addr()+"(CONNECTED)") {
		t.Errorf("%q", x.sh.Prompt())
	}
	// Below a chroot.
	x.do("create /c 1", "create /c/d 2", "connect "+second.Addr()+"/c")
	x.want("ls /", "[d]\n", "", 0)
	x.want("get /", "1\n", "", 0)

	// What is no connect string leaves the session alone.
	before := x.sh.Session()
	for _, bad := range []string{"h:p", "127.0.0.1:2181/a/", ",", "h:99999", "''"} {
		if _, err, code := x.run("connect " + bad); code != 1 || err == "" {
			t.Errorf("connect %s: %q, %d", bad, err, code)
		}
		if x.sh.Session() != before {
			t.Fatalf("connect %s gave up the session", bad)
		}
	}
	x.want("ls /", "[d]\n", "", 0)
}

func TestCrash(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	other := openOn(t, x.srv, Config{Dialect: D39})
	x.do("create -e /e 1")
	x.rec.take()
	if code := x.sh.Run(t.Context(), "crash"); code != 0 {
		t.Error(code)
	}
	x.rec.await(t, "the connection's end", state(wire.StateDisconnected))
	if got := text(x.rec.snapshot(), Stderr); got != "Connection dropped: the server keeps the session until its timeout\n" {
		t.Errorf("%q", got)
	}
	x.want("ls /", "Not connected\n", "", 0)
	other.want("get /e", "1\n", "", 0)
	x.do("connect")
	x.want("get /e", "1\n", "", 0)
}

// TestCrashExpires: after its timeout the server ends a session that crashed.
func TestCrashExpires(t *testing.T) {
	srv := startServer(t, server.Config{TickTime: 50 * time.Millisecond, MaxSessionTimeout: time.Hour})
	x := openOn(t, srv, Config{Target: zk.Target{Timeout: 2 * time.Second}, Dialect: D39})
	other := openOn(t, srv, Config{Dialect: D39})
	x.do("create -e /e 1")
	other.do("stat -w /e")
	x.do("crash")
	it := other.rec.await(t, "the ephemeral znode's end", func(it Item) bool { return it.Kind == Watch })
	if it.Event.Type != wire.EventNodeDeleted || it.Event.Path != "/e" {
		t.Errorf("%+v", it.Event)
	}
}

func TestExpire(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create -e /e 1")
	old := x.sh.Session().ID()
	x.rec.take()
	if code := x.sh.Run(t.Context(), "expire"); code != 0 {
		t.Fatalf("%d, %q", code, text(x.rec.snapshot(), Stderr))
	}
	items := x.rec.take()
	if got := text(items, Stderr); got != "Session expired: a new one has taken its place\n" {
		t.Errorf("%q", got)
	}
	var states []wire.KeeperState
	for _, it := range items {
		if it.Kind == State {
			states = append(states, it.Event.State)
		}
	}
	if got := fmt.Sprint(states); got != "[Disconnected Expired SyncConnected]" && got != "[Disconnected SyncConnected Expired SyncConnected]" {
		t.Errorf("states %v", states)
	}
	if id := x.sh.Session().ID(); id == old || id == 0 {
		t.Errorf("session 0x%x after 0x%x", id, old)
	}
	x.want("ls /", "[zookeeper]\n", "", 0)
}

// TestConnectFromNowhere: a session whose server is gone does not keep the shell
// from joining another.
func TestConnectFromNowhere(t *testing.T) {
	first, second := startServer(t, server.Config{}), startServer(t, server.Config{})
	x := openOn(t, first, Config{Dialect: D39})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	x.rec.await(t, "the connection's end", state(wire.StateDisconnected))
	_, err, code := x.run("connect " + second.Addr())
	if code != 0 {
		t.Errorf("code %d, %q", code, err)
	}
	x.want("ls /", "[zookeeper]\n", "", 0)
}

func TestQuit(t *testing.T) {
	for _, test := range []struct {
		d    Dialect
		name string
		out  string
	}{{D34, "quit", "Quitting...\n"}, {D39, "quit", ""}, {D39, "exit", ""}} {
		x := open(t, Config{Dialect: test.d})
		x.do("create -e /e 1")
		if x.sh.Quitting() {
			t.Error("quitting before quit")
		}
		x.run("get /nope")
		x.want(test.name, test.out, "", 1) // the code of the command before
		if !x.sh.Quitting() || x.sh.Session().State() != zk.Closed {
			t.Errorf("%s: quitting %v, %v", test.name, x.sh.Quitting(), x.sh.Session().State())
		}
	}
}

// TestGivenUpSessionsEnd: a session whose credential was refused is no longer
// "alive" to zkCli, but it has to be closed all the same.
func TestGivenUpSessionsEnd(t *testing.T) {
	for _, how := range []string{"connect", "close the shell"} {
		t.Run(how, func(t *testing.T) {
			x := open(t, Config{Dialect: D39})
			x.sh.Run(t.Context(), "addauth nosuchscheme x")
			old := x.sh.Session()
			// It reconnects without the credential; until it has, nobody could
			// tell the server that it ends.
			if err := old.WaitConnected(t.Context()); err != nil {
				t.Fatal(err)
			}
			if how == "connect" {
				x.do("connect")
			} else if err := x.sh.Close(); err != nil {
				t.Error(err)
			}
			if s := old.State(); s != zk.Closed {
				t.Errorf("the old session is %v", s)
			}
		})
	}
}

// TestNobodyThere: commands wait as long as their context, and no longer.
func TestNobodyThere(t *testing.T) {
	srv := startServer(t, server.Config{})
	addr := srv.Addr()
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	rec := newRecorder()
	sh := New(Config{Target: zk.Target{Connect: addr, Timeout: 2 * time.Second}, Dialect: D39, Sink: rec.sink})
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer sh.Close()
	if want := fmt.Sprintf("[zk: %s(CONNECTING) 0] ", addr); sh.Prompt() != want {
		t.Errorf("%q, want %q", sh.Prompt(), want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if code := sh.Run(ctx, "ls /"); code != 1 {
		t.Errorf("code %d", code)
	}
	if got := text(rec.snapshot(), Stderr); !strings.HasSuffix(got, "\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
	waiting := New(Config{Target: zk.Target{Connect: addr, Timeout: 100 * time.Millisecond}, WaitForConnection: true, Sink: rec.sink})
	defer waiting.Close()
	if err := waiting.Open(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "connect "+addr+": not connected within 100ms") {
		t.Errorf("%v", err)
	}
}

func TestBeforeOpen(t *testing.T) {
	rec := newRecorder()
	sh := New(Config{Target: zk.Target{Connect: "example:2181"}, Dialect: D39, Sink: rec.sink})
	if got := sh.Prompt(); got != "[zk: example:2181(CLOSED) 0] " {
		t.Errorf("%q", got)
	}
	if code := sh.Run(t.Context(), "ls /"); code != 0 || text(rec.take(), Stdout) != "Not connected\n" {
		t.Errorf("code %d", code)
	}
	if _, c := sh.Complete(t.Context(), "ls /", 4); len(c) != 0 {
		t.Errorf("%+v", c)
	}
	if err := sh.Close(); err != nil {
		t.Error(err)
	}
}

// What no stat tells is told with the end of the command that made it.
func TestMade(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	for _, test := range []struct {
		line, path string
		ttl        time.Duration
	}{
		{"create -c /c x", "/c", 0},
		{"create -t 5000 /t x", "/t", 5 * time.Second},
		{"create -s -t 5000 /t/n- x", "/t/n-0000000000", 5 * time.Second},
		{"create -e /e x", "", 0},
		{"create -c /c x", "", 0}, // it exists
	} {
		x.rec.take()
		x.run(test.line)
		items := x.rec.take()
		made := items[len(items)-1].Made
		if test.path == "" {
			if made != nil {
				t.Errorf("%s: %+v", test.line, made)
			}
			continue
		}
		_, st, err := x.sh.Session().Get(t.Context(), test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Made{x.sh.ConnectString(), test.path, st.Czxid, test.ttl}); made == nil || *made != want {
			t.Errorf("%s: %+v, not %+v", test.line, made, want)
		}
	}
	x.run("delete /c")
	x.rec.take()
	x.sh.Run(t.Context(), "redo 0")
	if items := x.rec.take(); items[len(items)-1].Made == nil {
		t.Errorf("nothing by redo: %+v", items)
	}
}
