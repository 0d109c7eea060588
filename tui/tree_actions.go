package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/internal/livetree"
	"zoosh/shell"
)

// treeActions are what the keys do in the tree. What is done to a znode is a
// zkCli command in the tab in front: it runs there for everybody to see, or, with
// Shift, is put into the prompt.
var treeActions = append([]action{
	{title: "Next pane", in: paneTree, keys: []string{"tab"}, run: func(m *Model) tea.Cmd { return m.focusNext(1) }},
	{title: "Up", in: paneTree, keys: []string{"up", "k"}, run: treeMove(func(*treePane) int { return -1 })},
	{title: "Down", in: paneTree, keys: []string{"down", "j"}, run: treeMove(func(*treePane) int { return 1 })},
	{title: "A page up", in: paneTree, keys: []string{"pgup"}, run: treeMove(func(p *treePane) int { return -p.room() })},
	{title: "A page down", in: paneTree, keys: []string{"pgdown", "space"}, run: treeMove(func(p *treePane) int { return p.room() })},
	{title: "To the root", in: paneTree, keys: []string{"home"}, run: treeMove(func(p *treePane) int { return -p.at })},
	{title: "To the last row", in: paneTree, keys: []string{"end"}, run: treeMove(func(p *treePane) int { return p.tree.Len() })},
	{title: "Open or shut", short: "open", in: paneTree, keys: []string{"enter"}, run: onTree((*treePane).toggle)},
	{title: "Open, then go in", in: paneTree, keys: []string{"right"}, run: onTree((*treePane).inward)},
	{title: "Shut, then go out", in: paneTree, keys: []string{"left"}, run: onTree((*treePane).outward)},
	{title: "Find by name", short: "find", in: paneTree, keys: []string{"/"}, run: onTree((*treePane).startFind)},
	{title: "Find the next", in: paneTree, keys: []string{"n"}, run: onTree(func(p *treePane) tea.Cmd { return p.findAgain(1) }), off: nothingSought},
	{title: "Find the previous", in: paneTree, keys: []string{"N"}, run: onTree(func(p *treePane) tea.Cmd { return p.findAgain(-1) }), off: nothingSought},
	{title: "Read again", in: paneTree, keys: []string{"r"}, run: onTree((*treePane).reload), off: treeOff},
	{title: "The tree of this tab's server", short: "tab's server", in: paneTree, keys: []string{"o"}, run: onTree((*treePane).follow), when: ofAnother},
	{title: "Path into the prompt", short: "path", in: paneTree, keys: []string{"y", "alt+enter"}, run: onTree((*treePane).yank), off: nothingSelected},
	{title: "create a znode below", short: "create", in: paneTree, keys: []string{"c", "C"}, writes: true, run: onTree((*treePane).create), off: nothingSelected},
	{title: "set its data", short: "set", in: paneTree, keys: []string{"s", "S"}, writes: true, run: treePut("set", " "), off: nothingSelected},
	{title: "delete", short: "delete", in: paneTree, keys: []string{"d", "delete"}, writes: true, run: onTree((*treePane).askDelete), off: cannotDelete},
	{title: "delete: into the prompt", in: paneTree, keys: []string{"D"}, writes: true, run: onTree(func(p *treePane) tea.Cmd { return p.put(p.deleteWords(), "") }), off: cannotDelete},
}, treeCommands()...)

// treeCommands are the keys that run a command on the znode, and with Shift put
// it into the prompt.
func treeCommands() []action {
	var out []action
	for _, c := range []struct{ key, words, title, short string }{
		{"g", "get", "get its data", "get"},
		{"t", "stat", "stat", "stat"},
		{"l", "ls -w", "ls -w: list and watch its children", "ls -w"},
		{"w", "get -w", "get -w: watch its data", "watch"},
	} {
		out = append(out,
			action{title: c.title, short: c.short, in: paneTree, keys: []string{c.key}, run: treeRun(c.words), off: cannotRun},
			action{title: c.words + ": into the prompt", in: paneTree, keys: []string{strings.ToUpper(c.key)}, run: treePut(c.words, ""), off: nothingSelected})
	}
	return out
}

func onTree(do func(p *treePane) tea.Cmd) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return do(m.tree) }
}

// treeMove moves the selection by as many rows as by says.
func treeMove(by func(p *treePane) int) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.tree.sought = "" // somebody knows better where to go
		return m.tree.choose(m.tree.at + by(m.tree))
	}
}

func treeRun(words string) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return m.tree.run(words) }
}

func treePut(words, behind string) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return m.tree.put(words, behind) }
}

// ofAnother tells whether the tree is of another server than the prompt.
func ofAnother(m *Model) bool {
	return m.tree.server != "" && m.tree.server != m.command.tab().shell.ConnectString()
}

// Why actions cannot be done.

func nothingSelected(m *Model) string {
	p := m.tree
	switch _, typable := p.command(""); {
	case !p.tree.Has(p.sel):
		return "nothing is selected"
	case !typable:
		return "zkCli's prompt cannot express this path"
	}
	return ""
}

// elsewhere says why a znode of the tree must not be touched through the session
// of the prompt: that one may be on another server by now, with a znode of the
// same name.
func elsewhere(m *Model) string {
	t := m.command.tab()
	switch {
	case t.shell.Session() == nil:
		return "the session of the prompt is not open"
	case t.running != nil || len(t.queue) > 0:
		return "a command runs at the prompt"
	case m.tree.server != t.shell.ConnectString():
		return "the tree is of " + m.cfg.Shell.PlaceOf(m.tree.server) + ", the prompt is not: o lets the tree follow"
	}
	return ""
}

func cannotRun(m *Model) string {
	if why := elsewhere(m); why != "" {
		return why
	}
	return nothingSelected(m)
}

func cannotDelete(m *Model) string {
	if m.tree.sel == "/" {
		return "the root stays"
	}
	return cannotRun(m)
}

func treeOff(m *Model) string {
	if m.tree.link.get() == nil {
		return "the tree is not connected"
	}
	return ""
}

func nothingSought(m *Model) string {
	if m.tree.found == "" {
		return "nothing has been looked for yet"
	}
	return ""
}

// run runs a command on the znode at the prompt.
func (p *treePane) run(words string) tea.Cmd {
	line, _ := p.command(words)
	return p.m.command.run(line)
}

// put puts a command into the prompt, to be looked at or gone on with.
func (p *treePane) put(words, behind string) tea.Cmd {
	line, _ := p.command(words)
	return p.m.command.put(line + behind)
}

// create puts the path of a child without a name into the prompt. A path with
// blanks gets its closing quote by hand, behind the name.
func (p *treePane) create() tea.Cmd {
	below := p.sel
	if below != "/" {
		below += "/"
	}
	quoted, _ := shell.Quote(below)
	return p.m.command.put("create " + strings.TrimSuffix(quoted, closingQuote(below, quoted)))
}

// closingQuote is the quote at the end of a quoted word.
func closingQuote(plain, quoted string) string {
	if quoted == plain {
		return ""
	}
	return quoted[len(quoted)-1:]
}

// yank puts the path behind what stands at the prompt.
func (p *treePane) yank() tea.Cmd {
	quoted, _ := shell.Quote(p.sel)
	line := p.m.command.tab().input.Text()
	if line != "" && !strings.HasSuffix(line, " ") {
		line += " "
	}
	return p.m.command.put(line + quoted)
}

func (p *treePane) toggle() tea.Cmd {
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
func (p *treePane) inward() tea.Cmd {
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
func (p *treePane) outward() tea.Cmd {
	row, ok := p.selected()
	if ok && row.Open && row.Children > 0 {
		p.collapse(p.sel)
		return p.settle()
	}
	if i := p.tree.Index(parentOf(p.sel)); i >= 0 {
		return p.choose(i)
	}
	return nil
}

// reload reads the znode and the names below it again.
func (p *treePane) reload() tea.Cmd {
	if row, ok := p.selected(); ok && (row.Open || row.Loaded) {
		p.tree.Reload(p.sel)
		p.want(p.sel)
	} else {
		p.tree.Apply([]livetree.Change{{Kind: livetree.Stale, Path: p.sel}}, time.Now())
	}
	return tea.Batch(p.settle(), p.m.node.reread())
}

// deleteWords is the command that deletes the znode.
func (p *treePane) deleteWords() string {
	if row, _ := p.selected(); row.Children != 0 {
		return "deleteall"
	}
	return "delete"
}
