package tui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Run shows the TUI on the terminal until its user leaves or ctx ends, and
// returns the exit code of the last command. The terminal is as it was before on
// every way out, a panic included. The error is what kept it from being shown.
func Run(ctx context.Context, cfg Config) (code int, err error) {
	cfg.NoColor = cfg.NoColor || os.Getenv("NO_COLOR") != ""
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, cfg)
	_, err = tea.NewProgram(m, tea.WithContext(ctx)).Run()
	cancel()
	closeErr := m.closeSessions()
	switch {
	case errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		err = nil // its context ended, or it was told to
	case err != nil:
		return 1, fmt.Errorf("show the screen: %w", err)
	}
	return m.command.tab().shell.Code(), closeErr
}
