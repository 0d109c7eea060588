package roles

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// takeover is a small lesson with goals: two roles, an event, a crash.
const takeover = `---
title: Takeover
summary: One goes, another comes.
language: en
dialect: 3.4
---

# Takeover

The first takes the place.

<!-- goal: Make /master, with data one, so that it goes with you. -->
<!-- hint: It is called ephemeral. -->

` + "```zk first" + `
[zk] create -e /master "one"
Created /master
` + "```" + `

The second is refused, and watches.

<!-- goal: Try to be the master. -->
<!-- goal: Watch /master. -->

` + "```zk second" + `
[zk] create -e /master "two"
Node already exists: /master
[zk] stat /master true
cZxid = 0xc
...
` + "```" + `

The first dies.

` + "```zk first" + `
[zk] crash
Connection dropped: the server keeps the session until its timeout
` + "```" + `

The second is told, and takes over.

<!-- goal: Make /master with data two, ephemeral. -->

` + "```zk second" + `
WATCHER::

WatchedEvent state:SyncConnected type:NodeDeleted path:/master
[zk] create -e /master "two"
Created /master
[zk] create -s /task- x
Created /task-0000000001
` + "```" + `

That is all.
`

func parse(t *testing.T, src string) *Lesson {
	t.Helper()
	l, err := ParseLesson("takeover.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A watcher is a front end: it keeps what it was told.
type watcher struct {
	mu     sync.Mutex
	items  []shell.Item
	shells map[string]*shell.Shell
	anew   int
}

func (w *watcher) options() Options {
	w.shells = map[string]*shell.Shell{}
	return Options{
		Cleared: func() { w.mu.Lock(); w.anew++; w.items = nil; clear(w.shells); w.mu.Unlock() },
		Opened:  func(role string, sh *shell.Shell) { w.mu.Lock(); w.shells[role] = sh; w.mu.Unlock() },
		Sink:    func(it shell.Item) { w.mu.Lock(); w.items = append(w.items, it); w.mu.Unlock() },
	}
}

func start(t *testing.T, l *Lesson, opt Options) *Player {
	t.Helper()
	p := NewPlayer(l, opt)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func (w *watcher) run(t *testing.T, p *Player, line string) Verdict {
	t.Helper()
	step := p.Current()
	if err := p.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.shells[step.Session].Run(t.Context(), line)
	w.mu.Lock()
	done := w.items[len(w.items)-1]
	w.mu.Unlock()
	if done.Kind != shell.Done {
		t.Fatalf("%q ended in %+v", line, done)
	}
	v, err := p.Try(t.Context(), done)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPlay plays a lesson whose last line is wrong, to the end and back.
func TestPlay(t *testing.T) {
	var w watcher
	l := parse(t, takeover)
	p := start(t, l, w.options())
	if s := p.Place().State; s != Paused {
		t.Fatalf("it begins %v", s)
	}
	for p.Current() != nil {
		if err := p.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := []Mark{Right, Right, Right, Right, Right, Right, Wrong}
	at := p.Place()
	if at.State != Done || !slices.Equal(at.Marks, want) || len(at.Diffs) != 1 || at.Diffs[0].Got[0] != "Created /task-0000000002" {
		t.Errorf("%+v", at)
	}
	before := w.anew
	if err := p.GoTo(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if at := p.Place(); at.Next != 3 || at.Count(Right) != 3 || w.anew != before+1 || len(w.shells) != 2 {
		t.Errorf("back: %+v, laid out %d times, shells %v", at, w.anew, w.shells)
	}
	// A stray znode is gone when the lesson is laid out anew.
	w.shells["second"].Run(t.Context(), "create /stray x")
	if err := p.GoTo(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	w.items = nil
	w.shells["second"].Run(t.Context(), "ls /")
	if out := w.items[1].Text; out != "[zookeeper, master]\n" {
		t.Errorf("the tree has %s", out)
	}
}

// A session that has crashed is still there for what comes before its end, also when
// steps are repeated.
func TestBackOverACrash(t *testing.T) {
	src := "# Still there\n\n```zk a\n[zk] create -e /m x\nCreated /m\n[zk] crash\n...\n```\n\n<!-- goal: Watch /m. -->\n\n" +
		"```zk b\n[zk] get /m true\nx\n...\n```\n\n```zk b\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDeleted path:/m\n```\n"
	var w watcher
	opt := w.options()
	opt.Turn = true
	p := start(t, parse(t, src), opt)
	if err := p.GoTo(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if at := p.Place(); at.Count(Right) != 4 {
		t.Errorf("repeated: %+v", at)
	}
	if err := p.GoTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if v := w.run(t, p, "stat /m true"); !v.Passed {
		t.Errorf("%+v", v)
	}
}

// A child of the root that came and went would count where the lesson's own are
// numbered: the lesson is laid out anew. It is the same on somebody's server.
func TestStrayedAtTheRoot(t *testing.T) {
	srv, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	src := "<!-- goal: Make /a. -->\n\n```zk\n[zk] create /a x\nCreated /a\n```\n\nMore.\n\n```zk\n[zk] get /a\nx\n...\n```\n"
	for _, where := range []string{"", srv.Addr()} {
		for _, stray := range []bool{false, true} {
			var w watcher
			opt := w.options()
			opt.Turn, opt.Connect = true, where
			p := start(t, parse(t, src), opt)
			if stray {
				w.run(t, p, "create /b x")
				w.run(t, p, "delete /b")
			}
			if v := w.run(t, p, "create /a x"); !v.Passed || v.Anew != stray {
				t.Errorf("on %q, stray %v: %+v", where, stray, v)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestYourTurn does a lesson's steps in other words than it, with mistakes.
func TestYourTurn(t *testing.T) {
	var w watcher
	opt := w.options()
	opt.Turn = true
	p := start(t, parse(t, takeover), opt)
	for _, try := range []struct {
		line   string
		passed bool
		why    string
	}{
		{"create /master one", false, "persistent"},
		{"create /master/x", false, "There is no /master"},
		{"nosuch", false, "no command of that name"},
		{"create -e /master two", false, `holds "two"`},
		{"create -e /master " + strings.Repeat("很", 5000), false, strings.Repeat("很", 60) + `..."`},
		{"create -e  /master  'one'", true, ""},
		{"get /master", false, "not what the step is to show"},
		{"create -e /master 2", true, ""},
		{"ls /master true", false, "no watch armed: data /master"},
		{"get /master true", true, ""},
	} {
		if s := p.Place().State; s != YourTurn {
			t.Fatalf("before %q it is %v", try.line, s)
		}
		step := p.Current()
		v := w.run(t, p, try.line)
		if v.Passed != try.passed || try.why != "" && !strings.Contains(strings.Join(v.Why, "\n"), try.why) {
			t.Errorf("%q: %+v", try.line, v)
		}
		if !v.Passed { // clean up, as a student would
			if step.Session == "first" {
				w.shells["first"].Run(t.Context(), "deleteall /master")
			} else if zk := w.shells["second"].Session(); len(zk.Watches()) > 0 {
				if err := zk.RemoveWatches(t.Context(), "/master", wire.WatcherAny, false); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	at := p.Place()
	if at.State != Paused || at.Next != 3 || at.Count(Right) != 3 {
		t.Fatalf("after the goals: %+v", at)
	}
}

func TestHints(t *testing.T) {
	opt := (&watcher{}).options()
	opt.Turn = true
	p := start(t, parse(t, takeover), opt)
	for i, want := range []string{"It is called ephemeral.", "The command is create: create [-s]", "The command is create: create [-s]"} {
		if text, left := p.Hint(); !strings.HasPrefix(text, want) || left != max(0, 1-i) {
			t.Errorf("hint %d: %q, %d left", i, text, left)
		}
	}
	if got := p.Solution(); got != `create -e /master "one"` {
		t.Errorf("solution %q", got)
	}
	p.Show()
	if s := p.Place().State; s != Paused {
		t.Errorf("to be shown: %v", s)
	}
}

// TestNothingIsLeft leaves in the middle of a lesson and wants no goroutine of it
// left, and so no session and no server.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	var w watcher
	opt := w.options()
	opt.Turn = true
	p := NewPlayer(parse(t, takeover), opt)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := w.run(t, p, "create -e /master one"); !v.Passed {
		t.Fatalf("%+v", v)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			var buf [1 << 16]byte
			t.Fatalf("%d goroutines are left of %d\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf[:], true)])
		}
	}
}

// TestIdentity wants the identity that the step asks for, and an ACL that tells it
// from one of another password.
func TestIdentity(t *testing.T) {
	var w watcher
	opt := w.options()
	opt.Turn = true
	p := start(t, parse(t, `
<!-- goal: Be me, with the password secret. -->
<!-- goal: Make /own, for you alone. -->

`+"```zk"+`
[zk] addauth digest me:secret
[zk] create /own x auth::cdrwa
Created /own
`+"```\n"), opt)
	for _, try := range []struct {
		line string
		why  string
	}{
		{"addauth digest me:wrong", "has not shown the identity"},
		{"ls /", "has not shown the identity"},
		{"addauth digest me:secret", ""},
		{"create /own x auth::cdrwa", "another ACL"}, // for both that it has shown
	} {
		if v := w.run(t, p, try.line); v.Passed != (try.why == "") || !strings.Contains(strings.Join(v.Why, "\n"), try.why) {
			t.Errorf("%q: %+v", try.line, v)
		}
	}
}
