package shell

import (
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// quotaCommands are the commands about quotas.
var quotaCommands = []Command{
	{
		Name: "setquota", Run: runSetQuota, Results: []Result{&quotaChanged{}}, Effect: Writes, Reaches: OwnServer,
		Usage:     Usage{D34: "-n|-b val path", D38: "-n|-b|-N|-B val path"},
		Summary:   "limit the znodes or bytes at and below a znode",
		Options:   quotaOptions("val"),
		Exclusive: true, OptionNeeded: true,
		Args: []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\nsetquota -n 100 /app",
	},
	{
		Name: "listquota", Run: runListQuota, Results: []Result{&quotaReport{}}, Effect: Reads, Reaches: OwnServer,
		Usage:   Usage{D34: "path"},
		Summary: "show the limits of a znode, and what is used of them",
		Args:    []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\nsetquota -b 100000 /app\nlistquota /app",
	},
	{
		Name: "delquota", Run: runDelQuota, Results: []Result{&quotaChanged{}}, Effect: Writes, Reaches: OwnServer,
		Usage:     Usage{D34: "[-n|-b] path", D38: "[-n|-b|-N|-B] path"},
		Summary:   "take a limit off a znode, or all of them",
		Options:   quotaOptions(""),
		Exclusive: true,
		Args:      []ArgKind{ArgPath}, MinArgs: 1, MaxArgs: 1,
		Example: "create /app x\nsetquota -n 100 /app\ndelquota /app",
	},
}

func quotaOptions(arg string) []Option {
	return []Option{{Name: "n", Arg: arg, Desc: "num soft quota"}, {Name: "b", Arg: arg, Desc: "bytes soft quota"},
		{Name: "N", Arg: arg, Desc: "num hard quota"}, {Name: "B", Arg: arg, Desc: "bytes hard quota"}}
}

// quotaKeys are the values of a quota that the options stand for.
var quotaKeys = []struct{ option, key string }{
	{"n", wire.QuotaCount}, {"b", wire.QuotaBytes}, {"N", wire.QuotaCountHard}, {"B", wire.QuotaBytesHard},
}

func quotaLimits(path string) string { return wire.QuotaPath + path + "/" + wire.QuotaLimitNode }

func quotaUse(path string) string { return wire.QuotaPath + path + "/" + wire.QuotaStatNode }

// runSetQuota succeeds even where it refuses a value, as in zkCli.
func runSetQuota(c *Call) error {
	if c.dialect.Before(D38) {
		return c.setQuota34()
	}
	path := c.args[0]
	if strings.HasPrefix(path, wire.QuotaPath) {
		c.errln("cannot set a quota under the path: %s", wire.QuotaPath)
		return nil
	}
	for _, k := range quotaKeys {
		text, ok := c.opts[k.option]
		if !ok {
			continue
		}
		limit, problem := quotaLimit(k.option, text)
		if problem != "" {
			c.errln("%s", problem)
			return nil
		}
		quota := wire.Quota{wire.QuotaCount: -1, wire.QuotaBytes: -1, wire.QuotaCountHard: -1, wire.QuotaBytesHard: -1}
		quota[k.key] = limit
		return c.createQuota(path, quota)
	}
	return nil
}

// quotaLimit reads the value of a limit, or says why it is none.
func quotaLimit(option, text string) (limit int64, problem string) {
	bits := 64
	if option == "n" || option == "N" {
		bits = 32
	}
	limit, err := strconv.ParseInt(text, 10, bits)
	switch {
	case err != nil:
		return 0, "NumberFormatException happens when parsing the option value"
	case bits == 32 && limit <= 0:
		return 0, "the num quota must be greater than zero"
	case limit < 0:
		return 0, "the bytes quota must be greater than or equal to zero"
	}
	return limit, ""
}

// createQuota makes the znodes of a quota, or changes those that are there.
func (c *Call) createQuota(path string, quota wire.Quota) error {
	if err := c.mayHaveQuota(path); err != nil {
		return err
	}
	there, err := c.exists(quotaLimits(path))
	if err != nil {
		return err
	}
	if !there {
		if err := c.makeQuota(path, quota); err != nil {
			return err
		}
		use, err := c.readQuota(quotaUse(path))
		if err != nil {
			return err
		}
		c.warnOfQuota(quota, use)
		return c.yield(&quotaChanged{c.act(path), quota})
	}
	limits, err := c.readQuota(quotaLimits(path))
	if err != nil {
		return err
	}
	for key, limit := range quota {
		if limit > -1 {
			limits[key] = limit
		}
	}
	use, err := c.readQuota(quotaUse(path))
	if err != nil {
		return err
	}
	c.warnOfQuota(limits, use)
	return c.setLimits(path, limits)
}

// setLimits changes the limits of a znode that has some.
func (c *Call) setLimits(path string, limits wire.Quota) error {
	if _, err := c.zk.Set(c.ctx, quotaLimits(path), []byte(limits.String()), anyVersion); err != nil {
		return err
	}
	return c.yield(&quotaChanged{c.act(path), limits})
}

// mayHaveQuota refuses a quota for a znode that is not there, or that has one
// above or below it.
func (c *Call) mayHaveQuota(path string) error {
	switch there, err := c.exists(path); {
	case err != nil:
		return err
	case !there:
		return failf("%s does not exist.", path)
	}
	if err := c.noQuotaBelow(path); err != nil {
		return err
	}
	names := javaSplit(path, "/")
	for i := 1; i < len(names)-1; i++ {
		above := wire.QuotaPath + strings.Join(names[:i+1], "/")
		switch has, err := c.hasLimits(above); {
		case isNoNode(err):
			return nil
		case err != nil:
			return err
		case has:
			return failf("%s has a parent %s which has a quota", path, strings.TrimPrefix(above, wire.QuotaPath))
		}
	}
	return nil
}

func (c *Call) noQuotaBelow(path string) error {
	top := wire.QuotaPath + path
	err := c.walk(top, false, func(at string) error {
		has, err := c.hasLimits(at)
		switch {
		case isNoNode(err): // gone since
			return nil
		case err != nil:
			return err
		case has && at != top:
			return failf("%s has a child %s which has a quota", path, strings.TrimPrefix(at, wire.QuotaPath))
		}
		return nil
	})
	if isNoNode(err) {
		return nil
	}
	return err
}

func (c *Call) hasLimits(quotaPath string) (bool, error) {
	children, _, err := c.zk.Children(c.ctx, quotaPath, nil)
	return slices.Contains(children, wire.QuotaLimitNode), err
}

// makeQuota makes the znodes of a quota and those above them.
func (c *Call) makeQuota(path string, quota wire.Quota) error {
	// In a chroot there is no /zookeeper yet. No server counts what is below it.
	parents := []string{"/zookeeper", wire.QuotaPath}
	at := wire.QuotaPath
	for _, name := range javaSplit(path, "/")[1:] {
		at += "/" + name
		parents = append(parents, at)
	}
	for _, parent := range parents {
		switch there, err := c.exists(parent); {
		case err != nil:
			return err
		case there:
			continue
		}
		_, _, err := c.zk.Create(c.ctx, parent, nil, session.CreateOptions{})
		if err != nil && !errors.Is(err, &wire.Error{Code: wire.NodeExists}) {
			return err
		}
	}
	if _, _, err := c.zk.Create(c.ctx, quotaLimits(path), []byte(quota.String()), session.CreateOptions{}); err != nil {
		return err
	}
	use := wire.Quota{wire.QuotaCount: 0, wire.QuotaBytes: 0}
	_, _, err := c.zk.Create(c.ctx, quotaUse(path), []byte(use.String()), session.CreateOptions{})
	return err
}

func (c *Call) exists(path string) (bool, error) {
	_, err := c.zk.Exists(c.ctx, path, nil)
	if isNoNode(err) {
		return false, nil
	}
	return err == nil, err
}

func (c *Call) readQuota(path string) (wire.Quota, error) {
	data, _, err := c.zk.Get(c.ctx, path, nil)
	if err != nil {
		return nil, err
	}
	return wire.ParseQuota(data)
}

// warnOfQuota says if more is used already than there may be.
func (c *Call) warnOfQuota(limits, use wire.Quota) {
	for _, w := range []struct{ what, key, soft, hard string }{
		{"count", wire.QuotaCount, wire.QuotaCount, wire.QuotaCountHard},
		{"bytes", wire.QuotaBytes, wire.QuotaBytes, wire.QuotaBytesHard},
	} {
		used := use.Get(w.key)
		for _, limit := range []int64{limits.Get(w.soft), limits.Get(w.hard)} {
			if limit > -1 && limit < used {
				c.outln("[Warning]: the %s quota you create is less than the existing %s:%d", w.what, w.what, used)
				break
			}
		}
	}
}

func runListQuota(c *Call) error {
	q := &quotaReport{Path: c.args[0]}
	c.textOnly(func(w *textOut) { w.errln("absolute path is %s", quotaLimits(q.Path)) })
	limits, err := c.readQuota(quotaLimits(q.Path))
	if err == nil {
		q.Limits = limits
		if q.Stats, err = c.readQuota(quotaUse(q.Path)); err != nil && c.dialect.Before(D38) {
			c.textOnly(q.limitsText) // 3.4 has shown them before it asks on
		}
	}
	switch {
	case isNoNode(err):
		c.errln("quota for %s does not exist.", q.Path)
		return nil
	case err != nil:
		return err
	}
	return c.yield(q)
}

// A quotaReport is the limits of a znode, and what is used of them, with the names that
// the server has for the numbers.
type quotaReport struct {
	Path   string     `json:"path"`
	Limits wire.Quota `json:"limits"`
	Stats  wire.Quota `json:"stats"`
}

func (q *quotaReport) text(w *textOut) {
	q.limitsText(w)
	w.outln("Output stat for %s %v", q.Path, knownTo(w.dialect, q.Stats))
}

func (q *quotaReport) limitsText(w *textOut) {
	w.outln("Output quota for %s %v", q.Path, knownTo(w.dialect, q.Limits))
}

func (q *quotaReport) objects() iter.Seq[any] { return one(q) }

func runDelQuota(c *Call) error {
	path := c.args[0]
	switch there, err := c.exists(quotaLimits(path)); {
	case err != nil:
		return err
	case !there:
		c.outln("Quota does not exist for %s", path)
		return nil
	}
	err := c.deleteQuota(path)
	if isNoNode(err) {
		c.errln("quota for %s does not exist.", path)
		return nil
	}
	return err
}

// deleteQuota takes off the limits that were named; if none was, all of them.
func (c *Call) deleteQuota(path string) error {
	limits, err := c.readQuota(quotaLimits(path))
	if err != nil {
		return err
	}
	if len(c.opts) > 0 {
		for _, k := range quotaKeys {
			if c.has(k.option) {
				limits[k.key] = -1
			}
		}
		return c.setLimits(path, limits)
	}
	if err := c.deleteQuotaZnodes(path); err != nil {
		return err
	}
	return c.yield(&quotaChanged{act: c.act(path)})
}

// deleteQuotaZnodes deletes the znodes of a quota, and those above that were there for it
// alone.
func (c *Call) deleteQuotaZnodes(path string) error {
	at := wire.QuotaPath + path
	children, _, err := c.zk.Children(c.ctx, at, nil)
	if err != nil {
		return err
	}
	for _, name := range children {
		if err := c.zk.Delete(c.ctx, at+"/"+name, anyVersion); err != nil {
			return err
		}
	}
	for at != wire.QuotaPath {
		children, _, err := c.zk.Children(c.ctx, at, nil)
		if err != nil || len(children) > 0 {
			return err
		}
		if err := c.zk.Delete(c.ctx, at, anyVersion); err != nil {
			return err
		}
		at, _ = wire.SplitPath(at)
	}
	return nil
}
