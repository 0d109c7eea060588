package server

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"zoosh/internal/wire"
)

// fourLetterWords are the words that a server knows.
var fourLetterWords = map[string]func(s *Server, c *conn) string{
	"ruok": func(*Server, *conn) string { return "imok" },
	"isro": func(s *Server, _ *conn) string {
		if s.past != nil {
			return "ro"
		}
		return "rw"
	},
	"srvr": func(s *Server, _ *conn) string { return versionLine() + s.summary() },
	"stat": func(s *Server, c *conn) string {
		return versionLine() + "Clients:\n" + s.clients(c.port, true) + "\n" + s.summary()
	},
	"cons": func(s *Server, c *conn) string { return s.clients(c.port, false) + "\n" },
	"mntr": func(s *Server, _ *conn) string { return s.monitor() },
	"conf": func(s *Server, _ *conn) string { return s.configuration() },
	"dirs": func(s *Server, _ *conn) string { return s.directories() },
	"dump": func(s *Server, c *conn) string { return s.dump(c.port) },
	"envi": func(*Server, *conn) string { return environment() },
	"wchs": func(s *Server, _ *conn) string { return s.tree.dataWatches.summary() + "\n" },
	"wchc": func(s *Server, _ *conn) string { return s.tree.dataWatches.listByWatcher() + "\n" },
	"wchp": func(s *Server, _ *conn) string { return s.tree.dataWatches.listByPath() + "\n" },
	"srst": func(s *Server, _ *conn) string {
		s.stats = stats{}
		return "Server stats reset.\n"
	},
	"crst": func(s *Server, asking *conn) string {
		for c := range s.conns {
			if c.port == asking.port {
				c.stats = connStats{}
			}
		}
		return "Connection stats reset.\n"
	},
	// The digests of the tree that ZooKeeper keeps; there are none here.
	"hash": func(*Server, *conn) string { return "" },
	// What ZooKeeper traces is a mask of bits, which is kept and told here.
	"gtmk": func(s *Server, _ *conn) string { return fmt.Sprint(s.traceMask) },
	"stmk": func(s *Server, _ *conn) string { return fmt.Sprint(s.traceMask) },
}

// firstTraceMask is what ZooKeeper traces unless it is told otherwise.
const firstTraceMask = 306

func isFourLetterWord(word string) bool {
	_, ok := fourLetterWords[word]
	return ok
}

// allowsWord tells whether a word is answered.
func (c *Config) allowsWord(word string) bool {
	return c.FourLetterWords == nil || slices.Contains(c.FourLetterWords, "*") || slices.Contains(c.FourLetterWords, word)
}

// statelessWords are those whose answers tell nothing of the znodes and the sessions:
// they need not wait until the last change is on disk, and whoever asks whether the
// server is well, while its disk hangs, hears of it.
var statelessWords = []string{"ruok", "isro", "conf", "dirs", "envi", "srst", "crst", "hash", "gtmk", "stmk"}

// fourLetterWord answers a word and ends the connection. The word stmk has a mask
// behind it.
func (s *Server) fourLetterWord(c *conn, word string, mask int64) {
	c.countReceived()
	s.settle()
	asOf, answer := int64(0), word+" is not executed because it is not in the whitelist.\n"
	if s.cfg.allowsWord(word) {
		if word == "stmk" {
			s.traceMask = mask
		}
		answer = fourLetterWords[word](s, c)
		if !slices.Contains(statelessWords, word) {
			asOf = s.zxid
		}
	}
	c.queue(asOf, []byte(answer))
	c.finish()
}

// versionLine says when the binary was built as far as that is known.
var versionLine = sync.OnceValue(func() string {
	return "Zookeeper version: " + Version + ", built on " + built().UTC().Format("2006-01-02 15:04 MST") + "\n"
})

// built is the time of the commit, or else of the binary itself: those who read the
// line want a date.
func built() (t time.Time) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key != "vcs.time" {
				continue
			}
			if t, err := time.Parse(time.RFC3339, setting.Value); err == nil {
				return t
			}
		}
	}
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			return info.ModTime()
		}
	}
	return t
}

func (s *Server) summary() string {
	st := &s.stats
	var b strings.Builder
	fmt.Fprintf(&b, "Latency min/avg/max: %d/%s/%d\n", st.minLatency, st.average(), st.maxLatency)
	fmt.Fprintf(&b, "Received: %d\nSent: %d\n", st.received, st.sent)
	fmt.Fprintf(&b, "Connections: %d\nOutstanding: %d\n", len(s.conns), len(s.unsettled))
	fmt.Fprintf(&b, "Zxid: %#x\nMode: %s\n", s.zxid, s.mode())
	fmt.Fprintf(&b, "Node count: %d\n", s.tree.count())
	return b.String()
}

// mode is what the server is among the servers of an ensemble.
func (s *Server) mode() string {
	if s.past != nil {
		return "read-only"
	}
	return "standalone"
}

// clients lists the connections of a port.
func (s *Server) clients(p *port, brief bool) string {
	var b strings.Builder
	for c := range s.conns {
		if c.port != p {
			continue
		}
		interest := 1 // a connection is being read from, a word's no more
		if c.session == nil {
			interest = 0
		}
		st := &c.stats
		fmt.Fprintf(&b, " /%s[%d](queued=0,recved=%d,sent=%d", javaAddress(c.nc.RemoteAddr()), interest, st.received, st.sent)
		if c.session != nil && !brief {
			fmt.Fprintf(&b, ",sid=%#x,lop=%s,est=%d,to=%d", c.session.id, st.lastOp(),
				c.since.UnixMilli(), c.session.timeout.Milliseconds())
			b.WriteString(st.details(s.started))
		}
		b.WriteString(")\n")
	}
	return b.String()
}

// javaAddress is a client's address as Java writes it: of an IPv6 address all eight
// groups, in brackets.
func javaAddress(at net.Addr) string {
	addr, err := netip.ParseAddrPort(at.String())
	if err != nil {
		return at.String()
	}
	ip := addr.Addr().Unmap()
	if ip.Is4() {
		return fmt.Sprintf("%v:%d", ip, addr.Port())
	}
	zone := ""
	if ip.Zone() != "" {
		zone = "%" + ip.Zone()
	}
	return fmt.Sprintf("[%s%s]:%d", javaIP(ip), zone, addr.Port())
}

// shortNames are the names of opcodes in the list of connections.
var shortNames = map[wire.Op]string{
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

func shortName(op wire.Op) string { return cmp.Or(shortNames[op], "NA") }
