package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// head is the upper line of a frame, with the title in it.
func (t *theme) head(title string, w int, frame, name lipgloss.Style) string {
	g := t.glyph
	text := t.fit(" "+title+" ", min(w-4, widthOf(title)+2))
	return frame.Render(g.topLeft+g.horizontal) + name.Render(text) +
		frame.Render(strings.Repeat(g.horizontal, max(0, w-3-widthOf(text)))+g.topRight)
}

// boxed puts a frame with a title around rows; w is its whole width.
func (t *theme) boxed(title string, rows []string, w int) []string {
	g := t.glyph
	out := []string{t.head(title, w, t.frameFocus, t.titleFocus)}
	side := t.frameFocus.Render(g.vertical)
	for _, row := range rows {
		out = append(out, side+t.fit(row, w-2)+side)
	}
	return append(out, t.frameFocus.Render(g.botLeft+strings.Repeat(g.horizontal, w-2)+g.botRight))
}
