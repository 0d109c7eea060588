package tui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/sessions"
)

// A commandDriver is a model on an embedded server, with what Bubble Tea does:
// it runs the commands beside and hands their messages to Update. It knows what is
// under way, and so when everything that was asked for has settled.
type commandDriver struct {
	t      testing.TB
	m      *Model
	srv    *server.Server
	update func(tea.Msg) tea.Cmd
	over   chan struct{}
	editor func(file string) // what is done in the editor

	msgs     chan ended
	underway map[*flight]bool
	timers   []timer
	handled  int  // messages so far that may have changed something
	marks    int  // so many were put into the stream
	told     int  // the number of the last one that has come
	reads    bool // a pane did when it was looked at last

	waits func(time.Time) tea.Msg // a lesson, if the test says when time has passed
}

// driveCommand starts a model of that size, whose first session is connected.
func driveCommand(t testing.TB, w, h int, cfg Config) *commandDriver {
	t.Helper()
	return driveCommandOn(t, startServer(t), w, h, cfg)
}

func startServer(t testing.TB) *server.Server {
	t.Helper()
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return srv
}

// driveCommandOn is driveCommand on a server.
func driveCommandOn(t testing.TB, srv *server.Server, w, h int, cfg Config) *commandDriver {
	t.Helper()
	cfg.Shell.Connect = srv.Addr()
	if cfg.Shell.Dialect == shell.Auto {
		cfg.Shell.Dialect = shell.D34
	}
	d := driveModel(t, w, h, cfg)
	d.srv = srv
	d.seesIn("Command", "SyncConnected")
	d.idle()
	return d
}

func driveModel(t testing.TB, w, h int, cfg Config) *commandDriver {
	t.Helper()
	d := &commandDriver{
		t: t, m: newModel(t.Context(), cfg), over: make(chan struct{}), msgs: make(chan ended), underway: map[*flight]bool{},
	}
	d.update = func(msg tea.Msg) tea.Cmd {
		_, cmd := d.m.Update(msg)
		return cmd
	}
	d.m.exec = d.lends
	t.Cleanup(func() {
		close(d.over)
		d.m.ws.Close(closeTime)
		d.m.ws.Stream().Close()
	})
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.do(tea.Batch(d.m.feed.next(), d.pane().(ui.Starter).Start()))
	return d
}

// pane is the prompt.
func (d *commandDriver) pane() ui.Pane { return d.m.panes[paneCommand] }

// cells are those within its frame.
func (d *commandDriver) cells() box {
	b := d.m.areas[paneCommand]
	return box{b.x + 1, b.y + 1, b.w - 2, b.h - 2}
}

// front is what is known of the session in front, and zk is its session.
func (d *commandDriver) front() sessions.Session { return d.m.sessions.Front() }
func (d *commandDriver) zk() *session.Session    { return d.front().Shell.Session() }

// greeted is whether the session in front has said that it is connected.
func (d *commandDriver) greeted() bool {
	return strings.Contains(strings.Join(d.lines(), "\n"), "SyncConnected")
}

// idle waits until nothing runs.
func (d *commandDriver) idle() {
	d.t.Helper()
	d.until("the end of what runs", func() bool { return !d.front().Busy && !d.pane().(ui.Reader).Reads() })
}

// typed types text.
func (d *commandDriver) typed(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// run types lines, and waits for each.
func (d *commandDriver) run(lines ...string) {
	d.t.Helper()
	for _, line := range lines {
		d.typed(line)
		d.press("enter")
		d.idle()
	}
}

var portPattern = regexp.MustCompile(`127\.0\.0\.1:\d+|localhost:\d+`)

// rows is the pane as it is read, with a server that always has the same name.
func (d *commandDriver) rows() []string {
	var out []string
	for _, row := range d.pane().Rows(true) {
		out = append(out, strings.TrimRight(portPattern.ReplaceAllString(ansi.Strip(row), "zk"), " "))
	}
	return out
}

// plain is the screen, or what there is of one.
func (d *commandDriver) plain() string { return ansi.Strip(d.m.View().Content) }

// text is the pane without its rows' ends.
func (d *commandDriver) text() string { return strings.Join(d.rows(), "\n") }

func (d *commandDriver) shows(want ...string) {
	d.t.Helper()
	for _, w := range want {
		if !strings.Contains(d.text(), w) {
			d.t.Errorf("the pane does not show %q:\n%s", w, d.text())
		}
	}
}

func (d *commandDriver) hides(unwanted ...string) {
	d.t.Helper()
	for _, u := range unwanted {
		if strings.Contains(d.text(), u) {
			d.t.Errorf("the pane shows %q:\n%s", u, d.text())
		}
	}
}

// lines is what the session in front has printed, as it stands on a screen with room for
// all of it, and the line at the prompt.
func (d *commandDriver) lines() []string {
	d.pane().Resize(2000, 20_000)
	defer d.pane().Resize(d.cells().w, d.cells().h)
	return d.rows()
}

// typedIs compares the line at the prompt.
func (d *commandDriver) typedIs(want string) {
	d.t.Helper()
	if got := d.front().Typed; got != want {
		d.t.Errorf("the prompt holds %q, not %q", got, want)
	}
}
