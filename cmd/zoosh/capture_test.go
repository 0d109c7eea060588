//go:build unix

package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"zoosh/internal/zktest"
)

// A capture is Apache's zkCli on a pseudo-terminal, with all that it writes there.
type capture struct {
	t      *testing.T
	master *os.File
	mu     sync.Mutex
	raw    bytes.Buffer
	seen   int
}

func captureZkCli(t *testing.T, addr string) *capture {
	t.Helper()
	cmd := zktest.ZkCliWithPrompt(t, "-server", addr)
	cmd.Env = append(os.Environ(), "TERM=xterm", "LANG=C.UTF-8")
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{t: t, master: master}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			c.mu.Lock()
			c.raw.Write(buf[:n])
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		<-read
		master.Close()
	})
	return c
}

// expect waits for a text behind what was seen already.
func (c *capture) expect(text string) {
	c.t.Helper()
	for end := time.Now().Add(expectTimeout); ; time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		i := strings.Index(c.raw.String()[c.seen:], text)
		if i >= 0 {
			c.seen += i + len(text)
		}
		c.mu.Unlock()
		if i >= 0 {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("zkCli did not write %q:\n%q", text, c.text())
		}
	}
}

// connected waits for the first prompt and for the event that tells of the
// connection, whichever comes first: typed into, that would tear a word apart.
func (c *capture) connected() {
	c.t.Helper()
	c.expect("path:null\r\n")
	c.seen = 0
	c.expect("] ")
	c.seen = len(c.text())
}

func (c *capture) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw.String()
}

// run types a line at the prompt and waits for the next one.
func (c *capture) run(line string) {
	c.t.Helper()
	c.send(line)
	c.expect(line + "\r\n")
	c.expect(") ")
	c.expect("] ")
}

func (c *capture) send(line string) {
	c.t.Helper()
	if _, err := c.master.WriteString(line + "\r"); err != nil {
		c.t.Fatal(err)
	}
}

// terminals are two zkCli terminals at work: what each shows, up to where the other
// goes on.
func terminals(t *testing.T, addr string) (page string) {
	t.Helper()
	main, other := captureZkCli(t, addr), captureZkCli(t, addr)
	var b strings.Builder
	b.WriteString("# Two terminals\r\n")
	taken := map[*capture]int{}
	paste := func(c *capture, name string) {
		text := c.text()
		text = text[:strings.LastIndexByte(text, '\n')+1] // but for the prompt that waits
		b.WriteString("\r\n```zk " + name + "\r\n" + text[taken[c]:] + "```\r\n")
		taken[c] = len(text)
	}
	main.connected()
	other.connected()
	// No event of a session's own command: zkCli prints those from a second thread,
	// and at times in pieces, with the command's output between them.
	for _, line := range []string{
		`create -e /master "master1.example.com:2223"`, `create -e /master "again"`, "ls /", "ls -w /zookeeper", "stat /master", "get -s /master",
		`create /workers ""`, "set /master x", "get -w /master", "get /nope", "delete /nope", "create -s /workers/w- 1", "ls -R /workers", "getAcl /workers",
	} {
		main.run(line)
	}
	paste(main, "main")
	other.run("ls -s /workers")
	other.run("set /master two")
	paste(other, "other")
	main.expect("path:/master\r\n") // on the line of the prompt
	main.run("get /master")
	main.run("history")
	main.send("quit")
	main.expect("state:Closed type:None path:null")
	paste(main, "main")
	other.run("get /master")
	other.run("ls /")
	paste(other, "other")
	return b.String()
}

// What was captured from Apache's zkCli on a terminal passes as it is.
func TestCapturedZkCli(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	page := terminals(t, zktest.Start(t).Addr())
	if !strings.Contains(page, ") 14] \r\n") {
		t.Errorf("no prompt waited for the event:\n%s", page)
	}
	file := filepath.Join(t.TempDir(), "captured.md")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, errOut, code := zoosh(t, "", "test", "-dialect", "3.8", file); code != 0 {
		t.Errorf("%s%s\n%q", out, errOut, page)
	}
	if *keepCapture {
		if err := os.WriteFile(captured, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	captured    = filepath.Join("..", "..", "testdata", "captured-zkcli-3.8.md")
	keepCapture = flag.Bool("update-capture", false, "keep what TestCapturedZkCli captures")
)

// One that was captured once, for where there is no zkCli.
func TestKeptCapture(t *testing.T) {
	if out, errOut, code := zoosh(t, "", "test", "-dialect", "3.8", captured); code != 0 {
		t.Errorf("%s%s", out, errOut)
	}
}
