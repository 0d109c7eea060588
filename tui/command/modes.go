package command

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// opened is what is open at the prompt beside the line that is typed: a list of what a
// word can become, a search, a name.
type opened interface{ mode() ui.Mode }

// openIn is what is open in a tab if it is that, else nil.
func openIn[T opened](t *tab) T {
	o, _ := t.open.(T)
	return o
}

// Mode implements ui.Pane.
func (c *Pane) Mode() ui.Mode {
	if o := c.tab().open; o != nil {
		return o.mode()
	}
	return ui.Normal
}

// shut puts away what is open.
func (c *Pane) shut() tea.Cmd {
	c.tab().open = nil
	return nil
}

// nothing is what a key does that is of no use now, and not meant for the line.
func nothing() tea.Cmd { return nil }

// Grab takes what is typed into what is open.
func (c *Pane) Grab(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	t := c.tab()
	switch o := t.open.(type) {
	case *recalling:
		before := o.query.Value
		if !o.query.Key(k) {
			return nil, false
		}
		if o.query.Value != before {
			o.line = ""
			c.seek(o, len(c.history)-1, -1)
		}
		return nil, true
	case *finding:
		before := o.query.Value
		if !o.query.Key(k) {
			return nil, false
		}
		if o.query.Value != before {
			c.find(t, o.start(), -1)
		}
		return nil, true
	case *naming:
		return nil, o.input.Key(k)
	}
	return nil, false
}

// keyOf is how the first key of an action is written in a hint.
func (c *Pane) keyOf(mode ui.Mode, title string) string {
	return ui.KeyIn(c.actions, mode, title)
}
