package lesson

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"zoosh/internal/prose"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/walkthrough"
)

// Title says where in the lesson we are.
func (p *Pane) Title(room int) string {
	l, state := p.cfg.Player.Lesson(), p.cfg.Player.State()
	if l == nil {
		return string(p.cfg.ID)
	}
	title := shell.Printable(l.Title)
	s := state.Current()
	if s == nil {
		return title + ": " + p.words().end
	}
	return title + ": " + fmt.Sprintf(p.words().place, state.Next()+1, len(l.Steps)) +
		" " + p.cfg.Theme.Glyph.Dot + " " + shell.Printable(s.Session)
}

// Rows implements ui.Pane.
func (p *Pane) Rows(focus bool) []string {
	if !p.Here() || p.h == 0 {
		return nil
	}
	prose := p.prose()
	room := max(1, p.h-1)
	most := max(0, len(prose)-room)
	if p.last {
		p.top = most
	}
	p.top = ui.Between(0, p.top, most)
	out := append([]string(nil), prose[p.top:min(len(prose), p.top+room)]...)
	for len(out) < p.h-1 {
		out = append(out, "")
	}
	return append(out, p.bar(p.top < most))[:p.h]
}

// prose is what there is to read: what the step tells, what is asked of the
// student, and what came of it.
func (p *Pane) prose() []string {
	words, state := p.words(), p.cfg.Player.State()
	var out []string
	put := func(rows []prose.Line) {
		for _, row := range rows {
			out = append(out, p.cfg.Theme.Prose(row))
		}
	}
	labelled := func(label, markdown string) { put(prose.Labelled(label, markdown, p.w)) }
	if text := narration(p.cfg.Player.Lesson(), state); text != p.told.text || p.w != p.told.w {
		p.told = told{text, p.w, tight(prose.Layout(text, p.w))}
	}
	put(p.told.rows)
	s := state.Current()
	if s == nil {
		return out
	}
	if state.Yours() {
		out = append(out, "")
		labelled(fmt.Sprintf(words.goal, s.Session), s.Goal)
		for _, hint := range state.Hints() {
			labelled(words.hint, hint)
		}
		for _, why := range state.Why() {
			for i, row := range ui.WrapWords(shell.Printable(why), max(1, p.w-2)) {
				lead := p.cfg.Theme.Glyph.Error + " "
				if i > 0 {
					lead = "  "
				}
				out = append(out, p.cfg.Theme.Warn.Render(lead+row))
			}
		}
	}
	return append(out, p.difference()...)
}

// tight is rows without those that are empty behind a heading: the pane is small.
func tight(rows []prose.Line) []prose.Line {
	heading := false
	return slices.DeleteFunc(rows, func(row prose.Line) bool {
		empty := heading && len(row) == 0
		heading = len(row) > 0 && row[0].Style == prose.Heading
		return empty
	})
}

// narration is what the next step's piece tells: it may have begun some steps ago.
func narration(l *roles.Lesson, state walkthrough.State) string {
	if state.Current() == nil {
		return l.Closing
	}
	for i := state.Next(); i >= 0; i-- {
		if text := l.Steps[i].Narration; text != "" {
			return strings.TrimPrefix(text, "# "+l.Title+"\n") // the frame has it
		}
	}
	return ""
}

// difference says what of the last step is not as the lesson has it.
func (p *Pane) difference() []string {
	state := p.cfg.Player.State()
	n := state.Next()
	if n == 0 || state.Mark(n-1) != roles.Wrong {
		return nil
	}
	t, words := p.cfg.Theme, p.words()
	out := []string{}
	for _, d := range state.Diffs(n - 1) {
		if len(d.Want) > 0 {
			out = append(out, t.Bad.Render(t.Fit(t.Glyph.Error+" "+words.page+ui.Flat(d.Want[0]), p.w)))
		}
		if len(d.Got) > 0 {
			out = append(out, t.Bad.Render(t.Fit(t.Glyph.Error+" "+words.came+ui.Flat(d.Got[0]), p.w)))
		}
	}
	return out
}

// bar is the last row: how the lesson stands, and what to press.
func (p *Pane) bar(more bool) string {
	t, state := p.cfg.Theme, p.cfg.Player.State()
	text, style := p.standing(state)
	press := p.press(state)
	if more {
		press = p.keyed(p.words().more)
	}
	left := style.Bold(true).Render(" " + text + " ")
	if pace := state.Pace(); pace != 0 {
		left += t.Dim.Render(fmt.Sprintf(" %+d ", int(pace)))
	}
	press = t.Dim.Render(" " + press)
	room := p.w - ui.WidthOf(left) - ui.WidthOf(press)
	marks := p.marks(state, room)
	return t.Fit(left+marks+strings.Repeat(" ", max(0, room-ui.WidthOf(marks)))+press, p.w)
}

// press is which key is worth a word now.
func (p *Pane) press(state walkthrough.State) string {
	words := p.words()
	switch phase := state.Phase(); {
	case phase == roles.YourTurn:
		return p.keyed(words.pressTurn)
	case phase == roles.Done:
		return p.keyed(words.pressEnd)
	case phase == roles.Typing:
		return p.keyed(words.pressTyping)
	case phase != roles.Opening && state.Working():
		return ""
	case state.Auto() && state.Taken() && !state.Yours():
		return p.keyed(words.pressTaken)
	case phase == roles.Reading:
		return p.keyed(words.pressAuto)
	}
	return p.keyed(words.press)
}

// standing is how the lesson stands, in a word or a few.
func (p *Pane) standing(state walkthrough.State) (text string, style lipgloss.Style) {
	words, plain, warn := p.words(), p.cfg.Theme.Key, p.cfg.Theme.Warn
	_, _, holds := state.Holds()
	switch phase := state.Phase(); {
	case state.Awaits():
		return p.cfg.Player.Waiting(), warn
	case phase == roles.LayingOut && !holds:
		return words.starts, plain
	case phase == roles.Typing:
		return words.typing, plain
	case phase == roles.Claiming, holds:
		return words.running, plain
	case phase == roles.Done:
		return words.over, p.cfg.Theme.Good
	case state.Yours():
		return words.yourTurn, warn
	case state.Auto() && state.Taken():
		return words.taken, warn
	case state.Auto():
		return words.playing, plain
	}
	return words.paused, plain
}

// marks is a glyph for each step, or, where there is no room, their numbers.
func (p *Pane) marks(state walkthrough.State, room int) string {
	t, words, steps := p.cfg.Theme, p.words(), len(p.cfg.Player.Lesson().Steps)
	if steps > room {
		text := fmt.Sprintf(words.right, state.Count(roles.Right))
		if n := state.Count(roles.Wrong); n > 0 {
			text += ", " + fmt.Sprintf(words.wrong, n)
		}
		return t.Fit(text, max(0, min(room, ui.WidthOf(text))))
	}
	var b strings.Builder
	for i := range steps {
		switch m := state.Mark(i); {
		case m == roles.Right:
			b.WriteString(t.Good.Render(t.Glyph.Right))
		case m == roles.Wrong:
			b.WriteString(t.Bad.Render(t.Glyph.Error))
		case i == state.Next():
			b.WriteString(t.Key.Render(t.Glyph.Here))
		default:
			b.WriteString(t.Dim.Render(t.Glyph.Dot))
		}
	}
	return b.String()
}
