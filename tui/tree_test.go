package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/livetree"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// treeModel is a model whose tree has been told what is below some znodes, all of
// which are open; the tree has the focus.
func treeModel(t testing.TB, w, h int, below map[string][]string) *Model {
	t.Helper()
	m := testModel(t, w, h, Config{NoColor: true})
	m.setFocus(paneTree)
	paths := make([]string, 0, len(below))
	for path := range below {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		m.tree.tree.Expand(path)
		feedTree(m, livetree.Change{Kind: livetree.Listing, Path: path, Names: below[path]})
	}
	return m
}

// feedTree is what the watcher would tell.
func feedTree(m *Model, changes ...livetree.Change) { m.Update(treeMsg{changes: changes}) }

func treeRows(m *Model) string {
	var rows []string
	for _, row := range m.tree.Rows(true) {
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	return strings.Join(rows, "\n")
}

func wantTree(t *testing.T, m *Model, want string) {
	t.Helper()
	if got := treeRows(m); got != strings.Trim(want, "\n") {
		t.Errorf("the tree is\n%s\nwant\n%s", got, strings.Trim(want, "\n"))
	}
}

func TestTreeShowsWhatIsKnown(t *testing.T) {
	m := treeModel(t, 120, 40, map[string][]string{
		"/": {"a", "secret", "中文\x1b[2J"}, "/a": {"e-0000000001", "x"},
	})
	feedTree(m,
		livetree.Change{Kind: livetree.Looked, Path: "/a/e-0000000001", Stat: &wire.Stat{EphemeralOwner: 0x1234}},
		livetree.Change{Kind: livetree.Looked, Path: "/a/x", Stat: &wire.Stat{NumChildren: 7}},
		livetree.Change{Kind: livetree.Listing, Path: "/secret", Err: &wire.Error{Code: wire.NoAuth}},
		livetree.Change{Kind: livetree.Created, Path: "/a/y"},
		livetree.Change{Kind: livetree.Changed, Path: "/a/x"},
		livetree.Change{Kind: livetree.Deleted, Path: "/a/y"},
	)
	wantTree(t, m, `
 ▾ / (3)
   ▾ a (2)
       e-0000000001 # ◌ 0x1234
~    ▸ x (7)
-      y
     secret ✗ NoAuth
     中文\x1b[2J`)
}

func TestTreeKeysMoveAndOpen(t *testing.T) {
	m := treeModel(t, 100, 30, map[string][]string{"/": {"a", "b"}, "/a": {"x"}})
	press(t, m, "down", "down")
	if m.tree.sel != "/a/x" {
		t.Fatal(m.tree.sel)
	}
	press(t, m, "left")
	if m.tree.sel != "/a" {
		t.Fatal(m.tree.sel)
	}
	press(t, m, "left")
	wantTree(t, m, " ▾ / (2)\n   ▸ a (1)\n     b")
	press(t, m, "right", "right")
	if m.tree.sel != "/a/x" {
		t.Fatal(m.tree.sel)
	}
	press(t, m, "end", "right")
	wantTree(t, m, " ▾ / (2)\n   ▾ a (1)\n       x\n   ▾ b …")
	press(t, m, "home", "enter")
	wantTree(t, m, " ▸ / (2)")
	if m.tree.sel != "/" {
		t.Fatal(m.tree.sel)
	}
}

func TestTreeMouse(t *testing.T) {
	m := treeModel(t, 100, 30, map[string][]string{"/": {"a", "b"}, "/a": {"x"}})
	m.tree.Click(6, 3)
	if m.tree.sel != "/b" {
		t.Fatal(m.tree.sel)
	}
	m.tree.Click(3, 1) // the glyph of /a
	wantTree(t, m, " ▾ / (2)\n   ▸ a (1)\n     b")
	m.tree.Click(5, 20)
	if m.tree.sel != "/a" {
		t.Fatal(m.tree.sel)
	}
}

// manyNames are n000, n001 and so on.
func manyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("n%03d", i)
	}
	return names
}

func TestTreeSelectionStays(t *testing.T) {
	m := treeModel(t, 100, 30, map[string][]string{"/": manyNames(200)})
	p := m.tree
	p.choose(100)
	sel, line := p.sel, p.at-p.top
	feedTree(m, livetree.Change{Kind: livetree.Created, Path: "/a1"}, livetree.Change{Kind: livetree.Created, Path: "/a2"})
	if p.sel != sel || p.at != 102 || p.at-p.top != line {
		t.Errorf("%s in row %d, line %d; was %s in line %d", p.sel, p.at, p.at-p.top, sel, line)
	}
	feedTree(m, livetree.Change{Kind: livetree.Deleted, Path: sel})
	if p.sel != sel {
		t.Error("the selection left what is still shown")
	}
	p.tree.Expire(time.Now().Add(time.Hour))
	m.Update(treeTickMsg{})
	if p.sel != "/n100" || p.at != 102 {
		t.Errorf("%s in row %d is selected instead of what was deleted", p.sel, p.at)
	}
}

func TestTreeFind(t *testing.T) {
	m := treeModel(t, 100, 30, map[string][]string{"/": {"apple", "pear"}, "/apple": {"core", "pearl"}})
	m.tree.collapse("/apple")
	press(t, m, "/", "p", "e", "a")
	if m.tree.sel != "/apple/pearl" {
		t.Fatal(m.tree.sel)
	}
	if foot := ansi.Strip(m.tree.foot()); !strings.HasPrefix(foot, "/pea ") {
		t.Errorf("foot %q", foot)
	}
	press(t, m, "z")
	if foot := ansi.Strip(m.tree.foot()); !strings.Contains(foot, "not among") {
		t.Errorf("foot %q", foot)
	}
	press(t, m, "backspace", "enter", "n")
	if m.tree.sel != "/pear" || m.overlay != nil {
		t.Fatal(m.tree.sel)
	}
	press(t, m, "N")
	if m.tree.sel != "/apple/pearl" {
		t.Fatal(m.tree.sel)
	}
	press(t, m, "/", "c", "esc")
	if m.tree.sel != "/apple/pearl" || m.tree.found != "" {
		t.Fatal(m.tree.sel)
	}
}

func TestTreeCommandsIntoThePrompt(t *testing.T) {
	for _, test := range []struct{ key, path, want string }{
		{"G", "/a", "get /a"},
		{"T", "/a", "stat /a"},
		{"L", "/a", "ls -w /a"},
		{"W", "/b c", `get -w "/b c"`},
		{"s", "/a", "set /a "},
		{"c", "/a", "create /a/"},
		{"c", "/b c", `create "/b c/`},
		{"c", "/", "create /"},
		{"y", "/a", "/a"},
	} {
		m := treeModel(t, 100, 30, map[string][]string{"/": {"a", "b c"}})
		m.tree.choose(m.tree.tree.Index(test.path))
		press(t, m, test.key)
		if got := m.command.tab().input.Text(); got != test.want || m.focus != paneCommand {
			t.Errorf("%s on %s: %q, focus on %v; want %q", test.key, test.path, got, m.focus, test.want)
		}
	}
}

func TestTreeSaysWhatIsWrong(t *testing.T) {
	m := treeModel(t, 100, 30, map[string][]string{"/": {"a"}})
	press(t, m, "g")
	if !strings.Contains(m.notice.text, "not open") {
		t.Errorf("notice %q", m.notice.text)
	}
	feedTree(m, livetree.Change{Kind: livetree.Lost, Err: errors.New("connection \x1brefused")})
	if rows := treeRows(m); !strings.HasSuffix(rows, `✗ connection \x1brefused`) {
		t.Errorf("rows\n%s", rows)
	}
	feedTree(m, livetree.Change{Kind: livetree.Connected})
	wantTree(t, m, " ▾ / (1)\n     a")
}

func TestTreeDeepPathsFit(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	path := "/"
	for range 200 {
		m.tree.tree.Expand(path)
		feedTree(m, livetree.Change{Kind: livetree.Listing, Path: path, Names: []string{"down"}})
		path = wire.JoinPath(path, "down")
	}
	m.tree.choose(m.tree.tree.Len() - 1)
	if !strings.Contains(treeRows(m), "down") || m.tree.sel != path {
		t.Error(treeRows(m))
	}
	pictured(t, m)
}

// driveTree is a driver whose tree is watched, too.
func driveTree(t *testing.T) *commandDriver {
	t.Helper()
	return driveTreeWith(t, Config{NoColor: true})
}

func driveTreeWith(t *testing.T, cfg Config) *commandDriver {
	t.Helper()
	d := driveCommand(t, 120, 40, cfg)
	t.Cleanup(d.m.tree.Close)
	d.do(d.m.tree.Start())
	d.untilRow("zookeeper")
	d.m.setFocus(paneTree)
	return d
}

func (d *commandDriver) untilRow(part string) {
	d.t.Helper()
	d.until("the row "+part, func() bool { return strings.Contains(treeRows(d.m), part) })
}

func (d *commandDriver) create(path string, flags int32) {
	d.t.Helper()
	_, _, err := d.tab().shell.Session().Create(context.Background(), path, []byte("old"), session.CreateOptions{Flags: flags})
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestTreeIsLive(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.create("/a", 0)
	d.create("/a/b", 0)
	d.seesIn("Tree", "a (1)")
	d.selects("/a/b")
	d.seesIn("Node", "Node /a/b", "old")
	d.create("/a/mine", wire.FlagEphemeral)
	d.seesIn("Tree", "mine ◌ 1")
	if _, err := d.tab().shell.Session().Set(context.Background(), "/a/b", []byte("new"), wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	d.seesIn("Node", "Data 3 bytes, text new")
	d.press("get its data")
	d.seesIn("Command", "get /a/b new")
	d.do(d.m.tree.reveal("/a/none"))
	d.sees("there is no /a/none")
}

func TestTreeOfAnotherServer(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	other, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	d.goesTo("Command")
	d.enters("connect "+other.Addr(), "create /other x")
	d.goesTo("Tree")
	d.sees("Tree of zk", "o tab's server")
	d.seesNotIn("Tree", "other")
	d.press("The tree of this tab's server")
	d.seesIn("Tree", "other")
	d.seesNot("Tree of", "tab's server")
}

func TestTreeDeleteAsks(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	for _, path := range []string{"/a", "/a/b", "/a/b/c"} {
		d.create(path, 0)
	}
	d.create("/a/e", wire.FlagEphemeral)
	d.seesIn("Tree", "a (2)")
	d.selects("/a/e")
	d.seesIn("Tree", "e ◌")
	d.selects("/a")
	d.press("delete")
	d.sees("deleteall /a", "4 znodes, 1 of them ephemeral: /a/e of this session.")
	d.press("n")
	d.seesNot("deleteall /a")
	d.seesIn("Tree", "a (2)")
	d.press("delete")
	d.sees("4 znodes")
	d.press("y")
	d.seesIn("Command", "deleteall /a")
	d.passes(2 * livetree.MarkTime)
	d.seesNotIn("Tree", "a (2)")
}

// TestTreeKeysElsewhere: the keys of a tree do nothing on a server that it is not
// of, where a znode of the same name would be hit.
func TestTreeKeysElsewhere(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.create("/app", 0)
	d.do(d.m.tree.reveal("/app"))
	d.until("the znode", func() bool { return d.m.node.path == "/app" && d.m.node.node != nil })
	d.m.setFocus(paneTree)
	d.press("d")
	question := d.m.overlay

	other, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	d.m.overlay = nil
	d.m.setFocus(paneCommand)
	d.run("connect "+other.Addr(), "create /app theirs")
	d.m.setFocus(paneTree)
	before := len(d.tab().shell.History())

	for _, key := range []string{"d", "g", "w"} {
		d.press(key)
		if d.m.overlay != nil || !strings.Contains(d.m.notice.text, "the tree is of ") {
			t.Errorf("%s: overlay %v, notice %q", key, d.m.overlay, d.m.notice.text)
		}
	}
	d.m.overlay = question // which was asked before
	d.press("y")
	d.m.setFocus(paneNode)
	d.press("e")
	d.idle()
	if n := len(d.tab().shell.History()); n != before {
		t.Errorf("ran %q", d.tab().shell.History()[before:])
	}
	d.m.setFocus(paneTree)
	d.press("o")
	d.until("the other tree", func() bool { return d.m.tree.server == other.Addr() && d.m.tree.tree.Has("/app") })
	d.press("d")
	if d.m.overlay == nil && d.m.tree.sel != "/" {
		t.Error("it does not ask on its own server")
	}
}

// TestNodeOfAParent: what is shown of a znode is read again when its children change.
func TestNodeOfAParent(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.create("/app", 0)
	d.seesIn("Tree", "app")
	d.selects("/app")
	d.seesIn("Node", "numChildren 0")
	d.create("/app/one", 0)
	d.seesIn("Node", "numChildren 1")
}

// TestTreeAfterABadAddress: it follows the first connection that there is.
func TestTreeAfterABadAddress(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.m.tree.reads, d.m.tree.server = nil, ""
	d.m.tree.lost = errors.New("no such server")
	d.m.setFocus(paneCommand)
	d.run("connect " + d.srv.Addr())
	d.until("the tree", func() bool { return d.m.tree.server == d.srv.Addr() && d.m.tree.tree.Has("/zookeeper") })
}
