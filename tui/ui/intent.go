package ui

import tea "charm.land/bubbletea/v2"

// The intents that are about the screen alone. Package intent has those about znodes
// and sessions.
type (
	// Say shows a line in the status line for a while. Without text it ends the one that is
	// there.
	Say struct {
		Bad  bool
		Text string
	}
	// NextPane gives the focus to the pane so many places further.
	NextPane struct{ By int }
	// Focus gives the focus to a pane.
	Focus struct{ Pane ID }
	// Focused tells which pane has got the focus.
	Focused struct{ Pane ID }
	// Unzoom shows all panes again, if one was zoomed.
	Unzoom struct{}
	// KeepPlace has the screen remember what has the focus and whether that is zoomed.
	// BackToPlace is back to that.
	KeepPlace   struct{}
	BackToPlace struct{}
	// Arrange gives the panes their places anew: a Guest has come or gone, or wants another
	// height.
	Arrange struct{}
	// Show lays an overlay over the panes, in place of another one.
	Show struct{ Overlay Overlay }
	// Do does what a command beside the screen leaves to be done in Update.
	Do func() tea.Cmd
	// Palette shows the palette.
	Palette struct{}
	// Quit leaves zoosh, or asks whether that is meant.
	Quit struct{}
	// Leave leaves zoosh at once. Err, if there is one, is why: it is told when the screen
	// is gone.
	Leave struct{ Err error }
	// Redraw draws the whole screen anew.
	Redraw struct{}
)
