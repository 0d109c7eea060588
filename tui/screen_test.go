package tui

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// fullModel has something in every pane.
func fullModel(t testing.TB, w, h int, cfg Config) *Model {
	m := testModel(t, w, h, cfg)
	rnd := rand.New(rand.NewPCG(1, 2))
	var items []shell.Item
	for i := range 200 {
		text := []string{"/master", "/工人/👩‍🔬", "/a\x1b]0;title\x07", "/" + strings.Repeat("long/", 60), "/e\u0301\u200b"}[rnd.IntN(5)]
		items = append(items, watchItem(i, wire.EventType(1+rnd.IntN(7)), fmt.Sprintf("%s%d", text, i), "stat -w "+text),
			shell.Item{Kind: shell.Stdout, Shell: "1", Text: text + "\n" + strings.Repeat("中", i) + "\n"})
	}
	feedItems(m, items...)
	return m
}

// No size, however odd, breaks the frame: with help, palette, filter, zoom, or a
// pane that is hidden.
func TestEverySize(t *testing.T) {
	m := fullModel(t, 80, 24, Config{})
	states := []struct {
		name string
		keys []string
	}{
		{"panes", nil}, {"help", []string{"f1"}}, {"palette", []string{"esc", "ctrl+p", "z"}},
		{"zoomed", []string{"esc", "f11"}}, {"no tree", []string{"f11", "alt+t"}},
		{"no right column", []string{"alt+n"}}, {"no events", []string{"alt+e"}},
	}
	step := 3
	if testing.Short() {
		step = 2
	}
	for _, state := range states {
		press(t, m, state.keys...)
		for w := 1; w <= 400; w += 1 + w/step {
			for h := 1; h <= 200; h += 1 + h/step {
				m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				pictured(t, m)
			}
		}
	}
}

func TestSmallScreenSaysSo(t *testing.T) {
	m := testModel(t, 29, 24, Config{})
	if text := pictured(t, m); !strings.HasPrefix(text, "29x24 is too small: zoosh ") || !strings.Contains(text, "needs 30x8") {
		t.Errorf("got\n%s", text)
	}
	// With room for one pane, that is the one with the focus.
	m.Update(tea.WindowSizeMsg{Width: 50, Height: 24})
	press(t, m, "f6", "f6")
	if b := m.areas[paneTree]; m.focus != paneTree || b.w != 50 {
		t.Errorf("focus %v, tree at %+v", m.focus, b)
	}
}

func TestLayouts(t *testing.T) {
	for _, tt := range []struct {
		w, h                        int
		command, events, tree, node box
	}{
		{80, 24, box{0, 0, 50, 15}, box{0, 15, 50, 7}, box{50, 0, 30, 12}, box{50, 12, 30, 10}},
		{120, 40, box{0, 0, 74, 26}, box{0, 26, 74, 12}, box{74, 0, 46, 21}, box{74, 21, 46, 17}},
		{200, 60, box{0, 0, 124, 39}, box{0, 39, 124, 19}, box{124, 0, 76, 32}, box{124, 32, 76, 26}},
	} {
		m := testModel(t, tt.w, tt.h, Config{})
		want := areas{paneCommand: tt.command, paneEvents: tt.events, paneTree: tt.tree, paneNode: tt.node}
		if got := m.areas; !maps.Equal(got, want) {
			t.Errorf("%dx%d: %+v", tt.w, tt.h, got)
		}
	}
}

func drag(m *Model, x, y, toX, toY int) {
	m.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	m.Update(tea.MouseMotionMsg{X: toX, Y: toY, Button: tea.MouseLeft})
	m.Update(tea.MouseReleaseMsg{X: toX, Y: toY, Button: tea.MouseLeft})
}

// A border goes to the cell where the mouse is, and no further than it can.
func TestDragBorders(t *testing.T) {
	m := testModel(t, 200, 60, Config{})
	drag(m, 124, 5, 101, 9)
	if b := m.areas[paneTree]; b.x != 101 {
		t.Errorf("column at %d", b.x)
	}
	drag(m, 40, m.areas[paneEvents].y-1, 40, 20)
	if b := m.areas[paneEvents]; b.y != 20 {
		t.Errorf("events at %d", b.y)
	}
	drag(m, 150, m.areas[paneNode].y, 150, 11)
	if b := m.areas[paneNode]; b.y != 12 { // 80 hundredths is the most
		t.Errorf("node at %d", b.y)
	}
	was := maps.Clone(m.areas)
	m.Update(tea.MouseMotionMsg{X: 3, Y: 3, Button: tea.MouseLeft})
	if !maps.Equal(m.areas, was) {
		t.Error("a border follows a mouse that has let go")
	}
	drag(m, 101, 5, 0, 0)
	drag(m, m.areas[paneTree].x, 5, 199, 0)
	pictured(t, m)
	if b := m.areas[paneTree]; b.w < rightWidth {
		t.Errorf("the column is %d wide", b.w)
	}
}

var colourSGR = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// Without colours there is only bold, faint, underline, reverse and struck out.
func TestNoColor(t *testing.T) {
	m := fullModel(t, 120, 40, Config{NoColor: true})
	for _, keys := range [][]string{nil, {"f1"}, {"esc", "ctrl+p"}, {"esc", "f6", "f"}} {
		press(t, m, keys...)
		for _, seq := range colourSGR.FindAllString(m.View().Content, -1) {
			for _, n := range strings.Split(strings.Trim(seq, "\x1b[m"), ";") {
				switch n {
				case "", "0", "1", "2", "4", "7", "9", "22", "24", "27", "29":
				default:
					t.Fatalf("after %v: %q", keys, seq)
				}
			}
		}
	}
}

func TestASCII(t *testing.T) {
	m := testModel(t, 120, 40, Config{ASCII: true})
	feedItems(m, watchItem(1, wire.EventNodeCreated, "/"+strings.Repeat("long/", 60), "stat -w /x"))
	for _, keys := range [][]string{nil, {"f1"}, {"esc", "ctrl+p"}, {"esc", "f6", "f"}} {
		press(t, m, keys...)
		for _, r := range pictured(t, m) {
			if r > 0x7e {
				t.Fatalf("after %v there is %q", keys, r)
			}
		}
	}
}

func BenchmarkView(b *testing.B) {
	m := fullModel(b, 200, 60, Config{})
	b.Run("unchanged", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = m.View()
		}
	})
	b.Run("one event more", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			feedItems(m, watchItem(i, wire.EventNodeDeleted, "/工人/master", "stat -w /master"))
			_ = m.View()
		}
	})
	b.Run("everything anew", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.drawn = drawn{}
			_ = m.View()
		}
	})
	b.Run("with help", func(b *testing.B) {
		m.showHelp()
		b.ReportAllocs()
		for b.Loop() {
			_ = m.View()
		}
		m.overlay = nil
	})
}
