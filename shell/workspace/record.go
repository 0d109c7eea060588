package workspace

import (
	"context"
	"fmt"

	"zoosh/shell"
	"zoosh/shell/transcript"
)

// StartRecording begins a recording on the ground that a session finds, and tells what is to be
// known of that. It waits for the server.
func (w *Workspace) StartRecording(ctx context.Context, from *shell.Shell, rec transcript.Recording) (notes []string, err error) {
	if notes, err = transcript.Ground(ctx, from.Session()); err != nil {
		return nil, err
	}
	rec.Head.Dialect, rec.Head.Typed, rec.Head.Notes, rec.Name = from.Dialect(), from.Typed(), notes, w.pageName
	rec.Failed = func(err error) {
		w.Put(shell.Item{Kind: shell.Stderr, Shell: from.Name(), Text: fmt.Sprintf("%sthe recording ends here: %v\n", w.cfg.Says, err)})
	}
	return notes, w.recording.Start(rec)
}

// pageName is what a recording calls the session of a shell.
func (w *Workspace) pageName(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch title := w.titles[name]; {
	case title != "":
		return title
	case w.cfg.PageName != nil:
		return w.cfg.PageName(name)
	}
	return name
}

// Record implements shell.FrontEnd.
func (w *Workspace) Record(ctx context.Context, from *shell.Shell, file string) ([]string, error) {
	return w.StartRecording(ctx, from, transcript.Recording{File: file})
}

// StopRecording implements shell.FrontEnd.
func (w *Workspace) StopRecording() (string, error) { return w.recording.StopAfter(w.shells()) }

// Recording implements shell.FrontEnd.
func (w *Workspace) Recording() string { return w.recording.File() }
