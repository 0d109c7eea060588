//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// A ptyRun is zoosh on a pseudo-terminal, whose screen is emulated.
type ptyRun struct {
	t      testing.TB
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File // kept open, so that how the terminal is left can be read
	before *term.State

	mu     sync.Mutex
	vt     vt10x.Terminal
	raw    bytes.Buffer
	more   chan struct{} // something was written; holds one
	exited chan struct{} // zoosh has ended, and all that it has written was read
	ended  chan struct{} // ptyEnd was read
}

// onPTY starts zoosh on a terminal of that size.
func onPTY(t testing.TB, cols, rows int, args ...string) *ptyRun {
	t.Helper()
	return startOnPTY(t, cols, rows, process(t, args...))
}

// startOnPTY starts a program on a terminal of that size.
func startOnPTY(t testing.TB, cols, rows int, cmd *exec.Cmd) *ptyRun {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	p := &ptyRun{
		t: t, cmd: cmd, master: master, slave: slave,
		vt: vt10x.New(vt10x.WithSize(cols, rows)), more: make(chan struct{}, 1), exited: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := pty.Setsize(slave, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	if p.before, err = term.GetState(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	p.cmd.Env = append(p.cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = slave, slave, slave
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.read()
	}()
	go func() {
		defer close(p.exited)
		p.cmd.Wait()
		// What was written last may still be in the terminal: this comes behind it.
		if _, err := slave.WriteString(ptyEnd); err == nil {
			select {
			case <-p.ended:
			case <-read:
			}
		}
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.exited
		slave.Close() // the last one: the reader comes to the end
		<-read
		master.Close()
	})
	return p
}

// ptyEnd is what no program writes, and no terminal shows.
const ptyEnd = "\x00\x00\x00\x00"

// Sequences of newer terminals, which the emulator takes for others.
var (
	newerCSI = regexp.MustCompile(`\x1b\[[<=>?][0-9;:]*\$?[a-gi-km-z]|\x1b\[[0-9;]*[ $]+[a-z]`)
	startCSI = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*)?$`)
)

// read shows what zoosh writes until nobody can write any more.
func (p *ptyRun) read() {
	buf := make([]byte, 32<<10)
	var rest []byte
	ended := false
	for {
		n, err := p.master.Read(buf)
		if n > 0 {
			p.mu.Lock()
			p.raw.Write(buf[:n])
			if !ended && bytes.HasSuffix(p.raw.Bytes(), []byte(ptyEnd)) {
				ended = true
				close(p.ended)
			}
			rest = append(rest, buf[:n]...)
			end := len(rest)
			if at := startCSI.FindIndex(rest); at != nil {
				end = at[0] // the rest of it is on its way
			}
			whole := newerCSI.ReplaceAll(rest[:end], nil)
			written, _ := p.vt.Write(whole)
			rest = append(whole[written:len(whole):len(whole)], rest[end:]...)
			p.mu.Unlock()
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

// screen is what the terminal shows.
func (p *ptyRun) screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.vt.String()
}

func (p *ptyRun) written() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.raw.String()
}

// until waits until something holds of the screen.
func (p *ptyRun) until(what string, holds func(screen string) bool) {
	p.t.Helper()
	late := time.NewTimer(expectTimeout)
	defer late.Stop()
	for !holds(p.screen()) {
		select {
		case <-p.more:
		case <-late.C:
			p.t.Fatalf("waited in vain for %s; the screen is\n%s", what, p.screen())
		}
	}
}

func (p *ptyRun) shows(text string) {
	p.t.Helper()
	p.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

func (p *ptyRun) send(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// leftAsItWas waits for the end of zoosh, and checks that the terminal's mode is as it
// was.
func (p *ptyRun) leftAsItWas(code int) {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(expectTimeout):
		p.t.Fatalf("zoosh does not end; the screen is\n%s", p.screen())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d; the screen is\n%s", got, code, p.screen())
	}
	after, err := term.GetState(p.slave.Fd())
	if err != nil {
		p.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, p.before) {
		p.t.Errorf("the terminal is left as %+v; it was %+v", after, p.before)
	}
}

// exits waits for the end of zoosh, and checks that the terminal is as it was.
func (p *ptyRun) exits(code int) {
	p.t.Helper()
	p.leftAsItWas(code)
	// What was written last may still be in the terminal.
	p.until("the screen to be left", func(string) bool {
		raw := p.written()
		left := strings.LastIndex(raw, "\x1b[?1049l") > strings.LastIndex(raw, "\x1b[?1049h")
		shown := strings.LastIndex(raw, "\x1b[?25h") >= strings.LastIndex(raw, "\x1b[?25l")
		return left && shown
	})
	for _, mode := range []string{"1000", "1002", "1003", "1006", "2004"} {
		raw := p.written()
		if on, off := strings.LastIndex(raw, "\x1b[?"+mode+"h"), strings.LastIndex(raw, "\x1b[?"+mode+"l"); on > off {
			p.t.Errorf("mode %s is left on", mode)
		}
	}
}

// drawnTo tells whether a screen of that size has its frame in its corners.
func drawnTo(cols, rows int) func(string) bool {
	return func(screen string) bool {
		lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
		if len(lines) != rows {
			return false
		}
		top := []rune(lines[0])
		return len(top) == cols && top[0] == '╭' && top[cols-1] == '╮' || len(top) == cols && top[0] == '┌' && top[cols-1] == '┐'
	}
}

func TestPTYStartAndQuit(t *testing.T) {
	p := onPTY(t, 100, 30, "-embedded")
	p.shows("● CONNECTED")
	p.shows("zookeeper")
	p.send("create /typed x\r")
	p.shows("Created /typed")
	p.send("get /none\r")
	p.shows("Node does not exist: /none")
	p.send("quit\r")
	p.exits(1) // of the last command, as in a shell
}

func TestPTYResize(t *testing.T) {
	p := onPTY(t, 80, 24, "-embedded")
	p.shows("● CONNECTED")
	for _, size := range []struct{ cols, rows int }{{120, 40}, {60, 20}, {200, 60}, {80, 24}} {
		p.mu.Lock()
		p.vt.Resize(size.cols, size.rows)
		p.mu.Unlock()
		if err := pty.Setsize(p.master, &pty.Winsize{Cols: uint16(size.cols), Rows: uint16(size.rows)}); err != nil {
			t.Fatal(err)
		}
		p.until("the screen to be drawn at its new size", drawnTo(size.cols, size.rows))
		p.shows("CONNECTED")
	}
	p.send("\x11") // Ctrl-Q
	p.exits(0)
}

func TestPTYServerDies(t *testing.T) {
	serve := startClient(t, "serve", process(t, "serve", "-listen", "127.0.0.1:0", "-tick", "500ms"))
	addr := serve.listens()
	p := onPTY(t, 120, 40, "-server", addr, "-timeout", "10000")
	p.shows("● CONNECTED")
	if err := serve.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.shows("CONNECTION LOST")
	p.send("quit\r")
	p.exits(1)
}

func TestPTYSignal(t *testing.T) {
	for _, tt := range []struct {
		sig  syscall.Signal
		code int
	}{{syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		t.Run(tt.sig.String(), func(t *testing.T) {
			p := onPTY(t, 80, 24, "-embedded")
			p.shows("● CONNECTED")
			if err := p.cmd.Process.Signal(tt.sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			p.exits(tt.code)
		})
	}
}
