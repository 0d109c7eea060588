package shell

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

const anyVersion = wire.AnyVersion

// writeCommands are the commands that change znodes, and sync.
var writeCommands = []Command{
	{
		Name: "create", Run: runCreate, Results: []Result{&created{}}, Effect: Writes, Reaches: OwnServer, Creates: true,
		OneRequest: true, MoreWith: "p",
		Usage:   Usage{D34: "[-s] [-e] path data acl", D38: "[-s] [-e] [-c] [-t ttl] path [data] [acl]"},
		Summary: "create a znode",
		Options: []Option{{Name: "e", Desc: "ephemeral"}, {Name: "s", Desc: "sequential"},
			{Name: "c", Desc: "container"}, {Name: "t", Arg: "ttl", Desc: "time to live, in milliseconds"}, parentsOption, yesOption},
		Args: []ArgKind{ArgPath, ArgData, ArgACL}, MinArgs: 1, MaxArgs: 3, LastFits: mayBeACL,
		Example: "create /tasks \"\"\ncreate -s /tasks/task- cmd",
	},
	{
		Name: "set", Run: runSet, Results: []Result{&dataSet{}}, Effect: Writes, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path data [version]", D38: "[-s] [-v version] path data", D39: "path data [-s] [-v version] [-b]"},
		Summary:    "set the data",
		Options: []Option{{Name: "b", Desc: "Supply data in base64 format"}, statOption,
			{Name: "v", Arg: "version", Desc: "Set with an expected version"}, yesOption},
		DescribesOptions: true,
		Args:             []ArgKind{ArgPath, ArgData, ArgOther}, MinArgs: 2, MaxArgs: 2, MaxArgs34: 3, LastFits: mayBeVersion,
		Example: "create /app hello\nset /app goodbye",
	},
	{
		Name: "delete", Run: runDelete, Results: []Result{&done{}}, Effect: Writes, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path [version]", D38: "[-v version] path"},
		Summary:    "delete a znode without children",
		Options:    []Option{{Name: "v", Arg: "version", Desc: "version"}},
		Args:       []ArgKind{ArgPath, ArgOther}, MinArgs: 1, MaxArgs: 1, MaxArgs34: 2, LastFits: mayBeVersion,
		Example: "create /app x\ndelete /app",
	},
	{
		Name: "deleteall", Run: runDeleteAll, Results: []Result{&subtreeDeleted{}, &wouldDelete{}}, Effect: Writes, Reaches: OwnServer,
		Usage:   Usage{D38: "path [-b batch size]"},
		Summary: "delete a znode and everything below it",
		Options: []Option{{Name: "b", Arg: "batch size", Desc: "deletions in one transaction"}, dryRunOption, yesOption},
		Args:    []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\ncreate /app/config x\ndeleteall /app",
	},
	{
		Name: "rmr", Run: runRmr, Results: []Result{&subtreeDeleted{}}, Effect: Writes, Reaches: OwnServer, Until: D34,
		Usage:   Usage{D34: "path"},
		Summary: "delete a znode and everything below it",
		Options: []Option{yesOption},
		Args:    []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\ncreate /app/config x\nrmr /app",
	},
	{
		Name: "sync", Run: runSync, Results: []Result{&synced{}}, Effect: Reads, Reaches: OwnServer,
		OneRequest: true,
		Usage:      Usage{D34: "path"},
		Summary:    "wait until the server has caught up with the leader",
		Args:       []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "sync /",
	},
}

func runCreate(c *Call) error {
	opts, err := c.createOptions()
	if err != nil {
		return err
	}
	var data []byte
	if len(c.args) > 1 {
		if data, err = c.dataArg(c.args[1]); err != nil {
			return err
		}
	}
	var faults []string
	// 3.4 takes the ACL only if nothing follows it.
	if n := len(c.args); n > 2 && (c.dialect.Since(D38) || n == 3) {
		if opts.ACL, faults, err = c.aclArg(c.args[2]); err != nil {
			return err
		}
		if err := c.mayCreateLocked(c.args[0], opts); err != nil {
			return err
		}
	}
	path, err := c.create(c.args[0], data, opts)
	var parents []string
	if c.has(parentsOption.Name) && isNoNode(err) {
		var made []string
		if made, err = c.createBelow(c.args[0], data, opts); err == nil {
			parents, path = made[:len(made)-1], made[len(made)-1]
		}
	}
	c.explainACL(err, opts.ACL)
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Code == wire.InvalidACL && c.dialect.Since(D38) {
		c.errln("%v", refused) // zkCli says it in two ways
	}
	if err != nil {
		return err
	}
	if err := c.yield(&created{c.act(path), parents}); err != nil {
		return err
	}
	c.saySet(path+" has", opts.ACL, faults)
	return nil
}

// mayCreateLocked is mayLock for a znode that is to be made; an ephemeral goes with
// its session, whatever its ACL.
func (c *Call) mayCreateLocked(path string, o session.CreateOptions) error {
	if o.Flags == wire.FlagEphemeral || o.Flags == wire.FlagEphemeralSequential {
		return nil
	}
	return c.mayLock(path, o.ACL)
}

func (c *Call) create(path string, data []byte, opts session.CreateOptions) (string, error) {
	sequential := opts.Flags == wire.FlagPersistentSequentialTTL ||
		opts.Flags == wire.FlagSequential || opts.Flags == wire.FlagEphemeralSequential
	if err := requireACL(path, sequential, opts.ACL); err != nil {
		return "", err
	}
	created, stat, err := c.zk.Create(c.ctx, path, data, opts)
	if stat != nil { // as there is for containers and TTL znodes alone
		c.made = &Made{Server: c.sh.ConnectString(), Path: created, Czxid: stat.Czxid, TTL: opts.TTL}
	}
	return created, err
}

// createOptions reads what kind of znode is wanted; the refusals are zkCli's.
func (c *Call) createOptions() (session.CreateOptions, error) {
	o := session.CreateOptions{ACL: wire.OpenACL()}
	e, s, container, ttl := c.has("e"), c.has("s"), c.has("c"), c.has("t")
	if container && (e || s) {
		return o, failf("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.")
	}
	if ttl {
		ms, err := strconv.ParseInt(c.opts["t"], 10, 64)
		switch {
		case err != nil:
			return o, failf("-t argument must be a long value")
		case e:
			return o, failf("TTLs cannot be used with Ephemeral znodes")
		case container:
			return o, failf("TTLs cannot be used with Container znodes")
		case ms <= 0 || ms > wire.MaxTTL:
			return o, failf("ttl must be positive and cannot be larger than: %d", wire.MaxTTL)
		}
		o.TTL = time.Duration(ms) * time.Millisecond
	}
	if e {
		o.Flags |= wire.FlagEphemeral
	}
	if s {
		o.Flags |= wire.FlagSequential
	}
	switch {
	case container:
		o.Flags = wire.FlagContainer
	case ttl && s:
		o.Flags = wire.FlagPersistentSequentialTTL
	case ttl:
		o.Flags = wire.FlagTTL
	}
	return o, nil
}

func runSet(c *Call) error {
	data, err := c.dataArg(c.args[1])
	if err != nil {
		return err
	}
	if c.has("b") {
		if data, err = decodeBase64(string(data)); err != nil {
			return err
		}
	}
	version, err := c.version(2)
	if err != nil {
		return err
	}
	spoiled, err := c.keepsJSON(c.args[0], data)
	if err != nil {
		return err
	}
	st, err := c.zk.Set(c.ctx, c.args[0], data, version)
	if err != nil {
		return err
	}
	c.saySpoiled(c.args[0], spoiled)
	return c.yield(&dataSet{c.act(c.args[0]), st, c.has("s")})
}

func runDelete(c *Call) error {
	if len(c.args) > 1 && c.dialect.Since(D38) {
		c.errln("'delete path [version]' has been deprecated. Please use 'delete [-v version] path' instead.")
	}
	version, err := c.version(1)
	if err != nil {
		return err
	}
	if err := c.zk.Delete(c.ctx, c.args[0], version); err != nil {
		return err
	}
	return c.yield(&done{c.act(c.args[0])})
}

// deleteBatch is zkCli's default for deleteall -b.
const deleteBatch = 1000

func runDeleteAll(c *Call) error {
	batch := deleteBatch
	if text, ok := c.opts["b"]; ok {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return failf("-b argument must be an int value")
		}
		batch = int(n)
	}
	// Whose the ephemerals are is only needed to tell somebody.
	paths, err := c.subtree(c.args[0], c.has(dryRunOption.Name) || c.asks())
	if err != nil {
		return err
	}
	if ready, err := c.mayDelete(paths); !ready {
		return err
	}
	c.changes(func() int { return len(paths) })
	switch {
	case batch <= 0 && c.dialect.Since(D38) && c.dialect.Before(D39): // there it means all at once
		batch = len(paths)
	case batch <= 0:
		return c.deleteEach(paths)
	}
	n, refused, err := c.deleteBatches(paths, batch)
	if err != nil {
		return err
	}
	return c.yield(&subtreeDeleted{c.act(c.args[0]), n, refused})
}

func runRmr(c *Call) error {
	paths, err := c.subtree(c.args[0], c.asks())
	if err != nil {
		return err
	}
	if ready, err := c.mayDelete(paths); !ready {
		return err
	}
	c.changes(func() int { return len(paths) })
	return c.deleteEach(paths)
}

func (c *Call) deleteEach(paths []doomed) error {
	for _, d := range paths {
		if err := c.zk.Delete(c.ctx, d.path, anyVersion); err != nil {
			return err
		}
	}
	return c.yield(&subtreeDeleted{act: c.act(c.args[0]), Znodes: len(paths)})
}

// subtree lists the znode at path and all below it in the order of deletion:
// the last level first, the znode itself at the end, as zkCli has it; with the owners
// of ephemerals if they are wanted.
func (c *Call) subtree(path string, owners bool) ([]doomed, error) {
	var all []doomed
	told, held := c.progressOf("found", 0), c.holds()
	skipped, err := walk.Walk(c.ctx, c.zk, path, walk.Options{Depth: -1, ServerOrder: true, Names: !owners}, func(n *walk.Node) error {
		d := doomed{path: n.Path, depth: n.Depth}
		if n.Ephemeral() {
			d.owner = n.Stat.EphemeralOwner
		}
		all = append(all, d)
		told(len(all))
		return held.Take(heldEach + len(n.Path))
	})
	c.endProgress()
	if err == nil && skipped.Denied > 0 {
		err = &wire.Error{Code: wire.NoAuth, Path: skipped.Which[0]}
	}
	slices.SortStableFunc(all, func(a, b doomed) int { return a.depth - b.depth })
	slices.Reverse(all)
	return all, err
}

func runSync(c *Call) error {
	err := c.zk.Sync(c.ctx, c.args[0])
	code := wire.OK
	var server *wire.Error
	switch {
	case errors.As(err, &server):
		code = server.Code
	case err != nil:
		return err
	}
	return c.yield(&synced{c.act(c.args[0]), code})
}
