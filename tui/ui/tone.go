package ui

import "charm.land/lipgloss/v2"

// Tone is how much a row matters; its colour is not all that says so.
type Tone int

// The tones.
const (
	ToneNone Tone = iota
	ToneGood
	ToneBad
	ToneWarn
)

// Tone is the look of a row in that tone.
func (t *Theme) Tone(n Tone) lipgloss.Style {
	return [...]lipgloss.Style{t.Plain, t.Good, t.Bad, t.Warn}[n]
}

// ToneBar is the look of a bar in that tone.
func (t *Theme) ToneBar(n Tone) lipgloss.Style {
	return t.Tone(n).Reverse(true).Bold(true)
}
