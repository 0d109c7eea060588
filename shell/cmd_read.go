package shell

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

var (
	statOption  = Option{Name: "s", Desc: "Print znode stats additionally"}
	watchOption = Option{Name: "w", Desc: "Watch for changes on the znode"}
)

// readCommands are the commands that read znodes.
var readCommands = []Command{
	{
		Name: "ls", Run: runLs, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D34: "path [watch]", D38: "[-s] [-w] [-R] path"},
		Summary: "list the children",
		Options: []Option{{Name: "?", Desc: "help"}, {Name: "R", Desc: "recurse"},
			{Name: "s", Desc: "stat"}, {Name: "w", Desc: "watch"}},
		Args: []ArgKind{ArgPath, ArgOther}, MaxArgs: 2,
		Example: "create /app x\ncreate /app/config x\nls -R /app",
	},
	{
		Name: "ls2", Run: runLs2, Effect: Reads, Reaches: OwnServer, Until: D34,
		Usage:   Usage{D34: "path [watch]"},
		Summary: "list the children and show the stat",
		Args:    []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app x\nls2 /app",
	},
	{
		Name: "get", Run: runGet, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D34: "path [watch]", D38: "[-s] [-w] path", D39: "[-s] [-w] [-b] [-x] path"},
		Summary: "show the data",
		Options: []Option{{Name: "b", Desc: "Output data in base64 format"}, statOption, watchOption,
			{Name: "x", Desc: "Output data in hexdump format"},
			{Name: "n", Desc: "the data alone, to the byte, without an end of line", Own: true}},
		DescribesOptions: true,
		Args:             []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app hello\nget -s /app",
	},
	{
		Name: "stat", Run: runStat, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D34: "path [watch]", D38: "[-w] path"},
		Summary: "show the stat",
		Options: []Option{watchOption},
		Args:    []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app x\nstat /app",
	},
	{
		Name: "getAllChildrenNumber", Run: runGetAllChildrenNumber, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D38: "path"},
		Summary: "count the znodes below a znode",
		Args:    []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\ncreate /app/config x\ngetAllChildrenNumber /app",
	},
	{
		Name: "getEphemerals", Run: runGetEphemerals, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D38: "path"},
		Summary: "list the session's ephemeral znodes, or those that begin with a path",
		Args:    []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "create -e /master x\ngetEphemerals",
	},
}

// wantsWatch tells whether the call asks for a watch: by option -w or, as before
// 3.5, by any word behind the path. zkCli 3.5 and later say that this is
// deprecated and do it by putting -w in the place of the second word, whatever
// stood there, and reading the line again.
func (c *Call) wantsWatch(instead string) (bool, error) {
	if c.dialect.Before(D38) {
		return c.has("w") || len(c.args) > 1, nil
	}
	if len(c.args) > 1 {
		c.errln("'%s path [watch]' has been deprecated. Please use '%s' instead.", c.cmd.Name, instead)
		c.words = slices.Clone(c.words)
		c.words[2] = "-w"
		if err := c.parse(); err != nil {
			return false, err
		}
	}
	return c.has("w"), nil
}

func runLs(c *Call) error {
	if c.has("?") {
		c.out(lsHelp)
	}
	watch, err := c.wantsWatch("ls [-w] path")
	if err != nil {
		return err
	}
	if len(c.args) < 1 {
		return c.cmd.usageError(c.dialect)
	}
	path := c.args[0]
	if c.has("R") {
		p := c.printer()
		defer p.flush()
		return c.listAll(path, watch, func(path string) error {
			p.line("%s", path)
			return nil
		})
	}
	children, st, err := c.zk.Children(c.ctx, path, c.arm(watch))
	if err != nil {
		return err
	}
	c.list(children)
	if c.has("s") {
		c.stat(formatStat(st))
	}
	return nil
}

// lsHelp is what ls -? prints before it goes on.
const lsHelp = `usage: ls [options] path
 -?   help
 -R   recurse
 -s   stat
 -w   watch
`

// list prints children: 3.4 in the server's order, later zkClis sorted by
// UTF-16 units, as Java compares strings.
func (c *Call) list(children []string) {
	if c.dialect.Since(D38) {
		sortNames(children)
	}
	c.outln("[%s]", strings.Join(children, ", "))
}

// walk calls visit for the znode at path and all below it: a znode's children
// sorted, all of them before what is below the first (ZKUtil.visitSubTreeDFS).
// With watch every visited znode is watched.
func (c *Call) walk(path string, watch bool, visit func(path string) error) error {
	if _, _, err := c.zk.Get(c.ctx, path, c.arm(watch)); err != nil {
		return err
	}
	if err := visit(path); err != nil {
		return err
	}
	// A stack of its own rather than recursion: a tree may be deeper than a
	// goroutine's stack should be.
	pending := []string{path}
	for len(pending) > 0 {
		parent := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		children, _, err := c.zk.Children(c.ctx, parent, c.arm(watch))
		switch {
		case isNoNode(err):
			// It was deleted since it was listed: zkCli passes over it, be it
			// the first or not.
			continue
		case err != nil:
			return err
		}
		sortNames(children)
		for i, name := range children {
			children[i] = wire.JoinPath(parent, name)
			if err := c.ctx.Err(); err != nil {
				return err
			}
			if err := visit(children[i]); err != nil {
				return err
			}
		}
		slices.Reverse(children)
		pending = append(pending, children...)
	}
	return nil
}

func runLs2(c *Call) error {
	children, st, err := c.zk.Children(c.ctx, c.args[0], c.arm(len(c.args) > 1))
	if err != nil {
		return err
	}
	c.list(children)
	c.stat(formatStat(st))
	return nil
}

func runGet(c *Call) error {
	watch, err := c.wantsWatch("get [-s] [-w] path")
	if err != nil {
		return err
	}
	data, st, err := c.zk.Get(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	text := formatData(data)
	switch {
	case c.has("x"):
		text = hexDump([]byte(text))
	case c.has("b"):
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	c.out(c.withEnd(text, data))
	if c.has("s") || c.dialect.Before(D38) {
		c.stat(formatStat(st))
	}
	return nil
}

func runStat(c *Call) error {
	watch, err := c.wantsWatch("stat [-w] path")
	if err != nil {
		return err
	}
	st, err := c.zk.Exists(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	c.stat(formatStat(st))
	return nil
}

func runGetAllChildrenNumber(c *Call) error {
	n, err := c.zk.AllChildrenNumber(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	c.outln("%d", n)
	return nil
}

func runGetEphemerals(c *Call) error {
	prefix := "/"
	if len(c.args) > 0 {
		prefix = c.args[0]
	}
	paths, err := c.zk.Ephemerals(c.ctx, prefix)
	if err != nil {
		return err
	}
	c.outln("[%s]", strings.Join(paths, ", "))
	return nil
}

// hexDump lays data out as get -x does: Netty's table of sixteen bytes a row.
func hexDump(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	const rule = "+--------+-------------------------------------------------+----------------+"
	var b strings.Builder
	b.WriteString("         +-------------------------------------------------+\n" +
		"         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n" + rule)
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(at+16, len(data))]
		text := make([]byte, len(row))
		for i, c := range row {
			text[i] = '.'
			if c > 0x1f && c < 0x7f {
				text[i] = c
			}
		}
		fmt.Fprintf(&b, "\n|%08x| %-47s |%-16s|", at, fmt.Sprintf("% x", row), text)
	}
	b.WriteString("\n" + rule)
	return b.String()
}
