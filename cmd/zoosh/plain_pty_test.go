//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/session"
)

// sendAll types what a terminal takes in pieces.
func (p *ptyRun) sendAll(keys string) {
	p.t.Helper()
	for len(keys) > 0 {
		n := min(len(keys), 2048)
		p.send(keys[:n])
		keys = keys[n:]
	}
}

// A long line takes time in proportion to its length, pasted or not.
func TestPlainLongLine(t *testing.T) {
	const size = 200_000
	for name, around := range map[string][2]string{"typed": {}, "pasted": {pasteBegin, pasteEnd}} {
		t.Run(name, func(t *testing.T) {
			p := onPTY(t, 80, 24, "-plain", "-embedded")
			p.shows("CONNECTED) 0]")
			begun := time.Now()
			p.sendAll(around[0] + "create /big '" + strings.Repeat("x", size) + "'" + around[1] + "\r")
			p.shows("Created /big")
			t.Logf("%d bytes in %v, %d bytes written", size, time.Since(begun), len(p.written()))
			if n := len(p.written()); n > 20*size {
				t.Errorf("%d bytes were written to show %d", n, size)
			}
			p.send("stat /big\r")
			p.shows(fmt.Sprintf("dataLength = %d", size))
			p.send("quit\r")
			<-p.exited
		})
	}
}

// Of several lines that are pasted nothing runs before Enter.
func TestPlainPaste(t *testing.T) {
	p := onPTY(t, 80, 24, "-plain", "-embedded")
	p.shows("CONNECTED) 0]")
	p.send(pasteBegin + "create /a 1\rcreate /ini '{\r\t\"x\": 1\r}'\r" + pasteEnd)
	p.shows("4 lines were pasted: Enter runs them, Ctrl-C gives them up")
	p.shows("create /a 1↵create /ini '{↵")
	p.send(pasteBegin + " \r" + pasteEnd) // its end runs nothing either
	p.send("\x03")
	p.shows("^C")
	p.send("ls /\r")
	p.shows("[zookeeper]")
	p.send("create /b " + pasteBegin + "'{\r\t\"x\": 1\r}'" + pasteEnd)
	p.shows("↵}'")
	p.send("\r")
	p.shows("Created /b")
	p.send("get /b\r")
	p.shows("CONNECTED) 3]")
	p.send(pasteBegin + "get /nope\r" + pasteEnd) // one line runs as it always did
	p.shows("Node does not exist: /nope")
	p.send("\x1b[A\x1b[A\x1b[A") // the history has it in one line
	p.shows("] create /b '{↵")
	p.send("\x15\x12x\": 1↵")
	p.send("\x07\x03")
	p.send("create /c '\r")
	p.shows("\n> ")
	p.send("\x04")
	<-p.exited
	if raw := p.written(); strings.Contains(p.screen(), "Created /c") || strings.LastIndex(raw, markPastes) > strings.LastIndex(raw, markNoPastes) {
		t.Errorf("%s", p.screen())
	}
}

// In front of very many children Tab asks first.
func TestPlainTabAsksFirst(t *testing.T) {
	srv := startServer(t, 0)
	plantChildren(t, srv, "/many", 300)
	p := onPTY(t, 80, 24, "-plain", "-server", srv.Addr())
	p.shows("CONNECTED) 0]")
	p.send("ls /many/\t")
	p.shows("n-0") // what they have in common
	p.send("\t")
	p.shows("Display all 300 possibilities? (y or n)")
	p.send("xn")
	p.until("the question to go", func(screen string) bool { return !strings.Contains(screen, "possibilities") })
	p.shows("] ls /many/n-0000000")
	p.send("00\t") // ten of them
	p.shows("/many/n-0000000009")
	if n := strings.Count(p.screen(), "/many/n-"); n > 12 {
		t.Errorf("%d are shown", n)
	}
	p.send("\x15\x03ls /many/n-\t\t")
	p.shows("possibilities? (y or n)")
	p.send("y")
	p.shows("/many/n-0000000299")
	p.send("\x15ls /\r")
	p.shows("zookeeper")
	p.send("quit\r")
	<-p.exited
}

// plantChildren makes a znode with so many sequential children n-.
func plantChildren(t testing.TB, srv *server.Server, path string, n int) {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{srv.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	if err := zk.WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := zk.Create(t.Context(), path, nil, session.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, _, err := zk.Create(t.Context(), fmt.Sprintf("%s/n-%010d", path, i), nil, session.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}
