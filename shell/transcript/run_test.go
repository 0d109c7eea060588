package transcript

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// quick are options for pages whose events do not have to be waited for long.
var quick = Options{Target: session.Target{Timeout: 30 * time.Second}, EventTimeout: 1000 * time.Millisecond}

func run1(t *testing.T, src string, opt Options) (*Page, *Result) {
	t.Helper()
	p, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(t.Context(), p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p, res
}

// TestRun replays pages: what differs, and what becomes of the page, which then
// passes.
func TestRun(t *testing.T) {
	for _, tt := range runTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, res := run1(t, tt.src, quick)
			if got := res.String(); got != tt.diff {
				t.Errorf("differs:\n%swant:\n%s", got, tt.diff)
			}
			want := tt.updated
			if tt.diff == "" {
				want = tt.src
			}
			got := string(Update(p, res))
			if got != want {
				t.Errorf("updated:\n%s\nwant:\n%s", got, want)
			}
			if _, res := run1(t, got, quick); len(res.Diffs) > 0 {
				t.Errorf("differs after the update:\n%v", res)
			}
		})
	}
}

var runTests = []struct{ name, src, diff, updated string }{
	{
		name: "passes",
		src:  page("'''zk", "[zk] ls /", "[zookeeper]", "[zk] ", "'''"),
	},
	{
		name:    "a word",
		src:     page("text", "'''zk a", "[zk] ls /", "[zoo]", "'''"),
		diff:    "x.md:4: [a] ls /\n-  [zoo]\n+  [zookeeper]\n",
		updated: page("text", "'''zk a", "[zk] ls /", "[zookeeper]", "'''"),
	},
	{
		name:    "no line at the end of the file",
		src:     strings.TrimSuffix(page("'''zk", "[zk] ls /", "'''"), "\n"),
		diff:    "x.md:2: [main] ls /\n+  [zookeeper]\n",
		updated: strings.TrimSuffix(page("'''zk", "[zk] ls /", "[zookeeper]", "'''"), "\n"),
	},
	{
		name: "output in two blocks",
		src: page("'''zk", "[zk] create /a x", "Created /a", "[zk] get /a", "x", "'''", "and its stat:", "'''zk",
			"cZxid = 0x5", "...", "numChildren = 1", "'''"),
		diff: "x.md:11: [main] get /a\n-  numChildren = 1\n+  numChildren = 0\n",
		updated: page("'''zk", "[zk] create /a x", "Created /a", "[zk] get /a", "x", "'''", "and its stat:", "'''zk",
			"cZxid = 0x5", "...", "numChildren = 0", "'''"),
	},
	{
		name: "an event that is not shown, and no block for it",
		src: page("'''zk a", "[zk] create /a x", "Created /a", "'''", "'''zk b", "[zk] ls /a true", "[]", "'''", "'''zk a",
			"[zk] create /a/b x", "Created /a/b", "'''", "The end."),
		diff: "x.md:12: [b] ls /a true\n+  WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a\n" +
			"   (the page does not show this event, which session b received after this block)\n",
		updated: page("'''zk a", "[zk] create /a x", "Created /a", "'''", "'''zk b", "[zk] ls /a true", "[]", "'''", "'''zk a",
			"[zk] create /a/b x", "Created /a/b", "'''", "", "'''zk b", "WATCHER::", "",
			"WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a", "'''", "The end."),
	},
	{
		name: "an event that comes later than it is shown",
		src: page("'''zk a", "[zk] create /a x", "Created /a", "'''", "'''zk b", "[zk] ls /a true", "[]", "", "WATCHER::", "",
			"WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a", "'''", "'''zk a", "[zk] create /a/b x",
			"Created /a/b", "'''", "'''zk b", "[zk] ls /a", "[b]", "'''"),
		diff: "x.md:11: [b] ls /a true\n-  WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a\n   (this event did not come)\n" +
			"x.md:17: [b] ls /a true\n+  WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a\n   (the page does not show this event)\n",
		updated: page("'''zk a", "[zk] create /a x", "Created /a", "'''", "'''zk b", "[zk] ls /a true", "[]", "'''", "'''zk a",
			"[zk] create /a/b x", "Created /a/b", "'''", "'''zk b", "WATCHER::", "",
			"WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a", "[zk] ls /a", "[b]", "'''"),
	},
	{
		name: "an event may have come earlier, and stand anywhere in the output",
		src: page("'''zk", "[zk] create /a ''", "Created /a", "[zk] ls /a true", "[]", "[zk] create /a/b x", "Created /a/b",
			"[zk] stat /a", "cZxid = 0xc", "", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/a",
			"", "...", "numChildren = 1", "'''"),
	},
	{
		name: "an event is not the empty data beside it",
		src: page("'''zk", "[zk] create /a ''", "Created /a", "[zk] get /a true", "", "cZxid = 0x9", "...",
			"[zk] set /a ''", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDataChanged path:/a", "cZxid = 0x9", "...",
			"[zk] get /a", "cZxid = 0x9", "...", "'''"),
		diff: "x.md:14: [main] get /a\n+  \n",
		updated: page("'''zk", "[zk] create /a ''", "Created /a", "[zk] get /a true", "", "cZxid = 0x9", "...",
			"[zk] set /a ''", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDataChanged path:/a", "cZxid = 0x9", "...",
			"[zk] get /a", "", "cZxid = 0x9", "...", "'''"),
	},
	{
		name: "a znode between two that are next to each other",
		src: page("'''zk", "[zk] create /a x", "Created /a", "[zk] create /b x", "Created /b", "[zk] create /c x", "Created /c",
			"[zk] stat /a", "cZxid = 0xc", "...", "[zk] stat /b", "cZxid = 0x1", "...", "[zk] stat /c", "cZxid = 0xd", "...", "'''"),
		diff: "x.md:9: [main] stat /a\n-  cZxid = 0xc\n+  cZxid = 0x2\n" +
			"   (0xc here and 0x1 at line 12 stand for values in the opposite order in the run: one of the two is wrong, more likely the other)\n" +
			"x.md:12: [main] stat /b\n-  cZxid = 0x1\n+  cZxid = 0x3\n" +
			"   (0x1 here and 0xc at line 9 stand for values in the opposite order in the run: one of the two is wrong, more likely this one)\n",
		updated: page("'''zk", "[zk] create /a x", "Created /a", "[zk] create /b x", "Created /b", "[zk] create /c x", "Created /c",
			"[zk] stat /a", "cZxid = 0xc", "...", "[zk] stat /b", "cZxid = 0xd", "...", "[zk] stat /c", "cZxid = 0xe", "...", "'''"),
	},
	{
		name: "one zxid for two",
		src: page("'''zk", "[zk] create /a x", "Created /a", "[zk] create /b x", "Created /b",
			"[zk] stat /a", "cZxid = 0xc", "...", "[zk] stat /b", "cZxid = 0xc", "...", "'''"),
		diff: "x.md:7: [main] stat /a\n-  cZxid = 0xc\n+  cZxid = 0x2\n" +
			"   (0xc here and 0xc at line 10 stand for two values in the run: one of the two is wrong)\n" +
			"x.md:10: [main] stat /b\n-  cZxid = 0xc\n+  cZxid = 0x3\n" +
			"   (0xc here and 0xc at line 7 stand for two values in the run: one of the two is wrong)\n",
		updated: page("'''zk", "[zk] create /a x", "Created /a", "[zk] create /b x", "Created /b",
			"[zk] stat /a", "cZxid = 0xc", "...", "[zk] stat /b", "cZxid = 0xd", "...", "'''"),
	},
	{
		name: "data that looks like something else",
		src: page("'''zk", "[zk] create /a 'cZxid = 0x5'", "Created /a", "[zk] get /a", "cZxid = 0x6", "cZxid = 0x7", "...",
			"[zk] create /b [zk]\u00a0x", "Created /b", "[zk] get /b", "...", "numChildren = 0", "'''"),
		diff: "x.md:5: [main] get /a\n-  cZxid = 0x6\n+  cZxid = 0x5\n",
		updated: page("'''zk", "[zk] create /a 'cZxid = 0x5'", "Created /a", "[zk] get /a", "cZxid = 0x5", "cZxid = 0x7", "...",
			"[zk] create /b [zk]\u00a0x", "Created /b", "[zk] get /b", "...", "numChildren = 0", "'''"),
	},
	{
		name: "data that would be a prompt or a fence",
		src:  page("---", "dialect: 3.9", "---", "'''zk", "[zk] create /a '[zk] ls /'", "Created /a", "[zk] get /a", "[zk] create /b '''", "Created /b", "[zk] get /b", "'''"),
		diff: "x.md:7: [main] get /a\n+  [zk] ls /\nx.md:10: [main] get /b\n+  ```\n",
		updated: page("---", "dialect: 3.9", "---", "'''zk", "[zk] create /a '[zk] ls /'", "Created /a", "[zk] get /a", `\[zk] ls / (glob)`,
			"[zk] create /b '''", "Created /b", "[zk] get /b", "\\''' (glob)", "'''"),
	},
	{
		name:    "nothing before the first command",
		src:     page("'''zk", "Connecting to localhost:2181", "", "Hello", "[zk] ls /", "[zookeeper]", "'''"),
		diff:    "x.md:4: [main]\n-  Hello\n",
		updated: page("'''zk", "Connecting to localhost:2181", "", "[zk] ls /", "[zookeeper]", "'''"),
	},
	{
		name: "quit ends a session and no more",
		src: page("'''zk", "[zk] create -e /a x", "Created /a", "[zk] quit", "Quitting...", "[zk] ls /", "Not connected", "'''",
			"'''zk b", "[zk] ls /", "[zookeeper]", "'''"),
	},
	{
		name: "expire",
		src: page("---", "dialect: 3.4", "---", "'''zk a", "[zk] create -e /a x", "Created /a", "'''", "'''zk b", "[zk] stat /a true", "...", "'''", "'''zk a", "[zk] expire",
			"", "WATCHER::", "", "WatchedEvent state:Expired type:None path:null", "Session expired: a new one has taken its place", "'''", "'''zk b",
			"WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/a", "'''"),
	},
	{
		name: "events that printwatches hides",
		src:  page("'''zk", "[zk] ls / true", "[zookeeper]", "[zk] printwatches off", "[zk] create /a x", "Created /a", "'''"),
	},
	{
		name:    "a WATCHER:: without an event",
		src:     page("'''zk", "[zk] ls /", "[zookeeper]", "", "WATCHER::", "", "'''"),
		diff:    "x.md:5: [main] ls /\n-  WATCHER::\n   (WATCHER:: is not followed by an event)\n",
		updated: page("'''zk", "[zk] ls /", "[zookeeper]", "'''"),
	},
}

// TestCRLF keeps the line ends of a page, in the lines that come to it too.
func TestCRLF(t *testing.T) {
	crlf := strings.NewReplacer("\n", "\r\n")
	p, res := run1(t, crlf.Replace(page("a  ", "", "'''zk", "[zk] create /a x", "[zk] ls /", "[a]", "'''", "b")), quick)
	want := crlf.Replace(page("a  ", "", "'''zk", "[zk] create /a x", "Created /a", "[zk] ls /", "[a, zookeeper]", "'''", "b"))
	if got := string(Update(p, res)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestMutationsReplayed is TestMutations with replays instead of a recording, for
// some of the changes.
func TestMutationsReplayed(t *testing.T) {
	p, rec := played(t, "testdata/modern.md")
	step := 7
	if testing.Short() {
		step = 70
	}
	for i, m := range mutations(p) {
		if i%step != 0 || equivalent(p, m, rec) {
			continue
		}
		mutated, err := Parse(p.File, m.src)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(t.Context(), mutated, quick)
		if err != nil {
			t.Fatal(err)
		}
		if !reports(res, m.line) {
			t.Errorf("line %d: %s: not reported:\n%v", m.line, m.name, res)
		}
		updated := string(Update(mutated, res))
		if _, res := run1(t, updated, quick); len(res.Diffs) > 0 {
			t.Errorf("line %d: %s: differs after the update:\n%v", m.line, m.name, res)
		}
	}
}

// TestGivenServer replays a page on a server that is there already.
func TestGivenServer(t *testing.T) {
	s, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src := page("'''zk", "[zk] create /a x", "Created /a", "'''")
	if _, res := run1(t, src, Options{Target: session.Target{Connect: s.Addr()}}); len(res.Diffs) > 0 {
		t.Errorf("differs:\n%v", res)
	}
	if _, res := run1(t, src, Options{Target: session.Target{Connect: s.Addr()}}); len(res.Diffs) != 1 {
		t.Errorf("the znode is there already:\n%v", res)
	}
}

func TestRunErrors(t *testing.T) {
	p, err := Parse("x.md", []byte(page("'''zk a", "[zk] ls /", "'''")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), p, Options{Target: session.Target{Connect: "127.0.0.1:1", Timeout: 100 * time.Millisecond}}); err == nil ||
		!strings.HasPrefix(err.Error(), "x.md:2: session a: connect 127.0.0.1:1: not connected") {
		t.Errorf("no server: %v", err)
	}
	p.FrontMatter["dialect"] = "4.0"
	if _, err := Run(t.Context(), p, quick); err == nil || !strings.HasPrefix(err.Error(), "x.md: front matter: unknown dialect") {
		t.Errorf("dialect: %v", err)
	}
	broken := errors.New("no room")
	delete(p.FrontMatter, "dialect")
	start := func() (string, func() error, error) { return "", nil, broken }
	if _, err := Run(t.Context(), p, Options{Start: start}); !errors.Is(err, broken) {
		t.Errorf("start: %v", err)
	}
}

// TestRunCanceled gives up waiting for an event when the context ends.
func TestRunCanceled(t *testing.T) {
	p, err := Parse("x.md", []byte(page("'''zk", "[zk] ls /", "[zookeeper]", "", "WATCHER::", "", "WatchedEvent never", "'''")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, p, Options{EventTimeout: time.Hour}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestTest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, src string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(src), 0o640); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := write("good.md", page("'''zk", "[zk] ls /", "[zookeeper]", "'''"))
	bad := write("bad.md", page("'''zk", "[zk] ls /", "'''"))
	empty := write("empty.md", "nothing\n")
	missing := filepath.Join(dir, "missing.md")
	check := func(update bool, wantFailed int, want string, files ...string) {
		t.Helper()
		var out bytes.Buffer
		failed, err := Test(t.Context(), &out, files, update, quick)
		if err != nil || failed != wantFailed {
			t.Errorf("%d failed, want %d; %v", failed, wantFailed, err)
		}
		if got := strings.ReplaceAll(out.String(), dir+"/", ""); got != want {
			t.Errorf("reported:\n%swant:\n%s", got, want)
		}
	}
	check(false, 3, "ok   good.md (1 command, 0 events)\n"+
		"FAIL bad.md\nbad.md:2: [main] ls /\n+  [zookeeper]\n"+
		"FAIL empty.md\nempty.md: there is no block that begins with ```zk\n"+
		"FAIL missing.md\nopen missing.md: no such file or directory\n", good, bad, empty, missing)
	check(true, 0, "ok   good.md (1 command, 0 events)\nnew  bad.md (1 command, 0 events; 1 place rewritten)\n", good, bad)
	check(false, 0, "ok   bad.md (1 command, 0 events)\n", bad)
	if info, err := os.Stat(bad); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode of the updated file: %v, %v", info.Mode(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Test(ctx, &bytes.Buffer{}, []string{good}, false, quick); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
