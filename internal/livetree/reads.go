package livetree

import (
	"context"
	"errors"
	"slices"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// arm watches on a new connection, and has everything wanted read then. It is done
// anew for every connection: arming twice is as good as once, and a new session
// begins without watches.
func (w *Watcher) arm(link int) {
	defer w.tasks.Done()
	w.mu.Lock()
	oneShot := w.refused >= refusals
	w.mu.Unlock()
	if !oneShot {
		err := w.zk.AddWatch(w.ctx, "/", true, arm)
		if lost(err) {
			w.refuse()
			return // the next connection tries again
		}
		oneShot = err != nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || link != w.link {
		return
	}
	w.armed, w.oneShot, w.since = true, oneShot, time.Now()
	if !oneShot {
		w.refused = 0
	}
	w.put(Change{Kind: Connected, Time: time.Now()})
	w.readAll()
	w.pump()
}

// refuse counts the connections that an addWatch may have ended. A server that
// tells its version is not suspected: session knows what it can do.
func (w *Watcher) refuse() {
	if _, err := w.zk.ServerVersion(w.ctx); err != nil && w.ctx.Err() == nil {
		w.mu.Lock()
		w.refused++
		w.mu.Unlock()
	}
}

// lost tells whether a call failed because of the connection, or because of the
// session's end.
func lost(err error) bool {
	var e *wire.Error
	if errors.As(err, &e) {
		return e.Code == wire.ConnectionLoss || e.Code == wire.SessionExpired
	}
	return errors.Is(err, session.ErrClosed) || errors.Is(err, context.Canceled)
}

// pump begins what waits, as long as few enough requests are under way. mu is held.
func (w *Watcher) pump() {
	for w.armed && !w.closed && w.running < parallel {
		switch {
		case len(w.queue) > 0:
			path := w.queue[0]
			w.queue = w.queue[1:]
			wt := w.wanted[path]
			if wt == nil || !wt.queued {
				continue
			}
			wt.queued, wt.reading, wt.again, wt.since = false, true, false, nil
			w.begin(func() { w.list(path, wt) })
		case len(w.looks) > 0:
			path := w.looks[0]
			w.looks = w.looks[1:]
			if w.looking[path] != nil {
				continue
			}
			lk := &look{}
			w.looking[path] = lk
			w.begin(func() { w.look(path, lk) })
		default:
			return
		}
	}
}

func (w *Watcher) begin(read func()) {
	w.running++
	w.tasks.Add(1)
	go func() {
		defer w.tasks.Done()
		read()
	}()
}

// watch is how reads arm a watch: not at all, where the recursive one sees it.
func (w *Watcher) watch() *session.Arm {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.oneShot {
		return &arm
	}
	return nil
}

// list reads a znode's children.
func (w *Watcher) list(path string, wt *want) {
	asked := time.Now()
	names, stat, err := w.zk.Children(session.Paced(w.ctx), path, w.watch())
	slices.Sort(names)
	var built *children
	if err == nil {
		built = build(names) // here, where nobody waits for it
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	wt.reading = false
	wt.tooLong = session.IsLongReply(err)
	if w.wanted[path] == wt {
		if err == nil {
			names = settle(built, names, wt.since)
		}
		if !lost(err) {
			w.put(Change{Kind: Listing, Path: path, Names: names, Stat: stat, Err: err, Time: time.Now(), Asked: asked, built: built})
		}
		if wt.again {
			w.enqueue(path, wt)
		}
	}
	wt.since = nil
	w.pump()
}

// settle brings a listing up to date with what happened while it was under way.
// The last news of a name holds: either it is younger than the listing, or the
// listing says the same.
func settle(built *children, names []string, since map[string]bool) []string {
	same := true
	for name, there := range since {
		n := built.find(name)
		switch {
		case there && n == nil:
			built.insert(&node{name: name, rows: 1})
			built.live++
			same = false
		case !there && n != nil:
			built.remove(n)
			built.live--
			same = false
		}
	}
	if same {
		return names
	}
	names = names[:0]
	for n := built.first(); n != nil; n = n.next() {
		names = append(names, n.name)
	}
	return names
}

// look reads a znode's stat.
func (w *Watcher) look(path string, lk *look) {
	stat, err := w.zk.Exists(session.Paced(w.ctx), path, w.watch())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	delete(w.looking, path)
	if lost(err) {
		w.put(Change{Kind: Stale, Path: path}) // so that it is asked for again
	} else {
		w.put(Change{Kind: Looked, Path: path, Stat: stat, Stale: lk.stale, Err: err})
	}
	w.pump()
}
