package command

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"zoosh/tui/ui"
)

// finding is a search in what was printed. It goes up first: the newest is below.
type finding struct {
	query ui.Input
	from  place // where it began
	at    place // the match it stands at
	found bool
}

func (c *Pane) searchOutput() tea.Cmd {
	t := c.tab()
	t.leaveModes()
	from := place{line: t.out.end()}
	t.open = &finding{from: from, at: from}
	return nil
}

// find goes to the next match beyond a place: up if by is below 0, else down.
func (c *Pane) find(t *tab, from place, by int) {
	f := openIn[*finding](t)
	if f.query.Value == "" {
		f.found, f.at = false, f.from
		return
	}
	if at, ok := t.out.search(f.query.Value, from, by); ok {
		f.found, f.at = true, at
		t.out.reveal(at, c.w, c.lay().room-1)
	} else if f.found && (f.at.line < t.out.dropped || !matchesAt(t.out.line(f.at.line).text, f.query.Value, f.at.byte)) {
		f.found = false
	}
}

// search finds the nearest match before a place, or behind it.
func (s *scrollback) search(query string, from place, by int) (at place, found bool) {
	for i := ui.Between(s.dropped, from.line, s.end()); i >= s.dropped && i <= s.end(); i += by {
		if i == s.end() {
			if by > 0 {
				break
			}
			continue
		}
		matches := matchesIn(s.line(i).text, query)
		if by < 0 {
			for j := len(matches) - 1; j >= 0; j-- {
				if i < from.line || matches[j] < from.byte {
					return place{i, matches[j]}, true
				}
			}
			continue
		}
		for _, m := range matches {
			if i > from.line || m > from.byte {
				return place{i, m}, true
			}
		}
	}
	return place{}, false
}

// matchesIn is where a text holds the query. Small letters in the query stand for
// capitals, too; a capital stands for itself.
func matchesIn(text, query string) []int {
	var out []int
	for at := 0; query != ""; {
		i := indexFold(text[at:], query)
		if i < 0 {
			break
		}
		out = append(out, at+i)
		at += i + len(query)
	}
	return out
}

func matchesAt(text, query string, at int) bool {
	return at <= len(text) && indexFold(text[at:min(len(text), at+len(query))], query) == 0
}

// indexFold is strings.Index, but for ASCII letters' size where the query has no
// capital. A search looks at megabytes between two key presses, so that it must
// not fold the texts first.
func indexFold(text, query string) int {
	if strings.ContainsFunc(query, func(r rune) bool { return r >= 'A' && r <= 'Z' }) || query == "" {
		return strings.Index(text, query)
	}
	small, big := query[0], query[0]
	if small >= 'a' && small <= 'z' {
		big = small - 'a' + 'A'
	}
	nextSmall, nextBig := -1, -1 // the next of each from at on
	for at := 0; at+len(query) <= len(text); at++ {
		nextSmall, nextBig = nextByte(text, small, at, nextSmall), nextByte(text, big, at, nextBig)
		at = min(nextSmall, nextBig)
		if at+len(query) > len(text) {
			break
		}
		if equalFold(text[at:at+len(query)], query) {
			return at
		}
	}
	return -1
}

// nextByte is where c stands next from at on; known is an earlier answer.
func nextByte(text string, c byte, at, known int) int {
	if known >= at {
		return known
	}
	if i := strings.IndexByte(text[at:], c); i >= 0 {
		return at + i
	}
	return len(text)
}

func equalFold(text, small string) bool {
	for i := range len(small) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != small[i] {
			return false
		}
	}
	return true
}

const findMode ui.Mode = "while what was printed is searched"

func (*finding) mode() ui.Mode { return findMode }

// findActions are what keys do during the search.
func (c *Pane) findActions() []ui.Action {
	find := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			t := c.tab()
			c.find(t, openIn[*finding](t).at, by)
			return nil
		}
	}
	return []ui.Action{
		{Title: "Older", Mode: findMode, Keys: []string{"up", "enter", "ctrl+s", "alt+/", "ctrl+r"}, Run: find(-1)},
		{Title: "Newer", Mode: findMode, Keys: []string{"down", "shift+enter"}, Run: find(1)},
		{Title: "End the search", Mode: findMode, Keys: []string{"esc", "ctrl+g", "ctrl+c"}, Run: c.shut},
		{Mode: findMode, Keys: []string{"tab", "ctrl+d", "ctrl+l"}, Run: nothing},
	}
}

// start is from where a query that has changed is looked for: what was found
// stays if it still fits.
func (f *finding) start() place {
	if f.found {
		return place{f.at.line, f.at.byte + 1}
	}
	return f.from
}

// A highlight is a part of a text in a style of its own.
type highlight struct {
	from, to int
	style    lipgloss.Style
}

// highlights is what the search has found in bytes from to to of a line. It looks
// only at what can reach into them, for the line may be long.
func (c *Pane) highlights(t *tab, line, from, to int) []highlight {
	f := openIn[*finding](t)
	if f == nil || f.query.Value == "" {
		return nil
	}
	text, n := t.out.line(line).text, len(f.query.Value)
	start := max(0, from-n+1)
	var out []highlight
	for _, m := range matchesIn(text[start:min(len(text), to+n-1)], f.query.Value) {
		h := highlight{start + m, start + m + n, c.theme.Match.Inherit(c.theme.Warn)}
		if f.found && f.at == (place{line, h.from}) {
			h.style = c.theme.Selected
		}
		out = append(out, h)
	}
	return out
}

// paint renders bytes from to to of a plain text: those before head in one style,
// the rest in another.
func paint(text string, from, to, head int, headStyle, style lipgloss.Style, highlights []highlight) string {
	var b strings.Builder
	for at := from; at < to; {
		end, s := to, style
		if at < head {
			end, s = min(end, head), headStyle
		}
		for _, h := range highlights {
			if at >= h.from && at < h.to {
				end, s = min(to, h.to), h.style
			} else if at < h.from {
				end = min(end, h.from)
			}
		}
		b.WriteString(s.Render(text[at:end]))
		at = end
	}
	return b.String()
}
