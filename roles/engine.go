package roles

import (
	"time"

	"zoosh/shell/transcript"
)

// Phase is what a lesson is at.
type Phase int

// The phases.
const (
	Unstarted Phase = iota
	LayingOut       // its server is made, and the steps that were played before are repeated
	Paused          // the next step waits for somebody to ask for it
	Reading         // the next step is left to be read, and then begins by itself
	Opening         // the session of the next step is opened
	Typing          // the command of the next step
	Claiming        // the role's prompt, where a line of the user's still runs
	Running         // the next step
	Awaiting        // an event of the step that runs
	YourTurn        // the student is to achieve the goal of the next step
	Checking        // what a line of the student's has achieved
	Done            // there is no next step
	Left            // for good
)

func (p Phase) String() string {
	return [...]string{
		"unstarted", "laying out", "paused", "reading", "opening", "typing", "claiming the prompt", "running",
		"awaiting an event", "your turn", "checking", "done", "left",
	}[p]
}

// Mark tells whether a step came out as the lesson has it.
type Mark int

// The marks.
const (
	Unplayed Mark = iota
	Right
	Wrong
)

// EngineOptions say how a lesson goes on.
type EngineOptions struct {
	Turn      bool // steps that have a goal are left to the student
	Auto      bool // it begins to play by itself
	PastWrong bool // playing by itself does not end at a step that came out wrong
	Pace      Pace
}

// An Engine is where a lesson stands, and what follows from what. It does nothing
// itself: Handle takes what has happened and answers with effects, which somebody else
// carries out. What comes of those is an input in turn. It is for one goroutine.
//
// Effects that are Work take time. There is never more than one of them under way, and
// each is answered once: with LaidOut, Opened, Ran, Checked or Failed.
type Engine struct {
	lesson *Lesson
	opt    EngineOptions
	pace   Pace

	phase    Phase
	next     int  // index of the next step; as many as there are at the end
	auto     bool // it plays by itself
	taken    bool // the user has the keyboard
	finished bool // it was played to its end once
	diffs    []transcript.Diff
	own      []bool   // the steps that the student has done
	given    int      // hints for the next step
	why      []string // what the student's last try lacked

	// Of the phase.
	due     time.Time // when what is waited for is over; zero: nothing is
	shown   bool      // the next step is not left to the student after all
	until   int       // steps before it are played without being typed
	typed   int       // bytes of the command that stand at the prompt
	fresh   bool      // the sessions are there, and no prompt yet
	tried   string    // the student's last line
	try     bool      // what runs, or is laid out, is for a try that passed
	awaits  bool      // an event
	jumped  bool      // the next step is not the one behind the last
	another int       // it is to be laid out anew, with so many steps; -1: it is not

	now time.Time
	out []Effect
}

// NewEngine makes an engine for a lesson. It begins with Start.
func NewEngine(l *Lesson, opt EngineOptions) *Engine {
	return &Engine{lesson: l, opt: opt, pace: opt.Pace, auto: opt.Auto, own: make([]bool, len(l.Steps)), another: -1}
}

// Lesson is what is played.
func (e *Engine) Lesson() *Lesson { return e.lesson }

// Phase is what the lesson is at.
func (e *Engine) Phase() Phase { return e.phase }

// Next is the index of the next step, or of the one that runs; as many as there are
// at the end.
func (e *Engine) Next() int { return e.next }

// Current is the next step, or the one that runs; nil at the end.
func (e *Engine) Current() *Step {
	if e.next == len(e.lesson.Steps) {
		return nil
	}
	return &e.lesson.Steps[e.next]
}

// Turn tells whether steps that have a goal are left to the student.
func (e *Engine) Turn() bool { return e.opt.Turn }

// Auto tells whether the lesson plays by itself.
func (e *Engine) Auto() bool { return e.auto }

// Taken tells whether the user has the keyboard: what plays by itself waits then.
func (e *Engine) Taken() bool { return e.taken }

// Pace is how fast the lesson plays by itself.
func (e *Engine) Pace() Pace { return e.pace }

// Due is when a Tick is waited for; zero if none is.
func (e *Engine) Due() time.Time { return e.due }

// Awaits tells whether an event is waited for, which may be while steps are repeated.
func (e *Engine) Awaits() bool { return e.awaits }

// Working tells whether work is under way.
func (e *Engine) Working() bool {
	switch e.phase {
	case LayingOut, Opening, Running, Awaiting, Checking:
		return true
	}
	return false
}

// Yours tells whether the next step is the student's.
func (e *Engine) Yours() bool {
	s := e.Current()
	return s != nil && e.opt.Turn && s.Goal != "" && !e.shown
}

// Typed is what stands at the prompt of the next step's role without having been run;
// ok is false if that is not the lesson's.
func (e *Engine) Typed() (text string, ok bool) {
	switch e.phase {
	case Typing, Claiming, Running:
		return e.Current().Command[:e.typed], e.phase == Typing || e.typed > 0
	}
	return "", false
}

// Holds is the role whose prompt is the lesson's now: it takes no lines. line is what
// was run there.
func (e *Engine) Holds() (role, line string, ok bool) {
	s := e.Current()
	switch {
	case e.phase == Checking, e.try && e.Working():
		return s.Session, e.tried, true
	case e.phase == Running, e.phase == Awaiting:
		return s.Session, s.Command, true
	}
	return "", "", false
}

// Mark tells how step i came out.
func (e *Engine) Mark(i int) Mark {
	if i >= e.next {
		return Unplayed
	}
	for _, d := range e.diffs {
		if e.lesson.Page.StepOf(d.Line) == i {
			return Wrong
		}
	}
	return Right
}

// Count is how many steps have that mark.
func (e *Engine) Count(m Mark) int {
	n := 0
	for i := range e.lesson.Steps {
		if e.Mark(i) == m {
			n++
		}
	}
	return n
}

// Diffs is how step i differs from the page.
func (e *Engine) Diffs(i int) []transcript.Diff {
	var of []transcript.Diff
	for _, d := range e.diffs {
		if e.lesson.Page.StepOf(d.Line) == i {
			of = append(of, d)
		}
	}
	return of
}

// Why says what the student's last try lacked, in the lesson's language, a sentence
// each.
func (e *Engine) Why() []string { return e.why }

// Hints are those that were given for the next step.
func (e *Engine) Hints() []string {
	var texts []string
	for n := range e.given {
		text, _ := hint(e.lesson, e.next, n)
		texts = append(texts, text)
	}
	return texts
}

// hint is the n-th hint for a step: behind the page's own stands what the command is.
func hint(l *Lesson, step, n int) (text string, left int) {
	s := &l.Steps[step]
	if n < len(s.Hints) {
		return s.Hints[n], len(s.Hints) - n
	}
	name := commandName(s.Command)
	return sentence(l.Language, commandIs, name, usageOf(name)), 0
}

// blockEnd is the first step behind the block of the next one.
func (e *Engine) blockEnd() int {
	for _, b := range e.lesson.Page.Blocks {
		if b.Steps > e.next {
			return b.Steps
		}
	}
	return len(e.lesson.Steps)
}
