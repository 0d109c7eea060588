package livetree

import (
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// A told is a change that a Watcher without a server is told, at so many
// milliseconds.
type told struct {
	kind wire.EventType
	path string
	zxid int64
	ms   int
}

func (w *Watcher) tell(events ...told) {
	for _, e := range events {
		w.event(session.Event{Type: e.kind, Path: e.path, Zxid: e.zxid, Time: time.UnixMilli(int64(e.ms))})
	}
}

func blindWatcher() *Watcher {
	return &Watcher{armed: true, wanted: map[string]*want{}, looking: map[string]*look{}, wake: make(chan struct{}, 1)}
}

func TestMissed(t *testing.T) {
	const created, deleted, changed, children = wire.EventNodeCreated, wire.EventNodeDeleted, wire.EventNodeDataChanged, wire.EventNodeChildrenChanged
	for _, test := range []struct {
		name          string
		before, after []told
		fired         Fired
		want          int
	}{
		{"after the firing, told late", []told{{changed, "/a", 4, 1}, {changed, "/a", 5, 2}, {changed, "/a", 6, 3}},
			[]told{{changed, "/a", 7, 4}, {deleted, "/a", 8, 5}}, Fired{Path: "/a", Event: changed, Zxid: 5}, 3},
		{"told before the tree was", nil, []told{{changed, "/a", 5, 2}, {changed, "/a", 6, 3}},
			Fired{Path: "/a", Event: changed, Zxid: 5}, 1},
		{"of others", nil, []told{{changed, "/b", 6, 3}, {created, "/a/x", 7, 3}, {changed, "/a/x", 8, 3}},
			Fired{Path: "/a", Event: changed, Zxid: 5}, 0},
		{"children", []told{{created, "/a/x", 5, 1}}, []told{{changed, "/a", 6, 2}, {deleted, "/a/x", 7, 2}, {changed, "/a/x", 8, 2}, {created, "/a/x/y", 9, 2}, {deleted, "/a", 10, 3}},
			Fired{Path: "/a", Children: true, Event: children, Zxid: 5}, 2},
		{"children of the root", nil, []told{{created, "/x", 6, 2}}, Fired{Path: "/", Children: true, Event: children, Zxid: 5}, 1},
		{"without zxids", []told{{changed, "/a", -1, 0}, {changed, "/a", -1, 5000}, {changed, "/a", -1, 9000}},
			[]told{{changed, "/a", -1, 9500}}, Fired{Path: "/a", Event: changed, Zxid: -1, Time: time.UnixMilli(5001)}, 2},
		{"without zxids, told before the tree was", []told{{changed, "/a", -1, 0}},
			[]told{{changed, "/a", -1, 5002}, {changed, "/a", -1, 5003}}, Fired{Path: "/a", Event: changed, Zxid: -1, Time: time.UnixMilli(5001)}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := blindWatcher()
			w.tell(test.before...)
			m := w.Missed(test.fired)
			w.tell(test.after...)
			if n, atLeast := m.Count(); n != test.want || atLeast {
				t.Errorf("%d, at least: %v", n, atLeast)
			}
			m.Stop()
			w.tell(told{changed, test.fired.Path, 100, 9900})
			if n, _ := m.Count(); n != test.want || len(w.missed) != 0 {
				t.Errorf("it goes on: %d, %v", n, w.missed)
			}
		})
	}
}

func TestMissedClaimsNothing(t *testing.T) {
	w := blindWatcher()
	for range traceLimit {
		w.tell(told{wire.EventNodeDataChanged, "/a", 50, 1})
	}
	w.tell(told{wire.EventNodeDataChanged, "/b", 51, 1})
	m := w.Missed(Fired{Path: "/b", Event: wire.EventNodeDataChanged, Zxid: 3})
	if n, atLeast := m.Count(); n != 1 || !atLeast {
		t.Errorf("%d, at least: %v, of more than is kept", n, atLeast)
	}
	m = w.Missed(Fired{Path: "/b", Event: wire.EventNodeDataChanged, Zxid: 51})
	w.event(session.Event{Type: wire.EventNone, State: wire.StateDisconnected})
	if _, atLeast := m.Count(); !atLeast {
		t.Error("it knows all of a time without a connection")
	}
	if w.Missed(Fired{Path: "/b"}) != nil {
		t.Error("it counts without a connection")
	}
	w.armed, w.oneShot = true, true
	if w.Missed(Fired{Path: "/b"}) != nil {
		t.Error("it counts on a server that tells it one change")
	}
}

// A real server tells no zxid with its events, unless it is 3.9: the changes that
// come fast one after the other are counted all the same.
func TestMissedOfRealServer(t *testing.T) {
	addr := zktest.Start(t, zktest.LongSessions).Addr()
	v := view(t, addr)
	v.untilThere("/zookeeper")
	events := make(chan session.Event, 10)
	zk, err := session.Open(session.Config{Servers: []string{addr}, OnEvent: func(e session.Event) { events <- e }})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	create(t, zk, "/a", 0)
	if _, _, err := zk.Get(t.Context(), "/a", &session.Arm{Label: "get"}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := zk.Set(t.Context(), "/a", nil, wire.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	e := <-events
	for e.Type == wire.EventNone {
		e = <-events
	}
	if len(e.Spent) != 1 || e.Spent[0].Label != "get" {
		t.Fatalf("%+v", e)
	}
	m := v.w.Missed(Fired{Path: "/a", Event: e.Type, Zxid: e.Zxid, Armed: e.Spent[0].ArmedAt, Time: e.Time})
	// What the tree's session has to be told comes before the reply to its next read.
	if _, err := v.w.Session().Exists(t.Context(), "/a", nil); err != nil {
		t.Fatal(err)
	}
	if n, atLeast := m.Count(); n != 2 || atLeast {
		t.Errorf("%d changes were missed, not 2; at least: %v", n, atLeast)
	}
}
