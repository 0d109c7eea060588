package tui

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
	"zoosh/shell"
)

const unknownOutcome = ": whether it was done is not known"

// driveBehindProxy is a model, typed at by a person, whose sessions go through a proxy;
// zk goes by it. There is /a, which holds "old", and /a/b.
func driveBehindProxy(t *testing.T) (d *commandDriver, p *zktest.Proxy, zk *session.Session) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	zk, err = session.Open(session.Config{Servers: []string{srv.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { zk.Close() })
	for _, path := range []string{"/a", "/a/b"} {
		if _, _, err := zk.Create(t.Context(), path, []byte("old"), session.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	p = zktest.StartProxy(t, srv.Addr())
	d = driveModel(t, 120, 40, Config{NoColor: true, Shell: shell.Config{Target: session.Target{Connect: p.Addr()}, Dialect: shell.D39, Typed: true}})
	d.until("the session", func() bool {
		return d.zk() != nil && d.zk().State() == session.Connected && d.greeted()
	})
	d.idle()
	d.starts()
	d.goesTo("Tree")
	d.selects("/a")
	d.seesIn("Node", "3 bytes, text old")
	return d, p, zk
}

// nextWrite has the next request that writes meet its fate.
func nextWrite(p *zktest.Proxy, fate zktest.Fate) {
	met := false
	p.Decide(func(op int32) zktest.Fate {
		switch wire.Op(op) {
		case wire.OpCreate, wire.OpSetData, wire.OpDelete, wire.OpMulti:
			if !met {
				met = true
				return fate
			}
		}
		return zktest.Forwarded
	})
}

func (d *commandDriver) says(what string) {
	d.t.Helper()
	d.until("it to say "+what, func() bool { return strings.Contains(strings.Join(d.lines(), "\n"), what) })
}

func wantData(t *testing.T, zk *session.Session, path, want string) {
	t.Helper()
	if data, _, err := zk.Get(context.Background(), path, nil); err != nil || string(data) != want {
		t.Errorf("%s holds %q (%v), want %q", path, data, err, want)
	}
}

// What is typed into the Node pane may have been written, if there is no answer: the
// pane of commands says why, and the text stays.
func TestTypedDataInDoubt(t *testing.T) {
	for how, why := range map[zktest.Fate]string{
		zktest.Swallowed: "the connection was lost before the answer came",
		zktest.Held:      "it was interrupted before the answer came",
	} {
		d, p, zk := driveBehindProxy(t)
		d.goesTo("Node")
		d.press("Edit the data here")
		d.types("my ")
		nextWrite(p, how)
		d.press("Write what was edited here")
		if how == zktest.Held {
			<-p.Caught()
			d.press("Give up what was edited here")
		}
		d.says("(the Node pane: set -v 0 /a \"my old\": " + why + unknownOutcome + ")")
		if want := "/a may have been written, see the prompt; your text is still here"; d.m.notice.text != want || !d.m.notice.bad {
			t.Errorf("%q, want %q", d.m.notice.text, want)
		}
		d.edited("/a", "my old")
		wantData(t, zk, "/a", "my old")
	}
}

// What an editor left is kept, too.
func TestEditedDataInDoubt(t *testing.T) {
	d, p, zk := driveBehindProxy(t)
	d.goesTo("Node")
	nextWrite(p, zktest.Swallowed)
	file := d.edits(d.replaces("new"))
	d.says("(the Node pane: set -v 0 /a new: the connection was lost before the answer came" + unknownOutcome + ")")
	if !strings.Contains(d.m.notice.text, "/a may have been written, see the prompt; your text is in "+file) {
		t.Error(d.m.notice.text)
	}
	if kept, err := os.ReadFile(file); err != nil || string(kept) != "new" {
		t.Errorf("the file holds %q (%v)", kept, err)
	}
	wantData(t, zk, "/a", "new")
}

// What was never sent is not in doubt.
func TestTypedDataUnsent(t *testing.T) {
	d, p, zk := driveBehindProxy(t)
	d.goesTo("Node")
	d.press("Edit the data here")
	d.types("my ")
	p.Shut()
	d.until("the loss", func() bool { return d.zk().State() == session.Connecting })
	d.press("Write what was edited here")
	d.until("a word about it", func() bool {
		return strings.Contains(d.m.notice.text, "not written: ConnectionLoss; your text of /a is still here")
	})
	if said := strings.Join(d.lines(), "\n"); strings.Contains(said, "not known") {
		t.Error(said)
	}
	wantData(t, zk, "/a", "old")
}

// The tree's keys run commands at the prompt, which say it there.
func TestTreeInDoubt(t *testing.T) {
	const lost = "the connection was lost before the answer came" + unknownOutcome
	for _, test := range []struct {
		name string
		do   func(d *commandDriver)
		done func(t *testing.T, zk *session.Session)
	}{
		{"create", func(d *commandDriver) { d.press("c"); d.typed("new x"); d.press("enter") },
			func(t *testing.T, zk *session.Session) { wantData(t, zk, "/a/new", "x") }},
		{"set", func(d *commandDriver) { d.press("s"); d.typed("new"); d.press("enter") },
			func(t *testing.T, zk *session.Session) { wantData(t, zk, "/a", "new") }},
		{"deleteall", func(d *commandDriver) { d.press("d", "y") }, func(t *testing.T, zk *session.Session) {
			if _, err := zk.Exists(t.Context(), "/a", nil); !errors.Is(err, &wire.Error{Code: wire.NoNode}) {
				t.Errorf("/a: %v", err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, p, zk := driveBehindProxy(t)
			nextWrite(p, zktest.Swallowed)
			test.do(d)
			d.says(lost)
			d.idle()
			if said := strings.Join(d.lines(), "\n"); strings.Count(said, "not known") != 1 {
				t.Error(said)
			}
			test.done(t, zk)
		})
	}
}
