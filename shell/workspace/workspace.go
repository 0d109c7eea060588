package workspace

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// Config says what the sessions of a front end are like.
type Config struct {
	// Shell is what each shell is made with. Its Name, Sink, FrontEnd and Peers are the
	// workspace's own, and with Questions those fields that ask.
	Shell shell.Config
	// Questions is what comes as a Question in the stream.
	Questions Questions
	// Script: the lines are a script's, which does not go on as if nothing had happened
	// when its connection or its session is lost.
	Script bool
	// Ahead: the requests of a script's lines are sent before those in front of them are
	// answered, as many as the session's window has room for.
	Ahead bool
	// Single: there is one command alone, and nobody to do those about several sessions.
	Single bool
	// Tabs: the front end has a place for each session, and turns from one to the other
	// by itself. Otherwise the command session does, and an event says whose it is.
	Tabs bool
	// Says stands before what the workspace itself says.
	Says string
	// Remember, if it is not nil, is told each line when it is run, one at a time.
	Remember func(line string)
	// PageName is what a recording calls the session of a shell, if that has no title;
	// nil leaves the shell's name.
	PageName func(name string) string
}

// A Workspace is the sessions of one front end. It is the shell.FrontEnd of their shells.
type Workspace struct {
	cfg       Config
	stream    *shell.Stream
	recording transcript.RecordingSink
	remember  sync.Mutex // held while Remember is told
	closing   closing

	mu      sync.Mutex // of all below, and of the sessions; nobody waits while it is held
	all     []*Session
	front   *Session
	titles  map[string]string // by the names of shells, also of those that are gone
	turning *Job              // may bring another session to the front
	lane    []*Job            // behind turning: whose they are is not known yet
	stopped error             // why no line of a script follows
	quit    *Session          // in which quit was run
	closed  bool
}

// New makes a workspace without a session.
func New(cfg Config) *Workspace {
	w := &Workspace{cfg: cfg, stream: shell.NewStream(), titles: map[string]string{}}
	if cfg.Script {
		w.cfg.Shell.Warn = w.say
	}
	return w
}

// Stream is what comes out of all sessions, in order. It is for one reader.
func (w *Workspace) Stream() *shell.Stream { return w.stream }

// Put puts an item of the front end's own into the order.
func (w *Workspace) Put(it shell.Item) { w.stream.Put(it) }

// say puts a message among what comes out, past the recording: a page would have it as
// what zkCli says.
func (w *Workspace) say(text string) {
	w.Put(shell.Item{Kind: shell.Stderr, Text: w.cfg.Says + text + "\n"})
}

// Add makes a session, which is not open yet. The first one is in front.
func (w *Workspace) Add(name string) *Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.add(name)
}

// add is Add with mu held.
func (w *Workspace) add(name string) *Session {
	s := &Session{w: w, name: name}
	cfg := w.cfg.Shell
	cfg.Name, cfg.Sink = name, s.put
	if !w.cfg.Single {
		cfg.FrontEnd, cfg.Peers = w, w.peers
	}
	s.reports = cfg.Progress
	cfg.Progress = s.progresses
	if w.cfg.Questions >= DataQuestions {
		cfg.AskOfData = s.ask
	}
	if w.cfg.Questions >= AllQuestions {
		cfg.Ask, cfg.AskWord = s.ask, s.askWord
	}
	s.controls = cfg.Control != nil
	if w.cfg.Script && w.cfg.Ahead {
		s.lines = newPipeline(s)
	}
	s.shell = shell.New(cfg)
	w.all = append(w.all, s)
	if w.front == nil {
		w.front = s
	}
	return s
}

// Front is the session that gets the lines of Submit; nil before there is one.
func (w *Workspace) Front() *Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.front
}

// Turn brings a session to the front.
func (w *Workspace) Turn(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.front = s
}

// All are the sessions, in the order in which they were added.
func (w *Workspace) All() []*Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

// Named is the session whose shell has that name, nil if there is none.
func (w *Workspace) Named(name string) *Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.named(name)
}

// named is Named with mu held.
func (w *Workspace) named(name string) *Session {
	if i := slices.IndexFunc(w.all, func(s *Session) bool { return s.name == name }); i >= 0 {
		return w.all[i]
	}
	return nil
}

// Quitting is the session of the user's own in which quit was run, nil if it was not.
func (w *Workspace) Quitting() *Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.quit
}

// Prompt is the prompt of the session in front on a screen of so many columns, 0 if that is
// not known: with its name if there are others.
func (w *Workspace) Prompt(columns int) string {
	front := w.Front()
	return w.promptOf(front, front.shell.Prompt(), columns)
}

// PromptOf is the prompt at which a line was given, of which it is the Began.
func (w *Workspace) PromptOf(it shell.Item, columns int) string {
	s := w.Named(it.Shell)
	if s == nil {
		return it.Prompt
	}
	return w.promptOf(s, it.Prompt, columns)
}

func (w *Workspace) promptOf(s *Session, prompt string, columns int) string {
	if !w.cfg.Tabs && len(w.All()) > 1 {
		prompt = s.name + " " + prompt
	}
	return s.shell.FitPrompt(prompt, columns)
}

// peers are the shells by their names, and by what the user calls them.
func (w *Workspace) peers() map[string]*shell.Shell {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]*shell.Shell{}
	for _, s := range w.all {
		if title := w.titles[s.name]; title != "" && !s.guest {
			all[title] = s.shell
		}
	}
	for _, s := range w.all {
		if !s.guest {
			all[s.name] = s.shell
		}
	}
	return all
}

// Sessions implements shell.FrontEnd.
func (w *Workspace) Sessions() []*shell.Shell {
	if w.cfg.Tabs {
		return nil
	}
	return w.shells()
}

// Own are the sessions that are the user's own, in the order in which they were added.
func (w *Workspace) Own() []*Session {
	return slices.DeleteFunc(w.All(), func(s *Session) bool { return s.guest })
}

// shells are the shells that are the user's own.
func (w *Workspace) shells() []*shell.Shell {
	var all []*shell.Shell
	for _, s := range w.Own() {
		all = append(all, s.shell)
	}
	return all
}

// Switch implements shell.FrontEnd.
func (w *Workspace) Switch(ctx context.Context, name string) error {
	if w.cfg.Tabs {
		return shell.ErrNoSessions
	}
	s, fresh, err := w.nameOrAdd(name)
	if err != nil {
		return err
	}
	if fresh {
		if err := s.shell.Open(ctx); err != nil {
			w.Remove(s)
			return errors.Join(err, s.shell.Close())
		}
	}
	w.Turn(s)
	return nil
}

// nameOrAdd finds a session, or makes one unless all are being closed.
func (w *Workspace) nameOrAdd(name string) (s *Session, fresh bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch s = w.named(name); {
	case s != nil:
		return s, false, nil
	case w.closed:
		return nil, false, errors.New("zoosh is about to end")
	}
	return w.add(name), true, nil
}

// Remove takes a session away, with its lines: what runs is broken off. It is left to be
// closed.
func (w *Workspace) Remove(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.end()
	s.gone = true
	w.all = slices.DeleteFunc(w.all, func(o *Session) bool { return o == s })
	if w.front == s {
		w.front = nil
		if len(w.all) > 0 {
			w.front = w.all[0]
		}
	}
}

// Close ends the recording, and then what runs and the sessions that are no guests, beside
// each other. It waits for those no longer than within, unless that is 0, and no more at all
// once they were given up. What went wrong is told at each call.
func (w *Workspace) Close(within time.Duration) error {
	_, err := w.StopRecording()
	w.mu.Lock()
	w.closed = true
	for _, s := range w.all {
		s.end()
	}
	w.mu.Unlock()
	var closers []func() error
	for _, sh := range w.shells() {
		closers = append(closers, sh.Close)
	}
	return w.closing.all(within, closers, err)
}
