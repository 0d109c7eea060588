//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ends waits for the end of a zoosh that has only printed.
func (p *ptyRun) ends(code int) {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(expectTimeout):
		p.t.Fatalf("zoosh does not end; the screen is\n%s", p.screen())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d; the screen is\n%s", got, code, p.screen())
	}
}

// On a terminal Enter goes on, and Ctrl-C leaves with everything closed.
func TestPlayOnATerminal(t *testing.T) {
	p := onPTY(t, 60, 20, "play", "-plain", writeLesson(t, shortLesson))
	p.shows("(Enter)")
	p.send("\r")
	p.shows("(right)")
	p.shows("2/5")
	p.send("\x03")
	p.ends(130)
	if strings.Contains(p.written(), "\x1b") {
		t.Errorf("something moves: %q", p.written())
	}
}

func TestPlayTurnOnATerminal(t *testing.T) {
	p := onPTY(t, 60, 20, "play", "-plain", "-turn", writeLesson(t, shortLesson))
	p.shows("Your turn.")
	p.send("create /a x\r")
	p.shows("(right)")
	p.send("\rcreate /b y\r\r\r")
	p.shows("All 5 steps are right.")
	p.ends(0)
}

// Whatever was over when zoosh was killed is in the file.
func TestRecordKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	cmd := process(t, "record", file, "-embedded", "-dialect", "3.8")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, "create /a x\nget /a\nsession b\nls /\nget /zookeeper\n")
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "[a, zookeeper]" { // then get /a is over
	}
	cmd.Process.Kill()
	cmd.Wait()
	passes(t, file)
	if src, _ := os.ReadFile(file); !strings.Contains(string(src), "] create /a x\nCreated /a\n") {
		t.Errorf("the page is\n%s", src)
	}
}
