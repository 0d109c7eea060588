package znode

import "zoosh/shell"

// Made is the containers and TTL znodes that the sessions have made: no server
// tells anybody which znodes those are. One that was deleted, or made anew by
// somebody, is known by another czxid.
type Made struct {
	at    map[madeAt]*shell.Made
	order []madeAt // the oldest first
}

type madeAt struct{ server, path string }

// madeLimit is how many of them are kept.
const madeLimit = 10_000

// Add remembers what a session has made.
func (m *Made) Add(z *shell.Made) {
	if m.at == nil {
		m.at = map[madeAt]*shell.Made{}
	}
	at := madeAt{z.Server, z.Path}
	if m.at[at] == nil {
		m.order = append(m.order, at)
	}
	m.at[at] = z
	if len(m.order) > madeLimit {
		delete(m.at, m.order[0])
		m.order = m.order[1:]
	}
}

// Find is what is known of the znode with that czxid, nil if it is of no such kind
// or was made elsewhere.
func (m *Made) Find(server, path string, czxid int64) *shell.Made {
	if z := m.at[madeAt{server, path}]; z != nil && z.Czxid == czxid {
		return z
	}
	return nil
}
