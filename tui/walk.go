package tui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui/intent"
)

// A walkthrough is a lesson that is being played. Where it stands is the engine's to
// say: what the engine asks for is carried out here, and what comes of that is told it.
// All of it is Update's, but for what end says.
type walkthrough struct {
	m      *Model
	lesson *roles.Lesson
	engine *roles.Engine
	exec   *roles.Executor
	stage  bool // the roles stand side by side

	ctx    context.Context
	cancel context.CancelFunc
	stop   context.CancelFunc // gives up the work that is under way
	use    sync.Mutex         // held while the executor works
	ended  bool               // with use held
	endErr error

	number   int             // of the walkthrough
	laid     atomic.Int64    // how often the lesson was laid out
	tabs     map[string]*tab // by role
	named    map[string]string
	held     *tab // whose prompt the lesson has
	home     *tab // what was in front before
	timeline *roles.Timeline
}

// walkOptions say how a lesson is played.
type walkOptions struct {
	turn  bool
	stage bool
}

// newWalkthrough makes the engine and the executor, which have not begun yet.
func newWalkthrough(m *Model, l *roles.Lesson, o walkOptions) *walkthrough {
	m.played++
	w := &walkthrough{
		m: m, lesson: l, stage: o.stage, home: m.command.tab(), timeline: roles.NewTimeline(),
		tabs: map[string]*tab{}, named: map[string]string{},
	}
	w.number = m.played
	w.ctx, w.cancel = context.WithCancel(m.ctx)
	// What is not the student's is not to keep them.
	w.engine = roles.NewEngine(l, roles.EngineOptions{Turn: o.turn, Auto: o.turn, Pace: m.cfg.LessonPace})
	w.exec = roles.NewExecutor(l, roles.Options{
		Target: m.cfg.LessonTarget, Turn: o.turn,
		Allow:     m.cfg.LessonAllow,
		Workspace: m.ws, Name: w.sessionName, Owner: w,
		Cleared: w.cleared, Opened: w.opened, Aides: m.aides,
		Waiting: func() { w.put(roles.EventAwaited{}) },
	})
	return w
}

// play plays a lesson in place of the one that is played now.
func (m *Model) play(l *roles.Lesson, o walkOptions) tea.Cmd {
	var leaving tea.Cmd
	if m.walk != nil {
		leaving = m.walk.part()
	} else {
		m.keepPlace()
	}
	w := newWalkthrough(m, l, o)
	m.walk = w
	m.walks = append(m.walks, w)
	m.zoomed = false
	m.focus = paneLesson
	m.lesson.top = 0
	m.arrange()
	return tea.Batch(leaving, w.tell(roles.Start{}), m.ownServerNote())
}

// do does work beside the screen. How it came out comes through the stream, behind all
// that it has put out.
func (w *walkthrough) do(work roles.Work) tea.Cmd {
	ctx, cancel := context.WithCancel(w.ctx)
	w.stop = cancel
	return tea.Batch(redrawIn(slow), func() tea.Msg {
		defer cancel()
		var in roles.Input = roles.Failed{Err: context.Canceled}
		w.use.Lock()
		if !w.ended {
			in = w.exec.Do(ctx, work)
		}
		w.use.Unlock()
		w.put(in)
		return nil
	})
}

// A lessonNews is an input of a lesson's in its place in the stream.
type lessonNews struct {
	walk  *walkthrough
	input roles.Input
}

// put tells the lesson something, once all is shown that came out before.
func (w *walkthrough) put(in roles.Input) {
	w.mark(lessonNews{w, in})
}

func (w *walkthrough) mark(mark any) { w.m.ws.Put(shell.Item{Kind: shell.Mark, Mark: mark}) }

// marked takes what a mark in the stream means.
func (m *Model) marked(mark any) tea.Cmd {
	switch mark := mark.(type) {
	case workspace.Opened:
		return m.command.opened(mark)
	case *workspace.Question:
		return m.asked(mark)
	case lessonNews:
		if mark.walk == m.walk {
			return m.walk.tell(mark.input)
		}
	case lessonCleared:
		if mark.walk == m.walk {
			m.walk.clear()
		}
	case lessonJoined:
		if mark.walk == m.walk {
			return m.walk.welcome(mark)
		}
	}
	return nil
}

// interrupt gives up what runs at a role's prompt. A lesson that is being laid out is
// left to become whole.
func (w *walkthrough) interrupt() {
	if w.engine.Phase() != roles.LayingOut {
		w.stop()
	}
}

// take looks at what came out of the lesson's sessions, before the panes do.
func (w *walkthrough) take(it *shell.Item) tea.Cmd {
	role, ours := w.named[it.Shell]
	if !ours {
		return nil
	}
	of := *it
	of.Shell = role
	w.timeline.Put(&of)
	w.m.stage.changed()
	if it.Kind == shell.Began && !it.Beside {
		return w.tell(roles.LineBegan{Role: role})
	}
	return nil
}

// leave ends the lesson, and zoosh where there is nothing else. err is what kept it
// from being played.
func (w *walkthrough) leave(err error) tea.Cmd {
	m := w.m
	alone := m.cfg.Shell.Connect == "" // the screen goes with the lesson
	ending := w.part()
	if alone {
		ending = tea.Sequence(ending, m.quit())
	} else {
		ending = tea.Batch(ending, m.backToPlace())
	}
	if err == nil {
		return ending
	}
	if alone {
		m.failure = err
	}
	return tea.Batch(ending, m.say(true, err.Error()))
}

// part ends the lesson: its sessions and its server in the background, what is on
// the screen at once.
func (w *walkthrough) part() tea.Cmd {
	m := w.m
	w.engine.Handle(time.Now(), roles.Leave{})
	w.held = nil
	w.drop(func(t *tab) bool { return true })
	m.walk = nil
	m.Send(intent.Forget{Gone: func(name string) bool { _, ours := w.named[name]; return ours }})
	if m.focus == paneLesson || m.focus == paneStage {
		m.focus = paneCommand
	}
	m.arrange()
	return func() tea.Msg {
		err := w.end()
		return actionMsg(func(m *Model) tea.Cmd {
			if err != nil { // which is told at the end, too
				return m.say(true, err.Error())
			}
			m.walks = slices.DeleteFunc(m.walks, func(o *walkthrough) bool { return o == w })
			return nil
		})
	}
}

// end ends the lesson's sessions and its server, and waits for that. It may be
// called from anywhere, and again.
func (w *walkthrough) end() error {
	w.cancel()
	w.use.Lock()
	defer w.use.Unlock()
	if !w.ended {
		w.ended, w.endErr = true, w.exec.Close()
	}
	return w.endErr
}

// endLessons ends lessons beside each other, and waits at most as long as anybody
// would.
func endLessons(walks []*walkthrough) error {
	errs := make(chan error, len(walks))
	for _, w := range walks {
		go func() { errs <- w.end() }()
	}
	late := time.After(lessonCloseTime)
	var all error
	for range walks {
		select {
		case err := <-errs:
			all = errors.Join(all, err)
		case <-late:
			return errors.Join(all, errors.New("end the lesson: its server did not answer"))
		}
	}
	return all
}

// lessonCloseTime is how long a lesson's end takes at most: on somebody's ensemble
// there is something to remove.
const lessonCloseTime = 10 * time.Second
