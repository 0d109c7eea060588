package lesson

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/tui/ui"
	"zoosh/tui/ui/walkthrough"
)

// Titles of actions whose keys are told in sentences.
const (
	listTitle     = "Lessons: a walkthrough from the list"
	leaveTitle    = "Leave the lesson"
	nextTitle     = "Next step; what is being typed is run at once"
	playTitle     = "Play by itself, or pause"
	backTitle     = "Back to the lesson"
	hintTitle     = "Hint for the step that is yours"
	solutionTitle = "Solution of the step that is yours, into the prompt"
	restartTitle  = "Restart the lesson"
	pageDownTitle = "Page down"
)

// table is what the keys do: in the pane, and what has to do with lessons anywhere else.
func (p *Pane) table() []ui.Action {
	return append([]ui.Action{
		{Title: nextTitle, Short: "next", Keys: []string{"space", "enter"}, Run: p.asks(roles.Next{})},
		{Title: playTitle, Short: "play/pause", Keys: []string{"p"}, Run: p.asks(roles.PlayOrPause{})},
		{Title: "Back one step, on a clean tree", Short: "back", Keys: []string{"left"}, Run: p.asks(roles.Back{Steps: 1})},
		{Title: "Do the rest of this piece at once", Short: "skip", Keys: []string{"s"}, Run: p.asks(roles.Skip{})},
		{Title: "Hint", Short: "hint", Keys: []string{"h"}, Run: p.asks(roles.Hint{}), Off: p.notYourTurn, When: p.isYourTurn},
		{Title: "Solution into the prompt", Short: "solution", Keys: []string{"x"}, Run: p.asks(roles.Solution{}), Off: p.notYourTurn, When: p.isYourTurn},
		{Title: leaveTitle, Short: "leave", Keys: []string{"q"}, Run: p.asks(roles.Leave{})},
		{Title: "Show the roles side by side, or not", Short: "stage", Keys: []string{"v"}, Run: p.onLesson(p.toggleStage)},
		{Title: "Faster", Short: "faster", Keys: []string{"+", "="}, Run: p.asks(roles.Faster{By: 1})},
		{Title: "Slower", Short: "slower", Keys: []string{"-"}, Run: p.asks(roles.Faster{By: -1})},
		{Title: "Restart the step, on a clean tree", Keys: []string{"R"}, Run: p.asks(roles.Back{})},
		{Title: restartTitle, Keys: []string{"r"}, Run: p.asks(roles.Restart{})},
		{Title: "Scroll up", Keys: []string{"up"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Scroll down", Keys: []string{"down"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "Page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return 2 - p.h })},
		{Title: pageDownTitle, Keys: []string{"pgdown"}, Run: p.scrolls(func() int { return p.h - 2 })},
		{Title: "Take the keyboard: to the role's prompt", Short: "prompt", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.Focus{Pane: p.cfg.Prompt})},
	}, p.globalTable()...)
}

// globalTable is what works while something else has the focus.
func (p *Pane) globalTable() []ui.Action {
	return []ui.Action{
		{Title: backTitle, Short: "lesson", In: p.cfg.Prompt, Keys: []string{"esc"}, Run: ui.Sends(p.cfg.Host, ui.Focus{Pane: p.cfg.ID}), Off: p.noLesson, When: p.Here},
		{Title: hintTitle, Short: "hint", Global: true, Keys: []string{"f8"}, Run: p.asks(roles.Hint{}), Off: p.notYourTurn, When: p.isYourTurn},
		{Title: solutionTitle, Short: "solution", Global: true, Keys: []string{"f9"}, Run: p.asks(roles.Solution{}), Off: p.notYourTurn, When: p.isYourTurn},
		{Title: "Walkthrough: the master", Global: true, Keys: []string{"f2"}, Run: p.plays("master")},
		{Title: "Walkthrough: the worker", Global: true, Keys: []string{"f3"}, Run: p.plays("worker")},
		{Title: "Walkthrough: the client", Global: true, Keys: []string{"f4"}, Run: p.plays("client")},
		{Title: "Walkthrough: the whole session", Global: true, Keys: []string{"f5"}, Run: p.plays(wholeSession)},
		{Title: listTitle, Short: "lessons", Global: true, Behind: "Palette: every action by name", Keys: []string{"f7"}, Run: p.showLessons},
	}
}

// Actions implements ui.Pane.
func (p *Pane) Actions() []ui.Action { return p.actions }

// action is the one of the table with that title.
func (p *Pane) action(title string) *ui.Action {
	i := slices.IndexFunc(p.actions, func(a ui.Action) bool { return a.Title == title })
	if i < 0 {
		return &ui.Action{}
	}
	return &p.actions[i]
}

// key is how a sentence names the key of an action of the table.
func (p *Pane) key(title string) string { return ui.KeyIn(p.actions, ui.Normal, title) }

// asks makes an action of what is asked of the lesson.
func (p *Pane) asks(in roles.Input) func() tea.Cmd {
	return p.onLesson(func() tea.Cmd { return p.cfg.Player.Tell(in) })
}

// onLesson makes an action of something that needs a lesson; without one it does
// nothing.
func (p *Pane) onLesson(do func() tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		if !p.Here() {
			p.cfg.Host.Send(ui.Say{Bad: true, Text: p.noLesson() + "; " + p.key(listTitle) + " lists them"})
			return nil
		}
		return do()
	}
}

// plays makes an action of a lesson that is part of the program.
func (p *Pane) plays(name string) func() tea.Cmd {
	return func() tea.Cmd {
		return func() tea.Msg {
			l, err := roles.Find(name, p.cfg.Language)
			if err != nil {
				return ui.Say{Bad: true, Text: err.Error()}
			}
			return ui.Do(func() tea.Cmd { return p.play(l, walkthrough.Options{Stage: name == wholeSession}) })
		}
	}
}

// scrolls makes an action that scrolls by so many rows.
func (p *Pane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.Wheel(by()); return nil }
}

func (p *Pane) toggleStage() tea.Cmd {
	p.cfg.Player.SetStage(!p.cfg.Player.Staged())
	p.cfg.Host.Send(ui.Arrange{})
	return nil
}

func (p *Pane) noLesson() string {
	if !p.Here() {
		return "no lesson is being played"
	}
	return ""
}

func (p *Pane) notYourTurn() string {
	if p.isYourTurn() {
		return ""
	}
	return "nothing is asked of you now"
}

func (p *Pane) isYourTurn() bool {
	return p.Here() && p.cfg.Player.State().Phase() == roles.YourTurn
}
