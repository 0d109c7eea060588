package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/internal/server"
)

const shortLesson = `---
title: Short
language: en
dialect: 3.4
---

# Short

A znode is made.

<!-- goal: Make /a with the data x. -->
<!-- hint: It is create. -->

` + "```zk one" + `
[zk] create /a x
Created /a
` + "```" + `

It is watched, and changed.

` + "```zk two" + `
[zk] ls / true
[a, zookeeper]
` + "```" + `

<!-- goal: Make /b. -->

` + "```zk one" + `
[zk] create /b y
Created /b
` + "```" + `

` + "```zk two" + `
WATCHER::

WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/
[zk] get /b
y
...
` + "```" + `

That was it.
`

func writeLesson(t *testing.T, src string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "short.md")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// inOrder checks that the texts stand one behind the other.
func inOrder(t *testing.T, text string, wants ...string) {
	t.Helper()
	rest := text
	for _, want := range wants {
		i := strings.Index(rest, want)
		if i < 0 {
			t.Fatalf("%q does not follow in\n%s", want, text)
		}
		rest = rest[i+len(want):]
	}
}

func TestPlay(t *testing.T) {
	file := writeLesson(t, shortLesson)
	for _, args := range [][]string{{file}, {file, "-plain", "-auto"}, {"-plain", file}} { // at the end of the input it goes on by itself
		out, errOut, code := zoosh(t, "", append([]string{"play"}, args...)...)
		if code != 0 || errOut != "" {
			t.Errorf("%q: code %d, err %q", args, code, errOut)
		}
		inOrder(t, out, "Short", "A znode is made.", "[one] 1/5", "create /a x\nCreated /a\n(right)", "It is watched", "[two] 2/5", "[a, zookeeper]",
			"create /b y\n", "(right)", "get /b\ny\n", "That was it.", "All 5 steps are right.")
		if !strings.Contains(out, "[event at two]\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeChildrenChanged path:/\n") || !strings.Contains(out, "Created /b\n") {
			t.Errorf("the event or the output is missing in\n%s", out)
		}
		if strings.Contains(out, "goal") {
			t.Errorf("directives are shown in\n%s", out)
		}
	}
}

// A step that comes out otherwise is told, and counts.
func TestPlayWrong(t *testing.T) {
	out, _, code := zoosh(t, "", "play", writeLesson(t, strings.Replace(shortLesson, "Created /b", "Created /c", 1)))
	if code != 1 {
		t.Errorf("code %d", code)
	}
	inOrder(t, out, "(wrong)\n  expected: Created /c\n  came: Created /b\n", "1 of 5 steps are wrong.")
}

func TestPlayAnswers(t *testing.T) {
	file := writeLesson(t, shortLesson)
	out, _, code := zoosh(t, "\nwhat?\n\nb\n\nr\n\nq\n", "play", "-plain", file)
	if code != 0 {
		t.Errorf("code %d:\n%s", code, out)
	}
	inOrder(t, out, "[one] 1/5", "(right)", "[two] 2/5", "Enter plays the step", "(right)", "[one] 3/5", "It is watched", "[two] 2/5", "(right)", "[one] 3/5", "[one] 1/5", "(right)", "[two] 2/5")
	if strings.Contains(out, "All 5") {
		t.Errorf("q did not leave:\n%s", out)
	}
}

func TestPlayTurn(t *testing.T) {
	file := writeLesson(t, shortLesson)
	out, errOut, code := zoosh(t, "?\n?\n?\n!\n\nget /nope\ncreate /a y\nset /a x\ncreate /b y\n", "play", "-turn", file)
	if code != 0 || errOut != "" {
		t.Errorf("code %d, err %q:\n%s", code, errOut, out)
	}
	inOrder(t, out, "Your turn.", "Make /a with the data x.", "] ?\nIt is create.", "The command is create:", "no more hints", "] !\ncreate /a x\n",
		"] get /nope", "(There is no /a yet.)", "] create /a y\nCreated /a\n", `holds "y"`, "] set /a x\n", "(right)\n", "goes on from its own",
		"[two] 2/5", "Make /b.", "] create /b y\n", "Created /b\n(right)", "All 5 steps are right.")
	if strings.Count(out, "create /b y") != 1 {
		t.Errorf("what was typed is shown again:\n%s", out)
	}
	out, errOut, code = zoosh(t, "ls /\n", "play", "-turn", file)
	if code != 1 || !strings.Contains(errOut, "ended before") {
		t.Errorf("the input ends: code %d, err %q:\n%s", code, errOut, out)
	}
}

func TestPlayCalls(t *testing.T) {
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if out, _, code := zoosh(t, "", "play", "-list"); code != 0 || !strings.Contains(out, "主节点") {
		t.Errorf("code %d:\n%s", code, out)
	}
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "de_DE")
	t.Setenv("LANG", "zh_CN.UTF-8")
	if out, _, code := zoosh(t, "", "play", "-list"); code != 0 || strings.Contains(out, "主节点") {
		t.Errorf("code %d:\n%s", code, out)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "which lesson"},
		{[]string{"nosuch"}, 1, "master"},
		{[]string{"nosuch.md"}, 1, "nosuch.md"},
		{[]string{"master", "worker"}, 2, "one lesson"},
		{[]string{"-lang", "fr", "master"}, 2, "en or zh"},
		{[]string{"-speed", "99", "master"}, 2, "from -4 to 8"},
		{[]string{"-turn", "-auto", "master"}, 2, "exclude"},
		{[]string{"-server", "127.0.0.1:1", writeLesson(t, "no lesson")}, 1, "```zk"},
	} {
		if out, errOut, code := zoosh(t, "", append([]string{"play"}, tt.args...)...); code != tt.code || !strings.Contains(errOut, tt.want) || out != "" {
			t.Errorf("%q: code %d, out %q, err %q", tt.args, code, out, errOut)
		}
	}
}

// On a server that is there already a lesson leaves nothing behind.
func TestPlayOnServer(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	out, errOut, code := zoosh(t, "", "play", writeLesson(t, shortLesson), "-server", srv.Addr())
	if code != 0 || errOut != "" || !strings.Contains(out, "All 5") {
		t.Errorf("code %d, err %q:\n%s", code, errOut, out)
	}
	if out, _, _ := zoosh(t, "", "-server", srv.Addr(), "ls", "/"); out != "[zookeeper]\n" {
		t.Errorf("it left %s", out)
	}
}
