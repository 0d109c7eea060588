package tui

import (
	"zoosh/internal/session"
	"zoosh/tui/ui"
)

// targetOf is how a server is reached: as a pane does that has it for its own,
// or a tab's shell that is connected to it. That a credential is a tab's is known before the
// session of the first one is there.
func (m *Model) targetOf(server string) session.Target {
	for _, e := range registry {
		if r, ok := m.panes[e.id].(ui.Reacher); ok {
			if at, its := r.Reach(server); its {
				at.Timeout = m.cfg.Shell.Timeout // it may be so short there that a pause ends it
				return at
			}
		}
	}
	for _, s := range m.sessions.All() {
		if !s.Lesson && s.Shell.ConnectString() == server {
			return s.Shell.Target()
		}
	}
	at, err := m.cfg.Shell.Target.To(server)
	if err != nil {
		at.Connect = server // which is told when it is opened
	}
	return at
}

// aides are the sessions that are no tab's, by what they are for. It may be called from
// anywhere.
func (m *Model) aides() map[int64]string {
	all := map[int64]string{}
	for _, p := range m.panes {
		if o, ok := p.(ui.SessionOwner); ok {
			for zk, purpose := range o.OwnSessions() {
				all[zk.ID()] = purpose
			}
		}
	}
	return all
}
