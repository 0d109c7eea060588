package server

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"zoosh/internal/wire"
)

// A logRecorder keeps what a server logs: logf is for Config.Logf.
type logRecorder struct {
	mu   sync.Mutex
	said []string
}

func (l *logRecorder) logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

// lines are what was logged so far.
func (l *logRecorder) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.said)
}

// However long a client's strings are, what is logged of them is not.
func TestLogLinesAreShort(t *testing.T) {
	var log logRecorder
	s := startServer(t, Config{EnforceQuota: true, Logf: log.logf})
	long := strings.Repeat("n", 100_000)
	c := connect(t, s)
	c.create("/"+long, 0)
	c.create("/zookeeper/quota/"+long, 0)
	limits := creation("/zookeeper/quota/"+long+"/zookeeper_limits", "count=1", 0)
	c.do(wire.OpCreate, limits, &wire.PathResponse{})
	c.create("/zookeeper/quota/"+long+"/zookeeper_stats", 0)
	c.create("/"+long+"/ephemeral", wire.FlagEphemeral)
	s.do(func() {
		delete(s.sessions, c.conn.SessionID)
		s.endDeadSessions()
	})
	stranger := connect(t, s)
	stranger.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: long, Auth: []byte{}}, &wire.Empty{})

	said := log.lines()
	for _, want := range []string{"Quota exceeded: ", "is gone: its 1 ephemeral znodes", `by scheme "n`} {
		found := false
		for _, line := range said {
			if found = found || strings.Contains(line, want); len(line) > 1200 {
				t.Errorf("%d bytes: %.60s", len(line), line)
			}
		}
		if !found {
			t.Errorf("nothing said %q", want)
		}
	}
}
