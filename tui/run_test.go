package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// A panic in any command, in a batch or a sequence too, comes out in Update.
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
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "boom") {
			t.Errorf("Update says %v", r)
		}
	}()
	guard{testModel(t, 80, 24, Config{})}.Update(panicMsg{value: "boom"})
}
