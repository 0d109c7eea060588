package ui

import "testing"

// TestParseKey: what the help writes is what can be written, and what Bubble Tea says.
func TestParseKey(t *testing.T) {
	for text, want := range map[string]string{
		"ctrl+n": "ctrl+n", "^N": "ctrl+n", "^n": "ctrl+n", "Ctrl+N": "ctrl+n", "M-x": "alt+x", "alt+x": "alt+x", "S-F6": "shift+f6",
		"F12": "f12", "Enter": "enter", "PgUp": "pgup", "Del": "delete", "delete": "delete", "^PgDn": "ctrl+pgdown", "Space": "space", " ": "space",
		"x": "x", "X": "X", "/": "/", "^": "^", "+": "+", "é": "é", "M-Enter": "alt+enter", "ctrl+alt+a": "ctrl+alt+a", "M-^A": "ctrl+alt+a",
	} {
		if got, ok := ParseKey(text); got != want || !ok {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "f13", "f0", "xx", "ctrl+", "hyper+x", "\x1b", "\n", "ctrl+enterr"} {
		if got, ok := ParseKey(text); ok {
			t.Errorf("%q: %q", text, got)
		}
	}
	for key := range specialKeys {
		if got, ok := ParseKey(KeyName(key)); got != key || !ok {
			t.Errorf("%q is written %q, and read as %q, %v", key, KeyName(key), got, ok)
		}
	}
}

// FuzzParseKey: a key that is read is written so that it can be read again.
func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"ctrl+n", "^N", "M-x", "S-F6", "Enter", "x", " ", "^^", "M-M-x", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, ok := ParseKey(text)
		if !ok {
			return
		}
		if again, ok := ParseKey(KeyName(key)); !ok || again != key {
			t.Errorf("%q is %q, which is written %q and read as %q", text, key, KeyName(key), again)
		}
	})
}
