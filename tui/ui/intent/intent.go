// Package intent is what panes want of each other, as typed messages: one pane sends
// it, the screen offers it to the others, and the one that it is meant for carries it
// out. Package ui has those that are about the screen alone. There is nothing in it but
// types: a pane that sends an intent knows no more of who carries it out.
package intent

import (
	"zoosh/internal/livetree"
	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
)

type (
	// PutLine puts a line into the prompt of the session in front, to be looked at
	// before it is run, and gives the prompt the focus.
	PutLine struct{ Line string }
	// InsertWord puts a word behind what stands at the prompt, and gives it the focus.
	InsertWord struct{ Word string }
	// RunLine runs a line at the prompt of the session in front, as if it had been typed
	// there. Agreed tells that its consequences were asked about already.
	RunLine struct {
		Line   string
		Agreed bool
	}
	// Note says something among what the session has printed whose session that is.
	Note struct {
		Session *session.Session
		Text    string
	}
	// Report says a fault of zoosh among what the session in front has printed.
	Report struct{ Text string }
	// ShowZnode selects a znode in the tree, and opens what is above it. Focus: the tree
	// is to have the focus then.
	ShowZnode struct {
		Path  string
		Focus bool
	}
	// Selected tells that another znode is the one that is looked at.
	Selected struct{ Path string }
	// Changed tells that the znode that is looked at may have changed.
	Changed struct{}
	// ServerChanged tells that the tree is of another server, or anew of the same one: what
	// is known of the znodes before is of no use.
	ServerChanged struct {
		Server  string
		Watcher *livetree.Watcher // what reads and watches the tree now
	}
	// Made tells that a session has made a container or a TTL znode.
	Made struct{ Znode *shell.Made }
	// OpenTree has the tree show a server, and select a znode there once that is read.
	OpenTree struct{ Server, Select string }
	// LeaveTree tells that the server of the tree is about to go: what is shown stays until
	// another tree is.
	LeaveTree struct{}
	// KeepTree has the tree remember what is open and selected; BackToTree is back to that.
	KeepTree   struct{}
	BackToTree struct{}
	// FollowTab has the tree show the server of the session in front.
	FollowTab struct{}
	// PlayLesson plays a lesson in place of the one that is played now. Turn leaves the steps
	// that have a goal to the user.
	PlayLesson struct {
		Lesson *roles.Lesson
		Turn   bool
	}
	// ShowLessons lists the lessons, to choose from.
	ShowLessons struct{}
	// Forget tells that what came out of some sessions is not to be shown any more.
	Forget struct{ Gone func(session string) bool }
)
