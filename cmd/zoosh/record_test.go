package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/shell/workspace"
)

func passes(t *testing.T, file string) {
	t.Helper()
	if out, errOut, code := zoosh(t, "", "test", file); code != 0 {
		src, _ := os.ReadFile(file)
		t.Errorf("%s%s\n%s", out, errOut, src)
	}
}

func TestRecordScript(t *testing.T) {
	file := filepath.Join(t.TempDir(), "take-over.md")
	out, errOut, code := zoosh(t, "create -e /m one\nsession backup\nstat /m true\nsession main\nhelp\nclose\nsession backup\ncreate -e /m two\nsession\nget /nope\n", "record", file, "-embedded")
	if code != 1 {
		t.Errorf("code %d: that of the last command", code)
	}
	if !strings.Contains(errOut, "Created /m") || !strings.Contains(out, "* backup") || !strings.Contains(out, "  main ") || !strings.Contains(out, "path:/m") {
		t.Errorf("out %q, err %q", out, errOut)
	}
	passes(t, file)
	src, _ := os.ReadFile(file)
	inOrder(t, string(src), "title: Take over\n", "dialect: 3.4\n", "```zk main\n", "create -e /m one", "```zk backup\n", "```zk main\n", "] close", "```zk backup\n", "Created /m")
	inOrder(t, string(src), "] close", "NodeDeleted path:/m") // before the command or in it, as it came
	inOrder(t, string(src), "] close", "create -e /m two")
	if strings.Contains(string(src), "] session") {
		t.Errorf("the front end's own command is in the page:\n%s", src)
	}
	if _, errOut, code := zoosh(t, "", "record", file, "-embedded"); code != 2 || !strings.Contains(errOut, "-force") {
		t.Errorf("a file that is there: code %d, err %q", code, errOut)
	}
	if _, errOut, code := zoosh(t, "ls /\n", "record", "-force", "-title", "Again", file, "-embedded"); code != 0 {
		t.Errorf("-force: code %d, err %q", code, errOut)
	}
	if src, _ := os.ReadFile(file); !strings.Contains(string(src), "# Again\n") || strings.Contains(string(src), "/m") {
		t.Errorf("-force left\n%s", src)
	}
}

// The last command's events at other sessions are in the page, too.
func TestRecordEndsWithEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	zoosh(t, "session b\nls -w /\nsession c\nls -w /\nsession a\ncreate /x y\nquit\n", "record", file, "-embedded", "-dialect", "3.8")
	passes(t, file)
	if src, _ := os.ReadFile(file); strings.Count(string(src), "NodeChildrenChanged") != 2 {
		t.Errorf("an event is missing:\n%s", src)
	}
}

func TestRecordCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	out, errOut, code := zoosh(t, "create /old x\nrecord\nrecord "+file+"\nget /old\nrecord\nrecord stop\nls /\nrecord stop\n", "-embedded", "-dialect", "3.8")
	if code != 1 || !strings.Contains(errOut, "nothing is being recorded") || !strings.Contains(out, "is being recorded\n") || !strings.Contains(errOut, "Note: the tree was not empty") {
		t.Errorf("code %d, out %q, err %q", code, out, errOut)
	}
	src, _ := os.ReadFile(file)
	inOrder(t, string(src), "<!-- the tree was not empty", "/old", "had run commands before", "get /old\nx\n```\n")
	if strings.Contains(string(src), "ls /") {
		t.Errorf("what came after record stop is in the page:\n%s", src)
	}
}

func TestRecordCalls(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"record"}, 2, "missing"},
		{[]string{"record", "a.md", "b.md"}, 2, "b.md"},
		{[]string{"record", "-embedded", "-server", "x", "a.md"}, 2, "exclude"},
		{[]string{"record", filepath.Join(dir, "no", "a.md"), "-embedded"}, 1, "no"},
		{[]string{"-embedded", "session", "x"}, 1, "at a prompt and in scripts only"},
		{[]string{"-embedded", "record", filepath.Join(dir, "no", "a.md")}, 1, "no"},
	} {
		if out, errOut, code := zoosh(t, "", tt.args...); code != tt.code || !strings.Contains(errOut, tt.want) || out != "" {
			t.Errorf("%q: code %d, out %q, err %q", tt.args, code, out, errOut)
		}
	}
	if _, err := os.Stat("a.md"); err == nil {
		t.Error("a wrong call left a file")
	}
}

// Line mode: the prompt names the session once there are several, and an event says
// whose it is.
func TestSessionsInLineMode(t *testing.T) {
	srv := startServer(t, 0)
	editor := &fakeEditor{typed: []string{"session b", "ls / true", "session main", "create /x y", "ls /", "session 'two words'", "session a b", "quit"}}
	p := newPlainMode((&target{connect: srv.Addr()}).shellConfig(&options{}), workspace.DataQuestions)
	p.editor = editor
	p.run(t.Context(), nil)
	shown := editor.shown.String()
	for _, want := range []string{"(session b)\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeChildrenChanged path:/\n", "one word", "session [name]"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q was not shown in\n%s", want, shown)
		}
	}
	prompts := strings.Join(editor.prompts, "|")
	if !strings.HasPrefix(prompts, "[zk: ") || !strings.Contains(prompts, "|b [zk: ") || !strings.Contains(prompts, "|main [zk: ") {
		t.Errorf("prompts %s", prompts)
	}
}
