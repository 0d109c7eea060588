package livetree

import (
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// A Fired is a one-shot watch of some session that has fired, and by what.
type Fired struct {
	Path     string
	Children bool // it was on the children, else on the znode itself
	Event    wire.EventType
	Zxid     int64 // 0 or less: not told
	Armed    time.Time
	Time     time.Time
}

// A Missed counts what changed after a watch had fired, as the Watcher saw it.
type Missed struct {
	w       *Watcher
	fired   Fired
	n       int
	atLeast bool // something may have escaped the Watcher
	waits   bool // what fired the watch is still to come
}

// seen is a change as the server told it.
type seen struct {
	path string
	kind wire.EventType
	zxid int64
	time time.Time
}

// A trace is the newest changes: a watch's event may come here after others that
// happened later.
type trace struct {
	kept []seen
	next int // where the oldest one stands, once it is full
}

// traceLimit is what comes in some frames of a storm.
const traceLimit = 4096

// sameTime is how far apart two sessions may be told the same change.
const sameTime = 2 * time.Second

func (t *trace) add(s seen) {
	if len(t.kept) < traceLimit {
		t.kept = append(t.kept, s)
		return
	}
	t.kept[t.next] = s
	t.next = (t.next + 1) % traceLimit
}

// at is the i-th change, from the oldest on.
func (t *trace) at(i int) *seen { return &t.kept[(t.next+i)%len(t.kept)] }

// saw notes a change for those that count. mu is held.
func (w *Watcher) saw(e session.Event) {
	s := seen{e.Path, e.Type, e.Zxid, e.Time}
	w.trace.add(s)
	if len(w.missed) == 0 {
		return
	}
	parent, _ := wire.SplitPath(e.Path)
	for _, path := range []string{e.Path, parent} {
		for _, m := range w.missed[path] {
			m.take(&s)
		}
	}
}

// Missed begins to count what changes after a watch has fired, from that moment
// on, even if it is told late. It is nil where the Watcher does not see every
// change.
func (w *Watcher) Missed(f Fired) *Missed {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.armed || w.oneShot || w.closed {
		return nil
	}
	m := &Missed{w: w, fired: f, atLeast: f.Time.Before(w.since)}
	if w.missed == nil {
		w.missed = map[string][]*Missed{}
	}
	w.missed[f.Path] = append(w.missed[f.Path], m)
	m.look(&w.trace)
	return m
}

// look counts what the trace holds already.
func (m *Missed) look(t *trace) {
	from := 0
	if m.fired.Zxid <= 0 {
		from = m.origin(t) + 1
		m.waits = from == 0
	}
	if m.waits {
		return
	}
	for i := from; i < len(t.kept); i++ {
		m.take(t.at(i))
	}
	if len(t.kept) == traceLimit && t.at(0).zxid > m.fired.Zxid && m.fired.Zxid > 0 {
		m.atLeast = true
	}
}

// origin is the change that fired the watch, where no zxid tells: the first of its
// kind since it was armed that was told at about the same time. It is -1 if that
// is still to come.
func (m *Missed) origin(t *trace) int {
	for i := range t.kept {
		s := t.at(i)
		if m.fires(s) && s.time.After(m.fired.Armed) && s.time.Sub(m.fired.Time).Abs() < sameTime {
			return i
		}
	}
	return -1
}

// concerns tells whether a watch of that kind would have told the change.
func (m *Missed) concerns(s *seen) bool {
	switch {
	case s.path == m.fired.Path:
		return !m.fired.Children || s.kind == wire.EventNodeDeleted
	case !m.fired.Children || s.kind == wire.EventNodeDataChanged:
		return false
	}
	parent, _ := wire.SplitPath(s.path)
	return parent == m.fired.Path
}

// fires tells whether the change may be the one that fired the watch.
func (m *Missed) fires(s *seen) bool {
	if !m.concerns(s) {
		return false
	}
	if s.path != m.fired.Path {
		return m.fired.Event == wire.EventNodeChildrenChanged
	}
	return s.kind == m.fired.Event
}

// take counts a change if it came after the watch had fired.
func (m *Missed) take(s *seen) {
	switch {
	case !m.concerns(s):
	case m.fired.Zxid > 0 && s.zxid > 0:
		if s.zxid > m.fired.Zxid {
			m.n++
		}
	case m.waits && m.fires(s) && s.time.Sub(m.fired.Time).Abs() < sameTime:
		m.waits = false
	default:
		m.n++
	}
}

// Count is how many changes there were. With atLeast there may have been more.
func (m *Missed) Count() (n int, atLeast bool) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	return m.n, m.atLeast
}

// Stop ends the counting.
func (m *Missed) Stop() {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	rest := m.w.missed[m.fired.Path]
	for i := range rest {
		if rest[i] == m {
			rest = append(rest[:i], rest[i+1:]...)
			break
		}
	}
	if len(rest) == 0 {
		delete(m.w.missed, m.fired.Path)
		return
	}
	m.w.missed[m.fired.Path] = rest
}

// blind notes that changes are not seen for a while. mu is held.
func (w *Watcher) blind() {
	for _, all := range w.missed {
		for _, m := range all {
			m.atLeast = true
		}
	}
}
