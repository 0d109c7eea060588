package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// lessonScenes are the screens of lessons that are kept.
var lessonScenes = []goldenScene{
	{"stage", func(d *commandDriver) { d.plays("Walkthrough: the whole session", 9) }},
	{"lesson", func(d *commandDriver) { d.plays("Walkthrough: the master", 9) }},
	{"turn", func(d *commandDriver) {
		d.atOnce()
		d.press("Lessons: a walkthrough from the list")
		d.settle()
		d.press("t")
		d.settle()
		d.enters("ls /", "create /master master1.example.com:2223")
		d.press("Hint for the step that is yours")
	}},
	{"lessons", func(d *commandDriver) {
		d.press("Lessons: a walkthrough from the list")
		d.settle()
		d.press("down")
	}},
	{"lessons-zh", func(d *commandDriver) { d.press("Lessons: a walkthrough from the list") }},
	{"lesson-zh", func(d *commandDriver) { d.plays("Walkthrough: the client", 5) }},
}

// sceneConfigs are what the scenes are made with that are not as usual.
var sceneConfigs = map[string]Config{
	"lessons":    {Finished: []string{"master", "worker turn"}},
	"lessons-zh": {Language: roles.Chinese},
	"lesson-zh":  {Language: roles.Chinese},
}

// plays plays so many steps of a lesson.
func (d *commandDriver) plays(lesson string, steps int) {
	d.t.Helper()
	d.atOnce()
	d.press(lesson)
	d.settle()
	for range steps {
		d.press("Next step; what is being typed is run at once")
		d.settle()
	}
}

// lessonModel is a model with a lesson that has not been laid out yet.
func lessonModel(t *testing.T, w, h int, stage bool) *Model {
	m := testModel(t, w, h, Config{})
	m.Send(intent.PlayLesson{Lesson: inline(t, takeover)})
	m.carryOutAll()
	if stage {
		press(t, m, "v")
	}
	return m
}

// TestLessonLayouts wants each pane within reach at every size, and one that has
// the focus on the screen.
func TestLessonLayouts(t *testing.T) {
	for _, stage := range []bool{false, true} {
		m := lessonModel(t, 80, 24, stage)
		for _, size := range [][2]int{{40, 10}, {60, 16}, {80, 24}, {100, 24}, {120, 40}, {200, 60}, {400, 100}} {
			m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			seen := map[ui.ID]bool{}
			for range registry {
				m.focusNext(1)
				seen[m.focus] = true
				if m.areas[m.focus].empty() {
					t.Errorf("%v: %v has the focus and no place", size, m.focus)
				}
				pictured(t, m)
			}
			want := len(registry)
			if !stage {
				want--
			}
			if len(seen) != want {
				t.Errorf("%v, stage %v: only %v can be reached", size, stage, seen)
			}
		}
	}
	m := lessonModel(t, 200, 60, true)
	for _, e := range registry {
		if id := e.id; m.areas[id].empty() {
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
