package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"zoosh/internal/fault"
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A Plan is what restoring an export below a root would do.
type Plan struct {
	Root    string
	Create  []*Znode // a parent before its children
	Set     []*Znode // are there already and get the data and ACL
	Skipped []*Znode // ephemerals
}

// NewPlan sorts out what is to be done, there being a znode at each path that
// there tells of.
func NewPlan(root string, all []*Znode, there map[string]bool) *Plan {
	p := &Plan{Root: root}
	for _, z := range all {
		switch path := Below(root, z.Path); {
		case z.Kind == Ephemeral:
			p.Skipped = append(p.Skipped, z)
		case there[path]:
			p.Set = append(p.Set, z)
		default:
			p.Create = append(p.Create, z)
		}
	}
	return p
}

// Len is how many znodes are written.
func (p *Plan) Len() int { return len(p.Create) + len(p.Set) }

// Changes is how many changes Restore makes: the ACL that a znode gets once everything is
// there is one of its own. What cannot be written is not counted.
func (p *Plan) Changes() int {
	n := 0
	_ = p.each(func(s znodeWrite) error { // Restore has its errors
		if n++; s.late != nil {
			n++
		}
		return nil
	})
	return n
}

// batchOps is how many operations a transaction has at most.
const batchOps = 1000

// setting is how many ACLs are begun to be set at a time. How many of them are under way
// is up to the session's window.
const setting = 512

// A RestoreError says how far restoring came. What stands before has been done.
type RestoreError struct {
	Done, Of int
	Path     string
	Err      error
}

// Error implements error.
func (e *RestoreError) Error() string {
	return fmt.Sprintf("after %d of %d znodes, at %s: %v", e.Done, e.Of, e.Path, e.Err)
}

// Unwrap is the reason.
func (e *RestoreError) Unwrap() error { return e.Err }

// Restore carries out a plan, many znodes in a transaction. progress, if it is not
// nil, is told how many are done. A znode below which others are created may be
// closed to this session by its own ACL: until all are there, anyone may create
// below it and give it its ACL, and no more. Nothing is written if there is a znode
// that no request can hold.
func (p *Plan) Restore(ctx context.Context, zk *session.Session, progress func(done int)) error {
	g := transactions{ctx: ctx, zk: zk, of: p.Len(), progress: progress}
	if err := p.each(func(s znodeWrite) error {
		if err := zk.CheckSize(s.op); err != nil {
			return g.failed(s.path, err)
		}
		return ctx.Err()
	}); err != nil {
		return err
	}
	if err := p.each(g.add); err != nil {
		return err
	}
	if err := g.flush(); err != nil {
		return err
	}
	return g.setACLs()
}

// A znodeWrite is the operation that writes a znode.
type znodeWrite struct {
	path string
	op   wire.MultiOp
	late []wire.ACL // the ACL that it gets once everything is there; nil if it has it
}

// each makes the operations of the plan, in order.
func (p *Plan) each(do func(znodeWrite) error) error {
	for i, z := range p.Create {
		inner := i+1 < len(p.Create) && isBelow(z.Path, p.Create[i+1].Path)
		if err := p.restore(z, inner, false, do); err != nil {
			return err
		}
	}
	for _, z := range p.Set {
		if err := p.restore(z, false, true, do); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) restore(z *Znode, inner, there bool, do func(znodeWrite) error) error {
	s := znodeWrite{path: Below(p.Root, z.Path)}
	data, acl, err := z.decode()
	if err != nil {
		return &RestoreError{Of: p.Len(), Path: s.path, Err: err}
	}
	if there {
		s.late = acl
		s.op = wire.MultiOp{Op: wire.OpSetData, Request: &wire.SetDataRequest{Path: s.path, Data: data, Version: wire.AnyVersion}}
		return do(s)
	}
	if inner && !slices.Equal(acl, wire.OpenACL()) {
		s.late = acl
		acl = append(slices.Clip(acl), wire.ACL{Scheme: "world", ID: "anyone", Perms: wire.PermCreate | wire.PermAdmin})
	}
	s.op = wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{Path: s.path, Data: data, ACL: acl}}
	return do(s)
}

func isBelow(parent, path string) bool {
	return parent == "/" || strings.HasPrefix(path, parent+"/")
}

// transactions gathers operations into transactions.
type transactions struct {
	ctx      context.Context
	zk       *session.Session
	ops      []wire.MultiOp
	paths    []string
	bytes    int
	done, of int
	progress func(int)
	acls     []lateACL
}

// lateACL is an ACL that a znode gets once everything is there.
type lateACL struct {
	path string
	acl  []wire.ACL
}

func (z *Znode) decode() ([]byte, []wire.ACL, error) {
	data, err := z.Bytes()
	if err != nil {
		return nil, nil, err
	}
	acl, err := z.WireACL()
	return data, acl, err
}

// add puts an operation into the transaction; one that would be too long is sent
// before.
func (g *transactions) add(s znodeWrite) error {
	size := g.zk.MultiSize(s.op)
	if len(g.ops) > 0 && (len(g.ops) >= batchOps || g.bytes+size > transactionBytes(g.zk)) {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.ops, g.paths, g.bytes = append(g.ops, s.op), append(g.paths, s.path), g.bytes+size
	if s.late != nil {
		g.acls = append(g.acls, lateACL{s.path, s.late})
	}
	return nil
}

// transactionBytes is how long the operations of a transaction may be: half of what a
// request may be, for servers wrap up more around each of them as they pass it on.
func transactionBytes(zk *session.Session) int { return zk.MaxRequest()/2 - wire.MultiRest }

// flush sends the transaction. One operation goes by itself: the largest data
// that a server takes leaves no room for a transaction around it.
func (g *transactions) flush() error {
	if err := g.ctx.Err(); err != nil {
		return g.failed(g.next(), err)
	}
	var err error
	switch len(g.ops) {
	case 0:
		return nil
	case 1:
		err = g.single(g.ops[0].Request)
	default:
		_, err = g.zk.Multi(g.ctx, g.ops)
	}
	if err != nil {
		return g.failed(g.next(), err)
	}
	g.done += len(g.ops)
	g.ops, g.paths, g.bytes = nil, nil, 0
	if g.progress != nil {
		g.progress(g.done)
	}
	return nil
}

func (g *transactions) single(request wire.Record) (err error) {
	switch r := request.(type) {
	case *wire.CreateRequest:
		_, _, err = g.zk.Create(g.ctx, r.Path, r.Data, session.CreateOptions{ACL: r.ACL})
	case *wire.SetDataRequest:
		_, err = g.zk.Set(g.ctx, r.Path, r.Data, r.Version)
	}
	return err
}

func (g *transactions) next() string {
	if len(g.paths) > 0 {
		return g.paths[0]
	}
	return "the end"
}

// failed puts an error into its place: that of the operation that the server
// refused, if it says which.
func (g *transactions) failed(path string, err error) error {
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Path != "" {
		path = refused.Path
	}
	return &RestoreError{Done: g.done, Of: g.of, Path: path, Err: err}
}

// setACLs sets the ACLs that could not stand from the start, some at a time. Where one
// fails, those that are under way are waited for.
func (g *transactions) setACLs() error {
	var mu sync.Mutex
	var first error
	failed := make(chan struct{})
	var wait sync.WaitGroup
	free := make(chan struct{}, setting)
	for _, late := range g.acls {
		select {
		case free <- struct{}{}:
		case <-failed:
		}
		if closed(failed) || g.ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-free }()
			if err := fault.Do(func() error {
				_, err := g.zk.SetACL(session.Paced(g.ctx), late.path, late.acl, wire.AnyVersion)
				return err
			}); err != nil {
				mu.Lock()
				if first == nil {
					first = g.failed(late.path, fmt.Errorf("set the ACL: %w", err))
					close(failed)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if first == nil && g.ctx.Err() != nil {
		return g.failed("the ACLs", g.ctx.Err())
	}
	return first
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Transaction is the plan and what is to follow as operations of one transaction, if
// it is small enough for one, and every znode can have its ACL from the start.
func (p *Plan) Transaction(zk *session.Session, then []wire.MultiOp) (ops []wire.MultiOp, ok bool) {
	if p.Len()+len(then) > batchOps {
		return nil, false
	}
	room := transactionBytes(zk)
	for _, op := range then {
		room -= zk.MultiSize(op)
	}
	err := p.each(func(s znodeWrite) error {
		if room -= zk.MultiSize(s.op); room < 0 || s.late != nil {
			return errTooMuch
		}
		ops = append(ops, s.op)
		return nil
	})
	return append(ops, then...), err == nil && room >= 0
}

// errTooMuch ends what does not fit into a transaction.
var errTooMuch = errors.New("more than one transaction")
