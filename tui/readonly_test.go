package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// writers are the actions that change a znode, or lead to a command that does.
var writers = []string{
	"create a znode below", "set its data", "delete", "delete: into the prompt",
	"Edit the data here", "Edit the data in $EDITOR", "Write what was edited here",
	"expire: have the server end the session",
}

func TestWhichActionsWrite(t *testing.T) {
	var got []string
	for _, a := range testModel(t, 80, 24, Config{}).actions {
		if a.Writes {
			got = append(got, a.Title)
		}
	}
	want := slices.Clone(writers)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("these write: %q", got)
	}
}

// Where nothing is to be written, what writes says so: when it is pressed, in the
// palette and in the help; and the status line says it all the time.
func TestReadOnlySaysWhy(t *testing.T) {
	const why = "this zoosh only reads (-readonly)"
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{NoWrites: true}}})
	if bar := ansi.Strip(d.m.statusBar()); !strings.Contains(bar, "CONNECTED  READ-ONLY") && !strings.Contains(bar, "CONNECTED "+" READ-ONLY") {
		t.Errorf("the status line does not say it: %q", bar)
	}
	d.starts()
	d.seesIn("Tree", "zookeeper")
	d.settle()
	for _, key := range []struct{ pane, key string }{
		{"tree", "c"}, {"tree", "C"}, {"tree", "s"}, {"tree", "S"}, {"tree", "d"}, {"tree", "D"}, {"node", "i"}, {"node", "e"},
	} {
		d.m.notice = notice{}
		d.m.setFocus(map[string]ui.ID{"tree": paneTree, "node": paneNode}[key.pane])
		d.press(key.key)
		if !strings.Contains(d.m.notice.text, why) {
			t.Errorf("%s in the %s says %q", key.key, key.pane, d.m.notice.text)
		}
		if d.m.overlay != nil || d.front().Typed != "" || strings.HasPrefix(d.headOf("Node"), "Edit") {
			t.Fatalf("%s in the %s begins something", key.key, key.pane)
		}
	}
	help := strings.Join(strings.Fields(ansi.Strip(strings.Join(helpLines(d.m, 70), " "))), " ")
	if n := strings.Count(help, "(not now: this zoosh only reads"); n != len(writers)-1 { // expire has no key
		t.Errorf("the help says why %d times:\n%s", n, help)
	}
	for _, a := range d.m.actions {
		if row := ansi.Strip(d.m.paletteRow(a, 120, false)); strings.Contains(row, why) != a.Writes {
			t.Errorf("the palette: %q", row)
		}
	}
	d.press("f6") // what reads still can
	d.m.setFocus(paneTree)
	d.press("g")
	d.idle()
	d.shows("numChildren = 1")
}

// The past of a data directory is not to be written to either.
func TestPastSaysWhy(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Past: []shell.PastSession{}}})
	for _, a := range d.m.actions {
		if a.Writes && !strings.Contains(d.m.why(a), "only read") {
			t.Errorf("%s: %q", a.Title, d.m.why(a))
		}
	}
}

// A lesson's own server is there to be written to.
func TestLessonOfAReadOnlyZooshWrites(t *testing.T) {
	d := driveLesson(t, 100, 30, Config{Shell: shell.Config{Target: session.Target{NoWrites: true}}})
	d.play(inline(t, takeover), walkOptions{})
	d.steps(1)
	for _, a := range d.m.actions {
		if d.m.readOnly(a) != "" {
			t.Errorf("%s: %q", a.Title, d.m.readOnly(a))
		}
	}
	if bar := ansi.Strip(d.m.statusBar()); strings.Contains(bar, readOnlyMark) {
		t.Errorf("the status line: %q", bar)
	}
}

// The tree's session is as the shell's: it refuses what writes, and sends as much.
func TestTreeIsReachedAsTheShell(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{NoWrites: true, MaxRequest: 5000}}})
	d.starts()
	d.seesIn("Tree", "zookeeper")
	if len(d.ownSessions()) != 1 {
		t.Fatalf("these are the panes' sessions: %v", d.ownSessions())
	}
	for zk := range d.ownSessions() {
		if _, err := zk.Set(t.Context(), "/zookeeper", nil, -1); !errors.Is(err, session.ErrNoWrites) {
			t.Errorf("it writes: %v", err)
		}
	}
	if got := d.m.targetOf(d.srv.Addr() + "/app").MaxRequest; got != 5000 {
		t.Errorf("requests of %d bytes are sent", got)
	}
}
