package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A Plan is what planting an export below a root would do.
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

// The bounds of a transaction. A server refuses a request beyond 1 MiB or so.
const (
	batchOps   = 1000
	batchBytes = 512 << 10
)

// setting is how many ACLs are set at a time.
const setting = 64

// A PlantError says how far planting came. What stands before has been done.
type PlantError struct {
	Done, Of int
	Path     string
	Err      error
}

// Error implements error.
func (e *PlantError) Error() string {
	return fmt.Sprintf("after %d of %d znodes, at %s: %v", e.Done, e.Of, e.Path, e.Err)
}

// Unwrap is the reason.
func (e *PlantError) Unwrap() error { return e.Err }

// Plant carries out a plan, many znodes in a transaction. progress, if it is not
// nil, is told how many are done. A znode below which others are created may be
// closed to this session by its own ACL: until all are there, anyone may create
// below it and give it its ACL, and no more.
func (p *Plan) Plant(ctx context.Context, zk *session.Session, progress func(done int)) error {
	g := gardener{ctx: ctx, zk: zk, of: p.Len(), progress: progress}
	for i, z := range p.Create {
		inner := i+1 < len(p.Create) && isBelow(z.Path, p.Create[i+1].Path)
		if err := g.create(Below(p.Root, z.Path), z, inner); err != nil {
			return err
		}
	}
	for _, z := range p.Set {
		if err := g.set(Below(p.Root, z.Path), z); err != nil {
			return err
		}
	}
	if err := g.flush(); err != nil {
		return err
	}
	return g.setACLs()
}

func isBelow(parent, path string) bool {
	return parent == "/" || strings.HasPrefix(path, parent+"/")
}

// A gardener gathers the operations of a transaction.
type gardener struct {
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

func (g *gardener) create(path string, z *Znode, inner bool) error {
	data, acl, err := z.decode()
	if err != nil {
		return g.failed(path, err)
	}
	if inner && !slices.Equal(acl, wire.OpenACL()) {
		g.acls = append(g.acls, lateACL{path, acl})
		acl = append(slices.Clip(acl), wire.ACL{Scheme: "world", ID: "anyone", Perms: wire.PermCreate | wire.PermAdmin})
	}
	return g.add(path, len(data), wire.MultiOp{Op: wire.OpCreate, Request: &wire.CreateRequest{Path: path, Data: data, ACL: acl}})
}

func (g *gardener) set(path string, z *Znode) error {
	data, acl, err := z.decode()
	if err != nil {
		return g.failed(path, err)
	}
	g.acls = append(g.acls, lateACL{path, acl})
	return g.add(path, len(data), wire.MultiOp{Op: wire.OpSetData,
		Request: &wire.SetDataRequest{Path: path, Data: data, Version: wire.AnyVersion}})
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
func (g *gardener) add(path string, size int, op wire.MultiOp) error {
	size += 2*len(path) + 100 // about what stands around it
	if len(g.ops) > 0 && (len(g.ops) >= batchOps || g.bytes+size > batchBytes) {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.ops, g.paths, g.bytes = append(g.ops, op), append(g.paths, path), g.bytes+size
	return nil
}

// flush sends the transaction. One operation goes by itself: the largest data
// that a server takes leaves no room for a transaction around it.
func (g *gardener) flush() error {
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

func (g *gardener) single(request wire.Record) (err error) {
	switch r := request.(type) {
	case *wire.CreateRequest:
		_, _, err = g.zk.Create(g.ctx, r.Path, r.Data, session.CreateOptions{ACL: r.ACL})
	case *wire.SetDataRequest:
		_, err = g.zk.Set(g.ctx, r.Path, r.Data, r.Version)
	}
	return err
}

func (g *gardener) next() string {
	if len(g.paths) > 0 {
		return g.paths[0]
	}
	return "the end"
}

// failed puts an error into its place: that of the operation that the server
// refused, if it says which.
func (g *gardener) failed(path string, err error) error {
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Path != "" {
		path = refused.Path
	}
	return &PlantError{Done: g.done, Of: g.of, Path: path, Err: err}
}

// setACLs sets the ACLs that could not stand from the start, some at a time.
func (g *gardener) setACLs() error {
	var mu sync.Mutex
	var first error
	ctx, cancel := context.WithCancel(g.ctx)
	defer cancel()
	var wait sync.WaitGroup
	free := make(chan struct{}, setting)
	for _, late := range g.acls {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-free }()
			if _, err := g.zk.SetACL(ctx, late.path, late.acl, wire.AnyVersion); err != nil {
				mu.Lock()
				if first == nil {
					first = g.failed(late.path, fmt.Errorf("set the ACL: %w", err))
				}
				mu.Unlock()
				cancel()
			}
		})
	}
	wait.Wait()
	if first == nil && g.ctx.Err() != nil {
		return g.failed("the ACLs", g.ctx.Err())
	}
	return first
}

// Transaction is the plan as operations of one transaction, if it is small
// enough for half of one and every znode can have its ACL from the start.
func (p *Plan) Transaction() (ops []wire.MultiOp, ok bool) {
	g := gardener{}
	for i, z := range p.Create {
		inner := i+1 < len(p.Create) && isBelow(z.Path, p.Create[i+1].Path)
		if len(g.ops) == batchOps/2 || g.bytes > batchBytes/2 {
			return nil, false
		}
		if err := g.create(Below(p.Root, z.Path), z, inner); err != nil {
			return nil, false
		}
	}
	return g.ops, len(p.Set)+len(g.acls) == 0 && g.bytes <= batchBytes
}
