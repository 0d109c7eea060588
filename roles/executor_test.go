package roles

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/workspace"
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
	ws     *workspace.Workspace
	mu     sync.Mutex
	items  []shell.Item
	shells map[string]*shell.Shell
	anew   int
}

// cleared is the mark of a lesson that begins anew.
type cleared struct{}

func (w *watcher) options() Options {
	w.shells, w.ws = map[string]*shell.Shell{}, workspace.New(workspace.Config{Tabs: true})
	go w.read()
	return Options{
		Workspace: w.ws,
		Cleared: func() {
			w.mu.Lock()
			w.anew++
			clear(w.shells)
			w.mu.Unlock()
			w.ws.Put(shell.Item{Kind: shell.Mark, Mark: cleared{}})
		},
		Opened: func(role string, s *workspace.Session) { w.mu.Lock(); w.shells[role] = s.Shell(); w.mu.Unlock() },
	}
}

func (w *watcher) read() {
	for {
		it, ok := w.ws.Stream().Next()
		if !ok {
			return
		}
		w.mu.Lock()
		if w.items = append(w.items, it); it.Mark == any(cleared{}) {
			w.items = nil
		}
		w.mu.Unlock()
	}
}

// take is what has come since the last time.
func (w *watcher) take(t *testing.T) []shell.Item {
	w.ws.Stream().Drain(t.Context())
	w.mu.Lock()
	defer w.mu.Unlock()
	items := w.items
	w.items = nil
	return items
}

// A lessonRun is a front end without a screen: what the engine asks for is done at once.
type lessonRun struct {
	*Engine
	x    *Executor
	told []Effect // since tell was called
}

func newLessonRun(l *Lesson, opt Options) *lessonRun {
	return &lessonRun{Engine: NewEngine(l, EngineOptions{Turn: opt.Turn}), x: NewExecutor(l, opt)}
}

// tell tells the engine what has happened, and does what follows until somebody is
// waited for. The error is what the engine tells of.
func (r *lessonRun) tell(ctx context.Context, ins ...Input) (err error) {
	for r.told = nil; len(ins) > 0; {
		effects := r.Handle(epoch, ins[0])
		ins = ins[1:]
		r.told = append(r.told, effects...)
		for _, ef := range effects {
			switch ef := ef.(type) {
			case Work:
				ins = append(ins, r.x.Do(ctx, ef))
			case Type:
				ins = append(ins, Next{})
			case Claim:
				ins = append(ins, Claimed{})
			case TellError:
				err = errors.Join(err, ef.Err)
			case End:
				err = errors.Join(err, ef.Err)
			}
		}
	}
	return err
}

// start begins a lesson, which is closed with the test.
func start(t *testing.T, l *Lesson, opt Options) *lessonRun {
	t.Helper()
	r := newLessonRun(l, opt)
	t.Cleanup(func() { r.x.Close() })
	r.must(t, Start{})
	return r
}

func (r *lessonRun) must(t *testing.T, ins ...Input) {
	t.Helper()
	if err := r.tell(t.Context(), ins...); err != nil {
		t.Fatal(err)
	}
}

// A verdict is what is told of a student's line.
type verdict struct {
	Passed, Anew bool
	Why          []string
}

// run runs a line as a student.
func (w *watcher) run(t *testing.T, r *lessonRun, line string) (v verdict) {
	t.Helper()
	role := r.Current().Session
	end := w.ws.Named(role).Submit(t.Context(), workspace.Line{Text: line}).Outcome().End
	if end.Kind != shell.Done {
		t.Fatalf("%q ended in %+v", line, end)
	}
	r.must(t, LineEnded{role, end})
	for _, ef := range r.told {
		switch ef := ef.(type) {
		case Report:
			v.Passed, v.Anew = ef.Yours, ef.Anew
		case TellMissing:
			v.Why = ef.Why
		}
	}
	return v
}

// TestPlay plays a lesson whose last line is wrong, to the end and back.
func TestPlay(t *testing.T) {
	var w watcher
	l := parse(t, takeover)
	r := start(t, l, w.options())
	if r.Phase() != Paused {
		t.Fatalf("it begins %v", r.Phase())
	}
	for r.Current() != nil {
		r.must(t, Next{})
	}
	diffs := r.Diffs(6)
	if r.Phase() != Done || r.Count(Right) != 6 || len(diffs) != 1 || diffs[0].Got[0] != "Created /task-0000000002" {
		t.Errorf("%v, %d right, %+v", r.Phase(), r.Count(Right), diffs)
	}
	before := w.anew
	r.must(t, Back{4})
	if r.Next() != 3 || r.Count(Right) != 3 || w.anew != before+1 || len(w.shells) != 2 {
		t.Errorf("back: at %d, %d right, laid out %d times, shells %v", r.Next(), r.Count(Right), w.anew, w.shells)
	}
	// A stray znode is gone when the lesson is laid out anew.
	w.shells["second"].Run(t.Context(), "create /stray x")
	for range 3 {
		r.must(t, Next{})
	}
	r.must(t, Back{0})
	w.take(t)
	w.shells["second"].Run(t.Context(), "ls /")
	if out := w.take(t)[1].Text; out != "[zookeeper, master]\n" {
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
	r := start(t, parse(t, src), opt)
	for range 3 {
		r.must(t, Skip{})
	}
	r.must(t, Back{0})
	if r.Next() != 4 || r.Count(Right) != 4 {
		t.Errorf("repeated: at %d, %d right", r.Next(), r.Count(Right))
	}
	r.must(t, Back{2})
	if v := w.run(t, r, "stat /m true"); !v.Passed {
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
			r := start(t, parse(t, src), opt)
			if stray {
				w.run(t, r, "create /b x")
				w.run(t, r, "delete /b")
			}
			if v := w.run(t, r, "create /a x"); !v.Passed || v.Anew != stray {
				t.Errorf("on %q, stray %v: %+v", where, stray, v)
			}
			if err := r.x.Close(); err != nil {
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
	r := start(t, parse(t, takeover), opt)
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
		if r.Phase() != YourTurn {
			t.Fatalf("before %q it is %v", try.line, r.Phase())
		}
		step := r.Current()
		v := w.run(t, r, try.line)
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
	if r.Phase() != Paused || r.Next() != 3 || r.Count(Right) != 3 {
		t.Fatalf("after the goals: %v, at %d, %d right", r.Phase(), r.Next(), r.Count(Right))
	}
}

// TestNothingIsLeft leaves in the middle of a lesson and wants no goroutine of it
// left, and so no session and no server.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	var w watcher
	opt := w.options()
	opt.Turn = true
	r := newLessonRun(parse(t, takeover), opt)
	r.must(t, Start{})
	if v := w.run(t, r, "create -e /master one"); !v.Passed {
		t.Fatalf("%+v", v)
	}
	if err := r.x.Close(); err != nil {
		t.Fatal(err)
	}
	w.ws.Stream().Close() // the watcher's own reader
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
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
	r := start(t, parse(t, `
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
		if v := w.run(t, r, try.line); v.Passed != (try.why == "") || !strings.Contains(strings.Join(v.Why, "\n"), try.why) {
			t.Errorf("%q: %+v", try.line, v)
		}
	}
}

// Work on another step than the sessions are at is not done.
func TestOtherStep(t *testing.T) {
	r := start(t, parse(t, takeover), (&watcher{}).options())
	for _, w := range []Work{Open{Step: 1}, Run{1}, Check{Step: 1}, Accept{1}} {
		if f, ok := r.x.Do(t.Context(), w).(Failed); !ok || !errors.Is(f.Err, errOtherStep) {
			t.Errorf("%T: %v", w, f.Err)
		}
	}
	if in, ok := r.x.Do(t.Context(), Run{0}).(Ran); !ok || len(in.Diffs) > 0 {
		t.Errorf("then the step comes out %+v", in)
	}
}
