package shell

import (
	"fmt"
	"iter"
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
		Name: "ls", Run: runLs, Results: []Result{&childList{}, znodePath("")}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true, MoreWith: "R",
		Usage:   Usage{D34: "path [watch]", D38: "[-s] [-w] [-R] path"},
		Summary: "list the children",
		Options: []Option{{Name: "?", Desc: "help"}, {Name: "R", Desc: "recurse"},
			{Name: "s", Desc: "stat"}, {Name: "w", Desc: "watch"}},
		Args: []ArgKind{ArgPath, ArgOther}, MaxArgs: 2,
		Example: "create /app x\ncreate /app/config x\nls -R /app",
	},
	{
		Name: "ls2", Run: runLs, Results: []Result{&childList{}}, Effect: Reads, Reaches: OwnServer, Until: D34,
		OneRequest: true,
		Usage:      Usage{D34: "path [watch]"},
		Summary:    "list the children and show the stat",
		Args:       []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app x\nls2 /app",
	},
	{
		Name: "get", Run: runGet, Results: []Result{&znodeData{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path [watch]", D38: "[-s] [-w] path", D39: "[-s] [-w] [-b] [-x] path"},
		Summary:    "show the data",
		Options: []Option{{Name: "b", Desc: "Output data in base64 format"}, statOption, watchOption,
			{Name: "x", Desc: "Output data in hexdump format"},
			{Name: "n", Desc: "the data alone, to the byte, without an end of line", Own: true}},
		DescribesOptions: true,
		Args:             []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app hello\nget -s /app",
	},
	{
		Name: "stat", Run: runStat, Results: []Result{&znodeStat{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path [watch]", D38: "[-w] path"},
		Summary:    "show the stat",
		Options:    []Option{watchOption},
		Args:       []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 2,
		Example: "create /app x\nstat /app",
	},
	{
		Name: "getAllChildrenNumber", Run: runGetAllChildrenNumber, Results: []Result{&belowCount{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D38: "path"},
		Summary:    "count the znodes below a znode",
		Args:       []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\ncreate /app/config x\ngetAllChildrenNumber /app",
	},
	{
		Name: "getEphemerals", Run: runGetEphemerals, Results: []Result{ephemerals(nil)}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D38: "path"},
		Summary:    "list the session's ephemeral znodes, or those that begin with a path",
		Args:       []ArgKind{ArgPath}, MaxArgs: 1,
		Example: "create -e /master x\ngetEphemerals",
	},
	{
		Name: "exists", Run: runExists, Results: []Result{&existence{}}, Effect: Reads, Reaches: OwnServer, Own: true,
		OneRequest: true,
		Usage:      always("path"),
		Summary:    "tell whether there is a znode: exit code 0, or 1 if there is none, or 2 if that is not known",
		Args:       []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "exists /zookeeper",
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

// runLs is ls2, too, which shows the stat without an option.
func runLs(c *Call) error {
	if c.has("?") {
		c.textOnly(func(w *textOut) { w.out(lsHelp) })
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
		return c.listAll(path, watch, func(path string) error { return p.yield(znodePath(path)) })
	}
	children, st, err := c.zk.Children(c.ctx, path, c.arm(watch))
	if err != nil {
		return err
	}
	return c.yield(&childList{path: path, children: children, stat: st, withStat: c.has("s") || c.cmd.Name == "ls2"})
}

// lsHelp is what ls -? prints before it goes on.
const lsHelp = `usage: ls [options] path
 -?   help
 -R   recurse
 -s   stat
 -w   watch
`

// A znodePath is a znode of which no more is known than that it is there.
type znodePath string

// jsonPath is a znodePath as JSON.
type jsonPath struct {
	Path string `json:"path"`
}

func (p znodePath) text(w *textOut) { w.outln("%s", string(p)) }

func (p znodePath) objects() iter.Seq[any] { return one(jsonPath{string(p)}) }

// A childList is the children of a znode, in the order of the server.
type childList struct {
	path     string
	children []string
	stat     *wire.Stat
	withStat bool
}

// text has the children in the server's order in 3.4; later zkClis sort them by UTF-16
// units, as Java compares strings.
func (l *childList) text(w *textOut) {
	children := l.children
	if w.dialect.Since(D38) {
		children = l.sorted()
	}
	w.names(children)
	if l.withStat {
		w.stat(l.stat)
	}
}

func (l *childList) objects() iter.Seq[any] {
	out := struct {
		Path     string    `json:"path"`
		Children []string  `json:"children"`
		Stat     *jsonStat `json:"stat,omitempty"`
	}{Path: l.path, Children: append([]string{}, l.sorted()...)}
	if l.withStat {
		out.Stat = statJSON(l.stat)
	}
	return one(out)
}

func (l *childList) sorted() []string {
	children := slices.Clone(l.children)
	sortNames(children)
	return children
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
	pending, held := []string{path}, c.holds()
	held.Take(heldEach + len(path))
	for len(pending) > 0 {
		parent := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		held.Give(heldEach + len(parent))
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
			if err := held.Take(heldEach + len(children[i])); err != nil {
				return err
			}
		}
		slices.Reverse(children)
		pending = append(pending, children...)
	}
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
	return c.yield(&znodeData{path: c.args[0], data: data, stat: st, form: c.dataForm(), withStat: c.has("s")})
}

// znodeData is a znode with its data. The form and whether the stat is wanted are about
// text alone.
type znodeData struct {
	path     string
	data     []byte
	stat     *wire.Stat
	form     dataForm
	withStat bool
}

// jsonZnode is a znode with its data as JSON.
type jsonZnode struct {
	Path string `json:"path"`
	jsonData
	Stat *jsonStat `json:"stat"`
}

func (z *znodeData) text(w *textOut) {
	w.data(z.data, z.form)
	if w.err == nil && (z.withStat || w.dialect.Before(D38)) {
		w.stat(z.stat)
	}
}

func (z *znodeData) objects() iter.Seq[any] {
	return one(jsonZnode{z.path, dataJSON(z.data), statJSON(z.stat)})
}

func (z *znodeData) long() bool { return len(z.data) >= piecesFrom }

func (z *znodeData) writeObject(c *Call) error {
	return c.objectOfData(jsonZnode{Path: z.path, Stat: statJSON(z.stat)}, z.data)
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
	return c.yield(&znodeStat{c.args[0], st})
}

// znodeStat is what stat shows of a znode.
type znodeStat struct {
	path string
	stat *wire.Stat
}

func (z *znodeStat) text(w *textOut) { w.stat(z.stat) }

func (z *znodeStat) objects() iter.Seq[any] { return one(pathStat{z.path, statJSON(z.stat)}) }

func runGetAllChildrenNumber(c *Call) error {
	n, err := c.zk.AllChildrenNumber(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.yield(&belowCount{c.args[0], n})
}

// belowCount is how many znodes are below one.
type belowCount struct {
	Path  string `json:"path"`
	Below int    `json:"below"`
}

func (n *belowCount) text(w *textOut) { w.outln("%d", n.Below) }

func (n *belowCount) objects() iter.Seq[any] { return one(n) }

func runGetEphemerals(c *Call) error {
	paths, err := c.zk.Ephemerals(c.ctx, c.pathArg(0))
	if err != nil {
		return err
	}
	return c.yield(ephemerals(paths))
}

// ephemerals are the paths of a session's ephemerals, in the order of the server.
type ephemerals []string

func (e ephemerals) text(w *textOut) { w.names(e) }

// objects is an object for each, sorted.
func (e ephemerals) objects() iter.Seq[any] {
	return func(yield func(any) bool) {
		paths := slices.Clone(e)
		sortNames(paths)
		for _, path := range paths {
			if !yield(jsonPath{path}) {
				return
			}
		}
	}
}

// hexDump lays data out as get -x does: Netty's table of sixteen bytes a row.
func hexDump(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	return hexHead + hexRows(data, 0) + hexFoot
}

// What stands before and behind the rows of hexDump.
const (
	hexRule = "+--------+-------------------------------------------------+----------------+"
	hexHead = "         +-------------------------------------------------+\n" +
		"         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n" + hexRule
	hexFoot = "\n" + hexRule
)

// hexRows is the rows of data, whose first byte is the one that is number from.
func hexRows(data []byte, from int) string {
	var b strings.Builder
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(at+16, len(data))]
		text := make([]byte, len(row))
		for i, c := range row {
			text[i] = '.'
			if c > 0x1f && c < 0x7f {
				text[i] = c
			}
		}
		fmt.Fprintf(&b, "\n|%08x| %-47s |%-16s|", from+at, fmt.Sprintf("% x", row), text)
	}
	return b.String()
}
