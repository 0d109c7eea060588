package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// commandPane is zkCli's prompt: one tab for each session.
type commandPane struct {
	m    *Model
	w, h int
	tabs []*tab
	at   int
}

// A tab is a session, its output and its prompt.
type tab struct {
	name    string
	number  int // for its colour; never given twice
	shell   *shell.Shell
	dialect shell.Dialect
	input   input
	lines   []string // scrollback
	running bool
	queue   []string // lines that wait for the one that runs
}

var commandActions = []action{
	{title: "New session", in: anywhere, keys: []string{"ctrl+t"}, run: func(m *Model) tea.Cmd { return m.command.open() }},
}

func newCommandPane(m *Model) *commandPane {
	c := &commandPane{m: m}
	c.add()
	return c
}

func (c *commandPane) add() *tab {
	n := len(c.tabs)
	t := &tab{name: fmt.Sprintf("%d", n+1), number: n}
	cfg := c.m.cfg.Shell
	cfg.Name, cfg.Sink = t.name, c.m.stream.Put
	t.shell = shell.New(cfg)
	c.tabs = append(c.tabs, t)
	return t
}

func (c *commandPane) tab() *tab { return c.tabs[c.at] }

func (c *commandPane) openFirst() tea.Cmd { return c.connect(c.tab()) }

func (c *commandPane) open() tea.Cmd {
	t := c.add()
	c.at = len(c.tabs) - 1
	return c.connect(t)
}

func (c *commandPane) connect(t *tab) tea.Cmd {
	return func() tea.Msg {
		if err := t.shell.Open(c.m.ctx); err != nil {
			return actionMsg(func(m *Model) tea.Cmd { return m.say(true, err.Error()) })
		}
		return nil
	}
}

func (c *commandPane) closeAll() tea.Cmd { return func() tea.Msg { c.m.closeSessions(); return nil } }

// take shows an item in its session's tab.
func (c *commandPane) take(it *shell.Item) tea.Cmd {
	for _, t := range c.tabs {
		if t.name == it.Shell {
			t.dialect = t.shell.Dialect()
			t.lines = append(t.lines, wrap(shell.Printable(it.Text), 200)...)
		}
	}
	return nil
}

func (c *commandPane) title() string   { return "Command" }
func (c *commandPane) resize(w, h int) { c.w, c.h = w, h }
func (c *commandPane) rows() []string {
	t := c.tab()
	return append(t.lines[max(0, len(t.lines)-c.h+1):len(t.lines):len(t.lines)], t.shell.Prompt()+t.input.text())
}
func (c *commandPane) restyle()                       {}
func (c *commandPane) update(tea.Msg) tea.Cmd         { return nil }
func (c *commandPane) key(k tea.KeyPressMsg) tea.Cmd  { c.tab().input.key(k); return nil }
func (c *commandPane) paste(text string) tea.Cmd      { c.tab().input.insert(text); return nil }
func (c *commandPane) click(x, y int) tea.Cmd         { return nil }
func (c *commandPane) wheel(delta int)                {}
func (c *commandPane) cursor() (x, y int, shown bool) { return 0, 0, true }

// run runs a line in the tab, as if it had been typed there.
func (c *commandPane) run(line string) tea.Cmd { return nil }

// put puts a line into the prompt, to be looked at before it is run.
func (c *commandPane) put(line string) tea.Cmd { c.tab().input.set(line); return nil }
