package shell

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"zoosh/internal/english"
)

// What a line shows of data that differs: so much before the place where the two
// begin to differ, and so much from there on.
const (
	shownBefore = 16
	shownAfter  = 40
)

// changedText shows how data has changed: as paths where both are JSON, whole where
// that is short, and else from where the two begin to differ.
func changedText(before, after []byte) string {
	if text, ok := changedJSON(before, after); ok {
		return text
	}
	short := len(before) <= shownData && len(after) <= shownData
	switch {
	case short || before == nil || after == nil:
		return shorten(before) + " → " + shorten(after)
	case bytes.Equal(before, after):
		return shorten(before) + " → the same"
	}
	return differing(before, after)
}

// differing shows two texts from the place on where they begin to differ, and tells
// where that is.
func differing(before, after []byte) string {
	text := utf8.Valid(before) && utf8.Valid(after)
	from := commonPrefix(before, after, text)
	was, now := excerptAt(before, after, from, text), excerptAt(after, before, from, text)
	return fmt.Sprintf("%s → %s  (from %s; %s)", was, now, placeOf(before[:from], text), lengths(len(before), len(after)))
}

// commonPrefix is how many bytes are the same; of text, in whole characters.
func commonPrefix(a, b []byte, text bool) int {
	n, most := 0, min(len(a), len(b))
	for n < most && a[n] == b[n] {
		n++
	}
	for text && n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}

// excerptAt is what stands at a place of data, and around it. What is the same as in
// the other at the end is shown as far as what stands before.
func excerptAt(data, other []byte, from int, text bool) string {
	before, after := shownBefore, shownAfter
	form := "%q"
	if !text {
		before, after, form = before/2, after/2, "0x%x"
	}
	end := len(data)
	for n := min(len(data), len(other)) - from; n > 0 && end > from && data[end-1] == other[len(other)-len(data)+end-1]; n-- {
		end--
	}
	start, end := max(0, from-before), min(len(data), end+before, from+after)
	for text && start > 0 && !utf8.RuneStart(data[start]) {
		start--
	}
	for text && end < len(data) && !utf8.RuneStart(data[end]) {
		end++
	}
	shown := fmt.Sprintf(form, data[start:end])
	if start > 0 {
		shown = "…" + shown
	}
	if end < len(data) {
		shown += "…"
	}
	return shown
}

// placeOf says where what follows begins: in the line of a text that has several, and
// in which byte. Both count from 1.
func placeOf(before []byte, text bool) string {
	line := bytes.Count(before, []byte("\n"))
	if !text || line == 0 {
		return fmt.Sprintf("byte %d", len(before)+1)
	}
	return fmt.Sprintf("line %d, byte %d", line+1, len(before)+1)
}

func lengths(before, after int) string {
	if before == after {
		return english.Count(before, "byte")
	}
	return fmt.Sprintf("%d → %d bytes", before, after)
}

// joined is the changes of a line, of which not too many are shown.
func joined(changes []string) string {
	if more := len(changes) - shownNames; more > 0 {
		changes = append(changes[:shownNames:shownNames], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(changes, ", ")
}
