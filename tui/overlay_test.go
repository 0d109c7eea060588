package tui

import (
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/manual"
)

func TestHelpHoldsEveryAction(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		m := testModel(t, size[0], size[1], Config{})
		press(t, m, "f1")
		seen := strings.Builder{}
		for range 200 {
			seen.WriteString(strings.Join(strings.Fields(strings.ReplaceAll(pictured(t, m), "│", " ")), " "))
			press(t, m, "down")
		}
		for _, a := range m.actions {
			if len(a.Keys) > 0 && !numbered.MatchString(a.Title) && !strings.Contains(seen.String(), firstWords(a.Title)) {
				t.Errorf("%v: no %q", size, a.Title)
			}
		}
		press(t, m, "x")
		if m.overlay != nil {
			t.Errorf("%v: the help stays", size)
		}
	}
}

// Tab leads from the keys to the manual and back; every page can be read to its end.
func TestManual(t *testing.T) {
	for _, size := range [][2]int{{30, 8}, {80, 24}, {200, 60}} {
		m := testModel(t, size[0], size[1], Config{})
		press(t, m, "f1", "tab", "tab")
		if _, ok := m.overlay.(*helpOverlay); !ok {
			t.Fatalf("%v: %T", size, m.overlay)
		}
		press(t, m, "tab", "enter")
		for _, topic := range manual.Topics() {
			text := pictured(t, m)
			if !strings.Contains(text, "─ "+topic.Name+" 1-") {
				t.Fatalf("%v: not the page %s:\n%s", size, topic.Name, text)
			}
			press(t, m, "end")
			page := m.overlay.(*topicPage)
			if last := page.rows[len(page.rows)-1]; !strings.Contains(pictured(t, m), ansi.Strip(last)) {
				t.Errorf("%v: %s does not end in %q", size, topic.Name, last)
			}
			press(t, m, "right")
		}
		press(t, m, "esc")
		if o, ok := m.overlay.(*topicMenu); !ok || o.list.At(len(manual.Topics())) != len(manual.Topics())-1 {
			t.Errorf("%v: %T", size, m.overlay)
		}
		press(t, m, "esc")
		if m.overlay != nil {
			t.Errorf("%v: the manual stays", size)
		}
	}
}

// A click opens the topic that is selected, and one on the page closes it.
func TestManualByMouse(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	press(t, m, "f1", "tab")
	m.View()
	at := m.overlay.(*topicMenu).area
	click := tea.MouseClickMsg{X: at.x + 1, Y: at.y + 4, Button: tea.MouseLeft}
	m.Update(click)
	m.Update(click)
	if text := pictured(t, m); !strings.Contains(text, "─ watches 1-") {
		t.Errorf("%s", text)
	}
	m.Update(click)
	if _, ok := m.overlay.(*topicMenu); !ok {
		t.Errorf("%T", m.overlay)
	}
}

// numbered are the actions that stand in one row, but for the first of them.
var numbered = regexp.MustCompile(`[2-9]$`)

// firstWords is as much of a title as is not broken into two rows.
func firstWords(title string) string { return title[:min(len(title), 25)] }

func TestPalette(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	press(t, m, "ctrl+p")
	press(t, m, strings.Split("arm", "")...)
	press(t, m, "backspace", "backspace", "backspace")
	press(t, m, strings.Split("znode", "")...)
	text := pictured(t, m)
	if !strings.Contains(text, "(nothing is selected)") || !strings.Contains(text, "> znode") {
		t.Errorf("it does not say why an action cannot be done:\n%s", text)
	}
	press(t, m, "esc")
	press(t, m, "ctrl+p")
	press(t, m, strings.Split("zoom", "")...)
	if c := m.View().Cursor; c == nil {
		t.Error("no cursor where one types")
	}
	press(t, m, "enter")
	if !m.zoomed || m.overlay != nil {
		t.Errorf("zoomed %v, overlay %v", m.zoomed, m.overlay)
	}
	// By a click, and from a pane where nobody types by a colon.
	m.setFocus(paneEvents)
	press(t, m, ":")
	press(t, m, strings.Split("zoom", "")...)
	row := -1
	for y, text := range strings.Split(pictured(t, m), "\n") {
		if strings.Contains(text, "Zoom the pane") {
			row = y
		}
	}
	m.Update(tea.MouseClickMsg{X: 20, Y: row, Button: tea.MouseLeft})
	if m.zoomed || m.overlay != nil {
		t.Errorf("zoomed %v, overlay %v, row %d", m.zoomed, m.overlay, row)
	}
}

// No overlay keeps anybody from leaving.
func TestOverlaysLetLeave(t *testing.T) {
	for _, open := range []string{"f1", "ctrl+p"} {
		m := testModel(t, 80, 24, Config{})
		press(t, m, open, "ctrl+q")
		if !m.closing {
			t.Errorf("%s keeps Ctrl-Q", open)
		}
	}
}
