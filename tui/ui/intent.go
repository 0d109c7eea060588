package ui

import tea "charm.land/bubbletea/v2"

// The intents that are about the screen alone. Package intent has those about znodes
// and sessions.
type (
	// Say shows a line in the status line for a while.
	Say struct {
		Bad  bool
		Text string
	}
	// NextPane gives the focus to the pane so many places further.
	NextPane struct{ By int }
	// Focus gives the focus to a pane.
	Focus struct{ Pane ID }
	// Show lays an overlay over the panes, in place of another one.
	Show struct{ Overlay Overlay }
	// Do does what a command beside the screen leaves to be done in Update.
	Do func() tea.Cmd
	// Palette shows the palette.
	Palette struct{}
	// Quit leaves zoosh, or asks whether that is meant.
	Quit struct{}
	// Redraw draws the whole screen anew.
	Redraw struct{}
)
