package tui

import "charm.land/lipgloss/v2"

// tone is how much a row matters; its colour is not all that says so.
type tone int

const (
	toneNone tone = iota
	toneGood
	toneBad
	toneWarn
)

func (t *theme) tone(n tone) lipgloss.Style {
	return [...]lipgloss.Style{t.plain, t.good, t.bad, t.warn}[n]
}

// toneBar is the look of a bar in that tone.
func (t *theme) toneBar(n tone) lipgloss.Style {
	return t.tone(n).Reverse(true).Bold(true)
}
