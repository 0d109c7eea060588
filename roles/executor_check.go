package roles

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/shell/transcript"
)

// check looks at what a student has achieved with a line that was run in the shell of
// the next step's session, and ended like that. It looks at the tree, the watches and
// the sessions, and, where the step changes none of them, at what the line put out.
func (x *Executor) check(ctx context.Context, end shell.Item) (Checked, error) {
	want, err := x.expected(ctx)
	if err != nil {
		return Checked{}, err
	}
	have, err := x.scene(ctx)
	if err != nil {
		return Checked{}, err
	}
	why := have.misses(want.after, x.lesson.Language)
	if len(why) == 0 && want.before.same(want.after) {
		res, err := x.replay.Trial(ctx)
		if err != nil {
			return Checked{}, err
		}
		if len(res.Diffs) > 0 {
			why = []string{sentence(x.lesson.Language, otherOutput)}
		}
	}
	if first := Explain(end, x.lesson.Language); first != "" && len(why) > 0 {
		why = append([]string{first}, why...)
	}
	return Checked{why, len(why) == 0 && have.strayed(want.after, x.server.made)}, nil
}

// scene looks at the lesson as it is.
func (x *Executor) scene(ctx context.Context) (*scene, error) {
	if x.observer == nil {
		observer, err := openObserver(x.server)
		if err != nil {
			return nil, err
		}
		x.setObserver(observer)
	}
	return look(ctx, x.observer, x.sessions(), x.server.control)
}

// setObserver sets the session by which the executor looks at the lesson's server.
func (x *Executor) setObserver(observer *session.Session) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.observer = observer
}

// aides are the sessions on the lesson's server that are no role's, by what they are
// for.
func (x *Executor) aides() map[int64]string {
	all := map[int64]string{}
	if x.opt.Aides != nil {
		maps.Copy(all, x.opt.Aides())
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.observer != nil {
		all[x.observer.ID()] = "the lesson's player"
	}
	return all
}

func openObserver(srv *lessonServer) (*session.Session, error) {
	at := srv.target
	at.Timeout = session.DefaultTimeout // what it shows outlives a pause of the server
	cfg, err := at.Config()
	if err == nil {
		var zk *session.Session
		if zk, err = session.Open(cfg); err == nil {
			return zk, nil
		}
	}
	return nil, fmt.Errorf("look at the lesson's server: %w", err)
}

// A reference is the lesson as it is played without a student, on another server.
type reference struct {
	server   *lessonServer
	replay   *transcript.Replay
	observer *session.Session
	before   *scene // of the step that it was run up to
	after    *scene
}

// expected is the scene before and after the next step.
func (x *Executor) expected(ctx context.Context) (*reference, error) {
	if x.reference != nil && x.reference.replay.Next() == x.replay.Next()+1 {
		return x.reference, nil
	}
	if x.reference == nil || x.reference.replay.Next() > x.replay.Next() {
		x.forgetReference()
		var err error
		if x.reference, err = newReference(x.lesson); err != nil {
			return nil, err
		}
	}
	if err := x.reference.runTo(ctx, x.lesson, x.replay.Next()); err != nil {
		x.forgetReference() // what it has done in part it would do again
		return nil, err
	}
	return x.reference, nil
}

// runTo runs the reference up to a step, looks, and again behind that step.
func (s *reference) runTo(ctx context.Context, l *Lesson, step int) (err error) {
	for s.replay.Next() < step {
		if err := s.replay.Step(ctx); err != nil {
			return err
		}
	}
	if err := s.replay.Open(ctx); err != nil {
		return err
	}
	if s.before, err = look(ctx, s.observer, sessionsOf(l, s.replay), s.server.control); err != nil {
		return err
	}
	if err := s.replay.Step(ctx); err != nil {
		return err
	}
	s.after, err = look(ctx, s.observer, sessionsOf(l, s.replay), s.server.control)
	return err
}

// forgetReference ends the reference: the next check makes another one.
func (x *Executor) forgetReference() error {
	if x.reference == nil {
		return nil
	}
	err := x.reference.close()
	x.reference = nil
	return err
}

func newReference(l *Lesson) (*reference, error) {
	srv, err := embeddedServer()
	if err != nil {
		return nil, err
	}
	s := &reference{server: srv}
	s.replay, err = transcript.Begin(l.Page, transcript.Options{
		Target: srv.target, Dialect: shell.D34,
		Control: srv.control, Waiting: func(int) { endLost(sessionsOf(l, s.replay), srv.control) },
	})
	if err == nil {
		s.observer, err = openObserver(srv)
	}
	if err != nil {
		return nil, errors.Join(err, srv.close(nil))
	}
	return s, nil
}

func (s *reference) close() error {
	return errors.Join(s.observer.Close(), s.replay.Close(), s.server.close(nil))
}

func commandName(line string) string {
	if words := shell.Split(line); len(words) > 0 {
		return words[0]
	}
	return ""
}

func usageOf(name string) string {
	usage, _, ok := shell.UsageOf(shell.D38, name)
	if !ok {
		return name
	}
	return usage
}
