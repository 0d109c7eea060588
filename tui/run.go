package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"

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
	// Which signals end the process is the caller's to say, by ctx.
	p := tea.NewProgram(guard{m}, tea.WithContext(ctx), tea.WithoutSignalHandler())
	defer interrupts(p)()
	_, err = p.Run()
	ended := ctx.Err() != nil
	cancel()
	_, recordErr := m.recorder.StopRecording()
	m.stream.Close() // nobody reads it any more, and no command is to wait for that
	closeErr := errors.Join(recordErr, m.closeSessions(m.command.tabs))
	if err != nil && (!ended || errors.Is(err, tea.ErrProgramPanic)) {
		return 1, fmt.Errorf("show the screen: %w", err)
	}
	return m.command.tab().shell.Code(), closeErr
}

// interrupts makes a SIGINT from elsewhere what Ctrl-C is on the keyboard. One
// that was meant for an editor, which runs in the foreground with zoosh, does no
// harm so.
func interrupts(p *tea.Program) (stop func()) {
	came := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(came, os.Interrupt)
	go func() {
		for {
			select {
			case <-came:
				p.Send(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(came)
		close(done)
	}
}

// A guard brings a panic of a command into Update. Bubble Tea tells of one in
// Update after it has left its screen, but of one in a command before, where
// nobody ever sees it.
type guard struct{ *Model }

// A panicMsg is a panic in a command, and where it was.
type panicMsg struct {
	value any
	stack []byte
}

// Init implements tea.Model.
func (g guard) Init() tea.Cmd { return guarded(g.Model.Init()) }

// Update implements tea.Model.
func (g guard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if p, ok := msg.(panicMsg); ok {
		panic(fmt.Sprintf("%v\n\n%s", p.value, p.stack))
	}
	_, cmd := g.Model.Update(msg)
	return g, guarded(cmd)
}

var cmdType = reflect.TypeFor[tea.Cmd]()

// guarded is a command whose panic becomes a message. The commands in a batch or
// a sequence, whose type has no name to others, are guarded too.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = panicMsg{r, debug.Stack()}
			}
		}()
		msg = cmd()
		if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == cmdType {
			for i := range v.Len() {
				one, _ := v.Index(i).Interface().(tea.Cmd)
				v.Index(i).Set(reflect.ValueOf(guarded(one)))
			}
		}
		return msg
	}
}
