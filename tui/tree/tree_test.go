package tree

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/znode"
)

// A driver is a pane without a screen: it keeps what that wants of others, and has
// one session, which is not open.
type driver struct {
	*Pane
	t    testing.TB
	sent []ui.Intent
	all  []sessions.Session
}

func (d *driver) Send(i ui.Intent)        { d.sent = append(d.sent, i) }
func (d *driver) Front() sessions.Session { return d.all[0] }
func (d *driver) All() []sessions.Session { return d.all }

func drive(t testing.TB, w, h int) *driver {
	t.Helper()
	d := &driver{t: t}
	stream := shell.NewStream()
	t.Cleanup(stream.Close)
	cfg := shell.Config{Name: "1", Sink: stream.Put, Dialect: shell.D34, Target: session.Target{Connect: "localhost:2181"}}
	d.all = []sessions.Session{{Name: "1", Shell: shell.New(cfg)}}
	d.Pane = New(Config{
		Context: t.Context(), Host: d, Sessions: d, Theme: ui.NewTheme(ui.Look{NoColor: true}, true), Now: time.Now, Made: &znode.Made{},
		Target: func(server string) session.Target { return session.Target{Connect: server} },
		Place:  func(server string) string { return server },
		Server: "localhost:2181",
	})
	d.Resize(w, h)
	return d
}

// driveTreeOfNames is a pane that was told what is below some znodes, all of which are
// open.
func driveTold(t testing.TB, w, h int, below map[string][]string) *driver {
	t.Helper()
	d := drive(t, w, h)
	paths := make([]string, 0, len(below))
	for path := range below {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		d.tree.Expand(path)
		d.told(livetree.Change{Kind: livetree.Listing, Path: path, Names: below[path]})
	}
	return d
}

// told is what the watcher would tell.
func (d *driver) told(changes ...livetree.Change) { d.Update(ChangesMsg{Changes: changes}) }

// press presses keys as the screen does, by their names.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		k := tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
		for code, name := range map[rune]string{
			tea.KeyUp: "up", tea.KeyDown: "down", tea.KeyLeft: "left", tea.KeyRight: "right", tea.KeyHome: "home", tea.KeyEnd: "end",
			tea.KeyEnter: "enter", tea.KeyEscape: "esc", tea.KeyBackspace: "backspace", tea.KeyDelete: "delete",
		} {
			if key == name {
				k = tea.KeyPressMsg{Code: code}
			}
		}
		d.key(k)
	}
}

func (d *driver) key(k tea.KeyPressMsg) {
	d.t.Helper()
	if mode := d.Mode(); mode != ui.Normal {
		if a := d.actionFor(mode, k.String()); a != nil {
			a.Run()
			return
		}
	}
	if _, taken := d.Grab(k); taken {
		return
	}
	a := d.actionFor(ui.Normal, k.String())
	switch {
	case a == nil:
		d.t.Fatalf("no action has the key %s", k)
	case a.Off != nil && a.Off() != "":
		d.Send(ui.Say{Bad: true, Text: a.Off()})
	default:
		a.Run()
	}
}

func (d *driver) actionFor(mode ui.Mode, key string) *ui.Action {
	table := d.Actions()
	for i := range table {
		if table[i].Mode == mode && table[i].Has(key) {
			return &table[i]
		}
	}
	return nil
}

// said is what is said in the status line.
func (d *driver) said() string {
	for _, i := range slices.Backward(d.sent) {
		if say, ok := i.(ui.Say); ok {
			return say.Text
		}
	}
	return ""
}

// shows is the rows, each of which has to fit.
func (d *driver) shows() string {
	d.t.Helper()
	var rows []string
	for _, row := range d.Rows(true) {
		if n := ui.WidthOf(row); n > d.w {
			d.t.Errorf("a row of %d cells in %d: %q", n, d.w, row)
		}
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	if len(rows) > d.h {
		d.t.Errorf("%d rows in %d", len(rows), d.h)
	}
	return strings.Join(rows, "\n")
}

func (d *driver) wants(want string) {
	d.t.Helper()
	if got := d.shows(); got != strings.Trim(want, "\n") {
		d.t.Errorf("the tree is\n%s\nwant\n%s", got, strings.Trim(want, "\n"))
	}
}

// isAt wants a znode to be selected.
func (d *driver) isAt(path string) {
	d.t.Helper()
	if d.sel != path {
		d.t.Fatalf("%s is selected, not %s", d.sel, path)
	}
}

func TestShowsWhatIsKnown(t *testing.T) {
	d := driveTold(t, 50, 20, map[string][]string{
		"/": {"a", "secret", "中文\x1b[2J"}, "/a": {"e-0000000001", "x"},
	})
	d.told(
		livetree.Change{Kind: livetree.Looked, Path: "/a/e-0000000001", Stat: &wire.Stat{EphemeralOwner: 0x1234}},
		livetree.Change{Kind: livetree.Looked, Path: "/a/x", Stat: &wire.Stat{NumChildren: 7}},
		livetree.Change{Kind: livetree.Listing, Path: "/secret", Err: &wire.Error{Code: wire.NoAuth}},
		livetree.Change{Kind: livetree.Created, Path: "/a/y"},
		livetree.Change{Kind: livetree.Changed, Path: "/a/x"},
		livetree.Change{Kind: livetree.Deleted, Path: "/a/y"},
	)
	d.wants(`
 ▾ / (3)
   ▾ a (2)
       e-0000000001 # ◌ 0x1234
~    ▸ x (7)
-      y
     secret ✗ NoAuth
     中文\x1b[2J`)
}

func TestKeysMoveAndOpen(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"a", "b"}, "/a": {"x"}})
	d.press("down", "down")
	d.isAt("/a/x")
	d.press("left")
	d.isAt("/a")
	d.press("left")
	d.wants(" ▾ / (2)\n   ▸ a (1)\n     b")
	d.press("right", "right")
	d.isAt("/a/x")
	d.press("end", "right")
	d.wants(" ▾ / (2)\n   ▾ a (1)\n       x\n   ▾ b …")
	d.press("home", "enter")
	d.wants(" ▸ / (2)")
	d.isAt("/")
}

func TestMouse(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"a", "b"}, "/a": {"x"}})
	d.Click(6, 3)
	d.isAt("/b")
	d.Click(3, 1) // the glyph of /a
	d.wants(" ▾ / (2)\n   ▸ a (1)\n     b")
	d.Click(5, 20)
	d.isAt("/a")
}

// manyNames are n000, n001 and so on.
func manyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("n%03d", i)
	}
	return names
}

func TestSelectionStays(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": manyNames(200)})
	d.choose(100)
	sel, line := d.sel, d.at-d.top
	d.told(livetree.Change{Kind: livetree.Created, Path: "/a1"}, livetree.Change{Kind: livetree.Created, Path: "/a2"})
	if d.sel != sel || d.at != 102 || d.at-d.top != line {
		t.Errorf("%s in row %d, line %d; was %s in line %d", d.sel, d.at, d.at-d.top, sel, line)
	}
	d.told(livetree.Change{Kind: livetree.Deleted, Path: sel})
	if d.sel != sel {
		t.Error("the selection left what is still shown")
	}
	d.tree.Expire(time.Now().Add(time.Hour))
	d.Update(tickMsg{})
	if d.sel != "/n100" || d.at != 102 {
		t.Errorf("%s in row %d is selected instead of what was deleted", d.sel, d.at)
	}
}

func TestFind(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"apple", "pear"}, "/apple": {"core", "pearl"}})
	d.collapse("/apple")
	d.press("/", "p", "e", "a")
	d.isAt("/apple/pearl")
	if foot := ansi.Strip(d.foot()); !strings.HasPrefix(foot, "/pea ") {
		t.Errorf("foot %q", foot)
	}
	d.press("z")
	if foot := ansi.Strip(d.foot()); !strings.Contains(foot, "not among") {
		t.Errorf("foot %q", foot)
	}
	d.press("backspace", "enter", "n")
	d.isAt("/pear")
	d.press("N")
	d.isAt("/apple/pearl")
	d.press("/", "c", "esc")
	d.isAt("/apple/pearl")
	d.press("n")
	if want := "nothing has been looked for yet"; d.said() != want {
		t.Errorf("it says %q, want %q", d.said(), want)
	}
}

// Another key ends the search, and does what it does; a paste is part of the name.
func TestFindEndsWithAnotherKey(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"apple", "pear"}, "/apple": {"core"}})
	d.press("/")
	if _, taken := d.TakePaste("cor"); !taken {
		t.Error("a paste is not taken")
	}
	d.isAt("/apple/core")
	d.key(tea.KeyPressMsg{Code: tea.KeyPgDown})
	d.isAt("/pear")
	if d.Mode() != ui.Normal {
		t.Error("it is still looked for")
	}
}

func TestSaysWhatIsWrong(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"a"}})
	d.press("g")
	if !strings.Contains(d.said(), "not open") {
		t.Errorf("it says %q", d.said())
	}
	d.told(livetree.Change{Kind: livetree.Lost, Err: errors.New("connection \x1brefused")})
	if rows := d.shows(); !strings.HasSuffix(rows, `✗ connection \x1brefused`) {
		t.Errorf("rows\n%s", rows)
	}
	d.told(livetree.Change{Kind: livetree.Connected})
	d.wants(" ▾ / (1)\n     a")
}

func TestDeepPathsFit(t *testing.T) {
	d := drive(t, 28, 10)
	path := "/"
	for range 200 {
		d.tree.Expand(path)
		d.told(livetree.Change{Kind: livetree.Listing, Path: path, Names: []string{"down"}})
		path = wire.JoinPath(path, "down")
	}
	d.choose(d.tree.Len() - 1)
	d.isAt(path)
	if !strings.Contains(d.shows(), "down") {
		t.Error(d.shows())
	}
}

// TestIndents: levels are indented until they would take the names' room; then those
// around the selection are, and all have their numbers.
func TestIndents(t *testing.T) {
	d := drive(t, 28, 10)
	path := "/"
	for i := range 12 {
		d.tree.Expand(path)
		name := fmt.Sprintf("l%d", i+1)
		d.told(livetree.Change{Kind: livetree.Listing, Path: path, Names: []string{name}})
		path = wire.JoinPath(path, name)
	}
	d.choose(11)
	d.tree.Expire(time.Now().Add(time.Hour))
	rows := strings.Split(d.shows(), "\n")
	for i, want := range []string{"  3 ▾ l3 (1)", "  4 ▾ l4 (1)", "  5 ▾ l5 (1)", "  6 ▾ l6 (1)", "  7 ▾ l7 (1)", "  8   ▾ l8 (1)"} {
		if rows[i+1] != want {
			t.Errorf("row %d is %q, want %q; the tree is\n%s", i+1, rows[i+1], want, d.shows())
		}
	}
	// The glyph is where it is drawn.
	glyph := ansi.StringWidth(rows[4][:strings.Index(rows[4], "▾")])
	d.Click(glyph, 4)
	if d.sel != "/l1/l2/l3/l4/l5/l6" || d.tree.Len() != 7 {
		t.Errorf("a click on a glyph: %s is selected, %d rows", d.sel, d.tree.Len())
	}
}

// What a server could not be asked for, another one is: the first that a session has
// reached.
func TestFollowsTheFirstConnection(t *testing.T) {
	d := drive(t, 40, 20)
	d.Update(openedMsg{server: "localhost:2181", err: errors.New("no such server")})
	it := shell.Item{Kind: shell.State, Shell: "1"}
	it.Event.State = wire.StateSyncConnected
	d.Take(&it)
	if d.wanted != d.Front().Shell.ConnectString() {
		t.Errorf("it asks for %q", d.wanted)
	}
}

// BenchmarkMillionDelete is the question before all of a million znodes would go.
func BenchmarkMillionDelete(b *testing.B) {
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("node-%010d", i)
	}
	below := map[string][]string{"/": names[:100]}
	for _, name := range names[:100] {
		below["/"+name] = names
	}
	d := driveTold(b, 70, 40, below)
	for b.Loop() {
		d.sent = nil
		d.askDelete()
		_ = d.Rows(true)
		d.sent[0].(ui.Show).Overlay.Box(d.theme, 60, 20)
	}
}

// What is wanted of a prompt: to run a command, or to have it typed.
func TestCommands(t *testing.T) {
	d := driveTold(t, 40, 20, map[string][]string{"/": {"a", "b c"}})
	for _, test := range []struct {
		key, path string
		want      ui.Intent
	}{
		{"G", "/a", intent.PutLine{Line: "get /a"}},
		{"W", "/b c", intent.PutLine{Line: `get -w "/b c"`}},
		{"c", "/b c", intent.PutLine{Line: `create "/b c/`}},
		{"c", "/", intent.PutLine{Line: "create /"}},
		{"y", "/b c", intent.InsertWord{Word: `"/b c"`}},
	} {
		d.choose(d.tree.Index(test.path))
		d.press(test.key)
		if got := d.sent[len(d.sent)-1]; got != test.want {
			t.Errorf("%s on %s: %#v, want %#v", test.key, test.path, got, test.want)
		}
	}
}
