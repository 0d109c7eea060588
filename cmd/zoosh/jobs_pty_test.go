//go:build unix

package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// shellOnPTY starts an interactive shell on a terminal: job control needs one.
func shellOnPTY(t *testing.T, cols, rows int) *ptyRun {
	t.Helper()
	const sh = "/bin/sh"
	if _, err := os.Stat(sh); err != nil {
		t.Skip(err)
	}
	cmd := process(t)
	cmd.Path, cmd.Args = sh, []string{"sh", "-i"}
	cmd.Env = append(cmd.Env, "PS1=shell> ", "ENV=")
	p := startOnPTY(t, cols, rows, cmd)
	p.shows("shell>")
	p.send("stty sane\r")
	p.waitFor("a sane terminal", func() bool {
		var err error
		p.before, err = term.GetState(p.slave.Fd())
		return err == nil && strings.Count(p.written(), "shell>") == 2
	})
	return p
}

// zoosh runs zoosh in the shell and returns its process.
func (p *ptyRun) zoosh(args string) (pid int) {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	p.send(fmt.Sprintf("'%s' %s\r", self, args))
	p.waitFor("zoosh in the foreground", func() bool {
		pid = p.foreground()
		return pid > 0 && pid != p.cmd.Process.Pid
	})
	p.t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
	return pid
}

func (p *ptyRun) foreground() int {
	pgrp, err := unix.IoctlGetInt(int(p.master.Fd()), unix.TIOCGPGRP)
	if err != nil {
		p.t.Fatal(err)
	}
	return pgrp
}

// waitFor waits for what no output tells of.
func (p *ptyRun) waitFor(what string, holds func() bool) {
	p.t.Helper()
	for late := time.Now().Add(expectTimeout); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			p.t.Fatalf("waited in vain for %s; the screen is\n%s", what, p.screen())
		}
	}
}

// raw tells whether the terminal gives each key as it is pressed.
func (p *ptyRun) isRaw() bool {
	state, err := unix.IoctlGetTermios(int(p.slave.Fd()), termiosRequest)
	if err != nil {
		p.t.Fatal(err)
	}
	return state.Lflag&(unix.ICANON|unix.ECHO) == 0
}

var waysToStop = []struct {
	name string
	stop func(p *ptyRun, pid int)
}{
	{"TSTP", func(p *ptyRun, pid int) { syscall.Kill(pid, syscall.SIGTSTP) }},
	{"STOP", func(p *ptyRun, pid int) { syscall.Kill(pid, syscall.SIGSTOP) }},
	{"Ctrl-Z", func(p *ptyRun, _ int) { p.send("\x1a") }},
}

// stopAndGoOn stops zoosh, and has the shell let it go on with a terminal that is as
// the shell leaves it.
func (p *ptyRun) stopAndGoOn(stop func(p *ptyRun, pid int), pid int) {
	p.t.Helper()
	p.mu.Lock()
	from := p.raw.Len()
	p.mu.Unlock()
	stop(p, pid)
	p.waitFor("the shell's prompt", func() bool {
		return p.foreground() == p.cmd.Process.Pid && strings.Contains(p.written()[from:], "shell>")
	})
	p.send("stty sane; fg\n")
	p.waitFor("zoosh in the foreground again", func() bool { return p.foreground() == pid })
}

func TestTUIGoesOnAfterAStop(t *testing.T) {
	for _, way := range waysToStop {
		t.Run(way.name, func(t *testing.T) {
			p := shellOnPTY(t, 100, 30)
			pid := p.zoosh("-embedded")
			p.shows("● CONNECTED")
			for i := range 2 { // and again
				p.stopAndGoOn(way.stop, pid)
				p.waitFor("the terminal to be raw", p.isRaw)
				p.until("the whole screen", func(screen string) bool {
					return drawnTo(100, 30)(screen) && strings.Contains(screen, "● CONNECTED") && !strings.Contains(screen, "shell>")
				})
				if raw := p.written(); strings.LastIndex(raw, "\x1b[?1049h") < strings.LastIndex(raw, "\x1b[?1049l") {
					t.Fatal("it draws on the screen of the shell")
				}
				p.send(fmt.Sprintf("create /after%d x\r", i))
				p.shows(fmt.Sprintf("Created /after%d", i))
			}
			p.send("quit\r")
			p.waitFor("the shell's prompt", func() bool { return p.foreground() == p.cmd.Process.Pid })
			p.send("exit\r")
			p.exits(0)
		})
	}
}

func TestLineModeGoesOnAfterAStop(t *testing.T) {
	for _, way := range waysToStop {
		t.Run(way.name, func(t *testing.T) {
			p := shellOnPTY(t, 100, 30)
			pid := p.zoosh("-embedded -plain")
			p.shows("(CONNECTED) 0]")
			p.send("create /half")
			p.shows("create /half")
			p.stopAndGoOn(way.stop, pid)
			p.waitFor("the terminal to be raw", p.isRaw)
			p.send("way x\r")
			p.shows("Created /halfway")
			p.send("get /halfway\x01\x0b") // keys, not text: Ctrl-A, Ctrl-K
			p.send("quit\r")
			p.waitFor("the shell's prompt", func() bool { return p.foreground() == p.cmd.Process.Pid })
			p.send("exit\r")
			p.leftAsItWas(0)
		})
	}
}

// Where nobody could let it go on, Ctrl-Z does nothing, and says so.
func TestSuspendWithoutAShell(t *testing.T) {
	p := onPTY(t, 100, 30, "-embedded")
	p.shows("● CONNECTED")
	p.send("\x1a")
	p.shows("not suspended")
	p.send("create /on x\r")
	p.shows("Created /on")
	p.send("quit\r")
	p.exits(0)
}

// A signal that has Go dump its stacks leaves the terminal as it was, and the dump on
// it.
func TestDumpLeavesTheTerminal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGABRT} {
		t.Run("TUI "+sig.String(), func(t *testing.T) {
			p := onPTY(t, 100, 30, "-embedded")
			p.shows("● CONNECTED")
			p.cmd.Process.Signal(sig)
			p.exits(2)
			p.dumped()
		})
		t.Run("line mode "+sig.String(), func(t *testing.T) {
			p := onPTY(t, 100, 30, "-embedded", "-plain")
			p.shows("(CONNECTED) 0]")
			p.cmd.Process.Signal(sig)
			p.leftAsItWas(2)
			p.dumped()
		})
	}
}

// dumped checks that Go's dump stands on the terminal, behind what zoosh has left.
func (p *ptyRun) dumped() {
	p.t.Helper()
	p.until("the dump", func(string) bool {
		raw := p.written()
		at := strings.LastIndex(raw, "goroutine ")
		return at > strings.LastIndex(raw, "\x1b[?1049l") && strings.Contains(raw, "SIG")
	})
}

// Ctrl-L draws anew what something else has written over, wherever it is pressed, and
// puts nothing away for that.
func TestRedraw(t *testing.T) {
	p := onPTY(t, 100, 30, "-embedded")
	p.shows("● CONNECTED")
	for _, place := range []struct{ name, keys, still string }{
		{"the prompt", "half a line", "half a line"},
		{"the help", "\x1bOP", "Help 1-"},
		{"the palette", "\x1b[C\x10redraw", "> redraw"},
		{"the search of the output", "\x10\x13zk", "search: zk"},
		{"the history", "\x07\x12", "(reverse-i-search)"},
		{"the lessons", "\x07\x1b[18~", "Enter plays"},
		{"the tree", "q\x1b[17~\x1b[17~", "▾ /"},
		{"a search in the tree", "/zoo", "zoo"},
	} {
		p.send(place.keys)
		p.shows(place.still)
		if _, err := p.slave.WriteString("\x1b7\x1b[H\x1b[41mRUBBISH\x1b[20;1HRUBBISH\x1b[m\x1b8"); err != nil {
			t.Fatal(err)
		}
		p.shows("RUBBISH")
		p.send("\x0c")
		p.until("a clean screen after "+place.name, func(screen string) bool {
			return !strings.Contains(screen, "RUBBISH") && strings.Contains(screen, place.still) && strings.Contains(screen, "● CONNECTED")
		})
	}
	p.send("\r\x11")
	p.exits(0)
}
