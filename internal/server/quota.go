package server

import (
	"strings"

	"zoosh/internal/wire"
)

// A quota is two znodes below quotaPath, made by a client: the limits and what is
// used of them. The server keeps the latter up to date, without a version or a
// zxid of its own, and refuses what would go beyond a hard limit if it was told
// to enforce quotas.

// quotaOf is the path whose quota a znode counts for: the nearest one that has
// limits, be it the znode's own. ok is false if there is none.
func (t *tree) quotaOf(path string) (of string, ok bool) {
	if len(t.quotas) == 0 {
		return "", false
	}
	for ; path != "/" && path != ""; path, _ = wire.SplitPath(path) {
		if _, ok := t.quotas[path]; ok {
			return path, true
		}
	}
	return "", false
}

// quotaFor is the path that a znode is the limits or the use of; "" if it is
// neither.
func quotaFor(path, kind string) string {
	rest, below := strings.CutPrefix(path, quotaPath)
	rest, is := strings.CutSuffix(rest, "/"+kind)
	if !below || !is {
		return ""
	}
	return rest
}

// quotaCreated begins a quota when its znodes are made, and counts a new znode.
func (t *tree) quotaCreated(path string, size int) {
	if of := quotaFor(path, wire.QuotaLimitNode); of != "" {
		t.quotas[of] = struct{}{}
	}
	if of := quotaFor(path, wire.QuotaStatNode); of != "" {
		use := wire.Quota{wire.QuotaCount: 0, wire.QuotaBytes: 0}
		t.countUse(of, use)
		t.setUse(t.node(path), use)
	}
	t.quotaChanged(path, size, 1)
}

// quotaRemoved ends a quota when its limits are deleted, and counts a znode no
// more.
func (t *tree) quotaRemoved(path string, size int) {
	if of := quotaFor(path, wire.QuotaLimitNode); of != "" {
		delete(t.quotas, of)
	}
	t.quotaChanged(path, -size, -1)
}

// quotaChanged notes a change of what is used of the quota that path counts for.
func (t *tree) quotaChanged(path string, bytes, count int) {
	of, ok := t.quotaOf(path)
	if !ok {
		return
	}
	n, use := t.quotaNode(of, wire.QuotaStatNode)
	if n == nil {
		return
	}
	use[wire.QuotaCount] = use.Get(wire.QuotaCount) + int64(count)
	use[wire.QuotaBytes] = use.Get(wire.QuotaBytes) + int64(bytes)
	t.setUse(n, use)
}

// setUse notes what is used of a quota.
func (t *tree) setUse(n *node, use wire.Quota) {
	t.size -= len(n.data)
	n.data = []byte(use.String())
	t.size += len(n.data)
}

// quotaNode is one of the znodes of the quota for a path and what it holds; nil
// if it is not there, or holds something else.
func (t *tree) quotaNode(of, kind string) (*node, wire.Quota) {
	n := t.node(quotaPath + of + "/" + kind)
	if n == nil {
		return nil, nil
	}
	q, err := wire.ParseQuota(n.data)
	if err != nil {
		return nil, nil
	}
	return n, q
}

// countUse adds up the znodes at path and below, and their data.
func (t *tree) countUse(path string, use wire.Quota) {
	if n := t.node(path); n != nil {
		n.countUse(use)
	}
}

func (n *node) countUse(use wire.Quota) {
	use[wire.QuotaCount]++
	use[wire.QuotaBytes] += int64(len(n.data))
	for child := range n.children().each {
		child.countUse(use)
	}
}

// checkQuota refuses a change of so many bytes and znodes at path that goes
// beyond a hard limit. Going beyond a soft one, where there is no hard one, is
// only told.
func (t *tree) checkQuota(path string, bytes, count int, logf func(format string, args ...any)) error {
	of, ok := t.quotaOf(path)
	if !ok {
		return nil
	}
	_, limits := t.quotaNode(of, wire.QuotaLimitNode)
	_, use := t.quotaNode(of, wire.QuotaStatNode)
	if use == nil {
		return nil
	}
	for _, c := range []struct {
		key, hardKey, limitName string
		change                  int
	}{
		{wire.QuotaCount, wire.QuotaCountHard, "CountLimit", count},
		{wire.QuotaBytes, wire.QuotaBytesHard, "ByteLimit", bytes},
	} {
		kind, limit := "hard", limits.Get(c.hardKey)
		if limit < 0 {
			kind, limit = "soft", limits.Get(c.key)
		}
		would := use.Get(c.key) + int64(c.change)
		if c.change == 0 || limit < 0 || would <= limit {
			continue
		}
		logf("Quota exceeded: %.200s [current %s=%d, %s%s=%d]", of, c.key, would, kind, c.limitName, limit)
		if kind == "hard" {
			return &wire.Error{Code: wire.QuotaExceeded, Path: of}
		}
	}
	return nil
}
