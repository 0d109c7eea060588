package command

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/lipgloss/v2"

	"zoosh/internal/english"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
)

// A promptLine is the line that is typed with what stands before and behind it.
type promptLine struct {
	text   string
	head   int   // bytes that are not typed
	cursor int   // the byte the cursor stands before
	end    int   // of what is typed; behind it stands the ghost
	starts []int // where its rows begin
	row    int   // the cursor's cell
	col    int
}

// A layout is how the rows of the pane are used: tabs, transcript, the line about
// what is below, prompt, list, and in the last row the hint.
type layout struct {
	tabs, hint bool
	out        []rowRef
	room       int // rows the transcript can have
	more       bool
	prompt     promptLine
	first, n   int // the rows of the prompt that are in view
	list       int
}

// lay lays the pane out. What is typed comes first, then the list, and the
// transcript has the rest.
func (c *Pane) lay() layout {
	t := c.tab()
	l := layout{tabs: len(c.tabs) > 1 && c.h > 2}
	left := c.h
	if l.tabs {
		left--
	}
	if l.hint = left >= 6; l.hint {
		left--
	}
	l.prompt = c.promptLine(t)
	l.n = ui.Between(1, len(l.prompt.starts), max(1, left-1))
	l.first = ui.Between(0, l.prompt.row-l.n+1, len(l.prompt.starts)-l.n)
	left -= l.n
	if open := openIn[*candidates](t); open != nil {
		l.list = ui.Between(0, min(len(open.fit), listRows), left-1)
		l.list = max(0, l.list)
		left -= l.list
	}
	l.room = max(0, left)
	l.more = t.out.scrolled && l.room > 1
	if l.more {
		left--
	}
	l.out = t.out.view(c.w, max(0, left))
	if t.typing() && t.dictated() == nil && l.list == 0 && l.n == len(l.prompt.starts) {
		l.prompt.haunt(ui.Flat(c.ghost(t)), max(1, c.w), max(0, left-len(l.out)))
		l.n = len(l.prompt.starts)
	}
	return l
}

// promptLine is the line at the prompt, wrapped.
func (c *Pane) promptLine(t *tab) promptLine {
	var p promptLine
	dictated := t.dictated()
	switch o := t.open.(type) {
	case *finding:
		p.set("search: ", &o.query, "")
	case *naming:
		p.set("name: ", &o.input, "")
	case *recalling:
		p.set("(reverse-i-search)`", &o.query, "': "+o.line)
	default:
		in := &t.input
		if dictated != nil {
			in = dictated
		}
		p.set(c.prompt(t), in, "")
	}
	p.wrap(max(1, c.w))
	return p
}

// prompt is a tab's prompt, as the pane has room for it.
func (c *Pane) prompt(t *tab) string { return t.shell.FitPrompt(t.shell.Prompt(), c.w) }

// wrap finds the rows, and the cursor's cell.
func (p *promptLine) wrap(w int) {
	p.starts, p.row = linesStarts(p.text, w), 0
	// The cursor needs a cell of its own, behind a full row that of the next one.
	for p.row+1 < len(p.starts) && p.starts[p.row+1] <= p.cursor {
		p.row++
	}
	if p.col = ui.WidthOf(p.text[p.starts[p.row]:p.cursor]); p.col >= w {
		p.starts = slices.Insert(p.starts, p.row+1, p.cursor)
		p.row, p.col = p.row+1, 0
	}
}

// linesStarts is rowStarts of text that may have several lines.
func linesStarts(text string, w int) []int {
	var starts []int
	for at := 0; ; {
		line, _, more := strings.Cut(text[at:], "\n")
		for _, from := range rowStarts(line, w) {
			starts = append(starts, at+from)
		}
		if at += len(line) + 1; !more {
			return starts
		}
	}
}

// haunt sets the ghost behind the line, in the rows there are and so many more.
func (p *promptLine) haunt(ghost string, w, spare int) {
	if ghost == "" {
		return
	}
	rows := len(p.starts) + spare
	p.text += ghost
	p.wrap(w)
	if len(p.starts) > rows {
		p.text = p.text[:max(p.end, p.starts[rows])]
		p.wrap(w)
	}
}

// typing is whether a line is typed at the prompt, and nothing else.
func (t *tab) typing() bool { return t.open == nil || openIn[*candidates](t) != nil }

func (p *promptLine) set(head string, in *ui.Input, tail string) {
	head = ui.Flat(head)
	before := ui.ShownTyped(in.Value[:in.At])
	p.text = head + before + ui.ShownTyped(in.Value[in.At:]) + ui.Flat(tail)
	p.head, p.cursor, p.end = len(head), len(head)+len(before), len(p.text)
}

// Title implements ui.Pane.
func (c *Pane) Title(room int) string {
	if len(c.tabs) > 1 {
		return "Command: " + c.tab().label()
	}
	return "Command"
}

// Resize implements ui.Pane.
func (c *Pane) Resize(w, h int) {
	c.w, c.h = w, h
	for _, t := range c.tabs {
		if s := &t.out; s.scrolled { // it may all be in view now
			if v := s.view(w, h); len(v) > 0 {
				s.show(v[0], w, max(1, c.lay().room))
			}
		}
	}
}

// Rows implements ui.Pane.
func (c *Pane) Rows(focus bool) []string {
	t, th, l := c.tab(), c.theme, c.lay()
	out := make([]string, 0, c.h)
	if l.tabs {
		out = append(out, c.tabRow())
	}
	for _, r := range l.out {
		out = append(out, c.outRow(t, r))
	}
	if l.more {
		out = append(out, c.moreRow(t, l))
	}
	p := &l.prompt
	for i := l.first; i < l.first+l.n; i++ {
		from, to := p.starts[i], len(p.text)
		if i+1 < len(p.starts) {
			to = p.starts[i+1]
		}
		marks := []highlight{{p.end, len(p.text), th.Ghost}}
		if from > 0 && p.text[from-1] == '\n' { // the prompt of a further line
			marks = append(marks, highlight{from, from + len(shell.Continued), c.promptStyle(t)})
		}
		row := strings.TrimSuffix(p.text[:to], "\n")
		out = append(out, paint(row, from, len(row), p.head, c.promptStyle(t), th.Plain, marks))
	}
	if l.list > 0 {
		out = append(out, openIn[*candidates](t).rows(th, c.w, l.list)...)
	}
	if l.hint {
		for len(out) < c.h-1 {
			out = append(out, "")
		}
		out = append(out, c.hintRow(t))
	}
	return out
}

func (c *Pane) promptStyle(t *tab) lipgloss.Style {
	if !t.typing() || t.slowly() {
		return c.theme.Dim
	}
	return c.theme.Session(t.number)
}

// outRow is a row of the transcript.
func (c *Pane) outRow(t *tab, r rowRef) string {
	th, line := c.theme, t.out.line(r.line)
	from, to := line.row(r.row, c.w)
	style, headStyle := th.Plain, th.Session(t.number)
	switch line.kind {
	case outPrompt:
		style = th.Bold
	case outError:
		style = th.Bad
	case outWatch:
		style = th.Warn
	case outState:
		style = th.Dim
	}
	matches := c.highlights(t, r.line, from, to)
	row := paint(line.text, from, to, line.head, headStyle, style, matches)
	switch {
	case line.mark && r.row == 0:
		row = th.Bad.Render(th.Glyph.Error) + " " + row
	case line.mark:
		row = strings.Repeat(" ", markCells) + row
	}
	return row
}

// moreRow says that there is more below what is in view.
func (c *Pane) moreRow(t *tab, l layout) string {
	n := 0
	if len(l.out) > 0 {
		last := l.out[len(l.out)-1]
		n = t.out.end() - last.line - 1
	}
	text, style := " more below", c.theme.Dim
	if n > 0 {
		text = " " + english.Count(n, "line") + " more below"
	}
	if t.out.end() > t.out.seen {
		text, style = text+", some of them new", c.theme.Warn
	}
	return style.Render(c.theme.Fit(text+": "+c.keyOf(ui.Normal, toEndTitle)+" goes there", c.w))
}

// hintRow is the last row: what runs, how a list is used, or the usage of the
// command that is typed.
func (c *Pane) hintRow(t *tab) string {
	th := c.theme
	text := ""
	switch o := t.open.(type) {
	case *finding:
		if o.query.Value != "" && !o.found {
			return th.Warn.Render(th.Fit(" not found; "+c.keyOf(findMode, "End the search")+" ends the search", c.w))
		}
		text = fmt.Sprintf("%s older, %s newer, %s ends the search", c.keyOf(findMode, "Older"), c.keyOf(findMode, "Newer"), c.keyOf(findMode, "End the search"))
	case *recalling:
		if o.query.Value != "" && o.line == "" {
			return th.Warn.Render(th.Fit(" not found; "+c.keyOf(recallMode, "Give up")+" gives up", c.w))
		}
		text = fmt.Sprintf("%s older, %s runs, %s edits, %s gives up", c.keyOf(recallMode, "Older"), c.keyOf(recallMode, "Run the line"),
			c.keyOf(recallMode, "Edit the line"), c.keyOf(recallMode, "Give up"))
	case *naming:
		text = fmt.Sprintf("%s names the session, %s gives up", c.keyOf(namingMode, "Name the session so"), c.keyOf(namingMode, "Leave its name as it is"))
	case *candidates:
		text = fmt.Sprintf("%d fit: %s next, %s takes, %s closes", len(o.fit), c.keyOf(listMode, "Next or only one"),
			c.keyOf(listMode, "Take the one that is chosen"), c.keyOf(listMode, "Close the list"))
		if o.at >= 0 {
			text = fmt.Sprintf("%d of %s", o.at+1, text)
		}
	default:
		text = c.hint(t)
	}
	return th.Dim.Render(th.Fit(" "+text, c.w))
}

// hint is what runs, or the usage of the command that is typed.
func (c *Pane) hint(t *tab) string {
	if !t.slowly() {
		return c.usage(t)
	}
	st := t.session.State()
	text := runningText(st, c.keyOf(ui.Normal, interruptTitle))
	if st.Progress != "" {
		text += "; " + ui.OneLine(st.Progress)
	}
	if n := st.Waiting; n > 0 {
		text += "; " + english.CountOf(n, "line waits", "lines wait")
	}
	return text
}

func runningText(st workspace.State, interrupt string) string {
	switch {
	case st.Cancelled:
		return "interrupted; waiting for its end"
	case st.Opening:
		return "connecting; " + interrupt + " gives up"
	}
	return "running; " + interrupt + " interrupts"
}

// usage is how the command that is being typed is used.
func (c *Pane) usage(t *tab) string {
	run, interrupt := c.keyOf(ui.Normal, runTitle), c.keyOf(ui.Normal, interruptTitle)
	typed := t.input.Value
	if several := strings.Contains(typed, "\n"); several || strings.ContainsAny(typed, `"'`) {
		if commands, open := shell.SplitCommands(typed); open && several {
			return "a quote is open; " + interrupt + " gives up"
		} else if several {
			return english.CountOf(len(commands), "command in ", "commands in ") + english.Count(strings.Count(typed, "\n")+1, "line") +
				": " + run + " runs, " + interrupt + " gives up"
		}
	}
	usage, summary, ok := shell.UsageOf(t.dialect, shell.FirstWord(typed))
	if !ok {
		return ""
	}
	return usage + "   " + summary
}

// Cursor implements ui.Pane.
func (c *Pane) Cursor() (x, y int, shown bool) {
	l := c.lay()
	y = len(l.out) + l.prompt.row - l.first
	if l.tabs {
		y++
	}
	if l.more {
		y++
	}
	return l.prompt.col, y, true
}

func (c *Pane) scroll(by int) { c.tab().out.scroll(by, c.w, max(1, c.lay().room)) }

// Wheel implements ui.Pane.
func (c *Pane) Wheel(delta int) { c.scroll(delta) }

func (c *Pane) pageUp() tea.Cmd {
	c.scroll(-max(1, c.lay().room-2))
	return nil
}

func (c *Pane) pageDown() tea.Cmd {
	c.scroll(max(1, c.lay().room-2))
	return nil
}

func (c *Pane) toTop() tea.Cmd {
	s := &c.tab().out
	s.show(rowRef{line: s.dropped}, c.w, max(1, c.lay().room))
	return nil
}

func (c *Pane) toBottom() tea.Cmd {
	c.tab().out.follow()
	return nil
}

func (c *Pane) clear() tea.Cmd {
	s := &c.tab().out
	s.follow()
	s.cleared = s.end()
	c.cfg.Host.Send(ui.Redraw{})
	return nil
}

// typedAt is the byte of the line that is shown at a cell, or before it.
func (p *promptLine) typedAt(in *ui.Input, row, col int) int {
	at := 0
	for shown := p.head; at < len(in.Value); {
		next := in.Behind(at)
		end := shown + len(ui.ShownTyped(in.Value[at:next]))
		switch from := p.starts[row]; {
		case in.Value[at] == '\n' && shown >= from:
			return at
		case end <= from || in.Value[at] == '\n':
		case row+1 < len(p.starts) && shown >= p.starts[row+1], ui.WidthOf(p.text[from:end]) > col:
			return at
		}
		at, shown = next, end
	}
	return at
}

// Click brings a tab to the front, puts the cursor somewhere else, or takes what was clicked in the list.
func (c *Pane) Click(x, y int) tea.Cmd {
	l := c.lay()
	if l.tabs {
		if y == 0 {
			return c.clickTab(x)
		}
		y--
	}
	if l.more {
		if y == len(l.out) {
			return c.toBottom()
		}
		y--
	}
	t := c.tab()
	y -= len(l.out)
	if y >= 0 && y < l.n && t.typing() {
		t.input.At = l.prompt.typedAt(&t.input, l.first+y, x)
		return nil
	}
	if i, open := y-l.n, openIn[*candidates](t); open != nil && i >= 0 && i < l.list {
		if i += open.first(l.list); i < len(open.fit) {
			t.choose(open.fit[i])
		}
	}
	return nil
}
