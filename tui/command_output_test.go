package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

func TestCommandScrolls(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{})
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "line %02d\n", i)
	}
	feedItems(d.m, shell.Item{Kind: shell.Stdout, Shell: firstSession, Text: b.String()})
	d.shows("line 99")
	d.press("pgup")
	d.shows("line 89", "lines more below")
	d.hides("line 99", "new")
	feedItems(d.m, shell.Item{Kind: shell.Stdout, Shell: firstSession, Text: "more\n"})
	d.shows("some of them new")
	d.hides("line 99")
	d.press("ctrl+end")
	d.shows("line 99", "more")
	d.pane().Wheel(-3)
	d.hides("line 99")
	d.pane().Wheel(3)
	d.shows("line 99")
	d.press("pgup", "pgup")
	d.run("ls /")
	d.shows("[zookeeper]") // who runs a line wants to see what it does
	d.press("ctrl+l")
	d.hides("zookeeper")
	d.press("pgup")
	d.shows("zookeeper")
}

// Whatever the size and whatever is open, the pane keeps to its cells and the
// cursor is in it.
func TestCommandKeepsToItsCells(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 80, 24, Config{History: []string{"create /workers/中文🎉 " + strings.Repeat("long ", 40)}})
	d.run("create /中文🎉 1", "create /日本 2", "get /nope", "help")
	d.opensSession()
	d.press("alt+1")
	states := []func(){
		func() {},
		func() { d.typed("create /w") },
		func() { d.send(tea.PasteMsg{Content: strings.Repeat("中x", 200)}) },
		func() { d.press("ctrl+c"); d.typed("ls /"); d.press("tab"); d.idle() },
		func() { d.press("down", "down") },
		func() { d.press("esc", "pgup", "ctrl+home") },
		func() { d.press("ctrl+s"); d.typed("path") },
		func() { d.press("up", "up") },
		func() { d.press("esc", "ctrl+r"); d.typed("cr") },
		func() { d.press("esc", "ctrl+c") },
	}
	for i, state := range states {
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		state()
		for w := 1; w < 90; w += 1 + w/8 {
			for h := 1; h < 30; h += 1 + h/8 {
				d.pane().Resize(w, h)
				rows := d.pane().Rows(true)
				if len(rows) > h {
					t.Fatalf("state %d: %d rows in %dx%d", i, len(rows), w, h)
				}
				for _, row := range rows {
					if ui.WidthOf(row) > w && w > 3 {
						t.Fatalf("state %d: %d cells in %dx%d: %q", i, ui.WidthOf(row), w, h, row)
					}
				}
				if x, y := d.cell(); x < 0 || x >= max(w, 2) || y < 0 || y >= h {
					t.Fatalf("state %d: the cursor is at %d,%d in %dx%d", i, x, y, w, h)
				}
				d.pane().Click(w/2, h/2)
			}
		}
	}
}
