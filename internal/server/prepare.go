package server

import (
	"fmt"
	"strings"

	"zoosh/internal/wire"
)

// A preparation checks one write request and makes the change that it asks for,
// or says why not. It changes nothing itself.
type preparation struct {
	view    view
	session int64
	ids     []authID
	conn    *conn // whose they are; nil if nobody's
	aclSize int   // of what the request makes, in bytes
	cfg     *Config
}

// ofWrites are the handlers of the requests that write.
var ofWrites = map[wire.Op]handler{
	wire.OpCreate:          creates(wire.OpCreate),
	wire.OpCreate2:         creates(wire.OpCreate2),
	wire.OpCreateContainer: creates(wire.OpCreateContainer),
	wire.OpCreateTTL: writes(func(p *preparation, r *wire.CreateTTLRequest) (change, error) {
		return p.create(wire.OpCreateTTL, &r.CreateRequest, r.TTL)
	}),
	wire.OpDelete:          writes((*preparation).delete),
	wire.OpDeleteContainer: writes((*preparation).deleteContainer),
	wire.OpSetData:         writes((*preparation).setData),
	wire.OpSetACL:          writes((*preparation).setACL),
	wire.OpMulti:           writes((*preparation).multi),
	wire.OpReconfig:        writes((*preparation).reconfig),
}

func creates(op wire.Op) handler {
	return writes(func(p *preparation, r *wire.CreateRequest) (change, error) {
		return p.create(op, r, -1)
	})
}

func (p *preparation) create(op wire.Op, r *wire.CreateRequest, ttl int64) (change, error) {
	if p.cfg.NoTTL && isTTL(r.Flags) {
		return nil, &wire.Error{Code: wire.Unimplemented, Path: r.Path}
	}
	sequential, err := checkCreateMode(op, r.Flags, ttl, r.Path)
	if err != nil {
		return nil, err
	}
	path := r.Path
	parentPath, err := parentOf(path)
	if err != nil {
		return nil, err
	}
	acl, err := p.fixACL(path, r.ACL)
	if err != nil {
		return nil, err
	}
	parent, err := p.view.get(parentPath)
	if err != nil {
		return nil, err
	}
	if !p.permits(parent.acl, wire.PermCreate) {
		return nil, &wire.Error{Code: wire.NoAuth, Path: path}
	}
	if sequential {
		path += fmt.Sprintf("%010d", parent.stat.cversion)
	}
	if wire.ValidatePath(path) != nil {
		return nil, &wire.Error{Code: wire.BadArguments, Path: path}
	}
	if p.view.has(path) {
		return nil, &wire.Error{Code: wire.NodeExists, Path: path}
	}
	if kindOf(parent.stat.owner) == kindEphemeral {
		return nil, &wire.Error{Code: wire.NoChildrenForEphemerals, Path: path}
	}
	if p.cfg.EnforceQuota {
		if err := p.view.tree.checkQuota(path, len(r.Data), 1, p.cfg.Logf); err != nil {
			return nil, err
		}
	}
	parent.stat.cversion++
	parent.children++
	p.view.put(parentPath, parent)
	c := &createChange{
		kind: op, path: path, data: r.Data, acl: acl, ttl: ttl,
		ephemeral:      r.Flags == wire.FlagEphemeral || r.Flags == wire.FlagEphemeralSequential,
		parentCversion: parent.stat.cversion,
	}
	owner := c.owner(p.session)
	if c.ephemeral {
		// A container with an ephemeral's flags has no children either, as long as
		// ZooKeeper has not made it.
		owner = p.session
	}
	p.view.put(path, planned{stat: stat{owner: owner}, acl: &sharedACL{acl: acl}, size: len(r.Data)})
	return c, nil
}

// checkCreateMode checks the flags of a create request against its opcode, and
// its time to live (negative for none) against both.
func checkCreateMode(op wire.Op, flags int32, ttl int64, path string) (sequential bool, err error) {
	bad := &wire.Error{Code: wire.BadArguments, Path: path}
	if flags < wire.FlagPersistent || flags > wire.FlagPersistentSequentialTTL {
		return false, bad
	}
	if isTTL(flags) != (op == wire.OpCreateTTL) {
		return false, bad
	}
	if isTTL(flags) && (ttl <= 0 || ttl > wire.MaxTTL) {
		return false, bad
	}
	sequential = flags == wire.FlagSequential || flags == wire.FlagEphemeralSequential ||
		flags == wire.FlagPersistentSequentialTTL
	return sequential, nil
}

func isTTL(flags int32) bool {
	return flags == wire.FlagTTL || flags == wire.FlagPersistentSequentialTTL
}

// parentToDeleteFrom is the path of the parent of a znode that may be deleted.
func parentToDeleteFrom(path string) (string, error) {
	parent, err := parentOf(path)
	if err == nil && isSystemPath(path) {
		err = &wire.Error{Code: wire.BadArguments, Path: path}
	}
	return parent, err
}

func (p *preparation) delete(r *wire.PathVersionRequest) (change, error) {
	parentPath, err := parentToDeleteFrom(r.Path)
	if err != nil {
		return nil, err
	}
	parent, err := p.view.get(parentPath)
	if err != nil {
		return nil, err
	}
	if !p.permits(parent.acl, wire.PermDelete) {
		return nil, &wire.Error{Code: wire.NoAuth, Path: r.Path}
	}
	n, err := p.view.get(r.Path)
	if err != nil {
		return nil, err
	}
	if _, err := nextVersion(n.stat.version, r.Version, r.Path); err != nil {
		return nil, err
	}
	if n.children > 0 {
		return nil, &wire.Error{Code: wire.NotEmpty, Path: r.Path}
	}
	parent.children--
	p.view.put(parentPath, parent)
	p.view.put(r.Path, gone)
	return &deleteChange{kind: wire.OpDelete, path: r.Path}, nil
}

// deleteContainer is what a server asks of itself, whatever the ACLs are. A client may
// ask for what is to go anyway, and for nothing else: ZooKeeper deletes any znode
// without children for it.
func (p *preparation) deleteContainer(r *wire.PathRequest) (change, error) {
	parentPath, err := parentToDeleteFrom(r.Path)
	if err != nil {
		return nil, err
	}
	n, err := p.view.get(r.Path)
	if err != nil {
		return nil, err
	}
	if !p.cfg.isDue(n.stat, n.children) {
		return nil, &wire.Error{Code: wire.BadArguments, Path: r.Path}
	}
	if _, err := p.view.get(parentPath); err != nil {
		return nil, err
	}
	return &deleteChange{kind: wire.OpDeleteContainer, path: r.Path}, nil
}

func (p *preparation) setData(r *wire.SetDataRequest) (change, error) {
	n, err := p.existing(r.Path, wire.PermWrite)
	if err != nil {
		return nil, err
	}
	if p.cfg.EnforceQuota {
		if err := p.view.tree.checkQuota(r.Path, len(r.Data)-n.size, 0, p.cfg.Logf); err != nil {
			return nil, err
		}
	}
	version, err := nextVersion(n.stat.version, r.Version, r.Path)
	if err != nil {
		return nil, err
	}
	n.stat.version, n.size = version, len(r.Data)
	p.view.put(r.Path, n)
	return &setDataChange{path: r.Path, data: r.Data, version: version}, nil
}

func (p *preparation) setACL(r *wire.SetACLRequest) (change, error) {
	if wire.ValidatePath(r.Path) != nil {
		return nil, &wire.Error{Code: wire.BadArguments, Path: r.Path}
	}
	acl, err := p.fixACL(r.Path, r.ACL)
	if err != nil {
		return nil, err
	}
	n, err := p.existing(r.Path, wire.PermAdmin)
	if err != nil {
		return nil, err
	}
	version, err := nextVersion(n.stat.aversion, r.Version, r.Path)
	if err != nil {
		return nil, err
	}
	return &setACLChange{path: r.Path, acl: acl, version: version}, nil
}

func (p *preparation) reconfig(*wire.ReconfigRequest) (change, error) {
	if p.cfg.ReconfigEnabled {
		return nil, &wire.Error{Code: wire.Unimplemented}
	}
	return nil, &wire.Error{Code: wire.ReconfigDisabled}
}

func (p *preparation) check(r *wire.PathVersionRequest) (change, error) {
	n, err := p.existing(r.Path, wire.PermRead)
	if err != nil {
		return nil, err
	}
	version, err := nextVersion(n.stat.version, r.Version, r.Path)
	if err != nil {
		return nil, err
	}
	return &checkChange{path: r.Path, version: version}, nil
}

// existing is the znode that a request is about, if the client has the permission.
func (p *preparation) existing(path string, perm int32) (planned, error) {
	if wire.ValidatePath(path) != nil {
		return gone, &wire.Error{Code: wire.BadArguments, Path: path}
	}
	n, err := p.view.get(path)
	if err != nil {
		return gone, err
	}
	if !p.permits(n.acl, perm) {
		return gone, &wire.Error{Code: wire.NoAuth, Path: path}
	}
	return n, nil
}

// parentOf is the parent of a path that was not checked yet, beyond what finding
// the parent needs.
func parentOf(path string) (string, error) {
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 || strings.IndexByte(path, 0) >= 0 {
		return "", &wire.Error{Code: wire.BadArguments, Path: path}
	}
	return path[:slash], nil
}

// nextVersion is the version that a write makes of current, if it is the one
// the client expected.
func nextVersion(current, expected int32, path string) (int32, error) {
	if expected != wire.AnyVersion && expected != current {
		return 0, &wire.Error{Code: wire.BadVersion, Path: path}
	}
	return current + 1, nil
}

// view is the tree as the changes prepared so far would leave it: an operation of
// a multi must see what those before it do. Outside of a multi there is nothing
// to remember, and changed is nil.
type view struct {
	tree    *tree
	changed map[string]planned // by what the request has asked for so far; nil but in a multi
	spare   map[string]planned // the one of an earlier multi
}

// maxSparePlan is how large a map is kept for the next multi, in znodes.
const maxSparePlan = 64

// plan begins a multi.
func (v *view) plan() {
	if v.spare == nil || len(v.spare) > maxSparePlan {
		v.spare = make(map[string]planned)
	}
	clear(v.spare)
	v.changed = v.spare
}

// planned is what the checks need to know of a znode.
type planned struct {
	gone     bool
	stat     stat
	acl      *sharedACL
	children int
	size     int // of the data, in bytes
}

// gone is a znode that is not there, or will not be.
var gone = planned{gone: true}

// get returns a copy, which put makes part of the view.
func (v *view) get(path string) (planned, error) {
	if path == "" {
		path = "/"
	}
	p, ok := v.changed[path]
	if !ok {
		n, err := v.tree.get(path)
		if err != nil {
			return gone, err
		}
		return planned{stat: n.stat(), acl: n.shared, children: n.children().Len(), size: len(n.data)}, nil
	}
	if p.gone {
		return gone, &wire.Error{Code: wire.NoNode, Path: path}
	}
	return p, nil
}

// has tells whether there is a znode at path, which is not "".
func (v *view) has(path string) bool {
	if p, ok := v.changed[path]; ok {
		return !p.gone
	}
	return v.tree.node(path) != nil
}

func (v *view) put(path string, p planned) {
	if path == "" {
		path = "/"
	}
	if v.changed != nil {
		v.changed[path] = p
	}
}
