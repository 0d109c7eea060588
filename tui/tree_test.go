package tui

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/livetree"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/tree"
	"zoosh/tui/ui/intent"
)

// treeModel is a model whose tree has been told what is below the root, and has the
// focus.
func treeModel(t testing.TB, w, h int, names ...string) *Model {
	t.Helper()
	m := testModel(t, w, h, Config{NoColor: true})
	m.setFocus(paneTree)
	m.Update(listing("/", names))
	return m
}

// listing is what a server would tell of the znodes below one.
func listing(path string, names []string) tree.ChangesMsg {
	return tree.ChangesMsg{Changes: []livetree.Change{{Kind: livetree.Listing, Path: path, Names: names}}}
}

// treeRows is the rows of the tree, on the screen or not.
func treeRows(m *Model) string {
	var rows []string
	for _, row := range m.panes[paneTree].Rows(true) {
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	return strings.Join(rows, "\n")
}

// driveTree is a driver whose tree is watched, too.
func driveTree(t *testing.T) *commandDriver { return driveTreeOf(t, Config{NoColor: true}) }

// driveTreeOf is the same of another configuration.
func driveTreeOf(t *testing.T, cfg Config) *commandDriver {
	t.Helper()
	d := driveCommand(t, 120, 40, cfg)
	d.starts()
	d.seesIn("Tree", "zookeeper")
	d.goesTo("Tree")
	return d
}

func TestTreeCommandsIntoThePrompt(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.create("/a", 0)
	d.create("/b c", 0)
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
		d.goesTo("Tree")
		if test.path == "/" {
			d.press("To the root")
		} else {
			d.selects(test.path)
		}
		d.press(test.key)
		if d.m.focus != paneCommand {
			t.Errorf("%s on %s: focus on %v", test.key, test.path, d.m.focus)
		}
		d.typedIs(test.want)
		d.press("ctrl+u")
	}
}

func (d *commandDriver) create(path string, flags int32) {
	d.t.Helper()
	_, _, err := d.zk().Create(context.Background(), path, []byte("old"), session.CreateOptions{Flags: flags})
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
	if _, err := d.zk().Set(context.Background(), "/a/b", []byte("new"), wire.AnyVersion); err != nil {
		t.Fatal(err)
	}
	d.seesIn("Node", "Data 3 bytes, text new")
	d.press("get its data")
	d.seesIn("Command", "get /a/b new")
	d.intends(intent.ShowZnode{Path: "/a/none"})
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
	d.selects("/app")
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
	before := len(d.front().Shell.History())

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
	if n := len(d.front().Shell.History()); n != before {
		t.Errorf("ran %q", d.front().Shell.History()[before:])
	}
	d.m.setFocus(paneTree)
	d.press("The tree of this tab's server")
	d.selects("/app")
	d.press("d")
	d.sees("delete /app")
	if d.m.overlay == nil {
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
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	d := driveModel(t, 120, 40, Config{NoColor: true, Shell: shell.Config{Target: session.Target{Connect: "host:port"}, Dialect: shell.D39}})
	d.starts()
	d.seesIn("Tree", "✗")
	d.enters("connect " + srv.Addr())
	d.seesIn("Tree", "zookeeper")
	d.seesNotIn("Tree", "✗")
}
