package tui

import tea "charm.land/bubbletea/v2"

// paneID names a pane. Its number is its place in the order of Tab.
type paneID int

const (
	paneCommand paneID = iota
	paneEvents
	paneTree
	paneNode
	paneLesson // it and the stage are there while a lesson plays
	paneStage
	numPanes
	anywhere = numPanes // of actions: whatever has the focus
)

// allPanes are the panes in the order in which they are drawn: the left column first.
var allPanes = []paneID{paneLesson, paneStage, paneCommand, paneEvents, paneTree, paneNode}

func (id paneID) String() string {
	return [...]string{"Command", "Events", "Tree", "Node", "Lesson", "Stage", "everywhere"}[id]
}

// A pane is one box of the screen. Coordinates are those within its frame.
type pane interface {
	// title stands in the frame, plain and safe for a terminal.
	title() string
	// resize tells how many cells there are within the frame.
	resize(w, h int)
	// rows is what the frame holds: at most h rows, each at most w cells wide,
	// styled, and safe for a terminal. It costs what the pane's height costs.
	rows() []string
	// restyle forgets what was made with another theme.
	restyle()
	// update takes the messages of the pane's own commands, and knows no others.
	update(msg tea.Msg) tea.Cmd
	// key takes a key that stands for no action.
	key(k tea.KeyPressMsg) tea.Cmd
	// click takes a press of the left button.
	click(x, y int) tea.Cmd
	// wheel scrolls by so many rows, up if below 0.
	wheel(delta int)
	// cursor is where the terminal's cursor stands while the pane has the focus.
	cursor() (x, y int, shown bool)
}

// A grabber is a pane that at times wants a key before it stands for an action: a
// list or a search in it is open.
type grabber interface {
	grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool)
}

// A paster is a pane that at times is typed into: a paste is meant for it then, not
// for the prompt.
type paster interface {
	takePaste(text string) (cmd tea.Cmd, taken bool)
}

// An overlay lies over the panes and takes every key: help, the palette, a
// question.
type overlay interface {
	key(m *Model, k tea.KeyPressMsg) tea.Cmd
	paste(m *Model, text string) tea.Cmd
	mouse(m *Model, msg tea.MouseMsg) tea.Cmd
	// box is the overlay's rows, frame included, at most w by h cells.
	box(m *Model, w, h int) []string
	// cursor is where the cursor stands in the box.
	cursor() (x, y int, shown bool)
}
