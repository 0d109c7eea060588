package ui

import tea "charm.land/bubbletea/v2"

// An Overlay lies over the panes and takes every key: help, the palette, a question.
type Overlay interface {
	// Key takes a key; done tells that the overlay is to be put away.
	Key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool)
	Paste(text string) tea.Cmd
	Mouse(msg tea.MouseMsg) (cmd tea.Cmd, done bool)
	// Box is the overlay's rows, frame included, at most w by h cells.
	Box(t *Theme, w, h int) []string
	// Cursor is where the cursor stands in the box.
	Cursor() (x, y int, shown bool)
}

// A Placed overlay is told where its box stands on the screen, frame included, whenever that
// is drawn.
type Placed interface{ PlaceAt(x, y int) }

// An Ender is an overlay that has more to put away than itself. End is called once,
// however it is put away.
type Ender interface{ End() }
