package roles

import (
	"slices"
	"strings"
	"testing"
)

// TestSolutions does every lesson in your turn, with the lesson's own commands:
// each has to achieve its goal, none may do so before it is run, and the lesson has
// to go on as it is written.
func TestSolutions(t *testing.T) {
	all, err := library()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if goals(l) == 0 || l.Language != English {
			continue // the commands of the other languages are the same
		}
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			var w watcher
			opt := w.options()
			opt.Turn = true
			r := start(t, l, opt)
			for step := r.Current(); step != nil; step = r.Current() {
				if r.Phase() != YourTurn {
					r.must(t, Next{})
					continue
				}
				if v := w.run(t, r, "whatever"); v.Passed || len(v.Why) < 2 {
					t.Errorf("%s: achieved before anything was done: %+v", step.Command, v)
				}
				if v := w.run(t, r, step.Command); !v.Passed || v.Anew {
					t.Fatalf("%s: %+v", step.Command, v)
				}
			}
			if n := r.Count(Right); n != len(l.Steps) {
				t.Errorf("%d of %d are right", n, len(l.Steps))
			}
		})
	}
}

// TestTranslations wants what is played to be the same in every language.
func TestTranslations(t *testing.T) {
	all, err := library()
	if err != nil {
		t.Fatal(err)
	}
	blocks := func(l *Lesson) (lines []string) {
		for i, s := range l.Steps {
			lines = append(lines, s.Session+"> "+l.Page.Steps[i].Command)
			lines = append(lines, s.Shows...)
			lines = append(lines, strings.Repeat("goal ", min(len(s.Goal), 1))+strings.Repeat("hint ", len(s.Hints)))
		}
		return lines
	}
	for _, l := range all {
		i := slices.IndexFunc(all, func(o *Lesson) bool { return o.Name == l.Name && o.Language == Chinese })
		if i < 0 {
			t.Errorf("%s is not there in Chinese", l.Name)
			continue
		}
		if !slices.Equal(blocks(l), blocks(all[i])) {
			t.Errorf("%s plays something else in Chinese", l.Name)
		}
		if l.Summary == "" || l.Closing == "" || l.Order == 0 || l.Order != all[i].Order {
			t.Errorf("%s.%s: summary %q, order %d, closing %q", l.Name, l.Language, l.Summary, l.Order, l.Closing)
		}
	}
}
