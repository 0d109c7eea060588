package ui

import (
	"strings"

	"zoosh/internal/prose"
)

// Prose is a row of prose in its styles.
func (t *Theme) Prose(row prose.Line) string {
	var b strings.Builder
	for _, s := range row {
		switch s.Style {
		case prose.Strong, prose.Heading:
			b.WriteString(t.Bold.Render(s.Text))
		case prose.Emphasis:
			b.WriteString(t.Emphasis.Render(s.Text))
		case prose.Code:
			b.WriteString(t.Key.UnsetBold().Render(s.Text))
		case prose.Sign:
			b.WriteString(t.Dim.Render(s.Text))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
