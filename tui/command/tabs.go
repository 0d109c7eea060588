package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
)

// A tab is a session, its output and its prompt.
type tab struct {
	session *workspace.Session
	name    string // of it
	shell   *shell.Shell
	title   string // what it is called, if it was given a name
	number  int    // for its colour; never given twice
	dialect shell.Dialect
	input   ui.Input
	out     scrollback
	flood   shell.Flood // of watch events
	opening bool        // the session's being opened has not ended
	under   int         // lines of the user's whose end was not shown
	drawing bool        // it is drawn now and then while something runs

	fresh bool // something came while another tab was in front

	walk   *walk  // up and down through the history
	asking bool   // the shell looks for candidates
	open   opened // nil: a line is typed, and nothing else

	lesson *role    // that it is of; nil: it is the user's own
	later  []string // lines that were typed while the role had no session
}

// tabActions are about the sessions, whatever has the focus.
func (c *Pane) tabActions() []ui.Action {
	several := func() string {
		if len(c.tabs) < 2 {
			return "there is only one session"
		}
		return ""
	}
	closable := func() string {
		if c.tab().lesson != nil {
			return "it is the lesson's"
		}
		if len(c.own()) < 2 {
			return "there is only one session"
		}
		return ""
	}
	list := []ui.Action{
		{Title: "New session", Short: "session", Global: true, Keys: []string{"ctrl+t"}, Run: c.open},
		{Title: "Close the session", Global: true, Keys: []string{"alt+w"}, Off: closable,
			Run: func() tea.Cmd { return c.drop(c.tab()) }},
		{Title: "Next session", Global: true, Keys: []string{"ctrl+pgdown", "alt+."}, Off: several, Run: func() tea.Cmd { return c.turn(1) }},
		{Title: "Previous session", Global: true, Keys: []string{"ctrl+pgup", "alt+,"}, Off: several, Run: func() tea.Cmd { return c.turn(-1) }},
		{Title: "Rename the session", Global: true, Run: c.rename},
		{Title: "crash: drop the connection, keep the session", Global: true, Run: func() tea.Cmd { return c.run("crash") }},
		{Title: "expire: have the server end the session", Global: true, Writes: true, Run: func() tea.Cmd { return c.run("expire") }},
	}
	for i := range 9 {
		list = append(list, ui.Action{
			Title: fmt.Sprintf("Session %d", i+1), Keys: []string{fmt.Sprintf("alt+%d", i+1)},
			Run: func() tea.Cmd { return c.front(i) },
			Off: func() string {
				if i >= len(c.tabs) {
					return "there is none"
				}
				return ""
			},
		})
	}
	return list
}

// add makes a tab, whose session is not open yet.
func (c *Pane) add() *tab {
	c.last++
	t := &tab{number: c.last - 1, dialect: c.cfg.Dialect}
	t.takeSession(c.cfg.Workspace.Add(fmt.Sprint(c.last)))
	c.tabs = append(c.tabs, t)
	return t
}

func (t *tab) takeSession(s *workspace.Session) { t.session, t.name, t.shell = s, s.Name(), s.Shell() }

func (c *Pane) tab() *tab { return c.tabs[c.at] }

// named is the tab of the shell with that name, nil if it has been closed.
func (c *Pane) named(name string) *tab {
	for _, t := range c.tabs {
		if t.name == name {
			return t
		}
	}
	return nil
}

// Start opens the first session.
func (c *Pane) Start() tea.Cmd { return c.connect(c.tabs[0]) }

// open opens a session in a new tab.
func (c *Pane) open() tea.Cmd {
	t := c.add()
	c.front(len(c.tabs) - 1)
	c.cfg.Host.Send(ui.Focus{Pane: ID})
	return c.connect(t)
}

func (c *Pane) connect(t *tab) tea.Cmd {
	t.opening = true
	t.out.put(outState, false, "Connecting to "+t.shell.Place()+"\nWelcome to ZooKeeper!\n")
	end := t.session.Open(c.cfg.Context)
	return tea.Batch(redrawIn(slow), func() tea.Msg { <-end; return nil })
}

// opened takes the end of a session's being opened.
func (c *Pane) opened(mark workspace.Opened) tea.Cmd {
	t := c.named(mark.Session.Name())
	if t == nil { // it has been closed
		return closeLater(mark.Session)
	}
	t.opening = false
	ask := askDialect(t)
	if mark.Err == nil || errors.Is(mark.Err, context.Canceled) {
		return ask
	}
	t.out.put(outPlain, true, mark.Err.Error()+"\n")
	t.out.failed()
	c.say(true, mark.Err.Error())
	return ask
}

// front brings a tab to the front.
func (c *Pane) front(i int) tea.Cmd {
	c.at = i
	c.tab().fresh = false
	c.cfg.Workspace.Turn(c.tab().session)
	return nil
}

func (c *Pane) turn(by int) tea.Cmd {
	if c.cfg.Lesson() { // the stage may be where the tab belongs
		c.cfg.Host.Send(ui.Focus{Pane: ID})
	}
	return c.front((c.at + by + len(c.tabs)) % len(c.tabs))
}

// drop closes a tab with its session. There is always one.
func (c *Pane) drop(t *tab) tea.Cmd {
	i := slices.Index(c.tabs, t)
	if i < 0 || len(c.own()) == 1 {
		return nil
	}
	c.tabs = slices.Delete(c.tabs, i, i+1)
	c.cfg.Workspace.Remove(t.session)
	if c.at > i || c.at == len(c.tabs) {
		c.at--
	}
	c.front(c.at)
	return closeLater(t.session)
}

func closeLater(s *workspace.Session) tea.Cmd {
	return func() tea.Msg {
		if err := s.Close(); err != nil {
			return ui.Say{Bad: true, Text: "session " + s.Name() + ": " + err.Error()}
		}
		return nil
	}
}

// A tabCell is a tab's place in the row of tabs.
type tabCell struct{ tab, from, to int }

// tabCells lays the tabs out so that the one in front is in view.
func (c *Pane) tabCells() []tabCell {
	var cells []tabCell
	x := 0
	for i, t := range c.tabs {
		n := ui.WidthOf(c.tabText(i, t))
		cells = append(cells, tabCell{i, x, x + n})
		x += n
	}
	if beyond := cells[c.at].to - c.w; beyond > 0 {
		for i := range cells {
			cells[i].from -= beyond
			cells[i].to -= beyond
		}
	}
	return cells
}

// tabText is a tab in the row of tabs: its place, for the key that brings it to
// the front, its name, and its state if that is worth a word.
func (c *Pane) tabText(i int, t *tab) string {
	if c.cfg.Server == "" && t.lesson == nil && i != c.at && t.shell.Session() == nil {
		return "" // there is nothing but a lesson
	}
	text := " " + t.label()
	if zk := t.shell.Session(); zk == nil || zk.State() != session.Connected {
		text += " " + strings.ToLower(stateWord(zk))
	}
	if t.fresh && i != c.at {
		text += " " + c.theme.Glyph.Bullet
	}
	return text + " "
}

// rename gives the session a name, by which commands and recordings know it, too.
func (t *tab) rename(title string) {
	t.title = title
	t.session.SetTitle(title)
}

func (t *tab) label() string {
	if t.title != "" {
		return t.title
	}
	return "session " + t.name
}

// rename asks for the tab's name, where a line is typed otherwise.
func (c *Pane) rename() tea.Cmd {
	t := c.tab()
	t.leaveModes()
	n := &naming{}
	n.input.Set(t.title)
	t.open = n
	c.cfg.Host.Send(ui.Focus{Pane: ID})
	return nil
}

// naming is a tab's name that is being typed.
type naming struct{ input ui.Input }

const namingMode ui.Mode = "while a session is named"

func (*naming) mode() ui.Mode { return namingMode }

// namingActions are what keys do meanwhile. Those that are about lines that are run do
// nothing.
func (c *Pane) namingActions() []ui.Action {
	take := func() tea.Cmd {
		t := c.tab()
		t.rename(strings.TrimSpace(ui.Flat(openIn[*naming](t).input.Value)))
		t.open = nil
		return nil
	}
	return []ui.Action{
		{Title: "Name the session so", Mode: namingMode, Keys: []string{"enter"}, Run: take},
		{Title: "Leave its name as it is", Mode: namingMode, Keys: []string{"esc", "ctrl+c", "ctrl+g"}, Run: c.shut},
		{Mode: namingMode, Keys: []string{"up", "down", "tab", "ctrl+r", "ctrl+s", "ctrl+l"}, Run: nothing},
	}
}

func stateWord(zk *session.Session) string {
	if zk == nil {
		return session.Closed.String()
	}
	return zk.State().String()
}

// tabRow is the row of tabs, cut to the pane.
func (c *Pane) tabRow() string {
	th := c.theme
	var b strings.Builder
	for _, cell := range c.tabCells() {
		text := c.tabText(cell.tab, c.tabs[cell.tab])
		if cell.to <= 0 {
			continue
		}
		if cell.from < 0 {
			text = ui.Cut(text, -cell.from, cell.to-cell.from)
		}
		style := th.Session(c.tabs[cell.tab].number)
		if cell.tab == c.at {
			style = style.Bold(true).Reverse(true)
		}
		b.WriteString(style.Render(text))
	}
	return th.Fit(b.String(), c.w)
}

// clickTab brings the tab at that column to the front.
func (c *Pane) clickTab(x int) tea.Cmd {
	for _, cell := range c.tabCells() {
		if x >= cell.from && x < cell.to {
			return c.front(cell.tab)
		}
	}
	return nil
}
