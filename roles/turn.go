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

// Verdict is what became of a student's try.
type Verdict struct {
	// Passed: the step's goal is achieved, and the player stands at the next step.
	Passed bool
	// Anew: the goal was achieved in a way after which the lesson could not go on
	// as it is written, a znode written once too often for instance. It was laid
	// out anew, up to behind the step.
	Anew bool
	// Why says what is missing, or why a line was refused, in the lesson's
	// language, a sentence each.
	Why []string
}

// Try looks at what a student has achieved with a line that was run in the shell of
// the next step's session; done is the item that ended the line. It looks at the
// tree, the watches and the sessions, and, where the step changes none of them, at
// what the line put out.
func (p *Player) Try(ctx context.Context, done shell.Item) (Verdict, error) {
	defer p.enter(Running)()
	step := p.Current()
	if p.replay == nil || step == nil {
		return Verdict{}, errNotStarted
	}
	want, err := p.expected(ctx)
	if err != nil {
		return Verdict{}, err
	}
	have, err := p.scene(ctx)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Why: have.misses(want.after, p.lesson.Language)}
	if len(v.Why) == 0 && want.before.same(want.after) {
		res, err := p.replay.Trial(ctx)
		if err != nil {
			return Verdict{}, err
		}
		if len(res.Diffs) > 0 {
			v.Why = []string{sentence(p.lesson.Language, otherOutput)}
		}
	}
	if why := Explain(done, p.lesson.Language); why != "" && len(v.Why) > 0 {
		v.Why = append([]string{why}, v.Why...)
	}
	if len(v.Why) > 0 {
		return v, nil
	}
	v.Passed = true
	if have.strayed(want.after, p.ground.made) {
		v.Anew = true
		return v, p.GoTo(ctx, p.next+1)
	}
	if err := p.replay.Resume(ctx); err != nil {
		return Verdict{}, err
	}
	p.passed(true)
	return v, nil
}

// scene looks at the lesson as it is.
func (p *Player) scene(ctx context.Context) (*scene, error) {
	if p.eye == nil {
		eye, err := openEye(p.ground)
		if err != nil {
			return nil, err
		}
		p.setEye(eye)
	}
	return look(ctx, p.eye, p.sessions(), p.ground.control)
}

// setEye sets the session by which the player looks at the lesson's server.
func (p *Player) setEye(eye *session.Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eye = eye
}

// aides are the sessions on the lesson's server that are no role's, by what they are
// for.
func (p *Player) aides() map[int64]string {
	all := map[int64]string{}
	if p.opt.Aides != nil {
		maps.Copy(all, p.opt.Aides())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.eye != nil {
		all[p.eye.ID()] = "the lesson's player"
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

// A shadow is the lesson as the player alone would play it, on another server.
type shadow struct {
	ground *ground
	replay *transcript.Replay
	eye    *session.Session
	before *scene // of the step that it was run up to
	after  *scene
}

// expected is the scene before and after the next step.
func (p *Player) expected(ctx context.Context) (*shadow, error) {
	if p.shadow != nil && p.shadow.replay.Next() == p.next+1 {
		return p.shadow, nil
	}
	if p.shadow == nil || p.shadow.replay.Next() > p.next {
		if p.shadow != nil {
			p.shadow.close()
		}
		var err error
		if p.shadow, err = newShadow(p.lesson); err != nil {
			return nil, err
		}
	}
	s := p.shadow
	for s.replay.Next() < p.next {
		if err := s.replay.Step(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.replay.Open(ctx); err != nil {
		return nil, err
	}
	var err error
	if s.before, err = look(ctx, s.eye, sessionsOf(p.lesson, s.replay), s.ground.control); err != nil {
		return nil, err
	}
	if err := s.replay.Step(ctx); err != nil {
		return nil, err
	}
	s.after, err = look(ctx, s.eye, sessionsOf(p.lesson, s.replay), s.ground.control)
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

// Hint is the next hint towards the goal of the step; after the last it is the last
// one again. left is how many are still to come.
func (p *Player) Hint() (text string, left int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == len(p.lesson.Steps) || p.lesson.Steps[p.next].Goal == "" {
		return "", 0
	}
	hints := p.lesson.Steps[p.next].Hints
	name := commandName(p.lesson.Steps[p.next].Command)
	last := sentence(p.lesson.Language, commandIs, name, usageOf(name))
	if p.hints < len(hints) {
		p.hints++
		return hints[p.hints-1], len(hints) - p.hints + 1
	}
	return last, 0
}

// Solution is the lesson's own command for the next step, "" if it has none.
func (p *Player) Solution() string {
	if s := p.Current(); s != nil {
		return s.Command
	}
	return ""
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
