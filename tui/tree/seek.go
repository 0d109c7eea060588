package tree

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"zoosh/tui/ui/znode"
)

// reveal selects the znode at path, and opens what is above it.
func (p *Pane) reveal(path string) tea.Cmd {
	p.sought, p.doubt = path, doubt{}
	return p.seek()
}

// A doubt is that a znode may have children that are not known yet: they are read
// again.
type doubt struct {
	of    string
	since time.Time
}

// seek goes on with reveal as far as the tree is known: what is missing is on its
// way.
func (p *Pane) seek() tea.Cmd {
	if p.sought == "" {
		return nil
	}
	for end := 1; end < len(p.sought); end++ {
		if p.sought[end] != '/' && end > 1 {
			continue
		}
		above := p.sought[:end] // "/" first, and then all ancestors
		row, there := p.tree.Get(above, time.Now())
		if !there {
			return nil
		}
		if row.Err != nil && !row.Loaded && !row.Loading {
			p.sought = ""
			return p.say(true, above+": "+znode.ErrorName(row.Err))
		}
		p.expand(above)
		switch {
		case row.Loading || !row.Loaded || p.tree.Has(p.stepBelow(above)):
		case p.doubt.of != above: // news of it may be on its way
			p.doubt = doubt{above, time.Now()}
			p.tree.Reload(above)
			p.want(above)
			return nil
		case row.Asked.Before(p.doubt.since):
			return nil // the answer to that is still to come
		default:
			return p.missing()
		}
	}
	i := p.tree.Index(p.sought)
	if i < 0 {
		return nil
	}
	p.sought = ""
	p.top = i - p.room()/2
	return p.choose(i)
}

// stepBelow is the path one level below above that leads to what is sought.
func (p *Pane) stepBelow(above string) string {
	from := len(above) + 1
	if above == "/" {
		from = 1
	}
	for i := from; i < len(p.sought); i++ {
		if p.sought[i] == '/' {
			return p.sought[:i]
		}
	}
	return p.sought
}

func (p *Pane) missing() tea.Cmd {
	path := p.sought
	p.sought = ""
	return p.say(true, "there is no "+path)
}
