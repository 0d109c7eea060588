package tree

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// A deletion asks before a znode is deleted, and says what would go with it.
type deletion struct {
	shell    *shell.Shell // whose session it was asked for
	path     string
	words    string // the command without the path
	znodes   int    // with it, as far as known
	taken    *shell.Taken
	counting bool
	stop     context.CancelFunc // of the counting
	asks     bool               // the prompt would ask, too: it is somebody's ensemble
	q        *ui.Question
}

// A takenMsg is what goes with a znode, as far as it could be read.
type takenMsg struct {
	d     *deletion
	taken *shell.Taken
}

// countWait is what the server is given for counting.
const countWait = 60 * time.Second

func (p *Pane) askDelete() tea.Cmd {
	ctx, stop := context.WithTimeout(p.cfg.Context, countWait)
	front := p.cfg.Sessions.Front()
	d := &deletion{shell: front.Shell, path: p.sel, words: p.deleteWords(), stop: stop}
	d.asks = p.cfg.Asks && !front.Lesson
	d.znodes, _ = p.tree.Below(p.sel, searchStep)
	if row, _ := p.selected(); row.Children > d.znodes {
		d.znodes = row.Children
	}
	d.znodes++
	p.cfg.Host.Send(ui.Show{Overlay: d.question(p)})
	zk := p.session()
	if zk == nil {
		stop()
		return nil
	}
	d.counting = true
	sh := d.shell
	return func() tea.Msg {
		defer stop()
		taken, _ := sh.Survey(ctx, zk, d.path) // what could not be read is said as such
		return takenMsg{d, taken}
	}
}

// takes takes what was found out into the question, if it is still asked.
func (p *Pane) takes(msg takenMsg) {
	d := msg.d
	d.counting, d.taken = false, msg.taken
	if d.asks {
		d.q.Word = msg.taken.Word()
	}
}

// question is what is asked.
func (d *deletion) question(p *Pane) *ui.Question {
	line, _ := p.commandOn(d.words, d.path)
	d.q = &ui.Question{
		Title: "Delete?", What: line, Says: d.consequence, Ended: func() { d.stop() }, Host: p.cfg.Host,
		Choices: []ui.Choice{
			{Key: "y", Label: "delete", Run: func() tea.Cmd { return d.delete(p) }},
			{Key: "p", Label: "into the prompt", Run: ui.Sends(p.cfg.Host, intent.PutLine{Line: line})},
		},
		Wait: func() string {
			if d.asks && d.counting { // it may be too much for a y
				return "it is being counted what goes with it"
			}
			return ""
		},
	}
	return d.q
}

// delete runs the command on the znode that was asked about, which may not be the
// one that is selected now.
func (d *deletion) delete(p *Pane) tea.Cmd {
	why := p.elsewhere()
	if p.cfg.Sessions.Front().Shell != d.shell {
		why = "the session in front is another one now"
	}
	if why != "" {
		return p.say(true, "nothing was deleted: "+why)
	}
	line, _ := p.commandOn(d.words, d.path)
	p.cfg.Host.Send(intent.RunLine{Line: line, Agreed: true})
	return nil
}

// consequence is what goes with the znode: in the prompt's words, once it is known.
func (d *deletion) consequence() string {
	n := english.Count(d.znodes, "znode")
	switch {
	case d.taken != nil:
		return "This deletes " + d.taken.Says() + "."
	case d.counting:
		return "This deletes " + d.path + ": " + n + " or more, being counted."
	}
	return "This deletes " + d.path + ": at least " + n + "."
}
