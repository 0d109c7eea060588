package main

import (
	"strings"
	"testing"
)

// TestEnforceQuota: a hard limit counts on the embedded server, in a call and in
// serve, if the flag says so, and only then.
func TestEnforceQuota(t *testing.T) {
	const script = "create /q x\nsetquota -N 2 /q\ncreate /q/a\ncreate /q/b\n"
	for _, tt := range []struct {
		flags []string
		want  string
		code  int
	}{{nil, "Created /q/b\n", 0}, {[]string{"-enforce-quota"}, "Quota has exceeded : /q/b\n", 1}} {
		args := append([]string{"-embedded", "-dialect", "3.9"}, tt.flags...)
		if _, errOut, code := zoosh(t, script, args...); code != tt.code || !strings.HasSuffix(errOut, tt.want) {
			t.Errorf("%q: %q, %d", args, errOut, code)
		}
		serve := startClient(t, "serve", process(t, append([]string{"serve", "-listen", "127.0.0.1:0"}, tt.flags...)...))
		addr := serve.listens()
		if _, errOut, code := zoosh(t, script, "-server", addr, "-dialect", "3.9"); code != tt.code || !strings.HasSuffix(errOut, tt.want) {
			t.Errorf("serve %q: %q, %d", tt.flags, errOut, code)
		}
	}
}
