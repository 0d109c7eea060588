package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

// What was cut comes back where the cursor is.
func TestCutAndPutBack(t *testing.T) {
	for key, want := range map[string]string{
		"ctrl+w": "create  x|/a",
		"ctrl+u": " x|create /a",
		"ctrl+k": "create /a| x",
	} {
		var in input
		in.set("create /a x")
		in.at = len("create /a")
		press := func(keys ...string) {
			for _, k := range keys {
				editFor(k).do(&in)
			}
		}
		press(key)
		if key != "ctrl+k" {
			press("ctrl+e")
		}
		at := in.at
		press("ctrl+y")
		if got := in.value[:at] + "|" + in.value[at:]; got != want {
			t.Errorf("%s: %q, not %q", key, got, want)
		}
	}
	var in input
	if in.key(tea.KeyPressMsg{Code: tea.KeyF12}) {
		t.Error("a key that means nothing was taken")
	}
}
