//go:build !windows

package main

import (
	"io"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The whole process is stopped for longer than its session lasts, as by SIGSTOP.
func TestStoppedScript(t *testing.T) {
	srv := startServer(t, 100*time.Millisecond)
	for _, flag := range []string{"", "-new-session"} {
		args := []string{"-server", srv.Addr(), "-dialect", "3.9", "-timeout", "2000"}
		if flag != "" {
			args = append(args, flag)
		}
		cmd := process(t, args...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		errOut := &lockedBuffer{}
		cmd.Stderr = errOut
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		f := &fed{t: t, in: in, out: &lockedBuffer{}, err: errOut}
		f.line("create -e /lock me", "Created /lock")
		stop(t, cmd, syscall.SIGSTOP)
		for exists(t, srv.Addr(), "/lock") {
			time.Sleep(20 * time.Millisecond)
		}
		io.WriteString(in, "create /work x\ncreate /work2 x\n")
		in.Close()
		stop(t, cmd, syscall.SIGCONT)
		code := exitCodeOf(t, cmd.Wait())
		said := regexp.MustCompile(`(?m)^zoosh: the script ends at line 2 \(create /work x\), which could not be run: session 0x[0-9a-f]+ has expired, and with it went its ephemerals /lock;`)
		if flag == "" && (code != 1 || !said.MatchString(errOut.String()) || exists(t, srv.Addr(), "/work") || strings.Contains(errOut.String(), "not known")) {
			t.Errorf("code %d, %s", code, errOut)
		}
		if flag != "" && (code != 0 || !exists(t, srv.Addr(), "/work2")) {
			t.Errorf("%s: code %d, %s", flag, code, errOut)
		}
	}
}

func stop(t *testing.T, cmd *exec.Cmd, sig syscall.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}
