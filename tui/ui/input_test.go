package ui

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
		var in Input
		in.Set("create /a x")
		in.At = len("create /a")
		press := func(keys ...string) {
			for _, k := range keys {
				editFor(k).do(&in)
			}
		}
		press(key)
		if key != "ctrl+k" {
			press("ctrl+e")
		}
		at := in.At
		press("ctrl+y")
		if got := in.Value[:at] + "|" + in.Value[at:]; got != want {
			t.Errorf("%s: %q, not %q", key, got, want)
		}
	}
	var in Input
	if in.Key(tea.KeyPressMsg{Code: tea.KeyF12}) {
		t.Error("a key that means nothing was taken")
	}
}
