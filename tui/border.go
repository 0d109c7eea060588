package tui

import tea "charm.land/bubbletea/v2"

// drag moves a border that the mouse has taken hold of; it tells whether the
// event was about that.
func (m *Model) drag(msg tea.MouseMsg) bool { return false }
