package server

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
)

// steals tells whether who knows nothing but the id of a session takes it over, with the
// password that follows from the id.
func steals(t *testing.T, s *Server, id int64) bool {
	t.Helper()
	thief := connectAs(t, s, wire.ConnectRequest{SessionID: id, Passwd: passwordOf(id)})
	thief.nc.Close()
	return thief.conn.SessionID != 0
}

// TestTakeover: the id of a session, which cons and dump show, does not tell its password
// but where a ZooKeeper is to be able to take over.
func TestTakeover(t *testing.T) {
	for _, tt := range []struct {
		name   string
		cfg    func(t *testing.T) Config
		stolen bool
	}{
		{"memory", func(t *testing.T) Config { return Config{} }, false},
		{"disk", func(t *testing.T) Config { return Config{DataDir: t.TempDir()} }, true},
		{"disk, told otherwise", func(t *testing.T) Config { return Config{DataDir: t.TempDir(), RandomPasswords: true} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startServer(t, tt.cfg(t))
			c := connect(t, s)
			c.create("/mine", wire.FlagEphemeral)
			if got := steals(t, s, c.conn.SessionID); got != tt.stolen {
				t.Errorf("taken over: %v, want %v", got, tt.stolen)
			}
			if !tt.stolen {
				c.saw() // nor does the owner notice
			}
			if again := c.again(s); again.conn.SessionID != c.conn.SessionID || !slices.Equal(again.conn.Passwd, c.conn.Passwd) {
				t.Errorf("the owner comes back as %+v, was %+v", again.conn, c.conn)
			}
		})
	}
}

// Two sessions, and two servers, have different passwords.
func TestPasswordsDiffer(t *testing.T) {
	a, b := startServer(t, Config{}), startServer(t, Config{})
	seen := make(map[string]bool)
	for _, s := range []*Server{a, a, b, b} {
		seen[string(connect(t, s).conn.Passwd)] = true
	}
	if id := int64(1); slices.Equal(a.secret.password(id), b.secret.password(id)) || len(seen) != 4 {
		t.Errorf("%d passwords of 4 sessions", len(seen))
	}
}

// TestWrongPasswordsDisturbNobody: whatever is tried, the owner of the session keeps its
// connection and its watches, and the session does not live longer by it.
func TestWrongPasswordsDisturbNobody(t *testing.T) {
	s := startServer(t, Config{})
	c, other := connect(t, s), connect(t, s)
	c.watch(wire.OpExists, "/w")
	id := c.conn.SessionID
	var before, after time.Time
	s.do(func() { before = s.sessions[id].deadline })
	for _, passwd := range [][]byte{nil, {}, make([]byte, 16), passwordOf(id), c.conn.Passwd[:15], append(slices.Clone(c.conn.Passwd), 0), []byte(strings.Repeat("x", 1000))} {
		r := connectAs(t, s, wire.ConnectRequest{Timeout: 1 << 30, SessionID: id, Passwd: passwd})
		if r.conn.SessionID != 0 {
			t.Errorf("%x is let in", passwd)
		}
		closes(t, r.nc)
	}
	if s.do(func() { after = s.sessions[id].deadline }); before != after {
		t.Errorf("the session ends at %v, not at %v any more", after, before)
	}
	other.create("/w", 0)
	c.saw(event{created, "/w", other.zxid})
}

// TestPasswordsOutliveTheServer: in memory over a stop and a start, and on disk over any
// end, of the same kind.
func TestPasswordsOutliveTheServer(t *testing.T) {
	dir := t.TempDir()
	var log logRecorder
	random := Config{DataDir: dir, RandomPasswords: true, Logf: log.logf}
	s := startServer(t, random)
	c := connect(t, s)
	s.Close()
	s = startServer(t, random)
	if c = c.again(s); c.conn.SessionID == 0 {
		t.Fatal("the session is gone")
	}
	s.Close()

	path := filepath.Join(dir, "version-2", "zoosh.secret")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the secret: %v, %v", info, err)
	}
	// Told nothing, it is ZooKeeper's way again, and says what that means.
	s = startServer(t, Config{DataDir: dir, Logf: log.logf})
	if c.again(s).conn.SessionID != 0 {
		t.Error("the random password still opens the session")
	}
	s.Close()
	said := log.lines()
	if !slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, "passwords were random once") }) {
		t.Errorf("said %q", said)
	}
	if err := os.WriteFile(path, []byte("00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Start(random); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a short secret: %v", err)
		if err == nil {
			s.Close()
		}
	}
}

// A server that is stopped and started again in memory knows its sessions.
func TestPasswordsInMemoryAreRemembered(t *testing.T) {
	e, err := StartEmbedded(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := connect(t, e.running)
	if err := e.Restart(false); err != nil {
		t.Fatal(err)
	}
	if again := c.again(e.running); again.conn.SessionID != c.conn.SessionID {
		t.Errorf("%+v", again.conn)
	}
}
