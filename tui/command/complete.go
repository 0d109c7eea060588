package command

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// listRows is how many candidates are in view at most.
const listRows = 8

// candidates is the list of what the word before the cursor can become.
type candidates struct {
	all   []shell.Candidate // as the shell gave them
	fit   []shell.Candidate // those that go on from what is typed now
	head  string            // the line before the word
	at    int               // the one that is chosen, -1 for none yet
	top   int
	width int // of the widest in fit, in bytes at most
	help  int // of the longest help
}

// completeMsg is the shell's answer about a line with the cursor at a byte.
type completeMsg struct {
	tab   *tab
	line  string
	at    int
	start int
	// below: the word was a znode's whole path, and these are its children.
	below bool
	list  []shell.Candidate
}

// complete asks the shell what the word can become. In an empty prompt Tab goes
// to the next pane.
func (c *Pane) complete() tea.Cmd {
	t := c.tab()
	if t.input.Value == "" {
		c.cfg.Host.Send(ui.NextPane{By: 1})
		return nil
	}
	if t.asking {
		return nil
	}
	t.asking = true
	line, at, ctx := t.input.Value, t.input.At, c.cfg.Context
	return func() tea.Msg {
		msg := completeMsg{tab: t, line: line, at: at}
		from := shell.CommandAt(line, at) // of several the one with the cursor
		ask := func(line string) (int, []shell.Candidate) {
			start, list := t.shell.Complete(ctx, line[from:], len(line)-from)
			return from + start, list
		}
		msg.start, msg.list = ask(line[:at])
		if word := line[msg.start:at]; len(msg.list) == 1 && msg.list[0].Text == word && strings.HasPrefix(word, "/") && word != "/" {
			deeper := line[:at] + "/"
			if start, list := ask(deeper); len(list) > 0 && start == msg.start {
				msg.below, msg.list = true, list
			} else {
				msg.list[0].Open = false // there is nothing below it
			}
		}
		return msg
	}
}

// completed uses the answer, unless the line is another one by now.
func (c *Pane) completed(msg completeMsg) tea.Cmd {
	t := msg.tab
	t.asking = false
	if t.input.Value != msg.line || t.input.At != msg.at || !t.typing() {
		return nil
	}
	if len(msg.list) == 0 {
		return c.say(false, c.keyOf(ui.Normal, completeTitle)+" knows nothing that fits here")
	}
	if msg.below {
		t.input.Insert("/")
	}
	t.walk = nil
	l := &candidates{all: msg.list, head: msg.line[:msg.start], at: -1}
	t.open = l
	t.narrowTo(l.all)
	if len(msg.list) == 1 {
		t.choose(msg.list[0])
		return nil
	}
	word := t.input.Value[msg.start:t.input.At]
	if common := commonPrefix(msg.list); len(common) > len(word) && strings.HasPrefix(common, word) {
		t.input.Insert(common[len(word):])
	}
	return nil
}

// commonPrefix is how all candidates begin.
func commonPrefix(list []shell.Candidate) string {
	common := list[0].Text
	for _, cand := range list[1:] {
		n := 0
		for n < min(len(common), len(cand.Text)) && common[n] == cand.Text[n] {
			n++
		}
		common = common[:n]
	}
	for !utf8.ValidString(common) {
		common = common[:len(common)-1]
	}
	return common
}

// narrow keeps of the list what goes on from the word as it is now.
func (t *tab) narrow() {
	l := openIn[*candidates](t)
	if l == nil {
		return
	}
	if t.input.At < len(l.head) || !strings.HasPrefix(t.input.Value, l.head) {
		t.open = nil
		return
	}
	word := t.input.Value[len(l.head):t.input.At]
	var fit []shell.Candidate
	for _, cand := range l.all {
		if strings.HasPrefix(cand.Text, word) && cand.Text != word {
			fit = append(fit, cand)
		}
	}
	if len(fit) == 0 {
		t.open = nil
		return
	}
	t.narrowTo(fit)
}

func (t *tab) narrowTo(fit []shell.Candidate) {
	l := openIn[*candidates](t)
	l.fit, l.at, l.top, l.width, l.help = fit, -1, 0, 0, 0
	for _, cand := range fit {
		l.width, l.help = max(l.width, len(cand.Text)), max(l.help, len(cand.Help))
	}
}

// choose puts a candidate in the word's place.
func (t *tab) choose(cand shell.Candidate) {
	head, tail := openIn[*candidates](t).head, t.input.Value[t.input.At:]
	t.open = nil
	text := head + ui.Clean(cand.Text)
	switch {
	case cand.Open:
	case strings.HasPrefix(tail, " "):
		text, tail = text+" ", tail[1:]
	default:
		text += " "
	}
	t.input.Value, t.input.At = text+tail, len(text)
}

const listMode ui.Mode = "while a list is open"

func (*candidates) mode() ui.Mode { return listMode }

// listActions are what keys do while the list is there; what else is typed goes on with
// the word.
func (c *Pane) listActions() []ui.Action {
	list := func() *candidates { return openIn[*candidates](c.tab()) }
	to := func(at func(l *candidates, n int) int) func() tea.Cmd {
		return func() tea.Cmd {
			l := list()
			l.at = at(l, len(l.fit))
			l.top = ui.Between(l.at-listRows+1, l.top, max(l.at, 0))
			return nil
		}
	}
	next := to(func(l *candidates, n int) int { return (l.at + 1) % n })
	return []ui.Action{
		{Title: "Next or only one", Mode: listMode, Keys: []string{"tab"}, Run: func() tea.Cmd {
			if l := list(); len(l.fit) == 1 {
				c.tab().choose(l.fit[0])
				return nil
			}
			return next()
		}},
		{Title: "Next", Mode: listMode, Keys: []string{"down"}, Run: next},
		{Title: "Previous", Mode: listMode, Keys: []string{"up", "shift+tab"},
			Run: to(func(l *candidates, n int) int { return (max(l.at, 0) - 1 + n) % n })},
		{Title: "A page down", Mode: listMode, Keys: []string{"pgdown"}, Run: to(func(l *candidates, n int) int { return min(l.at+listRows, n-1) })},
		{Title: "A page up", Mode: listMode, Keys: []string{"pgup"}, Run: to(func(l *candidates, _ int) int { return max(l.at-listRows, 0) })},
		{Title: "Take the one that is chosen", Mode: listMode, Keys: []string{"enter", "right"}, If: func() bool { return list().at >= 0 },
			Run: func() tea.Cmd {
				l := list()
				c.tab().choose(l.fit[l.at])
				return nil
			}},
		{Title: "Close the list", Mode: listMode, Keys: []string{"esc", "ctrl+g", "ctrl+c"}, Run: c.shut},
	}
}

// first is the candidate in the first of h rows.
func (l *candidates) first(h int) int { return ui.Between(l.at-h+1, l.top, max(l.at, 0)) }

// rows is the list as it is shown in h rows.
func (l *candidates) rows(th *ui.Theme, w, h int) []string {
	var out []string
	names := min(l.width, max(w/2, w-3-l.help))
	top := l.first(h)
	for i := top; i < min(len(l.fit), top+h); i++ {
		cand := l.fit[i]
		name := th.Fit(" "+tailOf(ui.Flat(cand.Text), names, th.Glyph.Ellipsis), names+2)
		help := th.Fit(ui.Flat(cand.Help), max(0, w-names-3))
		if i == l.at {
			out = append(out, th.Selected.Render(th.Fit(name+" "+help, w)))
		} else {
			out = append(out, th.Fit(name+" "+th.Dim.Render(help), w))
		}
	}
	return out
}

// tailOf is text in at most w cells: of a long path the end matters.
func tailOf(text string, w int, ellipsis string) string {
	n := ui.WidthOf(text)
	if n <= w {
		return text
	}
	return ellipsis + ui.Cut(text, n-w+ui.WidthOf(ellipsis), n)
}
