package tree

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/shell"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
	"zoosh/tui/ui/znode"
)

// table is what the keys do in the tree. What is done to a znode is a
// zkCli command in the tab in front: it runs there for everybody to see, or, with
// Shift, is put into the prompt.
func (p *Pane) table() []ui.Action {
	return append([]ui.Action{
		{Title: "Next pane", Keys: []string{"tab"}, Run: ui.Sends(p.cfg.Host, ui.NextPane{By: 1})},
		{Title: "Up", Keys: []string{"up", "k"}, Run: p.moves(func() int { return -1 })},
		{Title: "Down", Keys: []string{"down", "j"}, Run: p.moves(func() int { return 1 })},
		{Title: "A page up", Keys: []string{"pgup"}, Run: p.moves(func() int { return -p.room() })},
		{Title: "A page down", Keys: []string{"pgdown", "space"}, Run: p.moves(func() int { return p.room() })},
		{Title: "To the root", Keys: []string{"home"}, Run: p.moves(func() int { return -p.at })},
		{Title: "To the last row", Keys: []string{"end"}, Run: p.moves(func() int { return p.tree.Len() })},
		{Title: "Open or shut", Short: "open", Keys: []string{"enter"}, Run: p.toggle},
		{Title: "Open, then go in", Keys: []string{"right"}, Run: p.inward},
		{Title: "Shut, then go out", Keys: []string{"left"}, Run: p.outward},
		{Title: "Find by name", Short: "find", Keys: []string{"/"}, Run: p.startFind},
		{Title: "Find the next", Keys: []string{"n"}, Run: func() tea.Cmd { return p.findAgain(1) }, Off: p.nothingSought},
		{Title: "Find the previous", Keys: []string{"N"}, Run: func() tea.Cmd { return p.findAgain(-1) }, Off: p.nothingSought},
		{Title: "Read again", Keys: []string{"r"}, Run: p.reload, Off: p.off},
		{Title: FollowTitle, Short: "tab's server", Keys: []string{"o"}, Run: p.follow, When: p.ofAnother},
		{Title: "Path into the prompt", Short: "path", Keys: []string{"y", "alt+enter"}, Run: p.yank, Off: p.nothingSelected},
		{Title: "create a znode below", Short: "create", Keys: []string{"c", "C"}, Writes: true, Run: p.create, Off: p.nothingSelected},
		{Title: "set its data", Short: "set", Keys: []string{"s", "S"}, Writes: true, Run: p.puts("set", " "), Off: p.nothingSelected},
		{Title: "delete", Short: "delete", Keys: []string{"d", "delete"}, Writes: true, Run: p.askDelete, Off: p.cannotDelete},
		{Title: "delete: into the prompt", Keys: []string{"D"}, Writes: true, Run: func() tea.Cmd { return p.put(p.deleteWords(), "") }, Off: p.cannotDelete},
	}, p.commands()...)
}

// commands are the keys that run a command on the znode, and with Shift put it into
// the prompt.
func (p *Pane) commands() []ui.Action {
	var out []ui.Action
	for _, c := range []struct{ key, words, title, short string }{
		{"g", "get", "get its data", "get"},
		{"t", "stat", "stat", "stat"},
		{"l", "ls -w", "ls -w: list and watch its children", "ls -w"},
		{"w", "get -w", "get -w: watch its data", "watch"},
	} {
		out = append(out,
			ui.Action{Title: c.title, Short: c.short, Keys: []string{c.key}, Run: p.runs(c.words), Off: p.cannotRun},
			ui.Action{Title: c.words + ": into the prompt", Keys: []string{strings.ToUpper(c.key)}, Run: p.puts(c.words, ""), Off: p.nothingSelected})
	}
	return out
}

// Actions implements ui.Pane.
func (p *Pane) Actions() []ui.Action { return p.actions }

// moves makes an action that moves the selection by so many rows.
func (p *Pane) moves(by func() int) func() tea.Cmd {
	return func() tea.Cmd {
		p.sought = "" // somebody knows better where to go
		return p.choose(p.at + by())
	}
}

func (p *Pane) runs(words string) func() tea.Cmd {
	return func() tea.Cmd { return p.run(words) }
}

func (p *Pane) puts(words, behind string) func() tea.Cmd {
	return func() tea.Cmd { return p.put(words, behind) }
}

// ofAnother tells whether the tree is of another server than the prompt.
func (p *Pane) ofAnother() bool {
	return p.server != "" && p.server != p.cfg.Sessions.Front().Shell.ConnectString()
}

// Why actions cannot be done.

func (p *Pane) nothingSelected() string {
	switch _, typable := p.command(""); {
	case !p.tree.Has(p.sel):
		return "nothing is selected"
	case !typable:
		return "zkCli's prompt cannot express this path"
	}
	return ""
}

// elsewhere says why a znode of the tree must not be touched through the session of the
// prompt, "" if it may be.
func (p *Pane) elsewhere() string {
	return znode.Elsewhere(p.cfg.Sessions.Front(), p.server, p.cfg.Place(p.server), p.followKey())
}

// followKey is the key that lets the tree follow the prompt.
func (p *Pane) followKey() string { return ui.KeyIn(p.actions, ui.Normal, FollowTitle) }

// FollowTitle is the action that has the tree follow the prompt to another server.
const FollowTitle = "The tree of this tab's server"

func (p *Pane) cannotRun() string {
	if why := p.elsewhere(); why != "" {
		return why
	}
	return p.nothingSelected()
}

func (p *Pane) cannotDelete() string {
	if p.sel == "/" {
		return "the root stays"
	}
	return p.cannotRun()
}

func (p *Pane) off() string {
	if p.link.get() == nil {
		return "the tree is not connected"
	}
	return ""
}

func (p *Pane) nothingSought() string {
	if p.found == "" {
		return "nothing has been looked for yet"
	}
	return ""
}

// run runs a command on the znode at the prompt.
func (p *Pane) run(words string) tea.Cmd {
	line, _ := p.command(words)
	p.cfg.Host.Send(intent.RunLine{Line: line})
	return nil
}

// put puts a command into the prompt, to be looked at or gone on with.
func (p *Pane) put(words, behind string) tea.Cmd {
	line, _ := p.command(words)
	p.cfg.Host.Send(intent.PutLine{Line: line + behind})
	return nil
}

// create puts the path of a child without a name into the prompt. A path with
// blanks gets its closing quote by hand, behind the name.
func (p *Pane) create() tea.Cmd {
	below := p.sel
	if below != "/" {
		below += "/"
	}
	quoted, _ := shell.Quote(below)
	p.cfg.Host.Send(intent.PutLine{Line: "create " + strings.TrimSuffix(quoted, closingQuote(below, quoted))})
	return nil
}

// closingQuote is the quote at the end of a quoted word.
func closingQuote(plain, quoted string) string {
	if quoted == plain {
		return ""
	}
	return quoted[len(quoted)-1:]
}

// yank puts the path behind what stands at the prompt.
func (p *Pane) yank() tea.Cmd {
	quoted, _ := shell.Quote(p.sel)
	p.cfg.Host.Send(intent.InsertWord{Word: quoted})
	return nil
}

func (p *Pane) toggle() tea.Cmd {
	row, ok := p.selected()
	switch {
	case !ok:
	case row.Open && row.Err == nil:
		p.collapse(p.sel)
	default:
		p.expand(p.sel)
	}
	return p.settle()
}

// inward opens the znode, or goes to its first child.
func (p *Pane) inward() tea.Cmd {
	row, ok := p.selected()
	if !ok {
		return nil
	}
	if !row.Open || row.Err != nil {
		p.expand(p.sel)
		return p.settle()
	}
	if next, _ := p.tree.Row(p.at+1, time.Now()); next.Depth > row.Depth {
		return p.choose(p.at + 1)
	}
	return nil
}

// outward shuts the znode, or goes to the one above.
func (p *Pane) outward() tea.Cmd {
	row, ok := p.selected()
	if ok && row.Open && row.Children > 0 {
		p.collapse(p.sel)
		return p.settle()
	}
	if i := p.tree.Index(znode.Parent(p.sel)); i >= 0 {
		return p.choose(i)
	}
	return nil
}

// reload reads the znode and the names below it again.
func (p *Pane) reload() tea.Cmd {
	if row, ok := p.selected(); ok && (row.Open || row.Loaded) {
		p.tree.Reload(p.sel)
		p.want(p.sel)
	} else {
		p.tree.Apply([]livetree.Change{{Kind: livetree.Stale, Path: p.sel}}, time.Now())
	}
	p.cfg.Host.Send(intent.Changed{})
	return p.settle()
}

// deleteWords is the command that deletes the znode.
func (p *Pane) deleteWords() string {
	if row, _ := p.selected(); row.Children != 0 {
		return "deleteall"
	}
	return "delete"
}
