package shell

import (
	"cmp"
	"iter"
	"slices"

	"zoosh/internal/walk"
)

// usage is what a subtree takes, as JSON has it.
type treeUsage struct {
	Path       string `json:"path"`
	Znodes     int    `json:"znodes"`
	Ephemerals int    `json:"ephemerals"`
	Bytes      int64  `json:"bytes"` // of data
	depth      int
}

func (u *treeUsage) text(w *textOut) { w.outln("%10d %12d  %s", u.Znodes, u.Bytes, u.Path) }

func (u *treeUsage) objects() iter.Seq[any] { return one(u) }

func (u *treeUsage) add(o *treeUsage) {
	u.Znodes += o.Znodes
	u.Ephemerals += o.Ephemerals
	u.Bytes += o.Bytes
}

// A usageSoFar is what was added up of a subtree in a tree that was given up.
type usageSoFar struct {
	treeUsage
	GivenUp bool `json:"givenUp"`
}

func (u *usageSoFar) objects() iter.Seq[any] { return one(u) }

// fatZnode is one of the znodes with the most data, as JSON has it.
type fatZnode struct {
	Path  string `json:"path"`
	Bytes int64  `json:"dataLength"`
}

func (f *fatZnode) text(w *textOut) { w.outln("%23d  %s", f.Bytes, f.Path) }

func (f *fatZnode) objects() iter.Seq[any] { return one(f) }

// duDepth and duFattest are the defaults of du's options.
const (
	duDepth   = 1
	duFattest = 5
)

// runDu prints a line for each subtree as soon as it is added up, the whole at
// the end, as du does, and behind it the fattest znodes.
func runDu(c *Call) error {
	if err := c.atMost(1); err != nil {
		return err
	}
	depth, err := c.intOption("d", duDepth)
	if err != nil {
		return err
	}
	most, err := c.intOption("n", duFattest)
	if err != nil {
		return err
	}
	s := summer{p: c.printer(), depth: depth, most: most}
	defer s.p.flush()
	s.p.textOnly(func(w *textOut) { w.outln("%10s %12s  %s", "znodes", "bytes", "path") })
	err = c.walkTree(c.pathArg(0), walk.Options{Depth: -1}, s.visit)
	if s.givenUp = givenUp(err); err != nil && !s.givenUp {
		return err
	}
	if err := s.closeTo(0); err != nil {
		return err
	}
	if failed := s.printFattest(); failed != nil {
		return failed
	}
	return err
}

// A summer adds up subtrees. Those that are not over are open, one for each
// level that gets a line.
type summer struct {
	p       *printer
	depth   int // the deepest level that gets a line
	most    int
	open    []*treeUsage
	fattest []fatZnode // the biggest first
	givenUp bool       // the tree was: what is open is not all added up
}

func (s *summer) visit(n *walk.Node) error {
	own := &treeUsage{Path: n.Path, Znodes: 1, depth: n.Depth}
	if n.Stat != nil {
		own.Bytes = int64(n.Stat.DataLength)
	}
	if n.Ephemeral() {
		own.Ephemerals = 1
	}
	s.fat(n.Path, own.Bytes)
	if err := s.closeTo(n.Depth); err != nil {
		return err
	}
	if n.Depth <= s.depth {
		s.open = append(s.open, own)
	} else {
		s.open[len(s.open)-1].add(own)
	}
	return nil
}

// closeTo ends the subtrees of that depth and below, and prints them.
func (s *summer) closeTo(depth int) error {
	for len(s.open) > 0 && s.open[len(s.open)-1].depth >= depth {
		u := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		if len(s.open) > 0 {
			s.open[len(s.open)-1].add(u)
		}
		var r Result = u
		if s.givenUp {
			r = &usageSoFar{*u, true}
		}
		if err := s.p.yield(r); err != nil {
			return err
		}
	}
	return nil
}

// fat keeps a znode if it is one of the fattest so far.
func (s *summer) fat(path string, bytes int64) {
	n := len(s.fattest)
	if s.most == 0 || bytes == 0 || n == s.most && bytes <= s.fattest[n-1].Bytes {
		return
	}
	at, _ := slices.BinarySearchFunc(s.fattest, bytes, func(f fatZnode, bytes int64) int {
		if f.Bytes == bytes {
			return -1 // the first that was found stands first
		}
		return cmp.Compare(bytes, f.Bytes)
	})
	s.fattest = slices.Insert(s.fattest, at, fatZnode{path, bytes})
	s.fattest = s.fattest[:min(len(s.fattest), s.most)]
}

func (s *summer) printFattest() error {
	if len(s.fattest) > 0 {
		s.p.textOnly(func(w *textOut) { w.outln("%23s  %s", "the most data", "path") })
	}
	for i := range s.fattest {
		if err := s.p.yield(&s.fattest[i]); err != nil {
			return err
		}
	}
	return nil
}
