package roles

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"zoosh/internal/prose"
)

// TestLessonsLayOut lays out all there is to read at every width that is likely.
func TestLessonsLayOut(t *testing.T) {
	for _, lang := range []string{English, Chinese} {
		all, err := Lessons(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			texts := []string{l.Closing}
			for _, s := range l.Steps {
				texts = append(texts, s.Narration, s.Goal)
			}
			for _, text := range texts {
				for _, w := range []int{1, 2, 18, 46, 78, 120} {
					for _, row := range prose.Layout(text, w) {
						if n := ansi.StringWidth(row.String()); n > w && w > 1 {
							t.Fatalf("a row of %d cells at a width of %d: %q", n, w, row)
						}
					}
				}
			}
		}
	}
}
