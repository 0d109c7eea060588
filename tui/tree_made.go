package tui

import (
	"zoosh/shell"
	"zoosh/tui/ui"
)

// madeGlyph is the sign of a container or a TTL znode.
func madeGlyph(g *ui.Glyphs, z *shell.Made) string {
	if z.TTL > 0 {
		return g.TTL
	}
	return g.Container
}
