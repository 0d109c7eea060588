package tui

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/session"
	"zoosh/shell"
)

var commandSizes = []struct{ w, h int }{{80, 24}, {120, 40}}

func TestCommandRuns(t *testing.T) {
	t.Parallel()
	for _, size := range commandSizes {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			d := driveCommand(t, size.w, size.h, Config{})
			d.run("create /a one", "get /a true", "set /a two")
			all := strings.Join(d.lines(), "\n")
			event := "\n\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/a\n"
			if set := strings.Index(all, "] set /a two"); set < 0 || !strings.Contains(all[set:], event) {
				t.Errorf("the event is not in the transcript as zkCli prints it:\n%s", all)
			}
			d.press("ctrl+l")
			d.run("ls /", "create /a x", "create /b 1")
			want := []string{
				"[zk: zk(CONNECTED) 3] ls /", "[a, zookeeper]",
				"[zk: zk(CONNECTED) 4] create /a x", "✗ Node already exists: /a",
				"[zk: zk(CONNECTED) 5] create /b 1", "Created /b",
				"[zk: zk(CONNECTED) 6]",
			}
			if got := d.rows()[:len(want)]; !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if n := len(d.rows()); n != d.cells().h {
				t.Errorf("%d rows in a pane of %d", n, d.cells().h)
			}
		})
	}
}

// Who mistypes a command is told which one it may have been.
func TestCommandThatIsNone(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	for line, want := range map[string]string{
		"creat /a": "there is no command creat; is it create?", "frobnicate": "there is no command frobnicate", "ls /": "",
	} {
		d.m.notice = notice{}
		d.run(line)
		if got := d.m.notice.text; got != want {
			t.Errorf("%s: %q", line, got)
		}
	}
}

// An error is told from a message on the same stream by a mark, and not by colour
// alone.
func TestCommandMarksErrors(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 120, 40, Config{ASCII: true, NoColor: true})
	d.run("create /a 1", "stat /a", "get /nope")
	d.shows("x Node does not exist: /nope", "\nCreated /a", "\ncZxid")
	for _, l := range d.lines() {
		if strings.HasPrefix(l, "x ") != (l == "x Node does not exist: /nope") {
			t.Errorf("%q is marked, or is not", l)
		}
	}
}

func TestCommandQueues(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var remembered []string
	d := driveCommand(t, 120, 40, Config{Remember: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		remembered = append(remembered, line)
	}})
	d.press("ctrl+l")
	// No message is handled in between: the lines are there before the first is over.
	d.send(tea.PasteMsg{Content: "create /a 1\r\ncreate /a/b 2\n\nls /a\n"})
	if d.front().Busy {
		t.Error("lines that were pasted run before anybody has seen them")
	}
	d.press("enter")
	d.typed("get /")
	if !d.front().Busy {
		t.Error("nothing runs")
	}
	d.typedIs("get /")
	d.idle()
	want := "[zk: zk(CONNECTED) 0] create /a 1\nCreated /a\n[zk: zk(CONNECTED) 1] create /a/b 2\nCreated /a/b\n" +
		"[zk: zk(CONNECTED) 2] ls /a\n[b]\n[zk: zk(CONNECTED) 3] get /"
	if got := d.text(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(remembered, []string{"create /a 1", "create /a/b 2", "ls /a"}) {
		t.Errorf("remembered %q", remembered)
	}
}

// Of a session that was copied from a document the commands run, not the output.
func TestCommandPasteWithPrompts(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 120, 40, Config{})
	d.press("ctrl+l")
	d.send(tea.PasteMsg{Content: "[zk: localhost:2181(CONNECTED) 0] create /a 1\nCreated /a\n[zk: localhost:2181(CONNECTED) 1] ls /\n[a, zookeeper]\n[zk: localhost:2181(CONNECTED) 2] \n"})
	d.typedIs("create /a 1\nls /")
	d.press("enter")
	d.idle()
	d.typedIs("")
	want := "[zk: zk(CONNECTED) 0] create /a 1\nCreated /a\n[zk: zk(CONNECTED) 1] ls /\n[a, zookeeper]\n[zk: zk(CONNECTED) 2]\n"
	if got := d.text(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
}

// Pasted text goes in at the cursor; what stands behind it stays behind it.
func TestCommandPasteInTheMiddle(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 120, 40, Config{})
	d.typed("create  y")
	d.press("left", "left")
	d.send(tea.PasteMsg{Content: "/a 1\ncreate /b\x1b"})
	d.typedIs("create /a 1\ncreate /b y")
	d.press("enter")
	d.idle()
	d.typedIs("")
	d.shows("create /a 1", "Created /a", "create /b y", "Created /b")
	d.typed("create  y")
	d.press("left", "left")
	d.send(tea.PasteMsg{Content: "/c 1\n"}) // one line runs at once
	d.idle()
	d.typedIs(" y")
	d.shows("create /c 1", "Created /c")
}

func TestCommandCtrlC(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.typed("some text")
	d.press("ctrl+c")
	d.typedIs("")
	d.press("ctrl+c")
	if d.m.closing || !strings.Contains(d.m.notice.text, "leaves") {
		t.Fatalf("after one Ctrl-C: closing %v, notice %q", d.m.closing, d.m.notice.text)
	}
	d.passes(3 * time.Second)
	d.press("ctrl+c")
	if d.m.closing {
		t.Fatal("two Ctrl-C far from each other left")
	}
	d.press("ctrl+c")
	if !d.m.closing {
		t.Fatal("two Ctrl-C did not leave")
	}
}

// Ctrl-C ends a command that waits for a server, and what waits behind it.
func TestCommandInterrupt(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	d := driveModel(t, 120, 40, Config{Shell: shell.Config{Target: session.Target{Connect: ln.Addr().String()}, Dialect: shell.D34}})
	d.idle()
	d.typed("get /a")
	d.press("enter")
	d.typed("ls /")
	d.press("enter")
	d.until("the hint", func() bool { return strings.Contains(d.text(), "1 line waits") })
	d.press("ctrl+c")
	d.idle()
	d.shows("get /a\n✗ Interrupted\n[zk: zk(CONNECTING) 1]")
	d.hides("] ls /")
}

func TestCommandQuit(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.press("ctrl+d")
	d.until("the end", func() bool { return d.m.closing })
	d.shows("] quit", "Quitting...")
	if err := d.m.closeSessions(); err != nil {
		t.Error(err)
	}
	if d.front().Shell.Code() != 0 {
		t.Errorf("code %d", d.front().Shell.Code())
	}
}

// What a server or a pasted text holds does not reach the terminal.
func TestCommandIsSafe(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	zk := d.zk()
	if _, _, err := zk.Create(context.Background(), "/evil\u202e", []byte("\x1b]0;title\x07\x1b[2Jx"), session.CreateOptions{}); err != nil {
		t.Skip("the session cannot create it:", err)
	}
	d.press("ctrl+l")
	d.run("get /evil\u202e", "ls /")
	d.press("ctrl+home")
	for _, row := range d.pane().Rows(true) {
		if plain := ansi.Strip(row); strings.ContainsAny(plain, "\x1b\x07\u202e") || strings.Contains(row, "\x1b]") || strings.Contains(row, "\x1b[2J") {
			t.Errorf("raw: %q", row)
		}
	}
	d.shows(`\x1b]0;title\x07`)
	d.press("ctrl+end")
	d.shows(`evil\u202e`)
}
