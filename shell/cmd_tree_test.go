package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

// planted is a shell on a server with a small tree.
func planted(t testing.TB, cfg Config) *tester {
	t.Helper()
	x := open(t, cfg)
	x.do("create /app", "create /app/config 'timeout=5\nTimeout=6\nname=x'", "create /app/workers",
		"create -e /app/workers/w1 host1", "create -e /app/workers/w2 host2", "create /app/z")
	if _, err := x.sh.Session().Set(t.Context(), "/app/z", []byte{0xff, 0, 't'}, anyVersion); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestExists(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want("exists /app", "true\n", "", 0)
	x.want("exists /nope", "false\n", "", 1)
	x.want("exists nope", "", "Path must start with / character\n", 2)
	x.want("exists", "", "exists path\n", 1)
	x.want("exists /a /b", "", "exists path\n", 1)
	x.want("exists -o json /app", `{"path":"/app","exists":true}`+"\n", "", 0)
	x.want("exists -o json /nope", `{"path":"/nope","exists":false}`+"\n", "", 1)
}

func TestTree(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want("tree /app", `/app
├── config
├── workers
│   ├── w1*
│   └── w2*
└── z
`, "", 0)
	x.want("tree -d 1 /app", `/app
├── config
├── workers (2 znodes below)
└── z
`, "", 0)
	x.want("tree -d 0 /app", "/app (3 znodes below)\n", "", 0)
	x.want("tree -d x /app", "", "-d takes a number, not \"x\"\n", 1)
	x.want("tree /nope", "", "Node does not exist: /nope\n", 1)
	if out, _, _ := x.run("tree"); !strings.HasPrefix(out, "/\n├── app\n") {
		t.Errorf("%s", out)
	}
}

func TestCount(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want("count /app", "6\n", "", 0)
	x.want("count -e /app", "2\n", "", 0)
	x.want("count /app/z", "1\n", "", 0)
	x.want("count -o json /app", `{"path":"/app","znodes":6}`+"\n", "", 0)
	x.want("count /nope", "", "Node does not exist: /nope\n", 1)
}

func TestFind(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	owner := hex(x.sh.Session().ID())
	all := "/app /app/config /app/workers /app/workers/w1 /app/workers/w2 /app/z"
	for _, test := range []struct{ options, want string }{
		{"", all},
		{"-name w*", "/app/workers /app/workers/w1 /app/workers/w2"},
		{"-name w?", "/app/workers/w1 /app/workers/w2"},
		{"-regex /w[12]$", "/app/workers/w1 /app/workers/w2"},
		{"-d 1", "/app /app/config /app/workers /app/z"},
		{"-size 3", "/app/z"},
		{"-size +5", "/app/config"},
		{"-size -4 -size 0", "/app /app/workers /app/z"}, // the first counts, as in zkCli
		{"-size +1k", ""},
		{"-age -1h", all},
		{"-age +1h", ""},
		{"-age +7d", ""},
		{"-owner " + owner, "/app/workers/w1 /app/workers/w2"},
		{"-owner any -name w1", "/app/workers/w1"},
		{"-owner none -name w*", "/app/workers"},
		{"-owner 0x1", ""},
	} {
		want := strings.ReplaceAll(test.want, " ", "\n")
		if want != "" {
			want += "\n"
		}
		x.want("find "+test.options+" /app", want, "", 0)
	}
	for _, bad := range []string{"-name [", "-regex (", "-size x", "-size -1M2", "-age 5", "-age 5m", "-age +-5m", "-age +xd", "-owner me"} {
		if out, err, code := x.run("find " + bad + " /app"); out != "" || code != 1 || !strings.HasPrefix(err, bad[:strings.IndexByte(bad, ' ')]) {
			t.Errorf("%s: %q, %q, %d", bad, out, err, code)
		}
	}
	out, _, _ := x.run("find -l -name w1 /app")
	if !regexp.MustCompile(`^e +5 +0 +0 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /app/workers/w1\n$`).MatchString(out) {
		t.Errorf("%q", out)
	}
	out, _, _ = x.run("find -o json -name w1 /app")
	var got pathStat
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Path != "/app/workers/w1" || got.Stat.EphemeralOwner != owner {
		t.Errorf("%q: %v", out, err)
	}
}

func TestGrep(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want("grep timeout /app", "/app/config:1:timeout=5\n", "", 0)
	x.want("grep -i timeout /app", "/app/config:1:timeout=5\n/app/config:2:Timeout=6\n", "", 0)
	x.want("grep -i -c timeout /app", "/app/config:2\n", "", 0)
	x.want("grep ^host", "/app/workers/w1:1:host1\n/app/workers/w2:1:host2\n", "", 0)
	x.want("grep -l t /app", "/app/config\n/app/workers/w1\n/app/workers/w2\n/app/z\n", "", 0)
	x.want("grep t$ /app/z", "/app/z: binary data matches\n", "", 0)
	x.want("grep -F t$ /app/z", "", "", 1)
	x.want("grep -o json host1 /app", `{"path":"/app/workers/w1","line":1,"text":"host1"}`+"\n", "", 0)
	x.want("grep -d 1 host /app", "", "", 1)
	x.want("grep ( /app", "", "error parsing regexp: missing closing ): `(`\n", 1)
}

func TestDu(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.want("du -n 2 /app", `    znodes        bytes  path
         1           26  /app/config
         3           10  /app/workers
         1            3  /app/z
         6           39  /app
          the most data  path
                     26  /app/config
                      5  /app/workers/w1
`, "", 0)
	x.want("du -d 0 -n 0 /app", "    znodes        bytes  path\n         6           39  /app\n", "", 0)
	x.want("du -o json -d 0 -n 1 /app", `{"path":"/app","znodes":6,"ephemerals":2,"bytes":39}
{"path":"/app/config","dataLength":26}
`, "", 0)
	out, _, _ := x.run("du -d 2 -n 0 /app")
	if !strings.Contains(out, "         1            5  /app/workers/w2\n         3           10  /app/workers\n") {
		t.Errorf("%s", out)
	}
}

// TestSkippedIsSaid: what may not be read is said once, at the end, and is no
// failure.
func TestSkippedIsSaid(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.do("create /app/secret x", "setAcl /app/secret world:anyone:cda")
	x.want("find -d 1 /app", "/app\n/app/config\n/app/secret\n/app/workers\n/app/z\n", "1 znode may not be read: /app/secret\n", 0)
	x.want("tree -d 1 /app", "/app\n├── config\n├── secret (may not be read)\n├── workers (2 znodes below)\n└── z\n",
		"1 znode may not be read: /app/secret\n", 0)
	x.want("grep host1 /app", "/app/workers/w1:1:host1\n", "1 znode may not be read: /app/secret\n", 0)
	var said []string
	c := &Call{sh: New(Config{Sink: func(it Item) { said = append(said, it.Text) }})}
	c.saySkipped(walk.Skipped{Vanished: 2, Denied: 5, Which: []string{"/a", "/b", "/c"}})
	if got := strings.Join(said, ""); got != "2 znodes went while the tree was read\n5 znodes may not be read: /a, /b, /c, …\n" {
		t.Errorf("%q", got)
	}
}

// TestInterrupt: Ctrl-C ends a walk at any time.
func TestInterrupt(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	plantMany(t, x.sh.Session(), "/many", 5000)
	for _, line := range []string{"find /many", "du /many", "grep nothing /many", "tree /many"} {
		ctx, cancel := context.WithCancel(t.Context())
		before := len(x.rec.snapshot())
		done := make(chan int)
		go func() { done <- x.sh.Run(ctx, line) }()
		cancel()
		if code := <-done; code != 1 {
			t.Errorf("%s: %d", line, code)
		}
		if err := text(x.rec.snapshot()[before:], Stderr); err != "Interrupted\n" {
			t.Errorf("%s: %q", line, err)
		}
	}
}

// plantMany creates n leaves, a hundred below each parent.
func plantMany(t testing.TB, zk *session.Session, root string, n int) {
	t.Helper()
	ops := []wire.MultiOp{}
	add := func(path string) {
		ops = append(ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
			Path: path, Data: []byte("some data of " + path), ACL: wire.OpenACL()}})
	}
	add(root)
	for i := range n {
		if i%100 == 0 {
			add(fmt.Sprintf("%s/%04d", root, i/100))
		}
		add(fmt.Sprintf("%s/%04d/%02d", root, i/100, i%100))
		if len(ops) >= 1000 || i == n-1 {
			if _, err := zk.Multi(t.Context(), ops); err != nil {
				t.Fatal(err)
			}
			ops = nil
		}
	}
}

func TestParseAge(t *testing.T) {
	for text, want := range map[string]time.Duration{"1d": 24 * time.Hour, "0.5d": 12 * time.Hour, "90s": 90 * time.Second} {
		if got, err := parseAge(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "d", "-1d", "-5m", "5", "NaNd", "1e9d"} {
		if got, err := parseAge(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}
