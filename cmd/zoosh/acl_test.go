package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A malformed ACL is refused as a single command; in a script zkCli's outcome stays,
// and standard error says what was set. A recording of it has zkCli's letter alone.
func TestMalformedACL(t *testing.T) {
	srv := startServer(t, 0)
	zoosh(t, "", "-server", srv.Addr(), "create", "/app", "x")
	if out, errOut, code := zoosh(t, "", "-server", srv.Addr(), "setAcl", "/app", "world:anyone:rq"); code != 1 || out != "" || !strings.Contains(errOut, "q is no permission") {
		t.Errorf("as a single command: %q, %q, %d", out, errOut, code)
	}
	if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "getAcl", "/app"); out != "'world,'anyone\n: cdrwa\n" {
		t.Errorf("it set %q", out)
	}
	const said = "Unknown perm type: q\nzoosh: setAcl: /app has the ACL world:anyone:ra now: q is no permission"
	out, errOut, code := zoosh(t, "setAcl /app world:anyone:raq\n", "-server", srv.Addr(), "-dialect", "3.9")
	if out != "" || !strings.HasPrefix(errOut, said) || code != 0 {
		t.Errorf("in a script: %q, %q, %d", out, errOut, code)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	_, errOut, code = zoosh(t, "create /app x\nsetAcl /app world:anyone:raq\n", "record", page, "-embedded", "-dialect", "3.9")
	if !strings.Contains(errOut, said) || code != 0 {
		t.Errorf("in a recorded script: %q, %d", errOut, code)
	}
	if text, err := os.ReadFile(page); err != nil || strings.Contains(string(text), "now:") || !strings.Contains(string(text), "Unknown perm type: q") {
		t.Errorf("recorded: %s %v", text, err)
	}
	if out, errOut, code := zoosh(t, "", "test", page); code != 0 {
		t.Errorf("replayed: %s%s", out, errOut)
	}
}
