package roles

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/shell"
)

// A scene is what can be seen of a lesson at a moment, in terms that are the same
// on every server: what a student has achieved is held against what the lesson's
// own command leads to.
type scene struct {
	znodes  map[string]znode
	made    int32               // how many children the root, the server's own, was given
	watches map[string][]string // by role: kind and path of each, sorted
	proven  map[string][]string // by role: tokens of its identities, sorted
	closed  map[string]bool     // by role
	lines   map[string]line     // by role: what is wrong with its line to the server
	ahead   time.Duration       // the server's clock, of the system's
}

// A line is how a session's traffic fares.
type line struct {
	cut   bool
	delay time.Duration
}

// A znode is one of a scene.
type znode struct {
	data  string
	owner string // the role; "" if it is not ephemeral
	acl   string
	// What tells that it was changed more often than the lesson does it: children that
	// it was given, version, aversion. The name of the next sequential child depends on
	// the first. Children that have gone do not count: when that is may be a matter of
	// timeouts.
	counts [3]int32
	hidden bool // nobody in the lesson may read it
}

// look takes the scene. observer is a session that is none of the lesson's; ct is nil
// where the server is not ours.
func look(ctx context.Context, observer *session.Session, roles map[string]*session.Session, ct shell.Control) (*scene, error) {
	sc := &scene{
		znodes: map[string]znode{}, watches: map[string][]string{}, proven: map[string][]string{}, closed: map[string]bool{},
		lines: map[string]line{},
	}
	sc.control(roles, ct)
	owners := map[int64]string{}
	for role, zk := range roles {
		over := zk.State() == session.Closed
		sc.closed[role] = over
		if over {
			continue
		}
		// By ZooKeeper's order the events of all that was done come before the answer.
		// Whoever is cut off gets none.
		if !sc.lines[role].cut {
			if err := zk.Sync(ctx, "/"); err != nil {
				return nil, fmt.Errorf("wait for the events of %s: %w", role, err)
			}
		}
		if !sc.lines[role].cut { // else its session may be over
			owners[zk.ID()] = role
		}
		sc.proven[role] = zk.AuthTokens()
		for _, w := range zk.Watches() {
			sc.watches[role] = append(sc.watches[role], w.Kind.String()+" "+w.Path)
		}
		slices.Sort(sc.watches[role])
		sc.watches[role] = slices.Compact(sc.watches[role])
	}
	if err := sc.read(ctx, "/", observer, roles, owners); err != nil {
		return nil, fmt.Errorf("look at the tree: %w", err)
	}
	return sc, nil
}

// control takes in what was done to the server.
func (sc *scene) control(roles map[string]*session.Session, ct shell.Control) {
	if ct == nil {
		return
	}
	st := ct.Status()
	sc.ahead = st.Ahead
	for role, zk := range roles {
		for _, s := range st.Sessions {
			if s.ID == zk.ID() {
				sc.lines[role] = line{s.Cut, s.Delay}
			}
		}
	}
}

// read takes in a znode and what is below it.
func (sc *scene) read(ctx context.Context, path string, observer *session.Session, roles map[string]*session.Session, owners map[int64]string) error {
	if path == rootName {
		return nil // the server's own
	}
	var data []byte
	var children []string
	var stat *wire.Stat
	err := asAny(observer, roles, func(zk *session.Session) (err error) {
		if data, stat, err = zk.Get(ctx, path, nil); err == nil {
			children, _, err = zk.Children(ctx, path, nil)
		}
		return err
	})
	switch {
	case errors.Is(err, &wire.Error{Code: wire.NoNode}):
		return nil // it has gone meanwhile
	case errors.Is(err, &wire.Error{Code: wire.NoAuth}):
		sc.znodes[path] = znode{hidden: true}
		return nil
	case err != nil:
		return err
	}
	n := znode{data: string(data), counts: [3]int32{(stat.Cversion + stat.NumChildren) / 2, stat.Version, stat.Aversion}}
	if stat.EphemeralOwner != 0 {
		// What belongs to a session that is over, or cut off, is as good as gone: when
		// it goes is a matter of timeouts.
		if n.owner = owners[stat.EphemeralOwner]; n.owner == "" {
			return nil
		}
	}
	if n.acl, err = readACL(ctx, path, observer, roles); err != nil {
		return err
	}
	if path == "/" {
		sc.made = n.counts[0]
	} else {
		sc.znodes[path] = n
	}
	for _, c := range children {
		if err := sc.read(ctx, strings.TrimSuffix(path, "/")+"/"+c, observer, roles, owners); err != nil {
			return err
		}
	}
	return nil
}

// masked is what a digest's secret part looks like to those who may not
// administer the znode.
const masked = ":x"

// readACL reads a znode's ACL as the one of the lesson who is shown the most of it;
// "" if nobody may.
func readACL(ctx context.Context, path string, observer *session.Session, roles map[string]*session.Session) (string, error) {
	text := ""
	err := asAny(observer, roles, func(zk *session.Session) error {
		acl, _, err := zk.GetACL(ctx, path)
		if err != nil {
			return err
		}
		text = fmt.Sprint(acl)
		if slices.ContainsFunc(acl, func(a wire.ACL) bool { return a.Scheme == "digest" && strings.HasSuffix(a.ID, masked) }) {
			return &wire.Error{Code: wire.NoAuth} // somebody else may be shown more
		}
		return nil
	})
	if errors.Is(err, &wire.Error{Code: wire.NoAuth}) || errors.Is(err, &wire.Error{Code: wire.NoNode}) {
		err = nil
	}
	return text, err
}

// asAny does something as whoever of the lesson may.
func asAny(observer *session.Session, roles map[string]*session.Session, do func(zk *session.Session) error) error {
	err := do(observer)
	for _, role := range slices.Sorted(maps.Keys(roles)) { // an ACL's hashes are not shown to everybody
		if !errors.Is(err, &wire.Error{Code: wire.NoAuth}) {
			break
		}
		if zk := roles[role]; zk.State() == session.Connected {
			err = do(zk)
		}
	}
	return err
}

// same tells whether two scenes are the same, apart from counts.
func (sc *scene) same(other *scene) bool { return len(sc.misses(other, English)) == 0 }

// strayed tells whether a scene that is the same was reached in more changes, or in
// others. before is how many children the root had been given before the lesson, on
// the other's server none.
func (sc *scene) strayed(want *scene, before int32) bool {
	if sc.made-before != want.made {
		return true
	}
	for path, n := range want.znodes {
		if sc.znodes[path].counts != n.counts {
			return true
		}
	}
	return false
}
