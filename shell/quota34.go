package shell

import (
	"errors"
	"strings"

	"zoosh/internal/wire"
)

// What zkCli 3.4 does for setquota differs from what later ones do: the words are
// taken by their position, and a znode that has a quota cannot get another.

// knownTo is the part of a quota that ZooKeeper of a dialect knows.
func knownTo(d Dialect, q wire.Quota) wire.Quota {
	if d.Since(D38) {
		return q
	}
	return wire.Quota{wire.QuotaCount: q.Get(wire.QuotaCount), wire.QuotaBytes: q.Get(wire.QuotaBytes)}
}

func (c *Call) setQuota34() error {
	if len(c.words) < 4 {
		return c.cmd.usageError(c.dialect)
	}
	option, value, path := c.words[1], c.words[2], c.words[3]
	c.errln("Comment: the parts are option %s val %s path %s", option, value, path)
	for _, k := range quotaKeys {
		if option != "-"+k.option {
			continue
		}
		limit, err := parseLimit(k.option, value)
		if err != nil {
			return err
		}
		quota := wire.Quota{wire.QuotaCount: -1, wire.QuotaBytes: -1}
		quota[k.key] = limit
		return c.createQuota34(path, quota)
	}
	c.put(Item{Kind: Stderr, Text: zkHelp(c.dialect)})
	return nil
}

// parseLimit reads a limit as 3.4 does: any number is one.
func parseLimit(option, text string) (int64, error) {
	if option == "n" || option == "N" {
		n, err := parseInt32(text)
		return int64(n), err
	}
	return parseInt64(text)
}

func (c *Call) createQuota34(path string, quota wire.Quota) error {
	switch there, err := c.exists(path); {
	case err != nil:
		return err
	case !there:
		return failf("%s does not exist.", path)
	}
	children, _, err := c.zk.Children(c.ctx, wire.QuotaPath+path, nil)
	if err != nil && !isNoNode(err) {
		return err
	}
	for _, name := range children {
		if !strings.HasPrefix(name, "zookeeper_") {
			return failf("%s has child %s which has a quota", path, name)
		}
	}
	if err := c.noQuotaAbove34(path); err != nil {
		return err
	}
	err = c.makeQuota(path, quota)
	if errors.Is(err, &wire.Error{Code: wire.NodeExists}) {
		return c.changeQuota34(path, quota)
	}
	if err != nil {
		return err
	}
	return c.yield(&quotaChanged{c.act(path), quota})
}

// noQuotaAbove34 counts the znode itself among those above it.
func (c *Call) noQuotaAbove34(path string) error {
	at := wire.QuotaPath
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		at += "/" + name
		switch has, err := c.hasLimits(at); {
		case isNoNode(err):
			return nil
		case err != nil:
			return err
		case has:
			return failf("%s has a parent %s which has a quota", path, at)
		}
	}
	return nil
}

// changeQuota34 is for the znodes of a quota that somebody else made meanwhile.
func (c *Call) changeQuota34(path string, quota wire.Quota) error {
	limits, err := c.readQuota(quotaLimits(path))
	if err != nil {
		return err
	}
	for key, limit := range quota {
		if limit != -1 {
			limits[key] = limit
		}
	}
	return c.setLimits(path, limits)
}
