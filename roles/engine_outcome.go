package roles

import (
	"slices"
	"time"

	"github.com/rivo/uniseg"

	"zoosh/shell/transcript"
)

// typingFrame is the time between two changes of what is being typed, at the least.
const typingFrame = time.Second / 60

// firstCharacter is what is typed by one key.
func firstCharacter(text string) string {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return cluster
}

// laidOut goes on with a lesson that was laid out anew.
func (e *Engine) laidOut(in LaidOut) {
	try := e.try
	e.next, e.diffs, e.typed, e.shown, e.try = in.Steps, in.Diffs, 0, false, false
	e.given, e.why = 0, nil
	clear(e.own)
	e.fresh = true
	e.emit(Refresh{})
	switch {
	case try:
		e.emit(Report{e.next - 1, true, true})
		e.arrive()
	case e.next > 0 || e.Current() == nil:
		e.arrive()
	default:
		e.emit(Open{e.next, e.Yours()})
	}
}

// arrive is what a step begins with: it is the student's, it is left to be read, or it
// waits for somebody.
func (e *Engine) arrive() {
	e.emit(Arrive{e.next, e.jumped})
	e.jumped = false
	switch {
	case e.Current() == nil:
		e.enter(Done)
		e.auto = false
		if !e.finished {
			e.finished = true
			e.emit(Finish{})
		}
	case e.Yours():
		e.open()
	case e.auto:
		if e.opt.Turn {
			e.emit(TakeBack{})
		}
		e.read()
	default:
		e.enter(Paused)
	}
}

// read leaves the step to be read.
func (e *Engine) read() {
	e.enter(Reading)
	e.wait(e.pace.Reading(e.Current()))
}

// checked is what a student's line has come to.
func (e *Engine) checked(in Checked) {
	e.why = in.Why
	switch {
	case len(in.Why) > 0:
		e.enter(YourTurn)
		e.emit(TellMissing{in.Why})
	case in.Strayed:
		e.layOut(e.next + 1)
		e.try = true
	default:
		e.enter(Running)
		e.typed, e.try = 0, true
		e.emit(Accept{e.next})
	}
}

// ran is the end of a step.
func (e *Engine) ran(in Ran) {
	n, try := e.next, e.try
	e.own[n] = try
	e.next++
	// A student's way to a goal need not print what the lesson's prints.
	e.diffs = slices.DeleteFunc(in.Diffs, func(d transcript.Diff) bool { return e.own[e.lesson.Page.StepOf(d.Line)] })
	e.typed, e.shown, e.try = 0, false, false
	e.given, e.why = 0, nil
	if e.Mark(n) == Wrong {
		e.auto = e.auto && e.opt.PastWrong
		e.until = 0
	}
	e.emit(Report{n, try, false})
	if e.next < e.until {
		e.shown = true
		e.claim()
		return
	}
	e.until = 0
	e.arrive()
}
