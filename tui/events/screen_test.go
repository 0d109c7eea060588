package events

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/sessions"
)

// A screen is what a pane of these tests stands on.
type screen struct {
	t     testing.TB
	pane  *Pane
	sent  []ui.Intent
	shown []sessions.Session
	now   time.Time
}

// newScreen has a pane of that size, with one session, which is not open.
func newScreen(t testing.TB, w, h int) *screen {
	s := &screen{t: t, now: beganAt, shown: []sessions.Session{{Name: "1", Number: 1, Shell: shell.New(shell.Config{Name: "1"})}}}
	s.pane = New(Config{
		Context: t.Context(), Host: s, Sessions: s, Theme: ui.NewTheme(ui.Look{NoColor: true}, true), Now: func() time.Time { return s.now },
	})
	s.pane.Resize(w, h)
	return s
}

func (s *screen) Send(i ui.Intent)        { s.sent = append(s.sent, i) }
func (s *screen) Front() sessions.Session { return s.shown[0] }
func (s *screen) All() []sessions.Session { return s.shown }
func (s *screen) take(items ...shell.Item) {
	for i := range items {
		s.pane.Take(&items[i])
	}
}

// press presses keys, as the screen deals with them.
func (s *screen) press(keys ...string) (last tea.Cmd) {
	s.t.Helper()
	for _, key := range keys {
		last = s.strike(key)
	}
	return last
}

func (s *screen) strike(key string) tea.Cmd {
	s.t.Helper()
	if a := s.action(s.pane.Mode(), key); a != nil {
		return a.Run()
	}
	if cmd, taken := s.pane.Grab(tea.KeyPressMsg{Code: []rune(key)[0], Text: key}); taken {
		return cmd
	}
	a := s.action(ui.Normal, key)
	if a == nil {
		s.t.Fatalf("%s is no key of the pane", key)
	}
	if a.Off != nil && a.Off() != "" {
		s.t.Fatalf("%s: %s", a.Title, a.Off())
	}
	return a.Run()
}

// action is what a key stands for in a mode.
func (s *screen) action(mode ui.Mode, key string) *ui.Action {
	table := s.pane.Actions()
	for i := range table {
		if table[i].Mode == mode && table[i].Has(key) {
			return &table[i]
		}
	}
	return nil
}

// rows are those of the pane as they are read.
func (s *screen) rows() []string {
	rows := s.pane.Rows(true)
	out := make([]string, len(rows))
	for i, row := range rows {
		if n := ui.WidthOf(row); n > s.pane.w {
			s.t.Errorf("a row of %d cells in a pane of %d: %s", n, s.pane.w, row)
		}
		out[i] = strings.TrimRight(ansi.Strip(row), " ")
	}
	if len(out) > s.pane.h {
		s.t.Errorf("%d rows in a pane of %d", len(out), s.pane.h)
	}
	return out
}

func (s *screen) text() string { return strings.Join(s.rows(), "\n") }

// reads wants the pane to be read so.
func (s *screen) reads(want ...string) {
	s.t.Helper()
	if got := s.text(); got != strings.Join(want, "\n") {
		s.t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// titled wants it to have that title.
func (s *screen) titled(want string) {
	s.t.Helper()
	if got := s.pane.Title(80); got != want {
		s.t.Errorf("the title is %q, not %q", got, want)
	}
}

var beganAt = time.Date(2026, 9, 24, 23, 22, 18, 0, time.UTC)

// firedItem is the n-th watch event.
func firedItem(n int, typ wire.EventType, path string, armedBy ...string) shell.Item {
	return shell.Item{Kind: shell.Watch, Shell: "1", Event: session.Event{
		Type: typ, State: wire.StateSyncConnected, Path: path, Zxid: int64(0x100 + n),
		Time: beganAt.Add(time.Duration(n) * time.Second), ArmedBy: armedBy,
	}}
}

// stateOf is a change of a session's connection.
func stateOf(name string, state wire.KeeperState, err error) shell.Item {
	return shell.Item{Kind: shell.State, Shell: name, Event: session.Event{
		Type: wire.EventNone, State: state, Zxid: -1, Time: beganAt, SessionID: 0x1005, Err: err,
	}}
}
