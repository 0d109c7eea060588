package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// A film is screens one after the other, as a picture that moves by itself.
type film struct {
	cols   int
	cuts   []int // columns at which a row is taken apart: what is beside it may repeat itself
	frames []string
}

func (f *film) take(m *Model) {
	content := m.View().Content
	if n := len(f.frames); n == 0 || f.frames[n-1] != content {
		f.frames = append(f.frames, content)
	}
}

// frameSeconds is how long each screen is to be seen; the last one longer.
const frameSeconds, lastSeconds = 1.6, 6.0

// svg draws the film. What a row shows is drawn once, wherever and whenever it is to
// be seen: a stage that scrolls repeats itself. Where nothing moves, still is the
// screen that is seen.
func (f *film) svg(on paper, still int) string {
	total := frameSeconds*float64(len(f.frames)-1) + lastSeconds
	percent := func(frame int) float64 { return 100 * frameSeconds * float64(frame) / total }
	screens := make([][]string, len(f.frames)) // a piece of a row after the other
	drawings := map[string]int{}               // by what they draw, in the first row
	var defs, body, rules strings.Builder
	for i, s := range f.frames {
		screens[i] = drawRows(f.takeApart(s), on, func(int) int { return 0 })
		for _, row := range screens[i] {
			if _, known := drawings[row]; !known {
				drawings[row] = len(drawings)
				fmt.Fprintf(&defs, "<g id=\"r%d\">\n%s</g>\n", drawings[row], row)
			}
		}
	}
	ruled := map[string]bool{}
	pieces := len(f.cuts) + 1
	for n := range screens[0] {
		for from := 0; from < len(screens); {
			row, to := screens[from][n], from+1
			for to < len(screens) && screens[to][n] == row {
				to++
			}
			class := fmt.Sprintf("f%d-%d", from, to)
			if !ruled[class] {
				ruled[class] = true
				rules.WriteString(f.rule(class, from, to, percent, from <= still && still < to))
			}
			if row != "" {
				x := float64((append([]int{0}, f.cuts...))[n%pieces]) * cellWidth
				fmt.Fprintf(&body, "<use href=\"#r%d\" x=\"%.1f\" y=\"%d\" class=%q/>\n", drawings[row], x, n/pieces*cellHeight, class)
			}
			from = to
		}
	}
	return head(f.cols, len(screens[0])/pieces, on) +
		fmt.Sprintf("<style>rect{shape-rendering:crispEdges}use{animation:%.1fs step-end infinite}\n%s</style>\n<defs>\n%s</defs>\n", total, rules.String(), defs.String()) +
		body.String() + "</svg>\n"
}

// takeApart makes a row of each piece of a row.
func (f *film) takeApart(screen string) string {
	var pieces []string
	for row := range strings.SplitSeq(screen, "\n") {
		from := 0
		for _, to := range append(f.cuts, f.cols) {
			pieces = append(pieces, ansi.Cut(row, from, to))
			from = to
		}
	}
	return strings.Join(pieces, "\n")
}

// rule shows what has the class from one screen up to another.
func (f *film) rule(class string, from, to int, percent func(int) float64, still bool) string {
	var steps strings.Builder
	if from > 0 {
		steps.WriteString("0%{visibility:hidden}")
	}
	fmt.Fprintf(&steps, "%.2f%%{visibility:visible}", percent(from))
	if to < len(f.frames) {
		fmt.Fprintf(&steps, "%.2f%%{visibility:hidden}", percent(to))
	}
	at := "hidden"
	if still {
		at = "visible"
	}
	return fmt.Sprintf(".%s{visibility:%s;animation-name:%s}@keyframes %s{%s}\n", class, at, class, class, steps.String())
}

// TestFilmOfTheWholeSession plays the documented session on the stage, as F5 and
// Space do. README shows it; where pictures do not move it is the takeover.
func TestFilmOfTheWholeSession(t *testing.T) {
	t.Parallel()
	d := driveLesson(t, 132, 34, Config{Where: "embedded"})
	d.begins("f5")
	f := &film{cols: 132, cuts: []int{21, 41, 61, 82}}
	takeover := -1
	for f.take(d.m); d.m.player.State().Current() != nil; f.take(d.m) {
		d.steps(1)
		played := &d.m.player.Lesson().Steps[d.m.player.State().Next()-1]
		if takeover < 0 && played.Session == "backup" && slices.Equal(played.Shows, []string{"Created /master"}) {
			d.seesIn("Tree", "master ◌ backup")
			d.until("the new znode", func() bool { return strings.Contains(ansi.Strip(d.m.View().Content), "master2.example.com:2223 ") })
			takeover = len(f.frames)
		}
	}
	if takeover < 0 {
		t.Fatalf("nobody took over\n%s", ansi.Strip(f.frames[len(f.frames)/3]))
	}
	d.allRight()
	picture := f.svg(darkPaper, takeover)
	if len(picture) > filmLimit {
		t.Errorf("the film has %d bytes, more than %d", len(picture), filmLimit)
	}
	file := filepath.Join("..", "testdata", "pictures", "session.svg")
	if *pictures {
		if err := os.WriteFile(file, []byte(picture), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("README shows a film that is not there: %v", err)
	}
}

// filmLimit is what a film may weigh, in bytes: a page that shows it is to be there
// at once.
const filmLimit = 250_000
