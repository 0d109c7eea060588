package roles

import (
	"fmt"
	"testing"
)

// A tick that comes too early, for what was waited for before, is none.
func TestEngineClock(t *testing.T) {
	e := NewEngine(parse(t, takeover), EngineOptions{Auto: true})
	trace(t, e, begunAuto)
	due := e.Due()
	if want := Pace(0).Reading(e.Current()); due.Sub(epoch) != want {
		t.Errorf("it is left to be read for %v, not %v", due.Sub(epoch), want)
	}
	if e.Handle(due.Add(-1), Tick{}); e.Phase() != Reading {
		t.Errorf("too early it is %v", e.Phase())
	}
	if e.Handle(due, Tick{}); e.Phase() != Opening {
		t.Errorf("when it is time it is %v", e.Phase())
	}
	e.Handle(due, Opened{})
	e.Handle(due, Faster{-2})
	if every := e.Due().Sub(due); every != Pace(0).Typing() {
		t.Errorf("a character takes %v", every)
	}
	e.Handle(due, Tick{})
	if text, _ := e.Typed(); text != "" {
		t.Errorf("too early %q is typed", text)
	}
	at := e.Due()
	e.Handle(at, Tick{})
	if text, _ := e.Typed(); text != "c" || e.Due().Sub(at) != Pace(-2).Typing() {
		t.Errorf("then %q is typed, and the next character takes %v", text, e.Due().Sub(at))
	}
}

// What is typed stands at the prompt until the line runs, a character at a time.
func TestEngineTyped(t *testing.T) {
	e := NewEngine(parse(t, "```zk\n[zk] create /值\u0301 x\n...\n```\n"), EngineOptions{})
	typed := func(want string, at bool) {
		t.Helper()
		if text, ok := e.Typed(); text != want || ok != at {
			t.Errorf("%v: %q is typed, %v; not %q, %v", e.Phase(), text, ok, want, at)
		}
	}
	role := e.Current().Session
	typed("", false)
	for _, in := range []Input{Start{}, LaidOut{}, Opened{}, Next{}, Opened{}} {
		e.Handle(epoch, in)
	}
	typed("", true)
	now := epoch
	for range len("create /x") {
		now = e.Due()
		e.Handle(now, Tick{})
	}
	typed("create /值\u0301", true)
	e.Handle(now, Next{})
	typed("create /值\u0301 x", true)
	e.Handle(now, Claimed{})
	typed("create /值\u0301 x", true)
	e.Handle(now, LineBegan{"another"})
	typed("create /值\u0301 x", true)
	e.Handle(now, LineBegan{role})
	typed("", false)
	e.Handle(now, Ran{})
	typed("", false)
}

// The marks tell how the steps came out; a student's way counts as right.
func TestEngineMarks(t *testing.T) {
	l := parse(t, takeover)
	e := NewEngine(l, EngineOptions{Turn: true})
	both := append(wrongAt(l, 0), wrongAt(l, 1)...)
	for _, in := range []Input{
		Start{}, LaidOut{}, Opened{}, Opened{}, ended("first"), Checked{}, Ran{wrongAt(l, 0)},
		Opened{}, Skip{}, Opened{}, Claimed{}, Ran{both},
	} {
		e.Handle(epoch, in)
	}
	marks := []Mark{e.Mark(0), e.Mark(1), e.Mark(2)}
	if fmt.Sprint(marks) != fmt.Sprint([]Mark{Right, Wrong, Unplayed}) || e.Count(Right) != 1 || e.Count(Wrong) != 1 || e.Next() != 2 {
		t.Errorf("at %d: %v", e.Next(), marks)
	}
	if len(e.Diffs(0)) != 0 || len(e.Diffs(1)) != 1 {
		t.Errorf("differences %v and %v", e.Diffs(0), e.Diffs(1))
	}
	// Laid out anew the steps are the lesson's.
	e.Handle(epoch, Opened{})
	e.Handle(epoch, Back{0})
	e.Handle(epoch, LaidOut{1, wrongAt(l, 0)})
	if e.Mark(0) != Wrong || e.Mark(1) != Unplayed {
		t.Errorf("laid out anew: %v, %v", e.Mark(0), e.Mark(1))
	}
}

// What is missing and the hints are forgotten when the step is over.
func TestEngineForgets(t *testing.T) {
	e := NewEngine(parse(t, takeover), EngineOptions{Turn: true})
	for _, in := range []Input{Start{}, LaidOut{}, Opened{}, Opened{}, Hint{}, ended("first"), Checked{Why: []string{"No."}}} {
		e.Handle(epoch, in)
	}
	if len(e.Why()) != 1 || len(e.Hints()) != 1 {
		t.Errorf("why %q, hints %q", e.Why(), e.Hints())
	}
	for _, in := range []Input{ended("first"), Checked{}, Ran{}} {
		e.Handle(epoch, in)
	}
	if len(e.Why()) != 0 || len(e.Hints()) != 0 || e.Next() != 1 {
		t.Errorf("behind step %d: why %q, hints %q", e.Next(), e.Why(), e.Hints())
	}
}

// An event may be awaited also while steps are repeated; and nobody waits for it when
// that is over.
func TestEngineAwaits(t *testing.T) {
	e := NewEngine(parse(t, takeover), EngineOptions{})
	for _, step := range []struct {
		in     Input
		awaits bool
	}{
		{EventAwaited{}, false}, {Start{}, false}, {EventAwaited{}, true}, {LaidOut{Steps: 4}, false}, {Next{}, false}, {Opened{}, false},
		{Claimed{}, false}, {EventAwaited{}, true}, {Back{1}, true}, {Ran{}, false},
	} {
		if e.Handle(epoch, step.in); e.Awaits() != step.awaits {
			t.Errorf("after %T: %v", step.in, e.Awaits())
		}
	}
}
