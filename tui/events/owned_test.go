package events

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// What a session owned is told when it has expired: nobody could be asked then.
func TestOwnedIsToldAtTheEnd(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	s := newScreen(t, 122, 17)
	sh := shell.New(shell.Config{Name: "1", Target: session.Target{Connect: srv.Addr()}, Sink: func(shell.Item) {}})
	s.shown[0].Shell = sh
	if err := sh.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sh.Close() })
	if err := sh.Session().WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"create -e /m x", "create -e /b x", "create /stays x"} {
		if code := sh.Run(t.Context(), line); code != 0 {
			t.Fatalf("%s: code %d", line, code)
		}
	}
	done := func(line string) *shell.Item { return &shell.Item{Kind: shell.Done, Shell: "1", Line: line} }
	if s.pane.Take(done("get /m")) != nil {
		t.Error("a question after a command that changes nothing")
	}
	ask := s.pane.Take(done("create -e /m x"))
	if ask == nil {
		t.Fatal("create is followed by no question")
	}
	if s.pane.Take(done("delete /x")) != nil {
		t.Error("two questions at once")
	}
	again := s.pane.Update(ask())
	if again == nil {
		t.Fatal("the second question was forgotten")
	}
	if s.pane.Update(again()) != nil {
		t.Error("a third question")
	}
	ended := stateOf("1", wire.StateExpired, nil)
	ended.Event.SessionID = sh.Session().ID()
	s.take(ended)
	if want := fmt.Sprintf("0x%x gone with /b /m and its watches", uint64(ended.Event.SessionID)); !strings.Contains(s.text(), want) {
		t.Errorf("no %q in\n%s", want, s.text())
	}
}
