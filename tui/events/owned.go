package events

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// owned is the ephemerals of each session, as its server told after the commands
// that may have changed them. When a session has expired nobody can tell any more.
type owned struct {
	paths  map[int64][]string // by session id
	asking map[string]bool    // by the names of shells; true: ask again
}

// An ownedMsg is what a session was told that it owns.
type ownedMsg struct {
	shell string
	id    int64
	paths []string
	err   error
}

// ownedTimeout bounds the question: its answer is worth no waiting.
const ownedTimeout = 5 * time.Second

// ran asks anew after a command that may have made or removed an ephemeral.
func (o *owned) ran(p *Pane, shell, line string) tea.Cmd {
	name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if !slices.Contains([]string{"create", "delete", "deleteall", "rmr", "multi"}, name) {
		return nil
	}
	return o.ask(p, shell)
}

// ask asks the server, one question of a session at a time.
func (o *owned) ask(p *Pane, shell string) tea.Cmd {
	if _, under := o.asking[shell]; under {
		o.asking[shell] = true
		return nil
	}
	for _, of := range p.cfg.Sessions.All() {
		zk := of.Shell.Session()
		if of.Name != shell || zk == nil || zk.State() != session.Connected {
			continue
		}
		o.asking[shell] = false
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(p.cfg.Context, ownedTimeout)
			defer cancel()
			id := zk.ID()
			paths, err := zk.Ephemerals(ctx, "/")
			return ownedMsg{shell, id, paths, err}
		}
	}
	return nil
}

// told takes the answer. Servers before 3.6 do not know the question.
func (o *owned) told(p *Pane, msg ownedMsg) tea.Cmd {
	again := o.asking[msg.shell]
	delete(o.asking, msg.shell)
	if msg.err == nil {
		slices.Sort(msg.paths)
		o.paths[msg.id] = msg.paths
	}
	if again {
		return o.ask(p, msg.shell)
	}
	return nil
}

// endedWith is the ephemerals that a session had when its end is told.
func (o *owned) endedWith(e session.Event) []string {
	paths := o.paths[e.SessionID]
	if e.State == wire.StateExpired || e.State == wire.StateClosed {
		delete(o.paths, e.SessionID)
	}
	return paths
}
