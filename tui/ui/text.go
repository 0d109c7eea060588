package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"zoosh/shell"
)

// Widths are in cells: a Chinese character takes two.

// Fit makes a styled row exactly w cells wide: cut with an ellipsis, or filled up.
// Whatever would move the cursor is a blank: no pane can break the frame.
func (t *Theme) Fit(row string, w int) string {
	if w <= 0 {
		return ""
	}
	if strings.ContainsAny(row, "\n\r\t") {
		row = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(row)
	}
	n := ansi.StringWidth(row)
	if n > w {
		row = ansi.Truncate(row, w, t.Glyph.Ellipsis)
		n = ansi.StringWidth(row)
	}
	return row + strings.Repeat(" ", max(0, w-n))
}

// Tail is the end of plain text, at most w cells of it: of a path that says most.
func (t *Theme) Tail(text string, w int) string {
	n := WidthOf(text)
	if n <= w {
		return text
	}
	if w <= 1 {
		return t.Fit(text, w)
	}
	return ansi.TruncateLeft(text, n-w+1, t.Glyph.Ellipsis)
}

// Wrap breaks plain text into rows of at most w cells, and keeps every character.
func Wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	text = strings.ReplaceAll(text, "\t", "    ")
	return strings.Split(ansi.Hardwrap(text, w, true), "\n")
}

// WrapWords breaks plain text at blanks, for people to read.
func WrapWords(text string, w int) []string {
	w = max(1, w)
	var rows []string
	for row := range strings.SplitSeq(ansi.Wrap(text, w, " "), "\n") {
		row = strings.TrimRight(row, " ") // a blank may stand beyond the last cell
		if WidthOf(row) > w {             // words with a hyphen may, too
			rows = append(rows, strings.Split(ansi.Hardwrap(row, w, false), "\n")...)
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// Between is n, but not below low or above high.
func Between(low, n, high int) int { return max(low, min(n, high)) }

// WidthOf is how many cells a styled row takes.
func WidthOf(row string) int { return ansi.StringWidth(row) }

// Cut is the cells of a styled row from left on, up to but without right. What it
// leaves open is closed.
func Cut(row string, left, right int) string {
	part := ansi.Cut(row, left, right)
	if strings.Contains(part, "\x1b") {
		part += ansi.ResetStyle
	}
	return part
}

// printable is shell.Printable, quick for what is plain already: a znode can be
// large, and this is between two frames.
func printable(text string) string {
	for i := range len(text) {
		if c := text[i]; (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return shell.Printable(text)
		}
	}
	return text
}

// Flat writes text on one line as a terminal would show it: tabs go to the next
// eighth cell.
func Flat(text string) string {
	text = strings.ReplaceAll(printable(text), "\n", " ")
	if !strings.Contains(text, "\t") {
		return text
	}
	var b strings.Builder
	cells := 0
	for i, part := range strings.Split(text, "\t") {
		if i > 0 {
			n := 8 - cells%8
			b.WriteString(strings.Repeat(" ", n))
			cells += n
		}
		b.WriteString(part)
		cells += WidthOf(part)
	}
	return b.String()
}

// OneLine makes text from a server safe, and one line.
func OneLine(text string) string {
	text = shell.Printable(text)
	if strings.ContainsAny(text, "\n\t") {
		text = strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(text)
	}
	return text
}

// IsText tells whether data can be read as it is.
func IsText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	for _, c := range data {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return false
		}
	}
	return true
}
