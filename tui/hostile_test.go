package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
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
	_, _, err := d.zk().Create(context.Background(), path, data, session.CreateOptions{ACL: acl})
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
		d.seesIn("Events", "NodeCreated "+shell.Printable(path))
		harmless(t, d.m)
	}
	if !strings.Contains(treeRows(d.m), `pay\u202efdp.exe`) {
		t.Errorf("the tree is\n%s", treeRows(d.m))
	}
}

// TestHostileNamesOfNoServer: a server that is none may tell other names.
func TestHostileNamesOfNoServer(t *testing.T) {
	m := treeModel(t, 120, 40, "\x1b]0;owned\x07\x1b[2J\x9b31m\xff")
	if !strings.Contains(harmless(t, m), `\x1b]0;owned\x07\x1b[2J`) {
		t.Errorf("the name is not shown:\n%s", treeRows(m))
	}
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
			d.goesTo("Node")
			for range 3 { // as text, JSON and hex, or fewer
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
	d.reveals("/secret") // of what may not be read the tree is not told
	d.goesTo("Tree")
	d.press("right")
	d.seesIn("Tree", "NoAuth")
	text := harmless(t, d.m)
	for _, want := range []string{"secret", "✗ NoAuth", "'world,'anyone"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	d.intends(intent.ShowZnode{Path: "/secret/below"})
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
	fill(t, d.zk(), "/many", hostileChildren)
	d.reveals("/many")
	d.m.setFocus(paneTree)
	d.press("right")
	d.seesIn("Tree", "child-000000")
	d.seesIn("Tree", "many (100000)")
	d.press("end", "up")
	d.seesIn("Tree", "child-099999")
	harmless(t, d.m)
	d.press("home", "down", "left")
	if n := strings.Count(treeRows(d.m), "\n") + 1; n > 5 {
		t.Errorf("%d rows after it was shut", n)
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
			dig(t, d.zk(), path)
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
				if _, name := wire.SplitPath(d.headOf("Node")); name != "" && !strings.Contains(treeRows(d.m), name) {
					t.Fatalf("%s is selected, but the tree is\n%s", name, treeRows(d.m))
				}
			}
			d.m.setFocus(paneCommand)
			d.run("get " + path)
			harmless(t, d.m)
		})
	}
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
	fill(b, d.zk(), "/many", hostileChildren)
	d.reveals("/many")
	d.m.setFocus(paneTree)
	var open, key time.Duration
	for b.Loop() {
		begun := time.Now()
		d.press("right")
		d.until("the children", func() bool {
			rows := treeRows(d.m)
			return strings.Contains(rows, "many (100000)") && strings.Contains(rows, "child-000000")
		})
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
	dig(b, d.zk(), deepPath(hostileDepth))
	d.reveals("/level-001")
	d.m.setFocus(paneTree)
	var level, key time.Duration
	for b.Loop() {
		begun := time.Now()
		for i := 2; i <= hostileDepth; i++ {
			d.press("right")
			read := fmt.Sprintf("%s level-%03d (1)\n", d.m.theme.Glyph.Open, i-1)
			d.until("the next level", func() bool { return strings.Contains(treeRows(d.m)+"\n", read) })
			d.press("right")
		}
		level += time.Since(begun) / hostileDepth
		for _, k := range []string{"up", "pgup", "home", "pgdown", "end"} {
			for range hostileDepth / 4 {
				key = max(key, d.press(k))
			}
		}
		d.intends(intent.FollowTab{}) // which begins with a tree that is not known yet
		d.settle()
		d.reveals("/level-001")
	}
	b.ReportMetric(milliseconds(level)/float64(b.N), "ms/level")
	b.ReportMetric(milliseconds(key), "longest-key-ms")
	b.ReportMetric(milliseconds(d.longest), "longest-frame-ms")
}
