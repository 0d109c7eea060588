package tui

import (
	"fmt"

	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// made is the containers and TTL znodes that the sessions have made: no server
// tells anybody which znodes those are. One that was deleted, or made anew by
// somebody, is known by another czxid.
type made struct {
	at    map[madeAt]*shell.Made
	order []madeAt // the oldest first
	store []madeAt
}

type madeAt struct{ server, path string }

// madeLimit is how many of them are kept.
const madeLimit = 10_000

func (m *made) add(z *shell.Made) {
	if m.at == nil {
		m.at = map[madeAt]*shell.Made{}
	}
	at := madeAt{z.Server, z.Path}
	if m.at[at] == nil {
		m.order = pushed(&m.store, m.order, at)
	}
	m.at[at] = z
	if len(m.order) > madeLimit {
		delete(m.at, m.order[0])
		m.order = m.order[1:]
	}
}

// find is what is known of the znode with that czxid, nil if it is of no such kind
// or was made elsewhere.
func (m *made) find(server, path string, czxid int64) *shell.Made {
	if z := m.at[madeAt{server, path}]; z != nil && z.Czxid == czxid {
		return z
	}
	return nil
}

// note remembers what a session has made.
func (p *treePane) note(z *shell.Made) {
	p.made.add(z)
	if z.Path == p.m.node.path {
		p.m.node.content = nil
	}
}

// madeGlyph is the sign of a container or a TTL znode.
func madeGlyph(g *ui.Glyphs, z *shell.Made) string {
	if z.TTL > 0 {
		return g.TTL
	}
	return g.Container
}

// madeHere is what a znode is, if that is known.
func (p *nodePane) madeHere(s *wire.Stat) string {
	switch z := p.m.tree.made.find(p.m.tree.server, p.path, s.Czxid); {
	case z == nil:
		return ""
	case z.TTL > 0:
		return fmt.Sprintf("  TTL %d ms, made here", z.TTL.Milliseconds())
	}
	return "  container, made here"
}
