package shell

import "zoosh/internal/wire"

// jsonRuns are zkCli's commands that find or tell something, as they print JSON. Options that arm a
// watch arm it here, too; those that are about the form of the output (get -b,
// get -x) mean nothing.
var jsonRuns = map[string]func(*Call) error{
	"ls": jsonLs, "ls2": jsonLs, "get": jsonGet, "stat": jsonStatOf, "getAcl": jsonGetACL,
	"getEphemerals": jsonGetEphemerals, "getAllChildrenNumber": jsonGetAllChildrenNumber,
	"whoami": jsonWhoAmI, "config": jsonConfig, "listquota": jsonListQuota, "history": jsonHistory,
	"version": jsonVersion, "reconfig": jsonReconfig, "removewatches": jsonRemoveWatches,
}

// jsonPath is a znode of which no more is known than that it is there.
type jsonPath struct {
	Path string `json:"path"`
}

// jsonLs prints {"path", "children"}, with -s and for ls2 "stat"; with -R
// {"path"} for each znode.
func jsonLs(c *Call) error {
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
		return c.listAll(path, watch, func(path string) error { return p.object(jsonPath{path}) })
	}
	children, st, err := c.zk.Children(c.ctx, path, c.arm(watch))
	if err != nil {
		return err
	}
	sortNames(children)
	out := struct {
		Path     string    `json:"path"`
		Children []string  `json:"children"`
		Stat     *jsonStat `json:"stat,omitempty"`
	}{Path: path, Children: append([]string{}, children...)}
	if c.has("s") || c.cmd.Name == "ls2" {
		out.Stat = statJSON(st)
	}
	return c.object(out)
}

// jsonZnode is a znode with its data.
type jsonZnode struct {
	Path string `json:"path"`
	jsonData
	Stat *jsonStat `json:"stat"`
}

func jsonGet(c *Call) error {
	watch, err := c.wantsWatch("get [-s] [-w] path")
	if err != nil {
		return err
	}
	data, st, err := c.zk.Get(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	return c.objectOfData(jsonZnode{Path: c.args[0], Stat: statJSON(st)}, data)
}

func jsonStatOf(c *Call) error {
	watch, err := c.wantsWatch("stat [-w] path")
	if err != nil {
		return err
	}
	st, err := c.zk.Exists(c.ctx, c.args[0], c.arm(watch))
	if err != nil {
		return err
	}
	return c.object(pathStat{c.args[0], statJSON(st)})
}

func jsonGetACL(c *Call) error {
	acl, st, err := c.zk.GetACL(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.object(struct {
		Path string    `json:"path"`
		ACL  []jsonACL `json:"acl"`
		Stat *jsonStat `json:"stat"`
	}{c.args[0], aclJSON(acl), statJSON(st)})
}

func jsonGetEphemerals(c *Call) error {
	paths, err := c.zk.Ephemerals(c.ctx, c.pathArg(0))
	if err != nil {
		return err
	}
	sortNames(paths)
	p := c.printer()
	defer p.flush()
	for _, path := range paths {
		if err := p.object(jsonPath{path}); err != nil {
			return err
		}
	}
	return nil
}

func jsonGetAllChildrenNumber(c *Call) error {
	n, err := c.zk.AllChildrenNumber(c.ctx, c.args[0])
	if err != nil {
		return err
	}
	return c.object(struct {
		Path  string `json:"path"`
		Below int    `json:"below"`
	}{c.args[0], n})
}

func jsonWhoAmI(c *Call) error {
	who, err := c.zk.WhoAmI(c.ctx)
	if err != nil {
		return err
	}
	for _, w := range who {
		if err := c.object(struct {
			Scheme string `json:"scheme"`
			User   string `json:"user"`
		}{w.Scheme, w.User}); err != nil {
			return err
		}
	}
	return nil
}

func jsonVersion(c *Call) error {
	if len(c.args) > 0 {
		return c.cmd.usageError(c.dialect)
	}
	return c.object(struct {
		Version string `json:"version"`
		BuiltOn string `json:"builtOn"`
	}{cliVersion(c.dialect), builtOn()})
}

func jsonConfig(c *Call) error {
	data, st, err := c.zk.EnsembleConfig(c.ctx, c.arm(c.has("w")))
	if err != nil {
		return err
	}
	return c.object(jsonZnode{wire.ConfigPath, dataJSON(data), statJSON(st)})
}

// jsonReconfig prints the configuration that there is now, as jsonConfig does.
func jsonReconfig(c *Call) error {
	data, st, err := c.reconfigure()
	if err != nil {
		return err
	}
	return c.object(jsonZnode{wire.ConfigPath, dataJSON(data), statJSON(st)})
}

// jsonRemoveWatches prints whose watches are gone: the znode, and which of them.
func jsonRemoveWatches(c *Call) error {
	kind, name := c.watchKind()
	if err := c.zk.RemoveWatches(c.ctx, c.args[0], kind, c.has("l")); err != nil {
		return err
	}
	return c.object(struct {
		Path    string `json:"path"`
		Removed string `json:"removed"`
	}{c.args[0], name})
}

// jsonListQuota prints {"path", "limits", "stats"}, with the names that the
// server has for the numbers.
func jsonListQuota(c *Call) error {
	path := c.args[0]
	limits, err := c.readQuota(quotaLimits(path))
	var use wire.Quota
	if err == nil {
		use, err = c.readQuota(quotaUse(path))
	}
	switch {
	case isNoNode(err):
		c.errln("quota for %s does not exist.", path)
		return nil
	case err != nil:
		return err
	}
	return c.object(struct {
		Path   string     `json:"path"`
		Limits wire.Quota `json:"limits"`
		Stats  wire.Quota `json:"stats"`
	}{path, limits, use})
}

func jsonHistory(c *Call) error {
	lines := c.sh.History()
	for i := max(0, len(lines)-1-historyShown); i < len(lines); i++ {
		if err := c.object(struct {
			Number int    `json:"number"`
			Line   string `json:"line"`
		}{i, lines[i]}); err != nil {
			return err
		}
	}
	return nil
}
