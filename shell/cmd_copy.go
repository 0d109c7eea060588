package shell

import (
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/export"
	"zoosh/internal/walk"
	"zoosh/internal/wire"
)

func runCp(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	from, to := c.args[0], c.args[1]
	all, skipped, err := c.take(from, c.has("r"))
	if err != nil {
		return err
	}
	plan, err := c.copyPlan(all, to)
	if err != nil {
		return err
	}
	c.changes(plan.Changes)
	if err := plan.Restore(c.ctx, c.zk, c.progressOf("copied", plan.Len())); err != nil {
		return c.restoreFailed("cp", err)
	}
	c.endProgress()
	if err := c.yield(&carried{c.act(from), to, plan.Len(), skippedPaths(from, plan)}); err != nil {
		return err
	}
	c.saySkipped(skipped)
	c.sayNotRestored(plan.Skipped, "not copied")
	return nil
}

// take reads a znode, or all of a subtree, to be written elsewhere.
func (c *Call) take(from string, below bool) (all []*export.Znode, skipped walk.Skipped, err error) {
	held := c.holds()
	skipped, err = export.Take(c.ctx, c.zk, from, func(z *export.Znode) error {
		all = append(all, z)
		if !below {
			return walk.ErrStop
		}
		return held.Take(heldEach + z.Size())
	})
	return all, skipped, err
}

// copyPlan plans to create everything at a path where nothing is.
func (c *Call) copyPlan(all []*export.Znode, to string) (*export.Plan, error) {
	if err := wire.ValidatePath(to); err != nil {
		return nil, err
	}
	switch _, err := c.zk.Exists(c.ctx, to, nil); {
	case err == nil:
		return nil, &wire.Error{Code: wire.NodeExists, Path: to}
	case !isNoNode(err):
		return nil, err
	}
	plan := export.NewPlan(to, all, nil)
	if len(all) > 0 && all[0].Kind == export.Ephemeral {
		return nil, failf("an ephemeral belongs to its session and cannot be copied")
	}
	return plan, nil
}

func runMv(c *Call) error {
	if err := c.atMost(2); err != nil {
		return err
	}
	from, to := c.args[0], c.args[1]
	if to == from || strings.HasPrefix(to, strings.TrimSuffix(from, "/")+"/") {
		return failf("%s cannot move into itself", from)
	}
	all, skipped, err := c.take(from, true)
	if err != nil {
		return err
	}
	plan, err := c.copyPlan(all, to)
	switch {
	case err != nil:
		return err
	case skipped.Denied > 0:
		return &wire.Error{Code: wire.NoAuth, Path: skipped.Which[0]}
	case len(plan.Skipped) > 0:
		return failf("%s is ephemeral: it belongs to its session and cannot move", export.Below(from, plan.Skipped[0].Path))
	}
	if plan.Len() > 1 {
		t := c.sh.taken(from)
		t.Znodes = plan.Len()
		if err := c.confirm(t, "Move to "+to+" what is "+t.Says()+"?"); err != nil {
			return err
		}
	}
	if err := c.move(from, all, plan); err != nil {
		return err
	}
	c.endProgress()
	return c.yield(&carried{act: c.act(from), To: to, Znodes: plan.Len()})
}

// move is one transaction where that is possible: then nobody sees both trees or
// half of one, and what changed since it was read makes it fail.
func (c *Call) move(from string, all []*export.Znode, plan *export.Plan) error {
	deletes := make([]wire.MultiOp, 0, len(all))
	for _, z := range slices.Backward(all) {
		deletes = append(deletes, wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{
			Path: export.Below(from, z.Path), Version: z.Stat.DataVersion}})
	}
	if whole, ok := plan.Transaction(c.zk, deletes); ok {
		_, err := c.zk.Multi(c.ctx, whole)
		return err
	}
	c.changes(func() int { return plan.Changes() + len(deletes) })
	c.note("More than one transaction is needed: the znodes are copied, then deleted")
	if err := plan.Restore(c.ctx, c.zk, c.progressOf("copied", plan.Len())); err != nil {
		return c.restoreFailed("mv", err)
	}
	for chunk := range c.zk.Chunks(deletes, deleteBatch) {
		if _, err := c.zk.Multi(c.ctx, chunk); err != nil {
			return fmt.Errorf("mv: %s is copied, but not all of it could be deleted: %w", from, err)
		}
	}
	return nil
}
