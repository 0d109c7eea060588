package ui

import (
	"strings"
	"testing"
)

// TestWrapWords: no row is wider than it may be, and no word is lost.
func TestWrapWords(t *testing.T) {
	const text = "stat -w PATH, get -w PATH and ls -w PATH arm one; 中文 的 词, a-word-that-is-longer-than-a-row"
	for w := 1; w < 60; w++ {
		rows := WrapWords(text, w)
		for _, row := range rows {
			if WidthOf(row) > max(w, 2) { // a Chinese character takes two
				t.Errorf("%d: %q", w, row)
			}
		}
		join := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := join(strings.Join(rows, "")); got != join(text) {
			t.Errorf("%d: %q", w, rows)
		}
	}
}
