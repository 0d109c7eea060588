package prose

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
)

// gap stands between the columns of a table.
const gap = "  "

// table lays a table out in columns, the widest of which are wrapped if need be.
func (l *layouter) table(t *tables.Table, width int) []Line {
	var cells [][]*styledText
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		var row []*styledText
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			style := Plain
			if r.Kind() == tables.KindTableHeader {
				style = Strong
			}
			row = append(row, l.inline(c, style))
		}
		cells = append(cells, row)
	}
	widths := columnWidths(cells, len(t.Alignments), width)
	var out []Line
	for i, row := range cells {
		out = append(out, tableRow(row, widths)...)
		if i == 0 && t.FirstChild().Kind() == tables.KindTableHeader {
			out = append(out, tableRule(widths))
		}
	}
	if len(widths) > 0 && tableWidth(widths) > width {
		return l.asLines(t, width)
	}
	return out
}

// columnWidths is what the columns need, the widest made narrower until all fit or
// none can give any more.
func columnWidths(cells [][]*styledText, columns, width int) []int {
	widths := make([]int, columns)
	for _, row := range cells {
		for i, c := range row {
			widths[i] = max(widths[i], 1, ansi.StringWidth(c.text))
		}
	}
	for tableWidth(widths) > width {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		const least = 4
		if len(widths) == 0 || widths[widest] <= least {
			break
		}
		widths[widest]--
	}
	return widths
}

func tableWidth(widths []int) int {
	n := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		n += w
	}
	return n
}

// tableRow is a row of the table, as many rows high as its highest cell.
func tableRow(row []*styledText, widths []int) []Line {
	wrapped := make([][]Line, len(row))
	high := 0
	for i, c := range row {
		wrapped[i] = c.wrap(widths[i])
		high = max(high, len(wrapped[i]))
	}
	out := make([]Line, high)
	for y := range out {
		behind := 0 // blanks owed before the next cell
		for i := range row {
			if i > 0 {
				behind += len(gap)
			}
			if y >= len(wrapped[i]) {
				behind += widths[i]
				continue
			}
			if behind > 0 {
				out[y] = append(out[y], Span{Text: strings.Repeat(" ", behind)})
			}
			out[y] = append(out[y], wrapped[i][y]...)
			behind = widths[i] - ansi.StringWidth(wrapped[i][y].String())
		}
	}
	return out
}

func tableRule(widths []int) Line {
	parts := make([]string, len(widths))
	for i, w := range widths {
		parts[i] = strings.Repeat("-", w)
	}
	return Line{{strings.Join(parts, gap), Sign}}
}

// asLines is a table that no columns fit for: a paragraph for each cell.
func (l *layouter) asLines(t *tables.Table, width int) []Line {
	var out []Line
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		for c := ast.Node(r.FirstChild()); c != nil; c = c.NextSibling() {
			out = append(out, l.inline(c, Plain).wrap(width)...)
		}
	}
	return out
}
