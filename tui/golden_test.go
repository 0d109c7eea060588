package tui

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/livetree"
	"zoosh/internal/session"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// goldenSizes are the sizes that the screens are kept at.
var goldenSizes = []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}}

// A goldenScene is a screen worth keeping: what is done, and what is to be seen
// before the screen is looked at. Its play starts with the first session connected
// and the tree read.
type goldenScene struct {
	name string
	play func(d *commandDriver)
}

var goldenScenes = []goldenScene{
	{"start", func(*commandDriver) {}},
	{"master", func(d *commandDriver) {
		d.run("ls /", `create -e /master "master1.example.com:2223"`, "ls /", "get /master")
		d.newTab()
		d.run(`create -e /master "master2.example.com:2223"`, "stat /master true")
		d.press("alt+1")
		d.run("delete /master") // at the end of a session its own event comes before or after that
		d.press("alt+2")
		d.watched("NodeDeleted", "/master")
		d.run(`create -e /master "master2.example.com:2223"`)
		d.untilRow("master ◌ 2")
		d.selects("/master")
	}},
	{"roles", func(d *commandDriver) {
		d.named("master")
		d.run(`create -e /master "master1.example.com:2223"`, `create /workers ""`, `create /tasks ""`, `create /assign ""`,
			"ls /workers true", "ls /tasks true")
		d.newTab()
		d.named("worker")
		d.run(`create -e /workers/worker2.example.com "worker1.example.com:2224"`)
		d.watched("NodeChildrenChanged", "/workers")
		d.run(`create /assign/worker1.example.com ""`, "ls /assign/worker1.example.com true")
		d.newTab()
		d.named("client")
		d.run(`create -s /tasks/task- "cmd"`)
		d.watched("NodeChildrenChanged", "/tasks")
		d.run("ls /tasks/task-0000000000 true")
		for _, path := range []string{"/workers/worker2.example.com", "/assign/worker1.example.com", "/tasks/task-0000000000"} {
			d.selects(path)
		}
	}},
	{"watches", func(d *commandDriver) {
		d.run("create /a x", "get /a true", "ls /a true", "stat /b true")
		d.m.setFocus(paneEvents)
		d.press("f")
		d.untilRow("a")
	}},
	{"unseen", func(d *commandDriver) {
		d.run("create /workers x", "ls /workers true", "create /workers/worker1 x")
		d.watched("NodeChildrenChanged", "/workers")
		d.run("create /workers/worker2 x", "delete /workers/worker1", "get /workers true")
		d.m.setFocus(paneEvents)
		d.press("f")
		d.until("what was not seen", func() bool {
			d.m.events.armed.stale = true
			return strings.Contains(pictured(d.t, d.m), "2 changes unseen")
		})
		d.m.setFocus(paneCommand)
	}},
	{"help", func(d *commandDriver) { d.press("f1") }},
	{"help-end", func(d *commandDriver) { d.press("f1", "end") }},
	{"manual", func(d *commandDriver) { d.press("ctrl+l", "f1", "tab", "down", "down") }},
	{"palette", func(d *commandDriver) { d.press("ctrl+p"); d.typed("ses") }},
	{"json", func(d *commandDriver) {
		d.run("create /config '{\"retries\": 3, \"hosts\": [\"worker1\", \"worker2\"], \"名\": null}'")
		d.selects("/config")
		d.m.setFocus(paneNode)
	}},
	{"binary", func(d *commandDriver) {
		data := make([]byte, 100)
		for i := range data {
			data[i] = byte(i * 5)
		}
		if _, _, err := d.tab().shell.Session().Create(d.t.Context(), "/binary", data, session.CreateOptions{}); err != nil {
			d.t.Fatal(err)
		}
		d.untilRow("binary")
		d.selects("/binary")
		d.m.setFocus(paneNode)
	}},
	{"typing", func(d *commandDriver) {
		d.run(`create /config "{'名': '中文', 'b': 1}"`)
		d.selects("/config")
		d.m.setFocus(paneNode)
		d.press("i", "right")
		d.typed("'é': '世界', ")
		d.press("enter", "end", "enter", "tab")
		d.typed("end")
	}},
	{"lost", func(d *commandDriver) {
		d.run("create -e /master x")
		d.untilRow("master ◌ 1")
		d.selects("/master")
		d.until("the reading to end", func() bool { return !d.m.node.waiting && d.tab().running == nil })
		d.srv.Close()
		d.until("the loss", func() bool { return d.tab().shell.Session().State() != session.Connected && d.m.tree.lost != nil })
	}},
	{"command-alone", func(d *commandDriver) {
		d.run("create /a x", "get /a", "get /none", "nonsense")
		d.press("f11")
		d.typed("get /")
		d.untilRow("a")
	}},
	{"tree-alone", func(d *commandDriver) {
		d.run("create /a x", "create /a/b x", "create -e /a/b/mine x", "create -s /a/task- x", "create /中文 x")
		d.selects("/a/b/mine")
		d.m.setFocus(paneTree)
		d.press("f11")
	}},
	{"events-alone", func(d *commandDriver) {
		d.run("stat /a true", "create /a x")
		d.watched("NodeCreated", "/a")
		d.run("get /a true", "set /a y")
		d.watched("NodeDataChanged", "/a")
		d.run("ls / true", "delete /a")
		d.watched("NodeChildrenChanged", "/")
		d.m.setFocus(paneEvents)
		d.press("f11")
	}},
}

// newTab opens another session.
func (d *commandDriver) newTab() {
	d.t.Helper()
	d.press("ctrl+t")
	d.until("the session", func() bool { return d.tab().shell.Session() != nil && d.greeted() })
	d.idle()
}

// named gives the session a name.
func (d *commandDriver) named(name string) {
	d.do(d.m.command.rename())
	d.typed(name)
	d.press("enter")
}

// watched waits for the event in both places that show it: the session that armed
// the watch, and the events.
func (d *commandDriver) watched(kind, path string) {
	d.t.Helper()
	d.until(kind+" of "+path, func() bool {
		said := false
		for _, t := range d.m.command.tabs {
			for i := range t.out.lines {
				said = said || strings.HasSuffix(t.out.lines[i].text, "type:"+kind+" path:"+path)
			}
		}
		e := d.m.events
		for i := range e.kept.len() {
			if at := e.kept.at(e.kept.first + i); at.kind == kind && at.path == path {
				return said
			}
		}
		return false
	})
}

// selects selects a znode in the tree and waits for what it holds.
func (d *commandDriver) selects(path string) {
	d.t.Helper()
	d.do(d.m.tree.reveal(path))
	d.until(path+" to be shown", func() bool { return d.m.tree.sel == path && d.m.node.path == path && d.m.node.node != nil })
}

func TestGoldenScreens(t *testing.T) {
	for _, scene := range goldenScenes {
		for _, size := range goldenSizes {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size.w, size.h)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := driveCommand(t, size.w, size.h, Config{Where: "embedded"})
				t.Cleanup(d.m.tree.link.close)
				d.do(d.m.tree.start())
				d.untilRow("zookeeper")
				scene.play(d)
				d.golden(filepath.Join("testdata", name+".txt"))
			})
		}
	}
}

// golden compares the screen, once all that was asked for has come, with the one
// that is kept.
func (d *commandDriver) golden(file string) {
	d.t.Helper()
	if *update {
		d.settled()
		if err := os.WriteFile(file, []byte(d.screen()), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	want := strings.ReplaceAll(string(kept), "\r\n", "\n")
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for d.screen() != want {
		select {
		case msg := <-d.msgs:
			d.send(msg)
		case <-late.C:
			d.t.Fatalf("the screen is not that of %s\n%s", file, differing(d.screen(), want))
		}
	}
}

// settled handles the messages of a while. Only writing the screens anew waits
// like that.
func (d *commandDriver) settled() {
	over := time.After(3 * time.Second)
	for {
		select {
		case msg := <-d.msgs:
			d.send(msg)
		case <-over:
			return
		}
	}
}

// differing is the rows of two screens, with those made out that differ.
func differing(got, want string) string {
	is, wanted := strings.Split(got, "\n"), strings.Split(want, "\n")
	var b strings.Builder
	for i := range max(len(is), len(wanted)) {
		var g, w string
		if i < len(is) {
			g = is[i]
		}
		if i < len(wanted) {
			w = wanted[i]
		}
		if g == w {
			fmt.Fprintf(&b, "  %s\n", g)
		} else {
			fmt.Fprintf(&b, "- %s\n+ %s\n", w, g)
		}
	}
	return b.String()
}

// volatile is what is another each time, and what stands for it. Blanks behind it
// make up for a width that is not always the same.
var volatile = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`(127\.0\.0\.1|localhost):\d{4,5} ?`), "$1:21811"},
	{regexp.MustCompile(`\b0x1[0-9a-f]{3,15}`), "0x100000000000000"},
	{regexp.MustCompile(`\b\w{3} \w{3} \d\d \d\d:\d\d:\d\d [-+\w]+ \d{4} *`), "Tue Sep 24 23:22:18 UTC 2019"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`), "2019-09-24 23:22:18"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "23:22:18"},
	// Why a connection is lost the system says, each in its own words and length.
	{regexp.MustCompile(`\bDisconnected  [^│]*`), "Disconnected  it ended"},
	{regexp.MustCompile(`\bCONNECTION LOST: .*`), "CONNECTION LOST: it ended"},
	// What an overlay leaves of a time.
	{regexp.MustCompile(`^│\d│`), "│2│"}, {regexp.MustCompile(`^│\d\d:│`), "│23:│"},
	{regexp.MustCompile(`(just now|\b\d+ (s|min) ago) *`), "just now"},
}

// screen is all that is on the screen, with what is another each time replaced by
// something as wide.
func (d *commandDriver) screen() string {
	d.t.Helper()
	// The marks of what has just happened are there for a moment only; how they
	// look is another test's.
	d.m.tree.tree.Expire(time.Now().Add(2 * livetree.MarkTime))
	d.do(d.m.tree.settle())
	if d.m.tree.lost != nil { // in the words of whichever system call was the first to fail
		d.m.tree.lost = errors.New("connection lost")
	}
	rows := strings.Split(pictured(d.t, d.m), "\n")
	if box := d.m.areas.box[paneTree]; d.m.overlay == nil && !box.empty() {
		for y := box.y + 1; y < box.y+box.h-1; y++ {
			if mark := ansi.Cut(rows[y], box.x+1, box.x+2); strings.Contains("+~-", mark) {
				rows[y] = ansi.Cut(rows[y], 0, box.x+1) + " " + ansi.Cut(rows[y], box.x+2, d.m.width)
			}
		}
	}
	for i, row := range rows {
		for _, v := range volatile {
			row = v.pattern.ReplaceAllStringFunc(row, func(found string) string {
				text := v.pattern.ReplaceAllString(found, v.text)
				room := ansi.StringWidth(found)
				return ansi.Truncate(text, room, "") + strings.Repeat(" ", max(0, room-len(text)))
			})
		}
		if w := ansi.StringWidth(row); w != d.m.width {
			d.t.Fatalf("row %d became %d cells wide: %s", i, w, row)
		}
		rows[i] = row
	}
	return strings.Join(rows, "\n") + "\n"
}
