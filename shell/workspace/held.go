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

// HeldUp is the mark of a session whose line waits for a server which, by command, does not
// answer: of what is handed over now, only lines that go beside it are run at once. It is
// told again when such a one has ended and the other has not.
type HeldUp struct {
	Session *Session
	work    *work
}

// Still tells whether that line has not ended yet.
func (h HeldUp) Still() bool {
	h.Session.w.mu.Lock()
	defer h.Session.w.mu.Unlock()
	return h.Session.now() == h.work
}

// watchHeld looks after a line now and then as long as it runs. w.mu is held.
func (s *Session) watchHeld(at *work) {
	if s.controls {
		s.look = time.AfterFunc(heldWait, func() { s.lookAfter(at) })
	}
}

// unwatch is the end of that. w.mu is held.
func (s *Session) unwatch() {
	if s.look != nil {
		s.look.Stop()
		s.look = nil
	}
}

// lookAfter finds out whether a line is held up, and then has the first of those that wait
// which can go beside it.
func (s *Session) lookAfter(at *work) {
	if s.passes(at, s.shell.HeldUp()) { // which may have to wait
		s.w.Put(shell.Item{Kind: shell.Mark, Shell: s.name, Mark: HeldUp{s, at}})
	}
}

// passes has a line go beside another that is held up. tell is whether there is none, which
// was not told yet.
func (s *Session) passes(at *work, held bool) (tell bool) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.now() != at || s.look == nil {
		return false
	}
	s.look.Reset(heldWait)
	if !held || s.beside != nil || at.cancelled {
		return false
	}
	s.beside = s.goesBeside(&s.waiting)
	if turning := s.w.turning; s.beside == nil && turning != nil && turning.session == s {
		s.beside = s.goesBeside(&s.w.lane)
	}
	if s.beside == nil {
		tell, at.told = !at.told, true
		return tell
	}
	s.beside.session = s
	go s.runBeside(s.beside, at)
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
		s.look.Reset(max(0, heldWait-time.Since(s.now().since)))
	}
}

// runBeside runs a line beside another.
func (s *Session) runBeside(j *Job, other *work) {
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
