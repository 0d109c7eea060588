package shell

import (
	"strings"

	"zoosh/internal/english"
	"zoosh/internal/session"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

// walkTree visits the subtree at the path that is argument i, "/" without one,
// and says at the end what it has passed over: a tree may change while it is
// read, and parts of it may be closed to this session.
func (c *Call) walkTree(root string, o walk.Options, visit func(*walk.Node) error) error {
	skipped, err := walk.Walk(c.ctx, c.zk, root, o, visit)
	if err != nil {
		return err
	}
	c.saySkipped(skipped)
	return nil
}

func (c *Call) saySkipped(s walk.Skipped) {
	c.endProgress()
	if s.Vanished > 0 {
		c.errln("%s went while the tree was read", english.Count(s.Vanished, "znode"))
	}
	if s.Denied > 0 {
		more := ""
		if s.Denied > len(s.Which) {
			more = ", …"
		}
		c.errln("%s may not be read: %s%s", english.Count(s.Denied, "znode"), strings.Join(s.Which, ", "), more)
	}
}

// givenUp tells whether a walk was ended because the server sent, or would have sent,
// more than may be held: what was found until then is shown.
func givenUp(err error) bool { return session.IsHeld(err) || session.IsLongReply(err) }

// count is english.Count, by the name that commands have for it.
func count(n int, noun string) string { return english.Count(n, noun) }

// holds begins to count what the command holds of a tree.
func (c *Call) holds() *session.Held { return c.zk.Limits().NewHeld() }

// heldEach is what is counted for a znode besides its text.
const heldEach = 24

// pathArg is argument i, or "/" if it is not there.
func (c *Call) pathArg(i int) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return "/"
}

// atMost refuses more arguments than n.
func (c *Call) atMost(n int) error {
	if len(c.args) > n {
		return c.cmd.usageError(c.dialect)
	}
	return nil
}

// intOption is the number that an option has, or instead if it is not there.
func (c *Call) intOption(name string, instead int) (int, error) {
	text, ok := c.opts[name]
	if !ok {
		return instead, nil
	}
	n, err := parseInt32(text)
	if err != nil || n < 0 {
		return 0, failf("-%s takes a number, not %q", name, text)
	}
	return int(n), nil
}

// baseName is the last part of a path.
func baseName(path string) string {
	if path == "/" {
		return path
	}
	_, name := wire.SplitPath(path)
	return name
}

// listAll is what ls -R visits, in zkCli's order: see Call.walk. Without watches
// it can read ahead.
func (c *Call) listAll(root string, watch bool, visit func(path string) error) error {
	if watch {
		return c.walk(root, watch, visit)
	}
	_, err := walk.Walk(c.ctx, c.zk, root, walk.Options{Depth: -1, Names: true}, func(n *walk.Node) error {
		if n.Depth == 0 {
			if err := visit(n.Path); err != nil {
				return err
			}
		}
		if n.Denied {
			return &wire.Error{Code: wire.NoAuth, Path: n.Path}
		}
		for _, name := range n.Children {
			if err := visit(wire.JoinPath(n.Path, name)); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
