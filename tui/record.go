package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

func (m *Model) recordActions() []ui.Action {
	return []ui.Action{
		{Title: "Record the sessions in a file", Off: func() string {
			if m.ws.Recording() != "" {
				return "they are being recorded"
			}
			if m.sessions.Front().Lesson {
				return "a lesson is not recorded: turn to a session of your own"
			}
			return ""
		}, Run: func() tea.Cmd {
			m.Send(intent.PutLine{Line: "record " + time.Now().Format("session-2006-01-02-150405.md")})
			return nil
		}},
		{Title: "End the recording", Off: func() string {
			if m.ws.Recording() == "" {
				return "nothing is being recorded"
			}
			return ""
		}, Run: func() tea.Cmd {
			if m.sessions.Front().Lesson { // its shell knows of no recording
				return tea.Batch(m.stopRecording(), m.say(false, "the recording ends: "+m.ws.Recording()))
			}
			m.Send(intent.RunLine{Line: "record stop"})
			return nil
		}},
	}
}

// firstSession is the name of the first session: they are numbered.
const firstSession = "1"

// pageName is what a recording calls a session whose tab was given no name.
func pageName(name string) string {
	if name == firstSession {
		return transcript.DefaultSession
	}
	return "session-" + name
}

// beginRecording begins the recording that the configuration asks for, once the first
// session is there.
func (m *Model) beginRecording(of workspace.Opened) tea.Cmd {
	rec := m.cfg.Recording
	if rec == nil || m.ws.Named(firstSession) != of.Session || of.Err != nil && !errors.Is(of.Err, context.Canceled) {
		return nil
	}
	return func() tea.Msg {
		notes, err := m.ws.StartRecording(m.ctx, of.Session.Shell(), *rec)
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

// stopRecording ends the recording, beside the screen.
func (m *Model) stopRecording() tea.Cmd {
	return func() tea.Msg {
		if file, err := m.ws.StopRecording(); err != nil {
			return actionMsg(func(m *Model) tea.Cmd { return m.say(true, file+": "+err.Error()) })
		}
		return nil
	}
}
