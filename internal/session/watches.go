package session

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"zoosh/internal/wire"
)

// watches is the register of armed watches. Paths are the client's.
type watches struct {
	mu    sync.Mutex
	armed [watchKinds]map[string][]Watch
}

// add notes that a watch is armed. Arming the same again changes nothing, as in
// Java's client, where the watcher is in a set.
func (w *watches) add(watch Watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.armed[watch.Kind]
	if m == nil {
		m = map[string][]Watch{}
		w.armed[watch.Kind] = m
	}
	for _, have := range m[watch.Path] {
		if have.Label == watch.Label {
			return
		}
	}
	m[watch.Path] = append(m[watch.Path], watch)
}

// clear forgets all watches.
func (w *watches) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.armed[:])
}

// list is every armed watch, sorted by path, kind and time.
func (w *watches) list() []Watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Watch
	for _, m := range w.armed {
		for _, ws := range m {
			out = append(out, ws...)
		}
	}
	slices.SortFunc(out, func(a, b Watch) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind),
			a.ArmedAt.Compare(b.ArmedAt), cmp.Compare(a.Label, b.Label))
	})
	return out
}

// oneShot is which watches an event uses up (ZKWatchManager.materialize).
var oneShot = map[wire.EventType][]WatchKind{
	wire.EventNodeCreated:         {DataWatch, ExistWatch},
	wire.EventNodeDataChanged:     {DataWatch, ExistWatch},
	wire.EventNodeDeleted:         {DataWatch, ExistWatch, ChildWatch},
	wire.EventNodeChildrenChanged: {ChildWatch},
}

// fire removes the one-shot watches that an event uses up and returns the labels
// of all that it concerns, each once, and those that are used up.
func (w *watches) fire(t wire.EventType, path string) (armedBy []string, spent []Watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kinds, ok := oneShot[t]
	if !ok {
		return nil, nil
	}
	for _, kind := range kinds {
		spent = append(spent, w.armed[kind][path]...)
		delete(w.armed[kind], path)
	}
	fired := slices.Clone(spent)
	fired = append(fired, w.armed[PersistentWatch][path]...)
	if t != wire.EventNodeChildrenChanged {
		for p := path; p != ""; p, _ = wire.SplitPath(p) {
			fired = append(fired, w.armed[RecursiveWatch][p]...)
		}
	}
	return labels(fired), spent
}

// labels is each label once, in order.
func labels(ws []Watch) []string {
	var out []string
	for _, w := range ws {
		if !slices.Contains(out, w.Label) {
			out = append(out, w.Label)
		}
	}
	return out
}

// removal is one kind of event that removing watches causes, and what it removes
// (ZKWatchManager.removeWatcher).
type removal struct {
	event wire.EventType
	kinds []WatchKind
}

var (
	removeData       = removal{wire.EventDataWatchRemoved, []WatchKind{DataWatch, ExistWatch}}
	removeChild      = removal{wire.EventChildWatchRemoved, []WatchKind{ChildWatch}}
	removePersistent = removal{wire.EventPersistentWatchRemoved, []WatchKind{PersistentWatch}}
	removeRecursive  = removal{wire.EventPersistentWatchRemoved, []WatchKind{RecursiveWatch}}
	removeBoth       = removal{wire.EventPersistentWatchRemoved, []WatchKind{PersistentWatch, RecursiveWatch}}
)

// removals is what each kind of removeWatches removes.
var removals = map[int32][]removal{
	wire.WatcherChildren:            {removeChild},
	wire.WatcherData:                {removeData},
	wire.WatcherPersistent:          {removePersistent},
	wire.WatcherPersistentRecursive: {removeRecursive},
	wire.WatcherAny:                 {removeData, removeChild, removeBoth},
}

// has tells whether any watch of that kind is armed on path.
func (w *watches) has(path string, kind int32) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range removals[kind] {
		for _, k := range r.kinds {
			if len(w.armed[k][path]) > 0 {
				return true
			}
		}
	}
	return false
}

// removed is a kind of watch that was removed from a path, and what had armed it.
type removed struct {
	event  wire.EventType
	labels []string
}

// remove forgets the watches of that kind on path.
func (w *watches) remove(path string, kind int32) []removed {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []removed
	for _, r := range removals[kind] {
		var ws []Watch
		for _, k := range r.kinds {
			ws = append(ws, w.armed[k][path]...)
			delete(w.armed[k], path)
		}
		if len(ws) > 0 {
			out = append(out, removed{r.event, labels(ws)})
		}
	}
	return out
}

// restoreBatch is how many bytes of paths go into one setWatches, as in Java's
// client: the server's limit may be lower than the usual one.
const restoreBatch = 128 << 10

// restore makes the frames that arm all watches again on a new connection, for
// changes after zxid. Only persistent watches need setWatches2, which servers
// before 3.6 do not know (oldServer); they have no such watches either.
func (w *watches) restore(zxid int64, serverPath func(string) string, oldServer bool) [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var frames [][]byte
	var batch [watchKinds][]string
	size := 0
	flush := func() {
		if size > 0 {
			frames = append(frames, setWatchesFrame(zxid, batch))
		}
		batch, size = [watchKinds][]string{}, 0
	}
	for kind := range watchKinds {
		if oldServer && (kind == PersistentWatch || kind == RecursiveWatch) {
			continue
		}
		for _, path := range slices.Sorted(maps.Keys(w.armed[kind])) {
			if path != wire.ConfigPath || kind != DataWatch { // EnsembleConfig arms that one as it is
				path = serverPath(path)
			}
			if size > 0 && size+4+len(path) > restoreBatch {
				flush()
			}
			batch[kind] = append(batch[kind], path)
			size += 4 + len(path)
		}
	}
	flush()
	return frames
}

func setWatchesFrame(zxid int64, paths [watchKinds][]string) []byte {
	for kind, ps := range paths {
		if ps == nil {
			paths[kind] = []string{} // the server does not take null
		}
	}
	r := wire.SetWatches{
		RelativeZxid: zxid,
		Data:         paths[DataWatch], Exist: paths[ExistWatch], Child: paths[ChildWatch],
	}
	h := wire.RequestHeader{Xid: wire.XidSetWatches, Op: wire.OpSetWatches}
	if len(paths[PersistentWatch])+len(paths[RecursiveWatch]) == 0 {
		return wire.AppendFrame(nil, &h, &r)
	}
	h.Op = wire.OpSetWatches2
	return wire.AppendFrame(nil, &h, &wire.SetWatches2{
		SetWatches: r,
		Persistent: paths[PersistentWatch], PersistentRecursive: paths[RecursiveWatch],
	})
}

// Watches are the watches that are armed now, sorted by path and kind. A path
// has several of a kind if several labels armed it.
func (s *Session) Watches() []Watch { return s.watches.list() }

// notified handles a notification. It runs in the receive path.
func (s *Session) notified(zxid int64, body []byte) error {
	var r wire.WatcherEvent
	if _, err := wire.Unmarshal(body, &r); err != nil {
		return err
	}
	path := s.clientPath(r.Path)
	armedBy, spent := s.watches.fire(r.Type, path)
	s.emit(Event{
		Type: r.Type, State: r.State, Path: path, Zxid: zxid,
		Time: time.Now(), SessionID: s.ID(), ArmedBy: armedBy, Spent: spent,
	}, false)
	return nil
}
