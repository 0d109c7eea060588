// Package sessions is what panes may know of the sessions at the prompt: which there
// are, and which is in front. It is Update's, and asks nothing of a server.
package sessions

import "zoosh/shell"

// A Session is one at the prompt.
type Session struct {
	Name   string // of its shell
	Title  string // what its user calls it; "" if it has no other name
	Number int    // for its colour
	Shell  *shell.Shell
	// Dialect is what it speaks, as far as that is known: asking the shell may have to wait.
	Dialect shell.Dialect
	Lesson  bool   // it is a lesson's role, not the user's own
	Busy    bool   // a line runs or waits
	Typed   string // what stands at its prompt
	Role    string // of the lesson
	Gone    bool   // the role has no session now: another one is to come
}

// Label is what the session is called where it has one name.
func (s *Session) Label() string {
	if s.Title != "" {
		return s.Title
	}
	return s.Name
}

// Sessions are those at the prompt, in their order.
type Sessions interface {
	// Front is the one whose prompt is shown.
	Front() Session
	// All are all of them.
	All() []Session
}

// Named is the session of the shell with that name; ok is false if there is none any more.
func Named(all Sessions, name string) (s Session, ok bool) {
	for _, s := range all.All() {
		if s.Name == name {
			return s, true
		}
	}
	return Session{}, false
}
