package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui/intent"
)

// tell tells the engine what has happened, and carries out what follows.
func (w *walkthrough) tell(ins ...roles.Input) tea.Cmd { return w.tellAt(time.Now(), ins...) }

// tellAt is tell at a time. Who has the keyboard is told before anything else, and when
// it has changed.
func (w *walkthrough) tellAt(now time.Time, ins ...roles.Input) tea.Cmd {
	var cmds []tea.Cmd
	keyboard := func() roles.Input { return roles.Keyboard{Taken: w.m.focus == paneCommand} }
	for ins = append([]roles.Input{keyboard()}, ins...); len(ins) > 0; {
		effects := w.engine.Handle(now, ins[0])
		ins = ins[1:]
		w.hold()
		for _, ef := range effects {
			cmd, answer := w.carryOut(now, ef)
			cmds = append(cmds, cmd)
			if answer != nil {
				ins = append(ins, answer)
			}
		}
		if w.engine.Taken() != (w.m.focus == paneCommand) {
			ins = append(ins, keyboard())
		}
	}
	return tea.Batch(cmds...)
}

// telling makes an action of an input.
func (m *Model) telling(in roles.Input) func() tea.Cmd {
	return m.onWalk(func(w *walkthrough) tea.Cmd { return w.tell(in) })
}

// A lessonTickMsg is that the time has come that a walkthrough waited for.
type lessonTickMsg struct {
	walk  *walkthrough
	until time.Time
}

func (w *walkthrough) tick(until time.Time) tea.Cmd {
	now := time.Now()
	if now.Before(until) { // whoever waited has a clock of their own
		now = until
	}
	return w.tellAt(now, roles.Tick{})
}

// carryOut does what the engine asks for. answer is what it is to be told of that at
// once; nil: nothing.
func (w *walkthrough) carryOut(now time.Time, ef roles.Effect) (cmd tea.Cmd, answer roles.Input) {
	switch ef := ef.(type) {
	case roles.Work:
		if _, anew := ef.(roles.LayOut); anew {
			w.m.Send(intent.LeaveTree{})
		}
		return w.do(ef), nil
	case roles.Cancel:
		w.stop()
	case roles.Wait:
		msg := lessonTickMsg{w, ef.Until}
		return w.m.wait(ef.Until.Sub(now), func(time.Time) tea.Msg { return msg }), nil
	case roles.Type:
		if t := w.tabs[ef.Role]; t != nil {
			t.leaveModes()
			t.out.follow()
		}
	case roles.Claim:
		if t := w.tabs[ef.Role]; t == nil || t.under == 0 {
			return nil, roles.Claimed{}
		}
	case roles.Front:
		w.front(ef.Role)
	case roles.Refresh:
		return w.refresh(), nil
	case roles.HandOver:
		w.m.setFocus(paneCommand)
	case roles.TakeBack:
		if t := w.m.command.tab(); w.m.focus == paneCommand && t.lesson == w && t.input.Value == "" {
			w.m.setFocus(paneLesson)
		}
	case roles.End:
		return w.leave(ef.Err), nil
	default:
		return w.show(ef), nil
	}
	return nil, nil
}

// show shows what the engine wants told.
func (w *walkthrough) show(ef roles.Effect) tea.Cmd {
	m := w.m
	switch ef := ef.(type) {
	case roles.Arrive:
		m.lesson.arrived()
	case roles.Report:
		return tea.Batch(w.praise(ef), w.reveal(ef.Step))
	case roles.TellMissing:
		m.lesson.toEnd()
		m.notice = notice{} // it may praise the try before
	case roles.TellHint:
		m.lesson.toEnd()
	case roles.TellSolution: // to be run by the student
		w.front(ef.Role)
		return m.command.put(ef.Command)
	case roles.TellOver:
		return m.say(false, w.words().pressEnd)
	case roles.TellError:
		return m.say(true, ef.Err.Error())
	case roles.Finish:
		return m.finishLesson(w.lesson.Name, w.engine.Turn())
	}
	return nil
}

// praise says that the student has done a step.
func (w *walkthrough) praise(ef roles.Report) tea.Cmd {
	says := w.words().passed
	switch {
	case !ef.Yours:
		return nil
	case ef.Anew:
		says += " " + w.words().anew
	}
	return w.m.say(false, says)
}

// refresh shows the tree of the lesson's server, and the tab of the role that did
// something last.
func (w *walkthrough) refresh() tea.Cmd {
	w.drop(func(t *tab) bool { return t.gone })
	about := ""
	if n := w.engine.Next(); n > 0 {
		w.front(w.lesson.Steps[n-1].Session)
		about = w.about(n - 1)
	}
	w.m.Send(intent.OpenTree{Server: w.exec.Connect(), Select: about})
	return nil
}

// reveal selects in the tree what a step was about.
func (w *walkthrough) reveal(step int) tea.Cmd {
	if w.m.focus == paneTree {
		return nil
	}
	if path := w.about(step); path != "" && path != "/" {
		w.m.Send(intent.ShowZnode{Path: path})
	}
	return nil
}

// about is the znode that a step has made, or whose stat it has shown.
func (w *walkthrough) about(i int) string {
	s := &w.lesson.Steps[i]
	if w.engine.Mark(i) == roles.Wrong {
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
