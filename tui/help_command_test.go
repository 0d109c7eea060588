package tui

import (
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
		widest, laidOut := 0, d.tab().out.lines
		for i := range laidOut {
			if l := &laidOut[i]; l.kind == outPlain {
				widest = max(widest, ui.WidthOf(l.text))
			}
		}
		if w := d.m.command.w; widest > w || widest < w-30 || !strings.Contains(strings.Join(d.lines(), "\n"), "JSON") {
			t.Errorf("%d cells in a pane of %d", widest, w)
		}
		d.tab().out = scrollback{}
	}
}
