package tui

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/tui/ui"
)

// A recorder is the TUI as the front end of the shells' commands. It is used beside
// the screen, by the commands that run, and knows the tabs by what it was told.
type recorder struct {
	stream    *shell.Stream
	recording transcript.RecordingSink

	mu     sync.Mutex
	shells []*shell.Shell
	titles map[string]string // of the tabs, by their shell's name
	tabs   map[string]*shell.Shell
}

func newRecorder(stream *shell.Stream) *recorder {
	return &recorder{stream: stream, titles: map[string]string{}, tabs: map[string]*shell.Shell{}}
}

func (m *Model) recordActions() []ui.Action {
	return []ui.Action{
		{Title: "Record the sessions in a file", Off: func() string {
			if m.recorder.Recording() != "" {
				return "they are being recorded"
			}
			if m.command.tab().lesson != nil {
				return "a lesson is not recorded: turn to a session of your own"
			}
			return ""
		}, Run: func() tea.Cmd {
			return m.command.put("record " + time.Now().Format("session-2006-01-02-150405.md"))
		}},
		{Title: "End the recording", Off: func() string {
			if m.recorder.Recording() == "" {
				return "nothing is being recorded"
			}
			return ""
		}, Run: func() tea.Cmd {
			if m.command.tab().lesson != nil { // its shell knows of no recording
				return tea.Batch(m.recorder.stop(), m.say(false, "the recording ends: "+m.recorder.Recording()))
			}
			return m.command.run("record stop")
		}},
	}
}

// put is the shells' sink.
func (r *recorder) put(it shell.Item) {
	r.recording.Put(it)
	r.stream.Put(it)
}

// joins tells of a session whose lines are going to be run, and what its tab is
// called.
func (r *recorder) joins(t *tab) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.shells, t.shell) {
		r.shells = append(r.shells, t.shell)
	}
	r.titles[t.name] = t.title
}

// knows tells of a tab, and of what it is called.
func (r *recorder) knows(t *tab) {
	if t.lesson != nil {
		return // the lesson knows its sessions
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tabs[t.name], r.titles[t.name] = t.shell, t.title
}

// forget tells that a tab is closed.
func (r *recorder) forget(t *tab) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.tabs, t.name)
}

// peers are the shells of the tabs, by their names, which are numbers, and by what
// the user calls them.
func (r *recorder) peers() map[string]*shell.Shell {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]*shell.Shell{}
	for name, sh := range r.tabs {
		if title := r.titles[name]; title != "" {
			all[title] = sh
		}
	}
	for name, sh := range r.tabs {
		all[name] = sh
	}
	return all
}

// name is what a recording calls a session: as its tab, if that was given a name.
func (r *recorder) name(shell string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch title := r.titles[shell]; {
	case title != "":
		return title
	case shell == "1":
		return transcript.DefaultSession
	}
	return "session-" + shell
}

// begin begins the recording that the configuration asks for, once the first
// session is there.
func (r *recorder) begin(ctx context.Context, t *tab, rec *transcript.Recording) tea.Cmd {
	if rec == nil || t.number != 0 {
		return nil
	}
	r.joins(t)
	return func() tea.Msg {
		notes, err := r.record(ctx, t.shell, *rec)
		return actionMsg(func(m *Model) tea.Cmd {
			switch {
			case err != nil:
				return m.say(true, err.Error())
			case len(notes) > 0:
				return m.say(true, "note: "+notes[0])
			}
			return m.say(false, "recording "+rec.File)
		})
	}
}

func (r *recorder) record(ctx context.Context, from *shell.Shell, rec transcript.Recording) ([]string, error) {
	notes, err := transcript.Ground(ctx, from.Session())
	if err != nil {
		return nil, err
	}
	rec.Head.Dialect, rec.Head.Typed, rec.Head.Notes, rec.Name = from.Dialect(), from.Typed(), notes, r.name
	rec.Failed = func(err error) {
		r.stream.Put(shell.Item{Kind: shell.Stderr, Shell: from.Name(), Text: fmt.Sprintf("the recording ends here: %v\n", err)})
	}
	return notes, r.recording.Start(rec)
}

// stop ends the recording, beside the screen.
func (r *recorder) stop() tea.Cmd {
	return func() tea.Msg {
		if file, err := r.StopRecording(); err != nil {
			return actionMsg(func(m *Model) tea.Cmd { return m.say(true, file+": "+err.Error()) })
		}
		return nil
	}
}

// Sessions implements shell.FrontEnd: there are tabs instead.
func (r *recorder) Sessions() []*shell.Shell { return nil }

// Switch implements shell.FrontEnd: there are tabs instead.
func (r *recorder) Switch(context.Context, string) error { return shell.ErrNoSessions }

// Record implements shell.FrontEnd.
func (r *recorder) Record(ctx context.Context, from *shell.Shell, file string) ([]string, error) {
	return r.record(ctx, from, transcript.Recording{File: file})
}

// StopRecording implements shell.FrontEnd.
func (r *recorder) StopRecording() (string, error) {
	r.mu.Lock()
	shells := slices.Clone(r.shells)
	r.mu.Unlock()
	return r.recording.StopAfter(shells)
}

// Recording implements shell.FrontEnd.
func (r *recorder) Recording() string { return r.recording.File() }
