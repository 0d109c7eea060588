package workspace

import (
	"errors"
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// A script ends when its session is gone, and what it had handed over already is not run.
func TestScriptEndsWithItsSession(t *testing.T) {
	t.Parallel()
	d, e := onServer(t, Config{Script: true, Says: "zoosh: ", Shell: shell.Config{OneSession: true}})
	d.run("create -e /mine x")
	zk := d.Front().Shell().Session()
	d.Front().Hold("", func() {})
	jobs := d.submit("help", "ls /", "ls /", "help")
	e.Expire(zk.ID())
	d.await("the end of the session", func(it shell.Item) bool { return it.Event.State == wire.StateExpired })
	d.Front().Release()
	out := d.outcomes(jobs)
	if out[1].Err == nil || !strings.HasPrefix(out[1].Err.Error(), "the script ends at line 2 (ls /), which could not be run: ") ||
		!strings.Contains(out[1].Err.Error(), "with it went its ephemerals /mine; -new-session") || out[1].Code != 1 {
		t.Errorf("%+v", out[1])
	}
	if out[0].Dropped || out[0].Err != nil || !out[2].Dropped || !out[3].Dropped || !d.Submit(t.Context(), Line{Text: "help"}).Outcome().Dropped {
		t.Errorf("%+v", out)
	}
}

// What a message says of a line holds no password, and is not long.
func TestScriptLineIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"create /a x":                        "line 7 (create /a x)",
		"addauth digest bob:secret":          "line 7",
		"set /a " + strings.Repeat("x", 100): "line 7 (set /a " + strings.Repeat("x", 53) + "…)",
		"set /a \x1b[2J":                     `line 7 (set /a \x1b[2J)`,
	} {
		if got := (&scriptLine{nil, &Job{Line: Line{Number: 7, Text: text}}}).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	gone := &session.ExpiredError{ID: 1}
	if got := whatWent(gone); got != "no ephemeral, watch or identity of the script's" {
		t.Error(got)
	}
}

// What zkCli leaves to be guessed of a change of the connection is said.
func TestNotes(t *testing.T) {
	for _, test := range []struct {
		ev   session.Event
		want string
	}{
		{session.Event{State: wire.StateSyncConnected}, ""},
		{session.Event{State: wire.StateExpired, SessionID: 0x1f}, "(session 0x1f is gone, and with it its ephemeral znodes and its watches)\n"},
		{session.Event{State: wire.StateExpired, SessionID: 1, Err: errors.New("why")}, "(session 0x1 is gone, and with it its ephemeral znodes and its watches: why)\n"},
		{session.Event{State: wire.StateDisconnected, Err: &shell.ServerFailed{Err: errors.New("full")}}, "(the embedded server has failed: full; server start tries again)\n"},
	} {
		if got := noteOf(test.ev); got != test.want {
			t.Errorf("%v: %q, want %q", test.ev, got, test.want)
		}
	}
}
