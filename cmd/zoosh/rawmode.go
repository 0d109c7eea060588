package main

import (
	"sync"

	"github.com/chzyer/readline"
)

// A rawMode is how line mode's terminal is: raw while a line is typed. It remembers
// what the terminal was at first, and not what it finds: zoosh may have been stopped
// and gone on meanwhile.
type rawMode struct {
	mu     sync.Mutex
	before *readline.State // nil: it was never raw
	raw    bool
}

func (m *rawMode) enter() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	state, err := readline.MakeRaw(readline.GetStdin())
	if err != nil {
		return err
	}
	if m.before == nil {
		m.before = state
	}
	m.raw = true
	return nil
}

func (m *rawMode) exit() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.raw = false
	if m.before == nil {
		return nil
	}
	return readline.Restore(readline.GetStdin(), m.before)
}

// lend gives the terminal back while something else has it; was tells whether it is
// raw otherwise.
func (m *rawMode) lend() (was bool) {
	m.mu.Lock()
	was = m.raw
	m.mu.Unlock()
	if was {
		_ = m.exit()
	}
	return was
}
