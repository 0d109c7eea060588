package shell

import (
	"errors"
	"iter"
	"strings"

	"zoosh/internal/session"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

var depthOption = Option{Name: "d", Arg: "depth", Desc: "how many levels below PATH"}

// treeCommands are zoosh's commands that look at whole subtrees.
var treeCommands = []Command{
	{
		Name: "tree", Run: runTree, Results: []Result{&treeLine{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[-d depth] [path]"),
		Summary: "draw the tree; ephemeral znodes are marked with *",
		Options: []Option{depthOption},
		Args:    []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "tree -d 2 /app",
	},
	{
		Name: "count", Run: runCount, Results: []Result{&treeCount{}, &countSoFar{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[-e] [path]"),
		Summary: "count the znodes at and below path",
		Options: []Option{{Name: "e", Desc: "ephemeral ones alone"}},
		Args:    []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "count /zookeeper",
	},
	{
		Name: "find", Run: runFind, Results: []Result{&foundZnode{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[options] [path]"),
		Summary: "list the znodes at and below path that meet every condition",
		Options: findOptions,
		Args:    []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "find -name 'config*' -size +0 /app",
	},
	{
		Name: "grep", Run: runGrep, Results: []Result{&match{}, znodePath(""), &matchCount{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[-i] [-F] [-l] [-c] [-d depth] pattern [path]"),
		Summary: "search the data below path for a regular expression: exit code 1 if nothing matches",
		Options: []Option{{Name: "i", Desc: "upper and lower case are the same"},
			{Name: "F", Desc: "the pattern is plain text"}, {Name: "l", Desc: "only the paths"},
			{Name: "c", Desc: "only how many lines match, for each path"}, depthOption},
		Args: []ArgKind{ArgOther, ArgPath}, MinArgs: 1, MaxArgs: 2,
		Example: "grep -i timeout /app",
	},
	{
		Name: "du", Run: runDu, Results: []Result{&treeUsage{}, &usageSoFar{}, &fatZnode{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		Usage:   always("[-d depth] [-n N] [path]"),
		Summary: "add up znodes and bytes of data, and show the fattest znodes",
		Options: []Option{{Name: "d", Arg: "depth", Desc: "how many levels get a line (default 1)"},
			{Name: "n", Arg: "N", Desc: "how many of the fattest znodes to show (default 5)"}},
		Args: []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "du -n 3 /",
	},
}

// exitUnknown is the exit code of exists and who when there was no telling.
const exitUnknown = 2

// askExists asks. A no is a failure without words.
func (c *Call) askExists() (bool, error) {
	if err := c.atMost(1); err != nil {
		return false, err
	}
	_, err := c.zk.Exists(c.ctx, c.args[0], nil)
	switch {
	case err == nil:
		return true, nil
	case isNoNode(err):
		return false, &failure{code: exitFailed}
	}
	return false, &failure{msg: errorMessage(c.dialect, err, c.zk.LastError()), code: exitUnknown}
}

// runTree draws a line a znode. Which of them is the last of its siblings is
// known from the parent, so that nothing has to wait for the end.
func runTree(c *Call) error {
	depth, err := c.treeArgs()
	if err != nil {
		return err
	}
	p := c.printer()
	defer p.flush()
	left := []int{} // of each level above, the siblings that still come
	return c.walkTree(c.pathArg(0), walk.Options{Depth: depth}, func(n *walk.Node) error {
		left = left[:n.Depth]
		var b strings.Builder
		for i := range left {
			last := i == n.Depth-1
			if last {
				left[i]--
			}
			b.WriteString(branch(last, left[i] > 0))
		}
		left = append(left, len(n.Children))
		return p.yield(&treeLine{n, b.String(), depth})
	})
}

// A treeLine is a znode in a drawing of a tree.
type treeLine struct {
	znode    *walk.Node
	branches string
	depth    int // as far as the tree is drawn
}

func (l *treeLine) text(w *textOut) {
	name := baseName(l.znode.Path)
	if l.znode.Depth == 0 {
		name = l.znode.Path
	}
	w.outln("%s%s%s", l.branches, name, mark(l.znode, l.depth))
}

func (l *treeLine) objects() iter.Seq[any] {
	return one(pathStat{l.znode.Path, statJSON(l.znode.Stat)})
}

func (c *Call) treeArgs() (depth int, err error) {
	if err := c.atMost(1); err != nil {
		return 0, err
	}
	return c.intOption("d", -1)
}

// branch is the piece of the drawing for one level: its own, or one above.
func branch(own, more bool) string {
	switch {
	case own && more:
		return "├── "
	case own:
		return "└── "
	case more:
		return "│   "
	}
	return "    "
}

// mark says of a znode what its name does not.
func mark(n *walk.Node, depth int) string {
	switch {
	case n.Denied:
		return " (may not be read)"
	case n.Ephemeral():
		return "*"
	case depth >= 0 && n.Depth == depth && len(n.Children) > 0:
		return " (" + count(len(n.Children), "znode") + " below" + ")"
	}
	return ""
}

// countTree counts what is at and below the path. A server that can counts itself. With
// an error n is how many were counted until then, -1 if counting did not begin.
func (c *Call) countTree() (n int, err error) {
	if err := c.atMost(1); err != nil {
		return -1, err
	}
	path := c.pathArg(0)
	if !c.has("e") {
		below, err := c.zk.AllChildrenNumber(c.ctx, path)
		if err == nil {
			return below + 1, nil
		}
		if !isUnsupported(err) {
			return -1, err
		}
	}
	told, seen := c.progressOf("read", 0), 0
	err = c.walkTree(path, walk.Options{Depth: -1}, func(node *walk.Node) error {
		if !c.has("e") || node.Ephemeral() {
			n++
		}
		seen++
		told(seen)
		return nil
	})
	return n, err
}

func runCount(c *Call) error {
	n, err := c.countTree()
	if givenUp(err) && n >= 0 {
		if failed := c.yield(&countSoFar{treeCount{c.pathArg(0), n}, true}); failed != nil {
			return failed
		}
	}
	if err != nil {
		return err
	}
	return c.yield(&treeCount{c.pathArg(0), n})
}

// treeCount is how many znodes are at and below a path.
type treeCount struct {
	Path   string `json:"path"`
	Znodes int    `json:"znodes"`
}

func (n *treeCount) text(w *textOut) { w.outln("%d", n.Znodes) }

func (n *treeCount) objects() iter.Seq[any] { return one(n) }

// A countSoFar is how many were counted of a tree that was given up.
type countSoFar struct {
	treeCount
	GivenUp bool `json:"givenUp"`
}

func (n *countSoFar) objects() iter.Seq[any] { return one(n) }

// isUnsupported tells of an error that says the server is too old.
func isUnsupported(err error) bool {
	var old *session.UnsupportedError
	return errors.As(err, &old) || errors.Is(err, &wire.Error{Code: wire.Unimplemented})
}
