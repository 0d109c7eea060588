package tree

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zoosh/internal/livetree"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/znode"
)

// Title implements ui.Pane: it tells whose tree it is where that is not the prompt's.
func (p *Pane) Title(room int) string {
	if root, _ := p.tree.Row(0, time.Time{}); root.Loading && p.lost == nil {
		return "Tree: connecting"
	}
	title, stale := "Tree", ""
	if p.lost != nil && p.server != "" {
		stale = ", stale"
	}
	if place := p.cfg.Place(p.server); place != p.server {
		title += " of " + p.theme.Tail(ui.OneLine(place), max(12, p.w-len("Tree of "+stale)-4)) // its frame takes some
	} else if p.ofAnother() {
		title += " of " + ui.OneLine(p.server)
	}
	return title + stale
}

// Resize implements ui.Pane.
func (p *Pane) Resize(w, h int) {
	p.w, p.h = w, h
	p.scrollTo(ui.Between(p.at-p.room()+1, p.top, p.at))
}

// Rows is the part of the tree that is on the screen.
func (p *Pane) Rows(focus bool) []string {
	now := p.cfg.Now()
	rows := make([]string, 0, p.h)
	known := p.tree.Rows(p.top, p.room(), now)
	in := p.indents(known)
	for i := range known {
		rows = append(rows, p.row(&known[i], in, p.top+i == p.at))
	}
	if p.finding == nil && p.lost == nil {
		return rows
	}
	for len(rows) < p.h-1 {
		rows = append(rows, "")
	}
	return append(rows[:max(0, p.h-1)], p.foot())
}

// foot is the row below the tree: what is looked for, or what is wrong.
func (p *Pane) foot() string {
	t := p.theme
	if p.finding == nil {
		return t.Bad.Render(t.Fit(t.Glyph.Error+" "+ui.OneLine(p.lost.Error()), p.w))
	}
	text := "/" + p.finding.input.Text()
	if p.finding.missing {
		return t.Fit(text+"  "+t.Warn.Render("not among what was read"), p.w)
	}
	return t.Fit(text, p.w)
}

// Cursor implements ui.Pane: it stands behind a name that is typed, else in the row
// that is selected.
func (p *Pane) Cursor() (x, y int, shown bool) {
	if p.finding != nil {
		return min(1+p.finding.input.CursorCell(), p.w-1), p.h - 1, true
	}
	return 0, p.at - p.top, p.at >= p.top && p.at < p.top+p.room()
}

// A piece is a part of a row in one style.
type piece struct {
	text  string
	style lipgloss.Style
}

// row draws a znode: what happened to it, whether it is open, its name, and what
// is known of it.
func (p *Pane) row(row *livetree.Row, in indents, selected bool) string {
	t := p.theme
	pieces := p.pieces(row, in)
	if selected {
		var b strings.Builder
		for _, pc := range pieces {
			b.WriteString(pc.text)
		}
		return t.Selected.Render(t.Fit(b.String(), p.w))
	}
	var b strings.Builder
	for _, pc := range pieces {
		b.WriteString(pc.style.Render(pc.text))
	}
	return b.String()
}

func (p *Pane) pieces(row *livetree.Row, in indents) []piece {
	t, g := p.theme, &p.theme.Glyph
	mark, style := " ", t.Plain
	if row.Owner != 0 {
		style = t.Ephemeral
	}
	switch row.Mark {
	case livetree.MarkCreated:
		mark, style = g.Created, t.Good
	case livetree.MarkChanged:
		mark, style = g.Changed, t.Warn
	case livetree.MarkDeleted:
		mark, style = g.Deleted, t.Bad
	}
	pieces := []piece{{mark, style}, {in.of(row.Depth) + p.knob(row) + " ", t.Dim}}
	pieces = append(pieces, p.name(row, style)...)
	if made := p.cfg.Made.Find(p.server, row.Path, row.Czxid); made != nil {
		pieces = append(pieces, piece{" " + madeGlyph(g, made), t.Container})
	}
	if row.Sequential {
		pieces = append(pieces, piece{" " + g.Sequence, t.Dim})
	}
	if row.Children > 0 {
		pieces = append(pieces, piece{fmt.Sprintf(" (%d)", row.Children), t.Dim})
	}
	if row.Loading {
		pieces = append(pieces, piece{" " + g.Ellipsis, t.Dim})
	}
	if row.Owner != 0 {
		pieces = append(pieces, p.owner(row.Owner))
	}
	if row.Err != nil {
		pieces = append(pieces, piece{" " + g.Error + " " + znode.ErrorName(row.Err), t.Bad})
	}
	return pieces
}

// name is the znode's name, with what is looked for in it made out.
func (p *Pane) name(row *livetree.Row, style lipgloss.Style) []piece {
	looked := p.found
	if p.finding != nil {
		looked = p.finding.input.Text()
	}
	from, to, ok := livetree.Matches(row.Name, looked)
	if !ok {
		return []piece{{ui.OneLine(row.Name), style}}
	}
	return []piece{
		{ui.OneLine(row.Name[:from]), style},
		{ui.OneLine(row.Name[from:to]), p.theme.Match},
		{ui.OneLine(row.Name[to:]), style},
	}
}

// owner is the session that an ephemeral znode belongs to.
func (p *Pane) owner(id int64) piece {
	name, style, _ := znode.Owner(p.cfg.Sessions, p.theme, id)
	return piece{" " + p.theme.Glyph.Ephemeral + " " + name, style}
}

// knob is the glyph that opens and shuts a znode. One whose stat is still on its
// way has none yet, rather than one that goes again.
func (p *Pane) knob(row *livetree.Row) string {
	g := &p.theme.Glyph
	switch {
	case row.Children == 0 || row.Mark == livetree.MarkDeleted:
		return g.Leaf
	case row.Open:
		return g.Open
	case row.Children < 0:
		return g.Leaf
	}
	return g.Shut
}

// Click selects a row, and opens or shuts it at its glyph.
func (p *Pane) Click(x, y int) tea.Cmd {
	p.endFind()
	i := p.top + y
	if y < 0 || y >= p.room() || i >= p.tree.Len() {
		return nil
	}
	rows := p.tree.Rows(p.top, p.room(), time.Now())
	knob := 1 + p.indents(rows).width(rows[y].Depth) // before the selection moves
	cmd := p.choose(i)
	if x >= knob-1 && x <= knob+1 {
		cmd = tea.Batch(cmd, p.toggle())
	}
	return cmd
}

// Wheel scrolls; the selection stays, even out of sight.
func (p *Pane) Wheel(delta int) { p.scrollTo(p.top + delta) }

// Key takes no keys but those of the actions.
func (p *Pane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

// madeGlyph is the sign of a container or a TTL znode.
func madeGlyph(g *ui.Glyphs, z *shell.Made) string {
	if z.TTL > 0 {
		return g.TTL
	}
	return g.Container
}
