package tui

import tea "charm.land/bubbletea/v2"

// wheelRows is how many rows a turn of the wheel scrolls.
func wheelRows(msg tea.MouseWheelMsg) int {
	if msg.Button == tea.MouseWheelUp {
		return -3
	}
	return 3
}
