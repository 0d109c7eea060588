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
	return Checked{why, len(why) == 0 && have.strayed(want.after, x.ground.made)}, nil
}

// scene looks at the lesson as it is.
func (x *Executor) scene(ctx context.Context) (*scene, error) {
	if x.eye == nil {
		eye, err := openEye(x.ground)
		if err != nil {
			return nil, err
		}
		x.setEye(eye)
	}
	return look(ctx, x.eye, x.sessions(), x.ground.control)
}

// setEye sets the session by which the executor looks at the lesson's server.
func (x *Executor) setEye(eye *session.Session) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.eye = eye
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
	if x.eye != nil {
		all[x.eye.ID()] = "the lesson's player"
	}
	return all
}

func openEye(g *ground) (*session.Session, error) {
	at := g.target
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

// A shadow is the lesson as it is played without a student, on another server.
type shadow struct {
	ground *ground
	replay *transcript.Replay
	eye    *session.Session
	before *scene // of the step that it was run up to
	after  *scene
}

// expected is the scene before and after the next step.
func (x *Executor) expected(ctx context.Context) (*shadow, error) {
	if x.shadow != nil && x.shadow.replay.Next() == x.replay.Next()+1 {
		return x.shadow, nil
	}
	if x.shadow == nil || x.shadow.replay.Next() > x.replay.Next() {
		if x.shadow != nil {
			x.shadow.close()
		}
		var err error
		if x.shadow, err = newShadow(x.lesson); err != nil {
			return nil, err
		}
	}
	s := x.shadow
	for s.replay.Next() < x.replay.Next() {
		if err := s.replay.Step(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.replay.Open(ctx); err != nil {
		return nil, err
	}
	var err error
	if s.before, err = look(ctx, s.eye, sessionsOf(x.lesson, s.replay), s.ground.control); err != nil {
		return nil, err
	}
	if err := s.replay.Step(ctx); err != nil {
		return nil, err
	}
	s.after, err = look(ctx, s.eye, sessionsOf(x.lesson, s.replay), s.ground.control)
	return s, err
}

func newShadow(l *Lesson) (*shadow, error) {
	g, err := ownGround()
	if err != nil {
		return nil, err
	}
	s := &shadow{ground: g}
	s.replay, err = transcript.Begin(l.Page, transcript.Options{
		Target: g.target, Dialect: shell.D34,
		Control: g.control, Waiting: func(int) { endLost(sessionsOf(l, s.replay), g.control) },
	})
	if err == nil {
		s.eye, err = openEye(g)
	}
	if err != nil {
		return nil, errors.Join(err, g.close(nil))
	}
	return s, nil
}

func (s *shadow) close() error {
	return errors.Join(s.eye.Close(), s.replay.Close(), s.ground.close(nil))
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
