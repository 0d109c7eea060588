// Package prose lays Markdown out in rows of text for a terminal: lessons, and the pages
// of the manual.
//
// Contract: what it hands out is safe for a terminal and says what each piece is meant to
// look like, not how that is done. A row is never wider than asked for, if that is a cell
// more than one. It knows no colours and no screen.
package prose

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	reader "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"zoosh/internal/printable"
)

// Style is how a piece of prose is meant to look.
type Style uint8

// The styles.
const (
	Plain Style = iota
	Strong
	Emphasis
	Code
	Heading
	Sign // what stands before a list's item and between a table's rows
)

// A Span is text of one style, safe for a terminal.
type Span struct {
	Text  string
	Style Style
}

// A Line is a row that has been laid out.
type Line []Span

// String is the row without its styles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Layout lays Markdown out in rows of at most width cells: paragraphs, headings,
// lists, small tables, code. Of a link its text is shown; HTML and pictures are not. A word that
// is wider than a row is broken, and so is a table that does not fit at all.
func Layout(text string, width int) []Line {
	src := []byte(text)
	l := &layouter{src: src}
	return l.children(markdown().Parse(reader.NewReader(src)), max(1, width), true)
}

// Labelled lays out a sentence of Markdown behind a label, which is strong.
func Labelled(label, text string, width int) []Line {
	src := []byte(text)
	l := &layouter{src: src}
	k := &styledText{}
	k.add(label, Strong)
	for b := markdown().Parse(reader.NewReader(src)).FirstChild(); b != nil; b = b.NextSibling() {
		l.spans(b, Plain, k)
		k.add("\n", Plain)
	}
	k.join()
	return k.wrap(max(1, width))
}

// markdown is the parser, made when the first page is shown.
var markdown = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()
})

// A layouter lays out one piece of Markdown.
type layouter struct{ src []byte }

// children lays out the blocks of a block, with a row between them if they are
// spaced.
func (l *layouter) children(n ast.Node, width int, spaced bool) []Line {
	var out []Line
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		rows := l.block(c, width)
		if len(rows) == 0 {
			continue
		}
		if spaced && out != nil {
			out = append(out, nil)
		}
		out = append(out, rows...)
	}
	return out
}

func (l *layouter) block(n ast.Node, width int) []Line {
	switch n := n.(type) {
	case *ast.Heading:
		return l.inline(n, Heading).wrap(width)
	case *ast.Paragraph, *ast.TextBlock:
		if isPicture(n) {
			return nil
		}
		return l.inline(n, Plain).wrap(width)
	case *ast.List:
		return l.list(n, width)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return indented(l.code(n, max(1, width-2)), Span{Text: "  "}, width)
	case *ast.Blockquote:
		return indented(l.children(n, max(1, width-2), true), Span{Text: "  "}, width)
	case *ast.ThematicBreak:
		return []Line{{{strings.Repeat("-", width), Sign}}}
	case *tables.Table:
		return l.table(n, width)
	}
	return nil // HTML
}

// isPicture tells whether a block has nothing in it but a picture.
func isPicture(n ast.Node) bool {
	only := n.FirstChild()
	return only != nil && only.Kind() == ast.KindImage && only.NextSibling() == nil
}

// indented sets rows in by what stands before the first of them.
func indented(rows []Line, before Span, width int) []Line {
	blank := Span{Text: strings.Repeat(" ", ansi.StringWidth(before.Text))}
	if len(blank.Text) >= width {
		return rows // there is no room for it
	}
	for i, row := range rows {
		if row == nil {
			continue
		}
		lead := blank
		if i == 0 {
			lead = before
		}
		rows[i] = append(Line{lead}, row...)
	}
	return rows
}

func (l *layouter) list(n *ast.List, width int) []Line {
	var out []Line
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		if out != nil && !n.IsTight {
			out = append(out, nil)
		}
		rows := l.children(item, max(1, width-len(mark)), !n.IsTight)
		out = append(out, indented(rows, Span{mark, Sign}, width)...)
	}
	return out
}

// code is lines as they stand, broken where they are too long.
func (l *layouter) code(n ast.Node, width int) []Line {
	var out []Line
	lines := n.Lines()
	for i := range lines.Len() {
		at := lines.At(i)
		line := printable.Text(strings.TrimRight(string(at.Value(l.src)), "\r\n"))
		line = strings.ReplaceAll(line, "\t", "    ")
		for row := range strings.SplitSeq(ansi.Hardwrap(line, width, true), "\n") {
			out = append(out, Line{{row, Code}})
		}
	}
	return out
}

// inline is the text of a block with its styles. A line's end is still in it.
func (l *layouter) inline(n ast.Node, style Style) *styledText {
	k := &styledText{}
	l.spans(n, style, k)
	k.join()
	return k
}

func (l *layouter) spans(n ast.Node, style Style, into *styledText) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			into.add(l.plain(c, style), style)
			if c.SoftLineBreak() || c.HardLineBreak() {
				into.add("\n", style)
			}
		case *ast.String:
			into.add(string(c.Value), style)
		case *ast.CodeSpan:
			l.spans(c, Code, into)
		case *ast.Emphasis:
			inner := Emphasis
			if c.Level > 1 {
				inner = Strong
			}
			if style == Heading {
				inner = Heading
			}
			l.spans(c, inner, into)
		case *ast.AutoLink:
			into.add(string(c.Label(l.src)), style)
		case *ast.RawHTML:
		default: // a link, an image: what is written on it
			l.spans(c, style, into)
		}
	}
}

// plain is the characters that a piece of source stands for.
func (l *layouter) plain(n *ast.Text, style Style) string {
	value := n.Segment.Value(l.src)
	if style == Code || n.IsRaw() {
		return string(value)
	}
	if bytes.ContainsAny(value, `\&`) {
		value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
	}
	return string(value)
}
