package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/walkthrough"
)

// newPlayer makes what plays lessons, which the panes of lessons draw.
func (m *Model) newPlayer() *walkthrough.Player {
	return walkthrough.New(walkthrough.Config{
		Context: m.ctx, Host: m, Sessions: prompts{m}, Workspace: m.ws, Aides: m.aides,
		Target: m.cfg.LessonTarget, Allow: m.cfg.LessonAllow, Pace: m.cfg.LessonPace, Alone: m.cfg.Shell.Connect == "",
		Wait:   func(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd { return m.wait(d, msg) },
		Lesson: paneLesson, Stage: paneStage, Prompt: paneCommand, Tree: paneTree,
	})
}

// ownServer tells whether lessons play on a server of their own beside somebody's
// ensemble.
func (m *Model) ownServer() bool {
	return m.cfg.Shell.Connect != "" && m.cfg.LessonTarget.Connect == "" && m.cfg.Where != whereEmbedded
}

// whereEmbedded is Config.Where of an embedded server.
const whereEmbedded = "embedded"

// prompts are the sessions of the command pane, for panes that may be made before it.
type prompts struct{ m *Model }

// Front implements sessions.Sessions.
func (p prompts) Front() sessions.Session { return p.m.sessions.Front() }

// All implements sessions.Sessions.
func (p prompts) All() []sessions.Session { return p.m.sessions.All() }
