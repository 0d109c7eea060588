package events

import (
	"testing"
	"time"

	"zoosh/internal/wire"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// forgetting is the intent that a session is not to be told of any more.
func forgetting(name string) ui.Intent {
	return intent.Forget{Gone: func(session string) bool { return session == name }}
}

// A one-shot watch is seen to be gone once it has fired.
func TestFiredWatchesFade(t *testing.T) {
	s := newScreen(t, 60, 10)
	s.press("f")
	s.titled("Watches armed now: 0")
	s.take(firedItem(0, wire.EventNodeDeleted, "/master", "stat /master true"))
	s.reads(
		"since      kind             path    armed by",
		"- gone   1 data fired       /master stat /master true")
	s.now = beganAt.Add(fadeTime - time.Second)
	if s.pane.Update(fadeMsg{s.pane.watches.turn}) == nil {
		t.Error("no further tick")
	}
	s.reads(
		"since      kind             path    armed by",
		"- gone   1 data fired       /master stat /master true")
	s.now = beganAt.Add(fadeTime)
	s.pane.Update(fadeMsg{s.pane.watches.turn})
	s.reads("no watch is armed; what changes now is told to nobody. stat", "-w PATH, get -w PATH and ls -w PATH arm one")
	old := s.pane.watches.turn
	s.press("f")
	if s.pane.Update(fadeMsg{old}) != nil {
		t.Error("it ticks on though nobody looks")
	}
}
