package tui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/livetree"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/znode"
)

// The servers that the TUI keeps its promises on.
var promiseServers = []struct {
	name  string
	start func(t testing.TB) (addr string)
}{
	{"embedded", func(t testing.TB) string {
		srv, err := server.Start(server.Config{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { srv.Close() })
		return srv.Addr()
	}},
	{"ZooKeeper", func(t testing.TB) string { return zktest.Start(t).Addr() }},
}

// openWriter is a session beside those of the TUI.
func openWriter(t testing.TB, addr string) *session.Session {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := zk.WaitConnected(ctx); err != nil {
		t.Fatal(err)
	}
	return zk
}

// driveServer is a driver on that server with a session and the tree.
func driveServer(t testing.TB, w, h int, addr string) *commandDriver {
	t.Helper()
	d := driveModel(t, w, h, Config{NoColor: true, Shell: shell.Config{Target: session.Target{Connect: addr}, Dialect: shell.D39}})
	d.until("the session", func() bool {
		return d.zk() != nil && d.zk().State() == session.Connected && d.greeted()
	})
	d.idle()
	d.starts()
	d.seesIn("Tree", "zookeeper")
	return d
}

const (
	promiseParents = 8
	promiseBelow   = 5 // children at most
	promiseChanges = 200
)

// A promiseWriter changes znodes at random places, and knows what there is.
type promiseWriter struct {
	zk    *session.Session
	rnd   *rand.Rand
	there []string // znodes that may be set and deleted
}

// A promiseChange is what was done, and what the server said of it.
type promiseChange struct {
	kind    livetree.Mark
	path    string
	version int32
}

func (w *promiseWriter) create(ctx context.Context, path string) (promiseChange, error) {
	_, _, err := w.zk.Create(ctx, path, []byte("x"), session.CreateOptions{})
	w.there = append(w.there, path)
	return promiseChange{kind: livetree.MarkCreated, path: path}, err
}

// change does something somewhere.
func (w *promiseWriter) change(ctx context.Context, i int) (promiseChange, error) {
	parent := fmt.Sprintf("/p%d", w.rnd.IntN(promiseParents))
	below := 0
	for _, path := range w.there {
		if znode.Parent(path) == parent {
			below++
		}
	}
	what := w.rnd.IntN(3)
	switch {
	case what == 0 && below < promiseBelow || len(w.there) == 0:
		return w.create(ctx, fmt.Sprintf("%s/n%03d", parent, i))
	case what == 1 && len(w.there) > promiseParents:
		at := w.rnd.IntN(len(w.there))
		path := w.there[at]
		w.there = slices.Delete(w.there, at, at+1)
		return promiseChange{kind: livetree.MarkDeleted, path: path}, w.zk.Delete(ctx, path, wire.AnyVersion)
	}
	return w.set(ctx, w.there[w.rnd.IntN(len(w.there))])
}

func (w *promiseWriter) set(ctx context.Context, path string) (promiseChange, error) {
	stat, err := w.zk.Set(ctx, path, []byte("y"), wire.AnyVersion)
	if err != nil {
		return promiseChange{}, err
	}
	return promiseChange{livetree.MarkChanged, path, stat.Version}, nil
}

// shown tells whether the tree shows a change.
func (c promiseChange) shown(d *commandDriver) bool {
	row := d.rowOf(c.path)
	gone := row == "" || strings.HasPrefix(row, d.m.theme.Glyph.Deleted)
	switch c.kind {
	case livetree.MarkDeleted:
		return gone
	case livetree.MarkCreated:
		return !gone
	}
	return !gone && d.nodeIs(c.path) && d.onScreen("Node", fmt.Sprintf("dataVersion %d changes", c.version))
}

// rowOf is the row of a znode in the tree, "" if there is none.
func (d *commandDriver) rowOf(path string) string {
	var above []string // and the name of the row
	for row := range strings.SplitSeq(treeRows(d.m), "\n") {
		cells := []rune(row) // the mark, two for each level, the knob, a blank, and the name
		name := strings.TrimLeft(string(cells[min(1, len(cells)):]), " "+d.m.theme.Glyph.Open+d.m.theme.Glyph.Shut)
		level := (len(cells) - len([]rune(name)) - 3) / 2
		if name == "" || level < 0 || level > len(above) {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		above = append(above[:level], name)
		if "/"+strings.Join(above[1:], "/") == path {
			return row
		}
	}
	return ""
}

// fired is the watch events of the user's sessions that have come so far, as the pane
// Events tells them: what comes before the reply to a later command is there behind it.
func (d *commandDriver) fired() []string {
	d.t.Helper()
	d.run("ls /")
	var out []string
	for _, row := range d.eventRows() {
		if columns := strings.Fields(row); strings.HasPrefix(columns[3], "/") {
			out = append(out, columns[2]+" "+columns[3])
		}
	}
	slices.Sort(out)
	return out
}

// TestTreeFollowsAndWatchesAreTheUsers: while somebody else writes, the tree shows
// every change, and each watch that the user armed fires once: the reads and the
// watches of the tree and of the node neither fire it nor take its event away.
func TestTreeFollowsAndWatchesAreTheUsers(t *testing.T) {
	for _, s := range promiseServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			followWhileWatching(t, s.start(t))
		})
	}
}

func followWhileWatching(t *testing.T, addr string) {
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &promiseWriter{zk: openWriter(t, addr), rnd: rand.New(rand.NewPCG(seed, 0))}
	w.begin(t, ctx)

	d := driveServer(t, 120, 300, addr) // room for every row
	d.m.setFocus(paneCommand)
	d.run("get -w /p0/data", "ls -w /p1", "stat -w /p2/data", "stat -w /p3/none", "get -w /p4/data", "ls -w /p5", "stat -w /p6")
	for i := range promiseParents {
		d.reveals(fmt.Sprintf("/p%d/data", i)) // which reads it
	}
	if got := d.fired(); len(got) != 0 {
		t.Fatalf("the tree's reads fired %q", got)
	}

	for i := range promiseChanges {
		c, err := w.next(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		if c.kind == livetree.MarkChanged { // the pane Node tells its version
			d.intends(intent.ShowZnode{Path: c.path})
		}
		d.until(fmt.Sprintf("change %d: %v of %s", i, c.kind, c.path), func() bool { return c.shown(d) })
	}

	d.m.setFocus(paneCommand)
	want := []string{
		"NodeChildrenChanged /p1", "NodeChildrenChanged /p5", "NodeCreated /p3/none", "NodeDataChanged /p0/data",
		"NodeDataChanged /p2/data", "NodeDataChanged /p4/data", "NodeDataChanged /p6",
	}
	if got := d.fired(); !slices.Equal(got, want) {
		t.Errorf("the user's watches fired\n%q, want\n%q", got, want)
	}
	if left := d.zk().Watches(); len(left) != 0 {
		t.Errorf("still armed: %v", left)
	}
}

// begin makes what is there from the beginning, and stays.
func (w *promiseWriter) begin(t *testing.T, ctx context.Context) {
	t.Helper()
	for i := range promiseParents {
		for _, path := range []string{fmt.Sprintf("/p%d", i), fmt.Sprintf("/p%d/data", i)} {
			if _, err := w.create(ctx, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.there = nil
}

// promiseWatched are changes of what is watched: each happens twice, or an event
// that comes twice could not be told from one.
var promiseWatched = []struct{ path, below string }{
	{path: "/p0/data"}, {"/p1", "a"}, {path: "/p2/data"}, {"/p3", "none"}, {path: "/p4/data"}, {"/p5", "a"}, {path: "/p6"},
	{path: "/p0/data"}, {"/p1", "b"}, {path: "/p2/data"}, {path: "/p3/none"}, {path: "/p4/data"}, {"/p5", "b"}, {path: "/p6"},
}

// next is the i-th change: now and then of what is watched, else at random.
func (w *promiseWriter) next(ctx context.Context, i int) (promiseChange, error) {
	const every = 10
	if n := i / every; i%every != 0 || n >= len(promiseWatched) {
		return w.change(ctx, i)
	}
	at := promiseWatched[i/every]
	if at.below == "" {
		return w.set(ctx, at.path)
	}
	c, err := w.create(ctx, at.path+"/"+at.below)
	w.there = w.there[:len(w.there)-1] // it stays
	return c, err
}
