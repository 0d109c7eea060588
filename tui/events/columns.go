package events

import (
	"strings"

	"charm.land/lipgloss/v2"

	"zoosh/tui/ui"
)

// columns are how wide the columns are, in cells. They only ever grow, so that
// rows do not jump about as others come and go.
type columns struct{ session, kind, path, zxid, armedBy int }

const (
	timeWidth   = 8
	pathEnough  = 24 // a path column of that width leaves room for the others
	armedEnough = 12
	nameLimit   = 12 // a session's name is not wider
)

// cells are a row's texts, safe for a terminal.
type cells struct{ time, session, kind, path, zxid, armedBy, detail string }

func (c *columns) grow(row *cells) {
	c.session = max(c.session, min(nameLimit, ui.WidthOf(row.session)))
	c.kind = max(c.kind, ui.WidthOf(row.kind))
	if row.path != "" {
		c.path = max(c.path, ui.WidthOf(row.path), len("path"))
	}
	if row.zxid != "" {
		c.zxid = max(c.zxid, ui.WidthOf(row.zxid), len("zxid"))
	}
	if row.armedBy != "" {
		c.armedBy = max(c.armedBy, ui.WidthOf(row.armedBy), len("armed by"))
	}
}

// headingLine is the line with the names of the columns.
func headingLine(t *ui.Theme, names cells, plan columns, w int) string {
	if plan.session < len("session") {
		names.session = ""
	}
	return t.Dim.Render(names.line(t, plan, w, nil))
}

// plan is the columns for w cells: what does not fit goes, the zxid first, then
// the word that most types begin with, then the command.
func (c columns) plan(w int) (plan columns, short bool) {
	rest := w - timeWidth - 1 - c.session - 1 - c.kind
	path := 1 + min(c.path, pathEnough)
	wanted := path
	if c.armedBy > 0 {
		wanted += 1 + min(c.armedBy, armedEnough)
	}
	shorter := max(0, c.kind-len("ChildrenChanged"))
	if rest < path || rest < wanted && rest+shorter >= wanted {
		short = true
		c.kind -= shorter
		rest += shorter
	}
	if c.armedBy > 0 && rest < path+1+min(c.armedBy, armedEnough) {
		c.armedBy = 0
	}
	armed := 0
	if c.armedBy > 0 {
		armed = 1 + min(c.armedBy, armedEnough)
	}
	if c.zxid > 0 && rest < path+armed+1+c.zxid {
		c.zxid = 0
	}
	if c.zxid > 0 {
		rest -= 1 + c.zxid
	}
	// The path takes what it needs, the command what is left.
	c.path = max(0, min(c.path, rest-1-armed))
	if c.armedBy > 0 {
		c.armedBy = rest - 1 - c.path - 1
	}
	return c, short
}

// shorten leaves out the word that the types begin with.
func (c *cells) shorten(short bool) *cells {
	if short {
		c.kind = strings.TrimPrefix(c.kind, "Node")
	}
	return c
}

// looks are the styles of a row's columns.
type looks struct{ session, kind, aside lipgloss.Style }

// line is a row in its columns; plain without looks.
func (c *cells) line(t *ui.Theme, plan columns, w int, l *looks) string {
	var b strings.Builder
	put := func(style func(*looks) lipgloss.Style, text string, width int) {
		if width <= 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		text = t.Fit(text, width)
		if l != nil && style != nil {
			text = style(l).Render(text)
		}
		b.WriteString(text)
	}
	aside := func(l *looks) lipgloss.Style { return l.aside }
	put(aside, c.time, timeWidth)
	put(func(l *looks) lipgloss.Style { return l.session }, c.session, plan.session)
	put(func(l *looks) lipgloss.Style { return l.kind }, c.kind, plan.kind)
	if c.detail != "" {
		put(nil, c.detail, w-ui.WidthOf(b.String())-1)
		return b.String()
	}
	put(nil, t.Tail(c.path, plan.path), plan.path)
	put(aside, c.zxid, plan.zxid)
	put(aside, c.armedBy, plan.armedBy)
	return b.String()
}
