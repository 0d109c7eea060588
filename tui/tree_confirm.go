package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/english"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// treeConfirm asks before a znode is deleted, and says what would go with it.
type treeConfirm struct {
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

// treeTakenMsg is what goes with a znode, as far as it could be read.
type treeTakenMsg struct {
	o     *treeConfirm
	taken *shell.Taken
}

// countWait is what the server is given for counting.
const countWait = 60 * time.Second

func (p *treePane) askDelete() tea.Cmd {
	ctx, stop := context.WithTimeout(p.cfg.Context, countWait)
	front := p.cfg.Sessions.Front()
	o := &treeConfirm{shell: front.Shell, path: p.sel, words: p.deleteWords(), stop: stop}
	o.asks = p.cfg.Asks && !front.Lesson
	o.znodes, _ = p.tree.Below(p.sel, treeStep)
	if row, _ := p.selected(); row.Children > o.znodes {
		o.znodes = row.Children
	}
	o.znodes++
	p.cfg.Host.Send(ui.Show{Overlay: o.question(p)})
	zk := p.session()
	if zk == nil {
		stop()
		return nil
	}
	o.counting = true
	sh := o.shell
	return func() tea.Msg {
		defer stop()
		taken, _ := sh.Survey(ctx, zk, o.path) // what could not be read is said as such
		return treeTakenMsg{o, taken}
	}
}

// takes takes what was found out into the question, if it is still asked.
func (p *treePane) takes(msg treeTakenMsg) {
	o := msg.o
	o.counting, o.taken = false, msg.taken
	if o.asks {
		o.q.Word = msg.taken.Word()
	}
}

// question is what is asked.
func (o *treeConfirm) question(p *treePane) *ui.Question {
	line, _ := p.commandOn(o.words, o.path)
	o.q = &ui.Question{
		Title: "Delete?", What: line, Says: o.consequence, Ended: func() { o.stop() }, Host: p.cfg.Host,
		Choices: []ui.Choice{
			{Key: "y", Label: "delete", Run: func() tea.Cmd { return o.delete(p) }},
			{Key: "p", Label: "into the prompt", Run: ui.Sends(p.cfg.Host, intent.PutLine{Line: line})},
		},
		Wait: func() string {
			if o.asks && o.counting { // it may be too much for a y
				return "it is being counted what goes with it"
			}
			return ""
		},
	}
	return o.q
}

// delete runs the command on the znode that was asked about, which may not be the
// one that is selected now.
func (o *treeConfirm) delete(p *treePane) tea.Cmd {
	why := p.elsewhere()
	if p.cfg.Sessions.Front().Shell != o.shell {
		why = "the session in front is another one now"
	}
	if why != "" {
		return p.say(true, "nothing was deleted: "+why)
	}
	line, _ := p.commandOn(o.words, o.path)
	p.cfg.Host.Send(intent.RunLine{Line: line, Agreed: true})
	return nil
}

// consequence is what goes with the znode: in the prompt's words, once it is known.
func (o *treeConfirm) consequence() string {
	n := english.Count(o.znodes, "znode")
	switch {
	case o.taken != nil:
		return "This deletes " + o.taken.Says() + "."
	case o.counting:
		return "This deletes " + o.path + ": " + n + " or more, being counted."
	}
	return "This deletes " + o.path + ": at least " + n + "."
}
