package command

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
)

// Front implements sessions.Sessions.
func (c *Pane) Front() sessions.Session { return c.tab().known() }

// All implements sessions.Sessions.
func (c *Pane) All() []sessions.Session {
	all := make([]sessions.Session, len(c.tabs))
	for i, t := range c.tabs {
		all[i] = t.known()
	}
	return all
}

// known is what other panes may know of a tab.
func (t *tab) known() sessions.Session {
	s := sessions.Session{
		Name: t.name, Title: t.title, Number: t.number, Shell: t.shell, Lesson: t.lesson != nil,
		Busy: t.busy(), Typed: t.input.Value, Dialect: t.dialect,
	}
	if t.lesson != nil {
		s.Role, s.Gone = t.lesson.name, t.lesson.gone
	}
	return s
}

// Receive implements ui.Receiver.
func (c *Pane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.PutLine:
		return c.put(i.Line), true
	case intent.InsertWord:
		line := c.tab().input.Text()
		if line != "" && line[len(line)-1] != ' ' {
			line += " "
		}
		return c.put(line + i.Word), true
	case intent.RunLine:
		return c.submit(c.tab(), workspace.Line{Text: i.Line, Agreed: i.Agreed}), true
	case intent.Note:
		for _, t := range c.tabs {
			if t.shell.Session() == i.Session {
				t.out.put(outState, false, i.Text)
			}
		}
		return nil, true
	case intent.Report:
		c.tab().out.put(outPlain, true, i.Text)
		return nil, true
	case workspace.Opened:
		return c.opened(i), true
	case *workspace.Question:
		return c.asked(i), true
	case workspace.HeldUp: // that a line waits is seen
		return nil, true
	}
	return c.receiveRole(i)
}
