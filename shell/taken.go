package shell

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zoosh/internal/english"
	"zoosh/internal/session"
	"zoosh/internal/walk"
)

// Taken is what a command is about to take or to overwrite, for the question before it:
// that of the prompt, of a single command and of the tree is made here.
type Taken struct {
	Server   string // what people know it as
	Path     string
	Znodes   int
	AtLeast  bool // there may be more, which could not be counted
	owners   map[int64]*ownings
	clients  clientSet
	ofItself int64 // the session that would take it
}

// Ownings are a session with ephemerals among what is taken.
type ownings struct {
	id    int64
	n     int
	paths []string // the first of them
}

// TypedFrom is how many znodes on an ensemble are still taken for a y: for more their
// parent's name is to be typed.
const TypedFrom = 1000

// Owners and names that a question has room for.
const (
	shownOwners = 4
	shownOwned  = 3
)

// clientsWait is what the servers are given to say whose the ephemerals are.
const clientsWait = 2 * time.Second

func (sh *Shell) taken(path string) *Taken {
	t := &Taken{Server: sh.Place(), Path: path, owners: map[int64]*ownings{}}
	if p := sh.Target().ProfileName; p != "" {
		t.Server = p + " (" + t.Server + ")"
	}
	if zk := sh.Session(); zk != nil {
		t.ofItself = zk.ID()
	}
	return t
}

// Survey finds out what goes with the znode at path. It reads on zk, which may be
// another session on the shell's server. What could not be counted is AtLeast.
func (sh *Shell) Survey(ctx context.Context, zk *session.Session, path string) (*Taken, error) {
	t := sh.taken(path)
	skipped, err := walk.Walk(ctx, zk, path, walk.Options{Depth: -1}, func(n *walk.Node) error {
		t.Znodes++
		if n.Ephemeral() {
			t.owns(n.Stat.EphemeralOwner, n.Path)
		}
		return nil
	})
	t.AtLeast = err != nil || skipped.Denied > 0
	t.meet(ctx, sh)
	return t, err
}

// takes counts what is going to be deleted.
func (c *Call) takes(path string, all []doomed) *Taken {
	t := c.sh.taken(path)
	t.Znodes = len(all)
	for _, d := range slices.Backward(all) { // parents first, as people read them
		if d.owner != 0 {
			t.owns(d.owner, d.path)
		}
	}
	t.meet(c.ctx, c.sh)
	return t
}

func (t *Taken) owns(id int64, path string) {
	o := t.owners[id]
	if o == nil {
		o = &ownings{id: id}
		t.owners[id] = o
	}
	if o.n++; len(o.paths) < shownOwned {
		o.paths = append(o.paths, path)
	}
}

// meet asks whose sessions they are that own something, if the servers tell.
func (t *Taken) meet(ctx context.Context, sh *Shell) {
	if len(t.owners) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, clientsWait)
	defer cancel()
	t.clients, _ = (&Call{ctx: ctx, sh: sh}).clients()
}

// Says is what is taken, in a sentence without its verb: path, server, how many znodes,
// which ephemerals, and whose those are.
func (t *Taken) Says() string {
	n := english.Count(t.Znodes, "znode")
	if t.AtLeast {
		n = "at least " + n
	}
	return fmt.Sprintf("%s on %s: %s%s", t.Path, t.Server, n, t.ephemerals())
}

// ephemerals names those that are taken, by the sessions that own most.
func (t *Taken) ephemerals() string {
	var all []*ownings
	n := 0
	for _, o := range t.owners {
		all, n = append(all, o), n+o.n
	}
	if n == 0 {
		return ""
	}
	slices.SortFunc(all, func(a, b *ownings) int { return cmp.Or(b.n-a.n, cmp.Compare(uint64(a.id), uint64(b.id))) })
	var each []string
	for _, o := range all[:min(len(all), shownOwners)] {
		paths := strings.Join(o.paths, ", ")
		if o.n > len(o.paths) {
			paths += fmt.Sprintf(" and %d more", o.n-len(o.paths))
		}
		whose := "session " + t.clients.name(o.id)
		if o.id == t.ofItself {
			whose = "this session"
		}
		each = append(each, paths+" of "+whose)
	}
	text := fmt.Sprintf(", %d of them ephemeral: %s", n, strings.Join(each, "; "))
	if more := len(all) - len(each); more > 0 {
		text += "; and those of " + english.Count(more, "other session")
	}
	return text
}

// Word is what has to be typed before so much is taken from an ensemble: the last part
// of the path; "" if a y will do.
func (t *Taken) Word() string {
	if t.Znodes <= TypedFrom && !t.AtLeast {
		return ""
	}
	return baseName(t.Path)
}
