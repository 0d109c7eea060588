package walkthrough

import (
	"fmt"
	"slices"
	"sync"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
)

// heard is what the executor has told from a goroutine of its own. It is looked at
// before anything that came out of the sessions since.
type heard struct {
	prefix int // of the play

	mu    sync.Mutex
	laid  int // how often the lesson was laid out
	notes []note
}

// A laying is one time that a lesson was laid out: what comes out of its sessions is
// no more of interest when there is another.
type laying struct {
	of           *play
	walk, number int
}

// A note says that all sessions are gone, or that one begins.
type note struct {
	role, name string
	shell      *shell.Shell // nil: all are gone
	dialect    shell.Dialect
}

func (h *heard) cleared() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.laid++
	h.notes = append(h.notes, note{})
}

func (h *heard) opened(role string, sh *shell.Shell) {
	dialect := sh.Dialect() // which a page may leave to be found out
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, note{role, laying{walk: h.prefix, number: h.laid}.name(role), sh, dialect})
}

// name is the name of a role's session in the stream, where the user's have numbers.
func (l laying) name(role string) string { return fmt.Sprintf("%s %d.%d", role, l.walk, l.number) }

func (h *heard) take() []note {
	h.mu.Lock()
	defer h.mu.Unlock()
	notes := h.notes
	h.notes = nil
	return notes
}

// laying is how the lesson is laid out at the moment.
func (w *play) laying() laying {
	w.heard.mu.Lock()
	defer w.heard.mu.Unlock()
	return laying{w, w.heard.prefix, w.heard.laid}
}

// owns is an item of a role's session as it goes into the stream.
func (w *play) owns(it shell.Item) shell.Item {
	at := w.laying()
	it.Shell, it.Owner = at.name(it.Shell), at
	return it
}

// Late implements ui.Owner: the lesson was left, or laid out anew.
func (l laying) Late() bool {
	now := l.of.of.now
	if now == nil {
		return true
	}
	now.admit()
	return l != now.laying()
}

// admit gives each role's session its prompt.
func (w *play) admit() {
	for _, n := range w.heard.take() {
		if n.shell == nil {
			w.clear()
			continue
		}
		w.named[n.name] = n.role
		w.of.cfg.Host.Send(intent.OpenRole{
			Role: n.role, Name: n.name, Number: slices.Index(w.lesson.Roles(), n.role), Shell: n.shell, Dialect: n.dialect,
		})
		if len(w.named) == 1 {
			w.of.cfg.Host.Send(intent.FrontRole{Role: n.role})
		}
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
