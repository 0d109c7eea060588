package roles

import (
	"context"
	"errors"
	"time"
)

// Handle takes what has happened, and when, and answers with what is to be done.
func (e *Engine) Handle(now time.Time, in Input) []Effect {
	e.now, e.out = now, nil
	switch in := in.(type) {
	case Keyboard:
		e.keyboard(in.Taken)
	case Faster:
		e.pace = e.pace.Faster(in.By)
	case Leave:
		e.leave(nil)
	case EventAwaited:
		e.awaited()
	case LineBegan:
		if e.phase == Running && e.Current().Session == in.Role {
			e.typed = 0 // it is shown as what was run
		}
	case LaidOut, Opened, Ran, Checked, Failed:
		e.over(in)
	default:
		e.asked(in)
	}
	return e.out
}

// asked is what somebody asks for, or what was waited for.
func (e *Engine) asked(in Input) {
	switch in := in.(type) {
	case Start:
		if e.phase == Unstarted {
			e.layOut(0)
		}
	case Back:
		e.back(max(0, e.next-in.Steps))
	case Restart:
		e.back(0)
	case Next:
		e.advance()
	case PlayOrPause:
		e.playOrPause()
	case Skip:
		e.skip()
	case Hint:
		e.hint()
	case Solution:
		if e.phase == YourTurn {
			e.emit(TellSolution{e.Current().Session, e.Current().Command})
		}
	case Tick:
		e.tick()
	case Claimed:
		if e.phase == Claiming {
			e.enter(Running)
			e.emit(Run{e.next})
		}
	case LineEnded:
		if e.phase == YourTurn && e.Current().Session == in.Role {
			e.enter(Checking)
			e.tried = in.End.Line
			e.emit(Check{e.next, in.End})
		}
	}
}

func (e *Engine) emit(ef Effect) { e.out = append(e.out, ef) }

// enter is the only way into a phase. What the one before was waiting for is void.
func (e *Engine) enter(p Phase) { e.phase, e.due, e.awaits = p, time.Time{}, false }

// wait has a Tick come in a while.
func (e *Engine) wait(d time.Duration) {
	e.due = e.now.Add(d)
	e.emit(Wait{e.due})
}

// rest is where the lesson stands when nothing goes on.
func (e *Engine) rest() {
	switch {
	case e.Current() == nil:
		e.enter(Done)
	case e.Yours():
		e.enter(YourTurn)
	default:
		e.enter(Paused)
	}
}

// leave ends the lesson. Whatever comes then is too late.
func (e *Engine) leave(err error) {
	if e.phase != Left {
		e.enter(Left)
		e.emit(End{err})
	}
}

// keyboard has what plays by itself wait while the user has the keyboard. A prompt that
// they have taken is no longer typed at.
func (e *Engine) keyboard(taken bool) {
	was := e.taken
	e.taken = taken
	switch {
	case was == taken:
	case taken && e.phase == Typing:
		e.rest()
	case !taken && e.phase == Paused && e.auto:
		e.read()
	}
}

// tick goes on with the typing, or from the reading to the next step.
func (e *Engine) tick() {
	switch {
	case e.due.IsZero() || e.now.Before(e.due):
	case e.phase == Typing:
		e.typeOn()
	case e.phase == Reading && e.taken: // goes on when the lesson has the keyboard again
		e.rest()
	case e.phase == Reading:
		e.open()
	}
}

// advance begins the next step, or ends what it waits for.
func (e *Engine) advance() {
	switch e.phase {
	case Paused, Reading, YourTurn:
		e.open()
	case Typing:
		e.typed = len(e.Current().Command)
		e.claim()
	case Done:
		e.emit(TellOver{})
	}
}

// playOrPause plays by itself, or pauses. The end of what is under way sees it.
func (e *Engine) playOrPause() {
	if e.phase == Unstarted || e.phase == Left {
		return
	}
	e.auto = !e.auto
	switch {
	case e.auto && e.phase == Paused:
		e.open()
	case !e.auto && (e.phase == Reading || e.phase == Typing):
		e.rest()
	}
}

// back lays the lesson out anew, as soon as nothing is under way.
func (e *Engine) back(steps int) {
	if e.phase == Unstarted || e.phase == Left {
		return
	}
	e.auto = e.auto && e.opt.Turn
	e.until, e.jumped = 0, true
	if e.Working() {
		e.another = steps
		e.emit(Cancel{})
		return
	}
	e.layOut(steps)
}

// layOut lays the lesson out anew.
func (e *Engine) layOut(steps int) {
	e.enter(LayingOut)
	e.fresh, e.until, e.another = false, 0, -1
	e.emit(LayOut{steps})
}

// skip plays the rest of the block.
func (e *Engine) skip() {
	switch e.phase {
	case Paused, Reading, Typing, YourTurn:
		e.until, e.shown = e.blockEnd(), true
		e.open()
	}
}

// hint gives one more hint. The last one is given again and again.
func (e *Engine) hint() {
	if e.phase != YourTurn {
		return
	}
	text, left := hint(e.lesson, e.next, e.given)
	if e.given < len(e.Current().Hints)+1 {
		e.given++
	}
	e.emit(TellHint{text, left})
}

// open opens the session of the next step.
func (e *Engine) open() {
	e.enter(Opening)
	e.emit(Open{e.next, e.Yours()})
}

// opened goes on when the prompt of the next step is there.
func (e *Engine) opened() {
	s := e.Current()
	e.emit(Front{s.Session})
	switch {
	case e.phase == LayingOut: // the first prompt, to be looked at
		e.arrive()
	case e.Yours():
		e.enter(YourTurn)
		e.emit(HandOver{e.next})
	case s.Command == "" || e.next < e.until:
		e.typed = 0
		e.claim()
	case e.taken:
		e.rest()
	default:
		e.enter(Typing)
		e.typed = 0
		e.emit(Type{s.Session})
		e.wait(e.pace.Typing())
	}
}

// typeOn types as many characters as are due.
func (e *Engine) typeOn() {
	line, every := e.Current().Command, e.pace.Typing()
	n := 1
	if every < typingFrame {
		n = int(typingFrame/max(every, 1)) + 1
	}
	for range n {
		e.typed += len(firstCharacter(line[e.typed:]))
	}
	if e.typed == len(line) {
		e.claim()
		return
	}
	e.wait(max(every, typingFrame))
}

// claim waits for the prompt of the next step's role, and then runs the step.
func (e *Engine) claim() {
	e.enter(Claiming)
	e.emit(Claim{e.Current().Session})
}

// awaited is that an event has not come yet.
func (e *Engine) awaited() {
	if e.phase == Running {
		e.enter(Awaiting)
	}
	e.awaits = e.Working()
}

// over is the end of the work that was under way.
func (e *Engine) over(in Input) {
	if !e.Working() {
		return // it was left
	}
	if e.another >= 0 {
		e.try = false
		e.layOut(e.another)
		return
	}
	switch in := in.(type) {
	case LaidOut:
		e.laidOut(in)
	case Opened:
		e.opened()
	case Ran:
		e.ran(in)
	case Checked:
		e.checked(in)
	case Failed:
		e.failed(in.Err)
	}
}

// failed says why the work could not be done. A lesson that cannot be laid out is
// left.
func (e *Engine) failed(err error) {
	e.auto, e.until, e.try = false, 0, false
	switch {
	case errors.Is(err, context.Canceled):
	case e.phase == LayingOut && !e.fresh:
		e.leave(err)
		return
	default:
		e.emit(TellError{err})
	}
	e.rest()
}
