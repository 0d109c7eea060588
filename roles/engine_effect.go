package roles

import (
	"time"

	"zoosh/shell"
)

// An Effect is what is to be done: one of the types of this file.
type Effect interface{ effect() }

// Work is an effect that takes time, and is answered with how it came out. An Executor
// does it.
type Work interface {
	Effect
	work()
}

// What is work.
type (
	// LayOut makes the lesson's server anew and repeats so many steps, as fast as they
	// can be. LaidOut answers.
	LayOut struct{ Steps int }
	// Open opens the session of a step, so that its prompt can be shown before the
	// command is run. Yours: a student is going to use it. Opened answers.
	Open struct {
		Step  int
		Yours bool
	}
	// Run runs a step and waits for its events. Ran answers.
	Run struct{ Step int }
	// Check looks at what a student has achieved with a line that ended like that.
	// Checked answers.
	Check struct {
		Step int
		End  shell.Item
	}
	// Accept takes what the student has done for a step, and waits for its events. Ran
	// answers.
	Accept struct{ Step int }
)

// What there is to be done beside.
type (
	// Cancel gives up the work that is under way, which still answers.
	Cancel struct{}
	// Wait wants a Tick at that time. It takes the place of an earlier one.
	Wait struct{ Until time.Time }
	// Type is that the command of the next step is going to be typed at its role's
	// prompt.
	Type struct{ Role string }
	// Claim wants Claimed as soon as no line of the user's runs at the role's prompt.
	Claim struct{ Role string }
	// Front brings a role's prompt in view.
	Front struct{ Role string }
	// Refresh is that the lesson has another server and other sessions than before.
	Refresh struct{}
	// HandOver gives the role's prompt to the student, for a step.
	HandOver struct{ Step int }
	// TakeBack takes the keyboard back from the student, who has done their step.
	TakeBack struct{}
	// End ends the lesson; Err says what kept it from being played.
	End struct{ Err error }
)

// What is to be told.
type (
	// Arrive tells what is to be read at a step, or, behind the last, at the end.
	// Jumped: it is not the one behind the last.
	Arrive struct {
		Step   int
		Jumped bool
	}
	// Report tells how a step came out, which was the student's or the lesson's. Anew:
	// the student's way led nowhere, and was replaced by the lesson's.
	Report struct {
		Step  int
		Yours bool
		Anew  bool
	}
	// TellMissing tells what the student's line lacked.
	TellMissing struct{ Why []string }
	// TellHint tells a hint, and how many are still to come.
	TellHint struct {
		Text string
		Left int
	}
	// TellSolution tells a role's command.
	TellSolution struct{ Role, Command string }
	// TellOver tells that nothing follows.
	TellOver struct{}
	// TellError tells why something could not be done.
	TellError struct{ Err error }
	// Finish notes that the lesson was played to its end, for the first time.
	Finish struct{}
)

func (LayOut) effect()       {}
func (Open) effect()         {}
func (Run) effect()          {}
func (Check) effect()        {}
func (Accept) effect()       {}
func (Cancel) effect()       {}
func (Wait) effect()         {}
func (Type) effect()         {}
func (Claim) effect()        {}
func (Front) effect()        {}
func (Refresh) effect()      {}
func (HandOver) effect()     {}
func (TakeBack) effect()     {}
func (End) effect()          {}
func (Arrive) effect()       {}
func (Report) effect()       {}
func (TellMissing) effect()  {}
func (TellHint) effect()     {}
func (TellSolution) effect() {}
func (TellOver) effect()     {}
func (TellError) effect()    {}
func (Finish) effect()       {}

func (LayOut) work() {}
func (Open) work()   {}
func (Run) work()    {}
func (Check) work()  {}
func (Accept) work() {}
