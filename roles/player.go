package roles

import (
	"context"
	"slices"
	"sync"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// Place is where a player stands.
type Place struct {
	State Phase
	Next  int    // index of the next step; as many as there are at the end
	Marks []Mark // of the lesson's steps
	Diffs []transcript.Diff
}

// Count is how many marks there are of a kind.
func (p *Place) Count(m Mark) int {
	n := 0
	for _, have := range p.Marks {
		if have == m {
			n++
		}
	}
	return n
}

// A Player plays a lesson with an executor. What takes time are Start, Open, Step, Try,
// GoTo and Close: they are for one goroutine at a time, which waits. The others may be
// called at any time.
type Player struct {
	*Executor
	place struct {
		sync.Mutex
		playing bool
		shown   bool // the next step is not left to the student after all
		busy    Phase
		next    int
		taken   []bool // the steps that the student has done
		diffs   []transcript.Diff
		hints   int // how many of the next step's were given
	}
}

// NewPlayer makes a player for a lesson. It begins with Start.
func NewPlayer(l *Lesson, opt Options) *Player {
	p := &Player{}
	waiting := opt.Waiting
	opt.Waiting = func() {
		p.enter(Awaiting)
		if waiting != nil {
			waiting()
		}
	}
	p.Executor = NewExecutor(l, opt)
	p.place.taken = make([]bool, len(l.Steps))
	return p
}

// Lesson is what is played.
func (p *Player) Lesson() *Lesson { return p.lesson }

// Start lays the lesson out, with nothing played yet.
func (p *Player) Start(ctx context.Context) error { return p.GoTo(ctx, 0) }

// Place tells where the player stands.
func (p *Player) Place() Place {
	p.place.Lock()
	defer p.place.Unlock()
	at := Place{State: p.state(), Next: p.place.next, Marks: make([]Mark, len(p.lesson.Steps)), Diffs: slices.Clone(p.place.diffs)}
	for i := range p.place.next {
		at.Marks[i] = Right
	}
	for _, d := range p.place.diffs {
		at.Marks[p.lesson.Page.StepOf(d.Line)] = Wrong
	}
	return at
}

// state is called with the place locked.
func (p *Player) state() Phase {
	switch {
	case p.place.busy != Unstarted:
		return p.place.busy
	case p.place.next == len(p.lesson.Steps):
		return Done
	case p.opt.Turn && !p.place.shown && p.lesson.Steps[p.place.next].Goal != "":
		return YourTurn
	case p.place.playing:
		return Reading
	}
	return Paused
}

// Current is the next step, nil at the end.
func (p *Player) Current() *Step {
	p.place.Lock()
	defer p.place.Unlock()
	if p.place.next == len(p.lesson.Steps) {
		return nil
	}
	return &p.lesson.Steps[p.place.next]
}

// SetPlaying tells whether the lesson goes on by itself.
func (p *Player) SetPlaying(on bool) {
	p.place.Lock()
	defer p.place.Unlock()
	p.place.playing = on
}

// Show has the player do the next step after all, although it has a goal.
func (p *Player) Show() {
	p.place.Lock()
	defer p.place.Unlock()
	p.place.shown = true
}

// enter says what the player is busy with.
func (p *Player) enter(s Phase) {
	p.place.Lock()
	defer p.place.Unlock()
	p.place.busy = s
}

// do does work, and notes what came of it.
func (p *Player) do(ctx context.Context, w Work) (Input, error) {
	p.enter(Running)
	defer p.enter(Unstarted)
	in := p.Do(ctx, w)
	p.place.Lock()
	defer p.place.Unlock()
	at := &p.place
	switch in := in.(type) {
	case Failed:
		return nil, in.Err
	case LaidOut:
		clear(at.taken)
		at.next, at.diffs, at.shown, at.hints = in.Steps, in.Diffs, false, 0
	case Ran:
		_, at.taken[at.next] = w.(Accept)
		at.next++
		at.shown, at.hints = false, 0
		// A student's way to a goal need not print what the lesson's prints.
		at.diffs = slices.DeleteFunc(in.Diffs, func(d transcript.Diff) bool { return at.taken[p.lesson.Page.StepOf(d.Line)] })
	}
	return in, nil
}

// Open opens the session of the next step, so that its prompt can be shown before
// the command is run, or a student can use it.
func (p *Player) Open(ctx context.Context) error {
	step := p.Current()
	if step == nil {
		return nil
	}
	_, err := p.do(ctx, Open{p.Place().Next, p.opt.Turn && step.Goal != ""})
	return err
}

// Step runs the next step, waits for its events, and compares what came out.
func (p *Player) Step(ctx context.Context) error {
	_, err := p.do(ctx, Run{p.Place().Next})
	return err
}

// GoTo lays the lesson out anew, with that many of its steps played, by the
// player, as fast as they can be.
func (p *Player) GoTo(ctx context.Context, step int) error {
	_, err := p.do(ctx, LayOut{min(max(step, 0), len(p.lesson.Steps))})
	return err
}

// Verdict is what became of a student's try.
type Verdict struct {
	Passed bool     // the player stands at the next step
	Anew   bool     // the lesson was laid out anew, up to behind the step
	Why    []string // what is missing
}

// Try looks at what a student has achieved with a line that was run in the shell of
// the next step's session; done is the item that ended the line.
func (p *Player) Try(ctx context.Context, done shell.Item) (Verdict, error) {
	n := p.Place().Next
	in, err := p.do(ctx, Check{n, done})
	if err != nil {
		return Verdict{}, err
	}
	switch c := in.(Checked); {
	case len(c.Why) > 0:
		return Verdict{Why: c.Why}, nil
	case c.Strayed:
		return Verdict{Passed: true, Anew: true}, p.GoTo(ctx, n+1)
	}
	_, err = p.do(ctx, Accept{n})
	return Verdict{Passed: err == nil}, err
}

// Hint is the next hint towards the goal of the step; after the last it is the last
// one again. left is how many are still to come.
func (p *Player) Hint() (text string, left int) {
	p.place.Lock()
	defer p.place.Unlock()
	if p.place.next == len(p.lesson.Steps) || p.lesson.Steps[p.place.next].Goal == "" {
		return "", 0
	}
	text, left = hint(p.lesson, p.place.next, p.place.hints)
	if left > 0 {
		p.place.hints++
	}
	return text, left
}

// Solution is the lesson's own command for the next step, "" if it has none.
func (p *Player) Solution() string {
	if s := p.Current(); s != nil {
		return s.Command
	}
	return ""
}
