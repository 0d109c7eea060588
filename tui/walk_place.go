package tui

import (
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"

	tea "charm.land/bubbletea/v2"
)

// A placeBefore is how the screen was before a lesson took it: leaving brings it back.
// The tabs keep what is theirs, their sessions and what was typed, by themselves.
type placeBefore struct {
	focus  ui.ID
	zoomed bool
}

func (m *Model) keepPlace() {
	m.before = placeBefore{focus: m.focus, zoomed: m.zoomed}
	m.Send(intent.KeepTree{})
}

// backToPlace puts the screen back as it was before the lesson.
func (m *Model) backToPlace() tea.Cmd {
	m.zoomed = m.before.zoomed
	m.arrange()
	m.setFocus(m.before.focus)
	m.Send(intent.LeaveTree{})
	m.Send(intent.BackToTree{})
	return nil
}

// ownServerNote says where a lesson plays that was begun beside somebody's ensemble, and
// how it is left.
func (m *Model) ownServerNote() tea.Cmd {
	if m.cfg.Shell.Connect == "" || m.cfg.LessonTarget.Connect != "" || m.cfg.Where == whereEmbedded {
		return nil
	}
	return m.say(false, "this plays on a server of its own: q leaves, and all is as it was")
}

// whereEmbedded is Config.Where of an embedded server.
const whereEmbedded = "embedded"
