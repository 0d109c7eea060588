package tui

import (
	"slices"
	"strings"
	"testing"

	"zoosh/tui/ui"
)

// A page of the manual is laid out for the pane, whatever its width is.
func TestHelpFitsThePane(t *testing.T) {
	d := driveCommand(t, 90, 30, Config{})
	for _, width := range []int{90, 140} {
		d.m.width = width
		d.m.arrange()
		d.run("help json")
		widest, lines := 0, d.lines()
		page := lines[1+slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "] help json") }):]
		for _, line := range page {
			widest = max(widest, ui.WidthOf(line))
		}
		if w := d.cells().w; widest > w || widest < w-30 || !strings.Contains(strings.Join(page, "\n"), "JSON") {
			t.Errorf("%d cells in a pane of %d", widest, w)
		}
		d.press("ctrl+l")
	}
}
