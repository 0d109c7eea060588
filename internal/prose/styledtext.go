package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"

	"zoosh/internal/printable"
)

// A styledText is text, and the style of each of its bytes.
type styledText struct {
	raw   strings.Builder // before join
	text  string
	style []Style
}

func (k *styledText) add(text string, style Style) {
	text = printable.Text(text)
	k.raw.WriteString(text)
	for range len(text) {
		k.style = append(k.style, style)
	}
}

// join makes blanks of line ends and tabs, and one of several. Between two Chinese
// characters a line's end is nothing at all.
func (k *styledText) join() {
	var b strings.Builder
	text, style := k.raw.String(), k.style[:0]
	for i, r := range text {
		n := utf8.RuneLen(r)
		if r == '\n' || r == '\t' || r == ' ' {
			rest := strings.TrimLeft(text[i:], " \t\n")
			if rest == "" || b.Len() == 0 || strings.HasSuffix(b.String(), " ") || r == '\n' && wideEnds(b.String(), rest) {
				continue
			}
			r, n = ' ', 1
		}
		b.WriteRune(r)
		for j := range n {
			style = append(style, k.style[i+min(j, len(k.style)-1-i)])
		}
	}
	k.text, k.style = b.String(), style
}

func wideEnds(before, behind string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(behind)
	return han(last) && han(first)
}

// han is whether a character is written without blanks around it.
func han(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}

// wrap breaks the text into rows where Unicode lets it, but code at blanks alone.
func (k *styledText) wrap(width int) []Line {
	var out []Line
	from, cells, blanks := 0, 0, 0 // of the row; blanks are those at its end
	flush := func(to int) {
		out = append(out, k.row(from, to))
	}
	at := 0
	for _, end := range k.ends() {
		word := strings.TrimRight(k.text[at:end], " ")
		n := ansi.StringWidth(word)
		if at > from && cells+blanks+n > width {
			flush(at)
			from, cells, blanks = at, 0, 0
		}
		for n > width { // wider than a row
			bytes, wide := fitting(k.text[at:end], width)
			at += bytes
			flush(at)
			from, n = at, n-wide
		}
		cells += blanks + n
		blanks = len(k.text[at:end]) - len(strings.TrimRight(k.text[at:end], " "))
		at = end
	}
	if from < len(k.text) {
		flush(len(k.text))
	}
	return out
}

// fitting is how many bytes of text fit into a row, one character at least, and how
// wide they are.
func fitting(text string, width int) (bytes, cells int) {
	for bytes < len(text) {
		cluster, n := ansi.FirstGraphemeCluster(text[bytes:], ansi.GraphemeWidth)
		if bytes > 0 && cells+n > width {
			break
		}
		bytes, cells = bytes+len(cluster), cells+n
	}
	return bytes, cells
}

// ends are where a row may end: behind blanks, and elsewhere where Unicode lets it,
// but for the inside of code.
func (k *styledText) ends() []int {
	var out []int
	state, at := -1, 0
	for rest := k.text; rest != ""; {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		// Unicode would keep "/a" and what stands before it on one line.
		for i := 1; i < len(piece); i++ {
			if piece[i-1] == ' ' && piece[i] != ' ' {
				out = append(out, at+i)
			}
		}
		at += len(piece)
		if rest == "" || k.text[at-1] == ' ' || k.style[at-1] != Code || k.style[at] != Code {
			out = append(out, at)
		}
	}
	return out
}

// row is a part of the text as spans, without the blanks at its end.
func (k *styledText) row(from, to int) Line {
	to = from + len(strings.TrimRight(k.text[from:to], " "))
	row := Line{}
	for from < to {
		end := from + 1
		for end < to && k.style[end] == k.style[from] {
			end++
		}
		row = append(row, Span{k.text[from:end], k.style[from]})
		from = end
	}
	return row
}
