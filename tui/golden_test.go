package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
		d.enters("ls /", `create -e /master "master1.example.com:2223"`, "ls /", "get /master")
		d.opensSession()
		d.enters(`create -e /master "master2.example.com:2223"`, "stat /master true")
		d.press("Session 1")
		d.enters("delete /master") // at the end of a session its own event comes before or after that
		d.press("Session 2")
		d.enters(`create -e /master "master2.example.com:2223"`)
		d.seesIn("Tree", "master ◌ 2")
		d.selects("/master")
	}},
	{"roles", func(d *commandDriver) {
		d.namesSession("master")
		d.enters(`create -e /master "master1.example.com:2223"`, `create /workers ""`, `create /tasks ""`, `create /assign ""`,
			"ls /workers true", "ls /tasks true")
		d.opensSession()
		d.namesSession("worker")
		d.enters(`create -e /workers/worker2.example.com "worker1.example.com:2224"`)
		d.enters(`create /assign/worker1.example.com ""`, "ls /assign/worker1.example.com true")
		d.opensSession()
		d.namesSession("client")
		d.enters(`create -s /tasks/task- "cmd"`)
		d.enters("ls /tasks/task-0000000000 true")
		for _, path := range []string{"/workers/worker2.example.com", "/assign/worker1.example.com", "/tasks/task-0000000000"} {
			d.selects(path)
		}
	}},
	{"watches", func(d *commandDriver) {
		d.enters("create /a x", "get /a true", "ls /a true", "stat /b true")
		d.goesTo("Events")
		d.press("Events, or the watches armed now")
	}},
	{"unseen", func(d *commandDriver) {
		d.enters("create /workers x", "ls /workers true", "create /workers/worker1 x")
		d.enters("create /workers/worker2 x", "delete /workers/worker1", "get /workers true")
		d.goesTo("Events")
		d.press("Events, or the watches armed now")
		d.awaits("2 changes unseen")
		d.goesTo("Command")
	}},
	{"help", func(d *commandDriver) { d.press("Help") }},
	{"help-end", func(d *commandDriver) { d.press("Help", "end") }},
	{"manual", func(d *commandDriver) { d.press("ctrl+l", "Help", "tab", "down", "down") }},
	{"palette", func(d *commandDriver) { d.press("Palette: every action by name"); d.types("ses") }},
	{"json", func(d *commandDriver) {
		d.enters("create /config '{\"retries\": 3, \"hosts\": [\"worker1\", \"worker2\"], \"名\": null}'")
		d.selects("/config")
		d.goesTo("Node")
	}},
	{"binary", func(d *commandDriver) {
		data := make([]byte, 100)
		for i := range data {
			data[i] = byte(i * 5)
		}
		if _, _, err := d.zk().Create(d.t.Context(), "/binary", data, session.CreateOptions{}); err != nil {
			d.t.Fatal(err)
		}
		d.seesIn("Tree", "binary")
		d.selects("/binary")
		d.goesTo("Node")
	}},
	{"typing", func(d *commandDriver) {
		d.enters(`create /config "{'名': '中文', 'b': 1}"`)
		d.selects("/config")
		d.goesTo("Node")
		d.press("Edit the data here", "right")
		d.types("'é': '世界', ")
		d.press("enter", "end", "enter", "tab")
		d.types("end")
	}},
	{"lost", func(d *commandDriver) {
		d.enters("create -e /master x")
		d.seesIn("Tree", "master ◌ 1")
		d.selects("/master")
		d.srv.Close()
		d.awaits("state:Disconnected")
		d.awaits("Tree, stale")
		d.awaits("CONNECTION LOST")
	}},
	{"command-alone", func(d *commandDriver) {
		d.enters("create /a x", "get /a", "get /none", "nonsense")
		d.press("Zoom the pane, or show all")
		d.types("get /")
	}},
	{"tree-alone", func(d *commandDriver) {
		d.enters("create /a x", "create /a/b x", "create -e /a/b/mine x", "create -s /a/task- x", "create /中文 x")
		d.selects("/a/b/mine")
		d.goesTo("Tree")
		d.press("Zoom the pane, or show all")
	}},
	{"events-alone", func(d *commandDriver) {
		d.enters("stat /a true", "create /a x")
		d.enters("get /a true", "set /a y")
		d.enters("ls / true", "delete /a")
		d.goesTo("Events")
		d.press("Zoom the pane, or show all")
	}},
}

func TestGoldenScreens(t *testing.T) {
	for _, scene := range goldenScenes {
		for _, size := range goldenSizes {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size.w, size.h)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				cfg := sceneConfigs[scene.name]
				cfg.Where = "embedded"
				d := driveCommand(t, size.w, size.h, cfg)
				d.starts()
				d.seesIn("Tree", "zookeeper")
				scene.play(d)
				d.golden(filepath.Join("testdata", name+".txt"))
			})
		}
	}
}

// golden compares the screen, once all has settled, with the one that is kept.
func (d *commandDriver) golden(file string) {
	d.t.Helper()
	d.settle()
	d.passes(2 * livetree.MarkTime) // how marks look is another test's
	got := d.screen()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	if want := strings.ReplaceAll(string(kept), "\r\n", "\n"); got != want {
		d.t.Fatalf("the screen is not that of %s\n%s", file, differing(got, want))
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
	{regexp.MustCompile(`✗ [^│]*\b(EOF|reset|broken|closed|refused|aborted|lost)\b[^│]*`), "✗ connection lost"},
	// What an overlay leaves of a time.
	{regexp.MustCompile(`^│\d│`), "│2│"}, {regexp.MustCompile(`^│\d\d:│`), "│23:│"},
	{regexp.MustCompile(`(just now|\b\d+ (s|min) ago) *`), "just now"},
}

// screen is all that is on the screen, with what is another each time replaced by
// something as wide.
func (d *commandDriver) screen() string {
	d.t.Helper()
	rows := strings.Split(pictured(d.t, d.m), "\n")
	for i, row := range rows {
		for _, v := range volatile {
			row = v.pattern.ReplaceAllStringFunc(row, func(found string) string {
				text := v.pattern.ReplaceAllString(found, v.text)
				room := ansi.StringWidth(found)
				return ansi.Truncate(text, room, "") + strings.Repeat(" ", max(0, room-ansi.StringWidth(text)))
			})
		}
		if w := ansi.StringWidth(row); w != d.m.width {
			d.t.Fatalf("row %d became %d cells wide: %s", i, w, row)
		}
		rows[i] = row
	}
	return strings.Join(rows, "\n") + "\n"
}
