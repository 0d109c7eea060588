package ui

import (
	"charm.land/lipgloss/v2"
)

// A Theme is how things look: made once for a background and a taste, and then
// only used.
type Theme struct {
	Plain, Dim, Bold     lipgloss.Style
	Good, Bad, Warn      lipgloss.Style
	Selected, Match      lipgloss.Style
	Frame, FrameFocus    lipgloss.Style
	Title, TitleFocus    lipgloss.Style
	Key, Status, Ghost   lipgloss.Style
	Emphasis             lipgloss.Style
	Ephemeral, Container lipgloss.Style
	sessions             []lipgloss.Style // by number of the tab
	Glyph                Glyphs
	color                bool
	Marked               map[string]lipgloss.Style // a status line, by the colour's name
}

// StatusColors are the colours that a status line can have.
var StatusColors = []string{"red", "green", "yellow", "blue", "magenta", "cyan"}

// Glyphs are the characters that an ASCII look replaces.
type Glyphs struct {
	Ellipsis                             string
	Open, Shut, Leaf                     string
	Ephemeral, Sequence, Container       string
	TTL, Bullet, Error                   string
	Created, Changed, Deleted            string
	Horizontal, Vertical                 string
	topLeft, topRight, BotLeft, BotRight string
	Right, Here, Dot, Event, Typing      string // of lessons
	Line, ToRight, ToLeft, Between       string // of the stage
}

var unicodeGlyphs = Glyphs{
	Ellipsis: "…", Open: "▾", Shut: "▸", Leaf: " ", Ephemeral: "◌", Sequence: "#",
	Container: "▣", TTL: "◷", Bullet: "●", Error: "✗", Created: "+", Changed: "~", Deleted: "-",
	Horizontal: "─", Vertical: "│", topLeft: "╭", topRight: "╮", BotLeft: "╰", BotRight: "╯",
	Right: "✓", Here: "▸", Dot: "·", Event: "◆", Typing: "▌", Line: "─", ToRight: "▶", ToLeft: "◀", Between: "│",
}

var asciiGlyphs = Glyphs{
	Ellipsis: "~", Open: "-", Shut: "+", Leaf: " ", Ephemeral: "e", Sequence: "#",
	Container: "c", TTL: "t", Bullet: "*", Error: "x", Created: "+", Changed: "~", Deleted: "-",
	Horizontal: "-", Vertical: "|", topLeft: "+", topRight: "+", BotLeft: "+", BotRight: "+",
	Right: "+", Here: ">", Dot: ".", Event: "*", Typing: "_", Line: "-", ToRight: ">", ToLeft: "<", Between: "|",
}

// A Look is what the user says of how things are drawn.
type Look struct {
	ASCII   bool // without box-drawing characters and symbols
	NoColor bool
}

// NewTheme makes the theme for a light or a dark background.
func NewTheme(l Look, dark bool) *Theme {
	t := &Theme{Glyph: unicodeGlyphs, color: !l.NoColor}
	if l.ASCII {
		t.Glyph = asciiGlyphs
	}
	s := lipgloss.NewStyle
	t.Plain, t.Bold = s(), s().Bold(true)
	t.Emphasis = s().Italic(true)
	t.Selected = s().Reverse(true)
	t.Match = s().Underline(true)
	if l.NoColor {
		t.Dim, t.Ghost = s().Faint(true), s().Faint(true)
		t.Good, t.Bad, t.Warn = s(), s().Bold(true), s().Bold(true)
		t.Frame, t.FrameFocus = s().Faint(true), s().Bold(true)
		t.Title, t.TitleFocus = s(), s().Bold(true).Reverse(true)
		t.Key, t.Status = s().Bold(true), s().Reverse(true)
		t.Ephemeral, t.Container = s(), s()
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
	t.Dim, t.Ghost = c("grey"), c("grey")
	t.Good, t.Bad, t.Warn = c("green"), c("red"), c("yellow")
	t.Frame, t.FrameFocus = c("line"), c("cyan")
	t.Title, t.TitleFocus = s(), c("cyan").Bold(true).Reverse(true)
	t.Key = c("cyan").Bold(true)
	t.Status = s().Reverse(true)
	t.Ephemeral, t.Container = c("magenta"), c("blue")
	t.Marked = map[string]lipgloss.Style{}
	for _, name := range StatusColors {
		t.Marked[name] = c(name).Reverse(true)
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

// Session is the colour of the session with that number.
func (t *Theme) Session(n int) lipgloss.Style { return t.sessions[n%len(t.sessions)] }
