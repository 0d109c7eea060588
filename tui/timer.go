package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// A timerMsg wants a message of Update when so much time has passed.
type timerMsg struct {
	d   time.Duration
	msg func(time.Time) tea.Msg
}

// after is tea.Tick by way of Update. Whoever drives the model sees so which of its
// commands only wait for time to pass, and which do something.
func after(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg { return timerMsg{d, msg} }
}
