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

func TestTabs(t *testing.T) {
	t.Parallel()
	for _, size := range commandSizes {
		d := driveCommand(t, size.w, size.h, Config{})
		d.enters("create -e /master one")
		d.seesNot("session 1")
		d.opensSession()
		d.sees("session 1 session 2")
		d.enters("stat /master true")
		d.seesIn("Command", "numChildren")
		d.press("Session 1")
		d.seesIn("Command", "Created /master")
		d.seesNotIn("Command", "numChildren")
		d.enters("delete /master")
		// The event is the other tab's, and says so there.
		d.seesIn("Command", "session 2 ●")
		d.seesNotIn("Command", "NodeDeleted")
		d.clicks("session 2")
		d.seesIn("Command", "type:NodeDeleted path:/master")
		d.seesNot("session 2 ●")

		d.press("Close the session")
		d.seesNot("session 2")
		d.seesIn("Command", "Created /master")
		d.press("Close the session")
		d.seesIn("Command", "Created /master")
		d.sees("there is only one session")
		// A number is not given twice: what comes late from a closed session must
		// not turn up in another.
		d.opensSession()
		d.seesIn("Command", "session 1 session 3")
	}
}

func TestTabIsNamed(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.opensSession()
	d.press("Rename the session")
	d.types("master 中")
	d.sees("name: master 中", "Enter names")
	d.press("enter")
	d.sees("session 1 master 中", "Command: master 中")
	d.seesNot("name: master 中")
}

func TestTabQuits(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	d.opensSession()
	d.enters("quit")
	d.seesNot("session 2", "closing the sessions")
	d.types("quit")
	d.press("Run the line")
	d.sees("closing the sessions")
}

func TestTabExpiresAndCrashes(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 120, 40, Config{})
	d.press("expire: have the server end the session")
	d.sees("] expire", "state:Expired", "is gone, and with it its ephemeral znodes", "a new one has taken its place")
	d.settle()
	d.press("crash: drop the connection, keep the session")
	d.sees("] crash", "Connection dropped")
}

func TestTabsTurn(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	for i := range 5 {
		d.opensSession()
		d.namesSession(string('b' + rune(i)))
	}
	d.seesIn("Command", "Command: f", " b c d e f")
	d.press("Next session")
	d.seesIn("Command", "session 1 b")
	d.seesNot("Command: f")
	d.press("Previous session", "Previous session")
	d.sees("Command: e")
	d.press("Session 9")
	d.sees("Command: e", "there is none")
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
		for _, t := range d.m.sessions.All() {
			if t.Busy {
				return false
			}
		}
		return true
	})
	d.leaves()
}

// leaves leaves as Bubble Tea and Run do together.
func (d *commandDriver) leaves() {
	d.t.Helper()
	d.m.breakOff()
	left := make(chan struct{})
	go func() {
		d.m.closeSessions()
		d.m.closeSessions()
		close(left)
	}()
	select {
	case <-left:
	case <-time.After(patience):
		d.t.Fatal("it does not leave")
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
	d.starts()
	d.until("the session", d.greeted)
	d.opensSession()
	d.seesIn("Tree", "zookeeper")
	hang()
	if cmd := d.m.quit(); cmd == nil || !strings.Contains(pictured(t, d.m), "closing the sessions") {
		t.Error("it does not say what it waits for")
	}
	d.leaves()
	if err := d.m.ws.Close(closeTime); err == nil {
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
