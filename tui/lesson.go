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
}

// told is a narration that was laid out: it stays the same for many frames.
type told struct {
	text string
	w    int
	rows []prose.Line
}

var lessonActions = []action{
	{title: "Next step; what is being typed is run at once", short: "next", in: paneLesson, keys: []string{"space", "enter"}, run: telling(roles.Next{})},
	{title: "Play by itself, or pause", short: "play/pause", in: paneLesson, keys: []string{"p"}, run: telling(roles.PlayOrPause{})},
	{title: "Back one step, on a clean tree", short: "back", in: paneLesson, keys: []string{"left"}, run: telling(roles.Back{Steps: 1})},
	{title: "Do the rest of this piece at once", short: "skip", in: paneLesson, keys: []string{"s"}, run: telling(roles.Skip{})},
	{title: "Hint", short: "hint", in: paneLesson, keys: []string{"h"}, run: telling(roles.Hint{}), off: notYourTurn, when: isYourTurn},
	{title: "Solution into the prompt", short: "solution", in: paneLesson, keys: []string{"x"}, run: telling(roles.Solution{}), off: notYourTurn, when: isYourTurn},
	{title: "Leave the lesson", short: "leave", in: paneLesson, keys: []string{"q"}, run: telling(roles.Leave{})},
	{title: "Show the roles side by side, or not", short: "stage", in: paneLesson, keys: []string{"v"}, run: onWalk((*walkthrough).toggleStage)},
	{title: "Faster", short: "faster", in: paneLesson, keys: []string{"+", "="}, run: telling(roles.Faster{By: 1})},
	{title: "Slower", short: "slower", in: paneLesson, keys: []string{"-"}, run: telling(roles.Faster{By: -1})},
	{title: "Restart the step, on a clean tree", in: paneLesson, keys: []string{"R"}, run: telling(roles.Back{})},
	{title: "Restart the lesson", in: paneLesson, keys: []string{"r"}, run: telling(roles.Restart{})},
	{title: "Scroll up", in: paneLesson, keys: []string{"up"}, run: scrollLesson(func(*lessonPane) int { return -1 })},
	{title: "Scroll down", in: paneLesson, keys: []string{"down"}, run: scrollLesson(func(*lessonPane) int { return 1 })},
	{title: "Page up", in: paneLesson, keys: []string{"pgup"}, run: scrollLesson(func(p *lessonPane) int { return 2 - p.h })},
	{title: "Page down", in: paneLesson, keys: []string{"pgdown"}, run: scrollLesson(func(p *lessonPane) int { return p.h - 2 })},
	{title: "Take the keyboard: to the role's prompt", short: "prompt", in: paneLesson, keys: []string{"tab"}, run: func(m *Model) tea.Cmd { m.setFocus(paneCommand); return nil }},
}

// walkActions work while something else has the focus.
var walkActions = []action{
	{title: "Back to the lesson", short: "lesson", in: paneCommand, keys: []string{"esc"}, run: func(m *Model) tea.Cmd { m.setFocus(paneLesson); return nil }, off: noLesson, when: onLesson},
	{title: "Hint for the step that is yours", short: "hint", in: anywhere, keys: []string{"f8"}, run: telling(roles.Hint{}), off: notYourTurn, when: isYourTurn},
	{title: "Solution of the step that is yours, into the prompt", short: "solution", in: anywhere, keys: []string{"f9"}, run: telling(roles.Solution{}), off: notYourTurn, when: isYourTurn},
	{title: "Walkthrough: the master", in: anywhere, keys: []string{"f2"}, run: walkNamed("master", false)},
	{title: "Walkthrough: the worker", in: anywhere, keys: []string{"f3"}, run: walkNamed("worker", false)},
	{title: "Walkthrough: the client", in: anywhere, keys: []string{"f4"}, run: walkNamed("client", false)},
	{title: "Walkthrough: the whole session", in: anywhere, keys: []string{"f5"}, run: walkNamed(wholeSession, true)},
}

// onWalk makes an action of a method of the walkthrough; without one it does
// nothing.
func onWalk(do func(w *walkthrough) tea.Cmd) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if m.walk == nil {
			return m.say(true, "no lesson is being played; F7 lists them")
		}
		return do(m.walk)
	}
}

func scrollLesson(by func(*lessonPane) int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.lesson.wheel(by(m.lesson))
		return nil
	}
}

func noLesson(m *Model) string {
	if m.walk == nil {
		return "no lesson is being played"
	}
	return ""
}

func notYourTurn(m *Model) string {
	if m.walk != nil && m.walk.engine.Phase() == roles.YourTurn {
		return ""
	}
	return "nothing is asked of you now"
}

// The same, for who only wants to know whether.
func isYourTurn(m *Model) bool { return notYourTurn(m) == "" }
func onLesson(m *Model) bool   { return noLesson(m) == "" }

func (w *walkthrough) toggleStage() tea.Cmd {
	w.stage = !w.stage
	w.m.arrange()
	return nil
}

// title says where in the lesson we are.
func (p *lessonPane) title() string {
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

func (p *lessonPane) rows() []string {
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

func (p *lessonPane) resize(w, h int) { p.w, p.h = w, h }
func (p *lessonPane) restyle()        {}
func (p *lessonPane) update(msg tea.Msg) tea.Cmd {
	if tick, ok := msg.(lessonTickMsg); ok && tick.walk == p.m.walk {
		return tick.walk.tick(tick.until)
	}
	return nil
}
func (p *lessonPane) key(tea.KeyPressMsg) tea.Cmd { return nil }
func (p *lessonPane) click(int, int) tea.Cmd      { return nil }
func (p *lessonPane) wheel(delta int)             { p.top, p.last = p.top+delta, false }
func (p *lessonPane) cursor() (x, y int, shown bool) {
	return 0, 0, false
}
