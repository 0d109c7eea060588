package ui

import (
	"slices"
	"strings"
)

// specialKeys are the keys that people call otherwise than Bubble Tea does.
var specialKeys = map[string]string{
	"enter": "Enter", "pgup": "PgUp", "pgdown": "PgDn", "space": "Space", "tab": "Tab", "esc": "Esc",
	"up": "Up", "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End",
	"insert": "Ins", "delete": "Del", "backspace": "Backspace",
}

// KeyName is a key as people write it: ^Q, M-e, S-F6, PgUp.
func KeyName(key string) string {
	prefix := ""
	for _, mod := range []struct{ name, short string }{{"ctrl+", "^"}, {"alt+", "M-"}, {"shift+", "S-"}} {
		if rest, has := strings.CutPrefix(key, mod.name); has && rest != "" {
			prefix += mod.short
			key = rest
		}
	}
	switch {
	case specialKeys[key] != "":
		key = specialKeys[key]
	case len(key) > 1 && key[0] == 'f' && key[1] >= '0' && key[1] <= '9',
		strings.HasSuffix(prefix, "^"):
		key = strings.ToUpper(key)
	}
	return prefix + key
}

// KeyNames are the names of several keys, with commas between them.
func KeyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = KeyName(key)
	}
	return strings.Join(slices.Compact(names), ", ")
}

// KeyIn is how a sentence names the key of the action that has that title in a mode, "" if
// there is none.
func KeyIn(actions []Action, mode Mode, title string) string {
	for i := range actions {
		if a := &actions[i]; a.Mode == mode && a.Title == title {
			return a.KeyName()
		}
	}
	return ""
}

// NoKey is what sentences name in place of a key where an action has none.
const NoKey = "the palette"

// KeyName is how a sentence names the key of the action: the first one, or, where its user
// has taken them away, what does it all the same.
func (a *Action) KeyName() string {
	switch {
	case len(a.Keys) > 0:
		return KeyName(a.Keys[0])
	case a.Mode != Normal:
		return a.Title // which the palette has not
	}
	return NoKey
}
