package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// A TimerMsg wants a message of Update when so much time has passed.
type TimerMsg struct {
	D   time.Duration
	Msg func(time.Time) tea.Msg
}

// After is tea.Tick by way of Update. Whoever drives the model sees so which of its
// commands only wait for time to pass, and which do something.
func After(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg { return TimerMsg{d, msg} }
}

// Frame is the time between two frames: what comes faster is gathered.
const Frame = time.Second / 60
