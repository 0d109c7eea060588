package server

import (
	"cmp"
	"fmt"
	"iter"
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
	figures := []figure{
		{"version", strings.TrimPrefix(strings.TrimSpace(versionLine()), "Zookeeper version: ")},
		{"server_state", s.mode()},
		{"ephemerals_count", s.tree.owned},
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
	for i := range figures {
		figures[i].name = "zk_" + figures[i].name
	}
	return lines("\t", figures)
}

// openFiles is the last line of mntr, where that is known.
func openFiles() string {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return ""
	}
	return lines("\t", []figure{{"zk_open_file_descriptor_count", len(open)}})
}

// dump lists the sessions by when they expire, their ephemeral znodes, and the port's
// connections.
func (s *Server) dump(asking *conn) iter.Seq[string] {
	tick := s.cfg.TickTime
	sessions := func(yield func(time.Time, string) bool) {
		for id, ses := range s.sessions {
			if !yield(ses.deadline.Truncate(tick).Add(tick), fmt.Sprintf("%#x", id)) {
				return
			}
		}
	}
	conns := func(yield func(time.Time, string) bool) {
		for c := range s.conns {
			at, id := c.since.Add(s.cfg.FirstFrameTimeout), int64(0)
			if c.session != nil {
				at, id = c.session.deadline, c.session.id
			}
			if c.port == asking.port && !yield(at.Truncate(tick).Add(tick), fmt.Sprintf("ip: /%v sessionId: %#x", c, id)) {
				return
			}
		}
	}
	return func(yield func(string) bool) {
		_ = yield("SessionTracker dump:\n") && expirySets("Session", sessions, yield) &&
			s.tree.dumpEphemerals(yield) &&
			yield("Connections dump:\n") && expirySets("Connections", conns, yield)
	}
}

// expirySets lists what expires, by when. It walks over it twice, or, if there is so
// much that it is not to be kept, once more for each set.
func expirySets(what string, all iter.Seq2[time.Time, string], yield func(string) bool) bool {
	const most = 10_000
	counts, n := make(map[time.Time]int), 0
	var kept map[time.Time][]string
	for at := range all {
		counts[at]++
		if n++; !yield("") {
			return false
		}
	}
	if n <= most {
		kept = make(map[time.Time][]string)
		for at, line := range all {
			kept[at] = append(kept[at], line)
			if !yield("") {
				return false
			}
		}
	}
	if !yield(fmt.Sprintf("%s Sets (%d)/(%d):\n", what, len(counts), n)) {
		return false
	}
	for _, at := range slices.SortedFunc(maps.Keys(counts), time.Time.Compare) {
		if !yield(fmt.Sprintf("%d expire at %s:\n", counts[at], at.Format("Mon Jan 02 15:04:05 MST 2006"))) {
			return false
		}
		slices.Sort(kept[at])
		for _, line := range kept[at] {
			if !yield("\t" + line + "\n") {
				return false
			}
		}
		for other, line := range all {
			if kept != nil {
				break
			}
			if other != at {
				line = ""
			} else {
				line = "\t" + line + "\n"
			}
			if !yield(line) {
				return false
			}
		}
	}
	return true
}

// dumpEphemerals lists the ephemeral znodes of each session.
func (t *tree) dumpEphemerals(yield func(string) bool) bool {
	if !yield(fmt.Sprintf("ephemeral nodes dump:\nSessions with Ephemerals (%d):\n", len(t.ephemerals))) {
		return false
	}
	for id, own := range inOrder(t.ephemerals, len(t.ephemerals) <= sortedMost) {
		if !yield(fmt.Sprintf("%#x:\n", id)) {
			return false
		}
		for path := range own.All {
			if !yield("\t" + path + "\n") {
				return false
			}
		}
	}
	return true
}

// sortedMost is up to how many entries a list is told in order: more than that are not
// sorted while others wait.
const sortedMost = 1000

// inOrder yields the entries of a map, by their keys if they are to be sorted. The map
// may be changed meanwhile.
func inOrder[K cmp.Ordered, V any](m map[K]V, sorted bool) iter.Seq2[K, V] {
	if !sorted {
		return maps.All(m)
	}
	return func(yield func(K, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if v, is := m[key]; is && !yield(key, v) {
				return
			}
		}
	}
}

// summary is what wchs tells.
func (t *watchTable) summary() string {
	return fmt.Sprintf("%d connections watching %d paths\nTotal watches:%d", len(t.byWatcher), len(t.byPath), t.count())
}

// listByPath is what wchp tells: the sessions that watch each path.
func (t *watchTable) listByPath(yield func(string) bool) {
	for path, watching := range inOrder(t.byPath, len(t.byPath) <= sortedMost) {
		if !yield(path) || !yield("\n") {
			return
		}
		var ids []int64
		for w := range watching.each {
			ids = append(ids, sessionOf(w))
		}
		slices.Sort(ids)
		for _, id := range ids {
			if !yield(fmt.Sprintf("\t%#x\n", id)) {
				return
			}
		}
	}
	yield("\n")
}

// listByWatcher is what wchc tells: the paths that each session watches.
func (t *watchTable) listByWatcher(yield func(string) bool) {
	watchers := make(map[int64]*watched)
	for w, own := range t.byWatcher {
		watchers[sessionOf(w)] = own
	}
	for id, own := range inOrder(watchers, true) {
		if !yield(fmt.Sprintf("%#x\n", id)) {
			return
		}
		for path := range inOrder(own.paths, len(own.paths) <= sortedMost) {
			if !yield("\t") || !yield(path) || !yield("\n") {
				return
			}
		}
	}
	yield("\n")
}

func sessionOf(w watcher) int64 {
	if c, ok := w.(*conn); ok && c.session != nil {
		return c.session.id
	}
	return 0
}
