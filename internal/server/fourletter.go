package server

import (
	"fmt"
	"math"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"zoosh/internal/wire"
)

// fourLetterWords are the words that a server knows, with those that this one
// answers.
var fourLetterWords = map[string]func(s *Server, c *conn) string{
	"ruok": func(*Server, *conn) string { return "imok" },
	"isro": func(s *Server, _ *conn) string {
		if s.past != nil {
			return "ro"
		}
		return "rw"
	},
	"srvr": func(s *Server, _ *conn) string { return versionLine() + s.summary() },
	"stat": func(s *Server, _ *conn) string {
		return versionLine() + "Clients:\n" + s.clients(true) + "\n" + s.summary()
	},
	"cons": func(s *Server, _ *conn) string { return s.clients(false) + "\n" },

	"mntr": func(s *Server, _ *conn) string { return s.monitor() },

	"conf": nil, "crst": nil, "dirs": nil, "dump": nil, "envi": nil, "gtmk": nil, "hash": nil,
	"srst": nil, "stmk": nil, "wchc": nil, "wchp": nil, "wchs": nil,
}

func isFourLetterWord(word string) bool {
	_, ok := fourLetterWords[word]
	return ok
}

// fourLetterWord answers a word and ends the connection.
func (s *Server) fourLetterWord(c *conn, word string) {
	c.countReceived()
	answer := word + " is not executed because it is not in the whitelist.\n"
	if f := fourLetterWords[word]; f != nil {
		answer = f(s, c)
	}
	c.queue([]byte(answer))
	c.finish()
}

// versionLine says when the binary was built as far as that is known: the time of
// the commit.
var versionLine = sync.OnceValue(func() string {
	built := "an unknown date"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key != "vcs.time" {
				continue
			}
			if t, err := time.Parse(time.RFC3339, setting.Value); err == nil {
				built = t.UTC().Format("2006-01-02 15:04 MST")
			}
		}
	}
	return "Zookeeper version: " + Version + ", built on " + built + "\n"
})

func (s *Server) summary() string {
	st := &s.stats
	var b strings.Builder
	fmt.Fprintf(&b, "Latency min/avg/max: %d/%s/%d\n", st.minLatency, st.average(), st.maxLatency)
	fmt.Fprintf(&b, "Received: %d\nSent: %d\n", st.received, st.sent)
	fmt.Fprintf(&b, "Connections: %d\nOutstanding: 0\n", len(s.conns))
	fmt.Fprintf(&b, "Zxid: %#x\nMode: %s\n", s.zxid, s.mode())
	fmt.Fprintf(&b, "Node count: %d\n", len(s.tree.nodes))
	return b.String()
}

// mode is what the server is among the servers of an ensemble.
func (s *Server) mode() string {
	if s.past != nil {
		return "read-only"
	}
	return "standalone"
}

// monitor is the part of mntr that means something here.
func (s *Server) monitor() string {
	st := &s.stats
	ephemerals := 0
	for _, paths := range s.tree.ephemerals {
		ephemerals += paths.Len()
	}
	var b strings.Builder
	for _, value := range []struct {
		name  string
		value any
	}{
		{"version", strings.TrimPrefix(strings.TrimSpace(versionLine()), "Zookeeper version: ")},
		{"server_state", s.mode()},
		{"ephemerals_count", ephemerals},
		{"num_alive_connections", len(s.conns)},
		{"avg_latency", st.average()},
		{"outstanding_requests", 0},
		{"znode_count", len(s.tree.nodes)},
		{"global_sessions", len(s.sessions)},
		{"packets_sent", st.sent},
		{"packets_received", st.received},
		{"watch_count", s.tree.dataWatches.count() + s.tree.childWatches.count()},
		{"min_latency", st.minLatency},
		{"max_latency", st.maxLatency},
	} {
		fmt.Fprintf(&b, "zk_%s\t%v\n", value.name, value.value)
	}
	return b.String()
}

// clients lists the connections.
func (s *Server) clients(brief bool) string {
	var b strings.Builder
	for c := range s.conns {
		interest := 1 // a connection is being read from, a word's no more
		if c.session == nil {
			interest = 0
		}
		fmt.Fprintf(&b, " /%v[%d](queued=0,recved=%d,sent=%d", c, interest, c.received, c.sent)
		if c.session != nil && !brief {
			fmt.Fprintf(&b, ",sid=%#x,lop=%s,est=%d,to=%d", c.session.id, shortName(c.lastOp),
				c.since.UnixMilli(), c.session.timeout.Milliseconds())
		}
		b.WriteString(")\n")
	}
	return b.String()
}

// shortName is the name of an opcode in the list of connections.
func shortName(op wire.Op) string {
	names := map[wire.Op]string{
		0: "SESS", wire.OpPing: "PING", wire.OpMulti: "MULT", wire.OpMultiRead: "MLTR",
		wire.OpCreate: "CREA", wire.OpCreate2: "CREA", wire.OpCreateContainer: "CREA",
		wire.OpCreateTTL: "CREA", wire.OpDelete: "DELE", wire.OpSetData: "SETD",
		wire.OpSetACL: "SETA", wire.OpSync: "SYNC", wire.OpExists: "EXIS",
		wire.OpGetData: "GETD", wire.OpSetWatches: "SETW", wire.OpSetWatches2: "STW2",
		wire.OpAddWatch: "ADDW", wire.OpGetACL: "GETA", wire.OpGetChildren: "GETC",
		wire.OpGetChildren2: "GETC", wire.OpGetAllChildrenNumber: "GETACN",
		wire.OpCheckWatches: "CHKW", wire.OpRemoveWatches: "REMW",
		wire.OpWhoAmI: "HOMI", wire.OpGetEphemerals: "GETE",
	}
	if name, ok := names[op]; ok {
		return name
	}
	return "NA"
}

// stats counts what srvr tells. Latencies are milliseconds.
type stats struct {
	received, sent         int64
	requests, totalLatency int64
	minLatency, maxLatency int64
}

func (st *stats) latency(d time.Duration) {
	ms := d.Milliseconds()
	if st.requests == 0 || ms < st.minLatency {
		st.minLatency = ms
	}
	st.maxLatency = max(st.maxLatency, ms)
	st.requests++
	st.totalLatency += ms
}

// average is the average latency to four decimals, as Java prints a double.
func (st *stats) average() string {
	if st.totalLatency == 0 {
		return "0.0"
	}
	avg := math.Round(float64(st.totalLatency)/float64(st.requests)*1e4) / 1e4
	text := strconv.FormatFloat(avg, 'f', -1, 64)
	if avg < 0.001 {
		return fmt.Sprintf("%.1fE-4", avg*1e4)
	}
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
