package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"zoosh/shell/workspace"
)

// A fakeEditor is a terminal at which somebody types the given lines.
type fakeEditor struct {
	typed  []string
	errs   map[int]error // instead of line n
	before func(n int)   // runs before line n is typed
	n      int

	mu      sync.Mutex // two goroutines write to a terminal
	shown   strings.Builder
	prompts []string
	kept    []string
}

func (e *fakeEditor) ReadLine() (string, error) {
	defer func() { e.n++ }()
	if e.before != nil {
		e.before(e.n)
	}
	if err := e.errs[e.n]; err != nil {
		return "", err
	}
	return e.typed[e.n], nil
}

func (e *fakeEditor) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shown.Write(b)
}

func (e *fakeEditor) SetPrompt(p string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prompts = append(e.prompts, p)
}

func (e *fakeEditor) Remember(line string) { e.kept = append(e.kept, line) }
func (e *fakeEditor) Close() error         { return nil }

func TestPlainLoop(t *testing.T) {
	srv := startServer(t, 0)
	h, err := openHistoryAt(filepath.Join(t.TempDir(), "history"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	editor := &fakeEditor{
		typed: []string{"ls /", "get half a li", "addauth digest bob:secret", "", "create /x '\x1b[31mred'", "get /x", "get /nope", "quit"},
		errs:  map[int]error{1: errInterrupt},
	}
	at := &target{connect: srv.Addr()}
	p := newPlainMode(at.shellConfig(&options{}), workspace.DataQuestions)
	p.editor = editor
	if code := p.run(t.Context(), h); code != 1 {
		t.Errorf("code %d: quit keeps that of the command before", code)
	}
	shown := editor.shown.String()
	for _, want := range []string{"Welcome to ZooKeeper!", "[zookeeper]", "Created /x", `\x1b[31mred`, "Node does not exist: /nope", "Quitting..."} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q was not shown in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "\x1b") {
		t.Error("a control character of a znode reached the terminal")
	}
	last := editor.prompts[len(editor.prompts)-1]
	if !strings.HasPrefix(last, "[zk: "+srv.Addr()+"(") {
		t.Errorf("prompt %q", last)
	}
	if text, _ := os.ReadFile(h.file.Name()); strings.Contains(string(text), "secret") || !strings.Contains(string(text), "get /nope") {
		t.Errorf("the history file holds %q", text)
	}
	if !slices.Contains(editor.kept, "ls /") || slices.Contains(editor.kept, "") {
		t.Errorf("remembered %q", editor.kept)
	}
}
