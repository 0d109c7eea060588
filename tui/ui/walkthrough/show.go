package walkthrough

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell/transcript"
	"zoosh/tui/ui/sessions"
)

// Playing tells whether a lesson is played.
func (p *Player) Playing() bool { return p.now != nil }

// Staged tells whether its roles stand side by side.
func (p *Player) Staged() bool { return p.now != nil && p.now.stage }

// SetStage has them stand side by side, or not.
func (p *Player) SetStage(on bool) {
	if p.now != nil {
		p.now.stage = on
	}
}

// Lesson is the lesson that is played, nil if none is.
func (p *Player) Lesson() *roles.Lesson {
	if p.now == nil {
		return nil
	}
	return p.now.lesson
}

// A State is where a lesson stands, to be looked at: a roles.Engine, which says what each
// of them means.
type State interface {
	Phase() roles.Phase
	Next() int
	Current() *roles.Step
	Turn() bool
	Auto() bool
	Taken() bool
	Pace() roles.Pace
	Awaits() bool
	Working() bool
	Yours() bool
	Typed() (text string, ok bool)
	Holds() (role, line string, ok bool)
	Mark(step int) roles.Mark
	Count(m roles.Mark) int
	Diffs(step int) []transcript.Diff
	Why() []string
	Hints() []string
}

// State is where the lesson that is played stands, nil if none is. What its user asks for
// is told by Tell.
func (p *Player) State() State {
	if p.now == nil {
		return nil
	}
	return p.now.engine
}

// Tell tells the lesson what its user asks for.
func (p *Player) Tell(in roles.Input) tea.Cmd {
	if p.now == nil {
		return nil
	}
	return p.now.tell(in)
}

// Timeline is what has happened in the lesson. Its age is another one whenever that has
// changed.
func (p *Player) Timeline() (rows []roles.Row, age int) {
	if p.now == nil {
		return nil, p.told
	}
	return p.now.timeline.Rows, p.told
}

// Role is the session at a role's prompt; ok is false before there was one.
func (p *Player) Role(role string) (s sessions.Session, ok bool) {
	for _, s := range p.cfg.Sessions.All() {
		if s.Lesson && s.Role == role {
			return s, true
		}
	}
	return sessions.Session{}, false
}

// Reach is how the lesson's server is reached; ok is false for any other one.
func (p *Player) Reach(server string) (at session.Target, ok bool) {
	if p.now == nil || p.now.exec.Connect() != server {
		return session.Target{}, false
	}
	return p.now.exec.Target(), true
}

// Waiting is what is said while an event is waited for, in the lesson's language.
func (p *Player) Waiting() string {
	if p.now != nil && p.now.lesson.Language == roles.Chinese {
		return "等待事件"
	}
	return "waiting for an event"
}
