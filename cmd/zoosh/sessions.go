package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// sessions are the shells of line mode or of a script. One is in front: it gets the
// lines. What comes out of all of them is one stream, which passes the recording. They
// are the front end for the commands that are about more than one shell.
type sessions struct {
	cfg       shell.Config
	stream    *shell.Stream
	recording transcript.RecordingSink
	width     func() int // of the screen that prompts are for; nil: there is none

	mu     sync.Mutex
	all    []*shell.Shell
	front  *shell.Shell
	closed bool
}

// newSessions makes the first session, which is not open yet.
func newSessions(cfg shell.Config) *sessions {
	s := &sessions{cfg: cfg, stream: shell.NewStream()}
	s.front = s.add(transcript.DefaultSession)
	return s
}

// add makes a session. mu is held, or nobody else knows of s yet.
func (s *sessions) add(name string) *shell.Shell {
	cfg := s.cfg
	cfg.Name, cfg.FrontEnd, cfg.Sink = name, s, s.put
	sh := shell.New(cfg)
	s.all = append(s.all, sh)
	return sh
}

// put is the shells' sink. An event of a session that is not in front says whose it
// is.
func (s *sessions) put(it shell.Item) {
	s.recording.Put(it)
	if (it.Kind == shell.Watch || it.Kind == shell.State) && it.Text != "" && it.Shell != s.Front().Name() {
		it.Text = "\n(session " + it.Shell + ")" + it.Text
	}
	s.stream.Put(it)
}

// Front is the shell that gets the lines.
func (s *sessions) Front() *shell.Shell {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.front
}

// Prompt is the prompt of the shell in front, with its name if there are others, as the
// screen has room for it.
func (s *sessions) Prompt() string {
	front := s.Front()
	prompt := front.Prompt()
	if len(s.Sessions()) > 1 {
		prompt = front.Name() + " " + prompt
	}
	if s.width != nil {
		prompt = front.FitPrompt(prompt, s.width())
	}
	return prompt
}

// Sessions implements shell.FrontEnd.
func (s *sessions) Sessions() []*shell.Shell {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// Switch implements shell.FrontEnd.
func (s *sessions) Switch(ctx context.Context, name string) error {
	sh, fresh, err := s.named(name)
	if err != nil {
		return err
	}
	if fresh {
		if err := sh.Open(ctx); err != nil {
			s.mu.Lock()
			s.all = slices.DeleteFunc(s.all, func(o *shell.Shell) bool { return o == sh })
			s.mu.Unlock()
			return errors.Join(err, sh.Close())
		}
	}
	s.mu.Lock()
	s.front = sh
	s.mu.Unlock()
	return nil
}

// named finds a session, or makes one unless all are being closed.
func (s *sessions) named(name string) (sh *shell.Shell, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.all, func(sh *shell.Shell) bool { return sh.Name() == name }); i >= 0 {
		return s.all[i], false, nil
	}
	if s.closed {
		return nil, false, errors.New("zoosh is about to end")
	}
	return s.add(name), true, nil
}

// Record implements shell.FrontEnd.
func (s *sessions) Record(ctx context.Context, from *shell.Shell, file string) ([]string, error) {
	return s.record(ctx, from, transcript.Recording{File: file})
}

// record begins a recording on the ground that a session finds.
func (s *sessions) record(ctx context.Context, from *shell.Shell, rec transcript.Recording) ([]string, error) {
	notes, err := transcript.Ground(ctx, from.Session())
	if err != nil {
		return nil, err
	}
	rec.Head.Dialect, rec.Head.Typed, rec.Head.Notes = from.Dialect(), from.Typed(), notes
	rec.Failed = func(err error) {
		s.stream.Put(shell.Item{Kind: shell.Stderr, Shell: from.Name(), Text: fmt.Sprintf("zoosh: the recording ends here: %v\n", err)})
	}
	return notes, s.recording.Start(rec)
}

// StopRecording implements shell.FrontEnd.
func (s *sessions) StopRecording() (string, error) { return s.recording.StopAfter(s.Sessions()) }

// Recording implements shell.FrontEnd.
func (s *sessions) Recording() string { return s.recording.File() }

// Close ends the recording and the sessions.
func (s *sessions) Close() error {
	_, err := s.StopRecording()
	s.mu.Lock()
	s.closed = true
	all := slices.Clone(s.all)
	s.mu.Unlock()
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for i, sh := range all {
		wait.Go(func() { errs[i] = sh.Close() })
	}
	wait.Wait()
	return errors.Join(append(errs, err)...)
}
