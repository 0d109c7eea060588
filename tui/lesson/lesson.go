// Package lesson is the pane that tells what a lesson tells, and how that stands, with the
// list of the lessons and the keys that begin one. It is there while a lesson plays. What
// is asked of the lesson it tells the walkthrough's Player, and draws what that shows;
// what the lesson wants told comes as intents (roles.Arrive, roles.Report and the like).
package lesson

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/prose"
	"zoosh/internal/session"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/walkthrough"
)

// Config is what the pane is made with.
type Config struct {
	Player *walkthrough.Player
	Host   ui.Host
	Theme  *ui.Theme
	ID     ui.ID // the pane's own
	Prompt ui.ID // the pane where a role's lines are typed
	// Language is the lessons': roles.English or roles.Chinese.
	Language string
	// OwnServer: lessons play on a server of their own, which is another one than the user's.
	OwnServer bool
	// Finished is the lessons that were finished in earlier runs.
	Finished []string
	// Finish is told each lesson that is finished, in the words of Finished, beside the
	// screen; nil if nobody wants to know.
	Finish func(lesson string)
}

// Pane is the lesson.
type Pane struct {
	cfg      Config
	w, h     int
	top      int
	last     bool // the end is in view, whatever comes
	told     told
	finished []string

	actions []ui.Action
}

// told is a narration that was laid out: it stays the same for many frames.
type told struct {
	text string
	w    int
	rows []prose.Line
}

// New makes the pane.
func New(cfg Config) *Pane {
	p := &Pane{cfg: cfg, finished: slices.Clone(cfg.Finished)}
	p.actions = p.table()
	return p
}

// Here implements ui.Guest.
func (p *Pane) Here() bool { return p.cfg.Player.Playing() }

// Height implements ui.Measurer.
func (p *Pane) Height(rows int) int {
	switch state := p.cfg.Player.State(); {
	case rows >= 30:
		return 12
	case state != nil && state.Turn():
		return ui.Between(7, rows/2, 11)
	}
	return ui.Between(7, rows*5/11, 10)
}

// Receive implements ui.Receiver.
func (p *Pane) Receive(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.PlayLesson:
		return p.play(i.Lesson, walkthrough.Options{Turn: i.Turn, Stage: i.Lesson.Name == wholeSession}), true
	case intent.ShowLessons:
		return p.showLessons(), true
	case roles.Effect:
		return p.tell(i), true
	}
	return p.cfg.Player.Receive(i)
}

// tell tells what the lesson wants told.
func (p *Pane) tell(ef roles.Effect) tea.Cmd {
	switch ef := ef.(type) {
	case roles.Arrive: // the beginning of what the step tells, or the end where that is what is asked
		p.top, p.last = 0, p.cfg.Player.Playing() && p.cfg.Player.State().Yours()
	case roles.Report:
		if ef.Yours {
			p.say(p.praise(ef.Anew))
		}
	case roles.TellMissing:
		p.last = true
		p.say("") // what is said may praise the try before
	case roles.TellHint:
		p.last = true
	case roles.TellOver:
		p.say(p.keyed(p.words().pressEnd))
	case roles.Finish:
		return p.finish()
	}
	return nil
}

// praise says that the student has done a step.
func (p *Pane) praise(anew bool) string {
	if anew {
		return p.words().passed + " " + p.words().anew
	}
	return p.words().passed
}

func (p *Pane) say(text string) { p.cfg.Host.Send(ui.Say{Text: text}) }

// play plays a lesson in place of the one that is played now.
func (p *Pane) play(l *roles.Lesson, o walkthrough.Options) tea.Cmd {
	p.top, p.last = 0, false
	cmd := p.cfg.Player.Play(l, o)
	if p.cfg.OwnServer { // the user's own is not touched, and comes back
		p.say("this plays on a server of its own: " + p.key(leaveTitle) + " leaves, and all is as it was")
	}
	return cmd
}

// Take implements ui.Listener.
func (p *Pane) Take(it *shell.Item) tea.Cmd { return p.cfg.Player.Take(it) }

// Reach implements ui.Reacher.
func (p *Pane) Reach(server string) (at session.Target, ok bool) { return p.cfg.Player.Reach(server) }

// Clean implements ui.Cleaner.
func (p *Pane) Clean() error { return p.cfg.Player.Clean() }

// Update implements ui.Pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd { return p.cfg.Player.Update(msg) }

// Resize implements ui.Pane.
func (p *Pane) Resize(w, h int) { p.w, p.h = w, h }

// SetTheme implements ui.Pane.
func (p *Pane) SetTheme(t *ui.Theme) { p.cfg.Theme = t }

// Mode implements ui.Pane.
func (p *Pane) Mode() ui.Mode { return ui.Normal }

// Key implements ui.Pane.
func (p *Pane) Key(tea.KeyPressMsg) tea.Cmd { return nil }

// Click implements ui.Pane.
func (p *Pane) Click(int, int) tea.Cmd { return nil }

// Wheel implements ui.Pane.
func (p *Pane) Wheel(delta int) { p.top, p.last = p.top+delta, false }

// Cursor implements ui.Pane.
func (p *Pane) Cursor() (x, y int, shown bool) { return 0, 0, false }
