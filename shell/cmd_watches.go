package shell

import (
	"iter"
	"strings"

	"zoosh/internal/wire"
)

// watchesCommands are the commands that arm persistent watches, and disarm any.
var watchesCommands = []Command{
	{
		Name: "addWatch", Run: runAddWatch, Results: []Result{&watchAdded{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D38: addWatchUsage},
		Summary:    "arm a watch that stays armed",
		Options:    []Option{{Name: "m", Arg: "mode", Desc: "for the znode alone, or for all below it too"}},
		Args:       []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\naddWatch /app\ncreate /app/config x",
	},
	{
		Name: "removewatches", Run: runRemoveWatches, Results: []Result{&watchesRemoved{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D38: "path [-c|-d|-a] [-l]"},
		Summary:    "disarm the watches on a znode",
		Options: []Option{{Name: "c", Desc: "those for its children"}, {Name: "d", Desc: "those for its data"},
			{Name: "p", Desc: "persistent ones"}, {Name: "r", Desc: "persistent recursive ones"},
			{Name: "a", Desc: "all of them, which is the default"},
			{Name: "l", Desc: "here, even if there is no connection to the server"}},
		Args: []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\nget -w /app\nremovewatches /app -d",
	},
}

const addWatchUsage = "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE]" +
	" - default is PERSISTENT_RECURSIVE"

// runAddWatch takes PERSISTENT_RECURSIVE whenever no mode is given, as the usage
// line says. zkCli takes the mode of the addWatch before.
func runAddWatch(c *Call) error {
	if len(c.args) != 1 {
		return c.cmd.usageError(c.dialect)
	}
	recursive, name := true, "persistentRecursive"
	if mode, ok := c.opts["m"]; ok {
		switch strings.ToUpper(mode) {
		case "PERSISTENT":
			recursive, name = false, "persistent"
		case "PERSISTENT_RECURSIVE":
		default:
			return c.cmd.usageError(c.dialect)
		}
	}
	if err := c.zk.AddWatch(c.ctx, c.args[0], recursive, *c.arm(true)); err != nil {
		return err
	}
	return c.yield(&watchAdded{c.act(c.args[0]), name})
}

// A watchAdded is a watch that is armed, by the name that removewatches has for its mode.
type watchAdded struct {
	act
	Mode string `json:"mode"`
}

func (*watchAdded) text(*textOut) {}

func (a *watchAdded) objects() iter.Seq[any] { return one(a) }

func runRemoveWatches(c *Call) error {
	kind, name := c.watchKind()
	if err := c.zk.RemoveWatches(c.ctx, c.args[0], kind, c.has("l")); err != nil {
		return err
	}
	return c.yield(&watchesRemoved{c.args[0], name})
}

// watchesRemoved is whose watches are gone: the znode, and which of them.
type watchesRemoved struct {
	Path    string `json:"path"`
	Removed string `json:"removed"`
}

// text is nothing: zkCli says no more than when it fails.
func (*watchesRemoved) text(*textOut) {}

func (r *watchesRemoved) objects() iter.Seq[any] { return one(r) }

// watchKind is which watches removewatches is about, and their name in JSON.
func (c *Call) watchKind() (kind int32, name string) {
	for _, o := range []struct {
		option string
		kind   int32
		name   string
	}{
		{"c", wire.WatcherChildren, "children"}, {"d", wire.WatcherData, "data"},
		{"p", wire.WatcherPersistent, "persistent"}, {"r", wire.WatcherPersistentRecursive, "persistentRecursive"},
	} {
		if c.has(o.option) {
			return o.kind, o.name
		}
	}
	return wire.WatcherAny, "any"
}
