package tui

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A flood of watch events is one line at the prompt, and all of it in the Events pane.
func TestFloodIsInTheEvents(t *testing.T) {
	t.Parallel()
	m := testModel(t, 120, 40, Config{})
	const n = 5000
	var items []shell.Item
	for i := range n {
		it := watchItem(i, wire.EventNodeDataChanged, fmt.Sprintf("/busy/%d", i), "get -w /busy")
		it.Text = shell.FormatEvent(shell.D34, it.Event)
		items = append(items, it)
	}
	feedItems(m, items...)
	if text := strings.Join(inside(t, m, paneCommand), ""); !strings.Contains(text, shell.FloodNote(n-shell.FloodLimit, "they are in the Events pane")) {
		t.Errorf("the prompt does not count them:\n%s", text)
	}
	if text := pictured(t, m); !strings.Contains(text, fmt.Sprintf(" Events %d ", n)) {
		t.Errorf("the Events pane has another number:\n%s", text)
	}
}
