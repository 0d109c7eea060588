package roles

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/shell/transcript"
)

// Options say how a lesson is played. The zero value plays it on a server of its
// own, all of it by the player.
type Options struct {
	// Target is the ensemble to play on, below a path that is made for the lesson and
	// removed afterwards. Its identities are those with which that is done: the
	// lesson's own sessions have none of them. Without a connect string it is an
	// embedded server.
	session.Target
	// Allow is transcript.Options.Allow.
	Allow shell.Grant
	// Turn leaves the steps that have a goal to the student.
	Turn bool

	// The hooks, each of which may be nil. They are called while a method of the
	// Player runs, from its goroutine and, Sink, from those of the sessions.

	// Cleared is told that all sessions so far are gone: the lesson begins anew.
	Cleared func()
	// Opened is told of a role's session before it is opened.
	Opened func(role string, sh *shell.Shell)
	// Sink takes what comes out of the sessions, under the terms of
	// shell.Config.Sink. The shell's name is the role.
	Sink func(shell.Item)
	// Aides is shell.Config.Aides, to which the player adds its own session.
	Aides func() map[int64]string
	// Waiting is told that a step's event has not come yet.
	Waiting func()
}

// State is what a player is at.
type State int

// The states.
const (
	Paused   State = iota // the next step is run when somebody asks for it
	Playing               // the next step is run as soon as the front end finds it is time
	Running               // a command runs, or the lesson is being laid out anew
	Waiting               // for an event
	YourTurn              // for the student, who is to achieve the step's goal
	Done                  // there is no next step
)

func (s State) String() string {
	return [...]string{"paused", "playing", "running", "waiting for an event", "your turn", "done"}[s]
}

// Mark tells whether a step came out as the lesson has it.
type Mark int

// The marks.
const (
	Unplayed Mark = iota
	Right
	Wrong
)

// Place is where a player stands.
type Place struct {
	State State
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

// A Player plays a lesson. What takes time are Start, Open, Step, Try, GoTo and
// Close: they are for one goroutine at a time, which waits. The others may be
// called at any time.
type Player struct {
	lesson *Lesson
	opt    Options
	ground *ground
	replay *transcript.Replay
	shadow *shadow // what the student's work is compared with
	eye    *session.Session

	mu      sync.Mutex
	fast    bool // steps are being repeated: nobody waits for a timeout
	silent  bool // the sessions are being closed
	playing bool
	shown   bool // the next step is not left to the student after all
	busy    State
	next    int
	taken   []bool // the steps that the student has done
	diffs   []transcript.Diff
	hints   int // how many of the next step's were given
}

// NewPlayer makes a player for a lesson. It begins with Start.
func NewPlayer(l *Lesson, opt Options) *Player {
	return &Player{lesson: l, opt: opt, taken: make([]bool, len(l.Steps))}
}

// Lesson is what is played.
func (p *Player) Lesson() *Lesson { return p.lesson }

// Start lays out the lesson's ground, with nothing played yet.
func (p *Player) Start(ctx context.Context) error { return p.GoTo(ctx, 0) }

// Connect is the connect string of the lesson's server; "" before Start.
func (p *Player) Connect() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ground == nil {
		return ""
	}
	return p.ground.target.Connect
}

// Target is how the lesson's server is reached.
func (p *Player) Target() session.Target {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ground == nil {
		return session.Target{}
	}
	return p.ground.target
}

// Place tells where the player stands.
func (p *Player) Place() Place {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := Place{State: p.state(), Next: p.next, Marks: make([]Mark, len(p.lesson.Steps)), Diffs: slices.Clone(p.diffs)}
	for i := range p.next {
		at.Marks[i] = Right
	}
	for _, d := range p.diffs {
		at.Marks[p.lesson.Page.StepOf(d.Line)] = Wrong
	}
	return at
}

// state is called with mu held.
func (p *Player) state() State {
	switch {
	case p.busy != Paused:
		return p.busy
	case p.next == len(p.lesson.Steps):
		return Done
	case p.opt.Turn && !p.shown && p.lesson.Steps[p.next].Goal != "":
		return YourTurn
	case p.playing:
		return Playing
	}
	return Paused
}

// Current is the next step, nil at the end.
func (p *Player) Current() *Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == len(p.lesson.Steps) {
		return nil
	}
	return &p.lesson.Steps[p.next]
}

// SetPlaying tells whether the lesson goes on by itself.
func (p *Player) SetPlaying(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.playing = on
}

// Show has the player do the next step after all, although it has a goal.
func (p *Player) Show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
}

// enter says what the player is busy with; the function it returns ends that.
func (p *Player) enter(s State) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = s
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.busy = Paused
	}
}

// errNotStarted is a player without a ground: it was not started, or that failed.
var errNotStarted = errors.New("the lesson has not been started")

// Open opens the session of the next step, so that its prompt can be shown before
// the command is run, or a student can use it.
func (p *Player) Open(ctx context.Context) error {
	defer p.enter(Running)()
	step := p.Current()
	switch {
	case p.replay == nil:
		return errNotStarted
	case step == nil:
		return nil
	case p.opt.Turn && step.Goal != "":
		return p.replay.Yield(ctx)
	}
	return p.replay.Open(ctx)
}

// Step runs the next step, waits for its events, and compares what came out.
func (p *Player) Step(ctx context.Context) error {
	defer p.enter(Running)()
	if p.replay == nil {
		return errNotStarted
	}
	if p.Current() == nil {
		return nil
	}
	if err := p.replay.Step(ctx); err != nil {
		return err
	}
	p.passed(false)
	return nil
}

// passed notes that the next step is over, and by whom it was done.
func (p *Player) passed(taken bool) {
	res := p.replay.Result()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[p.next] = taken
	p.next = p.replay.Next()
	p.shown, p.hints = false, 0
	// A student's way to a goal need not print what the lesson's prints.
	p.diffs = slices.DeleteFunc(res.Diffs, func(d transcript.Diff) bool { return p.taken[p.lesson.Page.StepOf(d.Line)] })
}

// GoTo lays the lesson out anew, with that many of its steps played, by the
// player, as fast as they can be.
func (p *Player) GoTo(ctx context.Context, step int) error {
	defer p.enter(Running)()
	if err := p.clear(); err != nil {
		return err
	}
	p.mu.Lock()
	p.fast, p.silent = true, false
	p.next, p.diffs, p.shown, p.hints = 0, nil, false, 0
	clear(p.taken)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.fast = false
		p.mu.Unlock()
	}()
	if p.opt.Cleared != nil {
		p.opt.Cleared()
	}
	if err := p.layOut(ctx); err != nil {
		return err
	}
	for range min(max(step, 0), len(p.lesson.Steps)) {
		if err := p.replay.Step(ctx); err != nil {
			return err
		}
		p.passed(false)
	}
	return nil
}

// MayPlay tells what keeps a lesson from being played, before anything is laid out.
func (l *Lesson) MayPlay(opt Options) error {
	err := l.Page.Allowed(transcript.Options{Dialect: shell.D34, Allow: opt.Allow})
	switch {
	case err != nil:
	case opt.Connect != "" && l.Page.NeedsEmbedded():
		err = transcript.ErrNeedsEmbedded
	case opt.Turn && l.Page.NeedsOutside():
		err = errors.New("it needs files or other servers, and cannot be your turn: zoosh would have to do its steps there, too")
	}
	if err != nil {
		return fmt.Errorf("the lesson %s: %w", l.Name, err)
	}
	return nil
}

func (p *Player) layOut(ctx context.Context) error {
	var g *ground
	var err error
	switch err = p.lesson.MayPlay(p.opt); {
	case err != nil:
	case p.opt.Connect == "":
		g, err = ownGround()
	default:
		g, err = realGround(ctx, p.opt, p.lesson.Name)
	}
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.ground = g
	p.mu.Unlock()
	p.replay, err = transcript.Begin(p.lesson.Page, transcript.Options{
		Target: g.target, Control: g.control, Dialect: shell.D34,
		Opened: p.opt.Opened, Sink: p.sink, Waiting: p.waiting, Aides: p.aides,
		Allow: p.opt.Allow,
	})
	return err
}

// sink hands on what comes out of the sessions, but for what comes of their being
// closed.
func (p *Player) sink(it shell.Item) {
	p.mu.Lock()
	silent := p.silent
	p.mu.Unlock()
	if p.opt.Sink != nil && !silent {
		p.opt.Sink(it)
	}
}

// endLost has the server end the sessions that have crashed, or are cut off and know
// it, which it would do at their timeouts.
func endLost(sessions map[string]*session.Session, ct shell.Control) {
	cut := map[int64]bool{}
	for _, s := range ct.Status().Sessions {
		cut[s.ID] = s.Cut
	}
	for _, zk := range sessions {
		if state := zk.State(); state == session.Closed || state == session.Connecting && cut[zk.ID()] {
			ct.Expire(zk.ID()) // that it is over already is no error
		}
	}
}

// waiting says that an event has not come. If steps are only being repeated, nobody
// waits for the timeout that it may depend on. Before that a session that has crashed
// is left as it is: a step in between may show that it is still there.
func (p *Player) waiting(int) {
	p.mu.Lock()
	p.busy = Waiting
	fast, ct := p.fast, p.ground.control
	p.mu.Unlock()
	if fast && ct != nil {
		endLost(p.sessions(), ct)
	}
	if p.opt.Waiting != nil {
		p.opt.Waiting()
	}
}

// sessions are the roles' sessions of the moment.
func (p *Player) sessions() map[string]*session.Session { return sessionsOf(p.lesson, p.replay) }

func sessionsOf(l *Lesson, r *transcript.Replay) map[string]*session.Session {
	all := map[string]*session.Session{}
	if r == nil {
		return all
	}
	for _, role := range l.Roles() {
		if sh := r.Shell(role); sh != nil && sh.Session() != nil {
			all[role] = sh.Session()
		}
	}
	return all
}

// Close ends the lesson's sessions and its server, or removes what it left on the
// ensemble.
func (p *Player) Close() error {
	defer p.enter(Running)()
	return p.clear()
}

// clear ends what is there of the lesson.
func (p *Player) clear() error {
	p.mu.Lock()
	p.silent = true
	p.mu.Unlock()
	var errs []error
	if p.shadow != nil {
		errs = append(errs, p.shadow.close())
		p.shadow = nil
	}
	if p.eye != nil {
		errs = append(errs, p.eye.Close())
		p.setEye(nil)
	}
	if p.ground == nil {
		return errors.Join(errs...)
	}
	if p.opt.Connect != "" {
		// What the roles alone may remove has to go while they are there.
		errs = append(errs, p.ground.close(slices.Collect(maps.Values(p.sessions()))))
	}
	if p.replay != nil {
		errs = append(errs, p.replay.Close())
	}
	if p.opt.Connect == "" {
		errs = append(errs, p.ground.close(nil))
	}
	p.mu.Lock()
	p.ground, p.replay = nil, nil
	p.mu.Unlock()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("end the lesson: %w", err)
	}
	return nil
}
