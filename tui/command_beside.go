package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
)

// This file runs lines that need no session beside the one that waits for a server
// which, by command, does not answer: server resume is not to wait for what only it
// can end.

// A heldMsg tells whether the server keeps the line of a tab from its end.
type heldMsg struct {
	tab     *tab
	running *running
	held    bool
}

// besides is the first of the lines that wait which need not; -1 if there is none.
func (t *tab) besides() int {
	if t.running == nil || t.beside != nil {
		return -1
	}
	return slices.IndexFunc(t.queue, t.shell.GoesBeside)
}

// look finds out, beside the screen, whether a line that waits has to be run beside.
// What is over in a moment is waited for in any case.
func (c *commandPane) look(t *tab) tea.Cmd {
	if t.besides() < 0 || !t.slowly() {
		return nil
	}
	r := t.running
	return func() tea.Msg { return heldMsg{t, r, t.shell.HeldUp()} }
}

// passes runs the line past those before it.
func (c *commandPane) passes(msg heldMsg) tea.Cmd {
	t := msg.tab
	i := t.besides()
	if !msg.held || t.running != msg.running || i < 0 {
		return nil
	}
	line := t.queue[i]
	t.queue = slices.Delete(t.queue, i, i+1)
	c.shown(t, line)
	ctx, cancel := context.WithCancel(c.m.ctx)
	t.beside = cancel
	return func() tea.Msg {
		c.keep(line)
		t.shell.RunBeside(ctx, line)
		return nil
	}
}

// besideDone is the end of the line that ran beside.
func (c *commandPane) besideDone(t *tab, end *shell.Item) tea.Cmd {
	t.stopBeside()
	if end.Code != 0 {
		t.out.failed()
	}
	t.out.said()
	return tea.Batch(c.next(t), c.look(t))
}

// interrupt breaks off what runs in the tab.
func (t *tab) interrupt() {
	if t.running != nil {
		t.running.cancelled = true
		t.running.cancel()
	}
	if t.beside != nil {
		t.beside()
	}
}

func (t *tab) stopBeside() {
	if t.beside != nil {
		t.beside()
		t.beside = nil
	}
}
