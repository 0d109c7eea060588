package transcript

import (
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/shell"
)

// TestRecorder records two sessions, and wants the page to pass.
func TestRecorder(t *testing.T) {
	s, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var mu sync.Mutex
	rec := &Recorder{}
	sink := func(it shell.Item) {
		mu.Lock()
		defer mu.Unlock()
		rec.Put(it)
	}
	shells := map[string]*shell.Shell{}
	for _, name := range []string{"a", "b"} {
		sh := shell.New(shell.Config{
			Name: name, Connect: s.Addr(), Timeout: 10 * time.Second, WaitForConnection: true, Dialect: shell.D39, Sink: sink,
		})
		if err := sh.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer sh.Close()
		shells[name] = sh
	}
	for _, line := range []string{
		"a create /a ''", "a ls -w /a", "b create -e /a/b '... (glob)'", "b get /a/b", "b get -s -w /a", "a  ", "a set /a x", "a nosuch", "b ls /",
	} {
		name, command, _ := strings.Cut(line, " ")
		mu.Lock()
		rec.Command(name, shells[name].Prompt(), command)
		mu.Unlock()
		shells[name].Run(t.Context(), command)
		for _, sh := range shells { // their events are there then
			if err := sh.Session().Sync(t.Context(), "/"); err != nil {
				t.Fatal(err)
			}
		}
	}
	mu.Lock()
	src := "---\ndialect: 3.9\n---\n" + string(rec.Bytes())
	mu.Unlock()
	if _, res := run1(t, src, quick); len(res.Diffs) > 0 || res.Events != 2 {
		t.Errorf("%d events, differs:\n%v\n%s", res.Events, res, src)
	}
}
