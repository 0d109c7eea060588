package server

import (
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// configuration is what conf tells: how the server runs.
func (s *Server) configuration() string {
	dataDir, logDir := s.dataDirs()
	return lines("=", []figure{
		{"clientPort", s.plain.number()}, {"secureClientPort", s.secure.number()},
		{"dataDir", dataDir}, {"dataDirSize", sizeOfDir(dataDir)},
		{"dataLogDir", logDir}, {"dataLogSize", sizeOfDir(logDir)},
		{"tickTime", s.cfg.TickTime.Milliseconds()}, {"maxClientCnxns", s.cfg.MaxClientCnxns},
		{"minSessionTimeout", s.cfg.MinSessionTimeout.Milliseconds()},
		{"maxSessionTimeout", s.cfg.MaxSessionTimeout.Milliseconds()},
		{"clientPortListenBacklog", -1}, {"serverId", 0},
	})
}

// directories is what dirs tells.
func (s *Server) directories() string {
	dataDir, logDir := s.dataDirs()
	return lines(": ", []figure{{"datadir_size", sizeOfDir(dataDir)}, {"logdir_size", sizeOfDir(logDir)}})
}

// dataDirs are where the snapshots and the logs are; "" in memory.
func (s *Server) dataDirs() (data, logs string) {
	if s.cfg.DataDir == "" {
		return "", ""
	}
	where := func(dir string) string {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		return filepath.Join(dir, "version-2")
	}
	return where(s.cfg.DataDir), where(s.cfg.LogDir)
}

// sizeOfDir is how many bytes the files of a directory take.
func sizeOfDir(dir string) (size int64) {
	entries, err := os.ReadDir(dir)
	if dir == "" || err != nil {
		return 0
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
	}
	return size
}

// A figure is a line of a word's answer.
type figure struct {
	name  string
	value any
}

func lines(between string, figures []figure) string {
	var b strings.Builder
	for _, f := range figures {
		fmt.Fprintf(&b, "%s%s%v\n", f.name, between, f.value)
	}
	return b.String()
}

// environment is what envi tells, as far as it is not about Java.
func environment() string {
	host, _ := os.Hostname()
	dir, _ := os.Getwd()
	home, _ := os.UserHomeDir()
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return "Environment:\n" + lines("=", []figure{
		{"zookeeper.version", strings.TrimPrefix(strings.TrimSpace(versionLine()), "Zookeeper version: ")},
		{"host.name", host}, {"go.version", runtime.Version()},
		{"os.name", runtime.GOOS}, {"os.arch", runtime.GOARCH},
		{"user.name", name}, {"user.home", home}, {"user.dir", dir},
		{"os.memory.total", fmt.Sprintf("%dMB", m.Sys>>20)},
	})
}

// monitor is what mntr tells: of what ZooKeeper measures, that which a server that
// stands alone has.
func (s *Server) monitor() string {
	st := &s.stats
	ephemerals := 0
	for _, paths := range s.tree.ephemerals {
		ephemerals += paths.Len()
	}
	figures := []figure{
		{"version", strings.TrimPrefix(strings.TrimSpace(versionLine()), "Zookeeper version: ")},
		{"server_state", s.mode()},
		{"ephemerals_count", ephemerals},
		{"num_alive_connections", len(s.conns)},
		{"avg_latency", st.average()},
		{"outstanding_requests", len(s.unsettled)},
		{"znode_count", s.tree.count()},
		{"global_sessions", len(s.sessions)},
		{"packets_sent", st.sent},
		{"packets_received", st.received},
		{"connection_drop_probability", "0.0"},
		{"watch_count", s.tree.dataWatches.count() + s.tree.childWatches.count()},
		{"auth_failed_count", st.authFailed},
		{"min_latency", st.minLatency},
		{"approximate_data_size", s.tree.size},
		{"local_sessions", 0},
		{"uptime", time.Since(s.started).Milliseconds()},
		{"max_latency", st.maxLatency},
		{"connection_rejected", st.rejected},
		{"unsuccessful_handshake", st.notShaken},
		{"connection_request_count", st.connected},
		{"connection_revalidate_count", st.resumed},
		{"bytes_received_count", st.bytesReceived},
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		figures = append(figures, figure{"open_file_descriptor_count", len(open)})
	}
	for i := range figures {
		figures[i].name = "zk_" + figures[i].name
	}
	return lines("\t", figures)
}

// dump lists the sessions by when they expire, their ephemeral znodes, and the port's
// connections.
func (s *Server) dump(p *port) string {
	var b strings.Builder
	due := func(what string, set map[time.Time][]string, n int) {
		fmt.Fprintf(&b, "%s Sets (%d)/(%d):\n", what, len(set), n)
		for _, at := range slices.SortedFunc(maps.Keys(set), time.Time.Compare) {
			slices.Sort(set[at])
			fmt.Fprintf(&b, "%d expire at %s:\n", len(set[at]), at.Format("Mon Jan 02 15:04:05 MST 2006"))
			for _, line := range set[at] {
				fmt.Fprintf(&b, "\t%s\n", line)
			}
		}
	}
	tick := s.cfg.TickTime
	sessions, conns := make(map[time.Time][]string), make(map[time.Time][]string)
	for id, ses := range s.sessions {
		at := ses.deadline.Truncate(tick).Add(tick)
		sessions[at] = append(sessions[at], fmt.Sprintf("%#x", id))
	}
	ofPort := 0
	for c := range s.conns {
		if c.port != p {
			continue
		}
		ofPort++
		at, id := c.since.Add(s.cfg.FirstFrameTimeout), int64(0)
		if c.session != nil {
			at, id = c.session.deadline, c.session.id
		}
		at = at.Truncate(tick).Add(tick)
		conns[at] = append(conns[at], fmt.Sprintf("ip: /%v sessionId: %#x", c, id))
	}
	b.WriteString("SessionTracker dump:\n")
	due("Session", sessions, len(s.sessions))
	fmt.Fprintf(&b, "ephemeral nodes dump:\nSessions with Ephemerals (%d):\n", len(s.tree.ephemerals))
	for _, id := range slices.Sorted(maps.Keys(s.tree.ephemerals)) {
		fmt.Fprintf(&b, "%#x:\n", id)
		for path := range s.tree.ephemerals[id].All {
			fmt.Fprintf(&b, "\t%s\n", path)
		}
	}
	b.WriteString("Connections dump:\n")
	due("Connections", conns, ofPort)
	return b.String()
}

// summary is what wchs tells.
func (t *watchTable) summary() string {
	return fmt.Sprintf("%d connections watching %d paths\nTotal watches:%d", len(t.byWatcher), len(t.byPath), t.count())
}

// listByPath is what wchp tells: the sessions that watch each path.
func (t *watchTable) listByPath() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(t.byPath)) {
		b.WriteString(path + "\n")
		var ids []int64
		for w := range t.byPath[path] {
			ids = append(ids, sessionOf(w))
		}
		slices.Sort(ids)
		for _, id := range ids {
			fmt.Fprintf(&b, "\t%#x\n", id)
		}
	}
	return b.String()
}

// listByWatcher is what wchc tells: the paths that each session watches.
func (t *watchTable) listByWatcher() string {
	paths := make(map[int64][]string)
	for w, set := range t.byWatcher {
		paths[sessionOf(w)] = slices.Sorted(maps.Keys(set))
	}
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(&b, "%#x\n", id)
		for _, path := range paths[id] {
			b.WriteString("\t" + path + "\n")
		}
	}
	return b.String()
}

func sessionOf(w watcher) int64 {
	if c, ok := w.(*conn); ok && c.session != nil {
		return c.session.id
	}
	return 0
}
