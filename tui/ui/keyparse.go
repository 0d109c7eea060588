package ui

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// ParseKey is the name by which Bubble Tea calls a key that people write: ctrl+n and ^N,
// alt+x and M-x, shift+f6 and S-F6, Enter, PgUp. ok is false for what is no key.
func ParseKey(text string) (key string, ok bool) {
	mods := map[string]bool{}
	for rest := text; ; {
		mod, tail := modifierOf(rest)
		if mod == "" {
			text = rest
			break
		}
		mods[mod], rest = true, tail
	}
	key = text
	if utf8.RuneCountInString(text) != 1 || len(mods) > 0 {
		key = strings.ToLower(text)
	}
	for special, name := range specialKeys {
		if key == strings.ToLower(name) {
			key = special
		}
	}
	if text == " " {
		key = "space"
	}
	if !isKey(key) {
		return "", false
	}
	// Bubble Tea's own order.
	for _, mod := range []string{"shift+", "alt+", "ctrl+"} {
		if mods[mod] {
			key = mod + key
		}
	}
	return key, true
}

// modifierOf takes the first modifier off a key, in either way of writing it.
func modifierOf(text string) (mod, rest string) {
	for _, m := range []struct{ mod, short string }{{"ctrl+", "^"}, {"alt+", "M-"}, {"shift+", "S-"}} {
		for _, begin := range []string{m.mod, m.short} {
			if tail, has := strings.CutPrefix(text, begin); has && tail != "" {
				return m.mod, tail
			}
		}
		if len(text) > len(m.mod) && strings.EqualFold(text[:len(m.mod)], m.mod) {
			return m.mod, text[len(m.mod):]
		}
	}
	return "", text
}

func isKey(key string) bool {
	if r, n := utf8.DecodeRuneInString(key); n == len(key) && r > ' ' && r != utf8.RuneError && r != 0x7f {
		return true
	}
	if n, is := strings.CutPrefix(key, "f"); is {
		return slices.Contains([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, n)
	}
	return specialKeys[key] != ""
}
