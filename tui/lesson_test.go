package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
)

// lessonScenes are the screens of lessons that are kept.
var lessonScenes = []goldenScene{
	{"stage", func(d *commandDriver) {
		d.atOnce()
		d.begins("f5")
		d.steps(9)
		d.untilRow("master ◌")
	}},
	{"lesson", func(d *commandDriver) {
		d.atOnce()
		d.begins("f2")
		d.steps(9)
		d.until("the tree", func() bool { return d.m.tree.sought == "" })
	}},
	{"turn", func(d *commandDriver) {
		d.atOnce()
		d.press("f7")
		d.until("the list", func() bool { return d.m.overlay != nil })
		d.press("t")
		d.until("the lesson", func() bool { return d.m.walk != nil })
		d.resting()
		d.run("ls /")
		d.resting()
		d.run("create /master master1.example.com:2223")
		d.resting()
		d.press("f8")
		d.untilRow("master")
	}},
	{"lessons", func(d *commandDriver) {
		d.m.finished = []string{"master", "worker turn"}
		d.press("f7")
		d.until("the list", func() bool { return d.m.overlay != nil })
		d.press("down")
	}},
	{"lessons-zh", func(d *commandDriver) {
		d.m.cfg.Language = roles.Chinese
		d.press("f7")
		d.until("the list", func() bool { return d.m.overlay != nil })
	}},
	{"lesson-zh", func(d *commandDriver) {
		d.m.cfg.Language = roles.Chinese
		d.atOnce()
		d.begins("f4")
		d.steps(5)
		d.until("the tree", func() bool { return d.m.tree.sought == "" })
	}},
}

// TestLessonLayouts wants each pane within reach at every size, and one that has
// the focus on the screen.
func TestLessonLayouts(t *testing.T) {
	for _, stage := range []bool{false, true} {
		m := testModel(t, 80, 24, Config{})
		m.walk = newWalkthrough(m, inline(t, takeover), walkOptions{stage: stage})
		for _, size := range [][2]int{{40, 10}, {60, 16}, {80, 24}, {100, 24}, {120, 40}, {200, 60}, {400, 100}} {
			m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			seen := map[paneID]bool{}
			for range numPanes {
				m.focusNext(1)
				seen[m.focus] = true
				if m.areas.box[m.focus].empty() {
					t.Errorf("%v: %v has the focus and no place", size, m.focus)
				}
				pictured(t, m)
			}
			want := int(numPanes)
			if !stage {
				want--
			}
			if len(seen) != want {
				t.Errorf("%v, stage %v: only %v can be reached", size, stage, seen)
			}
		}
	}
	m := testModel(t, 200, 60, Config{})
	m.walk = newWalkthrough(m, inline(t, takeover), walkOptions{stage: true})
	m.arrange()
	for _, id := range allPanes {
		if m.areas.box[id].empty() {
			t.Errorf("there is no place for %v at 200x60", id)
		}
	}
}

// TestLessonEverySize draws a lesson at odd sizes, in ASCII and Chinese too.
func TestLessonEverySize(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{{}, {ASCII: true, NoColor: true}} {
		d := driveLesson(t, 80, 24, cfg)
		d.begins("f5")
		d.steps(9)
		for _, keys := range [][]string{nil, {"v"}, {"v", "f11"}, {"f11", "f7"}} {
			for _, key := range keys {
				d.press(key)
			}
			d.resting()
			for w := 1; w <= 260; w += 1 + w/4 {
				for h := 1; h <= 120; h += 1 + h/4 {
					d.m.Update(tea.WindowSizeMsg{Width: w, Height: h})
					text := pictured(t, d.m)
					if i := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e }); cfg.ASCII && i >= 0 {
						t.Fatalf("after %v at %dx%d: %q", keys, w, h, text[i:i+20])
					}
				}
			}
		}
	}
}
