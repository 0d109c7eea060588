package server

import (
	"errors"
	"fmt"

	"zoosh/internal/wire"
)

// ofWatches are the handlers of the requests that are about watches alone.
var ofWatches = map[wire.Op]handler{
	wire.OpAddWatch:      reads((*Server).addWatch),
	wire.OpCheckWatches:  reads((*Server).checkWatches),
	wire.OpRemoveWatches: reads((*Server).removeWatches),
	wire.OpSetWatches: reads(func(s *Server, c *conn, r *wire.SetWatches) (wire.Record, error) {
		return s.setWatches(c, &wire.SetWatches2{SetWatches: *r, Persistent: []string{}, PersistentRecursive: []string{}})
	}),
	wire.OpSetWatches2: reads((*Server).setWatches),
}

func (s *Server) addWatch(c *conn, r *wire.AddWatchRequest) (wire.Record, error) {
	switch r.Mode {
	case wire.WatchPersistent:
		s.tree.dataWatches.add(r.Path, c, watchPersistent)
		s.tree.childWatches.add(r.Path, c, watchPersistent)
	case wire.WatchPersistentRecursive:
		// A recursive watch hears of each child by itself, and not that the children
		// of a znode changed: so it is not in the other table.
		s.tree.dataWatches.add(r.Path, c, watchRecursive)
	default:
		return nil, fmt.Errorf("watch mode %d", r.Mode)
	}
	return &wire.ErrorResponse{}, nil
}

// watchesOf are the modes in either table that a kind of watch stands for.
func watchesOf(watcherType int32) (data, child watchMode, err error) {
	switch watcherType {
	case wire.WatcherChildren:
		return 0, watchOnce, nil
	case wire.WatcherData:
		return watchOnce, 0, nil
	case wire.WatcherAny:
		return watchAny, watchAny, nil
	case wire.WatcherPersistent:
		return watchPersistent, watchPersistent, nil
	case wire.WatcherPersistentRecursive:
		return watchRecursive, 0, nil
	}
	return 0, 0, fmt.Errorf("watcher type %d", watcherType)
}

func (s *Server) checkWatches(c *conn, r *wire.WatcherRequest) (wire.Record, error) {
	data, child, err := watchesOf(r.Type)
	if err != nil {
		return nil, err
	}
	if s.tree.dataWatches.has(r.Path, c, data) || s.tree.childWatches.has(r.Path, c, child) {
		return nil, nil
	}
	return nil, &wire.Error{Code: wire.NoWatcher, Path: r.Path}
}

func (s *Server) removeWatches(c *conn, r *wire.WatcherRequest) (wire.Record, error) {
	data, child, err := watchesOf(r.Type)
	if err != nil {
		return nil, err
	}
	inData := s.tree.dataWatches.remove(r.Path, c, data)
	inChild := s.tree.childWatches.remove(r.Path, c, child)
	if inData || inChild {
		return nil, nil
	}
	return nil, &wire.Error{Code: wire.NoWatcher, Path: r.Path}
}

var errNullWatches = errors.New("a list of watches is null")

// setWatches arms the watches that a client brings along from its last
// connection, or fires them at once for what happened in between. A list that is
// null is stumbled over, when those before it are done.
func (s *Server) setWatches(c *conn, r *wire.SetWatches2) (wire.Record, error) {
	for _, list := range []struct {
		paths []string
		set   func(path string)
	}{
		{r.Data, func(path string) { s.setDataWatch(c, path, r.RelativeZxid) }},
		{r.Exist, func(path string) { s.setExistWatch(c, path) }},
		{r.Child, func(path string) { s.setChildWatch(c, path, r.RelativeZxid) }},
		{r.Persistent, func(path string) {
			s.tree.childWatches.add(path, c, watchPersistent)
			s.tree.dataWatches.add(path, c, watchPersistent)
		}},
		{r.PersistentRecursive, func(path string) { s.tree.dataWatches.add(path, c, watchRecursive) }},
	} {
		if list.paths == nil {
			return nil, errNullWatches
		}
		for _, path := range list.paths {
			list.set(path)
		}
	}
	return nil, nil
}

func (s *Server) setDataWatch(c *conn, path string, since int64) {
	switch n := s.tree.node(path); {
	case n == nil:
		c.missed(wire.EventNodeDeleted, path)
	case n.stat().mzxid > since:
		c.missed(wire.EventNodeDataChanged, path)
	default:
		s.tree.dataWatches.add(path, c, watchOnce)
	}
}

func (s *Server) setExistWatch(c *conn, path string) {
	if s.tree.node(path) != nil {
		c.missed(wire.EventNodeCreated, path)
		return
	}
	s.tree.dataWatches.add(path, c, watchOnce)
}

func (s *Server) setChildWatch(c *conn, path string, since int64) {
	switch n := s.tree.node(path); {
	case n == nil:
		c.missed(wire.EventNodeDeleted, path)
	case n.stat().pzxid > since:
		c.missed(wire.EventNodeChildrenChanged, path)
	default:
		s.tree.childWatches.add(path, c, watchOnce)
	}
}

// missed tells the client of what has happened while it was away. Which change that
// was is not known: such a notification has no zxid.
func (c *conn) missed(typ wire.EventType, path string) {
	c.notify(wire.WatcherEvent{Type: typ, State: wire.StateSyncConnected, Path: path}, -1, nil)
}
