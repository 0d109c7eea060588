package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/prose"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
)

// lessonPane tells what the lesson tells, and how it stands.
type lessonPane struct {
	m    *Model
	w, h int
	top  int
	last bool // the end is in view, whatever comes
	told told

	actions []ui.Action
}

// told is a narration that was laid out: it stays the same for many frames.
type told struct {
	text string
	w    int
	rows []prose.Line
}

// table is what the keys do in the pane.
func (p *lessonPane) table() []ui.Action {
	m := p.m
	return []ui.Action{
		{Title: "Next step; what is being typed is run at once", Short: "next", Keys: []string{"space", "enter"}, Run: m.telling(roles.Next{})},
		{Title: "Play by itself, or pause", Short: "play/pause", Keys: []string{"p"}, Run: m.telling(roles.PlayOrPause{})},
		{Title: "Back one step, on a clean tree", Short: "back", Keys: []string{"left"}, Run: m.telling(roles.Back{Steps: 1})},
		{Title: "Do the rest of this piece at once", Short: "skip", Keys: []string{"s"}, Run: m.telling(roles.Skip{})},
		{Title: "Hint", Short: "hint", Keys: []string{"h"}, Run: m.telling(roles.Hint{}), Off: m.notYourTurn, When: m.isYourTurn},
		{Title: "Solution into the prompt", Short: "solution", Keys: []string{"x"}, Run: m.telling(roles.Solution{}), Off: m.notYourTurn, When: m.isYourTurn},
		{Title: "Leave the lesson", Short: "leave", Keys: []string{"q"}, Run: m.telling(roles.Leave{})},
		{Title: "Show the roles side by side, or not", Short: "stage", Keys: []string{"v"}, Run: m.onWalk((*walkthrough).toggleStage)},
		{Title: "Faster", Short: "faster", Keys: []string{"+", "="}, Run: m.telling(roles.Faster{By: 1})},
		{Title: "Slower", Short: "slower", Keys: []string{"-"}, Run: m.telling(roles.Faster{By: -1})},
		{Title: "Restart the step, on a clean tree", Keys: []string{"R"}, Run: m.telling(roles.Back{})},
		{Title: "Restart the lesson", Keys: []string{"r"}, Run: m.telling(roles.Restart{})},
		{Title: "Scroll up", Keys: []string{"up"}, Run: p.scrolls(func() int { return -1 })},
		{Title: "Scroll down", Keys: []string{"down"}, Run: p.scrolls(func() int { return 1 })},
		{Title: "Page up", Keys: []string{"pgup"}, Run: p.scrolls(func() int { return 2 - p.h })},
		{Title: "Page down", Keys: []string{"pgdown"}, Run: p.scrolls(func() int { return p.h - 2 })},
		{Title: "Take the keyboard: to the role's prompt", Short: "prompt", Keys: []string{"tab"}, Run: func() tea.Cmd { m.setFocus(paneCommand); return nil }},
	}
}

// walkActions work while something else has the focus.
func (m *Model) walkActions() []ui.Action {
	return []ui.Action{
		{Title: "Back to the lesson", Short: "lesson", In: paneCommand, Keys: []string{"esc"}, Run: func() tea.Cmd { m.setFocus(paneLesson); return nil }, Off: m.noLesson, When: m.onLesson},
		{Title: "Hint for the step that is yours", Short: "hint", Keys: []string{"f8"}, Run: m.telling(roles.Hint{}), Off: m.notYourTurn, When: m.isYourTurn},
		{Title: "Solution of the step that is yours, into the prompt", Short: "solution", Keys: []string{"f9"}, Run: m.telling(roles.Solution{}), Off: m.notYourTurn, When: m.isYourTurn},
		{Title: "Walkthrough: the master", Keys: []string{"f2"}, Run: m.walkNamed("master", false)},
		{Title: "Walkthrough: the worker", Keys: []string{"f3"}, Run: m.walkNamed("worker", false)},
		{Title: "Walkthrough: the client", Keys: []string{"f4"}, Run: m.walkNamed("client", false)},
		{Title: "Walkthrough: the whole session", Keys: []string{"f5"}, Run: m.walkNamed(wholeSession, true)},
	}
}

// onWalk makes an action of a method of the walkthrough; without one it does
// nothing.
func (m *Model) onWalk(do func(w *walkthrough) tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		if m.walk == nil {
			return m.say(true, "no lesson is being played; "+m.keyOf("Lessons: a walkthrough from the list")+" lists them")
		}
		return do(m.walk)
	}
}

// Actions implements ui.Pane.
func (p *lessonPane) Actions() []ui.Action { return p.actions }

// Mode implements ui.Pane.
func (p *lessonPane) Mode() ui.Mode { return ui.Normal }

// scrolls makes an action that scrolls by so many rows.
func (p *lessonPane) scrolls(by func() int) func() tea.Cmd {
	return func() tea.Cmd { p.Wheel(by()); return nil }
}

func newLessonPane(m *Model) *lessonPane {
	p := &lessonPane{m: m}
	p.actions = p.table()
	return p
}

func (m *Model) noLesson() string {
	if m.walk == nil {
		return "no lesson is being played"
	}
	return ""
}

func (m *Model) notYourTurn() string {
	if m.walk != nil && m.walk.engine.Phase() == roles.YourTurn {
		return ""
	}
	return "nothing is asked of you now"
}

// The same, for who only wants to know whether.
func (m *Model) isYourTurn() bool { return m.notYourTurn() == "" }
func (m *Model) onLesson() bool   { return m.noLesson() == "" }

func (w *walkthrough) toggleStage() tea.Cmd {
	w.stage = !w.stage
	w.m.arrange()
	return nil
}

// Title says where in the lesson we are.
func (p *lessonPane) Title(room int) string {
	w := p.m.walk
	if w == nil {
		return "Lesson"
	}
	title := shell.Printable(w.lesson.Title)
	s := w.engine.Current()
	if s == nil {
		return title + ": " + w.words().end
	}
	return title + ": " + fmt.Sprintf(w.words().place, w.engine.Next()+1, len(w.lesson.Steps)) +
		" " + p.m.theme.Glyph.Dot + " " + shell.Printable(s.Session)
}

func (p *lessonPane) Rows(focus bool) []string {
	w := p.m.walk
	if w == nil || p.h == 0 {
		return nil
	}
	prose := p.prose(w)
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
	return append(out, p.bar(w, p.top < most))[:p.h]
}

// prose is what there is to read: what the step tells, what is asked of the
// student, and what came of it.
func (p *lessonPane) prose(w *walkthrough) []string {
	words := w.words()
	var out []string
	put := func(rows []prose.Line) {
		for _, row := range rows {
			out = append(out, p.m.theme.Prose(row))
		}
	}
	labelled := func(label, markdown string) { put(prose.Labelled(label, markdown, p.w)) }
	if text := w.narration(); text != p.told.text || p.w != p.told.w {
		p.told = told{text, p.w, tight(prose.Layout(text, p.w))}
	}
	put(p.told.rows)
	s := w.engine.Current()
	if s == nil {
		return out
	}
	if w.engine.Yours() {
		out = append(out, "")
		labelled(fmt.Sprintf(words.goal, s.Session), s.Goal)
		for _, hint := range w.engine.Hints() {
			labelled(words.hint, hint)
		}
		for _, why := range w.engine.Why() {
			for i, row := range ui.WrapWords(shell.Printable(why), max(1, p.w-2)) {
				lead := p.m.theme.Glyph.Error + " "
				if i > 0 {
					lead = "  "
				}
				out = append(out, p.m.theme.Warn.Render(lead+row))
			}
		}
	}
	return append(out, p.difference(w)...)
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
func (w *walkthrough) narration() string {
	if w.engine.Current() == nil {
		return w.lesson.Closing
	}
	for i := w.engine.Next(); i >= 0; i-- {
		if text := w.lesson.Steps[i].Narration; text != "" {
			return strings.TrimPrefix(text, "# "+w.lesson.Title+"\n") // the frame has it
		}
	}
	return ""
}

// difference says what of the last step is not as the lesson has it.
func (p *lessonPane) difference(w *walkthrough) []string {
	n := w.engine.Next()
	if n == 0 || w.engine.Mark(n-1) != roles.Wrong {
		return nil
	}
	t, words := p.m.theme, w.words()
	out := []string{}
	for _, d := range w.engine.Diffs(n - 1) {
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
func (p *lessonPane) bar(w *walkthrough, more bool) string {
	t, words := p.m.theme, w.words()
	text, style := w.state()
	press := w.press()
	if more {
		press = words.more
	}
	left := style(t).Bold(true).Render(" " + text + " ")
	if pace := w.engine.Pace(); pace != 0 {
		left += t.Dim.Render(fmt.Sprintf(" %+d ", int(pace)))
	}
	press = t.Dim.Render(" " + press)
	room := p.w - ui.WidthOf(left) - ui.WidthOf(press)
	marks := w.marks(t, room)
	return t.Fit(left+marks+strings.Repeat(" ", max(0, room-ui.WidthOf(marks)))+press, p.w)
}

// press is which key is worth a word now.
func (w *walkthrough) press() string {
	words := w.words()
	switch phase := w.engine.Phase(); {
	case phase == roles.YourTurn:
		return words.pressTurn
	case phase == roles.Done:
		return words.pressEnd
	case phase == roles.Typing:
		return words.pressTyping
	case phase != roles.Opening && w.engine.Working():
		return ""
	case w.engine.Auto() && w.engine.Taken() && !w.engine.Yours():
		return words.pressTaken
	case phase == roles.Reading:
		return words.pressAuto
	}
	return words.press
}

// state is how the lesson stands, in a word or a few.
func (w *walkthrough) state() (text string, style func(*ui.Theme) lipgloss.Style) {
	words := w.words()
	plain := func(t *ui.Theme) lipgloss.Style { return t.Key }
	warn := func(t *ui.Theme) lipgloss.Style { return t.Warn }
	_, _, holds := w.engine.Holds()
	switch phase := w.engine.Phase(); {
	case w.engine.Awaits():
		return words.waiting, warn
	case phase == roles.LayingOut && !holds:
		return words.starts, plain
	case phase == roles.Typing:
		return words.typing, plain
	case phase == roles.Claiming, holds:
		return words.running, plain
	case phase == roles.Done:
		return words.over, func(t *ui.Theme) lipgloss.Style { return t.Good }
	case w.engine.Yours():
		return words.yourTurn, warn
	case w.engine.Auto() && w.engine.Taken():
		return words.taken, warn
	case w.engine.Auto():
		return words.playing, plain
	}
	return words.paused, plain
}

// marks is a glyph for each step, or, where there is no room, their numbers.
func (w *walkthrough) marks(t *ui.Theme, room int) string {
	steps := len(w.lesson.Steps)
	if steps > room {
		text := fmt.Sprintf(w.words().right, w.engine.Count(roles.Right))
		if n := w.engine.Count(roles.Wrong); n > 0 {
			text += ", " + fmt.Sprintf(w.words().wrong, n)
		}
		return t.Fit(text, max(0, min(room, ui.WidthOf(text))))
	}
	var b strings.Builder
	for i := range steps {
		switch m := w.engine.Mark(i); {
		case m == roles.Right:
			b.WriteString(t.Good.Render(t.Glyph.Right))
		case m == roles.Wrong:
			b.WriteString(t.Bad.Render(t.Glyph.Error))
		case i == w.engine.Next():
			b.WriteString(t.Key.Render(t.Glyph.Here))
		default:
			b.WriteString(t.Dim.Render(t.Glyph.Dot))
		}
	}
	return b.String()
}

// arrived shows the beginning of what the step tells, or the end where that is what
// is asked.
func (p *lessonPane) arrived() { p.top, p.last = 0, p.m.walk.engine.Yours() }

func (p *lessonPane) toEnd() { p.last = true }

func (p *lessonPane) Resize(w, h int) { p.w, p.h = w, h }
func (p *lessonPane) Update(msg tea.Msg) tea.Cmd {
	if tick, ok := msg.(lessonTickMsg); ok && tick.walk == p.m.walk {
		return tick.walk.tick(tick.until)
	}
	return nil
}
func (p *lessonPane) Key(tea.KeyPressMsg) tea.Cmd { return nil }
func (p *lessonPane) Click(int, int) tea.Cmd      { return nil }
func (p *lessonPane) Wheel(delta int)             { p.top, p.last = p.top+delta, false }
func (p *lessonPane) Cursor() (x, y int, shown bool) {
	return 0, 0, false
}

// SetTheme implements ui.Pane.
func (p *lessonPane) SetTheme(*ui.Theme) {}
