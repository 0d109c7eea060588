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
	emphasis             lipgloss.Style
	ephemeral, container lipgloss.Style
	sessions             []lipgloss.Style // by number of the tab
	glyph                glyphs
	color                bool
	marked               map[string]lipgloss.Style // a status line, by the colour's name
}

// StatusColors are the colours that a status line can have.
var StatusColors = []string{"red", "green", "yellow", "blue", "magenta", "cyan"}

// glyphs are the characters that an ASCII look replaces.
type glyphs struct {
	ellipsis                             string
	open, shut, leaf                     string
	ephemeral, sequence, container       string
	ttl, bullet, error                   string
	created, changed, deleted            string
	horizontal, vertical                 string
	topLeft, topRight, botLeft, botRight string
	right, here, dot, event, typing      string // of lessons
	line, toRight, toLeft, between       string // of the stage
}

var unicodeGlyphs = glyphs{
	ellipsis: "…", open: "▾", shut: "▸", leaf: " ", ephemeral: "◌", sequence: "#",
	container: "▣", ttl: "◷", bullet: "●", error: "✗", created: "+", changed: "~", deleted: "-",
	horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", botLeft: "╰", botRight: "╯",
	right: "✓", here: "▸", dot: "·", event: "◆", typing: "▌", line: "─", toRight: "▶", toLeft: "◀", between: "│",
}

var asciiGlyphs = glyphs{
	ellipsis: "~", open: "-", shut: "+", leaf: " ", ephemeral: "e", sequence: "#",
	container: "c", ttl: "t", bullet: "*", error: "x", created: "+", changed: "~", deleted: "-",
	horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", botLeft: "+", botRight: "+",
	right: "+", here: ">", dot: ".", event: "*", typing: "_", line: "-", toRight: ">", toLeft: "<", between: "|",
}

// A look is what the user says of how things are drawn.
type look struct {
	ascii   bool // without box-drawing characters and symbols
	noColor bool
}

// newTheme makes the theme for a light or a dark background.
func newTheme(l look, dark bool) *theme {
	t := &theme{glyph: unicodeGlyphs, color: !l.noColor}
	if l.ascii {
		t.glyph = asciiGlyphs
	}
	s := lipgloss.NewStyle
	t.plain, t.bold = s(), s().Bold(true)
	t.emphasis = s().Italic(true)
	t.selected = s().Reverse(true)
	t.match = s().Underline(true)
	if l.noColor {
		t.dim, t.ghost = s().Faint(true), s().Faint(true)
		t.good, t.bad, t.warn = s(), s().Bold(true), s().Bold(true)
		t.frame, t.frameFocus = s().Faint(true), s().Bold(true)
		t.title, t.titleFocus = s(), s().Bold(true).Reverse(true)
		t.key, t.status = s().Bold(true), s().Reverse(true)
		t.ephemeral, t.container = s(), s()
		t.sessions = []lipgloss.Style{s()}
		return t
	}
	c := func(name string) lipgloss.Style {
		of := palette[name]
		if dark {
			return s().Foreground(lipgloss.Color(of.onDark))
		}
		return s().Foreground(lipgloss.Color(of.onLight))
	}
	t.dim, t.ghost = c("grey"), c("grey")
	t.good, t.bad, t.warn = c("green"), c("red"), c("yellow")
	t.frame, t.frameFocus = c("line"), c("cyan")
	t.title, t.titleFocus = s(), c("cyan").Bold(true).Reverse(true)
	t.key = c("cyan").Bold(true)
	t.status = s().Reverse(true)
	t.ephemeral, t.container = c("magenta"), c("blue")
	t.marked = map[string]lipgloss.Style{}
	for _, name := range StatusColors {
		t.marked[name] = c(name).Reverse(true)
	}
	for _, name := range []string{"cyan", "green", "magenta", "yellow", "blue", "red"} {
		t.sessions = append(t.sessions, c(name))
	}
	return t
}

// palette is the colours. On a dark background they are the bright ones of the
// terminal's own sixteen, so that its user's choice holds. On a light one those
// are often too pale to read, as blue and grey are too dark on a dark one: these
// have numbers beyond the sixteen, which every terminal shows alike. One that knows
// only sixteen gets the nearest.
var palette = map[string]struct{ onDark, onLight string }{
	"red": {"9", "124"}, "green": {"10", "22"}, "yellow": {"11", "94"},
	"blue": {"75", "25"}, "magenta": {"13", "90"}, "cyan": {"14", "24"},
	"grey": {"246", "241"}, "line": {"242", "243"},
}

// session is the colour of the session with that number.
func (t *theme) session(n int) lipgloss.Style { return t.sessions[n%len(t.sessions)] }
