package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"zoosh/internal/control"
	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// liveModel is a model whose first session is open on an embedded server.
func liveModel(t *testing.T, w, h int) (*Model, *server.Server) {
	t.Helper()
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	cfg := Config{Where: "embedded"}
	cfg.Shell.Dialect = shell.D38
	cfg.Shell.Connect = srv.Addr()
	m := testModelAt(t, w, h, cfg)
	if err := m.sessions.Front().Shell.Open(m.ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.sessions.Front().Shell.Close() })
	if err := m.sessions.Front().Shell.Session().WaitConnected(m.ctx); err != nil {
		t.Fatal(err)
	}
	return m, srv
}

// untilSaid takes what the sessions tell until the status line says it.
func untilSaid(t *testing.T, m *Model, text string) string {
	t.Helper()
	late := time.AfterFunc(patience, func() { panic("the status line never says " + text) })
	defer late.Stop()
	for {
		rows := strings.Split(pictured(t, m), "\n")
		if bar := rows[m.height-bars]; strings.Contains(bar, text) {
			return bar
		}
		m.Update(m.feed.next()())
	}
}

func TestStatusLine(t *testing.T) {
	m, srv := liveModel(t, 120, 40)
	bar := untilSaid(t, m, "● CONNECTED")
	for _, part := range []string{"embedded " + srv.Addr(), "session 0x", "dialect 3.8"} {
		if !strings.Contains(bar, part) {
			t.Errorf("%q does not say %q", bar, part)
		}
	}
	m.say(true, "no such \x1bthing")
	if bar := untilSaid(t, m, `no such \x1bthing`); !strings.Contains(bar, "● CONNECTED") {
		t.Errorf("the notice hides the state: %q", bar)
	}
	m.notice = notice{}
	srv.Close()
	bar = untilSaid(t, m, "✗ CONNECTION LOST: ")
	if !strings.Contains(bar, "trying again") {
		t.Errorf("bar %q", bar)
	}
	if m.say(false, "a notice"); !strings.Contains(untilSaid(t, m, "a notice"), "CONNECTION LOST") {
		t.Error("the notice hides that the connection is lost")
	}
}

// The armed watches are those of the session; one that has fired is gone.
func TestArmedWatches(t *testing.T) {
	m, _ := liveModel(t, 120, 40)
	untilSaid(t, m, "● CONNECTED")
	zk := m.sessions.Front().Shell.Session()
	if _, _, err := zk.Children(m.ctx, "/", &session.Arm{Label: "ls -w /"}); err != nil {
		t.Fatal(err)
	}
	if _, err := zk.Exists(m.ctx, "/a", &session.Arm{Label: "stat -w /a"}); err == nil {
		t.Fatal("/a is there")
	}
	m.setFocus(paneEvents)
	press(t, m, "f")
	text := pictured(t, m)
	for _, want := range []string{"Watches armed now: 2", "exists", "stat -w /a", "child", "ls -w /"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q:\n%s", want, text)
		}
	}
	if _, _, err := zk.Create(m.ctx, "/a", nil, session.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { panic("the watches did not fire") })
	defer late.Stop()
	for _, want := range []string{"Watches armed now: 0", "- gone   1 exists fired", "- gone   1 child fired"} {
		for !strings.Contains(pictured(t, m), want) {
			m.Update(m.feed.next()())
		}
	}
	press(t, m, "down", "a")
	if got := m.sessions.Front().Typed; got != "stat -w /a" {
		t.Errorf("prompt %q", got)
	}
}

// A persistent watch stays when it fires, and goes when it is removed.
func TestPersistentWatch(t *testing.T) {
	m, _ := liveModel(t, 120, 40)
	untilSaid(t, m, "● CONNECTED")
	zk := m.sessions.Front().Shell.Session()
	if err := zk.AddWatch(m.ctx, "/", true, session.Arm{Label: "addWatch /"}); err != nil {
		t.Fatal(err)
	}
	m.setFocus(paneEvents)
	press(t, m, "f")
	if _, _, err := zk.Create(m.ctx, "/a", nil, session.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { panic("the watch does not fire") })
	defer late.Stop()
	until := func(text string) {
		for !strings.Contains(pictured(t, m), text) {
			m.Update(m.feed.next()())
		}
	}
	until("recursive fired")
	if text := pictured(t, m); !strings.Contains(text, "Watches armed now: 1") || strings.Contains(text, "gone") {
		t.Errorf("got\n%s", text)
	}
	if err := zk.RemoveWatches(m.ctx, "/", wire.WatcherAny, false); err != nil {
		t.Fatal(err)
	}
	until("removed")
	if text := pictured(t, m); !strings.Contains(text, "Watches armed now: 0") {
		t.Errorf("got\n%s", text)
	}
}

// What a session owned is told when it has expired: nobody could be asked then.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 200, 60, Config{Where: "embedded"})
	d.enters("create -e /m x", "create -e /b x", "create -e /c x", "create /stays x", "delete /c")
	zk := d.zk()
	id := zk.ID()
	if err := zk.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.awaits(fmt.Sprintf("0x%x gone with /b /m and its watches", uint64(id)))
}

func TestKeyName(t *testing.T) {
	for key, want := range map[string]string{
		"f1": "F1", "f10": "F10", "shift+f6": "S-F6", "ctrl+q": "^Q", "ctrl+pgup": "^PgUp", "alt+e": "M-e",
		"alt+right": "M-Right", "ctrl+shift+left": "^S-Left", "ctrl+alt+x": "^M-x", "enter": "Enter", "G": "G",
		"/": "/", ":": ":", "f": "f", "space": "Space", "delete": "Del", "shift+tab": "S-Tab", "alt+/": "M-/", "+": "+", "ctrl++": "^+",
	} {
		if got := ui.KeyName(key); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

// Help stands among the keys however narrow the screen is.
func TestKeyBar(t *testing.T) {
	m := testModel(t, 30, 10, Config{})
	for w := minWidth; w < 200; w += 13 {
		m.width = w
		if bar := m.keyBar(); !strings.Contains(bar, "help") || ui.WidthOf(bar) != w {
			t.Errorf("%d cells: %q", w, bar)
		}
	}
}

// A profile's colour is on the status line as long as that is about its server.
func TestStatusColor(t *testing.T) {
	m := newModel(t.Context(), Config{Shell: shell.Config{Target: session.Target{Connect: "zk1:2181"}}, Where: "prod", StatusColor: "red"})
	m.theme = ui.NewTheme(m.cfg.look(), true)
	m.width = 80
	sh := shell.New(shell.Config{Target: session.Target{Connect: "zk1:2181"}})
	if got := m.where(sh); got != "prod zk1:2181" {
		t.Errorf("it is called %q", got)
	}
	if m.statusStyle(sh).GetForeground() != m.theme.Bad.GetForeground() {
		t.Error("the status line of prod is not red")
	}
	other := shell.New(shell.Config{Target: session.Target{Connect: "zk2:2181"}})
	if m.where(other) != "zk2:2181" || m.statusStyle(other).GetForeground() == m.theme.Bad.GetForeground() {
		t.Errorf("another server is called %q, and red", m.where(other))
	}
	m.cfg.NoColor = true
	m.theme = ui.NewTheme(m.cfg.look(), true)
	if m.statusStyle(sh).GetForeground() == m.theme.Bad.GetForeground() && m.theme.Status.GetForeground() != m.theme.Bad.GetForeground() {
		t.Error("without colours it is red")
	}
}

// That the server in hand is paused is what there is to know, whatever the session
// has noticed.
func TestStatusOfServerInHand(t *testing.T) {
	t.Parallel()
	srv, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	d := driveModel(t, 120, 40, Config{Where: "embedded", Shell: shell.Config{Target: session.Target{Connect: srv.Addr()}, Control: srv, Dialect: shell.D38}})
	d.until("the session", func() bool { return linkOfSession(d.front().Shell).tone == ui.ToneGood && d.greeted() })
	d.idle()
	d.run("server pause")
	if bar := d.m.statusBar(); !strings.Contains(bar, "SERVER PAUSED, CONNECTED") {
		t.Errorf("the status line is %q", bar)
	}
	d.run("server resume")
	if bar := d.m.statusBar(); strings.Contains(bar, "PAUSED") {
		t.Errorf("the status line is still %q", bar)
	}
	// The tabs are sessions that can be named, by number and by what they are called.
	d.press("ctrl+t")
	d.idle()
	d.namesSession("backup")
	d.run("server delay 1 5", "server delay backup 6", "server")
	d.shows("backup  (this one)")
	d.shows("delayed by 5ms")
	d.shows("delayed by 6ms")
}

// Why the server in hand has ended is to be read at once, in the status line, at the
// prompt and among the events.
func TestStatusOfFailedServer(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no directory is removed there whose files are open")
	}
	dir := t.TempDir()
	srv, err := server.StartEmbedded(server.Config{DataDir: dir, SnapCount: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	d := driveModel(t, 160, 40, Config{Where: "embedded", Shell: shell.Config{Target: session.Target{Connect: srv.Addr()}, Control: srv, Dialect: shell.D38}})
	d.connected()
	if err := os.RemoveAll(filepath.Join(dir, "version-2")); err != nil {
		t.Fatal(err)
	}
	for srv.Condition() == control.Running { // until a new log is begun
		d.run("create -s /n- x")
	}
	const why = "begin a transaction log: "
	d.until("the status line", func() bool { return strings.Contains(d.m.statusBar(), "SERVER FAILED: "+why) })
	d.until("the note", func() bool { return strings.Contains(d.text(), "(the embedded server has failed: "+why) })
	d.seesIn("Events", why)
	d.run("server start")
	d.until("the session", func() bool { return !strings.Contains(d.m.statusBar(), "FAILED") })
}

// A tab that was opened while nobody could tell the dialect learns it with its session.
func TestDialectOfTabOpenedInAPause(t *testing.T) {
	t.Parallel()
	srv, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	d := driveModel(t, 120, 40, Config{Where: "embedded", Shell: shell.Config{Target: session.Target{Connect: srv.Addr()}, Control: srv}})
	d.until("the session", func() bool { return strings.Contains(d.m.statusBar(), "dialect 3.4") })
	d.idle()
	d.run("server pause")
	d.press("ctrl+t")
	d.until("a dialect to go on with", func() bool { return d.front().Dialect == shell.D39 })
	d.run("server resume")
	d.until("the session's dialect", func() bool { return strings.Contains(d.m.statusBar(), "dialect 3.4") })
}
