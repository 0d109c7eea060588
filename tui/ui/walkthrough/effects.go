package walkthrough

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// tell tells the engine what has happened, and carries out what follows.
func (w *play) tell(ins ...roles.Input) tea.Cmd { return w.tellAt(time.Now(), ins...) }

// tellAt is tell at a time. Who has the keyboard is told before anything else.
func (w *play) tellAt(now time.Time, ins ...roles.Input) tea.Cmd {
	var cmds []tea.Cmd
	keyboard := roles.Keyboard{Taken: w.of.focus == w.of.cfg.Prompt}
	for _, in := range append([]roles.Input{keyboard}, ins...) {
		effects := w.engine.Handle(now, in)
		w.hold()
		w.dictate()
		for _, ef := range effects {
			cmds = append(cmds, w.carryOut(now, ef))
		}
	}
	return tea.Batch(cmds...)
}

// A tickMsg is that the time has come that a lesson waited for.
type tickMsg struct {
	of    *play
	until time.Time
}

// Update takes the messages of the Player's own commands, and knows no others.
func (p *Player) Update(msg tea.Msg) tea.Cmd {
	tick, ok := msg.(tickMsg)
	if !ok || tick.of != p.now {
		return nil
	}
	now := time.Now()
	if now.Before(tick.until) { // whoever waited has a clock of their own
		now = tick.until
	}
	return p.now.tellAt(now, roles.Tick{})
}

// Receive takes the intents that are told to lessons.
func (p *Player) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	w := p.now
	switch i := i.(type) {
	case ui.Focused: // what plays by itself waits for whoever has taken the prompt
		p.focus = i.Pane
		if w != nil {
			return w.tell(), false
		}
	case news:
		if i.of != w {
			return nil, true
		}
		return w.tell(i.input), true
	case cleared:
		if i.of == w {
			w.clear()
		}
		return nil, true
	case joined:
		if i.of == w {
			w.join(i)
		}
		return nil, true
	case intent.LineEnded:
		if w == nil {
			return nil, true
		}
		i.End.Shell = i.Role
		cmd = w.tell(roles.LineEnded{Role: i.Role, End: i.End})
		p.cfg.Host.Send(intent.GoOn{Role: i.Role})
		return cmd, true
	case intent.PromptFree:
		if w == nil {
			return nil, true
		}
		if s := w.engine.Current(); s != nil && s.Session == i.Role {
			cmd = w.tell(roles.Claimed{})
		}
		return cmd, true
	}
	return nil, false
}

// Take looks at what came out of the lesson's sessions.
func (p *Player) Take(it *shell.Item) tea.Cmd {
	w := p.now
	if w == nil {
		return nil
	}
	role, ours := w.named[it.Shell]
	if !ours {
		return nil
	}
	of := *it
	of.Shell = role
	w.timeline.Put(&of)
	p.told++
	if it.Kind == shell.Began && !it.Beside {
		return w.tell(roles.LineBegan{Role: role})
	}
	return nil
}

// carryOut does what the engine asks for.
func (w *play) carryOut(now time.Time, ef roles.Effect) tea.Cmd {
	send, cfg := w.of.cfg.Host.Send, &w.of.cfg
	switch ef := ef.(type) {
	case roles.Work:
		if _, anew := ef.(roles.LayOut); anew {
			send(intent.LeaveTree{})
		}
		return w.do(ef)
	case roles.Cancel:
		w.stop()
	case roles.Wait:
		msg := tickMsg{w, ef.Until}
		return cfg.Wait(ef.Until.Sub(now), func(time.Time) tea.Msg { return msg })
	case roles.Type:
		send(intent.ClearPrompt{Role: ef.Role})
	case roles.Claim:
		send(intent.ClaimPrompt{Role: ef.Role})
	case roles.Front:
		send(intent.FrontRole{Role: ef.Role})
	case roles.Refresh:
		w.refresh()
	case roles.HandOver:
		send(ui.Focus{Pane: cfg.Prompt})
	case roles.TakeBack:
		send(ui.Do(w.of.takeBack)) // behind what brings a role to the front
	case roles.End:
		return w.leave(ef.Err)
	case roles.TellSolution: // to be run by the student
		send(intent.FrontRole{Role: ef.Role})
		send(intent.PutLine{Line: ef.Command})
	case roles.TellError:
		send(ui.Say{Bad: true, Text: ef.Err.Error()})
	case roles.Report:
		send(ef)
		w.reveal(ef.Step)
	default: // to be told
		send(ef)
	}
	return nil
}

// takeBack takes the keyboard back from a role's prompt at which nothing is typed.
func (p *Player) takeBack() tea.Cmd {
	if at := p.cfg.Sessions.Front(); p.focus == p.cfg.Prompt && at.Lesson && at.Typed == "" {
		p.cfg.Host.Send(ui.Focus{Pane: p.cfg.Lesson})
	}
	return nil
}

// hold keeps lines from the prompt that the lesson has now, and gives back the one that
// it had before, which is no reason to give up what runs.
func (w *play) hold() {
	role, line, holds := w.engine.Holds()
	if !holds {
		role = ""
	}
	was := w.held
	if role == was {
		return
	}
	w.held = role
	if role != "" {
		w.of.cfg.Host.Send(intent.HoldPrompt{Role: role, Line: line, GiveUp: w.interrupt})
	}
	if was != "" {
		w.of.cfg.Host.Send(intent.ReleasePrompt{Role: was, Replaced: w.engine.Phase() == roles.LayingOut})
	}
}

// dictate shows what is typed now.
func (w *play) dictate() {
	var now intent.Dictate
	if text, typed := w.engine.Typed(); typed {
		now = intent.Dictate{Role: w.engine.Current().Session, Text: text}
	}
	if now != w.dictated {
		w.dictated = now
		w.of.cfg.Host.Send(now)
	}
}

// refresh shows the tree of the lesson's server, and the prompt of the role that did
// something last.
func (w *play) refresh() {
	send := w.of.cfg.Host.Send
	send(intent.DropRoles{Gone: true})
	about := ""
	if n := w.engine.Next(); n > 0 {
		send(intent.FrontRole{Role: w.lesson.Steps[n-1].Session})
		about = w.about(n - 1)
	}
	send(intent.OpenTree{Server: w.exec.Connect(), Select: about})
}

// reveal selects in the tree what a step was about.
func (w *play) reveal(step int) {
	if w.of.focus == w.of.cfg.Tree {
		return
	}
	if path := w.about(step); path != "" && path != "/" {
		w.of.cfg.Host.Send(intent.ShowZnode{Path: path})
	}
}

// about is the znode that a step has made, or whose stat it has shown.
func (w *play) about(i int) string {
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
