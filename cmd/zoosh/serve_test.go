//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A zoosh serve, as a process.
type serving struct {
	*client
	addr string
}

// startServing starts a zoosh serve, in a shell that first runs before, and waits
// until it listens.
func startServing(t *testing.T, before string, args ...string) *serving {
	t.Helper()
	cmd := process(t, append([]string{"serve"}, args...)...)
	if before != "" {
		env := cmd.Env
		cmd = exec.Command("sh", append([]string{"-c", before + `; exec "$0" "$@"`}, cmd.Args...)...)
		cmd.Env = env
	}
	c := startClient(t, "serve", cmd)
	return &serving{client: c, addr: c.listens()}
}

// end signals the process, waits for its end and returns its exit code.
func (s *serving) end(sig os.Signal) int {
	s.t.Helper()
	s.cmd.Process.Signal(sig)
	late := time.AfterFunc(expectTimeout, func() { s.cmd.Process.Kill() })
	defer late.Stop()
	<-s.waited
	return s.cmd.ProcessState.ExitCode()
}

func TestServeOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := startServing(t, "", "-listen", "127.0.0.1:0", "-data-dir", dir)
	if _, errOut, code := zoosh(t, "create /a 1\ncreate -s /a/s 2\n", "-server", s.addr); code != 0 {
		t.Fatal(errOut)
	}
	if _, errOut, code := zoosh(t, "", "serve", "-listen", "127.0.0.1:0", "-data-dir", dir); code != codeFailed ||
		!strings.Contains(errOut, "in use by the process") {
		t.Errorf("a second server: %d, %s", code, errOut)
	}
	s.cmd.Process.Kill()
	s.expectEnd()

	s = startServing(t, "", "-listen", "127.0.0.1:0", "-data-dir", dir)
	if out, errOut, _ := zoosh(t, "ls -R /a\nget /a\n", "-server", s.addr); out != "/a\n/a/s0000000000\n1\n" {
		t.Errorf("after kill -9: %s%s", out, errOut)
	}
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("SIGTERM ended it with %d", code)
	}

	cfg := filepath.Join(t.TempDir(), "zoo.cfg")
	text := fmt.Sprintf("tickTime=500\ndataDir=%s\nclientPort=0\nclientPortAddress=127.0.0.1\npeerTypo=1\n", dir)
	if err := os.WriteFile(cfg, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s = startServing(t, "", "-config", cfg)
	if n := s.count("peerTypo=1 has no effect here"); n != 1 {
		t.Errorf("the note on a key came %d times", n)
	}
	if out, errOut, _ := zoosh(t, "", "-server", s.addr, "get", "/a/s0000000000"); out != "2\n" {
		t.Errorf("with zoo.cfg: %s%s", out, errOut)
	}
}

// expectEnd waits for the end of the process.
func (s *serving) expectEnd() { s.end(syscall.Signal(0)) }

// The shell's own server goes on, too.
func TestEmbeddedOnDisk(t *testing.T) {
	dir := t.TempDir()
	if _, errOut, code := zoosh(t, "", "-embedded", "-data-dir", dir, "create", "/kept", "x"); code != 0 {
		t.Fatal(errOut)
	}
	if out, errOut, _ := zoosh(t, "", "-embedded", "-data-dir", dir, "get", "/kept"); out != "x\n" {
		t.Errorf("got %q, %s", out, errOut)
	}
	if _, errOut, code := zoosh(t, "", "-data-dir", dir, "ls", "/"); code != codeUsage || !strings.Contains(errOut, "-data-dir goes with -embedded") {
		t.Errorf("alone: %d, %s", code, errOut)
	}
}

// When the disk is full the server ends, says why, and has answered nothing that it
// does not have afterwards.
func TestServeDiskFull(t *testing.T) {
	dir := t.TempDir()
	cfg := filepath.Join(t.TempDir(), "zoo.cfg")
	text := fmt.Sprintf("dataDir=%s\nclientPort=0\nclientPortAddress=127.0.0.1\npreAllocSize=16\n", dir)
	if err := os.WriteFile(cfg, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s := startServing(t, "ulimit -f 200", "-config", cfg)
	created := 0
	for i, code := 0, 0; code == 0; i += 5 {
		var script strings.Builder
		for n := range 5 {
			fmt.Fprintf(&script, "create /n%03d %s\n", i+n, strings.Repeat("x", 1000))
		}
		var errOut string
		_, errOut, code = zoosh(t, script.String(), "-timeout", "4000", "-server", s.addr)
		created += strings.Count(errOut, "Created /n")
	}
	if created < 50 {
		t.Errorf("only %d were created", created)
	}
	s.expect("the server stops, since its disk refuses")
	if code := s.end(syscall.Signal(0)); code != codeFailed {
		t.Errorf("it ended with %d", code)
	}
	s = startServing(t, "", "-config", cfg)
	out, _, _ := zoosh(t, "", "-server", s.addr, "ls", "-R", "/")
	if kept := strings.Count(out, "/n"); kept < created {
		t.Errorf("%d of %d are left", kept, created)
	}
}

// What is damaged is refused with file and place, and left as it is.
func TestServeDamaged(t *testing.T) {
	dir := t.TempDir()
	var script strings.Builder
	for i := range 50 {
		fmt.Fprintf(&script, "create /n%d x\n", i)
	}
	if _, errOut, code := zoosh(t, script.String(), "-embedded", "-data-dir", dir); code != 0 {
		t.Fatal(errOut)
	}
	log := filepath.Join(dir, "version-2", "log.1")
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	b[1000] ^= 1
	if err := os.WriteFile(log, b, 0o644); err != nil {
		t.Fatal(err)
	}
	_, errOut, code := zoosh(t, "", "serve", "-listen", "127.0.0.1:0", "-data-dir", dir)
	if code != codeFailed || !strings.Contains(errOut, log) || !strings.Contains(errOut, "at byte") {
		t.Errorf("%d: %s", code, errOut)
	}
	if now, _ := os.ReadFile(log); string(now) != string(b) {
		t.Error("the log was changed")
	}
}
