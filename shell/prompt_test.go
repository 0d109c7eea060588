package shell

import (
	"strings"
	"testing"

	"zoosh/internal/session"
)

// Beyond a third of the width a prompt shows less of where it is, if there is less to
// show.
func TestPromptFits(t *testing.T) {
	const three = "zk1.example.com:2181,zk2.example.com:2181,zk3.example.com:2181"
	for _, tt := range []struct {
		name, connect, profile string
		width                  int
		want                   string
	}{
		{"three hosts", three, "", 80, "[zk: zk1.example.com:2181+2(CLOSED) 0] "},
		{"three hosts below a chroot", three + "/app", "", 80, "[zk: zk1.example.com:2181+2/app(CLOSED) 0] "},
		{"three hosts, much room", three, "", 300, "[zk: " + three + "(CLOSED) 0] "},
		{"three hosts, no known width", three, "", 0, "[zk: " + three + "(CLOSED) 0] "},
		{"a profile", three, "prod", 80, "[zk: prod(CLOSED) 0] "},
		{"a profile, much room", three, "prod", 300, "[zk: " + three + "(CLOSED) 0] "},
		{"a profile of one host", "zk1.example.com:2181", "dev", 80, "[zk: dev(CLOSED) 0] "},
		{"a profile whose name is longer", "a:1", strings.Repeat("dev", 9), 30, "[zk: a:1(CLOSED) 0] "},
		{"one host", "zk1.example.com:2181", "", 40, "[zk: zk1.example.com:2181(CLOSED) 0] "},
		{"two hosts without ports", "a.example.com,b.example.com", "", 80, "[zk: a.example.com:2181+1(CLOSED) 0] "},
		{"two addresses of IPv6", "[::1]:2181,[::2]:2181", "", 80, "[zk: [::1]:2181+1(CLOSED) 0] "},
		{"just a third", "a:1,b:2", "p", 72, "[zk: a:1,b:2(CLOSED) 0] "},
		{"more than a third", "a:1,b:2", "p", 71, "[zk: p(CLOSED) 0] "},
	} {
		sh := New(Config{Target: session.Target{Connect: tt.connect, ProfileName: tt.profile}})
		prompt := sh.Prompt()
		if got := sh.FitPrompt(prompt, tt.width); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := sh.FitPrompt("worker "+prompt, tt.width); tt.width == 80 && got != "worker "+tt.want {
			t.Errorf("%s, named: %q", tt.name, got)
		}
		if sh.Prompt() != prompt {
			t.Errorf("%s: the prompt itself changed", tt.name)
		}
	}
	// Of another server the profile says nothing.
	sh := New(Config{Target: session.Target{Connect: three, ProfileName: "prod"}})
	sh.at = session.Target{Connect: "a.example.com:2181,b.example.com:2181,c.example.com:2181"}
	if got, want := sh.FitPrompt(sh.Prompt(), 80), "[zk: a.example.com:2181+2(CLOSED) 0] "; got != want {
		t.Errorf("elsewhere: %q, want %q", got, want)
	}
}
