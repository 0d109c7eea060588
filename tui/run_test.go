package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// A panic in any command, in a batch or a sequence too, comes to Update.
func TestGuard(t *testing.T) {
	boom := func() tea.Msg { panic("boom") }
	calm := func() tea.Msg { return nil }
	var firstPanic func(msg tea.Msg) *panicMsg
	firstPanic = func(msg tea.Msg) *panicMsg {
		switch msg := msg.(type) {
		case panicMsg:
			return &msg
		case tea.BatchMsg:
			for _, cmd := range msg {
				if p := firstPanic(cmd()); p != nil {
					return p
				}
			}
		}
		return nil
	}
	for name, cmd := range map[string]tea.Cmd{"alone": boom, "batch": tea.Batch(calm, boom), "nested": tea.Batch(calm, tea.Batch(calm, boom))} {
		p := firstPanic(guarded(cmd)())
		if p == nil || p.value != "boom" || !strings.Contains(string(p.stack), "TestGuard") {
			t.Errorf("%s: %v", name, p)
		}
	}
	if guarded(nil) != nil {
		t.Error("no command became one")
	}
}

// TestFaultIsSaid: zoosh goes on after a panic, be it in a command or in Update, says
// it, and gives up where there is one after the other.
func TestFaultIsSaid(t *testing.T) {
	m := testModel(t, 200, 60, Config{})
	g := guard{m}
	boom := func(*Model) tea.Cmd { panic("boom") }
	for _, msg := range []tea.Msg{panicMsg{value: "boom", stack: []byte("tui.f (f.go:1)\ntui.g (g.go:2)")}, actionMsg(boom)} {
		m.notice = notice{}
		if _, cmd := g.Update(msg); cmd == nil {
			t.Error("the notice stays for ever")
		}
		if !m.notice.bad || !strings.Contains(m.notice.text, "a fault of zoosh itself: boom") {
			t.Errorf("%T: %+v", msg, m.notice)
		}
		text := strings.Join(inside(t, m, paneCommand), "\n")
		for _, want := range []string{"panic: boom", "zoosh ", "go1."} {
			if !strings.Contains(text, want) {
				t.Errorf("%T: no %q in\n%s", msg, want, text)
			}
		}
	}
	if g.View().Content == "" {
		t.Error("nothing is drawn any more")
	}
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "boom") || m.faults != maxFaults+1 {
			t.Errorf("after %d faults: %q", m.faults, r)
		}
	}()
	for range maxFaults {
		g.Update(actionMsg(boom))
	}
}

// TestFaultDoesNotDeafen: what came out of a shell and could not be shown is no reason
// to hear nothing any more.
func TestFaultDoesNotDeafen(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	g := guard{m}
	listeners := m.listeners
	m.listeners = []ui.Listener{nil} // broken: whatever comes panics
	_, cmd := g.Update(feedMsg{items: []shell.Item{{Kind: shell.Stdout, Text: "x"}}})
	m.listeners = listeners
	if m.faults != 1 || cmd == nil {
		t.Fatalf("%d faults", m.faults)
	}
	m.ws.Put(shell.Item{Kind: shell.Stdout, Text: "y"})
	heard := make(chan feedMsg, 1)
	for _, one := range cmd().(tea.BatchMsg) {
		go func() {
			if msg, ok := one().(feedMsg); ok {
				heard <- msg
			}
		}()
	}
	select {
	case <-heard:
	case <-time.After(patience):
		t.Error("nothing is heard any more")
	}
}
