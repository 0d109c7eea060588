package main

import (
	"io"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/shell/workspace"
)

// held is what is shown of lines that are typed on a fresh embedded server.
func held(t *testing.T, typed []string, errs map[int]error) (shown string, code int) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	editor := &fakeEditor{typed: typed, errs: errs}
	at := &target{connect: e.Addr(), embedded: e}
	p := newPlainMode(at.shellConfig(&options{}), workspace.AllQuestions)
	p.editor = editor
	code = p.run(t.Context(), nil)
	return editor.shown.String(), code
}

// A line that waits for the server lets those pass that have it go on, and keeps the
// others for later.
func TestPlainBeside(t *testing.T) {
	t.Parallel()
	for breaks, mends := range map[string]string{
		"server pause": "server resume", "server cut self": "server heal all",
	} {
		t.Run(breaks, func(t *testing.T) {
			t.Parallel()
			shown, code := held(t, []string{breaks, "create /a x", "get /a", "server", mends, "delete /a", "quit"}, nil)
			inOrder(t, shown, "only server runs at once", "sessions  1", "Created /a\n", "] get /a\nx\n", "Quitting...")
			if strings.Count(shown, "only server runs at once") != 1 || code != 0 {
				t.Errorf("code %d, and\n%s", code, shown)
			}
		})
	}
}

// Ctrl-C gives up what waits, and Ctrl-D all.
func TestPlainBesideIsLeft(t *testing.T) {
	t.Parallel()
	shown, code := held(t, []string{"server pause", "ls /", "", "server resume", "ls /", "quit"}, map[int]error{2: errInterrupt})
	if inOrder(t, shown, "Paused", "only server", "Resumed", "[zookeeper]"); code != 0 {
		t.Errorf("code %d", code)
	}
	if shown, _ = held(t, []string{"server pause", "ls /", ""}, map[int]error{2: io.EOF}); strings.Contains(shown, "[zookeeper]") {
		t.Errorf("it went on:\n%s", shown)
	}
}
