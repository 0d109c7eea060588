package shell

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// garden is a shell on a tree with all kinds of data and ACLs.
func garden(t testing.TB, cfg Config) *tester {
	t.Helper()
	t.(interface{ Chdir(string) }).Chdir(t.TempDir())
	x := planted(t, cfg)
	zk := x.sh.Session()
	for path, data := range map[string][]byte{"/app/null": nil, "/app/empty": {}, "/app/bytes": {0, 0xff, '\n'}, "/app/é": []byte("ü\n")} {
		x.do("create " + path)
		if data != nil {
			if _, err := zk.Set(t.Context(), path, data, wire.AnyVersion); err != nil {
				t.Fatal(err)
			}
		}
	}
	x.do("addauth digest me:secret",
		"create /app/closed x world:anyone:r,digest:other:abc=:cdrwa", // nobody here may create below it
		"create /app/mine y", "create /app/mine/below z world:anyone:r", "setAcl /app/mine auth:me:cdrwa")
	return x
}

func TestExportImport(t *testing.T) {
	x := garden(t, Config{Dialect: D39})
	x.want("export /app app.json", "", "Exported 13 znodes to app.json\n", 0)
	x.want("export /app app.json", "", "app.json is there already; -f replaces it\n", 1)
	x.want("export -f /app app.json", "", "Exported 13 znodes to app.json\n", 0)
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	notThere := regexp.MustCompile(`^not restored: 2 ephemerals, which live and die with their sessions: /workers/w1 of session 0x[0-9a-f]+, /workers/w2 of session 0x[0-9a-f]+\n$`)
	out, err, code := x.run("import -dry-run app.json /copy")
	if out != "would create 11 znodes and overwrite 0\n" || !strings.HasPrefix(err, "would not be restored: 2 ephemerals") || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	x.want("exists /copy", "false\n", "", 1)
	out, err, code = x.run("import app.json /copy")
	if err, ok := strings.CutPrefix(err, "Created 11 znodes and overwrote 0\n"); out != "" || !ok || !notThere.MatchString(err) || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	x.want("diff /app /copy", "- /workers/w1  (ephemeral)\n- /workers/w2  (ephemeral)\n", "", 1)
	x.want("diff -noephemerals app.json /copy", "", "", 0)
	x.want("import app.json /copy", "", "/copy/bytes is there already; -f overwrites\n", 1)
	x.do("set /copy/config other", "setAcl /copy/z world:anyone:cdra", "delete /copy/null")
	x.want("diff -noephemerals /app /copy", "~ /config  \"timeout=5\\nTimeout=6\\nname=x\" → \"other\"\n- /null\n"+
		"~ /z  acl world:anyone:cdrwa → world:anyone:cdra\n", "", 1)
	x.want("diff -noephemerals -noacl -o json /copy /app", `{"path":"/config","change":"changed","before":{"data":"other"},"after":{"data":"timeout=5\nTimeout=6\nname=x"}}
{"path":"/null","change":"added","after":{"data":null},"kindAfter":"persistent"}
`, "", 1)
}

// TestImportOver: with -f what is there gets the data and the ACL of the export,
// and what is not in it stays.
func TestImportOver(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	t.Chdir(t.TempDir())
	x.do("export /app app.json", "create /copy old", "create /copy/config old world:anyone:cdrwa", "create /copy/more")
	x.want("import -f -dry-run app.json /copy", "would create 2 znodes and overwrite 2\n", x.last("import -f -dry-run app.json /copy"), 0)
	x.do("import -f app.json /copy")
	x.want("diff -noephemerals /app /copy", "+ /more\n", "", 1)
	// The root alone may be there; it stays as it is.
	x.do("create /root here")
	if _, err, code := x.run("import app.json /root"); code != 0 || !strings.HasPrefix(err, "/root is there already and stays as it is; -f overwrites\nCreated 3 znodes and overwrote 0\n") {
		t.Errorf("%q, %d", err, code)
	}
	x.want("get /root", "here\n", "", 0)
}

// last is what a line says on standard error.
func (x *tester) last(line string) string {
	_, err, _ := x.run(line)
	return err
}

func TestImportFails(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	t.Chdir(t.TempDir())
	x.want("import nope.json /copy", "", "open nope.json: no such file or directory\n", 1)
	x.do("export /app app.json")
	if _, err, code := x.run("import app.json /no/parent"); code != 1 || err != "import: after 0 of 4 znodes: Node does not exist: /no/parent\n" {
		t.Errorf("%q, %d", err, code)
	}
	if err := os.WriteFile("bad.json", []byte("ls /\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	x.want("import bad.json /copy", "", "bad.json: line 1: this is no export of zoosh\n", 1)
	x.want("import - /copy", "", "there is no standard input to read here\n", 1)
	x.want("export /nope nope.json", "", "Node does not exist: /nope\n", 1)
	x.want("export /app no/dir.json", "", "no/dir.json: no such file or directory\n", 1)
	if left, _ := filepath.Glob(".*"); len(left) != 0 {
		t.Errorf("%q is left", left)
	}
}

// TestExportOfAll leaves out what is the server's own.
func TestExportOfAll(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	t.Chdir(t.TempDir())
	x.do("export / all.json")
	text, err := os.ReadFile("all.json")
	if err != nil || strings.Contains(string(text), "/zookeeper") || !strings.Contains(string(text), `"path":"/app/z"`) {
		t.Errorf("%v\n%s", err, text)
	}
	y := openOn(t, startServer(t, server.Config{}), Config{Dialect: D39})
	y.do("import all.json /")
	y.want("diff "+x.srv.Addr()+"/ /", "- /app/workers/w1  (ephemeral)\n- /app/workers/w2  (ephemeral)\n", "", 1)
	y.want("diff -noephemerals "+x.srv.Addr()+" /", "", "", 0)
	y.want("diff localhost /", "", "localhost: it is no path, no host:port/path and no file\n", 2)
	if _, _, code := y.run("diff /nope /"); code != 2 {
		t.Error(code)
	}
}

func TestExportToOutput(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	out, err, code := x.run("export /app/config -")
	want := regexp.MustCompile(`^{"zoosh":"export","version":1,"root":"/app/config","server":"[^"]+","time":"[^"]+"}
{"path":"/","kind":"persistent","data":"timeout=5\\nTimeout=6\\nname=x","acl":\[{"scheme":"world","id":"anyone","perms":"cdrwa"}\],"stat":{"czxid":"0x[0-9a-f]+",.*}}
$`)
	if !want.MatchString(out) || err != "" || code != 0 {
		t.Errorf("%s%s%d", out, err, code)
	}
}

func TestCopy(t *testing.T) {
	x := garden(t, Config{Dialect: D39})
	x.want("cp /app/config /c", "", "Copied 1 znode\n", 0)
	x.want("diff /app/config /c", "", "", 0)
	x.want("cp /app/config /c", "", "Node already exists: /c\n", 1)
	x.want("cp /nope /d", "", "Node does not exist: /nope\n", 1)
	x.want("cp /app/workers/w1 /d", "", "an ephemeral belongs to its session and cannot be copied\n", 1)
	x.want("cp /app d", "", "Path must start with / character\n", 1)
	if _, err, code := x.run("cp -r /app /app/workers/inside"); code != 0 || !strings.HasPrefix(err, "Copied 11 znodes\nnot copied: 2 ephemerals") {
		t.Errorf("%q, %d", err, code)
	}
	x.want("count /app/workers/inside", "11\n", "", 0)
}

func TestMove(t *testing.T) {
	x := garden(t, Config{Dialect: D39})
	x.want("mv /app /new", "", "/app/workers/w1 is ephemeral: it belongs to its session and cannot move\n", 1)
	x.want("mv /app /app/in", "", "/app cannot move into itself\n", 1)
	x.want("mv / /x", "", "/ cannot move into itself\n", 1)
	x.want("mv /app/config /app/z", "", "Node already exists: /app/z\n", 1)
	x.do("delete /app/workers/w1", "delete /app/workers/w2", "cp -r /app /same")
	x.want("mv /app /new", "", "More than one transaction is needed: the znodes are copied, then deleted\nMoved 11 znodes\n", 0)
	x.want("exists /app", "false\n", "", 1)
	x.want("diff /same /new", "", "", 0)
}

// TestMoveMany: what does not fit into a transaction is copied, then deleted.
func TestMoveMany(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	plantMany(t, x.sh.Session(), "/many", 1200)
	if _, err, code := x.run("mv /many /other"); code != 0 || !strings.HasSuffix(err, "Moved 1213 znodes\n") {
		t.Errorf("%q, %d", err, code)
	}
	x.want("count /other", "1213\n", "", 0)
	x.want("exists /many", "false\n", "", 1)
}

// TestLargest: the largest data that a server takes comes back.
func TestLargest(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	t.Chdir(t.TempDir())
	for i := range 3 {
		x.do("create /big" + fmt.Sprint(i))
		if _, err := x.sh.Session().Set(t.Context(), "/big"+fmt.Sprint(i), make([]byte, 1<<20-200), wire.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	x.do("create /a", "export / all.json", "deleteall /big0", "deleteall /big1", "deleteall /big2", "delete /a", "import all.json /")
	x.want("diff all.json /", "", "", 0)
}

func TestDeleteAllAsks(t *testing.T) {
	var asked []string
	answer := false
	x := planted(t, Config{Dialect: D39, Ask: func(_ context.Context, q string) (bool, error) {
		asked = append(asked, q)
		return answer, nil
	}})
	id := hex(x.sh.Session().ID())
	out, err, code := x.run("deleteall -dry-run /app")
	want := regexp.MustCompile(`^would delete 6 znodes\n2 ephemerals of session ` + id + ` \(127\.0\.0\.1:\d+\): /app/workers/w1, /app/workers/w2\n$`)
	if !want.MatchString(out) || err != "" || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
	x.want("deleteall /app", "", "Nothing was done\n", 1)
	x.want("count /app", "6\n", "", 0)
	if len(asked) != 1 || asked[0] != "Delete /app on "+x.srv.Addr()+": 6 znodes, 2 of them ephemeral: /app/workers/w1, /app/workers/w2 of this session?" {
		t.Errorf("%q", asked)
	}
	x.want("deleteall /app/z", "", "", 0) // one znode
	x.want("deleteall -y /app/workers", "", "", 0)
	answer = true
	x.want("deleteall /app", "", "", 0)
	if len(asked) != 2 {
		t.Errorf("%q", asked)
	}
}

// TestRealForest: what reads and writes whole subtrees does so on a real
// ZooKeeper, whose multiRead, cons and errors are its own.
func TestRealForest(t *testing.T) {
	zk := zktest.Start(t)
	t.Chdir(t.TempDir())
	x := openOn(t, nil, Config{Target: session.Target{Connect: zk.Addr()}, Dialect: D38})
	plantMany(t, x.sh.Session(), "/app", 500)
	x.do("create -e /app/e 1", "create /app/closed x world:anyone:cda")
	const denied = "1 znode may not be read: /app/closed\n"
	for line, want := range map[string]string{
		"count -e /app": "1\n", "find -name e /app": "/app/e\n", "grep -l app/0003/07 /app": "/app/0003/07\n",
	} {
		x.want(line, want, denied, 0)
	}
	x.do("export /app app.json")
	if _, err, code := x.run("import app.json /copy"); code != 0 || !strings.Contains(err, "Created 506 znodes") {
		t.Errorf("%q, %d", err, code)
	}
	x.want("diff app.json /copy", "- /e  (ephemeral)\n", "", 1)
	out, _, code := x.run("who /app/e")
	if want := "/app/e: session " + hex(x.sh.Session().ID()) + ", client 127.0.0.1:"; code != 0 || !strings.HasPrefix(out, want) {
		t.Errorf("%q, %d", out, code)
	}
	x.want("multi create /m x ; set /nope y", "", "Nothing was changed: operation 2 of 2, set /nope: Node does not exist: /nope\n", 1)
	x.want("deleteall /copy", "", "", 0)
	x.want("exists /copy", "false\n", "", 1)
	w := startWatchOn(t, openOn(t, nil, Config{Target: session.Target{Connect: zk.Addr()}, Dialect: D38}), "watch -R -n 1 /app")
	x.do("set /app/0001/01 new")
	if out, err, code := w.end(); out != "changed  /app/0001/01  \"some data of /app/0001/01\" → \"new\"\n" || code != 0 {
		t.Errorf("%q, %q, %d", out, err, code)
	}
}

func TestComparePaths(t *testing.T) {
	want := []string{"/", "/a", "/a/b", "/a/b/c", "/a!", "/a-b", "/b", "/é"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, comparePaths)
	if !slices.Equal(got, want) || comparePaths("/a", "/a") != 0 {
		t.Errorf("%q", got)
	}
}
