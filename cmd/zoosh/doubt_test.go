package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
	"zoosh/shell/workspace"
)

const (
	lostInDoubt        = "the connection was lost before the answer came: whether it was done is not known\n"
	interruptedInDoubt = "it was interrupted before the answer came: whether it was done is not known\n"
)

// proxied is a proxy before a server, which decides about the nth request that writes.
func proxied(t *testing.T, addr string, n int, fate zktest.Fate) *zktest.Proxy {
	t.Helper()
	p := zktest.StartProxy(t, addr)
	p.Decide(func(op int32) zktest.Fate {
		switch wire.Op(op) {
		case wire.OpCreate, wire.OpSetData, wire.OpDelete, wire.OpMulti:
			if n--; n == 0 {
				return fate
			}
		}
		return zktest.Forwarded
	})
	return p
}

// A single command says it on standard error, behind its error.
func TestSingleCommandInDoubt(t *testing.T) {
	srv := startServer(t, 0)
	p := proxied(t, srv.Addr(), 1, zktest.Swallowed)
	out, errOut, code := zoosh(t, "", "-server", p.Addr(), "create", "/a", "x")
	if out != "" || code != 1 || !strings.HasPrefix(errOut, "KeeperErrorCode = ConnectionLoss for /a") || strings.Count(errOut, "\n"+lostInDoubt) != 1 {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	if !exists(t, srv.Addr(), "/a") {
		t.Error("it was not done")
	}
	p = proxied(t, srv.Addr(), 1, zktest.Swallowed)
	out, errOut, code = zoosh(t, "", "-o", "json", "-server", p.Addr(), "set", "/a", "y")
	var got struct{ Command, Outcome string }
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Command != "set" || got.Outcome != "unknown" || code != 1 || strings.Count(errOut, lostInDoubt) != 1 {
		t.Errorf("JSON: code %d, %q (%v), %q", code, out, err, errOut)
	}
	if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "get", "/a"); out != "y\n" {
		t.Errorf("/a holds %q", out)
	}
}

// A signal ends a single command and a script within a write: they say what is not
// known, though their output has ended by then.
func TestSignalledInDoubt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such signals")
	}
	srv := startServer(t, 0)
	for _, script := range []bool{false, true} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			p := proxied(t, srv.Addr(), 1, zktest.Held)
			args, in, want := []string{"-server", p.Addr(), "create", "-s", "/a", "x"}, "", "\n"+interruptedInDoubt
			if script {
				args, in, want = append(args[:2:2], "-window", "1"), "create -s /a x\ncreate /never x\n", "zoosh: line 1 (create -s /a x): "+interruptedInDoubt
			}
			cmd := process(t, args...)
			var errOut bytes.Buffer
			cmd.Stdin, cmd.Stderr = strings.NewReader(in), &errOut
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-p.Caught()
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if code := exitCodeOf(t, cmd.Wait()); code != 128+int(sig) || strings.Count("\n"+errOut.String(), want) != 1 {
				t.Errorf("script %v, %v: code %d, %q, want %q", script, sig, code, errOut.String(), want)
			}
		}
	}
	if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "ls", "/"); strings.Count(out, "/a")+strings.Count(out, "a000") != 4 || strings.Contains(out, "never") {
		t.Errorf("there is %s", out)
	}
}

// What was sent without waiting for answers may have been done, too: each line says so.
func TestSignalledInDoubtAhead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such signals")
	}
	srv := startServer(t, 0)
	p := proxied(t, srv.Addr(), 2, zktest.Held)
	cmd := process(t, "-server", p.Addr())
	var errOut bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader("create /a x\ncreate /b x\nget /a\n"), &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-p.Caught()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	code := exitCodeOf(t, cmd.Wait())
	if got := errOut.String(); code != 128+int(syscall.SIGTERM) || strings.Count(got, "zoosh: line 2 (create /b x): "+interruptedInDoubt) != 1 || strings.Contains(got, "line 3") {
		t.Errorf("code %d, %q", code, got)
	}
}

// A script says it with its line, and how far the line came, past the recording: the
// recording leaves the line out.
func TestScriptInDoubt(t *testing.T) {
	srv := startServer(t, 0)
	for _, path := range []string{"/a", "/a/b", "/a/c"} {
		zoosh(t, "", "-server", srv.Addr(), "create", path, "x")
	}
	p := proxied(t, srv.Addr(), 3, zktest.Swallowed)
	page := filepath.Join(t.TempDir(), "page.md")
	out, errOut, code := zoosh(t, "create /first x\ndeleteall -b 1 /a\nls /\n", "record", page, "-server", p.Addr(), "-dialect", "3.9")
	want := "zoosh: line 2 (deleteall -b 1 /a): the connection was lost before the answer came: 1 of 3 changes were made, and whether 1 more was made is not known\n"
	if code != 0 || strings.Count(errOut, want) != 1 || strings.Count(errOut, "not known") != 1 || out != "[a, first, zookeeper]\n" {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	if exists(t, srv.Addr(), "/a/b") || exists(t, srv.Addr(), "/a/c") {
		t.Error("it was not done")
	}
	text, err := os.ReadFile(page)
	if err != nil || strings.Contains(string(text), "not known\n") || strings.Contains(string(text), "] deleteall") || !strings.Contains(string(text), "left out: `deleteall") {
		t.Errorf("%s (%v)", text, err)
	}
}

// So does line mode, at the prompt.
func TestLineModeInDoubt(t *testing.T) {
	srv := startServer(t, 0)
	p := proxied(t, srv.Addr(), 1, zktest.Swallowed)
	editor := &fakeEditor{typed: []string{"create /a x", "quit"}}
	cfg := (&target{connect: p.Addr()}).shellConfig(&options{})
	cfg.Typed = true
	mode := newPlainMode(cfg, workspace.DataQuestions)
	mode.editor = editor
	mode.run(t.Context(), nil)
	if shown := editor.shown.String(); strings.Count(shown, lostInDoubt) != 1 {
		t.Error(shown)
	}
	if !exists(t, srv.Addr(), "/a") {
		t.Error("it was not done")
	}
}
