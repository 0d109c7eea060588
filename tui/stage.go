package tui

import (
	"fmt"

	"charm.land/lipgloss/v2"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// stagePane shows the roles of a lesson side by side, time running down.
type stagePane struct {
	m    *Model
	w, h int
	up   int // rows that are scrolled up from the newest

	drawn    []string // the rows of all that has happened
	drawnFor stageLooks
	stale    bool

	actions []ui.Action
}

// stageLooks are what the rows that are kept depend on, beside the timeline.
type stageLooks struct {
	theme *ui.Theme
	w     int
}

// table is what the keys do in the pane.
func (p *stagePane) table() []ui.Action {
	return []ui.Action{
		{Title: "Scroll up", Keys: []string{"up", "k"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Scroll down", Keys: []string{"down", "j"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "Page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return -p.h / 2 })},
		{Title: "Page down", Keys: []string{"pgdown"}, Run: p.scrolls(func() int { return p.h / 2 })},
		{Title: "To the newest, and follow", Keys: []string{"end", "G"}, Run: p.scrolls(func() int { return p.up })},
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.m, ui.NextPane{By: 1})},
	}
}

// Actions implements ui.Pane.
func (p *stagePane) Actions() []ui.Action { return p.actions }

// Mode implements ui.Pane.
func (p *stagePane) Mode() ui.Mode { return ui.Normal }

// scrolls makes an action that scrolls by so many rows.
func (p *stagePane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.Wheel(by()); return nil }
}

func newStagePane(m *Model) *stagePane {
	p := &stagePane{m: m}
	p.actions = p.table()
	return p
}

// changed has the rows made anew when they are looked at.
func (p *stagePane) changed() { p.stale = true }

func (p *stagePane) Title(room int) string {
	if p.up > 0 {
		return fmt.Sprintf("Stage, %s below", english.Count(p.up, "row"))
	}
	return "Stage"
}

func (p *stagePane) Rows(focus bool) []string {
	w := p.m.walk
	if w == nil || p.h < 2 {
		return nil
	}
	s := p.sheet(w)
	if looks := (stageLooks{p.m.theme, p.w}); p.stale || looks != p.drawnFor {
		p.drawn, p.drawnFor, p.stale = s.draw(w.timeline.Rows), looks, false
	}
	all := p.drawn
	if now := p.now(w, s); len(now) > 0 {
		all = append(all[:len(all):len(all)], now...)
	}
	room := p.h - 1
	p.up = ui.Between(0, p.up, max(0, len(all)-room))
	end := len(all) - p.up
	out := append([]string{p.heads(w, s)}, all[max(0, end-room):end]...)
	return out
}

// sheet is how the columns stand.
func (p *stagePane) sheet(w *walkthrough) *sheet {
	roles := w.lesson.Roles()
	s := &sheet{t: p.m.theme, roles: map[string]int{}, n: len(roles), w: p.w}
	for i, role := range roles {
		s.roles[role] = i
	}
	return s
}

// heads is the roles' names, each in its colour, with what has become of its
// session.
func (p *stagePane) heads(w *walkthrough, s *sheet) string {
	row := ""
	for i, role := range w.lesson.Roles() {
		style := p.m.theme.Session(i).Bold(true)
		name, state := shell.Printable(role), ""
		switch t := w.tabs[role]; {
		case t == nil || t.gone:
			style = p.m.theme.Dim
		default:
			if zk := t.shell.Session(); zk != nil && zk.State() != session.Connected {
				state = " " + p.m.theme.Bad.Render(p.m.theme.Glyph.Error+" "+stateWord(zk))
			}
		}
		from, to := s.column(i)
		row += p.m.theme.Fit(style.Underline(true).Render(name)+state, to-from)
		if i < s.n-1 {
			row += s.gap()
		}
	}
	return row
}

// now is what is being typed, or waited for, below all that has happened.
func (p *stagePane) now(w *walkthrough, s *sheet) []string {
	t := p.m.theme
	step := w.engine.Current()
	if step == nil {
		return nil
	}
	mark := func(line string, style lipgloss.Style) []string {
		return s.cell(step.Session, ui.Wrap(commandMark+ui.Flat(line)+t.Glyph.Typing, s.width(step.Session)), style)
	}
	typed, _ := w.engine.Typed()
	switch {
	case w.engine.Phase() == roles.Typing:
		return mark(typed, t.Bold)
	case w.engine.Awaits():
		return s.cell(step.Session, []string{t.Glyph.Ellipsis + " " + w.words().waiting}, t.Dim)
	case w.engine.Yours() && w.tabs[step.Session] != nil:
		return mark(w.tabs[step.Session].input.Value, t.Warn)
	}
	return nil
}

func (p *stagePane) Resize(w, h int)                { p.w, p.h = w, h }
func (p *stagePane) SetTheme(*ui.Theme)             { p.stale = true }
func (p *stagePane) Update(tea.Msg) tea.Cmd         { return nil }
func (p *stagePane) Key(tea.KeyPressMsg) tea.Cmd    { return nil }
func (p *stagePane) Click(int, int) tea.Cmd         { return nil }
func (p *stagePane) Wheel(delta int)                { p.up = max(0, p.up-delta) }
func (p *stagePane) Cursor() (x, y int, shown bool) { return 0, 0, false }
