package tui

import (
	"strings"
	"testing"
)

// Each key of a line has one meaning, and each edit is told of in the help and on the
// manual's page of keys.
func TestEditKeys(t *testing.T) {
	seen := map[string]string{}
	told := map[string]string{}
	for _, section := range Keys() {
		if section.Place == typingPlace {
			for _, row := range section.Keys {
				told[row[1]] = row[0]
			}
		}
	}
	help := strings.Join(helpLines(testModel(t, 80, 24, Config{}), 70), "\n")
	for _, e := range edits {
		for _, key := range e.keys {
			if seen[key] != "" {
				t.Errorf("%s is %q and %q", key, seen[key], e.title)
			}
			seen[key] = e.title
			if !strings.Contains(told[e.title], keyName(key)) {
				t.Errorf("the page of keys does not tell of %s: %q", key, told[e.title])
			}
		}
		if !strings.Contains(help, e.title) {
			t.Errorf("the help does not tell how to %s", e.title)
		}
	}
	if len(told) != len(edits) {
		t.Errorf("the page of keys tells of %d edits, there are %d", len(told), len(edits))
	}
}
