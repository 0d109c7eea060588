package workspace

import (
	"slices"
	"time"

	"zoosh/shell"
)

// This file runs lines that need no session beside one that waits for a server which, by
// command, does not answer: server resume is not to wait for what only it can end.

// heldWait is how long a line has before it is asked whether the server, by command, keeps
// it from its end.
const heldWait = 300 * time.Millisecond

// HeldUp is the mark of a line that waits for a server which, by command, does not answer:
// of what is handed over now, only lines that go beside it are run at once. It is told
// again when such a one has ended and the other has not.
type HeldUp struct {
	Session *Session
	Job     *Job // which may have ended meanwhile
}

// watchHeld looks after a line now and then as long as it runs. w.mu is held.
func (s *Session) watchHeld(j *Job) {
	if s.controls {
		s.look = time.AfterFunc(heldWait, func() { s.lookAfter(j) })
	}
}

// lookAfter finds out whether a line is held up, and then has the first of those that wait
// which can go beside it.
func (s *Session) lookAfter(j *Job) {
	if s.passes(j, s.shell.HeldUp()) { // which may have to wait
		s.w.Put(shell.Item{Kind: shell.Mark, Shell: s.name, Mark: HeldUp{s, j}})
	}
}

// passes has a line go beside another that is held up. tell is whether there is none, which
// was not told yet.
func (s *Session) passes(j *Job, held bool) (tell bool) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.running != j || s.look == nil {
		return false
	}
	s.look.Reset(heldWait)
	if !held || s.beside != nil || j.cancelled {
		return false
	}
	s.beside = s.goesBeside(&s.waiting)
	if s.beside == nil && s.w.turning == j {
		s.beside = s.goesBeside(&s.w.lane)
	}
	if s.beside == nil {
		tell, j.told = !j.told, true
		return tell
	}
	s.beside.session = s
	go s.runBeside(s.beside, j)
	return false
}

// goesBeside takes the first line that can go beside another out of those that wait, nil
// if there is none.
func (s *Session) goesBeside(waiting *[]*Job) *Job {
	i := slices.IndexFunc(*waiting, func(j *Job) bool { return s.shell.GoesBeside(j.Text) })
	if i < 0 {
		return nil
	}
	j := (*waiting)[i]
	*waiting = slices.Delete(*waiting, i, i+1)
	return j
}

// came has a line that runs be looked after at once if another has come that could go
// beside it. What is over in a moment is waited for in any case. w.mu is held.
func (s *Session) came(j *Job) {
	if s.look != nil && s.running != j && s.shell.GoesBeside(j.Text) {
		s.look.Reset(max(0, heldWait-time.Since(s.running.since)))
	}
}

// runBeside runs a line beside another.
func (s *Session) runBeside(j, other *Job) {
	s.keep(j)
	code := s.shell.RunBeside(j.ctx, j.Text)
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	j.cancel()
	s.beside, other.told = nil, false
	j.out = Outcome{Code: code, End: j.end}
	if w.turning == j {
		w.turned()
	}
	close(j.done)
	s.begin()
}
