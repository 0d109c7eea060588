package tui

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/sessions"
	"zoosh/tui/ui/walkthrough"
	"zoosh/tui/ui/znode"
)

// Config says what the TUI shows.
type Config struct {
	// Shell is what each session's shell is made with; Name and Sink are the
	// TUI's own.
	Shell shell.Config
	// Asks: a command that takes more than one znode asks first.
	Asks bool
	// Where is what the status line calls the server: "embedded", a profile's name,
	// or nothing for an ensemble that has no more than its address.
	Where string
	// StatusColor is the colour of the status line while the server is that of
	// Shell.Connect, one of StatusColors; "" is none.
	StatusColor string
	// ASCII draws without box-drawing characters and symbols.
	ASCII bool
	// History is lines of earlier runs, the oldest first.
	History []string
	// Remember is told each line when it is run, one at a time, beside the screen.
	// What of it is kept is up to it.
	Remember func(line string)
	// Recording is to be begun with the first session; nil if none is.
	Recording *transcript.Recording
	// Language is the lessons': roles.English or roles.Chinese.
	Language string
	// Lesson, if there is one, is played at once, with LessonTurn as the student's
	// turn. Without Shell.Connect there is nothing but the lesson, and leaving it
	// leaves zoosh.
	Lesson     *roles.Lesson
	LessonTurn bool
	// LessonTarget is the ensemble that lessons are played on;
	// empty is a server of their own. LessonPace is how fast they begin.
	LessonTarget session.Target
	LessonAllow  shell.Grant // what lessons may reach beyond that server
	LessonPace   roles.Pace
	// Menu shows the list of the lessons first.
	Menu bool
	// Finished is the lessons that were finished in earlier runs.
	Finished []string
	// Finish is told each lesson that is finished, in the words of Finished, beside
	// the screen.
	Finish func(lesson string)
	// Keys are those that the user has changed.
	Keys []Binding
	// NoColor draws without colours, as the NO_COLOR variable asks for.
	NoColor bool
}

// look is what of it the theme is made by.
func (c Config) look() ui.Look { return ui.Look{ASCII: c.ASCII, NoColor: c.NoColor} }

// Model is everything on the screen. It is changed by Update alone.
type Model struct {
	ctx   context.Context
	cfg   Config
	ws    *workspace.Workspace
	feed  *feed
	theme *ui.Theme

	width, height int
	areas         areas
	columns       atomic.Int64 // of the prompt, for the commands, which run beside the screen
	focus, told   ui.ID        // and what was told last
	zoomed        bool
	hidden        map[ui.ID]bool
	split         splits
	grip          grip // the border that the mouse holds
	drawn         drawn

	panes   map[ui.ID]ui.Pane
	front   map[slot]ui.ID // of panes that share a slot the one that is shown
	actions []*ui.Action
	sent    []ui.Intent // what panes want, to be carried out
	made    znode.Made  // what the sessions have made

	listeners []ui.Listener // of panes

	sessions sessions.Sessions                                          // at the prompt
	player   *walkthrough.Player                                        // of lessons
	before   placeBefore                                                // that was to be kept
	wait     func(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd // ui.After

	exec func(c tea.ExecCommand, over tea.ExecCallback) tea.Cmd // what gives the terminal away: tea.Exec

	now func() time.Time // by which marks pass: time.Now

	overlay ui.Overlay // takes all keys while it is there
	notice  notice
	closing bool
	jobs    jobs
	failure error     // what made it leave, to be told when the screen is gone
	askedAt time.Time // when leaving was asked about last
	faults  int       // of the screen's own, so far
}

// A notice is a line that the status line shows for a while.
type notice struct {
	text  string
	bad   bool
	until time.Time
}

const noticeTime = 5 * time.Second

// newModel makes the model and the first session's shell, which is not open yet.
func newModel(ctx context.Context, cfg Config) *Model {
	m := &Model{
		ctx: ctx, cfg: cfg,
		theme: ui.NewTheme(cfg.look(), true), hidden: map[ui.ID]bool{}, split: defaultSplits,
		front: map[slot]ui.ID{}, drawn: drawn{}, focus: paneCommand,
	}
	m.ws = m.newWorkspace()
	m.feed = newFeed(m.ws.Stream())
	m.now, m.wait, m.exec = time.Now, ui.After, tea.Exec
	m.makePanes()
	return m
}

// newWorkspace makes the place of the sessions.
func (m *Model) newWorkspace() *workspace.Workspace {
	cfg := workspace.Config{
		Shell: m.cfg.Shell, Questions: workspace.DataQuestions, Tabs: true,
		Remember: m.cfg.Remember, PageName: pageName,
	}
	if m.cfg.Asks {
		cfg.Questions = workspace.AllQuestions
	}
	cfg.Shell.Aides, cfg.Shell.Columns = m.aides, func() int { return int(m.columns.Load()) }
	return workspace.New(cfg)
}

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.feed.next(), m.begin())
}

// begin opens the first session, and begins the lesson that was asked for.
func (m *Model) begin() tea.Cmd {
	var cmds []tea.Cmd
	if m.cfg.Shell.Connect != "" {
		cmds = append(cmds, m.start())
	}
	if m.cfg.Lesson != nil {
		m.Send(intent.PlayLesson{Lesson: m.cfg.Lesson, Turn: m.cfg.LessonTurn})
	}
	if m.cfg.Menu {
		m.Send(intent.ShowLessons{})
	}
	return tea.Batch(append(cmds, m.carryOutAll())...)
}

// start begins what panes have to begin.
func (m *Model) start() tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range registry {
		if s, ok := m.panes[e.id].(ui.Starter); ok {
			cmds = append(cmds, s.Start())
		}
	}
	return tea.Batch(cmds...)
}

// closePanes ends what panes have to end.
func (m *Model) closePanes() {
	for _, p := range m.panes {
		if c, ok := p.(ui.Closer); ok {
			c.Close()
		}
	}
}

// cleanPanes has panes remove what is not to be left on a server.
func (m *Model) cleanPanes() error {
	var all []error
	for _, p := range m.panes {
		if c, ok := p.(ui.Cleaner); ok {
			all = append(all, c.Clean())
		}
	}
	return errors.Join(all...)
}

// Update implements tea.Model. It tells who has to deal with a message; how they
// do stands with them.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	return m, tea.Batch(cmd, m.carryOutAll())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.arrange()
	case tea.BackgroundColorMsg:
		m.setTheme(ui.NewTheme(m.cfg.look(), msg.IsDark()))
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseMsg:
		return m.mouse(msg)
	case feedMsg:
		return tea.Batch(m.take(msg), m.feed.next())
	case ui.TimerMsg:
		return tea.Tick(msg.D, msg.Msg)
	case noticeOverMsg:
		// Only so that the next frame is drawn without it.
	case actionMsg:
		return msg(m)
	case ui.Say, ui.Do, intent.Changed:
		m.Send(msg)
	default:
		return m.toPanes(msg)
	}
	return nil
}

// An actionMsg is what a command in the background wants done when it is over.
type actionMsg func(m *Model) tea.Cmd

type noticeOverMsg struct{}

// toPanes offers a message to the panes; the one that knows it takes it.
func (m *Model) toPanes(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range registry {
		cmds = append(cmds, m.panes[e.id].Update(msg))
	}
	return tea.Batch(cmds...)
}

// take deals with what came out of the shells since the last frame.
func (m *Model) take(batch feedMsg) tea.Cmd {
	var cmds []tea.Cmd
	for i := range batch.items {
		cmds = m.takeItem(cmds, &batch.items[i])
		cmds = appendCmd(cmds, m.carryOutAll())
	}
	return tea.Batch(cmds...)
}

// takeItem deals with one item. A mark is an intent that has its place among them.
func (m *Model) takeItem(cmds []tea.Cmd, it *shell.Item) []tea.Cmd {
	if it.Kind == shell.Mark {
		m.Send(it.Mark)
		return cmds
	}
	if of, ok := it.Owner.(ui.Owner); ok && of.Late() {
		return cmds
	}
	cmds = appendCmd(cmds, m.carryOutAll()) // its session may be a new one
	cmds = m.listen(cmds, it)
	if it.Made != nil {
		m.made.Add(it.Made)
		m.Send(intent.Made{Znode: it.Made})
	}
	return cmds
}

// appendCmd is cmds with one more, if it is one: most items ask for none, and they come by
// the hundred thousand a second.
func appendCmd(cmds []tea.Cmd, cmd tea.Cmd) []tea.Cmd {
	if cmd == nil {
		return cmds
	}
	return append(cmds, cmd)
}

// listen has the panes look at an item. The prompt is the last one: it may close the
// session that it came from.
func (m *Model) listen(cmds []tea.Cmd, it *shell.Item) []tea.Cmd {
	for _, p := range slices.Backward(m.listeners) {
		cmds = appendCmd(cmds, p.Take(it))
	}
	return cmds
}

// say shows a line in the status line for a while.
func (m *Model) say(bad bool, text string) tea.Cmd {
	m.notice = notice{text: shell.Printable(text), bad: bad, until: time.Now().Add(noticeTime)}
	return ui.After(noticeTime, func(time.Time) tea.Msg { return noticeOverMsg{} })
}

// key gives a key to the overlay, to the action it stands for, or to the pane in
// which somebody may be typing.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	a := m.actionFor(key)
	if g := m.actionIn(ui.Anywhere, ui.Normal, key); g != nil && g.Always && !m.shadows(key, a, g) {
		return m.do(g)
	}
	if o := m.overlay; o != nil {
		if a != nil && a.Leaves {
			m.endOverlay()
			return m.do(a)
		}
		cmd, done := o.Key(k)
		return m.answered(o, cmd, done)
	}
	p := m.panes[m.focus]
	if mode := p.Mode(); mode != ui.Normal {
		if open := m.actionIn(m.focus, mode, key); open != nil {
			return m.do(open)
		}
	}
	if g, ok := p.(ui.Grabber); ok {
		if cmd, taken := g.Grab(k); taken {
			return cmd
		}
	}
	if a != nil {
		return m.do(a)
	}
	return p.Key(k)
}

// shadows tells whether a key does what the pane with the focus has for it, and not what
// it always does elsewhere: nothing lies over the pane or is open in it that it is for.
func (m *Model) shadows(key string, a, always *ui.Action) bool {
	if m.overlay != nil || a == nil || a == always {
		return false
	}
	mode := m.panes[m.focus].Mode()
	return mode == ui.Normal || m.actionIn(m.focus, mode, key) == nil
}

func (m *Model) paste(text string) tea.Cmd {
	if m.overlay != nil {
		return m.overlay.Paste(text)
	}
	if p, ok := m.panes[m.focus].(ui.Paster); ok {
		if cmd, taken := p.TakePaste(text); taken {
			return cmd
		}
	}
	m.setFocus(paneCommand)
	cmd, _ := m.panes[paneCommand].(ui.Paster).TakePaste(text)
	return cmd
}

// mouse gives the focus to the pane that was clicked, and the event to the pane
// under it. A press on a border drags it.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	if o := m.overlay; o != nil {
		cmd, done := o.Mouse(msg)
		return m.answered(o, cmd, done)
	}
	if m.drag(msg) {
		return nil
	}
	id, box, ok := m.areas.at(at.X, at.Y)
	if !ok {
		return nil
	}
	x, y := at.X-box.x-1, at.Y-box.y-1
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		m.setFocus(id)
		return m.panes[id].Click(x, y)
	case tea.MouseWheelMsg:
		m.panes[id].Wheel(ui.WheelRows(msg))
	}
	return nil
}

func (m *Model) setFocus(id ui.ID) {
	if !m.available(id) {
		return
	}
	m.focus = id
	m.front[entryOf(id).slot] = id
	if m.sole() || m.here(paneLesson) || m.areas[id].empty() {
		m.arrange()
	}
}

func (m *Model) setTheme(t *ui.Theme) {
	m.theme = t
	for _, p := range m.panes {
		p.SetTheme(t)
	}
}
