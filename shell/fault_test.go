package shell

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"strings"
	"testing"

	"zoosh/internal/fault"
)

// broken are commands that panic, in a goroutine of their own or not.
var broken = []Command{
	{Name: "panics", Effect: Reads, Args: []ArgKind{ArgPath, ArgData}, Results: []Result{brokenResult{}}, Run: func(c *Call) error { return c.yield(brokenResult{}) }},
	{Name: "writesAndPanics", Effect: Writes, Run: func(*Call) error { panic(errors.New("boom")) }},
}

type brokenResult struct{}

func (brokenResult) text(*textOut)          { var c *Call; c.outln("x") }
func (brokenResult) objects() iter.Seq[any] { panic("in JSON") }

func addBroken(t *testing.T) {
	for i := range broken {
		byName[broken[i].Name] = &broken[i]
		t.Cleanup(func() { delete(byName, broken[i].Name) })
	}
}

// TestPanicIsReported: a panic of a command is said, with what to send, and the shell
// goes on with its session.
func TestPanicIsReported(t *testing.T) {
	addBroken(t)
	x := open(t, Config{Dialect: D39})
	x.do("create -e /mine x")
	id := x.sh.Session().ID()
	out, err, code := x.run("panics /app 'geheim word'")
	for _, want := range []string{
		"a fault of zoosh itself: runtime error: invalid memory address", "the shell and its sessions go on", "\n  zoosh ", "go1.",
		"\n  command: panics /app <11 bytes>\n", "panic: runtime error", "shell.(*Call).out (command.go:", "shell.init.func", "shell.(*Shell).dispatch (",
	} {
		if !strings.Contains(err, want) {
			t.Errorf("it does not say %q:\n%s", want, err)
		}
	}
	if out != "" || code != 1 || strings.Contains(err, "geheim") || strings.Contains(err, "0x") || strings.Contains(err, "gopanic") || strings.Contains(err, "not known") {
		t.Errorf("%q, %d\n%s", out, code, err)
	}
	if n := strings.Count(err, "\n"); n > 22 {
		t.Errorf("%d lines:\n%s", n, err)
	}
	if _, err, code := x.run("writesAndPanics"); code != 1 || !strings.Contains(err, "Whether it has changed anything is not known.") || !strings.Contains(err, "panic: boom") {
		t.Errorf("%d\n%s", code, err)
	}
	if _, err, code := x.run("panics -o json"); code != 1 || !strings.Contains(err, "in JSON") {
		t.Errorf("%d\n%s", code, err)
	}
	if code := x.sh.RunWords(t.Context(), []string{"panics"}); code != 1 {
		t.Errorf("as a single command: %d", code)
	}
	if x.sh.Session().ID() != id || x.sh.Code() != 1 {
		t.Error("the session is another one")
	}
	x.want("get /mine", "x\n", "", 0)
	x.run("panics")
	if _, err, code := x.run("redo 1"); code != 1 || !strings.Contains(err, "command: panics") {
		t.Errorf("redo: %d\n%s", code, err)
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("the reader") }

// TestPanicBesideACommand: what a command starts beside itself is no way out.
func TestPanicBesideACommand(t *testing.T) {
	x := open(t, Config{Dialect: D39, Input: panicReader{}, Ask: func(context.Context, string) (bool, error) { panic("the question") },
		Progress: func(string) {}})
	x.do("create /a x", "create /a/b x")
	for _, line := range []string{"create /x -", "set /a -", "multi -", "import - /x", "deleteall /a"} {
		if _, err, code := x.run(line); code != 1 || !strings.Contains(err, "a fault of zoosh itself: the ") {
			t.Errorf("%s: %q, %d", line, err, code)
		}
	}
	x.want("count /a", "2\n", "", 0)
}

// TestPanicInACompletion completes nothing, and says it.
func TestPanicInACompletion(t *testing.T) {
	byName["panics"] = &Command{Name: "panics", ArgOf: func([]string) ArgKind { panic("the kind") }, Args: []ArgKind{ArgPath}}
	defer delete(byName, "panics")
	x := open(t, Config{Dialect: D39})
	start, all := x.sh.Complete(t.Context(), "panics /", 8)
	if said := text(x.rec.snapshot(), Stderr); start != 8 || all != nil || !strings.Contains(said, "panic: the kind") || !strings.Contains(said, "completion") {
		t.Errorf("%d, %v, %q", start, all, said)
	}
}

// TestFaultHasNoSecrets: what a report says of a command is its name and its paths.
func TestFaultHasNoSecrets(t *testing.T) {
	for line, want := range map[string]string{
		"addauth digest me:secret":                   "addauth <6 bytes> <9 bytes>",
		"create -e /a secret digest:me:secret:r":     "create -e /a <6 bytes> <18 bytes>",
		"set -v 3 /a /secret":                        "set -v <1 bytes> /a <7 bytes>",
		"setAcl /a digest:me:secret:r":               "setAcl /a <18 bytes>",
		"multi create -s /a /secret ; set /b secret": "multi create <2 bytes> /a <7 bytes> ; set /b <6 bytes>",
		"multi secret create":                        "multi <6 bytes> create",
		"cp -r '/a b' /c":                            "cp -r \"/a b\" /c",
		"secret /a":                                  "one that is not known",
		"mv " + strings.Repeat("/a ", 100):           "mv " + strings.Repeat("/a ", 19) + "…",
		"get -s":                                     "get -s",
		"diff /a secret:2181/b":                      "diff /a <13 bytes>",
		"connect user:secret@host":                   "connect <16 bytes>",
		"import secret.json /a":                      "import <11 bytes> /a",
		"find -n secret /a":                          "find <2 bytes> <6 bytes> <2 bytes>",
		"create /a -":                                "create /a <1 bytes>",
		"multi create /a x \\; check /b":             "multi create /a <1 bytes> \\; check /b",
		"multi delete -v 3 /secret":                  "multi delete <2 bytes> <1 bytes> <7 bytes>",
		"multi create /a 'create' /secret":           "multi create /a create <7 bytes>",
	} {
		c := &Call{dialect: D39, words: Split(line)}
		c.cmd = Lookup(D39, c.words[0])
		got := c.withoutSecrets()
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// TestPanicBesideMembers: nor is what asks the members at once, or the session beside them.
func TestPanicBesideMembers(t *testing.T) {
	x := open(t, Config{Dialect: D39})
	x.do("create -e /mine x")
	id := x.sh.Session().ID()
	x.sh.mu.Lock()
	x.sh.servers = []string{"zk1:2181", "zk2:2181"}
	x.sh.resolve = func(context.Context, string) ([]netip.Addr, error) { panic("the resolver") }
	x.sh.mu.Unlock()
	for _, line := range []string{"srvr", "mntr", "4lw ruok", "4lw -a ruok", "sessions", "sessions -e", "who /mine"} {
		if _, err, code := x.run(line); code != 1 || !strings.Contains(err, "a fault of zoosh itself: the resolver") || !strings.Contains(err, "session.Members") {
			t.Errorf("%s: %q, %d", line, err, code)
		}
	}
	c := &Call{ctx: t.Context(), sh: x.sh, zk: x.sh.Session()}
	if err := c.soon(func(*Call) error { panic("beside") }); fault.Of(err) == nil {
		t.Errorf("%v", err)
	}
	if x.sh.Session().ID() != id {
		t.Error("the session is another one")
	}
	x.want("get /mine", "x\n", "", 0)
}
