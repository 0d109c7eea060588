package stage

import (
	"regexp"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"zoosh/roles"
	"zoosh/tui/ui"
)

// A sheet draws the timeline of a lesson in columns, one for each role.
type sheet struct {
	t     *ui.Theme
	roles map[string]int // their columns
	n, w  int            // how many columns, in how many cells
}

const (
	commandMark = "> "
	outputMost  = 4 // rows of a command's output
	commandMost = 5 // rows of a command
)

// column is where a role's column begins and ends.
func (s *sheet) column(i int) (from, to int) {
	from = i * (s.w + 1) / s.n
	to = (i+1)*(s.w+1)/s.n - 1
	return from, max(from+1, to)
}

func (s *sheet) width(role string) int {
	from, to := s.column(s.roles[role])
	return max(1, to-from)
}

func (s *sheet) gap() string { return s.t.Dim.Render(s.t.Glyph.Between) }

// draw is the rows of all that has happened.
func (s *sheet) draw(score []roles.Row) []string {
	var out []string
	for i := 0; i < len(score); {
		r := &score[i]
		switch r.Kind {
		case roles.RowOutput, roles.RowError:
			end := i
			for end < len(score) && score[end].Role == r.Role && (score[end].Kind == roles.RowOutput || score[end].Kind == roles.RowError) {
				end++
			}
			out = append(out, s.output(r.Role, score[i:end])...)
			i = end
			continue
		case roles.RowCommand:
			style := s.t.Session(s.roles[r.Role]).Bold(true)
			out = append(out, s.cell(r.Role, s.short(hanging(ui.Flat(r.Text), s.width(r.Role)), commandMost), style)...)
		case roles.RowEvent:
			out = append(out, s.event(r)...)
		case roles.RowState:
			out = append(out, s.cell(r.Role, []string{s.t.Glyph.Error + " " + ui.Flat(r.Text)}, s.t.Bad)...)
		}
		i++
	}
	return out
}

// hanging wraps a command, what it goes on with set in.
func hanging(line string, w int) []string {
	if w < 8 {
		return ui.Wrap(commandMark+line, w)
	}
	rows := ui.WrapWords(line, w-len(commandMark))
	for i := range rows {
		lead := "  "
		if i == 0 {
			lead = commandMark
		}
		rows[i] = lead + strings.TrimRight(rows[i], " ")
	}
	return rows
}

// short is the first rows of many.
func (s *sheet) short(rows []string, most int) []string {
	if len(rows) <= most {
		return rows
	}
	return append(rows[:most-1:most-1], s.t.Glyph.Ellipsis+" "+strconv.Itoa(len(rows)-most+1)+" more")
}

var statLine = regexp.MustCompile(`^(cZxid|ctime|mZxid|mtime|pZxid|cversion|dataVersion|aclVersion|ephemeralOwner|dataLength|numChildren) = (.*)$`)

// output is what a command put out, shortened, a stat folded to one row.
func (s *sheet) output(role string, lines []roles.Row) []string {
	w := s.width(role)
	var out, rows []string
	more := 0 // lines that are not shown
	stat := map[string]string{}
	flush := func(style lipgloss.Style) {
		if more += max(0, len(rows)-outputMost); more > 0 {
			rows = append(rows[:outputMost-1], s.t.Glyph.Ellipsis+" "+strconv.Itoa(more+1)+" more")
		}
		out = append(out, s.cell(role, rows, style)...)
		rows, more = nil, 0
	}
	for i := range lines {
		more += lines[i].Less
		m := statLine.FindStringSubmatch(lines[i].Text)
		switch {
		case m != nil:
			stat[m[1]] = m[2]
			if i+1 < len(lines) && statLine.MatchString(lines[i+1].Text) {
				continue
			}
			flush(s.t.Plain)
			rows = []string{s.stat(stat, w)}
			flush(s.t.Dim)
			stat = map[string]string{}
		case lines[i].Kind == roles.RowError:
			flush(s.t.Plain)
			rows = ui.WrapWords(s.t.Glyph.Error+" "+ui.Flat(lines[i].Text), w)
			flush(s.t.Bad)
		case len(rows) > outputMost:
			more++
		case lines[i].Text != "":
			rows = append(rows, ui.WrapWords(ui.Flat(lines[i].Text), w)...)
		}
	}
	flush(s.t.Plain)
	return out
}

// stat is a stat in one row: what tells most, as far as it fits.
func (s *sheet) stat(of map[string]string, w int) string {
	text := "stat " + s.t.Glyph.Ellipsis
	for _, key := range []string{"dataVersion", "numChildren", "ephemeralOwner"} {
		if more := text + " " + key + " " + of[key]; ui.WidthOf(more) <= w && of[key] != "" {
			text = more
		}
	}
	return text
}

// cell is rows of one role, the other columns empty.
func (s *sheet) cell(role string, rows []string, style lipgloss.Style) []string {
	out := make([]string, len(rows))
	for i, text := range rows {
		out[i] = s.row(s.roles[role], style.Render(s.t.Fit(text, s.width(role))))
	}
	return out
}

// row is a row with something in one column.
func (s *sheet) row(col int, cell string) string {
	var b strings.Builder
	for i := range s.n {
		from, to := s.column(i)
		if i == col {
			b.WriteString(cell)
		} else {
			b.WriteString(strings.Repeat(" ", to-from))
		}
		if i < s.n-1 {
			b.WriteString(s.gap())
		}
	}
	return b.String()
}

// event is an event in the column of who watched, with an arrow from who caused it.
func (s *sheet) event(r *roles.Row) []string {
	kind, path, _ := strings.Cut(r.Text, " ")
	to, w := s.roles[r.Role], s.width(r.Role)
	text := s.t.Glyph.Event + " " + strings.TrimPrefix(kind, "Node")
	rows := []string{text}
	if whole := text + " " + ui.Flat(path); ui.WidthOf(whole) <= w {
		rows[0] = whole
	} else {
		for _, row := range ui.Wrap(ui.Flat(path), max(1, w-2)) {
			rows = append(rows, "  "+row)
		}
	}
	out := s.cell(r.Role, rows, s.t.Warn)
	from, known := s.roles[r.From]
	if known && r.From != "" && from != to {
		out[0] = s.arrow(from, to, s.t.Fit(rows[0], w))
	}
	return out
}

// arrow is the row of an event with an arrow from one column to that of the event.
func (s *sheet) arrow(from, to int, text string) string {
	g := s.t.Glyph
	style := s.t.Session(from)
	var b strings.Builder
	low, high := min(from, to), max(from, to)
	for i := range s.n {
		left, right := s.column(i)
		switch {
		case i == to:
			b.WriteString(s.t.Warn.Bold(true).Render(text))
		case i < low || i > high:
			b.WriteString(strings.Repeat(" ", right-left))
		case i == from && from < to: // it begins in the middle of its column
			n := (right - left) / 2
			b.WriteString(strings.Repeat(" ", n) + style.Render(strings.Repeat(g.Line, right-left-n)))
		case i == from:
			n := (right - left + 1) / 2
			b.WriteString(style.Render(strings.Repeat(g.Line, n)) + strings.Repeat(" ", right-left-n))
		default:
			b.WriteString(style.Render(strings.Repeat(g.Line, right-left)))
		}
		if i < s.n-1 {
			b.WriteString(s.arrowGap(i, from, to, style))
		}
	}
	return b.String()
}

// arrowGap is what stands between column i and the next in an arrow's row.
func (s *sheet) arrowGap(i, from, to int, style lipgloss.Style) string {
	g := s.t.Glyph
	switch {
	case i+1 == to && from < to:
		return style.Render(g.ToRight)
	case i == to && from > to:
		return style.Render(g.ToLeft)
	case i >= min(from, to) && i < max(from, to):
		return style.Render(g.Line)
	}
	return s.gap()
}
