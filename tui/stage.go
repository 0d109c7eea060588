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
}

// stageLooks are what the rows that are kept depend on, beside the timeline.
type stageLooks struct {
	theme *ui.Theme
	w     int
}

var stageActions = []action{
	{title: "Scroll up", in: paneStage, keys: []string{"up", "k"}, run: scrollStage(func(*stagePane) int { return -1 })},
	{title: "Scroll down", in: paneStage, keys: []string{"down", "j"}, run: scrollStage(func(*stagePane) int { return 1 })},
	{title: "Page up", in: paneStage, keys: []string{"pgup"}, run: scrollStage(func(p *stagePane) int { return -p.h / 2 })},
	{title: "Page down", in: paneStage, keys: []string{"pgdown"}, run: scrollStage(func(p *stagePane) int { return p.h / 2 })},
	{title: "To the newest, and follow", in: paneStage, keys: []string{"end", "G"}, run: scrollStage(func(p *stagePane) int { return p.up })},
	{title: "Next pane", in: paneStage, keys: []string{"tab"}, run: func(m *Model) tea.Cmd { return m.focusNext(1) }},
}

func scrollStage(by func(*stagePane) int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.stage.wheel(by(m.stage))
		return nil
	}
}

// changed has the rows made anew when they are looked at.
func (p *stagePane) changed() { p.stale = true }

func (p *stagePane) title() string {
	if p.up > 0 {
		return fmt.Sprintf("Stage, %s below", english.Count(p.up, "row"))
	}
	return "Stage"
}

func (p *stagePane) rows() []string {
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

func (p *stagePane) resize(w, h int)                { p.w, p.h = w, h }
func (p *stagePane) restyle()                       { p.stale = true }
func (p *stagePane) update(tea.Msg) tea.Cmd         { return nil }
func (p *stagePane) key(tea.KeyPressMsg) tea.Cmd    { return nil }
func (p *stagePane) click(int, int) tea.Cmd         { return nil }
func (p *stagePane) wheel(delta int)                { p.up = max(0, p.up-delta) }
func (p *stagePane) cursor() (x, y int, shown bool) { return 0, 0, false }
