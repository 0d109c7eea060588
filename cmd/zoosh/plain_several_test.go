package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// typeAt types lines at the prompt of line mode on a fresh embedded server.
func typeAt(t *testing.T, editor *fakeEditor, h *history) (p *plainMode, code int) {
	t.Helper()
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	at := &target{connect: e.Addr(), embedded: e}
	cfg := at.shellConfig(&options{})
	cfg.Typed = true
	p = newPlainMode(cfg, workspace.AllQuestions)
	p.editor = editor
	return p, p.run(t.Context(), h)
}

// A word that begins with a quote and does not end goes on in the next line, Ctrl-C
// gives it up, and what is stored holds the ends of the lines.
func TestPlainWordGoesOn(t *testing.T) {
	h, err := openHistoryAt(filepath.Join(t.TempDir(), "history"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.file.Close()
	editor := &fakeEditor{
		typed: []string{
			"create /ini '{", "", "  \"a\": 1", "}'", "get /ini",
			"set /ini '", "lost", "", "set -y /ini don't", "get /ini",
			"multi set /ini \"x", "\\\"y\"", "get /ini", "redo 0", "history",
			"addauth digest 'me:", "secret'", "quit",
		},
		errs: map[int]error{7: errInterrupt},
	}
	_, code := typeAt(t, editor, h)
	shown := editor.shown.String()
	inOrder(t, shown, "Created /ini\n", "{\n\n  \"a\": 1\n}\n", "don't\n", "version 2\n", "x\n\"y\n", "Node already exists: /ini", "0 - create /ini '{\n\n  \"a\": 1\n}'\n")
	if strings.Contains(shown, "lost") || code != 0 {
		t.Errorf("code %d\n%s", code, shown)
	}
	if n := strings.Count(strings.Join(editor.prompts, "|"), "|"+shell.Continued); n != 7 {
		t.Errorf("%d times the prompt of a line that goes on, in %q", n, editor.prompts)
	}
	if !slices.Contains(editor.kept, "create /ini '{\n\n  \"a\": 1\n}'") || slices.Contains(editor.kept, "}'") {
		t.Errorf("remembered %q", editor.kept)
	}
	src, _ := os.ReadFile(h.file.Name())
	if text := string(src); !strings.Contains(text, "create /ini '{\n> \n>   \"a\": 1\n> }'\nget /ini\n") || strings.Contains(text, "secret") || strings.Contains(text, "me:") {
		t.Errorf("the history file holds %q", text)
	}
}

// Ctrl-D in the middle of a command leaves, and runs nothing of it.
func TestPlainEndsWhileAWordGoesOn(t *testing.T) {
	editor := &fakeEditor{typed: []string{"create /half '", ""}, errs: map[int]error{1: io.EOF}}
	if _, code := typeAt(t, editor, nil); code != 0 || strings.Contains(editor.shown.String(), "Created") {
		t.Errorf("code %d\n%s", code, editor.shown.String())
	}
}

// Of lines that were pasted each is shown before its output, and Ctrl-C ends them all.
func TestPlainRunsPastedLines(t *testing.T) {
	editor := &fakeEditor{typed: []string{"create /a 'x\ny'\n\nget /a\nset /a '", "z'", "get /a", "quit"}}
	typeAt(t, editor, nil)
	inOrder(t, editor.shown.String(), "Created /a\n", " 1] get /a\nx\ny\n", " 2] set /a '\n> z'\n", "z\n")
	if !slices.Contains(editor.kept, "create /a 'x\ny'") || !slices.Contains(editor.kept, "set /a '\nz'") {
		t.Errorf("remembered %q", editor.kept)
	}

	editor = &fakeEditor{typed: []string{"server pause", "ls /\ncreate /b\ncreate /c", "", "server resume", "ls /", "quit"}, errs: map[int]error{2: errInterrupt}}
	typeAt(t, editor, nil)
	inOrder(t, editor.shown.String(), "2 lines that waited are not run", "Resumed", "[zookeeper]")
}

// A session that expires while a command goes on does not take its prompt, nor what was
// typed of it.
func TestPlainExpiresWhileAWordGoesOn(t *testing.T) {
	e, err := server.StartEmbedded(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	at := &target{connect: e.Addr(), embedded: e}
	p := newPlainMode(at.shellConfig(&options{}), workspace.AllQuestions)
	editor := &fakeEditor{typed: []string{"ls -w /", "create /a '", "x'", "get /a", "quit"}}
	var prompts int
	editor.before = func(n int) {
		if n != 2 {
			return
		}
		prompts = len(editor.allPrompts())
		p.ws.Front().Shell().Session().Expire(t.Context())
		for end := time.Now().Add(expectTimeout); !strings.Contains(editor.all(), "is gone, and with it"); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Error("the session did not expire")
				break
			}
		}
		if more := editor.allPrompts()[prompts:]; len(more) > 0 {
			t.Errorf("the prompt became %q", more)
		}
	}
	p.editor = editor
	p.run(t.Context(), nil)
	inOrder(t, editor.all(), "is gone, and with it", "Created /a", "\nx\n")
}

// all is what was shown, allPrompts what was asked with, while somebody may write.
func (e *fakeEditor) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shown.String()
}

func (e *fakeEditor) allPrompts() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.prompts)
}
