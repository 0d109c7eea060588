package roles

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// A happening is an input, and what is to follow: the phase, and the effects, each in
// words.
type happening struct {
	in      Input
	phase   Phase
	effects string
}

// epoch is when a trace begins.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// inWords is an effect as a trace has it.
func inWords(ef Effect) string {
	switch ef := ef.(type) {
	case Wait:
		return "Wait"
	case End:
		return strings.TrimSuffix(fmt.Sprintf("End %v", ef.Err), " <nil>")
	case Check:
		return fmt.Sprintf("Check %d", ef.Step)
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", ef), "roles.")
	return strings.TrimSpace(name + " " + strings.Trim(fmt.Sprintf("%v", ef), "{}"))
}

// trace hands an engine what happens. A tick comes when it is due.
func trace(t *testing.T, e *Engine, happenings []happening) {
	t.Helper()
	now := epoch
	for i, h := range happenings {
		if _, tick := h.in.(Tick); tick && e.Due().After(now) {
			now = e.Due()
		}
		var got []string
		for _, ef := range e.Handle(now, h.in) {
			got = append(got, inWords(ef))
		}
		if effects := strings.Join(got, ", "); e.Phase() != h.phase || effects != h.effects {
			t.Fatalf("%d. %T%+v: %v; %s\nnot %v; %s", i, h.in, h.in, e.Phase(), effects, h.phase, h.effects)
		}
		if due := e.Due(); !due.IsZero() && e.Phase() != Reading && e.Phase() != Typing {
			t.Fatalf("%d. %T: a tick is due while it is %v", i, h.in, e.Phase())
		}
		if role, _, holds := e.Holds(); holds && role != e.Current().Session {
			t.Fatalf("%d. %T: it holds the prompt of %s", i, h.in, role)
		}
	}
}

// Beginnings that traces share.
var (
	begun = []happening{
		{Start{}, LayingOut, "LayOut 0"},
		{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
		{Opened{}, Paused, "Front first, Arrive 0 false"},
	}
	begunYours = []happening{
		{Start{}, LayingOut, "LayOut 0"},
		{LaidOut{}, LayingOut, "Refresh, Open 0 true"},
		{Opened{}, Opening, "Front first, Arrive 0 false, Open 0 true"},
		{Opened{}, YourTurn, "Front first, HandOver 0"},
	}
	begunAuto = []happening{
		{Start{}, LayingOut, "LayOut 0"},
		{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
		{Opened{}, Reading, "Front first, Arrive 0 false, Wait"},
	}
	ran = happening{Ran{}, Paused, "Report 0 false false, Arrive 1 false"}
)

func then(before []happening, more ...happening) []happening {
	return append(before[:len(before):len(before)], more...)
}

// runs is a step that is run at once, after its prompt was asked for.
func runs(n int, role string, after Phase, effects string) []happening {
	return []happening{
		{Next{}, Opening, fmt.Sprintf("Open %d false", n)},
		{Opened{}, Typing, fmt.Sprintf("Front %s, Type %s, Wait", role, role)},
		{Next{}, Claiming, "Claim " + role},
		{Claimed{}, Running, fmt.Sprintf("Run %d", n)},
		{Ran{}, after, effects},
	}
}

// atTheEvent is a lesson whose next step is to wait for an event.
var atTheEvent = then(then(then(then(begun,
	runs(0, "first", Paused, "Report 0 false false, Arrive 1 false")...),
	runs(1, "second", Paused, "Report 1 false false, Arrive 2 false")...),
	runs(2, "second", Paused, "Report 2 false false, Arrive 3 false")...),
	runs(3, "first", Paused, "Report 3 false false, Arrive 4 false")...)

// waits is the step of the event, up to the wait.
var waits = then(atTheEvent,
	happening{Next{}, Opening, "Open 4 false"},
	happening{Opened{}, Claiming, "Front second, Claim second"},
	happening{Claimed{}, Running, "Run 4"},
	happening{EventAwaited{}, Awaiting, ""})

// wrongAt is a difference in step i.
func wrongAt(l *Lesson, i int) []transcript.Diff {
	return []transcript.Diff{{Line: l.Page.Steps[i].Line}}
}

var errLost = errors.New("it is lost")

// ended is the end of a student's line.
func ended(role string) LineEnded { return LineEnded{role, shell.Item{Kind: shell.Done}} }

// Options that traces share.
var (
	playing  = EngineOptions{Auto: true}
	yourTurn = EngineOptions{Turn: true, Auto: true}
)

// A traceTest is a path through the engine.
type traceTest struct {
	name string
	opt  EngineOptions
	is   []happening
}

// testTraces follows paths, and leaves at each point of them.
func testTraces(t *testing.T, l *Lesson, traces []traceTest) {
	for _, tt := range traces {
		t.Run(tt.name, func(t *testing.T) {
			trace(t, NewEngine(l, tt.opt), tt.is)
			testLeaving(t, l, tt.opt, tt.is)
		})
	}
}

// testLeaving leaves behind each of the happenings, and wants nothing to come of
// whatever comes then.
func testLeaving(t *testing.T, l *Lesson, opt EngineOptions, is []happening) {
	t.Helper()
	for n := range is {
		e := NewEngine(l, opt)
		trace(t, e, is[:n])
		if e.Phase() == Left {
			return
		}
		trace(t, e, []happening{{Leave{}, Left, "End"}})
		for _, late := range []Input{
			Start{}, Next{}, PlayOrPause{}, Back{1}, Restart{}, Skip{}, Hint{}, Solution{}, Leave{}, Tick{}, Keyboard{true}, Keyboard{false},
			Claimed{}, LineBegan{"first"}, ended("first"), LaidOut{}, Opened{}, EventAwaited{}, Ran{}, Checked{}, Failed{errLost},
		} {
			trace(t, e, []happening{{late, Left, ""}})
		}
	}
}
