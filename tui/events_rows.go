package tui

import (
	"fmt"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"zoosh/shell"
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

// who is a session as its rows show it. It outlives its tab.
type who struct {
	label  string
	number int
}

// meet looks at what the sessions are called now.
func (p *eventsPane) meet() {
	for _, s := range p.sessions.All() {
		now := who{s.Label(), s.Number}
		if p.who[s.Name] != now {
			p.who[s.Name] = now
			p.drawn = nil
		}
	}
}

func (p *eventsPane) cells(e *event) cells {
	c := cells{
		time: e.at.Format("15:04:05"), session: shell.Printable(p.who[e.session].label), kind: e.kind,
		path: shell.Printable(e.path), armedBy: ui.OneLine(strings.Join(e.armedBy, ", ")),
		detail: shell.Printable(e.detail),
	}
	if e.zxid > 0 {
		c.zxid = "0x" + strconv.FormatInt(e.zxid, 16)
	}
	return c
}

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
	return t.Dim.Render(eventLine(t, &names, plan, w, nil))
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

func (p *eventsPane) Title(room int) string {
	if p.armed.shown {
		return p.armed.title()
	}
	text := "Events"
	n := p.kept.len()
	switch {
	case p.filter != "":
		text += fmt.Sprintf(" %d of %d", len(p.found), n)
	case n > 0:
		text += " " + strconv.Itoa(n)
	}
	if p.kept.first > 0 {
		text += fmt.Sprintf(", %d older left out", p.kept.first)
	}
	if !p.list.Follow {
		text += ", scrolled"
	}
	return text
}

func (p *eventsPane) Rows(focus bool) []string {
	t := p.theme
	p.meet()
	var out []string
	if p.armed.shown {
		p.armed.gather(p)
		out = p.armed.draw(p, focus)
	} else {
		out = p.eventRows(focus)
	}
	if p.filter == "" && p.typing == nil {
		return out
	}
	for len(out) < p.h-1 {
		out = append(out, "")
	}
	return append(out[:max(0, p.h-1)], t.Key.Render("/")+shell.Printable(p.filterText()))
}

func (p *eventsPane) eventRows(focus bool) []string {
	t, n, room := p.theme, p.length(), p.room()
	p.list.Settle(n, room)
	if n == 0 {
		text := "no event yet; a watch is armed by: stat -w PATH, ls -w PATH, addWatch PATH"
		if p.filter != "" {
			text = "no event has this in it"
		}
		return p.faint(text)
	}
	end := min(n, p.list.Top+room)
	plan, short := p.layRows(p.list.Top, end)
	var out []string
	if p.heading() {
		out = append(out, headingLine(t, cells{time: "time", session: "session", kind: "type", path: "path",
			zxid: "zxid", armedBy: "armed by"}, plan, p.w))
	}
	for i := p.list.Top; i < end; i++ {
		if i == p.list.Sel && focus {
			row := p.cells(p.row(i))
			out = append(out, t.Selected.Render(t.Fit(eventLine(t, row.shorten(short), plan, p.w, nil), p.w)))
			continue
		}
		number := p.number(i)
		text, known := p.drawn[number]
		if !known {
			e := p.row(i)
			row := p.cells(e)
			text = eventLine(t, row.shorten(short), plan, p.w, &looks{p.sessionStyle(e.session), t.Tone(e.tone), t.Dim})
			p.drawn[number] = text
		}
		out = append(out, text)
	}
	return out
}

// layRows gives the columns for those rows. Rows that were drawn before in the
// same columns need not be looked at again.
func (p *eventsPane) layRows(from, to int) (plan columns, short bool) {
	for i := from; i < to; i++ {
		if _, known := p.drawn[p.number(i)]; !known {
			row := p.cells(p.row(i))
			p.wide.grow(&row)
		}
	}
	plan, short = p.wide.plan(p.w)
	if key := (drawnRows{p.theme, plan, p.w}); p.drawn == nil || key != p.drawnFor || len(p.drawn) > 1000 {
		p.drawn, p.drawnFor = map[int]string{}, key
	}
	return plan, short
}

// drawnRows is what the rows that are kept drawn depend on, beside their events.
type drawnRows struct {
	theme *ui.Theme
	plan  columns
	w     int
}

// shorten leaves out the word that the types begin with.
func (c *cells) shorten(short bool) *cells {
	if short {
		c.kind = strings.TrimPrefix(c.kind, "Node")
	}
	return c
}

// faint is text that stands in an empty pane.
func (p *eventsPane) faint(text string) []string {
	var out []string
	for _, row := range ui.WrapWords(text, p.w) {
		out = append(out, p.theme.Dim.Render(row))
	}
	return out[:min(len(out), max(0, p.h))]
}

// looks are the styles of a row's columns.
type looks struct{ session, kind, aside lipgloss.Style }

// line is a row in its columns; plain without looks.
func eventLine(t *ui.Theme, c *cells, plan columns, w int, l *looks) string {
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

// sessionStyle is the colour of a session.
func (p *eventsPane) sessionStyle(name string) lipgloss.Style {
	return p.theme.Session(p.who[name].number)
}
