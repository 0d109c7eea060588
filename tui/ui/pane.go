package ui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/shell"
)

// An ID names a pane: its title, and its name in the code and in the help.
type ID string

// Anywhere is where actions work that need no pane.
const Anywhere ID = ""

// A Mode is what is open in a pane, and for which some keys have a meaning of their
// own: a list, a search, an editor. Its text ends the heading of these keys in the
// help: "In the pane Command, while a list is open".
type Mode string

// Normal is the mode in which nothing is open.
const Normal Mode = ""

// A Pane is one box of the screen. Coordinates are those within its frame. Whatever it
// wants of the others it says to its Host.
type Pane interface {
	// Title stands in the frame, plain and safe for a terminal, in about so many cells.
	Title(room int) string
	// Resize tells how many cells there are within the frame.
	Resize(w, h int)
	// Rows is what the frame holds: at most as many rows as it is high, each at most as
	// many cells as it is wide, styled, and safe for a terminal. It costs what the
	// pane's height costs. focus tells whether the keys are the pane's.
	Rows(focus bool) []string
	// SetTheme has the pane drawn in another theme.
	SetTheme(t *Theme)
	// Update takes the messages of the pane's own commands, and knows no others.
	Update(msg tea.Msg) tea.Cmd
	// Actions is the pane's table of what can be done in it, always the same one.
	Actions() []Action
	// Mode is what is open in the pane now.
	Mode() Mode
	// Key takes a key that stands for no action.
	Key(k tea.KeyPressMsg) tea.Cmd
	// Click takes a press of the left button.
	Click(x, y int) tea.Cmd
	// Wheel scrolls by so many rows, up if below 0.
	Wheel(delta int)
	// Cursor is where the terminal's cursor stands while the pane has the focus.
	Cursor() (x, y int, shown bool)
}

// A Typer is a pane into which one can type: keys with text are its own and stand for
// no action that works anywhere.
type Typer interface {
	// Types tells whether it is typed into now.
	Types() bool
}

// A Grabber is a pane that, in a mode other than Normal, wants keys that are not in its
// table before they stand for an action of another mode: what is typed is meant for
// what is open.
type Grabber interface {
	Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool)
}

// A Paster is a pane that at times is typed into: a paste is meant for it then, not
// for the prompt.
type Paster interface {
	TakePaste(text string) (cmd tea.Cmd, taken bool)
}

// A Listener is a pane that looks at what comes out of the shells. It is told each item
// once, in order.
type Listener interface {
	Take(it *shell.Item) tea.Cmd
}

// A Receiver is a pane that can do what others want of it. An intent is offered to the
// panes in their order until one says that it was meant; one that tells something to
// whoever wants to know is taken by none.
type Receiver interface {
	Receive(i Intent) (cmd tea.Cmd, taken bool)
}

// A Holder is a pane that may hold what would be lost if zoosh was left.
type Holder interface {
	// Unsaved is what of, and what is to be said of it; "" if there is nothing.
	Unsaved() (what, warning string)
}

// A Guest is a pane that is on the screen at times only. What changes that has the screen
// arranged anew.
type Guest interface {
	// Here tells whether it is there now.
	Here() bool
}

// A Measurer is a pane that knows how high it is to be on a screen with so many rows for
// panes, its frame included.
type Measurer interface{ Height(rows int) int }

// A Reacher is a pane that has a server of its own, and knows how that is reached.
type Reacher interface {
	Reach(server string) (at session.Target, ok bool)
}

// A Starter is a pane that has something to begin once the screen is there.
type Starter interface{ Start() tea.Cmd }

// A Closer is a pane that has something to end when zoosh is left. Close is called beside
// Update, and may wait for a server.
type Closer interface{ Close() }

// A Cleaner is a pane that may have something on a server which is to be removed before
// zoosh is left. Clean is called beside Update, perhaps more than once, and is waited for.
type Cleaner interface{ Clean() error }

// An Owner is the Owner of items of the shells' stream whose session may be gone before
// they are shown.
type Owner interface {
	// Late tells whether nobody wants to hear of that session any more.
	Late() bool
}

// A SessionOwner is a pane that has sessions of its own, beside those at the prompt.
type SessionOwner interface {
	// OwnSessions are they, by what they are for. It may be called from anywhere.
	OwnSessions() map[*session.Session]string
}

// A Reader is a pane that reads from a server what it shows.
type Reader interface {
	// Reads tells whether something is being read, or has still to be shown.
	Reads() bool
}
