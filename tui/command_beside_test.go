package tui

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// driveControlled is driveCommand with the server in hand.
func driveControlled(t *testing.T) (*commandDriver, *server.Embedded) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	d := driveModel(t, 100, 40, Config{Shell: shell.Config{Target: session.Target{Connect: e.Addr()}, Control: e, Dialect: shell.D38}})
	d.connected()
	return d, e
}

// connected waits for the session of the tab in front.
func (d *commandDriver) connected() {
	d.t.Helper()
	d.until("the session", func() bool {
		zk := d.zk()
		return zk != nil && zk.State() == session.Connected && d.greeted()
	})
	d.idle()
}

// begun types lines and waits until the first of them runs.
func (d *commandDriver) begun(lines ...string) {
	d.t.Helper()
	for _, line := range lines {
		d.typed(line)
		d.press("enter")
	}
	d.until("the beginning of "+lines[0], func() bool { return d.m.ws.Front().State().Running == lines[0] })
}

var promptPattern = regexp.MustCompile(`^\[zk: [^]]*\] (.+)$`)

// prompts are the lines that were run, in the order on the screen.
func (d *commandDriver) prompts() (lines []string) {
	d.typedIs("")
	for _, l := range d.lines() {
		if at := promptPattern.FindStringSubmatch(l); at != nil {
			lines = append(lines, at[1])
		}
	}
	return lines
}

// What controls the server passes the lines that wait for it, and they go on.
func TestBeside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ breaks, mends string }{
		{"server pause", "server resume"},
		{"server stop", "server start"},
		{"server cut self", "server heal self"},
		{"server delay self 1h", "server delay self 0"},
	} {
		t.Run(test.breaks, func(t *testing.T) {
			t.Parallel()
			d, e := driveControlled(t)
			d.run(test.breaks)
			d.begun("create /a x", "get /a")
			d.typed("server nosuch")
			d.press("enter")
			d.until("what runs beside", func() bool {
				return strings.Contains(d.text(), `server has no "nosuch"`) && !d.m.ws.Front().State().Beside
			})
			if st := d.m.ws.Front().State(); st.Running != "create /a x" || st.Waiting != 1 {
				t.Errorf("%+v", st)
			}
			d.run(test.mends)
			if e.Condition() != control.Running {
				t.Error("the server does not run")
			}
			want := []string{test.breaks, "create /a x", "server nosuch", test.mends, "get /a"}
			if got := d.prompts(); !slices.Equal(got, want) {
				t.Errorf("ran %q, not %q", got, want)
			}
			d.shows("Created /a", "\nx\n")
			for _, l := range d.lines() {
				if strings.HasPrefix(l, "✗") && !strings.Contains(l, "nosuch") {
					t.Errorf("marked as an error: %s", l)
				}
			}
		})
	}
}

// Ctrl-C breaks off what runs beside, too, and gives up what waits.
func TestInterruptBeside(t *testing.T) {
	t.Parallel()
	d, _ := driveControlled(t)
	d.run("server pause")
	d.begun("ls /", "ls /", "get /")
	d.press("ctrl+c")
	if d.idle(); !strings.Contains(d.m.notice.text, "2 lines that waited are not run") {
		t.Error(d.m.notice.text)
	}
	d.run("server resume")
	if got, want := d.prompts(), []string{"server pause", "ls /", "server resume"}; !slices.Equal(got, want) {
		t.Errorf("ran %q", got)
	}
}

// A page with three sessions, of which one is named by its number, replays.
func TestRecordControl(t *testing.T) {
	t.Parallel()
	d, _ := driveControlled(t)
	file := filepath.Join(t.TempDir(), "page.md")
	d.run("record " + file)
	for range 2 {
		d.press("ctrl+t")
		d.connected()
	}
	d.namesSession("my own")
	d.run("create -e /three x")
	d.press("alt+1")
	d.run("server", "server cut 2", `server drop "my own"`, "server pause")
	d.begun("ls /")
	d.run("server resume", "server heal 2", "server expire 3", "create /one x")
	d.press("alt+2")
	d.run("ls /")
	d.run("record stop")
	src := passes(t, file)
	for _, want := range []string{
		"] server\n...\n", "] server cut session-2\nCut off: session session-2;", "] server heal session-2\n",
		"] server drop my-own\n", "] server expire my-own\n", "[one, zookeeper]",
	} {
		if !strings.Contains(src, want) {
			t.Errorf("%q is not in\n%s", want, src)
		}
	}
}

// server says what the sessions are for that are no tab's.
func TestServerNamesTheTree(t *testing.T) {
	t.Parallel()
	d, _ := driveControlled(t)
	d.starts()
	d.settle()
	d.run("server")
	d.shows("(the tree)  timeout 30s", "1  (this one)  timeout 30s")
	d.run("server -o json")
	d.shows(`"for":"the tree"`)
}
