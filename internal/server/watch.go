package server

import "zoosh/internal/wire"

// A watcher is told of changes. It must be comparable; a connection is one.
type watcher interface {
	// notify is told of an event at a znode that has this ACL.
	notify(event wire.WatcherEvent, zxid int64, acl *sharedACL)
}

// watchMode is a set of the ways in which one watcher watches one path. They do
// not affect each other.
type watchMode uint8

const (
	watchOnce watchMode = 1 << iota
	watchPersistent
	watchRecursive // the path and everything below it

	watchAny = watchOnce | watchPersistent | watchRecursive
)

// watchTable says who watches which path. A server has two: one for what happens
// to znodes, one for what happens to their lists of children.
type watchTable struct {
	byPath    map[string]watching
	byWatcher map[watcher]*watched
	recursive int       // how many watches are recursive, so that none costs nothing
	above     pathIndex // the paths of those
	watches   int       // how many there are, as a watcher and a path
	bytes     int       // how long their paths are
}

// watching is who watches a path. Nearly always it is one.
type watching struct {
	one  watcher // nil if there are more
	mode watchMode
	more map[watcher]watchMode
}

// watched is what a watcher watches.
type watched struct {
	paths map[string]struct{}
	bytes int
}

func newWatchTable() *watchTable {
	return &watchTable{byPath: make(map[string]watching), byWatcher: make(map[watcher]*watched)}
}

// of is how a watcher watches.
func (x watching) of(w watcher) watchMode {
	if x.one != nil && x.one == w {
		return x.mode
	}
	return x.more[w]
}

// with is x with a watcher in that mode, 0 for not at all.
func (x watching) with(w watcher, mode watchMode) watching {
	switch {
	case x.more != nil && mode != 0:
		x.more[w] = mode
	case x.more != nil:
		delete(x.more, w)
	case x.one == w && mode == 0:
		return watching{}
	case x.one == w || x.one == nil && mode != 0:
		return watching{one: w, mode: mode}
	case mode != 0:
		return watching{more: map[watcher]watchMode{x.one: x.mode, w: mode}}
	}
	return x
}

func (x watching) len() int {
	if x.one != nil {
		return 1
	}
	return len(x.more)
}

func (x watching) each(yield func(watcher, watchMode) bool) {
	if x.one != nil {
		yield(x.one, x.mode)
		return
	}
	for w, mode := range x.more {
		if !yield(w, mode) {
			return
		}
	}
}

func (t *watchTable) add(path string, w watcher, mode watchMode) {
	old := t.byPath[path].of(w)
	if old == 0 {
		own := t.byWatcher[w]
		if own == nil {
			own = &watched{paths: make(map[string]struct{})}
			t.byWatcher[w] = own
		}
		own.paths[path] = struct{}{}
		own.bytes += len(path)
		t.watches++
		t.bytes += len(path)
	}
	t.set(path, w, old, old|mode)
}

// remove ends the given modes, and tells whether any of them stood.
func (t *watchTable) remove(path string, w watcher, mode watchMode) bool {
	old := t.byPath[path].of(w)
	t.set(path, w, old, old&^mode)
	return old&mode != 0
}

func (t *watchTable) has(path string, w watcher, mode watchMode) bool {
	return t.byPath[path].of(w)&mode != 0
}

// forget forgets a watcher, but for the paths that it returns: that it watches these is
// removed one after the other, by the caller.
func (t *watchTable) forget(w watcher) (paths map[string]struct{}) {
	own := t.byWatcher[w]
	if own == nil {
		return nil
	}
	delete(t.byWatcher, w)
	t.watches -= len(own.paths)
	t.bytes -= own.bytes
	return own.paths
}

func (t *watchTable) set(path string, w watcher, old, mode watchMode) {
	if old == mode {
		return
	}
	if was, is := old&watchRecursive != 0, mode&watchRecursive != 0; was && !is {
		t.recursive--
		t.above.remove(path)
	} else if is && !was {
		t.recursive++
		t.above.add(path)
	}
	x := t.byPath[path].with(w, mode)
	if x.len() > 0 {
		t.byPath[path] = x
	} else {
		delete(t.byPath, path)
	}
	own := t.byWatcher[w]
	if mode != 0 || own == nil {
		return
	}
	delete(own.paths, path)
	own.bytes -= len(path)
	t.watches--
	t.bytes -= len(path)
	if len(own.paths) == 0 {
		delete(t.byWatcher, w)
	}
}

// trigger tells everyone who watches the path, once each and without those in
// told, and ends the one-shot watches. It returns who was watching.
func (t *watchTable) trigger(path string, typ wire.EventType, zxid int64, acl *sharedACL, told map[watcher]struct{}) map[watcher]struct{} {
	watching := t.watching(path)
	event := wire.WatcherEvent{Type: typ, State: wire.StateSyncConnected, Path: path}
	for w := range watching {
		t.remove(path, w, watchOnce)
		if _, ok := told[w]; !ok {
			w.notify(event, zxid, acl)
		}
	}
	return watching
}

func (t *watchTable) watching(path string) map[watcher]struct{} {
	here := t.byPath[path]
	if here.len() == 0 && t.recursive == 0 {
		return nil
	}
	watching := make(map[watcher]struct{}, here.len())
	for w := range here.each {
		watching[w] = struct{}{}
	}
	if t.recursive == 0 {
		return watching
	}
	t.above.above(path, func(ancestor string) bool {
		for w, mode := range t.byPath[ancestor].each {
			if mode&watchRecursive != 0 {
				watching[w] = struct{}{}
			}
		}
		return true
	})
	return watching
}

// count is the number of watches, as a watcher and a path.
func (t *watchTable) count() int { return t.watches }
