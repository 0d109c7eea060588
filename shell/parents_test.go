package shell

import (
	"context"
	"fmt"

	"strings"
	"sync"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/zktest"
)

// TestMissingParentIsNamed where a person types; scripts get zkCli's words alone.
func TestMissingParentIsNamed(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true})
	t.Chdir(t.TempDir())
	x.do("create /a x", "create /s x", "create /s/t x", "export /s s.json", "create -e /eph x")
	deep := strings.Repeat("/d", 2000)
	for _, tt := range []struct{ line, first, hint string }{
		{"create /a/b/c", "Node does not exist: /a/b/c", "The parent /a/b is missing; create -p makes it"},
		{"create /n/b", "Node does not exist: /n/b", "The parent /n is missing; create -p makes it"},
		{"create /n/b/c", "Node does not exist: /n/b/c", "The parents /n and /n/b are missing; create -p makes them"},
		{"create /a/b/c/d/e x", "Node does not exist: /a/b/c/d/e", "The parents from /a/b down to /a/b/c/d are missing; create -p makes them"},
		{"create -e /n/b", "Node does not exist: /n/b", "The parent /n is missing; create -p makes it"},
		{"create -s /n/b-", "Node does not exist: /n/b-", "The parent /n is missing; create -p makes it"},
		{"create -s /n/b/", "Node does not exist: /n/b/", "The parents /n and /n/b are missing; create -p makes them"},
		{"create -c /n/b", "Node does not exist: /n/b", "The parent /n is missing; create -p makes it"},
		{"create -t 1000 /n/b", "Node does not exist: /n/b", "The parent /n is missing; create -p makes it"},
		{"create " + deep, "Node does not exist: " + deep, "The parents from /d down to " + strings.TrimSuffix(deep, "/d") + " are missing; create -p makes them"},
		{"create /eph/x/y", "Node does not exist: /eph/x/y", "The parent /eph/x is missing; create -p makes it"},
		{"cp /s /n/s", "cp: after 0 of 1 znode: Node does not exist: /n/s", "The parent /n is missing; create -p /n makes it"},
		{"cp -r /s /n/s", "cp: after 0 of 2 znodes: Node does not exist: /n/s", "The parent /n is missing; create -p /n makes it"},
		{"mv /s /n/m/s", "Node does not exist: /n/m/s", "The parents /n and /n/m are missing; create -p /n/m makes them"},
		{"import s.json /n/s", "import: after 0 of 2 znodes: Node does not exist: /n/s", "The parent /n is missing; create -p /n makes it"},
		{"multi create /m x ; create /n/s x", "Nothing was changed: operation 2 of 2, create /n/s: Node does not exist: /n/s", "The parent /n is missing; create -p /n makes it"},
		// Of what does not lack a parent nothing is said.
		{"set /n x", "Node does not exist: /n", ""}, {"mv /n /m", "Node does not exist: /n", ""},
		{"multi set /n x", "Nothing was changed: operation 1 of 1, set /n: Node does not exist: /n", ""},
		{"create /a", "Node already exists: /a", ""},
	} {
		want := tt.first + "\n"
		if tt.hint != "" {
			want += tt.hint + "\n"
		}
		x.want(tt.line, "", want, 1)
	}
	y := openOn(t, x.srv, Config{Dialect: D39})
	y.want("create /a/b/c", "", "Node does not exist: /a/b/c\n", 1)
}

func TestCreateMakesParents(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	for _, tt := range []struct{ line, says string }{
		{"create -p /a/b/c x", "Created /a\nCreated /a/b\nCreated /a/b/c\n"},
		{"create -p /a/b/d x", "Created /a/b/d\n"},
		{"create -p -e /e/me x", "Created /e\nCreated /e/me\n"},
		{"create -sp /q/n- x", "Created /q\nCreated /q/n-0000000000\n"},
		{"create -s -p /q/n- x", "Created /q/n-0000000001\n"},
		{"create -s -p /r/ x", "Created /r\nCreated /r/0000000000\n"},
		{"create -c -p /c/box", "Created /c\nCreated /c/box\n"},
		{"create -p -t 100000 /t/one x", "Created /t\nCreated /t/one\n"},
		{"create -p /acl/x data ip:127.0.0.1:cdrwa", "Created /acl\nCreated /acl/x\n"},
		{"create /late/b/c x -p", "Created /late\nCreated /late/b\nCreated /late/b/c\n"},
	} {
		x.want(tt.line, "", tt.says, 0)
	}
	x.want("get /a/b/c", "x\n", "", 0)
	x.want("get /a/b", "null\n", "", 0)
	x.want("getAcl /acl", "'ip,'127.0.0.1\n: cdrwa\n", "", 0)
	x.want("getAcl /a", "'world,'anyone\n: cdrwa\n", "", 0)
	for _, tt := range []struct{ line, says string }{
		{"create -p /a/b/c x", "Node already exists: /a/b/c\n"},
		{"create -p /e/me/below x", "Ephemerals cannot have children: /e/me/below\n"},
		{"create -p /e/me/below/it x", "Ephemerals cannot have children: /e/me/below\n"},
		{"create -p nopath", "Path must start with / character\n"},
		{"create -p /x//y", "Invalid path string \"/x//y\" caused by empty node name specified @3\n"},
		{"create -p /zookeeper2/../x y", ""},
		{"create -p", "create [-s] [-e] [-c] [-t ttl] path [data] [acl]\n"},
		{"create -p /closed/x y world:anyone:r", "Insufficient permission : /closed/x\n"}, // and nothing is left of it
		{"multi create -p /m/n x", "multi: create -p /m/n x: Unrecognized option: -p\n"},
	} {
		if _, err, code := x.run(tt.line); code != 1 || tt.says != "" && err != tt.says {
			t.Errorf("%s: %q, %d", tt.line, err, code)
		}
	}
	for _, path := range []string{"/closed", "/x", "/e/me/below"} {
		x.want("exists "+path, "false\n", "", 1)
	}
}

// TestCreateMakesParentsBesideOthers: who makes the same parents at the same time is no
// reason to fail.
func TestCreateMakesParentsBesideOthers(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	var all sync.WaitGroup
	for i := range 8 {
		y := openOn(t, x.srv, Config{Dialect: D39})
		all.Go(func() {
			for n := range 20 {
				if code := y.sh.Run(context.Background(), fmt.Sprintf("create -p /p%d/q/r/%d x", n, i)); code != 0 {
					t.Errorf("%d of %d: %d, %q", n, i, code, text(y.rec.take(), Stderr))
				}
			}
		})
	}
	all.Wait()
	x.want("count /", "224\n", "", 0)
}

// TestMissingChroot: what is missing may be the chroot itself.
func TestMissingChroot(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	y := openOn(t, x.srv, Config{Target: session.Target{Connect: x.srv.Addr() + "/app"}, Dialect: D39, Typed: true})
	y.want("create /a x", "", "Node does not exist: /a\nThe chroot /app is missing; create / \"\" makes it, if its own parent is there\n", 1)
	y.want("create -p /a/b x", "", "Created /\nCreated /a\nCreated /a/b\n", 0)
	x.want("get /app/a/b", "x\n", "", 0)
}

// TestCreateMakesParentsOnZooKeeper, Debian's.
func TestCreateMakesParentsOnZooKeeper(t *testing.T) {
	srv := zktest.Start(t, zktest.LongSessions)
	x := openOn(t, nil, Config{Target: session.Target{Connect: srv.Addr()}, Dialect: D38, Typed: true})
	x.want("create /a/b/c", "", "Node does not exist: /a/b/c\nThe parents /a and /a/b are missing; create -p makes them\n", 1)
	for _, options := range []string{"", "-e", "-s", "-c", "-t 100000"} {
		x.do("create -p " + options + " /" + strings.TrimLeft(strings.Fields(options + " n")[0], "-") + "/b/c x")
	}
	x.want("count /", x.out("count /"), "", 0)
}

func (x *tester) out(line string) string {
	out, _, _ := x.run(line)
	return out
}
