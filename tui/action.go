package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui"
)

// why says why an action cannot be done now, "" if it can.
func (m *Model) why(a *ui.Action) string {
	if why := m.readOnly(a); why != "" || a.Off == nil {
		return why
	}
	return a.Off()
}

// readOnly says why an action that writes cannot be done as long as the session in
// front is what it is.
func (m *Model) readOnly(a *ui.Action) string {
	if !a.Writes {
		return ""
	}
	return m.sessions.Front().Shell.CannotWrite()
}

// helpTitle is the action that the line of keys always has.
const helpTitle = "Help"

// paletteTitle is the action that shows the palette.
const paletteTitle = "Palette: every action by name"

// globalActions work whatever has the focus.
func (m *Model) globalActions() []ui.Action {
	return []ui.Action{
		{Title: helpTitle, Short: "help", Keys: []string{"f1"}, Run: m.showHelp},
		{Title: "Manual: what zoosh can do, by topic", Run: m.showTopics},
		{Title: paletteTitle, Short: "palette", Keys: []string{"ctrl+p", ":"}, Run: m.showPalette},
		{Title: "Quit", Short: "quit", Keys: []string{"ctrl+q", "f10"}, Leaves: true, Run: m.quitAsked},
		{Title: "Next pane", Short: "pane", Keys: []string{"f6"}, Run: func() tea.Cmd { return m.focusNext(1) }},
		{Title: "Previous pane", Keys: []string{"shift+tab", "shift+f6"}, Run: func() tea.Cmd { return m.focusNext(-1) }},
		{Title: "Zoom the pane, or show all", Short: "zoom", Keys: []string{"f11", "ctrl+x"}, Run: m.toggleZoom},
		{Title: "Hide or show the events", Keys: []string{"alt+e"}, Run: m.hide(paneEvents)},
		{Title: "Hide or show the tree", Keys: []string{"alt+t"}, Run: m.hide(paneTree)},
		{Title: "Hide or show the node", Keys: []string{"alt+n"}, Run: m.hide(paneNode)},
		{Title: "Widen the left column", Keys: []string{"alt+right"}, Run: m.resize(func(s *splits) { s.right -= 4 })},
		{Title: "Narrow the left column", Keys: []string{"alt+left"}, Run: m.resize(func(s *splits) { s.right += 4 })},
		{Title: "More room above", Keys: []string{"alt+down"}, Run: m.resize(func(s *splits) { s.events -= 5; s.node -= 5 })},
		{Title: "More room below", Keys: []string{"alt+up"}, Run: m.resize(func(s *splits) { s.events += 5; s.node += 5 })},
		{Title: "Suspend zoosh", Keys: []string{"ctrl+z"}, Leaves: true, Run: m.suspend},
		{Title: "Redraw the screen", Keys: []string{"ctrl+l"}, Always: true, Run: m.redraw},
	}
}

// actionFor is the action a key stands for when nothing is open in the pane with the
// focus: one of that pane, else one that works anywhere.
func (m *Model) actionFor(key string) *ui.Action {
	for _, where := range m.places() {
		if where == ui.Anywhere && len(key) == 1 && m.types() {
			return nil // somebody is typing
		}
		if a := m.actionIn(where, ui.Normal, key); a != nil {
			return a
		}
	}
	return nil
}

// actionIn is the action of one place in one mode that a key stands for.
func (m *Model) actionIn(where ui.ID, mode ui.Mode, key string) *ui.Action {
	for _, a := range m.actions {
		if a.In == where && a.Mode == mode && a.Has(key) && (a.If == nil || a.If()) {
			return a
		}
	}
	return nil
}

// types tells whether the pane with the focus is typed into.
func (m *Model) types() bool {
	t, ok := m.panes[m.focus].(ui.Typer)
	return ok && t.Types()
}

// places are where actions are looked for: what has the focus first.
func (m *Model) places() []ui.ID {
	if with := entryOf(m.focus).keys; with != "" {
		return []ui.ID{m.focus, with, ui.Anywhere}
	}
	return []ui.ID{m.focus, ui.Anywhere}
}

// do runs an action, or says why it cannot be.
func (m *Model) do(a *ui.Action) tea.Cmd {
	if why := m.why(a); why != "" {
		return m.say(true, a.Title+": "+why)
	}
	return a.Run()
}

// keyOf is how a sentence names the key of an action.
func (m *Model) keyOf(title string) string {
	if i := m.titled(title); i >= 0 {
		return m.actions[i].KeyName()
	}
	return ui.NoKey
}

// isKeyOf tells whether a key is one of the action with that title.
func (m *Model) isKeyOf(title, key string) bool {
	i := m.titled(title)
	return i >= 0 && m.actions[i].Has(key)
}

func (m *Model) focusNext(by int) tea.Cmd {
	n := len(registry)
	at := slices.IndexFunc(registry, func(e entry) bool { return e.id == m.focus })
	for i := 1; i <= n; i++ {
		id := registry[(at+i*by+n*n)%n].id
		if m.available(id) {
			m.setFocus(id)
			break
		}
	}
	return nil
}

func (m *Model) toggleZoom() tea.Cmd {
	m.zoomed = !m.zoomed
	m.arrange()
	return nil
}

func (m *Model) hide(id ui.ID) func() tea.Cmd {
	return func() tea.Cmd {
		m.hidden[id] = !m.hidden[id]
		m.arrange()
		return nil
	}
}

func (m *Model) resize(change func(s *splits)) func() tea.Cmd {
	return func() tea.Cmd {
		change(&m.split)
		m.split.clamp()
		m.arrange()
		return nil
	}
}

func (s *splits) clamp() {
	for _, part := range []*float64{&s.right, &s.events, &s.node} {
		*part = max(10, min(*part, 80))
	}
}

// breakOff ends what runs and waits in the sessions.
func (m *Model) breakOff() {
	for _, s := range m.ws.Own() {
		s.Drop()
		s.Cancel()
	}
}

// quit closes the sessions beside the screen, which says so meanwhile.
func (m *Model) quit() tea.Cmd {
	m.closing = true
	m.notice = notice{text: "closing the sessions, within a second", until: forever}
	m.breakOff()
	return tea.Sequence(m.stopRecording(), func() tea.Msg { m.closeSessions(); return nil }, tea.Quit)
}
