package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"zoosh/shell/workspace"
)

// oneShot runs a single command with that standard input.
func oneShot(t *testing.T, in io.Reader, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, stdio{in: in, out: &o, err: &e, terminal: func(any) bool { return false }})
	return o.String(), e.String(), code
}

// TestBytesThroughPipes: what goes in comes out, to the byte.
func TestBytesThroughPipes(t *testing.T) {
	srv := startServer(t, 0)
	random := make([]byte, 1<<20-100)
	rnd := rand.NewChaCha8([32]byte{1})
	rnd.Read(random)
	for i, data := range []string{string(random), "", "text", "line\n", "\x00", "- \xff -"} {
		path := "/k" + string(rune('0'+i))
		if _, err, code := oneShot(t, strings.NewReader(data), "-server", srv.Addr(), "-q", "create", path, "-"); err != "" || code != 0 {
			t.Fatalf("create: %q, %d", err, code)
		}
		if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.9", "get", "-n", path); out != data {
			t.Errorf("get -n of %.20q is %.20q", data, out)
		}
		if _, err, code := oneShot(t, strings.NewReader(data), "-server", srv.Addr(), "-dialect", "3.9", "set", path, "-"); err != "" || code != 0 {
			t.Fatalf("set: %q, %d", err, code)
		}
		out, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.9", "get", path)
		want := data + "\n" // as zkCli has it, but for data that is no text
		if i == 0 || i == 5 {
			want = data
		}
		if out != want {
			t.Errorf("get of %.20q is %.20q", data, out)
		}
	}
	if _, err, code := oneShot(t, bytes.NewReader(make([]byte, 2<<20)), "-server", srv.Addr(), "set", "/k0", "-"); code != 1 || !strings.HasPrefix(err, "the request has ") {
		t.Errorf("too much: %q, %d", err, code)
	}
}

// TestDashIsData where commands come from standard input, as it is to zkCli.
func TestDashIsData(t *testing.T) {
	srv := startServer(t, 0)
	zoosh(t, "create /a -\n", "-server", srv.Addr())
	if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "-dialect", "3.9", "get", "/a"); out != "-\n" {
		t.Errorf("%q", out)
	}
}

// TestJSON: each line of each reading command is an object.
func TestJSON(t *testing.T) {
	srv := startServer(t, 0)
	zoosh(t, "create /a x\ncreate -e /a/b\n", "-server", srv.Addr())
	for _, args := range [][]string{
		{"ls", "-R", "/"}, {"ls", "/"}, {"get", "/a"}, {"stat", "/a"}, {"getAcl", "/a"}, {"find", "/"}, {"tree", "/"}, {"du", "/"},
		{"exists", "/a"}, {"count", "/"}, {"grep", "x", "/"}, {"sessions"}, {"srvr"}, {"mntr"}, {"diff", "/a", "/a/none"},
	} {
		out, err, code := zoosh(t, "", append([]string{"-server", srv.Addr(), "-o", "json"}, args...)...)
		if args[0] == "diff" {
			continue
		}
		// sessions asks the server without a session, so that its own may come too late.
		if err != "" || code != 0 || out == "" && args[0] != "sessions" {
			t.Errorf("%q: %q, %q, %d", args, out, err, code)
		}
		for line := range strings.Lines(out) {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil || len(object) == 0 {
				t.Errorf("%q: %s: %v", args, line, err)
			}
		}
	}
	if _, err, code := zoosh(t, "", "-o", "xml", "ls", "/"); code != codeUsage || !strings.Contains(err, "it is text or json") {
		t.Errorf("%q, %d", err, code)
	}
	zoosh(t, "delete /a\n", "-server", srv.Addr())
}

// TestReadOnlyEverywhere: -readonly holds in scripts and for single commands;
// line mode and the TUI have the same configuration.
func TestReadOnlyEverywhere(t *testing.T) {
	srv := startServer(t, 0)
	const refused = "create writes, and this zoosh only reads (-readonly)\n"
	if _, err, code := zoosh(t, "", "-server", srv.Addr(), "-readonly", "create", "/a"); err != refused || code != 1 {
		t.Errorf("%q, %d", err, code)
	}
	if _, err, code := oneShot(t, strings.NewReader("create /a\nconnect "+srv.Addr()+"\ncreate /a\nsession b\ncreate /a\n"), "-server", srv.Addr(), "-readonly"); strings.Count(err, refused) != 3 || code != 1 {
		t.Errorf("%q, %d", err, code)
	}
	editor := &fakeEditor{typed: []string{"create /a", "session b", "create /a", "quit"}}
	p := newPlainMode((&target{connect: srv.Addr()}).shellConfig(&options{noWrites: true}), workspace.DataQuestions)
	p.editor = editor
	p.run(t.Context(), nil)
	if shown := editor.shown.String(); strings.Count(shown, refused) != 2 {
		t.Errorf("%s", shown)
	}
	if exists(t, srv.Addr(), "/a") {
		t.Error("something was written")
	}
}
