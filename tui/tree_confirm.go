package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/session"
)

// treeConfirm asks before a znode is deleted, and says what would go with it.
type treeConfirm struct {
	tab        *tab // whose session it was asked for
	path       string
	words      string // the command without the path
	znodes     int    // below it, as far as known
	ephemerals int    // of them, as far as their stats were read
	all        bool   // znodes is what the server counted
	counting   bool
}

// treeBelowMsg is what the server counted below a znode.
type treeBelowMsg struct {
	path string
	n    int
	err  error
}

// countWait is what the server is given for counting.
const countWait = 5 * time.Second

func (p *treePane) askDelete() tea.Cmd {
	o := &treeConfirm{tab: p.m.command.tab(), path: p.sel, words: p.deleteWords()}
	o.znodes, o.ephemerals = p.tree.Below(p.sel, treeStep)
	if row, _ := p.selected(); row.Children > o.znodes {
		o.znodes = row.Children
	}
	p.m.overlay = o
	zk := p.session()
	if o.words == "delete" || zk == nil {
		return nil
	}
	o.counting = true
	return countBelow(p.m.ctx, zk, p.sel)
}

func countBelow(ctx context.Context, zk *session.Session, path string) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, countWait)
		defer cancel()
		n, err := zk.AllChildrenNumber(ctx, path)
		return treeBelowMsg{path, n, err}
	}
}

// below takes the server's count into the question, if it is still asked.
func (p *treePane) below(msg treeBelowMsg) {
	o, ok := p.m.overlay.(*treeConfirm)
	if !ok || o.path != msg.path {
		return
	}
	o.counting = false
	if msg.err == nil {
		o.znodes, o.all = msg.n, true
	}
}

func (o *treeConfirm) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "y", "Y":
		m.overlay = nil
		return o.delete(m)
	case "p", "P":
		m.overlay = nil
		line, _ := m.tree.commandOn(o.words, o.path)
		return m.command.put(line)
	case "n", "N", "esc", "ctrl+c", "q", "enter":
		m.overlay = nil
	}
	return nil
}

// delete runs the command on the znode that was asked about, which may not be the
// one that is selected now.
func (o *treeConfirm) delete(m *Model) tea.Cmd {
	why := elsewhere(m)
	if m.command.tab() != o.tab {
		why = "the session in front is another one now"
	}
	if why != "" {
		return m.say(true, "nothing was deleted: "+why)
	}
	line, _ := m.tree.commandOn(o.words, o.path)
	m.command.tab().agreed = line
	return m.command.run(line)
}

func (o *treeConfirm) paste(*Model, string) tea.Cmd { return nil }

func (o *treeConfirm) mouse(m *Model, msg tea.MouseMsg) tea.Cmd {
	if _, pressed := msg.(tea.MouseClickMsg); pressed {
		m.overlay = nil
	}
	return nil
}

func (o *treeConfirm) cursor() (x, y int, shown bool) { return 0, 0, false }

func (o *treeConfirm) box(m *Model, w, h int) []string {
	line, _ := m.tree.commandOn(o.words, o.path)
	choices := []choice{{key: "y", label: "delete"}, {key: "p", label: "into the prompt"}}
	return m.theme.questionBox("Delete?", line, o.consequence(), choices, w, h)
}

// consequence is what goes with the znode.
func (o *treeConfirm) consequence() string {
	if o.words == "delete" {
		return "It has no children."
	}
	text := "With it goes what is below: "
	switch {
	case o.all:
		text += counted(o.znodes, "znode", "znodes")
	case o.counting:
		text += fmt.Sprintf("%s and more, being counted", counted(o.znodes, "znode", "znodes"))
	case o.znodes > 0:
		text += fmt.Sprintf("at least %s", counted(o.znodes, "znode", "znodes"))
	default:
		text += "how much is not known"
	}
	if o.ephemerals > 0 {
		text += ", of which at least " + counted(o.ephemerals, "is", "are") + " ephemeral"
	}
	return text + "."
}
