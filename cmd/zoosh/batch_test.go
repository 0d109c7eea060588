package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// What goes to a terminal holds no control characters; see TestDataIsKept for
// what goes anywhere else.
func TestNothingRawOnATerminal(t *testing.T) {
	srv := startServer(t, 0)
	const evil = "a\x1b]0;title\x07\x9b31m\u202eb"
	for _, call := range []struct {
		in   string
		args []string
	}{
		{"", []string{"get", "/evil"}},
		{"get /evil\nls \x1b[2J\n", nil},
	} {
		zoosh(t, "", "-server", srv.Addr(), "create", "/evil", evil)
		var out, errOut bytes.Buffer
		run(append([]string{"-server", srv.Addr()}, call.args...), stdio{
			in: strings.NewReader(call.in), out: &out, err: &errOut,
			terminal: func(stream any) bool { return stream == io.Writer(&out) || stream == io.Writer(&errOut) },
		})
		if !strings.Contains(out.String(), `a\x1b]0;title\x07`) {
			t.Errorf("%q: shown as %q", call.args, out.String())
		}
		if shown := out.String() + errOut.String(); strings.ContainsAny(shown, "\x1b\x07\u009b\u202e") {
			t.Errorf("%q: raw on a terminal: %q", call.args, shown)
		}
	}
}

// exists asks whether a znode is there, on a session of its own.
func exists(t *testing.T, addr, path string) bool {
	t.Helper()
	zk, err := session.Open(session.Config{Servers: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	_, err = zk.Exists(t.Context(), path, nil)
	if err != nil && !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		t.Fatal(err)
	}
	return err == nil
}

func exitCodeOf(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return 0
}

// A signal ends a script that waits for a line, or for the reader of its output;
// the session is closed, so that its ephemerals go at once.
func TestSignalsEndAScript(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such signals")
	}
	srv := startServer(t, 0)
	for range 2000 {
		zoosh(t, "", "-server", srv.Addr(), "create", "-s", "/"+strings.Repeat("n", 80))
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		for _, input := range []string{"", strings.Repeat("ls -R /\n", 50)} {
			cmd := process(t, "-server", srv.Addr(), "-dialect", "3.9")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe() // which nobody reads
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			go io.WriteString(in, "create -e /mine x\nls /zookeeper\n"+input)
			if _, err := io.ReadFull(out, make([]byte, len("[config, quota]\n"))); err != nil {
				t.Fatal(err)
			}
			if !exists(t, srv.Addr(), "/mine") {
				t.Fatal("the script's ephemeral is not there")
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if code := exitCodeOf(t, cmd.Wait()); code != 128+int(sig) {
				t.Errorf("%v, %d bytes of input: exit code %d", sig, len(input), code)
			}
			if exists(t, srv.Addr(), "/mine") {
				t.Errorf("%v, %d bytes of input: the session was not closed", sig, len(input))
			}
		}
	}
}

// When nobody reads on (| head -1) the script ends without a word, and closes
// its session.
func TestReaderThatLeaves(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such signal")
	}
	srv := startServer(t, 0)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := process(t, "-server", srv.Addr(), "-dialect", "3.9")
	var errOut bytes.Buffer
	cmd.Stdin = strings.NewReader("create -e /mine x\n" + strings.Repeat("ls /\n", 1000))
	cmd.Stdout, cmd.Stderr = w, &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := io.ReadFull(r, make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	code := exitCodeOf(t, cmd.Wait())
	// The pipe may have taken everything before its reader left.
	if code != 128+int(syscall.SIGPIPE) && code != 0 || errOut.String() != "Created /mine\n" {
		t.Errorf("exit code %d, said %q", code, errOut.String())
	}
	if exists(t, srv.Addr(), "/mine") {
		t.Error("the session was not closed")
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	cmd := process(t, "-embedded", "ls", "/")
	var errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = full, &errOut
	if code := exitCodeOf(t, cmd.Run()); code != 1 || !strings.Contains(errOut.String(), "write the output") {
		t.Errorf("exit code %d, said %q", code, errOut.String())
	}
}

// A signal at the prompt, or an interrupt while nothing runs.
func TestPlainSignals(t *testing.T) {
	srv := startServer(t, 0)
	at := &target{connect: srv.Addr()}
	p := newPlainMode(at.shellConfig(&options{}), workspace.DataQuestions)
	ctx, cancel := context.WithCancelCause(t.Context())
	p.editor = &fakeEditor{
		typed: []string{"ls /", "ls /zookeeper", ""},
		errs:  map[int]error{2: io.EOF},
		before: func(n int) {
			switch n {
			case 1: // it must not reach the next command
				p.interrupts <- os.Interrupt
			case 2:
				cancel(signalled{syscall.SIGTERM})
			}
		},
	}
	h, err := openHistoryAt(filepath.Join(t.TempDir(), "history"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	if code := p.run(ctx, h); code != 128+int(syscall.SIGTERM) {
		t.Errorf("code %d", code)
	}
	if shown := p.editor.(*fakeEditor).shown.String(); !strings.Contains(shown, "quota]") || strings.Contains(shown, "Interrupted") {
		t.Errorf("shown: %s", shown)
	}
}

// TestCodeOutlivesClose: what a command found out, or could not, is told by its code, also
// if its session is not closed as it should be.
func TestCodeOutlivesClose(t *testing.T) {
	for _, test := range []struct{ code, want int }{
		{codeOK, codeFailed}, {codeFailed, codeFailed}, {2, 2}, {127, 127},
	} {
		var out, said bytes.Buffer
		code := runBatch(t.Context(), shell.NewStream(), stdio{out: &out, err: &said, terminal: func(any) bool { return false }}, batch{
			open:  func(context.Context) error { return nil },
			close: func() error { return errors.New("nobody answers") },
			feed:  func(context.Context) (int, error) { return test.code, nil },
		})
		if code != test.want || said.String() != "zoosh: nobody answers\n" {
			t.Errorf("%d became %d, %q", test.code, code, said.String())
		}
	}
}
