package ui

import tea "charm.land/bubbletea/v2"

// WheelRows is how many rows a turn of the wheel scrolls.
func WheelRows(msg tea.MouseWheelMsg) int {
	if msg.Button == tea.MouseWheelUp {
		return -3
	}
	return 3
}
