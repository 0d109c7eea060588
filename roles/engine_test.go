package roles

import (
	"context"
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

func TestEngine(t *testing.T) {
	l := parse(t, takeover)
	turn := EngineOptions{Turn: true, Auto: true}
	auto := EngineOptions{Auto: true}
	for _, tt := range []struct {
		name string
		opt  EngineOptions
		is   []happening
	}{
		// By hand.
		{"by hand, typed to the end", EngineOptions{Pace: Fastest}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Next{}, Opening, ""},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Tick{}, Typing, "Wait"}, happening{Tick{}, Typing, "Wait"}, happening{Tick{}, Claiming, "Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Next{}, Running, ""},
			happening{LineBegan{"first"}, Running, ""},
			ran,
		)},
		{"typed and then run at once", EngineOptions{}, then(begun, runs(0, "first", Paused, "Report 0 false false, Arrive 1 false")...)},
		{"the event comes late", EngineOptions{}, then(waits, happening{Ran{}, Paused, "Report 4 false false, Arrive 5 false"})},
		{"an event is awaited while a command is typed for another role", EngineOptions{}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{EventAwaited{}, Typing, ""}, // it is somebody else's, or late
			happening{LineBegan{"second"}, Typing, ""},
			happening{Tick{}, Typing, "Wait"},
		)},
		{"the user's line has the prompt", EngineOptions{}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Next{}, Claiming, "Claim first"},
			happening{Next{}, Claiming, ""},
			happening{Skip{}, Claiming, ""},
			happening{Tick{}, Claiming, ""},
			happening{ended("first"), Claiming, ""},
			happening{Claimed{}, Running, "Run 0"},
			happening{Claimed{}, Running, ""},
		)},
		{"a step is wrong", EngineOptions{}, then(begun,
			happening{Skip{}, Opening, "Open 0 false"},
			happening{Opened{}, Claiming, "Front first, Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Ran{wrongAt(l, 0)}, Paused, "Report 0 false false, Arrive 1 false"},
		)},

		// By itself.
		{"by itself", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Next{}, Claiming, "Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Ran{}, Reading, "Report 0 false false, Arrive 1 false, Wait"},
			happening{Next{}, Opening, "Open 1 false"},
			happening{Tick{}, Opening, ""},
		)},
		{"by itself it stops at a wrong step", auto, then(begunAuto,
			happening{Skip{}, Opening, "Open 0 false"},
			happening{Opened{}, Claiming, "Front first, Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Ran{wrongAt(l, 0)}, Paused, "Report 0 false false, Arrive 1 false"},
		)},
		{"by itself past a wrong step", EngineOptions{Auto: true, PastWrong: true}, then(begunAuto,
			happening{Skip{}, Opening, "Open 0 false"},
			happening{Opened{}, Claiming, "Front first, Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Ran{wrongAt(l, 0)}, Reading, "Report 0 false false, Arrive 1 false, Wait"},
		)},

		// Pausing.
		{"play from a pause begins at once", EngineOptions{}, then(begun, happening{PlayOrPause{}, Opening, "Open 0 false"})},
		{"pause while it is read", auto, then(begunAuto,
			happening{PlayOrPause{}, Paused, ""},
			happening{Tick{}, Paused, ""},
			happening{Next{}, Opening, "Open 0 false"},
		)},
		{"pause while it is opened", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{PlayOrPause{}, Opening, ""},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
		)},
		{"pause while it is typed", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Tick{}, Typing, "Wait"},
			happening{PlayOrPause{}, Paused, ""},
			happening{PlayOrPause{}, Opening, "Open 0 false"},
		)},
		{"pause while the prompt is claimed", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Next{}, Claiming, "Claim first"},
			happening{PlayOrPause{}, Claiming, ""},
			happening{Claimed{}, Running, "Run 0"},
			ran,
		)},
		{"pause while it runs", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Next{}, Claiming, "Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{PlayOrPause{}, Running, ""},
			ran,
		)},
		{"play while an event is awaited", EngineOptions{}, then(waits,
			happening{PlayOrPause{}, Awaiting, ""},
			happening{Ran{}, Reading, "Report 4 false false, Arrive 5 false, Wait"},
		)},
		{"pause while it is laid out", auto, []happening{
			{Start{}, LayingOut, "LayOut 0"},
			{PlayOrPause{}, LayingOut, ""},
			{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
			{Opened{}, Paused, "Front first, Arrive 0 false"},
		}},
		{"pause in your turn", turn, then(begunYours,
			happening{PlayOrPause{}, YourTurn, ""},
			happening{ended("first"), Checking, "Check 0"},
			happening{PlayOrPause{}, Checking, ""},
			happening{Checked{}, Running, "Accept 0"},
		)},

		// The keyboard.
		{"the user takes the prompt that is typed at", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Keyboard{true}, Paused, ""},
			happening{Keyboard{true}, Paused, ""},
			happening{Tick{}, Paused, ""},
			happening{Keyboard{false}, Reading, "Wait"},
			happening{Tick{}, Opening, "Open 0 false"},
		)},
		{"the user takes the prompt while it is opened", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Keyboard{true}, Opening, ""},
			happening{Opened{}, Paused, "Front first"},
			happening{Keyboard{false}, Reading, "Wait"},
		)},
		{"the user takes the keyboard while it is read", auto, then(begunAuto,
			happening{Keyboard{true}, Reading, ""},
			happening{Tick{}, Paused, ""},
			happening{Keyboard{false}, Reading, "Wait"},
		)},
		{"the user gives the keyboard back in time", auto, then(begunAuto,
			happening{Keyboard{true}, Reading, ""},
			happening{Keyboard{false}, Reading, ""},
			happening{Tick{}, Opening, "Open 0 false"},
		)},
		{"the user takes the keyboard of a paused lesson", EngineOptions{}, then(begun,
			happening{Keyboard{true}, Paused, ""},
			happening{Keyboard{false}, Paused, ""},
		)},
		{"the user takes the keyboard while it runs", EngineOptions{}, then(waits,
			happening{Keyboard{true}, Awaiting, ""},
			happening{Ran{}, Paused, "Report 4 false false, Arrive 5 false"},
		)},

		// Back.
		{"back", EngineOptions{}, then(atTheEvent,
			happening{Back{2}, LayingOut, "LayOut 2"},
			happening{EventAwaited{}, LayingOut, ""},
			happening{LaidOut{Steps: 2}, Paused, "Refresh, Arrive 2 true"},
		)},
		{"back from a wait", EngineOptions{}, then(waits,
			happening{Back{1}, Awaiting, "Cancel"},
			happening{Next{}, Awaiting, ""},
			happening{Failed{fmt.Errorf("wait: %w", context.Canceled)}, LayingOut, "LayOut 3"},
			happening{LaidOut{Steps: 3}, Paused, "Refresh, Arrive 3 true"},
		)},
		{"back from a wait whose event comes at last", EngineOptions{}, then(waits,
			happening{Back{1}, Awaiting, "Cancel"},
			happening{Restart{}, Awaiting, "Cancel"},
			happening{Ran{}, LayingOut, "LayOut 0"},
			happening{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
			happening{Opened{}, Paused, "Front first, Arrive 0 true"},
		)},
		{"back while it is laid out", EngineOptions{}, then(atTheEvent,
			happening{Back{1}, LayingOut, "LayOut 3"},
			happening{Back{4}, LayingOut, "Cancel"},
			happening{LaidOut{Steps: 3}, LayingOut, "LayOut 0"},
		)},
		{"back from the typing", EngineOptions{}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Back{1}, LayingOut, "LayOut 0"},
			happening{Tick{}, LayingOut, ""},
		)},
		{"back while the prompt is claimed", EngineOptions{}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Next{}, Claiming, "Claim first"},
			happening{Back{0}, LayingOut, "LayOut 0"},
			happening{Claimed{}, LayingOut, ""},
		)},
		{"back ends the playing", auto, then(begunAuto,
			happening{Back{0}, LayingOut, "LayOut 0"},
			happening{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
			happening{Opened{}, Paused, "Front first, Arrive 0 true"},
		)},
		{"back in the middle of a try", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Back{0}, Checking, "Cancel"},
			happening{Checked{}, LayingOut, "LayOut 0"},
			happening{LaidOut{}, LayingOut, "Refresh, Open 0 true"},
			happening{Opened{}, Opening, "Front first, Arrive 0 true, Open 0 true"},
		)},

		// Skipping.
		{"skip a block", EngineOptions{}, then(then(begun, runs(0, "first", Paused, "Report 0 false false, Arrive 1 false")...),
			happening{Skip{}, Opening, "Open 1 false"},
			happening{Opened{}, Claiming, "Front second, Claim second"},
			happening{Claimed{}, Running, "Run 1"},
			happening{Ran{}, Claiming, "Report 1 false false, Claim second"},
			happening{Claimed{}, Running, "Run 2"},
			happening{Ran{}, Paused, "Report 2 false false, Arrive 3 false"},
		)},
		{"skip ends at a wrong step", EngineOptions{}, then(then(begun, runs(0, "first", Paused, "Report 0 false false, Arrive 1 false")...),
			happening{Skip{}, Opening, "Open 1 false"},
			happening{Opened{}, Claiming, "Front second, Claim second"},
			happening{Claimed{}, Running, "Run 1"},
			happening{Ran{wrongAt(l, 1)}, Paused, "Report 1 false false, Arrive 2 false"},
		)},
		{"skip from the typing", EngineOptions{}, then(begun,
			happening{Next{}, Opening, "Open 0 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
			happening{Skip{}, Opening, "Open 0 false"},
			happening{Tick{}, Opening, ""},
			happening{Opened{}, Claiming, "Front first, Claim first"},
		)},
		{"skip does your turn", turn, then(begunYours,
			happening{Skip{}, Opening, "Open 0 false"},
			happening{ended("first"), Opening, ""},
			happening{Opened{}, Claiming, "Front first, Claim first"},
			happening{Claimed{}, Running, "Run 0"},
			happening{Ran{}, Opening, "Report 0 false false, Arrive 1 false, Open 1 true"},
		)},
		{"nothing is skipped while an event is awaited", EngineOptions{}, then(waits, happening{Skip{}, Awaiting, ""})},

		// Your turn.
		{"your turn", turn, then(begunYours,
			happening{Keyboard{true}, YourTurn, ""},
			happening{ended("second"), YourTurn, ""}, // a stray command
			happening{ended("first"), Checking, "Check 0"},
			happening{ended("first"), Checking, ""},
			happening{Checked{Why: []string{"No."}}, YourTurn, "TellMissing [No.]"},
			happening{ended("first"), Checking, "Check 0"},
			happening{Checked{}, Running, "Accept 0"},
			happening{EventAwaited{}, Awaiting, ""},
			happening{Ran{wrongAt(l, 0)}, Opening, "Report 0 true false, Arrive 1 false, Open 1 true"},
			happening{Opened{}, YourTurn, "Front second, HandOver 1"},
			happening{Next{}, Opening, "Open 1 true"},
			happening{Opened{}, YourTurn, "Front second, HandOver 1"},
		)},
		{"a stray command while another step is the lesson's", EngineOptions{}, then(begun,
			happening{Keyboard{true}, Paused, ""},
			happening{LineBegan{"first"}, Paused, ""},
			happening{ended("first"), Paused, ""},
		)},
		{"the student has strayed", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Checked{Strayed: true}, LayingOut, "LayOut 1"},
			happening{LaidOut{Steps: 1}, Opening, "Refresh, Report 0 true true, Arrive 1 false, Open 1 true"},
		)},
		{"back while it is laid out for a try", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Checked{Strayed: true}, LayingOut, "LayOut 1"},
			happening{Restart{}, LayingOut, "Cancel"},
			happening{Failed{context.Canceled}, LayingOut, "LayOut 0"},
			happening{LaidOut{}, LayingOut, "Refresh, Open 0 true"},
		)},
		{"the lesson goes on by itself behind your turn", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Checked{}, Running, "Accept 0"},
			happening{Ran{}, Opening, "Report 0 true false, Arrive 1 false, Open 1 true"},
			happening{Opened{}, YourTurn, "Front second, HandOver 1"},
			happening{ended("second"), Checking, "Check 1"},
			happening{Checked{}, Running, "Accept 1"},
			happening{Ran{}, Opening, "Report 1 true false, Arrive 2 false, Open 2 true"},
			happening{Opened{}, YourTurn, "Front second, HandOver 2"},
			happening{Keyboard{true}, YourTurn, ""},
			happening{ended("second"), Checking, "Check 2"},
			happening{Checked{}, Running, "Accept 2"},
			happening{Ran{}, Reading, "Report 2 true false, Arrive 3 false, TakeBack, Wait"},
			happening{Keyboard{false}, Reading, ""},
			happening{Tick{}, Opening, "Open 3 false"},
			happening{Opened{}, Typing, "Front first, Type first, Wait"},
		)},
		{"hints", turn, then(begunYours,
			happening{Hint{}, YourTurn, "TellHint It is called ephemeral. 1"},
			happening{Hint{}, YourTurn, "TellHint The command is create: " + usageOf("create") + " 0"},
			happening{Hint{}, YourTurn, "TellHint The command is create: " + usageOf("create") + " 0"},
			happening{Solution{}, YourTurn, `TellSolution first create -e /master "one"`},
			happening{ended("first"), Checking, "Check 0"},
			happening{Hint{}, Checking, ""},
			happening{Solution{}, Checking, ""},
		)},
		{"there are no hints when it is not your turn", EngineOptions{}, then(begun,
			happening{Hint{}, Paused, ""},
			happening{Solution{}, Paused, ""},
		)},

		// What goes wrong.
		{"it cannot be laid out", EngineOptions{}, []happening{
			{Start{}, LayingOut, "LayOut 0"},
			{Failed{errLost}, Left, "End it is lost"},
			{Next{}, Left, ""},
		}},
		{"the first session cannot be opened", EngineOptions{}, []happening{
			{Start{}, LayingOut, "LayOut 0"},
			{LaidOut{}, LayingOut, "Refresh, Open 0 false"},
			{Failed{errLost}, Paused, "TellError it is lost"},
		}},
		{"a session cannot be opened", auto, then(begunAuto,
			happening{Tick{}, Opening, "Open 0 false"},
			happening{Failed{errLost}, Paused, "TellError it is lost"},
			happening{Keyboard{true}, Paused, ""},
			happening{Keyboard{false}, Paused, ""},
		)},
		{"a step is interrupted", EngineOptions{}, then(waits,
			happening{Failed{context.Canceled}, Paused, ""},
			happening{Next{}, Opening, "Open 4 false"},
		)},
		{"a try is interrupted", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Failed{context.Canceled}, YourTurn, ""},
			happening{ended("first"), Checking, "Check 0"},
		)},
		{"what a try did cannot be taken", turn, then(begunYours,
			happening{ended("first"), Checking, "Check 0"},
			happening{Checked{}, Running, "Accept 0"},
			happening{Failed{errLost}, YourTurn, "TellError it is lost"},
		)},

		// The end.
		{"to the end and again", EngineOptions{}, then(atTheEvent,
			happening{Skip{}, Opening, "Open 4 false"},
			happening{Opened{}, Claiming, "Front second, Claim second"},
			happening{Claimed{}, Running, "Run 4"},
			happening{Ran{}, Claiming, "Report 4 false false, Claim second"},
			happening{Claimed{}, Running, "Run 5"},
			happening{Ran{}, Claiming, "Report 5 false false, Claim second"},
			happening{Claimed{}, Running, "Run 6"},
			happening{Ran{}, Done, "Report 6 false false, Arrive 7 false, Finish"},
			happening{Next{}, Done, "TellOver"},
			happening{Skip{}, Done, ""},
			happening{PlayOrPause{}, Done, ""},
			happening{Keyboard{true}, Done, ""},
			happening{Keyboard{false}, Done, ""},
			happening{Back{1}, LayingOut, "LayOut 6"},
			happening{LaidOut{Steps: 6}, Paused, "Refresh, Arrive 6 true"},
			happening{Next{}, Opening, "Open 6 false"},
			happening{Opened{}, Typing, "Front second, Type second, Wait"},
			happening{Next{}, Claiming, "Claim second"},
			happening{Claimed{}, Running, "Run 6"},
			happening{Ran{}, Done, "Report 6 false false, Arrive 7 false"},
		)},
		{"nothing happens before it has begun", EngineOptions{}, []happening{
			{Next{}, Unstarted, ""}, {PlayOrPause{}, Unstarted, ""}, {Back{1}, Unstarted, ""}, {Restart{}, Unstarted, ""},
			{Skip{}, Unstarted, ""}, {Hint{}, Unstarted, ""}, {Tick{}, Unstarted, ""}, {Claimed{}, Unstarted, ""},
			{Keyboard{true}, Unstarted, ""}, {Keyboard{false}, Unstarted, ""}, {Start{}, LayingOut, "LayOut 0"}, {Start{}, LayingOut, ""},
		}},
	} {
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
