package tui

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"zoosh/internal/livetree"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

var pictures = flag.Bool("pictures", false, "draw the pictures of README and the manual anew")

// The size of a cell of a picture, in its own units.
const cellWidth, cellHeight = 8.4, 18

// ansiColors are the terminal's sixteen colours, as the pictures show them.
var ansiColors = [16]string{
	"#1d1f21", "#cc6666", "#a3be6c", "#de935f", "#81a2be", "#b294bb", "#8abeb7", "#c5c8c6",
	"#7c8083", "#e06c75", "#b5d68a", "#f0c674", "#8ab4d8", "#c9a5d3", "#9fd7cf", "#ffffff",
}

// rgb is one of a terminal's 256 colours.
func rgb(n int) string {
	switch {
	case n < 16:
		return ansiColors[n]
	case n < 232:
		level := func(n int) int { return min(n, 1)*55 + n*40 }
		return fmt.Sprintf("#%02x%02x%02x", level((n-16)/36), level((n-16)/6%6), level((n-16)%6))
	}
	grey := 8 + 10*(n-232)
	return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
}

// A paper is the colours of a terminal's background and of its text.
type paper struct{ back, ink string }

var darkPaper, lightPaper = paper{"#17191c", "#d4d7d6"}, paper{"#fdfdfb", "#22262a"}

// A cellStyle is how a cell is drawn.
type cellStyle struct {
	fg                               int // of 256 colours; -1 is the default
	bold, faint, reverse, under, out bool
}

// sgr changes the style as the parameters of an SGR sequence say.
func (s *cellStyle) sgr(params string) {
	params, of256, _ := strings.Cut(params, "38;5;") // the last one, if it is there
	if of256 != "" {
		defer fmt.Sscanf(of256, "%d", &s.fg)
	}
	for _, p := range strings.Split(strings.TrimSuffix(params, ";"), ";") {
		var n int
		fmt.Sscanf(p, "%d", &n)
		switch {
		case n == 0:
			*s = cellStyle{fg: -1}
		case n == 1:
			s.bold = true
		case n == 2:
			s.faint = true
		case n == 4:
			s.under = true
		case n == 7:
			s.reverse = true
		case n == 9:
			s.out = true
		case n == 22:
			s.bold, s.faint = false, false
		case n == 24:
			s.under = false
		case n == 27:
			s.reverse = false
		case n == 29:
			s.out = false
		case n >= 30 && n <= 37:
			s.fg = n - 30
		case n >= 90 && n <= 97:
			s.fg = n - 90 + 8
		case n == 39:
			s.fg = -1
		}
	}
}

// svg draws a screen.
func svg(screen string, cols int, on paper) string {
	rows := drawRows(screen, on, func(y int) int { return y })
	return head(cols, len(rows), on) + strings.Join(rows, "") + "</svg>\n"
}

// head begins a picture of so many cells.
func head(cols, rows int, on paper) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">`+"\n",
		float64(cols)*cellWidth+16, rows*cellHeight+16) +
		fmt.Sprintf(`<rect width="100%%" height="100%%" rx="6" fill="%s"/>`+"\n", on.back)
}

// drawRows draws the rows of a screen, each by itself, at the heights that at tells.
func drawRows(screen string, on paper, at func(y int) int) []string {
	var rows []string
	style := cellStyle{fg: -1}
	for y, row := range strings.Split(screen, "\n") {
		var b strings.Builder
		x := 0
		for row != "" {
			if rest, ok := strings.CutPrefix(row, "\x1b["); ok {
				end := strings.IndexByte(rest, 'm')
				style.sgr(rest[:end])
				row = rest[end+1:]
				continue
			}
			text := row
			if end := strings.Index(row, "\x1b"); end >= 0 {
				text = row[:end]
			}
			row = row[len(text):]
			x += drawRun(&b, text, x, at(y), style, on)
		}
		rows = append(rows, b.String())
	}
	return rows
}

// drawRun draws text of one style at a cell and tells how many cells it took.
// Characters that are wider than a cell are placed each on its own.
func drawRun(b *strings.Builder, text string, x, y int, s cellStyle, on paper) int {
	fg, bg := on.ink, ""
	if s.fg >= 0 {
		fg = rgb(s.fg)
	}
	if s.reverse {
		fg, bg = on.back, fg
	}
	width := ansi.StringWidth(text)
	left, top := 8+float64(x)*cellWidth, 8+y*cellHeight
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, float64(width)*cellWidth, cellHeight, bg)
	}
	if strings.TrimSpace(text) == "" {
		return width
	}
	attrs := fmt.Sprintf(` fill="%s"`, fg)
	if s.bold {
		attrs += ` font-weight="bold"`
	}
	if s.faint {
		attrs += ` opacity="0.6"`
	}
	if s.out {
		attrs += ` text-decoration="line-through"`
	} else if s.under {
		attrs += ` text-decoration="underline"`
	}
	state := -1
	for rest, at := text, 0; rest != ""; {
		var cluster string
		var w int
		run := ""
		start := at
		for rest != "" { // as many plain cells as follow each other
			cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
			run += cluster
			at += w
			if w != 1 {
				break
			}
		}
		if strings.TrimSpace(run) != "" {
			fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n",
				left+float64(start)*cellWidth, top+14, float64(at-start)*cellWidth, attrs, html.EscapeString(run))
		}
	}
	return width
}

// keep writes a picture if -pictures asks for it, and checks that there is one.
func keep(t *testing.T, name string, m *Model, on paper) {
	t.Helper()
	file := filepath.Join("..", "testdata", "pictures", name+".svg")
	picture := svg(m.View().Content, m.width, on)
	if *pictures {
		if err := os.WriteFile(file, []byte(picture), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("a picture that is shown is not there: %v", err)
	}
	if strings.ContainsRune(picture, '\x1b') {
		t.Error("an escape sequence that pictures do not know")
	}
}

// TestPictures plays what README and the manual show, on the real program.
func TestPictures(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 120, 36, Config{Where: "embedded"})
	d.starts()
	d.run("ls /", `create -e /master "master1.example.com:2223"`, "stat /master true")
	d.press("ctrl+t")
	d.until("the second session", func() bool { return len(d.m.sessions.All()) == 2 && d.greeted() })
	d.run(`create /workers ""`, `create /tasks ""`, `create /assign ""`, "ls /workers true", "delete /master",
		`create -e /workers/worker2.example.com "worker1.example.com:2224"`,
		`create /tasks/config '{"retries": 3, "hosts": ["worker1", "worker2"]}'`)
	d.press("alt+1")
	d.m.setFocus(paneTree)
	d.reveals("/tasks/config")
	d.seesIn("Node", `"retries": 3`)
	keep(t, "tui", d.m, darkPaper)
}

// TestPictureOfALoss is the server going away while a master waits, on a light
// terminal of the usual size.
func TestPictureOfALoss(t *testing.T) {
	t.Parallel()
	d := driveCommand(t, 100, 30, Config{Where: "embedded"})
	d.m.Update(tea.BackgroundColorMsg{Color: lipgloss.Color("#ffffff")})
	d.starts()
	d.namesSession("master")
	d.run(`create -e /master "master1.example.com:2223"`, `create /workers ""`, `create /tasks ""`)
	d.opensSession()
	d.namesSession("worker")
	d.run(`create -e /workers/worker1 "worker1.example.com:2224"`, `create -s /tasks/task- "cmd"`, "get /master true")
	d.press("alt+1")
	d.run("ls /workers true", "ls /tasks true")
	d.selects("/tasks/task-0000000000")
	d.selects("/workers/worker1")
	d.seesIn("Tree", "worker1 ◌ worker")
	d.selects("/master")
	d.m.setFocus(paneEvents)
	d.press("f")
	d.srv.Close()
	d.until("the loss", func() bool {
		text := ansi.Strip(d.m.View().Content)
		return strings.Contains(d.headOf("Tree"), "stale") && strings.Contains(text, "CONNECTION LOST: ") && strings.Contains(text, "state:Disconnected")
	})
	d.passes(2 * livetree.MarkTime)
	keep(t, "lost", d.m, lightPaper)
}
