package command

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/tui/ui"
)

// historyLimit is how many lines the history keeps.
const historyLimit = 10_000

// note keeps a line that is run.
func (c *Pane) note(line string) {
	if n := len(c.history); n > 0 && c.history[n-1] == line {
		return
	}
	c.history = append(c.history, line)
	c.history = c.history[max(0, len(c.history)-historyLimit):]
}

// A walk is a way through the history with the arrows: the lines that begin with
// what was typed.
type walk struct {
	typed string
	at    int
}

func (c *Pane) older() tea.Cmd {
	t := c.tab()
	w := t.walk
	if w == nil && t.input.ToLine(-1) {
		return nil
	}
	if w == nil {
		w = &walk{typed: t.input.Value, at: len(c.history)}
	}
	for i := min(w.at, len(c.history)) - 1; i >= 0; i-- {
		if line := c.history[i]; strings.HasPrefix(line, w.typed) && line != t.input.Value {
			w.at = i
			t.input.Set(line)
			t.walk = w
			break
		}
	}
	return nil
}

func (c *Pane) newer() tea.Cmd {
	t := c.tab()
	w := t.walk
	if w == nil {
		t.input.ToLine(1)
		return nil
	}
	for i := w.at + 1; i < len(c.history); i++ {
		if line := c.history[i]; strings.HasPrefix(line, w.typed) && line != t.input.Value {
			w.at = i
			t.input.Set(line)
			return nil
		}
	}
	t.input.Set(w.typed)
	t.walk = nil
	return nil
}

// ghost is what the newest line of the history that begins like this one has
// more. It stands behind the cursor, if that is at the line's end.
func (c *Pane) ghost(t *tab) string {
	line := t.input.Value
	if line == "" || t.input.At != len(line) || t.open != nil || t.walk != nil {
		return ""
	}
	for i := len(c.history) - 1; i >= 0; i-- {
		// A password is not held up before the class.
		if rest, ok := strings.CutPrefix(c.history[i], line); ok && rest != "" && !shell.Secret(c.history[i]) {
			return rest
		}
	}
	return ""
}

// haunted tells whether something stands behind the line that it could go on with.
func (c *Pane) haunted() bool { return c.ghost(c.tab()) != "" }

func (c *Pane) takeGhost() tea.Cmd {
	t := c.tab()
	t.input.Set(t.input.Value + c.ghost(t))
	return nil
}

// recalling is a search back through the history, as Ctrl-R does it.
type recalling struct {
	query ui.Input
	at    int // the line that was found, -1 for none
	line  string
}

func (c *Pane) searchHistory() tea.Cmd {
	t := c.tab()
	t.leaveModes()
	t.open = &recalling{at: len(c.history)}
	return nil
}

// seek looks for the query from line i of the history on, and stays with what it
// had if there is nothing.
func (c *Pane) seek(r *recalling, i, by int) {
	for ; i >= 0 && i < len(c.history); i += by {
		if line := c.history[i]; strings.Contains(line, r.query.Value) && (line != r.line || by == 0) {
			r.at, r.line = i, line
			return
		}
		if by == 0 {
			break
		}
	}
	if !strings.Contains(r.line, r.query.Value) {
		r.line = ""
	}
}

const recallMode ui.Mode = "while the history is searched"

func (*recalling) mode() ui.Mode { return recallMode }

// recallActions are what keys do during the search: they go on, take the line or give
// up. What is typed narrows it.
func (c *Pane) recallActions() []ui.Action {
	found := func() *recalling { return openIn[*recalling](c.tab()) }
	take := func() tea.Cmd {
		t, r := c.tab(), found()
		t.open = nil
		if r.line != "" {
			t.input.Set(r.line)
		}
		return nil
	}
	actions := []ui.Action{
		{Title: "Older", Mode: recallMode, Keys: []string{"ctrl+r", "up"}, Run: func() tea.Cmd {
			r := found()
			c.seek(r, min(r.at, len(c.history))-1, -1)
			return nil
		}},
		{Title: "Newer", Mode: recallMode, Keys: []string{"ctrl+s", "down"}, Run: func() tea.Cmd {
			r := found()
			c.seek(r, r.at+1, 1)
			return nil
		}},
		{Title: "Run the line", Mode: recallMode, Keys: []string{"enter"}, Run: func() tea.Cmd {
			if found().line == "" {
				return c.shut()
			}
			take()
			return c.enter()
		}},
		{Title: "Give up", Mode: recallMode, Keys: []string{"esc", "ctrl+g", "ctrl+c"}, Run: c.shut},
		{Mode: recallMode, Keys: []string{"ctrl+l"}, Run: nothing},
		{Title: "Edit the line", Mode: recallMode, Keys: []string{"tab", "right"}, Run: take},
	}
	for _, e := range ui.KeysInUse().Edits {
		if e.Keys[0] == "left" || e.Keys[0] == "home" || e.Keys[0] == "end" {
			actions = append(actions, ui.Action{Title: "Edit the line: " + lowerFirst(e.Title), Mode: recallMode,
				Keys: slices.DeleteFunc(slices.Clone(e.Keys), func(key string) bool { return key == "ctrl+b" }),
				Run: func() tea.Cmd {
					take()
					e.Do(&c.tab().input)
					return nil
				}})
		}
	}
	return actions
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }
