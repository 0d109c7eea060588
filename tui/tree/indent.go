package tree

import (
	"fmt"
	"strings"

	"zoosh/internal/livetree"
	"zoosh/tui/ui"
)

// indents is how far the rows on the screen are indented. Where the levels would
// push the names off the pane, they are cut: those around the selection keep
// theirs, and each row begins with the number of its level.
type indents struct {
	gutter int // cells for that number and a blank; 0 while nothing is cut
	from   int // the level that is not indented
	room   int // cells that indentation may take
}

// indents is for the rows that are on the screen. None is indented by more than
// half of the pane, its number included.
func (p *Pane) indents(rows []livetree.Row) indents {
	in := indents{room: p.w / 2}
	deepest, around := 0, p.at-p.top
	for i := range rows {
		deepest = max(deepest, rows[i].Depth)
	}
	if 2*deepest <= in.room {
		return in
	}
	in.gutter = len(fmt.Sprint(deepest)) + 1
	in.room = max(0, in.room-in.gutter)
	if around < 0 || around >= len(rows) { // scrolled away from
		around = len(rows) / 2
	}
	in.from = max(0, rows[around].Depth+1-in.room/2) // children stand out, too
	return in
}

// width is the cells before the glyph that opens a znode of that level.
func (in indents) width(depth int) int {
	return in.gutter + ui.Between(0, 2*(depth-in.from), in.room)
}

// of is what a row of that level begins with: its number, if there are some, and
// blanks.
func (in indents) of(depth int) string {
	blanks := strings.Repeat(" ", in.width(depth)-in.gutter)
	if in.gutter > 0 {
		return fmt.Sprintf("%*d ", in.gutter-1, depth) + blanks
	}
	return blanks
}
