package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// Send implements ui.Host.
func (m *Model) Send(i ui.Intent) { m.sent = append(m.sent, i) }

// carryOutAll carries out what panes have sent, and what they send because of that.
func (m *Model) carryOutAll() tea.Cmd {
	var cmds []tea.Cmd
	for len(m.sent) > 0 {
		i := m.sent[0]
		m.sent = m.sent[1:]
		cmds = append(cmds, m.carryOut(i))
	}
	return tea.Batch(cmds...)
}

// carryOut does what is about the screen, and offers what is not to the panes.
func (m *Model) carryOut(i ui.Intent) tea.Cmd {
	switch i := i.(type) {
	case ui.Say:
		return m.say(i.Bad, i.Text)
	case ui.NextPane:
		return m.focusNext(i.By)
	case ui.Focus:
		m.setFocus(i.Pane)
	case ui.Show:
		return m.show(i.Overlay)
	case ui.Do:
		return i()
	case ui.Palette:
		return m.showPalette()
	case ui.Quit:
		return m.quitAsked()
	case ui.Redraw:
		return m.redraw()
	default:
		return m.offer(i)
	}
	return nil
}

// offer gives an intent to the panes until one says that it was meant.
func (m *Model) offer(i ui.Intent) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range registry {
		r, ok := m.panes[e.id].(ui.Receiver)
		if !ok {
			continue
		}
		cmd, taken := r.Receive(i)
		cmds = append(cmds, cmd)
		if taken {
			break
		}
	}
	return tea.Batch(cmds...)
}
