package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/roles"
	"zoosh/shell"
)

// A walkthrough is a lesson that is being played: what the front end adds to the
// player, which is when, and what it looks like. All of it is Update's, but for
// what end says.
type walkthrough struct {
	m      *Model
	lesson *roles.Lesson
	player *roles.Player
	turn   bool // steps with a goal are the student's
	stage  bool // the roles stand side by side

	ctx    context.Context
	cancel context.CancelFunc
	use    sync.Mutex // held while a method of the player runs that waits
	ended  bool       // with use held
	endErr error

	heard  heard
	marker string          // the name under which the player's own news are in the stream
	tabs   map[string]*tab // by role
	named  map[string]string
	home   *tab // what was in front before
	score  *roles.Score

	place   roles.Place // as it was when the last job ended
	job     *job
	pending func() tea.Cmd // what is to be done once the job is over
	held    func() tea.Cmd // what is to be done once the role's tab is idle
	typing  *typing
	timer   int  // the number of the last timer: older ones are void
	reading bool // the step is left to be read
	auto    bool // the lesson goes on by itself
	pace    roles.Pace
	skipTo  int // steps before it are played without being typed

	hints    []string
	why      []string // what the last try lacked
	finished bool
}

// A job is a method of the player that runs beside the screen.
type job struct {
	kind    jobKind
	tab     *tab // which it keeps busy
	cancel  context.CancelFunc
	waiting bool // for an event
	err     error
	verdict roles.Verdict
}

type jobKind int

const (
	jobLayOut jobKind = iota // Start and GoTo
	jobPrompt                // the session of the next step, to be looked at
	jobOpen
	jobStep
	jobTry
)

// walkOptions say how a lesson is played.
type walkOptions struct {
	turn  bool
	stage bool
}

// newWalkthrough makes the player, which has not laid out anything yet.
func newWalkthrough(m *Model, l *roles.Lesson, o walkOptions) *walkthrough {
	m.played++
	w := &walkthrough{
		m: m, lesson: l, turn: o.turn, stage: o.stage, home: m.command.tab(), score: roles.NewScore(),
		pace: m.cfg.LessonPace, marker: fmt.Sprintf("lesson %d", m.played), tabs: map[string]*tab{}, named: map[string]string{},
	}
	w.heard.prefix = m.played
	w.ctx, w.cancel = context.WithCancel(m.ctx)
	w.player = roles.NewPlayer(l, roles.Options{
		Target: m.cfg.LessonTarget, Turn: o.turn,
		Allow:   m.cfg.LessonAllow,
		Cleared: w.heard.cleared, Opened: w.heard.opened, Aides: m.aides,
		Sink:    func(it shell.Item) { it.Shell = w.heard.name(it.Shell); m.stream.Put(it) },
		Waiting: func() { m.stream.Put(shell.Item{Kind: shell.Began, Shell: w.marker}) },
	})
	w.setPlaying(o.turn) // what is not the student's is not to keep them
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
	return tea.Batch(leaving, w.layOut(0), m.ownServerNote())
}

// layOut lays the lesson out anew with so many steps played.
func (w *walkthrough) layOut(step int) tea.Cmd {
	w.stop()
	w.m.tree.letGo()
	return w.run(jobLayOut, nil, func(ctx context.Context, _ *job) error { return w.player.GoTo(ctx, step) })
}

// run runs a method of the player. Its end comes through the stream, behind all that
// it has put out.
func (w *walkthrough) run(kind jobKind, t *tab, do func(ctx context.Context, j *job) error) tea.Cmd {
	ctx, cancel := context.WithCancel(w.ctx)
	j := &job{kind: kind, tab: t, cancel: cancel}
	w.job = j
	return tea.Batch(redrawIn(slow), func() tea.Msg {
		w.use.Lock()
		if j.err = context.Canceled; !w.ended {
			j.err = do(ctx, j)
		}
		w.use.Unlock()
		w.m.stream.Put(shell.Item{Kind: shell.Done, Shell: w.marker})
		return nil
	})
}

// request does something once no job is under way. One that is, is given up.
func (w *walkthrough) request(do func() tea.Cmd) tea.Cmd {
	w.stop()
	if w.job == nil {
		return do()
	}
	w.job.cancel()
	w.pending = do
	return nil
}

// stop ends what goes on by itself: a timer, the typing.
func (w *walkthrough) stop() {
	w.timer++
	w.reading = false
	w.skipTo = 0
	w.held = nil
	w.withdraw()
}

// take looks at what came out of the lesson's sessions, before the panes do.
func (w *walkthrough) take(it *shell.Item) tea.Cmd {
	switch {
	case it.Shell != w.marker:
		if role, ours := w.named[it.Shell]; ours {
			of := *it
			of.Shell = role
			w.score.Put(&of)
			w.m.stage.changed()
		}
		return nil
	case w.job == nil:
		return nil
	case it.Kind == shell.Began:
		w.job.waiting = true
		return nil
	}
	return w.over()
}

// over is the end of a job.
func (w *walkthrough) over() tea.Cmd {
	j := w.job
	w.job = nil
	j.cancel()
	w.place = w.player.Place()
	var cmds []tea.Cmd
	if j.tab != nil {
		j.tab.dictated = nil
		j.tab.idle()
	}
	if do := w.pending; do != nil {
		w.pending = nil
		return do()
	}
	if j.tab != nil {
		cmds = append(cmds, w.m.command.next(j.tab))
	}
	return tea.Batch(append(cmds, w.goOn(j))...)
}

// goOn is what follows a job.
func (w *walkthrough) goOn(j *job) tea.Cmd {
	if j.err != nil {
		return w.failed(j)
	}
	switch j.kind {
	case jobLayOut:
		return tea.Batch(w.laidOut(), w.greet())
	case jobPrompt:
		w.front(w.step().Session)
		return w.arrive()
	case jobOpen:
		return w.opened()
	case jobTry:
		return w.tried(j.verdict)
	}
	return w.stepped()
}

// failed says why the player could not do what it was to do. A lesson that cannot
// be laid out is left.
func (w *walkthrough) failed(j *job) tea.Cmd {
	w.setPlaying(false)
	w.skipTo = 0
	if errors.Is(j.err, context.Canceled) {
		return nil
	}
	if j.kind == jobLayOut {
		if w.m.cfg.Shell.Connect == "" { // the screen goes with the lesson
			w.m.failure = j.err
		}
		return tea.Batch(w.leave(), w.m.say(true, j.err.Error()))
	}
	return w.m.say(true, j.err.Error())
}

// laidOut shows the tree of the lesson's server, and the tab of the role that did
// something last.
func (w *walkthrough) laidOut() tea.Cmd {
	w.drop(func(t *tab) bool { return t.gone })
	w.hints, w.why = nil, nil
	if n := w.place.Next; n > 0 {
		w.front(w.lesson.Steps[n-1].Session)
		w.m.tree.then = w.about(n - 1)
	}
	return w.m.tree.open(w.player.Connect())
}

// leave ends the lesson, and zoosh where there is nothing else.
func (w *walkthrough) leave() tea.Cmd {
	m := w.m
	ending := w.part()
	if m.cfg.Shell.Connect == "" { // there is nothing but the lesson
		return tea.Sequence(ending, m.quit())
	}
	return tea.Batch(ending, m.backToPlace())
}

// part ends the lesson: its sessions and its server in the background, what is on
// the screen at once.
func (w *walkthrough) part() tea.Cmd {
	m := w.m
	w.stop()
	w.drop(func(t *tab) bool { return true })
	m.walk = nil
	m.events.forget(func(name string) bool { _, ours := w.named[name]; return ours })
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
		w.ended, w.endErr = true, w.player.Close()
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
