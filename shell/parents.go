package shell

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

var parentsOption = Option{Name: "p", Desc: "make the parents that are missing, with the same ACL; all of it or nothing", Own: true}

// parentTries is how often create -p looks anew which parents are missing: somebody
// else may be making them.
const parentTries = 5

// createBelow creates a znode and the parents that it lacks, in one transaction, and
// returns the paths of all.
func (c *Call) createBelow(path string, data []byte, o session.CreateOptions) (made []string, err error) {
	for range parentTries {
		missing, err := c.missingParents(path)
		if err != nil {
			return nil, err
		}
		var ops []wire.MultiOp
		for _, parent := range missing {
			ops = append(ops, createOp(parent, nil, session.CreateOptions{ACL: o.ACL}))
		}
		results, err := c.zk.Multi(c.ctx, append(ops, createOp(path, data, o)))
		var refused *wire.Error
		if errors.As(err, &refused) && refused.Path != path && (refused.Code == wire.NodeExists || refused.Code == wire.NoNode) {
			continue // no longer missing, or one more is
		}
		if err != nil {
			return nil, err
		}
		return c.createdBy(results, o), nil
	}
	return nil, failf("%s: its parents come and go", path)
}

// createdBy is the paths of what was created; the last one is the znode itself.
func (c *Call) createdBy(results []wire.MultiResult, o session.CreateOptions) (made []string) {
	for _, r := range results {
		switch reply := r.Reply.(type) {
		case *wire.PathResponse:
			made = append(made, reply.Path)
		case *wire.Create2Response:
			made = append(made, reply.Path)
			c.made = &Made{Server: c.sh.ConnectString(), Path: reply.Path, Czxid: reply.Stat.Czxid, TTL: o.TTL}
		}
	}
	return made
}

// createOp is a create as an operation of a transaction.
func createOp(path string, data []byte, o session.CreateOptions) wire.MultiOp {
	r := wire.CreateRequest{Path: path, Data: data, ACL: o.ACL, Flags: o.Flags}
	switch {
	case o.TTL != 0:
		return wire.MultiOp{Op: wire.OpCreateTTL, Request: &wire.CreateTTLRequest{CreateRequest: r, TTL: o.TTL.Milliseconds()}}
	case o.Flags == wire.FlagContainer:
		return wire.MultiOp{Op: wire.OpCreateContainer, Request: &r}
	}
	return wire.MultiOp{Op: wire.OpCreate, Request: &r}
}

// missingParents is the parents of a path that do not exist, the first one first. One
// that is missing has nothing below it, so that few have to be asked for.
func (c *Call) missingParents(path string) ([]string, error) {
	parents := []string{"/"} // which a chroot may lack
	for i, r := range path {
		if r == '/' && i > 0 {
			parents = append(parents, path[:i])
		}
	}
	var failed error
	first := sort.Search(len(parents), func(i int) bool {
		_, err := c.zk.Exists(c.ctx, parents[i], nil)
		if err != nil && !isNoNode(err) {
			failed = err
		}
		return isNoNode(err)
	})
	return parents[first:], failed
}

// sayMissing says which parents are missing where that is why a command that creates
// failed. zkCli names the znode that was to be created, and says that it does not exist.
func (c *Call) sayMissing(err error) {
	if f, ok := err.(*failure); ok {
		err = f.cause
	}
	var refused *wire.Error
	if !c.sh.cfg.Typed || c.cmd == nil || !c.cmd.Creates || !errors.As(err, &refused) || refused.Code != wire.NoNode {
		return
	}
	if missing, err := c.missingParents(refused.Path); err == nil && len(missing) > 0 {
		c.errln("%s", c.missingText(missing))
	}
}

func (c *Call) missingText(missing []string) string {
	last := missing[len(missing)-1]
	if _, chroot, err := session.ParseConnect(c.sh.ConnectString()); missing[0] == "/" && err == nil {
		return fmt.Sprintf("The chroot %s is missing; %s makes it, if its own parent is there", chroot, `create / ""`)
	}
	makes, them := "create -p "+last, "it"
	if c.cmd.Name == "create" {
		makes = "create -p"
	}
	what := "The parent " + last + " is"
	switch len(missing) {
	case 1:
	case 2:
		what, them = "The parents "+missing[0]+" and "+last+" are", "them"
	default:
		what, them = "The parents from "+missing[0]+" down to "+last+" are", "them"
	}
	return strings.Join([]string{what, "missing;", makes, "makes", them}, " ")
}
