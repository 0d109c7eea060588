package shell

import (
	"testing"
	"time"
)

// TestWithoutTheSession: what asks the servers themselves, or nobody, is no use of the
// session, and works when that has expired.
func TestWithoutTheSession(t *testing.T) {
	e := startEmbedded(t, 0)
	x := openControlled(t, e, Config{Dialect: D39, OneSession: true})
	if err := e.Expire(x.sh.Session().ID()); err != nil {
		t.Fatal(err)
	}
	for x.sh.Session().Expired() == nil {
		changed := x.sh.nextChange()
		if x.sh.Session().Expired() != nil {
			break
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			t.Fatal("the session does not hear that it has expired")
		}
	}
	for _, line := range []string{"srvr", "mntr", "mntr znode", "4lw ruok", "4lw -a ruok", "version", "sessions"} {
		if out, errOut, code := x.run(line); x.sh.UsesSession(line) || out == "" || errOut != "" || code != 0 {
			t.Errorf("%s: it uses the session: %v; %q, %q, %d", line, x.sh.UsesSession(line), out, errOut, code)
		}
	}
	for _, line := range []string{"ls /", "who /", "sessions -e", "sync /", "config"} {
		if _, _, code := x.run(line); !x.sh.UsesSession(line) || code == 0 && line != "sync /" {
			t.Errorf("%s: it uses the session: %v; %d", line, x.sh.UsesSession(line), code)
		}
	}
}
