package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// An action is something that can be done: by a key, by a click, from the
// palette. Help, the line of keys and the palette are made from the table.
type action struct {
	title string // what it does, as the palette and help say it
	short string // the same in a word, for the line of keys; "" keeps it out
	// when tells whether the line of keys has it now. nil: it always has.
	when func(m *Model) bool
	in   paneID // the pane that must have the focus, or anywhere
	keys []string
	run  func(m *Model) tea.Cmd
	// leaves tells that it leaves zoosh, for a while or for good: no overlay
	// keeps its key from doing so.
	leaves bool
	// off says why it cannot be done now, "" if it can. nil: it always can.
	off func(m *Model) string
	// writes tells that it changes a znode, or ends in a command that does.
	writes bool
}

// why says why an action cannot be done now, "" if it can.
func (m *Model) why(a *action) string {
	if why := m.readOnly(a); why != "" || a.off == nil {
		return why
	}
	return a.off(m)
}

// readOnly says why an action that writes cannot be done as long as the session in
// front is what it is.
func (m *Model) readOnly(a *action) string {
	if !a.writes {
		return ""
	}
	return m.command.tab().shell.CannotWrite()
}

// actions is the table: each pane's file has its rows.
var actions []action

func init() {
	actions = slices.Concat(globalActions, commandActions, eventsActions, treeActions, nodeActions, lessonActions, stageActions, walkActions, recordActions)
}

// globalActions work whatever has the focus.
var globalActions = []action{
	{title: "Help", short: "help", in: anywhere, keys: []string{"f1"}, run: showHelp},
	{title: "Manual: what zoosh can do, by topic", in: anywhere, run: showTopics},
	{title: "Palette: every action by name", short: "palette", in: anywhere, keys: []string{"ctrl+p", ":"}, run: showPalette},
	{title: "Lessons: a walkthrough from the list", short: "lessons", in: anywhere, keys: []string{"f7"}, run: showLessons},
	{title: "Quit", short: "quit", in: anywhere, keys: []string{"ctrl+q", "f10"}, leaves: true, run: (*Model).quitAsked},
	{title: "Next pane", short: "pane", in: anywhere, keys: []string{"f6"}, run: func(m *Model) tea.Cmd { return m.focusNext(1) }},
	{title: "Previous pane", in: anywhere, keys: []string{"shift+tab", "shift+f6"}, run: func(m *Model) tea.Cmd { return m.focusNext(-1) }},
	{title: "Zoom the pane, or show all", short: "zoom", in: anywhere, keys: []string{"f11", "ctrl+x"}, run: (*Model).toggleZoom},
	{title: "Hide or show the events", in: anywhere, keys: []string{"alt+e"}, run: hide(paneEvents)},
	{title: "Hide or show the tree", in: anywhere, keys: []string{"alt+t"}, run: hide(paneTree)},
	{title: "Hide or show the node", in: anywhere, keys: []string{"alt+n"}, run: hide(paneNode)},
	{title: "Widen the left column", in: anywhere, keys: []string{"alt+right"}, run: resize(func(s *splits) { s.right -= 4 })},
	{title: "Narrow the left column", in: anywhere, keys: []string{"alt+left"}, run: resize(func(s *splits) { s.right += 4 })},
	{title: "More room above", in: anywhere, keys: []string{"alt+down"}, run: resize(func(s *splits) { s.events -= 5; s.node -= 5 })},
	{title: "More room below", in: anywhere, keys: []string{"alt+up"}, run: resize(func(s *splits) { s.events += 5; s.node += 5 })},
	{title: "Suspend zoosh", in: anywhere, keys: []string{"ctrl+z"}, leaves: true, run: (*Model).suspend},
	{title: "Redraw the screen", in: anywhere, keys: []string{redrawKey}, run: (*Model).redraw},
}

// redrawKey draws the screen anew whatever else it does where it is pressed.
const redrawKey = "ctrl+l"

// actionFor is the action a key stands for: one of the pane with the focus, else
// one that works anywhere.
func (m *Model) actionFor(key string) *action {
	for _, where := range m.places() {
		if where == anywhere && m.focus == paneCommand && len(key) == 1 {
			return nil // somebody is typing
		}
		for i := range actions {
			if a := &actions[i]; a.in == where && slices.Contains(a.keys, key) {
				return a
			}
		}
	}
	return nil
}

// places are where actions are looked for: what has the focus first.
func (m *Model) places() []paneID {
	if m.focus == paneStage { // the lesson goes on from there too
		return []paneID{paneStage, paneLesson, anywhere}
	}
	return []paneID{m.focus, anywhere}
}

// do runs an action, or says why it cannot be.
func (m *Model) do(a *action) tea.Cmd {
	if why := m.why(a); why != "" {
		return m.say(true, a.title+": "+why)
	}
	return a.run(m)
}

func (m *Model) focusNext(by int) tea.Cmd {
	for i := 1; i <= int(numPanes); i++ {
		id := paneID((int(m.focus) + i*by + 2*int(numPanes)) % int(numPanes))
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

func hide(id paneID) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.hidden[id] = !m.hidden[id]
		m.arrange()
		return nil
	}
}

func resize(change func(s *splits)) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
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

// quit closes the sessions beside the screen, which says so meanwhile.
func (m *Model) quit() tea.Cmd {
	m.closing = true
	m.notice = notice{text: "closing the sessions, within a second", until: forever}
	tabs, walks := m.command.leave(), slices.Clone(m.walks)
	return tea.Sequence(m.recorder.stop(), func() tea.Msg { m.closeSessions(tabs, walks); return nil }, tea.Quit)
}
