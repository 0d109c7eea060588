package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/fault"
	"zoosh/tui/ui/intent"
)

// Run shows the TUI on the terminal until its user leaves or ctx ends, and
// returns the exit code of the last command. The terminal is as it was before on
// every way out, a panic included. The error is what kept it from being shown.
func Run(ctx context.Context, cfg Config) (code int, err error) {
	cfg.NoColor = cfg.NoColor || os.Getenv("NO_COLOR") != ""
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, cfg)
	if err := m.bind(cfg.Keys); err != nil {
		m.ws.Stream().Close()
		return 1, err
	}
	// Which signals end the process is the caller's to say, by ctx.
	p := tea.NewProgram(guard{m}, tea.WithContext(ctx), tea.WithoutSignalHandler())
	defer interrupts(p)()
	defer m.jobs.begin(p)()
	_, err = p.Run()
	ended := ctx.Err() != nil
	cancel()
	_, recordErr := m.ws.StopRecording()
	m.ws.Stream().Close() // nobody reads it any more, and no command is to wait for that
	closeErr := errors.Join(m.failure, recordErr, m.closeSessions())
	if err != nil && (!ended || errors.Is(err, tea.ErrProgramPanic)) {
		return 1, fmt.Errorf("show the screen: %w", err)
	}
	return m.ws.Own()[0].Shell().Code(), closeErr
}

// closeTime is what closing takes at most, however many sessions there are. A
// server that answers does so in much less; one that hangs is not waited for as
// long as a session would.
const closeTime = 800 * time.Millisecond

// closeSessions ends every session, the tree's included, beside each other. It
// waits for the servers. It is used beside Update.
func (m *Model) closeSessions() error {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		m.closePanes()
	}()
	cleaned := make(chan error, 1)
	go func() { cleaned <- m.cleanPanes() }()
	late := time.After(closeTime)
	err := m.ws.Close(closeTime)
	select {
	case <-stopped:
	case <-late:
	}
	return errors.Join(<-cleaned, err)
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

// A guard keeps a panic from ending zoosh, and with it the sessions of the other tabs:
// it is said, with what to send. One in View is not kept: nothing could be shown.
type guard struct{ *Model }

// A panicMsg is a panic in a command, and where it was.
type panicMsg struct {
	value any
	stack []byte // a function a line
}

// Init implements tea.Model.
func (g guard) Init() tea.Cmd { return guarded(g.Model.Init()) }

// Update implements tea.Model.
func (g guard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if p, ok := msg.(panicMsg); ok {
		return g, guarded(g.faulted(&fault.Error{Value: fmt.Sprint(p.value), Stack: strings.Split(string(p.stack), "\n")}))
	}
	var cmd tea.Cmd
	err := fault.Do(func() error {
		_, cmd = g.Model.Update(msg)
		return nil
	})
	if f := fault.Of(err); f != nil {
		cmd = g.faulted(f)
		if _, ok := msg.(feedMsg); ok { // whoever reads the shells' output goes on
			cmd = tea.Batch(cmd, g.feed.next())
		}
	}
	return g, guarded(cmd)
}

// maxFaults is how many faults are said. With more of them there is no working on.
const maxFaults = 10

// faulted says a fault of the screen's own, and what to send.
func (m *Model) faulted(f *fault.Error) tea.Cmd {
	report := fmt.Sprintf("%v\nThe sessions go on. Please report it with the lines below.\n%s", f, f.Report("in the terminal's panes"))
	if m.faults++; m.faults > maxFaults {
		panic(report) // Bubble Tea restores the terminal, and shows it
	}
	return tea.Batch(m.offer(intent.Report{Text: report}), m.say(true, f.Error()+"; the Command pane has what to send"))
}

var cmdType = reflect.TypeFor[tea.Cmd]()

// guarded is a command whose panic becomes a message. Bubble Tea would tell of it
// before it has left its screen, where nobody ever sees it. The commands in a batch or
// a sequence, whose type has no name to others, are guarded too.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		err := fault.Do(func() error {
			msg = cmd()
			return nil
		})
		if f := fault.Of(err); f != nil {
			return panicMsg{f.Value, []byte(strings.Join(f.Stack, "\n"))}
		}
		if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == cmdType {
			for i := range v.Len() {
				one, _ := v.Index(i).Interface().(tea.Cmd)
				v.Index(i).Set(reflect.ValueOf(guarded(one)))
			}
		}
		return msg
	}
}
