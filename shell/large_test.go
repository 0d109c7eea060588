package shell

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// put makes znodes with data of these sizes below a root, without a word: the first
// is the root's own.
func (x *tester) put(root string, sizes ...int) {
	x.t.Helper()
	for i, size := range sizes {
		path := root
		if i > 0 {
			path = fmt.Sprintf("%s/child%d", root, i)
		}
		if _, _, err := x.sh.Session().Create(x.t.Context(), path, bytes.Repeat([]byte{'a' + byte(i%26)}, size),
			session.CreateOptions{ACL: wire.OpenACL()}); err != nil {
			x.t.Fatalf("%s, %d bytes: %v", path, size, err)
		}
	}
}

// largeSubtrees are subtrees whose bytes come to about one of the limits that
// transactions have: the data of the root, then that of its children.
func largeSubtrees() map[string][]int {
	const kib = 1 << 10
	all := map[string][]int{
		"reported":             {0, 600_000},
		"two halves":           {0, 300_000, 300_000},
		"odd children":         {17, 255*kib + 3, 1, 256*kib - 1, 0, 333_333, 7, 511*kib + 511},
		"the last one is much": {1, 1, 1, 1_000_000},
		"the root is much":     {1_000_000, 1, 700_000},
		"all of them are":      {900_000, 900_001, 900_002},
		"many small ones":      append([]int{0}, slicesOf(600, 1001)...),
		"many of a KiB":        append([]int{0}, slicesOf(1200, kib)...),
	}
	for _, limit := range []int{256 * kib, 512 * kib, 1024*kib - 300} {
		for _, off := range []int{-100, 0, 1} {
			all[fmt.Sprintf("one of %d%+d", limit, off)] = []int{0, limit + off}
			all[fmt.Sprintf("half and half of %d%+d", limit, off)] = []int{0, limit/2 + off, limit / 2}
			all[fmt.Sprintf("alone with %d%+d", limit, off)] = []int{limit + off}
		}
	}
	return all
}

func slicesOf(n, size int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = size
	}
	return all
}

// TestLargeSubtrees moves, copies, exports and imports subtrees around every limit.
func TestLargeSubtrees(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true, Quiet: true})
	t.Chdir(t.TempDir())
	for name, sizes := range largeSubtrees() {
		t.Run(name, func(t *testing.T) { x.carriesOver(t, sizes) })
	}
}

// TestLargeSubtreesOnZooKeeper does the same on Debian's.
func TestLargeSubtreesOnZooKeeper(t *testing.T) {
	srv := zktest.Start(t)
	x := openOn(t, nil, Config{Target: session.Target{Connect: srv.Addr()}, Dialect: D38, Typed: true, Quiet: true})
	t.Chdir(t.TempDir())
	for _, name := range []string{"reported", "odd children", "all of them are", "many of a KiB"} {
		t.Run(name, func(t *testing.T) { x.carriesOver(t, largeSubtrees()[name]) })
	}
}

func (x *tester) carriesOver(t *testing.T, sizes []int) {
	x.t = t
	x.put("/m", sizes...)
	x.do("export -f /m m.json", "cp -r /m /copy")
	x.want("diff /m /copy", "", "", 0)
	x.do("mv /m /m2")
	x.want("exists /m", "false\n", "", 1)
	x.want("diff /m2 /copy", "", "", 0)
	x.do("import m.json /back")
	x.want("diff /m2 /back", "", "", 0)
	x.do("import -f m.json /back")
	x.want("diff m.json /back", "", "", 0)
	x.do("deleteall /m2", "deleteall /copy", "deleteall /back")
}

// TestTransactionsCountEverything: what stands around the data counts, too: ACLs
// and paths, those of what is deleted among them.
func TestTransactionsCountEverything(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true, Quiet: true})
	t.Chdir(t.TempDir())
	acl := make([]string, 60)
	for i := range acl {
		acl[i] = fmt.Sprintf("ip:10.%d.0.0/16:cdrwa", i)
	}
	long := strings.Repeat("n", 3000)
	x.do("create /acls", "create /paths")
	for i := range 900 {
		x.do(fmt.Sprintf("create /acls/%d '' world:anyone:cdrwa,%s", i, strings.Join(acl, ",")), fmt.Sprintf("create /paths/%s%d", long, i))
	}
	for _, root := range []string{"/acls", "/paths"} {
		x.do("export -f "+root+" a.json", "import a.json /b", "cp -r /b /c", "mv /c /d", "mv "+root+" /e")
		x.want("diff /d /e", "", "", 0)
		x.do("deleteall /b", "deleteall /d", "deleteall /e")
	}
}

// TestMvIsOneTransaction where the whole is small enough: a znode that cannot be
// deleted leaves everything as it was.
func TestMvIsOneTransaction(t *testing.T) {
	x := open(t, Config{Dialect: D39, Typed: true})
	x.put("/m", 1, 200_000, 200_000)
	x.want("mv /m /m2", "", "Moved 3 znodes\n", 0)
	x.put("/l", 1, 300_000, 300_000)
	x.want("mv /l /l2", "", "More than one transaction is needed: the znodes are copied, then deleted\nMoved 3 znodes\n", 0)
}

// TestSmallMaxbuffer: transactions keep to a jute.maxbuffer that is less than usual.
func TestSmallMaxbuffer(t *testing.T) {
	x := openOn(t, startServer(t, server.Config{MaxBuffer: 20_000}), Config{Target: session.Target{MaxRequest: 20_000}, Dialect: D39, Typed: true, Quiet: true})
	t.Chdir(t.TempDir())
	x.carriesOver(t, append([]int{0}, slicesOf(50, 999)...))
	x.carriesOver(t, []int{0, 15_000, 1, 14_999})
}

// TestTooLargeIsKnownBefore: what no request can hold is refused before anything is
// written.
func TestTooLargeIsKnownBefore(t *testing.T) {
	srv := startServer(t, server.Config{MaxBuffer: 4 << 20})
	x := openOn(t, srv, Config{Target: session.Target{MaxRequest: 4 << 20}, Dialect: D39, Typed: true, Quiet: true})
	t.Chdir(t.TempDir())
	x.put("/m", 10, 20, 3_000_000)
	x.do("mv /m /m2", "export /m2 m.json", "import m.json /m")
	x.want("diff /m /m2", "", "", 0)
	y := openOn(t, srv, Config{Dialect: D39, Typed: true, Quiet: true})
	for _, line := range []string{"mv /m /x", "cp -r /m /x", "import m.json /x"} {
		if _, err, code := y.run(line); code != 1 || !strings.Contains(err, "takes at most 1048575") || !strings.Contains(err, "after 0 of 3 znodes") {
			t.Errorf("%s: %q, %d", line, err, code)
		}
		y.want("exists /x", "false\n", "", 1)
	}
	if _, err := os.Stat("m.json"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.sh.Session().Exists(context.Background(), "/m/child2", nil); err != nil {
		t.Error(err)
	}
}
