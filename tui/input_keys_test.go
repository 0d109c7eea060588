package tui

import (
	"strings"
	"testing"

	"zoosh/tui/ui"
)

// Each key of a line has one meaning, and each edit is told of in the help and on the
// manual's page of keys.
func TestEditKeys(t *testing.T) {
	seen := map[string]string{}
	told := map[string]string{}
	for _, section := range Keys() {
		if section.Place == ui.TypingPlace {
			for _, row := range section.Keys {
				told[row.Does] = row.Keys
			}
		}
	}
	help := strings.Join(helpLines(testModel(t, 80, 24, Config{}), 70), "\n")
	for _, e := range ui.KeysInUse().Edits {
		for _, key := range e.Keys {
			if seen[key] != "" {
				t.Errorf("%s is %q and %q", key, seen[key], e.Title)
			}
			seen[key] = e.Title
			if !strings.Contains(told[e.Title], ui.KeyName(key)) {
				t.Errorf("the page of keys does not tell of %s: %q", key, told[e.Title])
			}
		}
		if !strings.Contains(help, e.Title) {
			t.Errorf("the help does not tell how to %s", e.Title)
		}
	}
	if len(told) != len(ui.KeysInUse().Edits) {
		t.Errorf("the page of keys tells of %d edits, there are %d", len(told), len(ui.KeysInUse().Edits))
	}
}
