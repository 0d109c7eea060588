// Package stage is the pane that shows the roles of a lesson side by side: what has
// happened to whom, time running down, and what each event came of. It is there while a
// lesson plays and wants it. It draws what the walkthrough's Player shows, and changes
// nothing of it.
package stage

import (
	"fmt"

	"charm.land/lipgloss/v2"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/walkthrough"
)

// Config is what the pane is made with.
type Config struct {
	Player *walkthrough.Player
	Host   ui.Host
	Theme  *ui.Theme
}

// Pane is the stage.
type Pane struct {
	cfg  Config
	w, h int
	up   int // rows that are scrolled up from the newest

	drawn    []string // the rows of all that has happened
	drawnFor looks

	actions []ui.Action
}

// New makes the pane.
func New(cfg Config) *Pane {
	p := &Pane{cfg: cfg}
	p.actions = p.table()
	return p
}

// looks are what the rows that are kept depend on.
type looks struct {
	theme *ui.Theme
	w     int
	age   int // of what has happened
}

// Here implements ui.Guest.
func (p *Pane) Here() bool { return p.cfg.Player.Staged() }

// table is what the keys do in the pane.
func (p *Pane) table() []ui.Action {
	return []ui.Action{
		{Title: "Scroll up", Keys: []string{"up", "k"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Scroll down", Keys: []string{"down", "j"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "Page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return -p.h / 2 })},
		{Title: "Page down", Keys: []string{"pgdown"}, Run: p.scrolls(func() int { return p.h / 2 })},
		{Title: "To the newest, and follow", Keys: []string{"end", "G"}, Run: p.scrolls(func() int { return p.up })},
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.NextPane{By: 1})},
	}
}

// Actions implements ui.Pane.
func (p *Pane) Actions() []ui.Action { return p.actions }

// Mode implements ui.Pane.
func (p *Pane) Mode() ui.Mode { return ui.Normal }

// scrolls makes an action that scrolls by so many rows.
func (p *Pane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.Wheel(by()); return nil }
}

// Title implements ui.Pane.
func (p *Pane) Title(room int) string {
	if p.up > 0 {
		return fmt.Sprintf("Stage, %s below", english.Count(p.up, "row"))
	}
	return "Stage"
}

// Rows implements ui.Pane.
func (p *Pane) Rows(focus bool) []string {
	if !p.cfg.Player.Playing() || p.h < 2 {
		return nil
	}
	s := p.sheet()
	happened, age := p.cfg.Player.Timeline()
	if now := (looks{p.cfg.Theme, p.w, age}); now != p.drawnFor {
		p.drawn, p.drawnFor = s.draw(happened), now
	}
	all := p.drawn
	if now := p.now(s); len(now) > 0 {
		all = append(all[:len(all):len(all)], now...)
	}
	room := p.h - 1
	p.up = ui.Between(0, p.up, max(0, len(all)-room))
	end := len(all) - p.up
	return append([]string{p.heads(s)}, all[max(0, end-room):end]...)
}

// sheet is how the columns stand.
func (p *Pane) sheet() *sheet {
	roles := p.cfg.Player.Lesson().Roles()
	s := &sheet{t: p.cfg.Theme, roles: map[string]int{}, n: len(roles), w: p.w}
	for i, role := range roles {
		s.roles[role] = i
	}
	return s
}

// heads is the roles' names, each in its colour, with what has become of its
// session.
func (p *Pane) heads(s *sheet) string {
	t, row := p.cfg.Theme, ""
	for i, role := range p.cfg.Player.Lesson().Roles() {
		style := t.Session(i).Bold(true)
		name, state := shell.Printable(role), ""
		at, opened := p.cfg.Player.Role(role)
		if !opened || at.Gone {
			style = t.Dim
		} else if zk := at.Shell.Session(); zk != nil && zk.State() != session.Connected {
			state = " " + t.Bad.Render(t.Glyph.Error+" "+zk.State().String())
		}
		from, to := s.column(i)
		row += t.Fit(style.Underline(true).Render(name)+state, to-from)
		if i < s.n-1 {
			row += s.gap()
		}
	}
	return row
}

// now is what is being typed, or waited for, below all that has happened.
func (p *Pane) now(s *sheet) []string {
	t, state := p.cfg.Theme, p.cfg.Player.State()
	step := state.Current()
	if step == nil {
		return nil
	}
	mark := func(line string, style lipgloss.Style) []string {
		return s.cell(step.Session, ui.Wrap(commandMark+ui.Flat(line)+t.Glyph.Typing, s.width(step.Session)), style)
	}
	typed, _ := state.Typed()
	switch {
	case state.Phase() == roles.Typing:
		return mark(typed, t.Bold)
	case state.Awaits():
		return s.cell(step.Session, []string{t.Glyph.Ellipsis + " " + p.cfg.Player.Waiting()}, t.Dim)
	case state.Yours():
		if at, opened := p.cfg.Player.Role(step.Session); opened {
			return mark(at.Typed, t.Warn)
		}
	}
	return nil
}

// Resize implements ui.Pane.
func (p *Pane) Resize(w, h int) { p.w, p.h = w, h }

// SetTheme implements ui.Pane.
func (p *Pane) SetTheme(t *ui.Theme) { p.cfg.Theme = t }

// Update implements ui.Pane.
func (p *Pane) Update(tea.Msg) tea.Cmd { return nil }

// Key implements ui.Pane.
func (p *Pane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

// Click implements ui.Pane.
func (p *Pane) Click(int, int) tea.Cmd { return nil }

// Wheel implements ui.Pane.
func (p *Pane) Wheel(delta int) { p.up = max(0, p.up-delta) }

// Cursor implements ui.Pane.
func (p *Pane) Cursor() (x, y int, shown bool) { return 0, 0, false }
