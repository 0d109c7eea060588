package workspace

import (
	"context"
	"sync/atomic"
	"time"

	"zoosh/shell"
)

// A Session is a shell by name, and the lines that it was given.
type Session struct {
	w        *Workspace
	name     string
	shell    *shell.Shell
	guest    bool         // it is no session of the user's own: see Adopt
	owner    any          // of a guest
	controls bool         // the embedded server is at hand, and can be held up by command
	reports  func(string) // is told the progress, too; may be nil
	progress atomic.Pointer[string]

	// With w.mu held.

	gone    bool
	opening *work // not nil while the session is being opened
	held    *work // not nil while somebody else has the prompt
	paused  bool  // behind a line after which it is to be told to go on
	waiting []*Job
	running *Job
	beside  *Job
	look    *time.Timer // finds out whether running is held up
}

// A work is what keeps a session busy.
type work struct {
	text      string // the line
	since     time.Time
	cancel    func()
	cancelled bool
	told      bool // that it is held up
}

// Name is the name of the session, in the stream and among others.
func (s *Session) Name() string { return s.name }

// Shell is the shell. Its lines are to be given to the session.
func (s *Session) Shell() *shell.Shell { return s.shell }

// Title is what the user calls the session; "" if they have given it no title.
func (s *Session) Title() string {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.w.titles[s.name]
}

// SetTitle gives the session a title, by which commands and recordings call it.
func (s *Session) SetTitle(title string) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.titles[s.name] = title
}

// Opened is the mark of a session's being open, or not: see Session.Open.
type Opened struct {
	Session *Session
	Err     error
}

// Open opens the session in the background; its lines wait for the end of that. How it went
// is told by Opened in the stream and then by the channel, from which nobody need receive.
func (s *Session) Open(ctx context.Context) <-chan error {
	ctx, cancel := context.WithCancel(ctx)
	s.w.mu.Lock()
	s.opening = &work{since: time.Now(), cancel: cancel}
	s.w.mu.Unlock()
	end := make(chan error, 1)
	go func() {
		defer cancel()
		err := s.shell.Open(ctx)
		s.w.Put(shell.Item{Kind: shell.Mark, Shell: s.name, Mark: Opened{s, err}})
		s.w.mu.Lock()
		s.opening = nil
		s.begin()
		s.w.mu.Unlock()
		end <- err
	}()
	return end
}

// Close closes the session, and waits for that.
func (s *Session) Close() error { return s.shell.Close() }

// A State is what goes on in a session.
type State struct {
	Opening   bool      // it is being opened
	Running   string    // the line that runs; "" if none does
	Since     time.Time // since when; zero if nothing goes on
	Cancelled bool      // it was broken off, and has not ended yet
	Beside    bool      // another line runs beside it
	Waiting   int       // lines that wait
	Progress  string    // how far the line is, if it tells that
}

// Idle tells whether nothing runs or waits.
func (st State) Idle() bool { return st.Since.IsZero() && !st.Beside && st.Waiting == 0 }

// State is what goes on in the session now.
func (s *Session) State() State {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	st := State{Opening: s.opening != nil, Beside: s.beside != nil, Waiting: len(s.waiting)}
	if at := s.now(); at != nil {
		st.Running, st.Since, st.Cancelled = at.text, at.since, at.cancelled
	}
	if text := s.progress.Load(); text != nil {
		st.Progress = *text
	}
	return st
}

// now is what keeps the session busy, nil if nothing does. w.mu is held.
func (s *Session) now() *work {
	switch {
	case s.running != nil:
		return &s.running.work
	case s.opening != nil:
		return s.opening
	}
	return s.held
}

func (s *Session) progresses(text string) {
	s.progress.Store(&text)
	if s.reports != nil {
		s.reports(text)
	}
}

// Cancel breaks off what runs, and the session's being opened. What waits stays.
func (s *Session) Cancel() {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.cancel()
}

// cancel is Cancel with w.mu held.
func (s *Session) cancel() {
	if at := s.now(); at != nil {
		at.breakOff()
	}
	s.cancelBeside()
}

// cancelBeside breaks off the line beside another. w.mu is held.
func (s *Session) cancelBeside() {
	if s.beside != nil {
		s.beside.breakOff()
	}
}

func (at *work) breakOff() {
	at.cancelled = true
	at.cancel()
}

// end breaks off all that is the session's own, which no line follows. w.mu is held.
func (s *Session) end() {
	if at := s.now(); at != s.held {
		at.breakOff()
	}
	s.cancelBeside()
	s.unwatch()
	s.drop()
}

// Drop gives up the lines that wait, and tells how many there were.
func (s *Session) Drop() int {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.drop()
}

// drop is Drop with w.mu held.
func (s *Session) drop() int {
	dropped := s.waiting
	s.waiting = nil
	n := len(dropped)
	for _, j := range dropped {
		n += s.w.dropped(j)
	}
	return n
}

// put is the shell's sink.
func (s *Session) put(it shell.Item) {
	s.w.mu.Lock()
	front, gone := s.w.front == s, s.gone && s.guest
	j := s.running
	if it.Beside {
		j = s.beside
	}
	if j != nil {
		j.marks(&it)
	}
	s.w.mu.Unlock()
	if gone { // nobody wants to hear of it any more
		return
	}
	if s.guest {
		it.Shell, it.Owner = s.name, s.owner
	} else {
		s.w.recording.Put(it)
	}
	if it.Kind == shell.State && it.Object == "" { // which would say all of it
		it.Note = noteOf(it.Event)
	}
	if (it.Kind == shell.Watch || it.Kind == shell.State) && it.Text != "" && !front && !s.w.cfg.Tabs {
		it.Text = "\n(session " + s.name + ")" + it.Text
	}
	s.w.stream.Put(it)
}

// Hold has the user's lines wait, since somebody else has the session's prompt, as a lesson
// has it for its own lines. line is what is shown to run meanwhile, cancel what breaks it
// off.
func (s *Session) Hold(line string, cancel func()) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.held = &work{text: line, since: time.Now(), cancel: cancel}
	s.watchHeld(s.held)
}

// Release gives the prompt back to the lines that wait.
func (s *Session) Release() {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.unwatch()
	s.held = nil
	s.begin()
}

// GoOn lets the lines run that wait behind one which pauses, whose end was looked at.
func (s *Session) GoOn() {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.paused = false
	s.begin()
}

// Adopt makes the shell of a configuration, whose sink gets its items first, a session by
// another name, that of its items in the stream, which have an owner. It is none of the
// user's own: no recording has it, and no command knows it. Who has adopted it opens its
// shell, may run lines there, and takes the session away.
func (w *Workspace) Adopt(name string, cfg shell.Config, owner any) *Session {
	s := &Session{w: w, name: name, guest: true, owner: owner, controls: cfg.Control != nil}
	first := cfg.Sink
	cfg.Sink = func(it shell.Item) {
		if first != nil {
			first(it)
		}
		s.put(it)
	}
	s.shell = shell.New(cfg)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, s)
	if w.front == nil {
		w.front = s
	}
	return s
}
