package shell

import (
	"errors"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// TestEventObjects: to the letter, in every dialect alike.
func TestEventObjects(t *testing.T) {
	for _, test := range []struct {
		ev   session.Event
		want string
	}{
		{session.Event{Type: wire.EventNodeDataChanged, State: wire.StateSyncConnected, Path: "/a", Zxid: 31, SessionID: 7},
			`{"event":"watch","type":"NodeDataChanged","state":"SyncConnected","path":"/a","zxid":"0x1f","session":"0x7","name":"s"}`},
		{session.Event{Type: wire.EventNodeDeleted, State: wire.StateSyncConnected, Path: "/<a>\n", Zxid: -1},
			`{"event":"watch","type":"NodeDeleted","state":"SyncConnected","path":"/<a>\n","name":"s"}`},
		{session.Event{Type: wire.EventNone, State: wire.StateExpired, Zxid: -1, SessionID: -1, Err: errors.New("gone")},
			`{"event":"connection","state":"Expired","session":"0xffffffffffffffff","name":"s","error":"gone"}`},
		{session.Event{Type: wire.EventNone, State: wire.StateClosed, Zxid: -1},
			`{"event":"connection","state":"Closed","name":"s"}`},
	} {
		for _, d := range dialects {
			var got Item
			sh := New(Config{Name: "s", Dialect: d, JSON: true, Sink: func(it Item) { got = it }})
			sh.onEvent(test.ev)
			if got.Shown() != test.want+"\n" {
				t.Errorf("%v: %s, want %s", d, got.Shown(), test.want)
			}
			if want := FormatEvent(d, test.ev); got.Text != want && got.Text != "" {
				t.Errorf("the text is %q, not %q", got.Text, want)
			}
		}
	}
}

// TestEventsUnshown: printwatches off keeps objects back as it does text.
func TestEventsUnshown(t *testing.T) {
	x := open(t, Config{Dialect: D39, JSON: true})
	x.do("create /a x", "printwatches off", "get -w /a", "set /a y", "close")
	seen := 0
	for _, it := range x.rec.snapshot() {
		if it.Kind == Watch || it.Kind == State && it.Event.State == wire.StateClosed {
			if seen++; it.Shown() != "" {
				t.Errorf("%q is shown", it.Shown())
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d events", seen)
	}
}

// TestLostObjects: events that did not fit are counted in an object among objects.
func TestLostObjects(t *testing.T) {
	for _, object := range []string{"", "{}\n"} {
		s := NewStream()
		for range streamLimit + 2 {
			s.Put(Item{Kind: Watch, Shell: "s", Text: "x", Object: object})
		}
		for range streamLimit {
			s.Next()
		}
		it, _ := s.Next()
		want := "(2 events are not shown: they came faster than they could be printed)\n"
		if it.Text != want {
			t.Errorf("%q", it.Text)
		}
		if object != "" {
			want = `{"event":"lost","name":"s","count":2}` + "\n"
		}
		if it.Shown() != want {
			t.Errorf("%q, want %q", it.Shown(), want)
		}
	}
}
