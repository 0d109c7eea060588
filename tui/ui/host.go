package ui

import tea "charm.land/bubbletea/v2"

// An Intent is what a pane wants of the others, or of the screen: a typed message that
// the root carries out. Package intent has them all.
type Intent any

// A Host is the screen that a pane stands on.
type Host interface {
	// Send has an intent carried out when the pane is done with what it was called for,
	// in the order in which they were sent, and before the next key. It is Update's; a
	// command beside the screen returns the intent as its message instead.
	Send(i Intent)
}

// Sends makes what an action does of an intent.
func Sends(h Host, i Intent) func() tea.Cmd {
	return func() tea.Cmd {
		h.Send(i)
		return nil
	}
}
