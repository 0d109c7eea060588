package shell

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"zoosh/internal/english"
	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// doomed is a znode that is going to be deleted.
type doomed struct {
	path  string
	depth int
	owner int64 // the session, of an ephemeral
}

// mayDelete asks before more than one znode is taken, or, with -dry-run, says
// what would be.
func (c *Call) mayDelete(all []doomed) (ready bool, err error) {
	if c.has(dryRunOption.Name) {
		c.outln("would delete %s", english.Count(len(all), "znode"))
		c.sayOwners(all)
		return false, nil
	}
	if len(all) < 2 {
		return true, nil
	}
	if !c.asks() {
		return true, nil
	}
	t := c.takes(c.args[0], all)
	if err := c.confirm(t, "Delete "+t.Says()+"?"); err != nil {
		return false, err
	}
	return true, nil
}

// sayOwners lists the ephemerals by their sessions, and where those come from if
// the server tells.
func (c *Call) sayOwners(all []doomed) {
	bySession := map[int64][]string{}
	for _, d := range all {
		if d.owner != 0 {
			bySession[d.owner] = append(bySession[d.owner], d.path)
		}
	}
	if len(bySession) == 0 {
		return
	}
	clients, _ := c.clients()
	for _, id := range slices.Sorted(maps.Keys(bySession)) {
		paths := bySession[id]
		slices.Sort(paths)
		shown := strings.Join(paths[:min(len(paths), shownNames)], ", ")
		if len(paths) > shownNames {
			shown += ", …"
		}
		c.outln("%s of session %s: %s", english.Count(len(paths), "ephemeral"), clients.name(id), shown)
	}
}

// deletesAhead is how many transactions are begun at a time, as in zkCli, at the least:
// small ones are as many as the session's window has room for.
const deletesAhead = 10

// deleteBatches deletes the last level first, many znodes in a transaction. Those
// of one level do not wait for each other. What fits into one transaction is one.
func (c *Call) deleteBatches(all []doomed, batch int) error {
	told, done := c.progressOf("deleted", len(all)), 0
	for whole := len(all) <= batch; len(all) > 0; {
		n := len(all)
		if !whole {
			n = sort.Search(len(all), func(i int) bool { return all[i].depth < all[0].depth })
		}
		d := deletion{c: c, finished: func(n int) { done += n; told(done) }}
		ahead := max(deletesAhead, c.zk.Window(window.Writes)/max(batch, 1))
		if n <= deleteBatch {
			ahead = 1 // so few are deleted one after the other, in zkCli's order
		}
		err := d.level(slices.Chunk(all[:n], batch), ahead)
		var refused *wire.Error
		if errors.As(err, &refused) && refused.Code != wire.ConnectionLoss {
			// What was refused and why is not said, and it counts as success.
			c.errln("Failed to delete some node(s) in the subtree!")
			return nil
		}
		if err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// A deletion is that of a level.
type deletion struct {
	c        *Call
	mu       sync.Mutex
	err      error // the first
	finished func(n int)
}

// level deletes the chunks, so many at a time.
func (d *deletion) level(chunks iter.Seq[[]doomed], ahead int) error {
	var wait sync.WaitGroup
	free := make(chan struct{}, ahead)
	for chunk := range chunks {
		free <- struct{}{}
		if d.failed() {
			break
		}
		wait.Go(func() {
			d.end(len(chunk), fault.Do(func() error { return d.c.deleteTogether(chunk) }))
			<-free
		})
	}
	wait.Wait()
	return d.err
}

func (d *deletion) failed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err != nil
}

func (d *deletion) end(n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil:
		d.finished(n)
	case d.err == nil:
		d.err = err
	}
}

// deleteTogether deletes znodes in one transaction, or in as many as it takes where
// their paths are too long for one.
func (c *Call) deleteTogether(chunk []doomed) error {
	ops := make([]wire.MultiOp, len(chunk))
	for i, d := range chunk {
		ops[i] = wire.MultiOp{Op: wire.OpDelete, Request: &wire.PathVersionRequest{Path: d.path, Version: anyVersion}}
	}
	for fits := range c.zk.Chunks(ops, len(ops)) {
		if _, err := c.zk.Multi(session.Paced(c.ctx), fits); err != nil {
			return err
		}
	}
	return nil
}
