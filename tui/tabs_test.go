package tui

import (
	"net"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/shell"
)

// openTab opens another session and waits until it is connected.
func (d *commandDriver) openTab() {
	d.t.Helper()
	d.press("ctrl+t")
	d.until("the new session", func() bool {
		zk := d.tab().shell.Session()
		return d.tab().running == nil && zk != nil && zk.State() == session.Connected && d.greeted()
	})
}

func TestTabs(t *testing.T) {
	for _, size := range commandSizes {
		d := driveCommand(t, size.w, size.h, Config{})
		d.run("create -e /master one")
		d.hides("session 1")
		d.openTab()
		if got := d.rows()[0]; got != " session 1  session 2" {
			t.Errorf("the row of tabs is %q", got)
		}
		d.run("stat /master true")
		d.shows("numChildren")
		d.press("alt+1")
		d.shows("Created /master")
		d.hides("numChildren")
		d.run("delete /master")
		// The event is the other tab's, and says so there.
		d.until("the event", func() bool { return d.m.command.tabs[1].fresh })
		d.hides("NodeDeleted")
		d.shows("session 2 ●")
		d.m.command.click(14, 0)
		if got := strings.Join(d.lines(), "\n"); !strings.Contains(got, "type:NodeDeleted path:/master") {
			t.Errorf("the event is not in the other tab:\n%s", got)
		}
		d.hides("session 2 ●")

		d.press("alt+w")
		if len(d.m.command.tabs) != 1 || d.tab().name != "1" {
			t.Errorf("%d tabs, in front %s", len(d.m.command.tabs), d.tab().name)
		}
		d.press("alt+w")
		if len(d.m.command.tabs) != 1 {
			t.Error("the last tab was closed")
		}
		// A number is not given twice: what comes late from a closed session must
		// not turn up in another.
		d.openTab()
		if d.tab().name != "3" {
			t.Errorf("the new session is %s", d.tab().name)
		}
	}
}

func TestTabIsNamed(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{})
	d.openTab()
	d.typed(":rename")
	d.press("enter")
	d.typed("master 中")
	d.shows("name: master 中", "Enter names")
	d.press("enter")
	d.typedIs("")
	if got := d.rows()[0]; got != " session 1  master 中" {
		t.Errorf("the row of tabs is %q", got)
	}
	if got := d.m.command.title(); got != "Command: master 中" {
		t.Errorf("the title is %q", got)
	}
}

func TestTabQuits(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{})
	d.openTab()
	d.typed("quit")
	d.press("enter")
	d.until("the tab's end", func() bool { return len(d.m.command.tabs) == 1 })
	if d.m.closing {
		t.Error("one tab's quit left zoosh")
	}
	d.typed("quit")
	d.press("enter")
	d.until("the end", func() bool { return d.m.closing })
}

func TestTabExpiresAndCrashes(t *testing.T) {
	d := driveCommand(t, 120, 40, Config{})
	d.typed(":expire")
	d.press("enter")
	d.idle()
	d.shows("] expire", "state:Expired", "is gone, and with it its ephemeral znodes", "a new one has taken its place")
	d.typed(":crash")
	d.press("enter")
	d.idle()
	d.shows("] crash", "Connection dropped")
}

func TestTabsTurn(t *testing.T) {
	d := driveCommand(t, 80, 24, Config{})
	for range 5 {
		d.openTab()
	}
	if row := d.rows()[0]; !strings.HasSuffix(row, "session 6") {
		t.Errorf("the tab in front is not in view: %q", row)
	}
	d.press("ctrl+pgdown")
	if d.tab().name != "1" || !strings.HasPrefix(d.rows()[0], " session 1") {
		t.Errorf("%s is in front of %q", d.tab().name, d.rows()[0])
	}
	d.press("ctrl+pgup", "alt+,")
	if d.tab().name != "5" {
		t.Errorf("%s is in front", d.tab().name)
	}
	d.press("alt+9")
	if d.tab().name != "5" {
		t.Errorf("alt+9 went to %s", d.tab().name)
	}
}

// Servers that do not answer hold up the end once, not once for each session.
func TestClosingIsBounded(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	d := driveModel(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{Connect: ln.Addr().String()}, Dialect: shell.D34}})
	for range 4 {
		d.press("ctrl+t")
	}
	d.until("the sessions", func() bool {
		for _, t := range d.m.command.tabs {
			if t.running != nil {
				return false
			}
		}
		return true
	})
	d.leavesWithin(time.Second)
}

// leavesWithin leaves as Bubble Tea and Run do together.
func (d *commandDriver) leavesWithin(most time.Duration) {
	d.t.Helper()
	begin := time.Now()
	tabs := d.m.command.leave()
	d.m.closeSessions(tabs, nil)
	d.m.closeSessions(tabs, nil)
	if took := time.Since(begin); took >= most {
		d.t.Errorf("leaving took %v", took)
	}
}

// A server that stops answering keeps nobody, and it is said that it is waited for.
func TestLeavingAServerThatHangs(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	ln, hang := passing(t, srv.Addr())
	d := driveModel(t, 80, 24, Config{Shell: shell.Config{Target: session.Target{Connect: ln}, Dialect: shell.D34}})
	t.Cleanup(d.m.tree.link.close)
	d.do(d.m.tree.start())
	d.until("the session", d.greeted)
	d.openTab()
	d.untilRow("zookeeper")
	hang()
	if cmd := d.m.quit(); cmd == nil || !strings.Contains(pictured(t, d.m), "closing the sessions") {
		t.Error("it does not say what it waits for")
	}
	d.leavesWithin(time.Second)
	if err := d.m.command.closeShells(nil); err == nil {
		t.Error("the sessions are said to have been closed")
	}
}

// passing listens for clients of addr and passes on what they and it say, until
// hang is called.
func passing(t *testing.T, addr string) (listens string, hang func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hung := make(chan struct{})
	t.Cleanup(func() { ln.Close() })
	pass := func(to, from net.Conn) {
		buf := make([]byte, 4096)
		for {
			n, err := from.Read(buf)
			select {
			case <-hung:
				return
			default:
			}
			if err != nil {
				to.Close()
				return
			}
			to.Write(buf[:n])
		}
	}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			srv, err := net.Dial("tcp", addr)
			if err != nil {
				client.Close()
				return
			}
			t.Cleanup(func() { client.Close(); srv.Close() })
			go pass(srv, client)
			go pass(client, srv)
		}
	}()
	return ln.Addr().String(), func() { close(hung) }
}
