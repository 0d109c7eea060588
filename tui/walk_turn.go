package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
)

// yourTurn gives the student the prompt of the step's role.
func (w *walkthrough) yourTurn() tea.Cmd { return w.begin() }

// students tells whether the next step is the student's now.
func (w *walkthrough) students() bool {
	return w != nil && w.job == nil && w.place.State == roles.YourTurn
}

// ran looks at what a line that the student has run in a tab has come to; taken is
// false if the step is not theirs, or another role's.
func (w *walkthrough) ran(t *tab, it *shell.Item) (cmd tea.Cmd, taken bool) {
	if s := w.step(); !w.students() || w.tabs[s.Session] != t {
		return nil, false
	}
	done := *it
	done.Shell = w.named[it.Shell]
	cmd = w.run(jobTry, t, func(ctx context.Context, j *job) (err error) {
		j.verdict, err = w.player.Try(ctx, done)
		return err
	})
	// The player looks at the line: the next one has to wait for that.
	t.idle()
	t.running = &running{line: it.Line, cancel: w.job.cancel, since: time.Now(), players: true}
	return cmd, true
}

// tried is what the player says of a try.
func (w *walkthrough) tried(v roles.Verdict) tea.Cmd {
	w.why = v.Why
	w.m.lesson.toEnd()
	if !v.Passed {
		w.m.notice = notice{} // it may praise the try before
		return nil
	}
	var anew tea.Cmd
	says := w.words().passed
	if v.Anew {
		anew = w.laidOut()
		says += " " + w.words().anew
	}
	w.hints, w.why = nil, nil
	return tea.Batch(anew, w.m.say(false, says), w.show(), w.arrive())
}

// hint shows one more hint.
func (w *walkthrough) hint() tea.Cmd {
	text, _ := w.player.Hint()
	if n := len(w.hints); n == 0 || w.hints[n-1] != text {
		w.hints = append(w.hints, text)
	}
	w.m.lesson.toEnd()
	return nil
}

// solution puts the lesson's own command into the prompt, to be run by the student.
func (w *walkthrough) solution() tea.Cmd {
	w.front(w.step().Session)
	return w.m.command.put(w.player.Solution())
}
