//go:build unix

package main

import (
	"regexp"
	"strings"
	"syscall"
	"testing"

	"zoosh/internal/zktest"
)

// memberHangs: one member is stopped, as by SIGSTOP. It takes connections and never
// answers; the others are asked all the same, and soon.
func memberHangs(t *testing.T, e *zktest.Ensemble) {
	hung := e.Others(e.Leader())[0]
	others := e.Others(hung)
	owner := startClient(t, "owner", process(t, "-server", others[0].Addr(), "-timeout", "60000"))
	owner.send("create -e /app/eph x")
	owner.expect("Created /app/eph")
	hung.Signal(syscall.SIGSTOP)
	defer func() {
		hung.Signal(syscall.SIGCONT)
		hung.AwaitMode("follower")
	}()
	silent := hung.Addr() + " accepts connections but does not answer "
	for line, want := range map[string]struct {
		out    string
		code   int
		silent bool
	}{
		"srvr": {others[0].Addr() + "\n", 1, true}, "mntr zk_server_state": {"leader", 1, true},
		"sessions": {"127.0.0.1:", 0, true}, "4lw -a ruok": {"imok\n", 1, true}, "4lw ruok": {"imok\n", 0, false},
		"srvr -o json": {`"Mode":"leader"`, 1, true},
	} {
		out, errOut, code := zooshSoon(t, "", append([]string{"-server", e.Connect(), "-timeout", longTimeout}, strings.Fields(line)...)...)
		if !strings.Contains(out, want.out) || code != want.code || strings.Contains(errOut, silent) != want.silent || strings.Contains(errOut, "deadline") {
			t.Errorf("%s: %q, %q, %d", line, out, errOut, code)
		}
	}
	// Its sessions are not known, and so not none; the owner's is known all the same.
	at := []string{"-server", others[0].Addr() + "," + hung.Addr(), "-timeout", longTimeout}
	for range 10 { // the order in which servers are tried is random
		out, errOut, code := zooshSoon(t, "", append(at, "who", "/app/eph")...)
		if code == 2 && out == "" && strings.Contains(errOut, silent) {
			continue // its session came to the member that hangs
		}
		if !regexp.MustCompile(`^/app/eph: session 0x[0-9a-f]+, client 127\.0\.0\.1:\d+ on `+others[0].Addr()).MatchString(out) || code != 0 {
			t.Errorf("who: %q, %q, %d", out, errOut, code)
		}
		break
	}
	owner.send("delete /app/eph")
	owner.send("quit")
	<-owner.waited
}

// quorumLost: what a member says that is left alone is its answer, and the failure of
// whoever asked. (It is not read-only: it has not been started so.)
func quorumLost(t *testing.T, e *zktest.Ensemble) {
	owner := startClient(t, "owner", process(t, "-server", e.Servers[2].Addr(), "-timeout", "60000"))
	owner.send("create -e /app/eph x")
	owner.expect("Created /app/eph")
	// One of three was asked: the owner's client is with another.
	out, errOut, code := zoosh(t, "", "-server", e.Servers[0].Addr(), "who", "/app/eph")
	if !regexp.MustCompile(`^/app/eph: session 0x[0-9a-f]+\n$`).MatchString(out) ||
		!strings.Contains(errOut, "the ensemble has 3 members, of which 1 was asked") || code != 2 {
		t.Errorf("who: %q, %q, %d", out, errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "-server", e.Servers[0].Addr(), "sessions"); !strings.HasPrefix(out, "session ") ||
		!strings.Contains(errOut, "of which 1 was asked") || code != 0 {
		t.Errorf("sessions: %q, %q, %d", out, errOut, code)
	}
	if out, errOut, code := zoosh(t, "", "-server", e.Connect(), "who", "/app/eph"); !strings.Contains(out, " on "+e.Servers[2].Addr()+" since ") || errOut != "" || code != 0 {
		t.Errorf("who of all: %q, %q, %d", out, errOut, code)
	}
	owner.send("quit")
	<-owner.waited
	left := e.Others(e.Leader())[0]
	left.Kill()
	left.Without("-Dreadonlymode.enabled=true")
	left.Restart()
	left.AwaitMode("follower")
	for _, s := range e.Others(left) {
		s.Kill()
	}
	left.AwaitMode("")
	sentence := "This ZooKeeper instance is not currently serving requests"
	for line, want := range map[string]string{
		"srvr": left.Addr() + "\n  " + sentence + "\n", "mntr": left.Addr() + "\n  " + sentence + "\n",
		"4lw cons": sentence + "\n", "4lw wchs": sentence + "\n", "4lw dump": sentence + "\n", "4lw stat": sentence + "\n",
		"srvr -o json": `{"error":"` + sentence + `","server":"` + left.Addr() + `"}` + "\n",
	} {
		out, errOut, code := zoosh(t, "", append([]string{"-server", left.Addr()}, strings.Fields(line)...)...)
		if out != want || errOut != "" || code != 1 {
			t.Errorf("%s: %q, %q, %d", line, out, errOut, code)
		}
	}
	if out, errOut, code := zoosh(t, "", "-server", left.Addr(), "4lw", "ruok"); out != "imok\n" || errOut != "" || code != 0 {
		t.Errorf("ruok: %q, %q, %d", out, errOut, code)
	}
	out, errOut, code = zoosh(t, "dialect\nsessions\nls /\n", "-server", left.Addr(), "-timeout", "3000")
	if out != "dialect is 3.8 (auto)\n" || code != 1 || !strings.Contains(errOut, left.Addr()+": "+sentence) ||
		!strings.Contains(errOut, "it is not serving requests now: it has no quorum, or has just started") {
		t.Errorf("%q, %q, %d", out, errOut, code)
	}
	left.Kill()
	left.With("-Dreadonlymode.enabled=true")
	e.RestartAll()
}
