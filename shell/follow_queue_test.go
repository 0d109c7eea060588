package shell

import (
	"strings"
	"testing"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// TestEventQueueIsBounded: more events than are kept leave one that has everything looked
// at anew.
func TestEventQueueIsBounded(t *testing.T) {
	for name, ev := range map[string]session.Event{
		"many": {Type: wire.EventNodeCreated, Path: "/a"},
		"long": {Type: wire.EventNodeCreated, Path: strings.Repeat("x", 1<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			q := newEventQueue()
			for range followLimit + 10 {
				q.put(ev)
			}
			if len(q.events) > followLimit || q.bytes > followBytes {
				t.Errorf("%d events, %d bytes", len(q.events), q.bytes)
			}
			first, err := q.next(t.Context())
			if err != nil || first.Type != wire.EventNone || first.State != wire.StateSyncConnected {
				t.Errorf("%v, %v", first, err)
			}
		})
	}
}
