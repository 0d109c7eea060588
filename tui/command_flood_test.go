package tui

import (
	"fmt"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A flood of watch events is one line at the prompt, and all of it in the Events pane.
func TestFloodIsCounted(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	const n = 5000
	var items []shell.Item
	for i := range n {
		it := watchItem(i, wire.EventNodeDataChanged, fmt.Sprintf("/busy/%d", i), "get -w /busy")
		it.Text = shell.FormatEvent(shell.D34, it.Event)
		items = append(items, it)
	}
	s := &m.command.tab().out
	was := s.end()
	feedItems(m, items...)
	if got, most := s.end()-was, 4*shell.FloodLimit+1; got != most {
		t.Errorf("%d lines, want %d", got, most)
	}
	last := func() string { return s.line(s.end() - 1).text }
	if want := shell.FloodNote(n-shell.FloodLimit, "they are in the Events pane"); last() != want {
		t.Errorf("the last line is %q, want %q", last(), want)
	}
	if text := pictured(t, m); !strings.Contains(text, fmt.Sprintf(" Events %d ", n)) {
		t.Errorf("the Events pane has another number:\n%s", text)
	}
	// What comes between stands where it came.
	feedItems(m, shell.Item{Kind: shell.Stdout, Shell: "1", Text: "half"}, items[0], items[1],
		shell.Item{Kind: shell.Stdout, Shell: "1", Text: "whole\n"}, items[2])
	var tail []string
	for i := s.end() - 5; i < s.end(); i++ {
		tail = append(tail, s.line(i).text)
	}
	want := []string{shell.FloodNote(n-shell.FloodLimit, "they are in the Events pane"), "half",
		shell.FloodNote(2, "they are in the Events pane"), "whole", shell.FloodNote(1, "they are in the Events pane")}
	if strings.Join(tail, "\n") != strings.Join(want, "\n") {
		t.Errorf("the tail is\n%s", strings.Join(tail, "\n"))
	}
	pictured(t, m)
	// Old lines are dropped while it counts: it counts on.
	feedItems(m, shell.Item{Kind: shell.Stdout, Shell: "1", Text: strings.Repeat("x\n", scrollbackLines+10)})
	feedItems(m, items[:3]...)
	if want := shell.FloodNote(3, "they are in the Events pane"); last() != want {
		t.Errorf("the last line is %q, want %q", last(), want)
	}
}

// What printwatches keeps from the prompt is not counted there either.
func TestFloodUnseen(t *testing.T) {
	m := testModel(t, 80, 24, Config{})
	s := &m.command.tab().out
	was := s.end()
	for i := range 100 {
		it := watchItem(i, wire.EventNodeDataChanged, "/busy", "get -w /busy")
		it.Text = ""
		feedItems(m, it)
	}
	if s.end() != was {
		t.Errorf("%d lines", s.end()-was)
	}
}
