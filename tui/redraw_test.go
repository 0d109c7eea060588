package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// clearsScreen tells whether a command has the terminal drawn anew.
func clearsScreen(cmd tea.Cmd) bool { return cmd != nil && cmd() == tea.ClearScreen() }

// Ctrl-L redraws whatever has the keyboard, and clears the view at the prompt alone.
func TestCtrlLRedrawsEverywhere(t *testing.T) {
	for _, tt := range []struct {
		name   string
		keys   []string
		clears bool
	}{
		{"the prompt", nil, true},
		{"help", []string{"f1"}, false},
		{"the palette", []string{"ctrl+p"}, false},
		{"the history", []string{"ctrl+r"}, false},
		{"the search", []string{"ctrl+s"}, false},
		{"events", []string{"f6"}, false},
		{"the filter", []string{"f6", "/"}, false},
		{"the tree", []string{"f6", "f6"}, false},
		{"a search in the tree", []string{"f6", "f6", "/"}, false},
		{"the node", []string{"f6", "f6", "f6"}, false},
		{"zoomed", []string{"f6", "f11"}, false},
	} {
		m := testModel(t, 100, 30, Config{})
		feedItems(m, shell.Item{Kind: shell.Stdout, Shell: firstSession, Text: "printed\n"})
		press(t, m, tt.keys...)
		overlay, focus := m.overlay, m.focus
		_, cmd := m.Update(tea.KeyPressMsg{Code: 'l', Mod: tea.ModCtrl})
		if !clearsScreen(cmd) {
			t.Errorf("%s: it does not redraw", tt.name)
		}
		if m.overlay != overlay || m.focus != focus {
			t.Errorf("%s: something was put away", tt.name)
		}
		if seen := strings.Contains(strings.Join(m.panes[paneCommand].Rows(true), "\n"), "printed"); seen == tt.clears {
			t.Errorf("%s: the view is cleared: %v", tt.name, !tt.clears)
		}
	}
}

func TestHelpTellsOfRedraw(t *testing.T) {
	m := testModel(t, 100, 30, Config{})
	if text := strings.Join(helpLines(m, 70), "\n"); !strings.Contains(text, "Redraw the screen") || !strings.Contains(text, "redraw; scrolling") {
		t.Errorf("the help does not tell:\n%s", text)
	}
}
