package workspace

import (
	"context"
	"strings"
	"time"

	"zoosh/shell"
)

// A Line is what a front end hands over.
type Line struct {
	Text string
	// Words, if there are any, are those of a command line: the line is not split, and
	// not in the shell's history.
	Words []string
	// Number is the line's in its script.
	Number int
	// Pauses: what is behind it waits for GoOn, too.
	Pauses bool
	// Agreed: what the command would ask was agreed to before it was given.
	Agreed bool
}

// A Job is a line from when it was handed over to its end.
type Job struct {
	Line
	ctx  context.Context
	done chan struct{}

	// With the workspace's mu held.

	work
	session *Session // nil as long as it is not known
	waited  bool     // behind others
	end     shell.Item
	out     Outcome
}

// An Outcome is how a line has ended.
type Outcome struct {
	Code    int        // its exit code
	Err     error      // why no line of a script can follow it
	Dropped bool       // it was not run
	Removed bool       // for its session had been removed before it was handed over
	End     shell.Item // of Kind shell.Done; zero if it was not run
}

// Done is closed when the line has ended and all that it puts out is in the stream.
func (j *Job) Done() <-chan struct{} { return j.done }

// marks says in an item of the line how that came, and takes note of its end.
func (j *Job) marks(it *shell.Item) {
	if it.Kind != shell.Began && it.Kind != shell.Done {
		return
	}
	it.Given = shell.GivenAtOnce
	if j.waited {
		it.Given = shell.GivenBefore
	}
	if it.Kind == shell.Done {
		j.end = *it
	}
}

// Outcome is how the line has ended, once Done is closed.
func (j *Job) Outcome() Outcome {
	<-j.done
	return j.out
}

// agreed marks the context of a line that was agreed to.
type agreed struct{}

func newJob(ctx context.Context, line Line) *Job {
	if line.Text == "" {
		line.Text = strings.Join(line.Words, " ")
	}
	if line.Agreed {
		ctx = context.WithValue(ctx, agreed{}, true)
	}
	j := &Job{Line: line, done: make(chan struct{}), work: work{text: line.Text}}
	j.ctx, j.cancel = context.WithCancel(ctx)
	return j
}

// turns tells whether the line may bring another session to the front: those behind it
// may be meant for that.
func (j *Job) turns() bool {
	name := shell.FirstWord(j.Text)
	return shell.ForFront(name) || name == "redo" // which may run such a line
}

// Submit hands over a line for the session that is in front when its turn comes. When ctx
// ends, so does the line.
func (w *Workspace) Submit(ctx context.Context, line Line) *Job {
	j := newJob(ctx, line)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.turning != nil {
		j.waited = true
		w.lane = append(w.lane, j)
		w.turning.session.came(j)
		return j
	}
	w.route(j)
	return j
}

// route gives a line to the session in front. mu is held.
func (w *Workspace) route(j *Job) {
	if !w.cfg.Tabs && j.turns() {
		w.turning = j
	}
	w.front.take(j)
}

// turned gives the lines that waited for it to the session that is in front now. mu is
// held.
func (w *Workspace) turned() {
	w.turning = nil
	for len(w.lane) > 0 && w.turning == nil {
		j := w.lane[0]
		w.lane = w.lane[1:]
		w.route(j)
	}
}

// Submit hands over a line for this session.
func (s *Session) Submit(ctx context.Context, line Line) *Job {
	j := newJob(ctx, line)
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.take(j)
	return j
}

// take has a line wait for its turn, which may be now. w.mu is held.
func (s *Session) take(j *Job) {
	j.session = s
	if s.gone || s.w.closed || s.w.stopped != nil || s.quit() {
		j.out.Removed = s.gone
		s.w.dropped(j)
		return
	}
	j.waited = j.waited || !s.free()
	s.waiting = append(s.waiting, j)
	s.begin()
	s.came(j)
}

// quit tells whether no line is to follow. What quit ends is the user's own session: that of
// a lesson is there until the lesson takes it away, and says that it is not connected.
func (s *Session) quit() bool { return s.shell.Quitting() && !s.guest }

// free tells whether the next line can begin: what follows it waits for that alone. w.mu is
// held.
func (s *Session) free() bool {
	return !s.paused && s.opening == nil && s.held == nil && s.running == nil && s.beside == nil
}

// begin has the first of the lines that wait run, if it can. w.mu is held.
func (s *Session) begin() {
	if j := s.next(); j != nil {
		go s.run(j)
	}
}

// next is the line whose turn has come, nil if there is none. w.mu is held.
func (s *Session) next() *Job {
	for s.free() && len(s.waiting) > 0 {
		j := s.waiting[0]
		s.waiting = s.waiting[1:]
		if j.ctx.Err() != nil {
			s.w.dropped(j)
			continue
		}
		s.running, j.since = j, time.Now()
		s.watchHeld(&j.work)
		return j
	}
	return nil
}

// run runs a line, and then those that wait behind it.
func (s *Session) run(j *Job) {
	if s.lines != nil {
		s.runAhead(j)
		return
	}
	for j != nil {
		s.keep(j)
		var err error
		var code int
		switch {
		case s.w.cfg.Script:
			code, err = (&scriptLine{s, j}).run(j.ctx)
		case j.Words != nil:
			code = s.shell.RunWords(j.ctx, j.Words)
		default:
			code = s.shell.Run(j.ctx, j.Text)
		}
		j = s.ended(j, code, err)
	}
}

// keep has the front end keep the line.
func (s *Session) keep(j *Job) {
	if keep := s.w.cfg.Remember; keep != nil {
		s.w.remember.Lock()
		defer s.w.remember.Unlock()
		keep(j.Text)
	}
}

// ended takes note of the end of the line that ran, and begins the next one.
func (s *Session) ended(j *Job, code int, err error) (next *Job) {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	j.cancel()
	s.unwatch()
	s.running, s.paused = nil, j.Pauses
	j.out = Outcome{Code: code, Err: err, End: j.end}
	switch {
	case err != nil:
		w.stopped = err
		s.drop()
	case s.quit():
		w.quit = s
		s.drop()
	}
	if w.turning == j {
		w.turned()
	}
	close(j.done)
	return s.next()
}

// dropped ends a line that is not run, and those that wait for it; it tells how many these
// were. mu is held.
func (w *Workspace) dropped(j *Job) int {
	j.out.Dropped = true
	j.cancel()
	close(j.done)
	if w.turning != j {
		return 0
	}
	lane := w.lane
	w.turning, w.lane = nil, nil
	for _, behind := range lane {
		w.dropped(behind)
	}
	return len(lane)
}

// Cancel breaks off what runs in any of the sessions. What waits stays.
func (w *Workspace) Cancel() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.all {
		s.cancel()
	}
}

// Drop gives up all lines that wait, and tells how many there were.
func (w *Workspace) Drop() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.lane)
	for _, j := range w.lane {
		w.dropped(j)
	}
	w.lane = nil
	for _, s := range w.all {
		n += s.drop()
	}
	return n
}

// Waiting is how many lines wait.
func (w *Workspace) Waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.lane)
	for _, s := range w.all {
		n += len(s.waiting)
	}
	return n
}
