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
	"zoosh/shell/workspace"
)

// Options say how a lesson is played. The zero value plays it on a server of its own.
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
	// Workspace is where the roles' sessions are, from when they are opened until they are
	// gone, as its guests; nil if they are to be nowhere.
	Workspace *workspace.Workspace
	// Name is what a role's session is called there; nil is the role. Owner is whose it is.
	Name  func(role string) string
	Owner any

	// The hooks, each of which may be nil. They are called while Do runs, from its
	// goroutine.

	// Cleared is told that all sessions so far are gone: the lesson begins anew.
	Cleared func()
	// Opened is told of a role's session in the Workspace before it is opened.
	Opened func(role string, s *workspace.Session)
	// Aides is shell.Config.Aides, to which the executor adds its own session.
	Aides func() map[int64]string
	// Waiting is told that a step's event has not come yet: an Engine is to be told
	// EventAwaited.
	Waiting func()
}

// An Executor does the work that an Engine asks for: it has a lesson's server and its
// sessions. Do and Close take time, and are for one goroutine at a time. The others may
// be called at any time.
type Executor struct {
	lesson    *Lesson
	opt       Options
	server    *lessonServer
	replay    *transcript.Replay
	adopted   []*workspace.Session
	reference *reference // what the student's work is compared with
	observer  *session.Session

	mu   sync.Mutex
	fast bool // steps are being repeated: nobody waits for a timeout
}

// NewExecutor makes an executor for a lesson. It has no server before the first LayOut.
func NewExecutor(l *Lesson, opt Options) *Executor { return &Executor{lesson: l, opt: opt} }

// Connect is the connect string of the lesson's server; "" before there is one.
func (x *Executor) Connect() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.server == nil {
		return ""
	}
	return x.server.target.Connect
}

// Target is how the lesson's server is reached.
func (x *Executor) Target() session.Target {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.server == nil {
		return session.Target{}
	}
	return x.server.target
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

// What keeps work from being done, beside what happens on the lesson's server.
var (
	// errNotLaidOut is an executor without a server: there was no LayOut, or it failed.
	errNotLaidOut = errors.New("the lesson has not been laid out")
	// errOtherStep is work on a step that is not the next one.
	errOtherStep = errors.New("the lesson's sessions are at another step")
)

// Do does work, and tells how it came out.
func (x *Executor) Do(ctx context.Context, work Work) Input {
	var in Input
	var err error
	switch w := work.(type) {
	case LayOut:
		if err = x.layOut(ctx, w.Steps); err == nil {
			in = LaidOut{w.Steps, x.replay.Result().Diffs}
		}
	case Open:
		in, err = Opened{}, x.open(ctx, w)
	case Run:
		if err = x.stands(w.Step); err == nil {
			in, err = x.ran(x.replay.Step(ctx))
		}
	case Check:
		if err = x.stands(w.Step); err == nil {
			in, err = x.check(ctx, w.End)
		}
	case Accept:
		if err = x.stands(w.Step); err == nil {
			in, err = x.ran(x.replay.Resume(ctx))
		}
	}
	if err != nil {
		return Failed{err}
	}
	return in
}

// stands tells whether a step is the next one of the sessions.
func (x *Executor) stands(step int) error {
	switch {
	case x.replay == nil:
		return errNotLaidOut
	case x.replay.Next() != step:
		return fmt.Errorf("step %d: %w", step+1, errOtherStep)
	}
	return nil
}

// ran is how a step that is over came out.
func (x *Executor) ran(err error) (Ran, error) {
	if err != nil {
		return Ran{}, err
	}
	return Ran{x.replay.Result().Diffs}, nil
}

func (x *Executor) open(ctx context.Context, w Open) error {
	if err := x.stands(w.Step); err != nil {
		return err
	}
	if w.Yours {
		return x.replay.Yield(ctx)
	}
	return x.replay.Open(ctx)
}

// layOut lays the lesson out anew, with so many of its steps played as fast as they can
// be.
func (x *Executor) layOut(ctx context.Context, steps int) error {
	if err := x.clear(); err != nil {
		return err
	}
	x.repeat(true)
	defer x.repeat(false)
	if x.opt.Cleared != nil {
		x.opt.Cleared()
	}
	if err := x.begin(ctx); err != nil {
		return err
	}
	for range steps {
		if err := x.replay.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// repeat tells whether steps are being repeated.
func (x *Executor) repeat(on bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fast = on
}

// begin makes the lesson's server.
func (x *Executor) begin(ctx context.Context) error {
	var srv *lessonServer
	var err error
	switch err = x.lesson.MayPlay(x.opt); {
	case err != nil:
	case x.opt.Connect == "":
		srv, err = embeddedServer()
	default:
		srv, err = borrowedServer(ctx, x.opt, x.lesson.Name)
	}
	if err != nil {
		return err
	}
	x.mu.Lock()
	x.server = srv
	x.mu.Unlock()
	x.replay, err = transcript.Begin(x.lesson.Page, transcript.Options{
		Target: srv.target, Control: srv.control, Dialect: shell.D34,
		New: x.newShell, Waiting: x.waiting, Aides: x.aides, Allow: x.opt.Allow,
	})
	return err
}

// newShell makes the shell of a role's session.
func (x *Executor) newShell(cfg shell.Config) *shell.Shell {
	if x.opt.Workspace == nil {
		return shell.New(cfg)
	}
	role, name := cfg.Name, cfg.Name
	if x.opt.Name != nil {
		name = x.opt.Name(role)
	}
	s := x.opt.Workspace.Adopt(name, cfg, x.opt.Owner)
	x.adopted = append(x.adopted, s)
	if x.opt.Opened != nil {
		x.opt.Opened(role, s)
	}
	return s.Shell()
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
func (x *Executor) waiting(int) {
	x.mu.Lock()
	fast, ct := x.fast, x.server.control
	x.mu.Unlock()
	if fast && ct != nil {
		endLost(x.sessions(), ct)
	}
	if x.opt.Waiting != nil {
		x.opt.Waiting()
	}
}

// sessions are the roles' sessions of the moment.
func (x *Executor) sessions() map[string]*session.Session { return sessionsOf(x.lesson, x.replay) }

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
func (x *Executor) Close() error { return x.clear() }

// clear ends what is there of the lesson.
func (x *Executor) clear() error {
	for _, s := range x.adopted { // what comes of their being closed is not for anybody
		x.opt.Workspace.Remove(s)
	}
	x.adopted = nil
	errs := []error{x.forgetReference()}
	if x.observer != nil {
		errs = append(errs, x.observer.Close())
		x.setObserver(nil)
	}
	if x.server == nil {
		return errors.Join(errs...)
	}
	if x.opt.Connect != "" {
		// What the roles alone may remove has to go while they are there.
		errs = append(errs, x.server.close(slices.Collect(maps.Values(x.sessions()))))
	}
	if x.replay != nil {
		errs = append(errs, x.replay.Close())
	}
	if x.opt.Connect == "" {
		errs = append(errs, x.server.close(nil))
	}
	x.mu.Lock()
	x.server, x.replay = nil, nil
	x.mu.Unlock()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("end the lesson: %w", err)
	}
	return nil
}
