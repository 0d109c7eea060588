package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
)

// A typing is a command that is being typed for a role.
type typing struct {
	tab  *tab
	line string
	in   input // what has been typed so far
}

// A lessonTickMsg is a timer of a walkthrough.
type lessonTickMsg struct {
	walk   *walkthrough
	number int
}

// after has the walkthrough go on in a while, unless something else is asked for.
func (w *walkthrough) after(d time.Duration) tea.Cmd {
	w.timer++
	msg := lessonTickMsg{w, w.timer}
	return w.m.wait(d, func(time.Time) tea.Msg { return msg })
}

// tick goes on with the typing, or from the reading to the next step.
func (w *walkthrough) tick(number int) tea.Cmd {
	switch {
	case number != w.timer:
		return nil
	case w.typing != nil:
		return w.typeOn()
	case w.reading && w.taken(): // goes on when the lesson has the focus again
		w.reading = false
	case w.reading:
		w.reading = false
		return w.begin()
	}
	return nil
}

// taken tells whether the user has the keyboard: what plays by itself waits.
func (w *walkthrough) taken() bool { return w.m.focus == paneCommand }

// step is the next step, nil at the end.
func (w *walkthrough) step() *roles.Step {
	if w.place.Next >= len(w.lesson.Steps) {
		return nil
	}
	return &w.lesson.Steps[w.place.Next]
}

// advance is what Space does: the next step, or the end of what it waits for.
func (w *walkthrough) advance() tea.Cmd {
	switch {
	case w.job != nil || w.held != nil:
		return nil
	case w.typing != nil:
		return w.submit()
	case w.place.State == roles.Done:
		return w.m.say(false, w.words().pressEnd)
	case w.place.State == roles.YourTurn:
		return w.yourTurn()
	}
	w.reading = false
	w.timer++
	return w.begin()
}

// greet shows the first role's prompt before anything is played.
func (w *walkthrough) greet() tea.Cmd {
	if w.place.Next > 0 || w.step() == nil {
		return w.arrive()
	}
	return w.run(jobPrompt, nil, func(ctx context.Context, _ *job) error { return w.player.Open(ctx) })
}

// begin opens the session of the next step, and then types its command.
func (w *walkthrough) begin() tea.Cmd {
	if w.step() == nil {
		return nil
	}
	return w.run(jobOpen, nil, func(ctx context.Context, _ *job) error { return w.player.Open(ctx) })
}

// opened goes on when the prompt of the next step is there.
func (w *walkthrough) opened() tea.Cmd {
	s := w.step()
	w.front(s.Session)
	switch t := w.tabs[s.Session]; {
	case w.place.State == roles.YourTurn:
		w.m.setFocus(paneCommand)
		return nil
	case t == nil || s.Command == "" || w.place.Next < w.skipTo:
		return w.perform()
	default:
		t.leaveModes()
		t.out.follow()
		w.typing = &typing{tab: t, line: s.Command}
		t.dictated = &w.typing.in
		return w.after(w.pace.Typing())
	}
}

// typeOn types as many characters as are due.
func (w *walkthrough) typeOn() tea.Cmd {
	ty := w.typing
	every := w.pace.Typing()
	n := 1
	if every < frame {
		n = int(frame/max(every, 1)) + 1
	}
	for range n {
		if len(ty.in.value) < len(ty.line) {
			whole := input{value: ty.line}
			ty.in.set(ty.line[:whole.behind(len(ty.in.value))])
		}
	}
	if len(ty.in.value) == len(ty.line) {
		return w.submit()
	}
	return w.after(max(every, frame))
}

// submit runs the line that was typed, however much of it that is.
func (w *walkthrough) submit() tea.Cmd {
	w.timer++
	w.typing.in.set(w.typing.line)
	w.typing = nil
	return w.perform()
}

// withdraw takes back what was being typed.
func (w *walkthrough) withdraw() {
	if w.typing != nil {
		w.typing.tab.dictated = nil
		w.typing = nil
	}
}

// perform runs the next step, as soon as its tab is idle.
func (w *walkthrough) perform() tea.Cmd {
	s := w.step()
	t := w.tabs[s.Session]
	if t != nil && t.running != nil {
		w.held = w.perform
		return nil
	}
	cmd := w.run(jobStep, t, func(ctx context.Context, _ *job) error { return w.player.Step(ctx) })
	if t != nil {
		t.running = &running{line: s.Command, cancel: w.job.cancel, since: time.Now(), players: true}
	}
	return cmd
}

// idle goes on with what had to wait for the tab.
func (w *walkthrough) idle(t *tab) tea.Cmd {
	do := w.held
	if s := w.step(); do == nil || t.running != nil || s == nil || w.tabs[s.Session] != t {
		return nil
	}
	w.held = nil
	return do()
}

// stepped is the end of a step that the player has done.
func (w *walkthrough) stepped() tea.Cmd {
	w.hints, w.why = nil, nil
	n := w.place.Next
	if n > 0 && w.place.Marks[n-1] == roles.Wrong {
		w.setPlaying(false)
		w.skipTo = 0
	}
	if n < w.skipTo {
		if w.place.State == roles.YourTurn {
			w.player.Show()
		}
		return tea.Batch(w.show(), w.perform())
	}
	w.skipTo = 0
	return tea.Batch(w.show(), w.arrive())
}

// arrive is what a step begins with: it is the student's, it is left to be read, or
// it waits for a key.
func (w *walkthrough) arrive() tea.Cmd {
	w.m.lesson.arrived()
	switch w.place.State {
	case roles.Done:
		w.setPlaying(false)
		return w.finish()
	case roles.YourTurn:
		return w.yourTurn()
	case roles.Reading:
		if w.turn && w.m.focus == paneCommand && w.m.command.tab().lesson == w && w.m.command.tab().input.value == "" {
			w.m.setFocus(paneLesson) // the student has done theirs
		}
		return w.read()
	}
	return nil
}

// read leaves the step to be read.
func (w *walkthrough) read() tea.Cmd {
	w.reading = true
	return w.after(w.pace.Reading(w.step()))
}

// resume goes on with what plays by itself when the lesson has the focus again.
func (w *walkthrough) resume() tea.Cmd {
	if w.place.State != roles.Reading || w.reading || w.typing != nil || w.job != nil || w.held != nil {
		return nil
	}
	return w.read()
}

// setPlaying tells whether the lesson goes on by itself.
func (w *walkthrough) setPlaying(on bool) {
	w.auto = on
	w.player.SetPlaying(on)
	if w.job == nil {
		w.place = w.player.Place()
	}
}

// toggle plays by itself, or pauses.
func (w *walkthrough) toggle() tea.Cmd {
	w.setPlaying(!w.auto)
	switch {
	case w.job != nil || w.held != nil: // its end sees it
		return nil
	case !w.auto:
		w.timer++
		w.reading = false
		w.withdraw()
		return nil
	case w.place.State == roles.Reading && w.typing == nil:
		return w.begin()
	}
	return nil
}

// back lays the lesson out anew, so many steps before where it is.
func (w *walkthrough) back(by int) tea.Cmd {
	if !w.turn {
		w.setPlaying(false)
	}
	to := max(0, w.place.Next-by)
	return w.request(func() tea.Cmd { return w.layOut(to) })
}

// skip plays the rest of the block at once.
func (w *walkthrough) skip() tea.Cmd {
	if w.job != nil || w.held != nil || w.step() == nil {
		return nil
	}
	end := w.blockEnd()
	w.stop()
	w.skipTo = end
	w.player.Show()
	return w.run(jobOpen, nil, func(ctx context.Context, _ *job) error { return w.player.Open(ctx) })
}

// blockEnd is the first step behind the block of the next one.
func (w *walkthrough) blockEnd() int {
	for _, b := range w.lesson.Page.Blocks {
		if b.Steps > w.place.Next {
			return b.Steps
		}
	}
	return len(w.lesson.Steps)
}

// show selects in the tree what the last step was about.
func (w *walkthrough) show() tea.Cmd {
	n := w.place.Next
	if n == 0 || w.m.focus == paneTree {
		return nil
	}
	if path := w.about(n - 1); path != "" && path != "/" {
		return w.m.tree.reveal(path)
	}
	return nil
}

// about is the znode that a step has made, or whose stat it has shown.
func (w *walkthrough) about(i int) string {
	s := &w.lesson.Steps[i]
	if w.place.Marks[i] == roles.Wrong {
		return ""
	}
	stat := false
	for _, line := range s.Shows {
		if path, made := strings.CutPrefix(line, "Created "); made {
			return path
		}
		stat = stat || strings.HasPrefix(line, "dataLength = ")
	}
	for _, word := range shell.Split(s.Command) {
		if stat && strings.HasPrefix(word, "/") {
			return word
		}
	}
	return ""
}

// finish notes that the lesson was played to its end.
func (w *walkthrough) finish() tea.Cmd {
	if w.finished {
		return nil
	}
	w.finished = true
	return w.m.finishLesson(w.lesson.Name, w.turn)
}
