package tui

import (
	"charm.land/lipgloss/v2"
)

// A theme is how things look: made once for a background and a taste, and then
// only used.
type theme struct {
	plain, dim, bold     lipgloss.Style
	good, bad, warn      lipgloss.Style
	selected, match      lipgloss.Style
	frame, frameFocus    lipgloss.Style
	title, titleFocus    lipgloss.Style
	key, status, ghost   lipgloss.Style
	ephemeral, container lipgloss.Style
	sessions             []lipgloss.Style // by number of the tab
	glyph                glyphs
	color                bool
}

// glyphs are the characters that an ASCII look replaces.
type glyphs struct {
	ellipsis                             string
	open, shut, leaf                     string
	ephemeral, sequence, container       string
	ttl, bullet, error                   string
	created, changed, deleted            string
	horizontal, vertical                 string
	topLeft, topRight, botLeft, botRight string
}

var unicodeGlyphs = glyphs{
	ellipsis: "…", open: "▾", shut: "▸", leaf: " ", ephemeral: "◌", sequence: "#",
	container: "▣", ttl: "◷", bullet: "●", error: "✗", created: "+", changed: "~", deleted: "-",
	horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", botLeft: "╰", botRight: "╯",
}

var asciiGlyphs = glyphs{
	ellipsis: "~", open: "-", shut: "+", leaf: " ", ephemeral: "e", sequence: "#",
	container: "c", ttl: "t", bullet: "*", error: "x", created: "+", changed: "~", deleted: "-",
	horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", botLeft: "+", botRight: "+",
}

// newTheme makes the theme for a light or a dark background. Colours are those of
// the terminal's own sixteen, so that its user's choice holds.
func newTheme(cfg Config, dark bool) *theme {
	t := &theme{glyph: unicodeGlyphs, color: !cfg.NoColor}
	if cfg.ASCII {
		t.glyph = asciiGlyphs
	}
	s := lipgloss.NewStyle
	t.plain, t.bold = s(), s().Bold(true)
	t.selected = s().Reverse(true)
	t.match = s().Underline(true)
	if cfg.NoColor {
		t.dim, t.ghost = s().Faint(true), s().Faint(true)
		t.good, t.bad, t.warn = s(), s().Bold(true), s().Bold(true)
		t.frame, t.frameFocus = s().Faint(true), s().Bold(true)
		t.title, t.titleFocus = s(), s().Bold(true).Reverse(true)
		t.key, t.status = s().Bold(true), s().Reverse(true)
		t.ephemeral, t.container = s(), s()
		t.sessions = []lipgloss.Style{s()}
		return t
	}
	c := func(onDark, onLight string) lipgloss.Style {
		if dark {
			return s().Foreground(lipgloss.Color(onDark))
		}
		return s().Foreground(lipgloss.Color(onLight))
	}
	t.dim, t.ghost = c("8", "8"), c("8", "8")
	t.good, t.bad, t.warn = c("10", "2"), c("9", "1"), c("11", "3")
	t.frame, t.frameFocus = c("8", "8"), c("14", "6")
	t.title, t.titleFocus = c("7", "0"), c("14", "6").Bold(true)
	t.key = c("14", "6").Bold(true)
	t.status = s().Reverse(true)
	t.ephemeral, t.container = c("13", "5"), c("12", "4")
	for _, pair := range [][2]string{{"14", "6"}, {"10", "2"}, {"13", "5"}, {"11", "3"}, {"12", "4"}, {"9", "1"}} {
		t.sessions = append(t.sessions, c(pair[0], pair[1]))
	}
	return t
}

// session is the colour of the session with that number.
func (t *theme) session(n int) lipgloss.Style { return t.sessions[n%len(t.sessions)] }
