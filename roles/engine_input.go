package roles

import (
	"zoosh/shell"
	"zoosh/shell/transcript"
)

// An Input is something that has happened: one of the types of this file.
type Input interface{ input() }

// What is asked of a lesson.
type (
	// Start begins the lesson.
	Start struct{}
	// Next plays the next step, or runs at once what is being typed.
	Next struct{}
	// PlayOrPause has the lesson play by itself, or stop doing so.
	PlayOrPause struct{}
	// Back lays the lesson out anew, that many steps before where it is.
	Back struct{ Steps int }
	// Restart lays the lesson out anew, with nothing played.
	Restart struct{}
	// Skip plays the rest of the block at once, the student's steps too.
	Skip struct{}
	// Hint asks for one more hint.
	Hint struct{}
	// Solution asks for the lesson's own command.
	Solution struct{}
	// Faster has the lesson play so many steps of Pace faster.
	Faster struct{ By int }
	// Leave ends the lesson.
	Leave struct{}
)

// What happens beside.
type (
	// Tick is that time has passed.
	Tick struct{}
	// Keyboard is that the user has taken the keyboard, or given it back.
	Keyboard struct{ Taken bool }
	// Claimed answers Claim: no line of the user's runs at the role's prompt.
	Claimed struct{}
	// LineBegan is that a line runs in a role's session, the lesson's or the user's.
	LineBegan struct{ Role string }
	// LineEnded is that a line of the user's has ended, with that item.
	LineEnded struct {
		Role string
		End  shell.Item
	}
)

// How work comes out.
type (
	// LaidOut is that the lesson was laid out anew, with so many steps played. Diffs
	// is how they differ from the page.
	LaidOut struct {
		Steps int
		Diffs []transcript.Diff
	}
	// Opened is that the session of the next step is there.
	Opened struct{}
	// EventAwaited is that an event has not come yet. The work goes on.
	EventAwaited struct{}
	// Ran is that the next step is over. Diffs is how all steps so far differ from the
	// page.
	Ran struct{ Diffs []transcript.Diff }
	// Checked is what a student's line has come to.
	Checked struct {
		// Why says what is missing, or why the line was refused, in the lesson's
		// language, a sentence each. Nothing: the goal is achieved.
		Why []string
		// Strayed: the goal was achieved in a way after which the lesson could not go
		// on as it is written, a znode written once too often for instance.
		Strayed bool
	}
	// Failed is that the work could not be done; context.Canceled if it was given up.
	Failed struct{ Err error }
)

func (Start) input()        {}
func (Next) input()         {}
func (PlayOrPause) input()  {}
func (Back) input()         {}
func (Restart) input()      {}
func (Skip) input()         {}
func (Hint) input()         {}
func (Solution) input()     {}
func (Faster) input()       {}
func (Leave) input()        {}
func (Tick) input()         {}
func (Keyboard) input()     {}
func (Claimed) input()      {}
func (LineBegan) input()    {}
func (LineEnded) input()    {}
func (LaidOut) input()      {}
func (Opened) input()       {}
func (EventAwaited) input() {}
func (Ran) input()          {}
func (Checked) input()      {}
func (Failed) input()       {}
