package tui

import (
	tea "charm.land/bubbletea/v2"

	"zoosh/shell/workspace"
	"zoosh/tui/ui"
)

// Send implements ui.Host.
func (m *Model) Send(i ui.Intent) { m.sent = append(m.sent, i) }

// carryOutAll carries out what panes have sent, and what they send because of that.
func (m *Model) carryOutAll() tea.Cmd {
	var cmds []tea.Cmd
	for {
		if len(m.sent) == 0 {
			if m.focus == m.told {
				return tea.Batch(cmds...)
			}
			m.told = m.focus
			m.Send(ui.Focused{Pane: m.focus})
		}
		i := m.sent[0]
		m.sent = m.sent[1:]
		cmds = append(cmds, m.carryOut(i))
	}
}

// carryOut does what is about the screen, and offers what is not to the panes.
func (m *Model) carryOut(i ui.Intent) tea.Cmd {
	switch i := i.(type) {
	case ui.Say:
		if i.Text == "" {
			m.notice = notice{}
			return nil
		}
		return m.say(i.Bad, i.Text)
	case ui.NextPane:
		return m.focusNext(i.By)
	case ui.Focus:
		m.setFocus(i.Pane)
	case ui.Unzoom, ui.KeepPlace, ui.BackToPlace, ui.Arrange:
		m.place(i)
	case ui.Show:
		return m.show(i.Overlay)
	case ui.Do:
		return i()
	case ui.Palette:
		return m.showPalette()
	case ui.Quit:
		return m.quitAsked()
	case ui.Leave:
		if i.Err != nil {
			m.failure = i.Err
		}
		return m.quit()
	case ui.Redraw:
		return m.redraw()
	case workspace.Opened:
		return tea.Batch(m.offer(i), m.beginRecording(i))
	default:
		return m.offer(i)
	}
	return nil
}

// place does what is about the places of panes.
func (m *Model) place(i ui.Intent) {
	switch i.(type) {
	case ui.Unzoom:
		m.zoomed = false
	case ui.KeepPlace:
		m.before = placeBefore{focus: m.focus, zoomed: m.zoomed}
		return
	case ui.BackToPlace:
		m.zoomed = m.before.zoomed
		m.arrange()
		m.setFocus(m.before.focus)
		return
	}
	m.arrange()
}

// A placeBefore is how the screen was before something took it.
type placeBefore struct {
	focus  ui.ID
	zoomed bool
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
