package session

import (
	"context"
	"fmt"
	"time"

	"zoosh/internal/wire"
)

// sincePersistent is the version that brought removeWatches of one persistent kind
// alone.
const sincePersistent = "3.9"

// Create makes a znode and returns its path, which a sequential znode's number is
// part of. The Stat is nil except for containers and TTL znodes: only their
// requests (createContainer, createTTL) are answered with one, the others use
// ZooKeeper's first create, which all servers know. Data of nil is stored as
// null. An ACL that is empty but not nil is the error InvalidACL, as in Java's
// client.
func (s *Session) Create(ctx context.Context, path string, data []byte, o CreateOptions) (string, *wire.Stat, error) {
	body := wire.CreateRequest{Path: s.createPath(path, o.Flags), Data: data, ACL: o.ACL, Flags: o.Flags}
	if o.ACL == nil {
		body.ACL = wire.OpenACL()
	}
	if err := checkCreate(path, &body); err != nil {
		return "", nil, err
	}
	q := query{path: path, body: &body}
	var made wire.Create2Response
	switch {
	case isTTL(o.Flags):
		ttl := o.TTL.Milliseconds()
		if err := checkTTL(ttl); err != nil {
			return "", nil, err
		}
		q.op, q.what = wire.OpCreateTTL, "a TTL znode"
		q.body, q.reply = &wire.CreateTTLRequest{CreateRequest: body, TTL: ttl}, &made
	case o.TTL != 0:
		return "", nil, fmt.Errorf("only a TTL znode has a time to live")
	case o.Flags == wire.FlagContainer:
		q.op, q.what = wire.OpCreateContainer, "a container"
		q.reply = &made
	default:
		var r wire.PathResponse
		q.op, q.reply = wire.OpCreate, &r
		if err := s.call(ctx, q); err != nil {
			return "", nil, err
		}
		made := s.clientPath(r.Path)
		if isEphemeral(o.Flags) {
			s.owns(made, true)
		}
		return made, nil, nil
	}
	if err := s.call(ctx, q); err != nil {
		return "", nil, err
	}
	return s.clientPath(made.Path), &made.Stat, nil
}

func isTTL(flags int32) bool {
	return flags == wire.FlagTTL || flags == wire.FlagPersistentSequentialTTL
}

func isSequential(flags int32) bool {
	return flags == wire.FlagSequential || flags == wire.FlagEphemeralSequential ||
		flags == wire.FlagPersistentSequentialTTL
}

// createPath is serverPath, except that a sequential "/" in a chroot becomes a
// child of the chroot: Java's client makes it a sibling, outside.
func (s *Session) createPath(path string, flags int32) string {
	if path == "/" && isSequential(flags) {
		return s.cfg.Chroot + path
	}
	return s.serverPath(path)
}

// checkCreate checks what Java's client checks before it sends a create.
func checkCreate(path string, r *wire.CreateRequest) error {
	if r.Flags < 0 || r.Flags > wire.FlagPersistentSequentialTTL {
		return &wire.Error{Code: wire.BadArguments, Path: path}
	}
	if err := wire.ValidateCreatePath(path, isSequential(r.Flags)); err != nil {
		return err
	}
	return checkACL(r.ACL)
}

func checkACL(acl []wire.ACL) error {
	if len(acl) == 0 {
		return &wire.Error{Code: wire.InvalidACL}
	}
	return nil
}

// checkTTL has the bounds and words of EphemeralType.
func checkTTL(ms int64) error {
	if ms <= 0 || ms > wire.MaxTTL {
		return fmt.Errorf("ttl must be positive and cannot be larger than: %d", wire.MaxTTL)
	}
	return nil
}

// Delete removes a znode that has the version given; wire.AnyVersion is any.
func (s *Session) Delete(ctx context.Context, path string, version int32) error {
	if err := wire.ValidatePath(path); err != nil {
		return err
	}
	server := s.serverPath(path)
	if path == "/" {
		server = path // never the chroot itself, as in Java's client
	}
	err := s.call(ctx, query{op: wire.OpDelete, path: path,
		body: &wire.PathVersionRequest{Path: server, Version: version}})
	if err == nil {
		s.owns(path, false)
	}
	return err
}

// arming is the onReply that registers a watch, or nil without one.
func (s *Session) arming(w *Arm, path string, kinds map[wire.Code]WatchKind) func(wire.Code) {
	if w == nil {
		return nil
	}
	label := w.Label
	return func(code wire.Code) {
		if kind, ok := kinds[code]; ok {
			s.watches.add(Watch{Path: path, Kind: kind, Label: label, ArmedAt: time.Now(), SessionID: s.ID()})
		}
	}
}

// read makes the query of an operation that can arm a watch.
func (s *Session) read(op wire.Op, path string, reply wire.Record, w *Arm, kinds map[wire.Code]WatchKind) query {
	return query{op: op, path: path, reply: reply, onReply: s.arming(w, path, kinds),
		body: &wire.PathWatchRequest{Path: s.serverPath(path), Watch: w != nil}}
}

// Exists reads a znode's stat. If there is none, the error is NoNode, and a
// watch is armed all the same, for its creation.
func (s *Session) Exists(ctx context.Context, path string, w *Arm) (*wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, err
	}
	var r wire.Stat
	err := s.call(ctx, s.read(wire.OpExists, path, &r, w,
		map[wire.Code]WatchKind{wire.OK: DataWatch, wire.NoNode: ExistWatch}))
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// Get reads a znode's data, nil if it is null, and its stat.
func (s *Session) Get(ctx context.Context, path string, w *Arm) ([]byte, *wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, nil, err
	}
	var r wire.GetDataResponse
	err := s.call(ctx, s.read(wire.OpGetData, path, &r, w, map[wire.Code]WatchKind{wire.OK: DataWatch}))
	if err != nil {
		return nil, nil, err
	}
	return r.Data, &r.Stat, nil
}

// EnsembleConfig reads the ensemble's configuration, which stands in
// wire.ConfigPath outside of any chroot.
func (s *Session) EnsembleConfig(ctx context.Context, w *Arm) ([]byte, *wire.Stat, error) {
	var r wire.GetDataResponse
	q := s.read(wire.OpGetData, wire.ConfigPath, &r, w, map[wire.Code]WatchKind{wire.OK: DataWatch})
	q.body = &wire.PathWatchRequest{Path: wire.ConfigPath, Watch: w != nil}
	if err := s.call(ctx, q); err != nil {
		return nil, nil, err
	}
	return r.Data, &r.Stat, nil
}

// Reconfig changes the ensemble's members: some join and leave, or all are
// replaced. It returns the new configuration.
func (s *Session) Reconfig(ctx context.Context, change wire.ReconfigRequest) ([]byte, *wire.Stat, error) {
	var r wire.GetDataResponse
	err := s.call(ctx, query{op: wire.OpReconfig, body: &change, reply: &r})
	if err != nil {
		return nil, nil, err
	}
	return r.Data, &r.Stat, nil
}

// Set writes a znode's data if it has the version given; wire.AnyVersion is any.
func (s *Session) Set(ctx context.Context, path string, data []byte, version int32) (*wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, err
	}
	var r wire.Stat
	err := s.call(ctx, query{op: wire.OpSetData, path: path, reply: &r,
		body: &wire.SetDataRequest{Path: s.serverPath(path), Data: data, Version: version}})
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// Children lists the names of a znode's children, in the server's order, which
// is none, and reads its stat.
func (s *Session) Children(ctx context.Context, path string, w *Arm) ([]string, *wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, nil, err
	}
	var r wire.GetChildren2Response
	err := s.call(ctx, s.read(wire.OpGetChildren2, path, &r, w, map[wire.Code]WatchKind{wire.OK: ChildWatch}))
	if err != nil {
		return nil, nil, err
	}
	return r.Children, &r.Stat, nil
}

// GetACL reads a znode's ACL and stat.
func (s *Session) GetACL(ctx context.Context, path string) ([]wire.ACL, *wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, nil, err
	}
	var r wire.GetACLResponse
	err := s.call(ctx, query{op: wire.OpGetACL, path: path, reply: &r,
		body: &wire.PathRequest{Path: s.serverPath(path)}})
	if err != nil {
		return nil, nil, err
	}
	return r.ACL, &r.Stat, nil
}

// SetACL writes a znode's ACL if that has the version given (Stat.Aversion);
// wire.AnyVersion is any. An empty ACL is the error InvalidACL.
func (s *Session) SetACL(ctx context.Context, path string, acl []wire.ACL, version int32) (*wire.Stat, error) {
	if err := wire.ValidatePath(path); err != nil {
		return nil, err
	}
	if err := checkACL(acl); err != nil {
		return nil, err
	}
	var r wire.Stat
	err := s.call(ctx, query{op: wire.OpSetACL, path: path, reply: &r,
		body: &wire.SetACLRequest{Path: s.serverPath(path), ACL: acl, Version: version}})
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// Sync returns when the server has caught up with what its leader had when it
// was asked.
func (s *Session) Sync(ctx context.Context, path string) error {
	if err := wire.ValidatePath(path); err != nil {
		return err
	}
	var r wire.PathResponse
	return s.call(ctx, query{op: wire.OpSync, path: path, reply: &r,
		body: &wire.PathRequest{Path: s.serverPath(path)}})
}

// AddWatch arms a persistent watch on path, or on path and everything below it.
// The znode need not exist.
func (s *Session) AddWatch(ctx context.Context, path string, recursive bool, w Arm) error {
	if err := wire.ValidatePath(path); err != nil {
		return err
	}
	mode, kind := wire.WatchPersistent, PersistentWatch
	if recursive {
		mode, kind = wire.WatchPersistentRecursive, RecursiveWatch
	}
	return s.call(ctx, query{op: wire.OpAddWatch, path: path,
		body:    &wire.AddWatchRequest{Path: s.serverPath(path), Mode: mode},
		onReply: s.arming(&w, path, map[wire.Code]WatchKind{wire.OK: kind}),
	})
}

// RemoveWatches disarms the watches of a kind (wire.WatcherAny and so on) on
// path, whoever armed them. The error is NoWatcher if there are none. With local,
// they are forgotten even if the server cannot be reached or refuses. As Java's
// client does, it makes the events DataWatchRemoved, ChildWatchRemoved and
// PersistentWatchRemoved itself, for those that were armed.
func (s *Session) RemoveWatches(ctx context.Context, path string, kind int32, local bool) error {
	if err := wire.ValidatePath(path); err != nil {
		return err
	}
	if removals[kind] == nil {
		return &wire.Error{Code: wire.BadArguments, Path: path}
	}
	q := query{op: wire.OpRemoveWatches, path: path,
		body: &wire.WatcherRequest{Path: s.serverPath(path), Type: kind}}
	if kind == wire.WatcherPersistent || kind == wire.WatcherPersistentRecursive {
		q.what, q.needs = "removeWatches of persistent watches alone", sincePersistent
	}
	had := false
	q.onReply = func(code wire.Code) {
		had = s.watches.has(path, kind)
		if code == wire.OK || local {
			s.disarm(path, kind, wire.StateSyncConnected)
		}
	}
	err := s.call(ctx, q)
	code, lost := wire.OK, false
	if e, ok := err.(*wire.Error); ok {
		code, lost = e.Code, e.Code == wire.ConnectionLoss
	}
	switch {
	case err != nil && code == wire.OK:
		return err // never asked, or not answered in time
	case lost && local:
		had = s.disarm(path, kind, wire.StateDisconnected)
	case lost:
		return err
	}
	switch {
	case !had:
		return &wire.Error{Code: wire.NoWatcher, Path: path}
	case local:
		return nil
	}
	return err
}

// disarm forgets watches and announces it.
func (s *Session) disarm(path string, kind int32, state wire.KeeperState) bool {
	gone := s.watches.remove(path, kind)
	for _, r := range gone {
		s.emit(Event{
			Type: r.event, State: state, Path: path, Zxid: -1,
			Time: time.Now(), SessionID: s.ID(), ArmedBy: r.labels,
		}, false)
	}
	return len(gone) > 0
}

// Ephemerals lists the session's own ephemeral znodes whose paths begin with
// prefix, in no order. The prefix is one of text, not of whole names.
func (s *Session) Ephemerals(ctx context.Context, prefix string) ([]string, error) {
	if err := wire.ValidatePath(prefix); err != nil {
		return nil, err
	}
	var r wire.GetChildrenResponse
	err := s.call(ctx, query{op: wire.OpGetEphemerals, path: prefix, reply: &r,
		body: &wire.PathRequest{Path: s.serverPath(prefix)}})
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(r.Children))
	for _, path := range r.Children {
		// The prefix /app of a chroot also takes in /apple.
		if s.cfg.Chroot == "" || s.clientPath(path) != path {
			out = append(out, s.clientPath(path))
		}
	}
	return out, nil
}

// AllChildrenNumber counts the znodes below path, at any depth.
func (s *Session) AllChildrenNumber(ctx context.Context, path string) (int, error) {
	if err := wire.ValidatePath(path); err != nil {
		return 0, err
	}
	var r wire.GetAllChildrenNumberResponse
	err := s.call(ctx, query{op: wire.OpGetAllChildrenNumber, path: path, reply: &r,
		body: &wire.PathRequest{Path: s.serverPath(path)}})
	return int(r.Total), err
}

// WhoAmI lists the session's identities as the server sees them.
func (s *Session) WhoAmI(ctx context.Context) ([]wire.ClientInfo, error) {
	var r wire.WhoAmIResponse
	err := s.call(ctx, query{op: wire.OpWhoAmI, reply: &r, body: &wire.Empty{}})
	return r.Clients, err
}
