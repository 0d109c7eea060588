package command

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"zoosh/shell"
	"zoosh/shell/workspace"
	"zoosh/tui/ui"
	"zoosh/tui/ui/intent"
)

// A role is what a lesson has of the prompts: a tab, once the role's first session is
// opened.
type role struct {
	name  string
	tab   *tab               // nil: there was no session yet
	gone  bool               // the session is gone, another one not there yet
	held  *intent.HoldPrompt // the line of the lesson's that keeps the tab busy
	typed *ui.Input          // what the lesson types at the prompt
}

// A cast is the roles of the lesson that is played.
type cast struct {
	roles map[string]*role
	home  *tab // what was in front before
}

// of is a role by its name.
func (c *cast) of(name string) *role {
	r := c.roles[name]
	if r == nil {
		r = &role{name: name}
		if c.roles == nil {
			c.roles = map[string]*role{}
		}
		c.roles[name] = r
	}
	return r
}

// receiveRole takes what a lesson wants of the prompts.
func (c *Pane) receiveRole(i ui.Intent) (cmd tea.Cmd, taken bool) {
	switch i := i.(type) {
	case intent.KeepFront:
		c.cast.home = c.tab()
	case intent.OpenRole:
		return c.openRole(i), true
	case intent.ClearRoles:
		c.clearRoles()
	case intent.DropRoles:
		c.dropRoles(func(r *role) bool { return !i.Gone || r.gone })
		if !i.Gone {
			c.cast.roles = nil
		}
	case intent.FrontRole:
		c.frontRole(i.Role)
	case intent.HoldPrompt:
		r := c.cast.of(i.Role)
		r.held = &i
		r.run()
		return redrawIn(slow), true
	case intent.ReleasePrompt:
		c.release(i)
	case intent.ClearPrompt:
		if t := c.cast.of(i.Role).tab; t != nil {
			t.leaveModes()
			t.out.follow()
		}
	case intent.Dictate:
		c.dictate(i)
	case intent.ClaimPrompt:
		c.freed(c.cast.of(i.Role))
	case intent.GoOn:
		r := c.cast.of(i.Role)
		if r.tab == nil {
			return nil, true
		}
		r.tab.session.GoOn()
		c.freed(r)
	default:
		return nil, false
	}
	return nil, true
}

// run has the lesson's line keep the role's tab busy.
func (r *role) run() {
	if r.tab != nil && r.held != nil {
		r.tab.session.Hold(r.held.Line, r.held.GiveUp)
	}
}

// freed tells that no line runs at a role's prompt, if that is so.
func (c *Pane) freed(r *role) {
	if r.tab == nil || r.tab.under == 0 {
		c.cfg.Host.Send(intent.PromptFree{Role: r.name})
	}
}

// release gives the prompt back that the lesson had.
func (c *Pane) release(i intent.ReleasePrompt) {
	r := c.cast.of(i.Role)
	if r.held = nil; r.tab == nil {
		return
	}
	if i.Replaced {
		r.tab.drop() // for what waits there its session is gone
	}
	r.tab.session.Release()
}

// openRole puts a session into the tab of its role.
func (c *Pane) openRole(i intent.OpenRole) tea.Cmd {
	r := c.cast.of(i.Role)
	if r.tab == nil {
		r.tab = &tab{title: ui.Flat(i.Role), number: i.Number, lesson: r}
	}
	r.gone = false
	t := r.tab
	t.takeSession(i.Session)
	if t == c.tab() {
		c.cfg.Workspace.Turn(i.Session)
	}
	t.dialect = i.Dialect
	r.run()
	if !slices.Contains(c.tabs, t) {
		c.tabs = append(c.tabs, t)
	}
	later := t.later
	t.later = nil
	var cmds []tea.Cmd
	for _, line := range later {
		cmds = append(cmds, c.handOver(t, workspace.Line{Text: line}))
	}
	return tea.Batch(cmds...)
}

// clearRoles forgets what came out of the sessions that are gone. Their tabs wait for
// the ones to come.
func (c *Pane) clearRoles() {
	for _, r := range c.cast.roles {
		t := r.tab
		if t == nil {
			continue
		}
		r.gone = true
		t.under, t.fresh = 0, false
		t.out = scrollback{}
	}
}

// dropRoles takes tabs of the lesson away. What was in front before comes back if
// nothing of the lesson is.
func (c *Pane) dropRoles(which func(r *role) bool) {
	at := c.tab()
	c.tabs = slices.DeleteFunc(c.tabs, func(t *tab) bool {
		drop := t.lesson != nil && which(t.lesson)
		if drop {
			t.drop()
			t.session.Cancel()
		}
		return drop
	})
	i := slices.Index(c.tabs, at)
	if i < 0 {
		i = max(0, slices.Index(c.tabs, c.cast.home))
	}
	c.front(i)
}

// frontRole brings a role's tab to the front.
func (c *Pane) frontRole(name string) {
	if i := slices.Index(c.tabs, c.cast.of(name).tab); i >= 0 {
		c.front(i)
	}
}

// own is the tabs that are no lesson's.
func (c *Pane) own() []*tab {
	return slices.DeleteFunc(slices.Clone(c.tabs), func(t *tab) bool { return t.lesson != nil })
}

// dictate shows what the lesson types at a prompt.
func (c *Pane) dictate(i intent.Dictate) {
	for _, r := range c.cast.roles {
		r.typed = nil
	}
	if i.Role != "" {
		in := &ui.Input{}
		in.Set(i.Text)
		c.cast.of(i.Role).typed = in
	}
}

// dictated is what the lesson types at the tab's prompt, nil if it does not.
func (t *tab) dictated() *ui.Input {
	if t.lesson == nil {
		return nil
	}
	return t.lesson.typed
}

// lessonDone is the end of a line in a role's tab. The lesson's own lines keep the tab
// busy until the lesson is done with them.
func (c *Pane) lessonDone(t *tab, it *shell.Item) tea.Cmd {
	if it.Given == shell.GivenElsewhere {
		return nil
	}
	c.cfg.Host.Send(intent.LineEnded{Role: t.lesson.name, End: *it})
	return c.unknown(t, it)
}
