package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// harmless checks that the screen has nothing but what it should: colours, and
// characters that stand where they are written.
func harmless(t testing.TB, m *Model) string {
	t.Helper()
	text := pictured(t, m)
	for _, r := range strings.ReplaceAll(text, "\n", "") {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			t.Fatalf("%q is on the screen:\n%s", r, text)
		}
	}
	rest := colourSGR.ReplaceAllString(m.View().Content, "")
	if strings.ContainsRune(rest, '\x1b') {
		t.Fatalf("a sequence that is no colour is on the screen: %q", rest)
	}
	return text
}

// put makes a znode by the session of the prompt.
func (d *commandDriver) put(path string, data []byte, acl ...wire.ACL) {
	d.t.Helper()
	_, _, err := d.tab().shell.Session().Create(context.Background(), path, data, session.CreateOptions{ACL: acl})
	if err != nil {
		d.t.Fatal(err)
	}
}

// TestHostileNames: what a name would do to a terminal is shown instead, in every
// pane. Servers refuse control characters, but not what reorders text.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	for _, name := range []string{"pay\u202efdp.exe", "zero\u200bwidth", "\u2066isolated", "bom\ufeff", "lines\u2028apart", "é e\u0301 中文"} {
		path := "/" + name
		d.m.setFocus(paneCommand)
		quoted, _ := shell.Quote(path)
		d.run("stat -w " + quoted)
		d.put(path, []byte(name))
		d.reveals(path)
		d.until("the event", func() bool { return slices.Contains(d.paths(), path) })
		harmless(t, d.m)
	}
	worse := []livetree.Change{{Kind: livetree.Created, Path: "/\x1b]0;owned\x07\x1b[2J\x9b31m\xff"}}
	d.m.tree.tree.Apply(worse, time.Now())
	if !strings.Contains(harmless(t, d.m), `\x1b]0;owned\x07\x1b[2J`) {
		t.Errorf("the name is not shown:\n%s", treeRows(d.m))
	}
	if !strings.Contains(treeRows(d.m), `pay\u202efdp.exe`) {
		t.Errorf("the tree is\n%s", treeRows(d.m))
	}
}

// paths are those of the watch events that came.
func (d *commandDriver) paths() []string {
	var out []string
	for e, i := d.m.events, 0; i < e.kept.len(); i++ {
		out = append(out, e.kept.at(e.kept.first+i).path)
	}
	return out
}

// TestHostileData: as much data as a server takes, of every kind, in every view
// and from beginning to end.
func TestHostileData(t *testing.T) {
	const size = 1<<20 - 200 // with the request around it, a server's limit
	binary := make([]byte, size)
	for i := range binary {
		binary[i] = byte(i * 7)
	}
	for name, data := range map[string][]byte{
		"text":      []byte(strings.Repeat("line of text\n", size/13)),
		"one-line":  []byte(strings.Repeat("x", size)),
		"binary":    binary,
		"escapes":   []byte(strings.Repeat("\x1b[2J\x1b]0;owned\x07", size/14)),
		"bidi":      []byte(strings.Repeat("\u202eabc", size/6)),
		"json":      []byte("[" + strings.Repeat(`{"a":1},`, size/8-1) + "{}]"),
		"deep-json": []byte(strings.Repeat("[", size/2-1) + strings.Repeat("]", size/2-1)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := driveTree(t)
			d.put("/big", data)
			d.reveals("/big")
			d.m.setFocus(paneNode)
			for range numViews {
				for _, key := range []string{"home", "pgdown", "end", "pgup"} {
					d.press(key)
					harmless(t, d.m)
				}
				d.press("v")
			}
			// The prompt shows it, too.
			d.m.setFocus(paneCommand)
			d.run("get /big")
			harmless(t, d.m)
		})
	}
}

// TestHostileACL: what may not be read says so, and its ACL says why.
func TestHostileACL(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.put("/secret", []byte("x"), wire.ACL{Perms: wire.PermAll &^ wire.PermRead, Scheme: "world", ID: "anyone"})
	d.put("/secret/below", nil)
	d.do(d.m.tree.reveal("/secret"))
	d.until("the answer", func() bool { return d.m.node.path == "/secret" && d.m.node.node != nil })
	d.m.setFocus(paneTree)
	d.press("right")
	d.untilRow("NoAuth")
	text := harmless(t, d.m)
	for _, want := range []string{"secret", "✗ NoAuth", "'world,'anyone"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	d.do(d.m.tree.reveal("/secret/below"))
	d.until("a word", func() bool { return strings.Contains(d.m.notice.text, "/secret: NoAuth") })
}

const hostileChildren = 100_000

// fill makes that many children of path.
func fill(t testing.TB, zk *session.Session, path string, n int) {
	t.Helper()
	const at = 1000
	for done := 0; done < n; {
		var ops []wire.MultiOp
		for ; len(ops) < at && done < n; done++ {
			ops = append(ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{
				Path: fmt.Sprintf("%s/child-%06d", path, done), ACL: wire.OpenACL(),
			}})
		}
		if _, err := zk.Multi(context.Background(), ops); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHostileNumber: a hundred thousand children of one znode.
func TestHostileNumber(t *testing.T) {
	t.Parallel()
	d := driveTree(t)
	d.put("/many", nil)
	fill(t, d.tab().shell.Session(), "/many", hostileChildren)
	d.reveals("/many")
	d.m.setFocus(paneTree)
	d.press("right")
	d.untilRow("child-000000")
	d.untilRow("many (100000)")
	d.press("end", "up")
	d.untilRow("child-099999")
	harmless(t, d.m)
	d.press("home", "down", "left")
	if d.m.tree.tree.Len() > 5 {
		t.Errorf("%d rows after it was shut", d.m.tree.tree.Len())
	}
	d.press("d")
	if text := harmless(t, d.m); !strings.Contains(text, "deleteall /many") {
		t.Errorf("the question is\n%s", text)
	}
}

const hostileDepth = 200

// deepPath is a path of that many levels.
func deepPath(levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "/level-%03d", i+1)
	}
	return b.String()
}

// dig makes the znodes of a path.
func dig(t testing.TB, zk *session.Session, path string) {
	t.Helper()
	var ops []wire.MultiOp
	for i := 1; i <= len(path); i++ {
		if i == len(path) || path[i] == '/' {
			ops = append(ops, wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{Path: path[:i], ACL: wire.OpenACL()}})
		}
	}
	if _, err := zk.Multi(context.Background(), ops); err != nil {
		t.Fatal(err)
	}
}

// TestHostileDepth: of a path of two hundred levels each row shows its name, and
// the titles the end of the path.
func TestHostileDepth(t *testing.T) {
	for _, size := range goldenSizes {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			d := driveTree(t)
			d.send(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			path := deepPath(hostileDepth)
			dig(t, d.tab().shell.Session(), path)
			d.reveals(path)
			text := harmless(t, d.m)
			for _, want := range []string{" 200 ", " 195 ", "level-200", "level-195"} {
				if !strings.Contains(treeRows(d.m), want) {
					t.Errorf("there is no %q in\n%s", want, treeRows(d.m))
				}
			}
			if !strings.Contains(text, "/level-200 ") {
				t.Errorf("no title ends in the end of the path:\n%s", text)
			}
			d.m.setFocus(paneTree)
			for range hostileDepth {
				d.press("up")
				if _, name := wire.SplitPath(d.m.tree.sel); name != "" && !strings.Contains(treeRows(d.m), name) {
					t.Fatalf("%s is selected, but the tree is\n%s", name, treeRows(d.m))
				}
			}
			d.m.setFocus(paneCommand)
			d.run("get " + path)
			harmless(t, d.m)
		})
	}
}

// TestTreeIndents: levels are indented until they would take the names' room; then
// those around the selection are, and all have their numbers.
func TestTreeIndents(t *testing.T) {
	m := testModel(t, 80, 24, Config{NoColor: true})
	path := "/"
	for i := range 12 {
		m.tree.tree.Expand(path)
		name := fmt.Sprintf("l%d", i+1)
		feedTree(m, livetree.Change{Kind: livetree.Listing, Path: path, Names: []string{name}})
		path = wire.JoinPath(path, name)
	}
	m.tree.choose(11)
	m.tree.tree.Expire(time.Now().Add(time.Hour))
	rows := strings.Split(treeRows(m), "\n")
	for i, want := range []string{"  3 ▾ l3 (1)", "  4 ▾ l4 (1)", "  5 ▾ l5 (1)", "  6 ▾ l6 (1)", "  7 ▾ l7 (1)", "  8   ▾ l8 (1)"} {
		if rows[i+1] != want {
			t.Errorf("row %d is %q, want %q; the tree is\n%s", i+1, rows[i+1], want, treeRows(m))
		}
	}
	// The glyph is where it is drawn.
	glyph := ansi.StringWidth(rows[4][:strings.Index(rows[4], "▾")])
	m.tree.Click(glyph, 4)
	if m.tree.sel != "/l1/l2/l3/l4/l5/l6" || m.tree.tree.Len() != 7 {
		t.Errorf("a click on a glyph: %s is selected, %d rows", m.tree.sel, m.tree.tree.Len())
	}
}

// reveals selects a znode whose name nobody can read on the screen, and waits for
// what it holds.
func (d *commandDriver) reveals(path string) {
	d.t.Helper()
	d.do(d.m.tree.reveal(path))
	d.until(path+" to be shown", func() bool { return d.m.tree.sel == path && d.m.node.path == path && d.m.node.node != nil })
}

// A frameDriver draws after each message, as Bubble Tea does, and times it.
type frameDriver struct {
	*commandDriver
	frameTimes
}

// press presses a key and tells how long it took until the frame after it.
func (d *frameDriver) press(key string) time.Duration {
	begun := time.Now()
	d.do(d.draw(d.m, keyPress(key)))
	return time.Since(begun)
}

func driveFrames(b *testing.B, w, h int) *frameDriver {
	d := driveServer(b, w, h, promiseServers[0].start(b))
	d.m.setFocus(paneTree)
	f := &frameDriver{commandDriver: d}
	d.update = func(msg tea.Msg) tea.Cmd { return f.draw(d.m, msg) }
	return f
}

// BenchmarkHundredThousandChildren opens a znode with so many on a real session,
// moves in them, and shuts it.
func BenchmarkHundredThousandChildren(b *testing.B) {
	d := driveFrames(b, 80, 24)
	d.put("/many", nil)
	fill(b, d.tab().shell.Session(), "/many", hostileChildren)
	d.reveals("/many")
	d.m.setFocus(paneTree)
	var open, key time.Duration
	for b.Loop() {
		begun := time.Now()
		d.press("right")
		d.until("the children", func() bool { return d.m.tree.tree.Len() > hostileChildren })
		open += time.Since(begun)
		for _, k := range []string{"down", "pgdown", "end", "up", "pgup", "home"} {
			key = max(key, d.press(k))
		}
		d.press("down")
		key = max(key, d.press("left")) // the next turn reads it anew
	}
	b.ReportMetric(milliseconds(open)/float64(b.N), "open-ms")
	b.ReportMetric(milliseconds(key), "longest-key-ms")
	b.ReportMetric(milliseconds(d.longest), "longest-frame-ms")
}

// BenchmarkTwoHundredLevels opens a path level by level on a real session, and
// scrolls through it.
func BenchmarkTwoHundredLevels(b *testing.B) {
	d := driveFrames(b, 80, 24)
	dig(b, d.tab().shell.Session(), deepPath(hostileDepth))
	d.reveals("/level-001")
	d.m.setFocus(paneTree)
	var level, key time.Duration
	for b.Loop() {
		begun := time.Now()
		for i := 2; i <= hostileDepth; i++ {
			d.press("right")
			d.until("the next level", func() bool { return d.m.tree.tree.Index(deepPath(i)) >= 0 })
			d.press("right")
		}
		level += time.Since(begun) / hostileDepth
		for _, k := range []string{"up", "pgup", "home", "pgdown", "end"} {
			for range hostileDepth / 4 {
				key = max(key, d.press(k))
			}
		}
		d.m.tree.choose(1)
		d.m.tree.link.get().Forget("/level-001")
		d.m.tree.tree.Drop("/level-001")
	}
	b.ReportMetric(milliseconds(level)/float64(b.N), "ms/level")
	b.ReportMetric(milliseconds(key), "longest-key-ms")
	b.ReportMetric(milliseconds(d.longest), "longest-frame-ms")
}
