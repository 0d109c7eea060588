package walkthrough

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
)

// Config is what a Player is made with.
type Config struct {
	Context  context.Context
	Host     ui.Host
	Sessions sessions.Sessions
	// Workspace is where the lessons' sessions are, and what comes out of them.
	Workspace *workspace.Workspace
	// Aides is roles.Options.Aides.
	Aides func() map[int64]string
	// Target is the ensemble that lessons are played on; empty is a server of their own.
	Target session.Target
	Allow  shell.Grant // what lessons may reach beyond that server
	Pace   roles.Pace  // how fast they begin
	// Alone: there is nothing but the lesson, and leaving it leaves zoosh.
	Alone bool
	// Wait is ui.After.
	Wait func(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd
	// The panes that have to do with lessons.
	Lesson, Stage, Prompt, Tree ui.ID
}

// A Player plays lessons.
type Player struct {
	cfg    Config
	now    *play // nil: no lesson is played
	played int
	focus  ui.ID
	told   int // of what happened on the stage

	mu   sync.Mutex
	open []*play // also those that have been left
}

// New makes a Player, which plays nothing.
func New(cfg Config) *Player { return &Player{cfg: cfg} }

// Options say how a lesson is played.
type Options struct {
	Turn  bool // steps that have a goal are left to the user
	Stage bool // the roles stand side by side
}

// A play is a lesson that is being played.
type play struct {
	of     *Player
	lesson *roles.Lesson
	engine *roles.Engine
	exec   *roles.Executor
	stage  bool

	cancel context.CancelFunc
	ctx    context.Context
	stop   context.CancelFunc // gives up the work that is under way
	use    sync.Mutex         // held while the executor works
	ended  bool               // with use held
	endErr error

	number   int               // of the play
	laid     atomic.Int64      // how often the lesson was laid out
	named    map[string]string // the roles by the names of their sessions
	held     string            // the role whose prompt the lesson has; "": none
	dictated intent.Dictate
	timeline *roles.Timeline
}

// newPlay makes the engine and the executor, which have not begun yet.
func (p *Player) newPlay(l *roles.Lesson, o Options) *play {
	p.played++
	w := &play{of: p, lesson: l, stage: o.Stage, timeline: roles.NewTimeline(), named: map[string]string{}}
	w.number = p.played
	w.ctx, w.cancel = context.WithCancel(p.cfg.Context)
	// What is not the student's is not to keep them.
	w.engine = roles.NewEngine(l, roles.EngineOptions{Turn: o.Turn, Auto: o.Turn, Pace: p.cfg.Pace})
	w.exec = roles.NewExecutor(l, roles.Options{
		Target: p.cfg.Target, Turn: o.Turn, Allow: p.cfg.Allow,
		Workspace: p.cfg.Workspace, Name: w.sessionName, Owner: w,
		Cleared: w.heardCleared, Opened: w.heardOpened, Aides: p.cfg.Aides,
		Waiting: func() { w.put(roles.EventAwaited{}) },
	})
	return w
}

// Play plays a lesson in place of the one that is played now.
func (p *Player) Play(l *roles.Lesson, o Options) tea.Cmd {
	var leaving tea.Cmd
	if p.now != nil {
		leaving = p.now.part()
	} else {
		p.cfg.Host.Send(ui.KeepPlace{})
		p.cfg.Host.Send(intent.KeepTree{})
	}
	p.cfg.Host.Send(intent.KeepFront{})
	p.now = p.newPlay(l, o)
	p.told++
	p.mu.Lock()
	p.open = append(p.open, p.now)
	p.mu.Unlock()
	p.cfg.Host.Send(ui.Unzoom{})
	p.cfg.Host.Send(ui.Focus{Pane: p.cfg.Lesson})
	return tea.Batch(leaving, p.now.tell(roles.Start{}))
}

// do does work beside the screen. How it came out comes through the stream, behind all
// that it has put out.
func (w *play) do(work roles.Work) tea.Cmd {
	ctx, cancel := context.WithCancel(w.ctx)
	w.stop = cancel
	return func() tea.Msg {
		defer cancel()
		var in roles.Input = roles.Failed{Err: context.Canceled}
		w.use.Lock()
		if !w.ended {
			in = w.exec.Do(ctx, work)
		}
		w.use.Unlock()
		w.put(in)
		return nil
	}
}

// news is an input of a lesson's in its place in the stream.
type news struct {
	of    *play
	input roles.Input
}

// put tells the lesson something, once all is shown that came out before.
func (w *play) put(in roles.Input) {
	w.mark(news{w, in})
}

// interrupt gives up what runs at a role's prompt. A lesson that is being laid out is
// left to become whole.
func (w *play) interrupt() {
	if w.engine.Phase() != roles.LayingOut {
		w.stop()
	}
}

// leave ends the lesson, and zoosh where there is nothing else. err is what kept it
// from being played.
func (w *play) leave(err error) tea.Cmd {
	cfg := &w.of.cfg
	ending := w.part()
	if cfg.Alone { // the screen goes with the lesson
		cfg.Host.Send(ui.Leave{Err: err})
	} else {
		cfg.Host.Send(ui.BackToPlace{})
		cfg.Host.Send(intent.LeaveTree{})
		cfg.Host.Send(intent.BackToTree{})
	}
	if err != nil {
		cfg.Host.Send(ui.Say{Bad: true, Text: err.Error()})
	}
	return ending
}

// part ends the lesson: its sessions and its server in the background, what is on
// the screen at once.
func (w *play) part() tea.Cmd {
	p, named := w.of, w.named
	w.engine.Handle(time.Now(), roles.Leave{})
	p.now = nil
	p.cfg.Host.Send(intent.DropRoles{})
	p.cfg.Host.Send(intent.Forget{Gone: func(name string) bool { _, ours := named[name]; return ours }})
	p.cfg.Host.Send(ui.Arrange{})
	if p.focus == p.cfg.Lesson || p.focus == p.cfg.Stage {
		p.cfg.Host.Send(ui.Focus{Pane: p.cfg.Prompt})
	}
	return func() tea.Msg {
		if err := w.end(); err != nil { // which is told at the end, too
			return ui.Say{Bad: true, Text: err.Error()}
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.open = slices.DeleteFunc(p.open, func(o *play) bool { return o == w })
		return nil
	}
}

// end ends the lesson's sessions and its server, and waits for that. It may be
// called from anywhere, and again.
func (w *play) end() error {
	w.cancel()
	w.use.Lock()
	defer w.use.Unlock()
	if !w.ended {
		w.ended, w.endErr = true, w.exec.Close()
	}
	return w.endErr
}

// Clean ends all lessons beside each other, and waits at most as long as anybody would.
// It may be called from anywhere, and again.
func (p *Player) Clean() error {
	p.mu.Lock()
	open := slices.Clone(p.open)
	p.mu.Unlock()
	errs := make(chan error, len(open))
	for _, w := range open {
		go func() { errs <- w.end() }()
	}
	late := time.After(endTime)
	var all error
	for range open {
		select {
		case err := <-errs:
			all = errors.Join(all, err)
		case <-late:
			return errors.Join(all, errors.New("end the lesson: its server did not answer"))
		}
	}
	return all
}

// endTime is how long a lesson's end takes at most: on somebody's ensemble there is
// something to remove.
const endTime = 10 * time.Second
