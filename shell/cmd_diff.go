package shell

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"zoosh/internal/export"
	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/walk"
)

// A side is one of the trees that diff compares.
type side struct {
	znodes  map[string]*export.Znode
	skipped walk.Skipped
	err     error
}

// runDiff compares paths, data, kinds and ACLs. A side is a path, another
// server's (host:port/path), or an export: a file, with file: before it if its
// name begins with a slash.
func runDiff(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	var sides [2]side
	var wait sync.WaitGroup
	for i := range sides {
		wait.Go(func() {
			sides[i].err = fault.Do(func() (err error) {
				sides[i].znodes, sides[i].skipped, err = c.readSide(c.args[i])
				return err
			})
		})
	}
	wait.Wait()
	for i, s := range sides {
		if fault.Of(s.err) != nil {
			return s.err
		}
		if s.err != nil {
			return c.sideFailed(i, s.err)
		}
		c.saySkipped(s.skipped)
	}
	n, err := c.yieldDifferences(sides[0].znodes, sides[1].znodes)
	if err == nil && n > 0 {
		return &failure{code: exitFailed}
	}
	return err
}

// sideFailed says why a side was not read.
func (c *Call) sideFailed(i int, err error) error {
	if long := session.LongReplyBehind(err); long != nil {
		err = long // both sides may be on the connection that it has ended
	}
	return &failure{msg: c.args[i] + ": " + errorMessage(c.dialect, err, nil), code: exitUnknown}
}

func (c *Call) readSide(name string) (map[string]*export.Znode, walk.Skipped, error) {
	znodes, held := map[string]*export.Znode{}, c.holds()
	add := func(z *export.Znode) error {
		if c.has("noephemerals") && z.Kind == export.Ephemeral {
			return nil
		}
		znodes[z.Path] = z
		return held.Take(heldEach + z.Size())
	}
	what, rest := c.sideOf(name)
	switch what {
	case OwnServer:
		skipped, err := export.Take(c.ctx, c.zk, name, add)
		return znodes, skipped, err
	case LocalFiles:
		all, err := c.readExport(rest)
		for _, z := range all {
			add(z)
		}
		return znodes, walk.Skipped{}, err
	}
	skipped, err := c.takeElsewhere(name, add)
	return znodes, skipped, err
}

// sideOf is what a side is, 0 if it is nothing that there is, and its name.
func (c *Call) sideOf(name string) (what Reaches, rest string) {
	file, explicit := strings.CutPrefix(name, filePrefix)
	address, _, _ := strings.Cut(name, "/")
	switch {
	case strings.HasPrefix(name, "/"):
		return OwnServer, name
	case explicit || c.sh.isFile(name):
		return LocalFiles, file
	case strings.Contains(address, ":") || strings.HasPrefix(address, profileMark):
		return OtherServers, name
	}
	return 0, name
}

func (sh *Shell) isFile(name string) bool {
	path, err := sh.localFile(name)
	if err != nil {
		return false
	}
	st, err := os.Stat(path)
	return err == nil && !st.IsDir()
}

// takeElsewhere reads another server's subtree: what follows the address is the
// path, as in a connect string.
func (c *Call) takeElsewhere(name string, visit func(*export.Znode) error) (walk.Skipped, error) {
	address, path, _ := strings.Cut(name, "/")
	if what, _ := c.sideOf(name); what != OtherServers {
		return walk.Skipped{}, errors.New("it is no path, no host:port/path and no file")
	}
	zk, err := c.openSideSession(address, func(session.Event) {})
	if err != nil {
		return walk.Skipped{}, err
	}
	defer zk.Close()
	return export.Take(c.ctx, zk, "/"+path, visit)
}

// A difference is a line of diff, as JSON has it. Change is removed (only in the
// first tree), added (only in the second), or changed.
type difference struct {
	Path       string    `json:"path"` // below the roots
	Change     string    `json:"change"`
	Before     *jsonData `json:"before,omitempty"`
	After      *jsonData `json:"after,omitempty"`
	ACLBefore  []jsonACL `json:"aclBefore,omitempty"`
	ACLAfter   []jsonACL `json:"aclAfter,omitempty"`
	KindBefore string    `json:"kindBefore,omitempty"`
	KindAfter  string    `json:"kindAfter,omitempty"`
}

func (d *difference) text(w *textOut) { w.outln("%s", d) }

func (d *difference) objects() iter.Seq[any] { return one(d) }

// yieldDifferences yields what differs, and tells how much does.
func (c *Call) yieldDifferences(a, b map[string]*export.Znode) (n int, err error) {
	p := c.printer()
	defer p.flush()
	all := maps.Clone(a)
	maps.Copy(all, b)
	paths := slices.SortedFunc(maps.Keys(all), comparePaths)
	for _, path := range paths {
		if err := c.ctx.Err(); err != nil {
			return n, context.Cause(c.ctx)
		}
		d := c.compareZnodes(a[path], b[path])
		if d == nil {
			continue
		}
		n++
		d.Path = path
		if err := p.yield(d); err != nil {
			return n, err
		}
	}
	return n, nil
}

// comparePaths orders as a walk does: a parent, what is below it, its siblings.
// The slash stands before every character that a name may have.
func comparePaths(a, b string) int {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		default:
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareZnodes is how two znodes differ, nil if they do not.
func (c *Call) compareZnodes(a, b *export.Znode) *difference {
	switch {
	case b == nil:
		return &difference{Change: "removed", Before: &a.Data, KindBefore: a.Kind}
	case a == nil:
		return &difference{Change: "added", After: &b.Data, KindAfter: b.Kind}
	}
	d := &difference{Change: "changed"}
	if !sameData(&a.Data, &b.Data) {
		d.Before, d.After = &a.Data, &b.Data
	}
	if a.Kind != b.Kind {
		d.KindBefore, d.KindAfter = a.Kind, b.Kind
	}
	if !c.has("noacl") && !slices.Equal(a.ACL, b.ACL) {
		d.ACLBefore, d.ACLAfter = a.ACL, b.ACL
	}
	if d.Before == nil && d.KindBefore == "" && d.ACLBefore == nil {
		return nil
	}
	return d
}

// sameData compares data; null is not the same as none.
func sameData(a, b *jsonData) bool {
	x, errX := a.Bytes()
	y, errY := b.Bytes()
	return errX == nil && errY == nil && (x == nil) == (y == nil) && bytes.Equal(x, y)
}

// String is a difference in words: - is only in the first tree, + only in the
// second, ~ in both.
func (d *difference) String() string {
	switch d.Change {
	case "removed":
		return "- " + d.Path + kindNote(d.KindBefore)
	case "added":
		return "+ " + d.Path + kindNote(d.KindAfter)
	}
	text := "~ " + d.Path
	if d.Before != nil {
		text += "  " + changedData(d.Before, d.After)
	}
	if d.KindBefore != "" {
		text += "  " + d.KindBefore + " → " + d.KindAfter
	}
	if d.ACLBefore != nil {
		text += "  acl " + aclText(d.ACLBefore) + " → " + aclText(d.ACLAfter)
	}
	return text
}

func kindNote(kind string) string {
	if kind == export.Ephemeral {
		return "  (ephemeral)"
	}
	return ""
}

func changedData(before, after *jsonData) string {
	was, err := before.Bytes()
	now, errNow := after.Bytes()
	if err != nil || errNow != nil {
		return "? → ?"
	}
	return changedText(was, now)
}

// aclText is an ACL as setAcl takes it.
func aclText(acl []jsonACL) string {
	parts := make([]string, len(acl))
	for i, a := range acl {
		parts[i] = fmt.Sprintf("%s:%s:%s", a.Scheme, a.ID, a.Perms)
	}
	return strings.Join(parts, ",")
}
