package prose

import (
	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	reader "github.com/yuin/goldmark/text"
)

// A Kind is what a block is.
type Kind int

// The kinds of blocks.
const (
	Paragraph Kind = iota
	Title
	List
	Listing // lines that stay as they are
	Table
)

// A Block is a part of a page, for who shows it otherwise than Layout does. What its
// methods return is safe for a terminal.
type Block struct {
	Kind  Kind
	Level int // of a title, from 1
	l     *layouter
	n     ast.Node
}

// Blocks takes Markdown apart. Pictures and HTML are left out.
func Blocks(text string) []Block {
	l := &layouter{src: []byte(text)}
	return l.blocks(markdown().Parse(reader.NewReader(l.src)))
}

func (l *layouter) blocks(parent ast.Node) []Block {
	var out []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b := Block{l: l, n: n}
		switch n := n.(type) {
		case *ast.Heading:
			b.Kind, b.Level = Title, n.Level
		case *ast.Paragraph, *ast.TextBlock:
			if isPicture(n) {
				continue
			}
		case *ast.List:
			b.Kind = List
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			b.Kind = Listing
		case *tables.Table:
			b.Kind = Table
		default:
			continue
		}
		out = append(out, b)
	}
	return out
}

// Text is a paragraph or a title as one row, however long.
func (b Block) Text() Line { return b.l.oneLine(b.n) }

func (l *layouter) oneLine(n ast.Node) Line {
	k := l.inline(n, Plain)
	if k.text == "" {
		return nil
	}
	return k.row(0, len(k.text))
}

// Lines are those of a listing.
func (b Block) Lines() []string {
	var out []string
	for _, row := range b.l.code(b.n, 1<<20) {
		out = append(out, row.String())
	}
	return out
}

// Items are the items of a list, each with its blocks.
func (b Block) Items() [][]Block {
	var out [][]Block
	for item := b.n.FirstChild(); item != nil; item = item.NextSibling() {
		out = append(out, b.l.blocks(item))
	}
	return out
}

// Cells are the rows of a table without its head.
func (b Block) Cells() [][]Line {
	var out [][]Line
	for row := b.n.FirstChild(); row != nil; row = row.NextSibling() {
		if row.Kind() == tables.KindTableHeader {
			continue
		}
		var cells []Line
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, b.l.oneLine(cell))
		}
		out = append(out, cells)
	}
	return out
}

// Rows is the block as Layout lays it out.
func (b Block) Rows(width int) []Line { return b.l.block(b.n, max(1, width)) }
