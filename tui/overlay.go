package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// show lays an overlay over the panes, in place of another one.
func (m *Model) show(o ui.Overlay) tea.Cmd {
	m.endOverlay()
	m.overlay = o
	return nil
}

// endOverlay puts the overlay away.
func (m *Model) endOverlay() {
	o := m.overlay
	m.overlay = nil
	if e, ok := o.(ui.Ender); ok {
		e.End() // it has more to put away than itself
	}
}

// answered puts an overlay away that is done, unless it has been already.
func (m *Model) answered(o ui.Overlay, cmd tea.Cmd, done bool) tea.Cmd {
	if done && m.overlay == o {
		m.endOverlay()
	}
	return cmd
}

// overlayBox is where a box of that size stands: over the middle of the panes.
func (m *Model) overlayBox(w, h int) box {
	return box{(m.width - w) / 2, max(0, (m.height-bars-h)/2), w, h}
}

// askedTime is for how long a question about leaving is not asked again.
const askedTime = 2 * time.Second

// quitAsked leaves, but asks first if something would be lost, unless it has asked
// already.
func (m *Model) quitAsked() tea.Cmd {
	for _, e := range registry {
		h, ok := m.panes[e.id].(ui.Holder)
		if !ok || time.Since(m.askedAt) < askedTime {
			continue
		}
		if what, warning := h.Unsaved(); what != "" {
			m.askedAt = time.Now()
			return m.show(&ui.Question{
				Title: "Leave?", What: what, Warning: warning, Host: m,
				Choices: []ui.Choice{{Key: "y", Label: "leave", Run: m.quit}},
			})
		}
	}
	return m.quit()
}
