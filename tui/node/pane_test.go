package node

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/znode"
)

// A host is a screen that keeps what it is told.
type host struct{ sent []ui.Intent }

func (h *host) Send(i ui.Intent) { h.sent = append(h.sent, i) }

// shut is a prompt whose one session is not open.
type shut struct{ sh *shell.Shell }

func (s shut) Front() sessions.Session { return sessions.Session{Name: "1", Number: 1, Shell: s.sh} }
func (s shut) All() []sessions.Session { return []sessions.Session{s.Front()} }

// testPane shows /a, with that data, in so many cells.
func testPane(t testing.TB, w, h int, data []byte) *Pane {
	t.Helper()
	p := New(Config{
		Context: t.Context(), Host: &host{}, Sessions: shut{shell.New(shell.Config{})},
		Theme: ui.NewTheme(ui.Look{NoColor: true}, true), Made: &znode.Made{},
		Place: func(server string) string { return server }, FollowKey: func() string { return "f" },
	})
	p.Resize(w, h)
	p.Receive(intent.Selected{Path: "/a"})
	answer(p, data)
	return p
}

// answer is what the server says of the znode that was asked for last.
func answer(p *Pane, data []byte) {
	p.Update(readMsg{asked: p.asked, node: &snapshot{
		data: data, stat: &wire.Stat{Czxid: 5, Version: 3, DataLength: int32(len(data))},
		acl: wire.OpenACL(), shown: layOut(data),
	}})
}

// actionFor is what a key stands for now.
func actionFor(t testing.TB, p *Pane, key string) *ui.Action {
	t.Helper()
	for i := range p.Actions() {
		if a := &p.Actions()[i]; a.Mode == p.Mode() && a.Has(key) {
			return a
		}
	}
	t.Fatalf("%s stands for nothing", key)
	return nil
}

func press(t testing.TB, p *Pane, keys ...string) {
	t.Helper()
	for _, key := range keys {
		actionFor(t, p, key).Run()
	}
}

func rowsOf(p *Pane) string {
	var rows []string
	for _, row := range p.Rows(true) {
		rows = append(rows, strings.TrimRight(ansi.Strip(row), " "))
	}
	return strings.Join(rows, "\n")
}

func wantRows(t *testing.T, p *Pane, want string) {
	t.Helper()
	if got := rowsOf(p); !strings.HasPrefix(got, strings.TrimPrefix(want, "\n")) {
		t.Errorf("the node is\n%s\nwant\n%s", got, want)
	}
}

// What was asked for is shown, and nothing that was asked for before.
func TestStaleAnswers(t *testing.T) {
	p := testPane(t, 78, 20, []byte("old"))
	stale := p.asked
	p.Receive(intent.Selected{Path: "/b"})
	p.Update(readMsg{asked: stale, node: &snapshot{data: []byte("old")}})
	if p.node != nil || p.Rows(true) != nil {
		t.Error("an answer about another znode is shown")
	}
	p.Receive(intent.Changed{})
	if !p.again {
		t.Error("a change meanwhile is forgotten")
	}
	answer(p, []byte("new"))
	if !p.Reads() || p.again {
		t.Error("it is not read again after a change")
	}
}

func TestWithoutPermission(t *testing.T) {
	p := testPane(t, 78, 20, nil)
	p.Update(readMsg{asked: p.asked, node: &snapshot{
		err: &wire.Error{Code: wire.NoAuth}, aclErr: &wire.Error{Code: wire.NoAuth}, stat: &wire.Stat{},
	}})
	wantRows(t, p, "✗ NoAuth\n\nStat")
	for _, key := range []string{"e", "i", "v"} {
		if why := actionFor(t, p, key).Off(); why != "NoAuth" {
			t.Errorf("%s says %q", key, why)
		}
	}
}
