package server

import "zoosh/internal/wire"

// A watcher is told of changes. It must be comparable; a connection is one.
type watcher interface {
	// notify is told of an event at a znode that has this ACL.
	notify(event wire.WatcherEvent, zxid int64, acl []wire.ACL)
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
	byPath    map[string]map[watcher]watchMode
	byWatcher map[watcher]map[string]struct{}
	recursive int // how many watches are recursive, so that none costs nothing
}

func newWatchTable() *watchTable {
	return &watchTable{
		byPath:    make(map[string]map[watcher]watchMode),
		byWatcher: make(map[watcher]map[string]struct{}),
	}
}

func (t *watchTable) add(path string, w watcher, mode watchMode) {
	old := t.byPath[path][w]
	if old == 0 {
		if t.byPath[path] == nil {
			t.byPath[path] = make(map[watcher]watchMode)
		}
		if t.byWatcher[w] == nil {
			t.byWatcher[w] = make(map[string]struct{})
		}
		t.byWatcher[w][path] = struct{}{}
	}
	t.set(path, w, old, old|mode)
}

// remove ends the given modes, and tells whether any of them stood.
func (t *watchTable) remove(path string, w watcher, mode watchMode) bool {
	old := t.byPath[path][w]
	t.set(path, w, old, old&^mode)
	return old&mode != 0
}

func (t *watchTable) has(path string, w watcher, mode watchMode) bool {
	return t.byPath[path][w]&mode != 0
}

// removeAll forgets a watcher.
func (t *watchTable) removeAll(w watcher) {
	for path := range t.byWatcher[w] {
		t.remove(path, w, watchAny)
	}
}

func (t *watchTable) set(path string, w watcher, old, mode watchMode) {
	if old == mode {
		return
	}
	if old&watchRecursive != 0 {
		t.recursive--
	}
	if mode&watchRecursive != 0 {
		t.recursive++
	}
	if mode != 0 {
		t.byPath[path][w] = mode
		return
	}
	if delete(t.byPath[path], w); len(t.byPath[path]) == 0 {
		delete(t.byPath, path)
	}
	if delete(t.byWatcher[w], path); len(t.byWatcher[w]) == 0 {
		delete(t.byWatcher, w)
	}
}

// trigger tells everyone who watches the path, once each and without those in
// told, and ends the one-shot watches. It returns who was watching.
func (t *watchTable) trigger(path string, typ wire.EventType, zxid int64, acl []wire.ACL, told map[watcher]struct{}) map[watcher]struct{} {
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
	if len(here) == 0 && t.recursive == 0 {
		return nil
	}
	watching := make(map[watcher]struct{}, len(here))
	for w := range here {
		watching[w] = struct{}{}
	}
	for at := path; t.recursive > 0 && at != "/" && at != ""; {
		at, _ = wire.SplitPath(at)
		for w, mode := range t.byPath[at] {
			if mode&watchRecursive != 0 {
				watching[w] = struct{}{}
			}
		}
	}
	return watching
}

// count is the number of watches, as a watcher and a path.
func (t *watchTable) count() int {
	n := 0
	for _, paths := range t.byWatcher {
		n += len(paths)
	}
	return n
}
