package walkthrough

import (
	"fmt"
	"slices"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui/intent"
)

// Marks of what the executor does, in the order of what comes out of the sessions.
type (
	// cleared is that all sessions of a lesson are gone.
	cleared struct{ of *play }
	// joined is that a role's session begins.
	joined struct {
		of      *play
		role    string
		session *workspace.Session
		dialect shell.Dialect
	}
)

func (w *play) mark(mark any) {
	w.of.cfg.Workspace.Put(shell.Item{Kind: shell.Mark, Mark: mark})
}

func (w *play) heardCleared() {
	w.laid.Add(1)
	w.mark(cleared{w})
}

func (w *play) heardOpened(role string, s *workspace.Session) {
	w.mark(joined{w, role, s, s.Shell().Dialect()}) // which a page may leave to be found out
}

// sessionName is the name of a role's session in the stream, where the user's have numbers.
func (w *play) sessionName(role string) string {
	return fmt.Sprintf("%s %d.%d", role, w.number, w.laid.Load())
}

// Late implements ui.Owner: the lesson was left.
func (w *play) Late() bool { return w != w.of.now }

// join gives a role's session its prompt.
func (w *play) join(i joined) {
	w.named[i.session.Name()] = i.role
	w.of.cfg.Host.Send(intent.OpenRole{
		Role: i.role, Number: slices.Index(w.lesson.Roles(), i.role), Session: i.session, Dialect: i.dialect,
	})
	if len(w.named) == 1 {
		w.of.cfg.Host.Send(intent.FrontRole{Role: i.role})
	}
}

// clear forgets what came out of the sessions that are gone.
func (w *play) clear() {
	gone := w.named
	w.named = map[string]string{}
	w.timeline = roles.NewTimeline()
	w.of.told++
	w.of.cfg.Host.Send(intent.ClearRoles{})
	w.of.cfg.Host.Send(intent.Forget{Gone: func(name string) bool { _, old := gone[name]; return old }})
}
