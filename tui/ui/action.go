package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// An Action is something that can be done: by a key, by a click, from the palette.
// Help, the line of keys and the palette are made from the tables of actions, and what
// a key does is looked up there.
type Action struct {
	Title string // what it does, as the palette and help say it
	Short string // the same in a word, for the line of keys; "" keeps it out
	Keys  []string
	// Mode is what must be open in the pane for the keys to work.
	Mode Mode
	// In is the pane that must have the focus, where that is another one than the pane
	// whose table has the action. Global is whatever has the focus.
	In     ID
	Global bool
	Run    func() tea.Cmd
	// Behind is the title of the action that it stands behind in help and palette. "": it
	// stands behind all those that are there already.
	Behind string
	// If tells whether the keys mean this now; where they do not they mean what they do in
	// the other modes. nil: they always do.
	If func() bool
	// When tells whether the line of keys has it now. nil: it always has.
	When func() bool
	// Off says why it cannot be done now, "" if it can. nil: it always can.
	Off func() string
	// Leaves tells that it leaves zoosh, for a while or for good: no overlay keeps its
	// key from doing so.
	Leaves bool
	// Always tells that its key works also where something is open or lies over the panes,
	// and puts nothing away.
	Always bool
	// Writes tells that it changes a znode, or ends in a command that does.
	Writes bool
}

// Has tells whether the action has that key.
func (a *Action) Has(key string) bool { return slices.Contains(a.Keys, key) }
