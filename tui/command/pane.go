package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/internal/wire"
	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/sessions"
)

// A Pane is zkCli's prompt: one tab for each session. It is Update's.
type Pane struct {
	cfg     Config
	theme   *ui.Theme
	w, h    int
	tabs    []*tab
	at      int
	last    int      // the number that was given last
	history []string // lines that were run, in whichever tab; the oldest first
	warned  time.Time
	cast    cast
	actions []ui.Action
}

// table is what the keys do in the pane.
func (c *Pane) table() []ui.Action {
	return append([]ui.Action{
		{Title: runTitle, Keys: []string{"enter"}, Run: c.enter},
		{Title: completeTitle, Short: "complete", Keys: []string{"tab"},
			Run: c.complete},
		{Title: "Search the history", Short: "history", Keys: []string{"ctrl+r"}, Run: c.searchHistory},
		{Title: "Older line that begins like this one", Keys: []string{"up"}, Run: c.older},
		{Title: "Newer line that begins like this one", Keys: []string{"down"}, Run: c.newer},
		{Title: "Take what an older line has more", Keys: []string{"right", "end", "ctrl+f", "ctrl+e"}, If: c.haunted, Run: c.takeGhost},
		{Title: "Search what was printed", Keys: []string{"ctrl+s", "alt+/"}, Run: c.searchOutput},
		{Title: "Scroll up", Keys: []string{"pgup"}, Run: c.pageUp},
		{Title: "Scroll down", Keys: []string{"pgdown"}, Run: c.pageDown},
		{Title: "Scroll to the beginning", Keys: []string{"ctrl+home"}, Run: c.toTop},
		{Title: toEndTitle, Keys: []string{"ctrl+end"}, Run: c.toBottom},
		{Title: interruptTitle, Keys: []string{"ctrl+c"},
			Run: c.interrupt},
		{Title: "Clear the view, redraw; scrolling brings it back", Keys: []string{"ctrl+l"}, Run: c.clear},
		{Title: "Quit, if the line is empty", Keys: []string{"ctrl+d"}, Run: c.endOfInput},
		{Title: "Palette, if the line is empty", Keys: []string{":"}, Run: c.colon},
	}, c.tabActions()...)
}

// Actions implements ui.Pane.
func (c *Pane) Actions() []ui.Action { return c.actions }

// SetTheme implements ui.Pane.
func (c *Pane) SetTheme(t *ui.Theme) { c.theme = t }

// ID is the pane's name.
const ID ui.ID = "Command"

// What else than a ui.Pane it is.
var _ interface {
	ui.Pane
	ui.Typer
	ui.Grabber
	ui.Paster
	ui.Listener
	ui.Receiver
	ui.Starter
	ui.Reader
	sessions.Sessions
} = (*Pane)(nil)

// A Config is what the pane is made with.
type Config struct {
	Context   context.Context // of what is run
	Host      ui.Host
	Workspace *workspace.Workspace // whose sessions have their prompts here
	Theme     *ui.Theme
	Now       func() time.Time // by which keys are pressed soon after each other
	History   []string         // lines of earlier runs, the oldest first
	Dialect   shell.Dialect    // of a session that has not told its own yet
	// Server is the connect string of the first session, "" if there is nothing but a
	// lesson.
	Server string
	// Lesson tells whether a lesson is on the screen.
	Lesson func() bool
}

// New makes the pane, with a session that Start opens.
func New(cfg Config) *Pane {
	c := &Pane{cfg: cfg, theme: cfg.Theme, history: slices.Clone(cfg.History)}
	c.add()
	c.actions = slices.Concat(c.table(), c.listActions(), c.recallActions(), c.findActions(), c.namingActions())
	return c
}

// say has a line shown in the status line.
func (c *Pane) say(bad bool, text string) tea.Cmd {
	c.cfg.Host.Send(ui.Say{Bad: bad, Text: text})
	return nil
}

// slow is when a command is said to run: most are over before that could be read.
const slow = 300 * time.Millisecond

// Take shows an item in its session's tab.
func (c *Pane) Take(it *shell.Item) tea.Cmd {
	t := c.named(it.Shell)
	if t == nil {
		return nil // it has been closed
	}
	var cmd tea.Cmd
	switch it.Kind {
	case shell.Began:
		t.out.prompt(t.shell.FitPrompt(it.Prompt, c.w), it.Line)
	case shell.Stdout:
		t.out.put(outPlain, false, it.Text)
	case shell.Stderr:
		t.out.put(outPlain, true, it.Text)
	case shell.Watch:
		t.takeEvent(it, time.Now())
	case shell.Lost:
		t.out.put(outWatch, false, it.Shown())
	case shell.State:
		t.takeState(it)
		if t.lesson == nil && (it.Event.State == wire.StateSyncConnected || it.Event.State == wire.StateConnectedReadOnly) {
			cmd = askDialect(t) // there may have been nobody to tell it before
		}
	case shell.Done:
		return c.done(t, it)
	}
	t.fresh = t.fresh || t != c.tab() && it.Shown() != ""
	return cmd
}

// askDialect asks a tab's shell for its dialect, which may have to wait.
func askDialect(t *tab) tea.Cmd {
	return func() tea.Msg { return dialectMsg{t, t.shell.Dialect()} }
}

func (t *tab) takeState(it *shell.Item) {
	kind := outWatch
	if it.Event.State == wire.StateSyncConnected {
		kind = outState
	}
	t.out.put(kind, false, it.Shown())
	t.out.put(kind, false, it.Note)
}

// run runs a line in the tab, as if it had been typed there.
func (c *Pane) run(line string) tea.Cmd {
	return c.submit(c.tab(), workspace.Line{Text: line})
}

// put puts a line into the prompt, to be looked at before it is run.
func (c *Pane) put(line string) tea.Cmd {
	t := c.tab()
	t.leaveModes()
	t.input.Set("")
	t.input.InsertLines(line)
	c.cfg.Host.Send(ui.Focus{Pane: ID})
	return nil
}

// submit runs a line when its turn comes.
func (c *Pane) submit(t *tab, line workspace.Line) tea.Cmd {
	if strings.TrimSpace(line.Text) == "" {
		return nil
	}
	c.note(line.Text)
	t.out.follow()
	if t.lesson != nil && t.lesson.gone {
		t.later = append(t.later, line.Text)
		return nil
	}
	return c.handOver(t, line)
}

// handOver gives a line to the tab's session.
func (c *Pane) handOver(t *tab, line workspace.Line) tea.Cmd {
	line.Pauses = t.lesson != nil // the lesson looks at what it has achieved
	to := t.session
	job := to.Submit(c.cfg.Context, line)
	t.under++
	return tea.Batch(c.redrawWhile(t), func() tea.Msg {
		switch out := job.Outcome(); {
		case out.Removed:
			return removedMsg{t, to, line}
		case out.Dropped:
			return nil
		}
		return dialectMsg{t, t.shell.Dialect()}
	})
}

// removed gives a line to the session that comes next: that of a lesson's role is removed a
// moment before it is told that the lesson is laid out anew.
func (c *Pane) removed(msg removedMsg) tea.Cmd {
	t := msg.tab
	switch {
	case t.lesson == nil || !slices.Contains(c.tabs, t):
		return nil
	case t.session != msg.from:
		return c.handOver(t, msg.line)
	}
	t.later = append(t.later, msg.line.Text)
	return nil
}

// busy tells whether something runs in the tab or waits, as far as that was shown.
func (t *tab) busy() bool {
	return t.opening || t.under > 0 || t.lesson != nil && t.lesson.held != nil
}

// slowly is whether the tab has been busy for so long that it should be said.
func (t *tab) slowly() bool {
	since := t.session.State().Since
	return t.busy() && !since.IsZero() && time.Since(since) >= slow
}

// done is the end of a line.
func (c *Pane) done(t *tab, end *shell.Item) tea.Cmd {
	if end.Given != shell.GivenElsewhere {
		t.under--
	}
	if end.Code != 0 {
		t.out.failed()
	}
	switch {
	case end.Beside:
		t.out.said()
		return nil
	case t.lesson != nil:
		return c.lessonDone(t, end)
	case t.shell.Quitting() && len(c.own()) == 1:
		c.cfg.Host.Send(ui.Leave{})
		return nil
	case t.shell.Quitting():
		return c.drop(t)
	}
	return c.unknown(t, end)
}

// unknown says what zkCli does not when it has no such command: which one was
// meant, perhaps. Its list of commands may fill the pane, and hide what was typed. A
// shell that knows that somebody types says it by itself.
func (c *Pane) unknown(t *tab, end *shell.Item) tea.Cmd {
	words := shell.Split(end.Line)
	if end.Code != shell.CodeNotFound || len(words) == 0 || t.shell.Typed() {
		return nil
	}
	text := "there is no command " + words[0]
	if meant := shell.Suggest(t.dialect, words[0]); meant != "" {
		text += "; is it " + meant + "?"
	}
	return c.say(true, text)
}

// Messages of the pane's own commands.
type (
	// dialectMsg tells what a shell speaks now; asking it may have to wait.
	dialectMsg struct {
		tab     *tab
		dialect shell.Dialect
	}
	// removedMsg is a line whose session had been removed before it came there.
	removedMsg struct {
		tab  *tab
		from *workspace.Session
		line workspace.Line
	}
	redrawMsg struct{}
	// stillMsg asks whether something still runs, whose progress is to be seen.
	stillMsg struct{ tab *tab }
)

// redrawWhile draws now and then while something runs in a tab.
func (c *Pane) redrawWhile(t *tab) tea.Cmd {
	if t.drawing || !t.busy() {
		return nil
	}
	t.drawing = true
	return ui.After(slow, func(time.Time) tea.Msg { return stillMsg{t} })
}

func redrawIn(d time.Duration) tea.Cmd {
	return ui.After(d, func(time.Time) tea.Msg { return redrawMsg{} })
}

// Update implements ui.Pane.
func (c *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case stillMsg:
		msg.tab.drawing = false
		return c.redrawWhile(msg.tab)
	case dialectMsg:
		msg.tab.dialect = msg.dialect
	case removedMsg:
		return c.removed(msg)
	case completeMsg:
		return c.completed(msg)
	}
	return nil
}

// Key edits the line.
func (c *Pane) Key(k tea.KeyPressMsg) tea.Cmd {
	t := c.tab()
	before := t.input.Value
	t.input.Key(k)
	if t.input.Value != before {
		t.edited()
	}
	if t.input.Lost {
		return c.full()
	}
	return nil
}

// edited forgets what held for the line as it was.
func (t *tab) edited() {
	t.walk = nil
	t.narrow()
}

func (t *tab) leaveModes() {
	t.open, t.walk = nil, nil
}

// TakePaste puts text into the line. One line with its end behind it is run; several are
// shown, and wait for Enter.
func (c *Pane) TakePaste(text string) (cmd tea.Cmd, taken bool) {
	t := c.tab()
	switch o := t.open.(type) {
	case *finding:
		o.query.Insert(text)
		c.find(t, o.from, -1)
		return nil, true
	case *naming:
		o.input.Insert(text)
		return nil, true
	}
	t.leaveModes()
	typed, run := shell.Pasted(text)
	tail := t.input.Value[t.input.At:]
	if run {
		run = !strings.Contains(t.input.Value, "\n")
	}
	if run {
		t.input.Set(t.input.Value[:t.input.At])
	}
	if !t.input.InsertLines(typed) {
		if run {
			t.input.Value += tail
		}
		return c.tooLong(typed), true
	}
	if !run {
		return nil, true
	}
	cmd = c.enter()
	t.input.Value += tail
	return cmd, true
}

// tooLong says that a paste was not taken.
func (c *Pane) tooLong(text string) tea.Cmd {
	return c.say(true, fmt.Sprintf("a paste of %d bytes was not taken; zoosh -plain takes more", len(text)))
}

// full says that a key was not taken.
func (c *Pane) full() tea.Cmd {
	return c.say(true, fmt.Sprintf("the prompt holds %d bytes: what comes now is not taken", ui.MaxInput))
}

// enter runs what was typed, unless a word of it goes on in another line.
func (c *Pane) enter() tea.Cmd {
	t := c.tab()
	typed := t.input.Value
	t.leaveModes()
	if t.input.Lost {
		return c.say(true, fmt.Sprintf("not run, for it was cut at %d bytes; zoosh -plain takes more", len(typed)))
	}
	commands, open := shell.SplitCommands(typed)
	if open {
		if t.input.LineEnd() == len(typed) { // in the last line
			t.input.At = len(typed)
		}
		if !t.input.InsertLines("\n") {
			t.input.Lost = true
			return c.full()
		}
		return nil
	}
	t.input.Set("")
	t.out.follow()
	var cmds []tea.Cmd
	for _, command := range commands {
		cmds = append(cmds, c.submit(t, workspace.Line{Text: command}))
	}
	return tea.Batch(cmds...)
}

// Titles of actions whose keys are named in sentences.
const (
	completeTitle  = "Complete the word; next pane if there is none"
	toEndTitle     = "Scroll to the end"
	runTitle       = "Run the line"
	interruptTitle = "Interrupt the command; else clear the line; twice: quit"
)

// again is how soon a second Ctrl-C must come to leave.
const again = 2 * time.Second

func (c *Pane) interrupt() tea.Cmd {
	t := c.tab()
	t.leaveModes()
	st := t.session.State()
	switch {
	case st.Beside || !st.Since.IsZero() && (!st.Cancelled || st.Waiting > 0):
		n := t.drop()
		t.session.Cancel()
		if n > 0 {
			return c.say(false, english.CountOf(n, "line that waited is", "lines that waited are")+" not run")
		}
	case t.input.Value != "":
		t.input.Set("")
	case c.cfg.Now().Sub(c.warned) < again:
		c.cfg.Host.Send(ui.Quit{})
		return nil
	default:
		c.warned = c.cfg.Now()
		return c.say(false, c.keyOf(ui.Normal, interruptTitle)+" once more leaves zoosh; so does quit")
	}
	return nil
}

// drop gives up the lines that wait, and tells how many there were.
func (t *tab) drop() int {
	n := t.session.Drop()
	t.under -= n
	return n
}

func (c *Pane) endOfInput() tea.Cmd {
	if t := c.tab(); t.input.Value != "" {
		t.input.Key(tea.KeyPressMsg{Code: tea.KeyDelete})
		t.edited()
		return nil
	}
	return c.run("quit")
}

func (c *Pane) colon() tea.Cmd {
	t := c.tab()
	if t.input.Value == "" {
		c.cfg.Host.Send(ui.Palette{})
		return nil
	}
	t.input.Insert(":")
	t.edited()
	return nil
}

// Reads implements ui.Reader: it does while a shell looks for what a word can become.
func (c *Pane) Reads() bool {
	return slices.ContainsFunc(c.tabs, func(t *tab) bool { return t.asking })
}

// Types implements ui.Typer.
func (c *Pane) Types() bool { return true }
