package shell

import (
	"strings"

	"zoosh/internal/wire"
)

// watchCommands are the commands that arm persistent watches, and disarm any.
var watchCommands = []Command{
	{
		Name: "addWatch", Run: runAddWatch, Effect: Reads,
		Usage:   map[Dialect]string{D38: addWatchUsage, D39: addWatchUsage},
		Summary: "arm a watch that stays armed",
		Options: []Option{{Name: "m", Arg: "mode", Desc: "for the znode alone, or for all below it too"}},
		Args:    []ArgKind{ArgPath}, MinArgs: 1,
		Example: "create /app x\naddWatch /app\ncreate /app/config x",
	},
	{
		Name: "removewatches", Run: runRemoveWatches, Effect: Reads,
		Usage:   map[Dialect]string{D38: "path [-c|-d|-a] [-l]", D39: "path [-c|-d|-a] [-l]"},
		Summary: "disarm the watches on a znode",
		Options: []Option{{Name: "c", Desc: "those for its children"}, {Name: "d", Desc: "those for its data"},
			{Name: "p", Desc: "persistent ones"}, {Name: "r", Desc: "persistent recursive ones"},
			{Name: "a", Desc: "all of them, which is the default"},
			{Name: "l", Desc: "here, even if there is no connection to the server"}},
		Args: []ArgKind{ArgPath}, MinArgs: 1,
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
	recursive := true
	if mode, ok := c.opts["m"]; ok {
		switch strings.ToUpper(mode) {
		case "PERSISTENT":
			recursive = false
		case "PERSISTENT_RECURSIVE":
		default:
			return c.cmd.usageError(c.dialect)
		}
	}
	return c.zk.AddWatch(c.ctx, c.args[0], recursive, *c.arm(true))
}

func runRemoveWatches(c *Call) error {
	kind := wire.WatcherAny
	for _, o := range []struct {
		name string
		kind int32
	}{
		{"c", wire.WatcherChildren}, {"d", wire.WatcherData},
		{"p", wire.WatcherPersistent}, {"r", wire.WatcherPersistentRecursive},
	} {
		if c.has(o.name) {
			kind = o.kind
			break
		}
	}
	return c.zk.RemoveWatches(c.ctx, c.args[0], kind, c.has("l"))
}
