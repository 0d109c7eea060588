package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Head is the upper line of a frame, with the title in it.
func (t *Theme) Head(title string, w int, frame, name lipgloss.Style) string {
	g := t.Glyph
	text := t.Fit(" "+title+" ", min(w-4, WidthOf(title)+2))
	return frame.Render(g.topLeft+g.Horizontal) + name.Render(text) +
		frame.Render(strings.Repeat(g.Horizontal, max(0, w-3-WidthOf(text)))+g.topRight)
}

// Boxed puts a frame with a title around rows; w is its whole width.
func (t *Theme) Boxed(title string, rows []string, w int) []string {
	g := t.Glyph
	out := []string{t.Head(title, w, t.FrameFocus, t.TitleFocus)}
	side := t.FrameFocus.Render(g.Vertical)
	for _, row := range rows {
		out = append(out, side+t.Fit(row, w-2)+side)
	}
	return append(out, t.FrameFocus.Render(g.BotLeft+strings.Repeat(g.Horizontal, w-2)+g.BotRight))
}
