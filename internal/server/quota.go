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
	if _, ok := t.quotas[path]; ok && path != "/" {
		return path, true
	}
	for ancestor := range func(yield func(string) bool) { t.limited.above(path, yield) } {
		if _, ok := t.quotas[ancestor]; ok && ancestor != "/" {
			return ancestor, true
		}
	}
	return "", false
}

// quotaBegins notes that a path has limits.
func (t *tree) quotaBegins(of string) {
	if _, is := t.quotas[of]; !is {
		t.quotas[of] = struct{}{}
		t.limited.add(of)
	}
}

// quotaEnds notes that it has them no more.
func (t *tree) quotaEnds(of string) {
	if _, is := t.quotas[of]; is {
		delete(t.quotas, of)
		t.limited.remove(of)
	}
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
		t.quotaBegins(of)
	}
	if of := quotaFor(path, wire.QuotaStatNode); of != "" {
		t.setUse(of, t.node(path), t.countUse(of))
	}
	t.quotaChanged(path, size, 1)
}

// quotaRemoved ends a quota when its limits are deleted, and counts a znode no
// more.
func (t *tree) quotaRemoved(path string, size int) {
	if of := quotaFor(path, wire.QuotaLimitNode); of != "" {
		t.quotaEnds(of)
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
	t.setUse(of, n, use)
}

// setUse notes what is used of a quota, in the znode for that.
func (t *tree) setUse(of string, n *node, use wire.Quota) {
	data := []byte(use.String())
	t.size += len(data) - len(n.data)
	if len(data) != len(n.data) {
		t.grew(quotaPath+of+"/"+wire.QuotaStatNode, 0, len(data)-len(n.data))
	}
	n.data = data
}

// maxQuotaData is how long the data of a quota's znodes may be, in bytes, to be looked
// at: every change below the path does it.
const maxQuotaData = 256

// quotaNode is one of the znodes of the quota for a path and what it holds; nil
// if it is not there, or holds something else.
func (t *tree) quotaNode(of, kind string) (*node, wire.Quota) {
	n := t.node(quotaPath + of + "/" + kind)
	if n == nil || len(n.data) > maxQuotaData {
		return nil, nil
	}
	q, err := wire.ParseQuota(n.data)
	if err != nil {
		return nil, nil
	}
	return n, q
}

// countUse is what the znodes at path and below use.
func (t *tree) countUse(path string) wire.Quota {
	use := wire.Quota{wire.QuotaCount: 0, wire.QuotaBytes: 0}
	if n := t.node(path); n != nil {
		use[wire.QuotaCount], use[wire.QuotaBytes] = n.used()
	}
	return use
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
