package server

import (
	"fmt"
	"iter"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"zoosh/internal/build"
)

// A word is answered by text, or by what is many lines, and then by what takes no lock:
// that reads files.
type word struct {
	text    func(s *Server, c *conn) string
	lines   func(s *Server, c *conn) iter.Seq[string]
	outside func(s *Server) string
}

func says(text string) word { return word{text: func(*Server, *conn) string { return text }} }

// fourLetterWords are the words that a server knows.
var fourLetterWords = map[string]word{
	"ruok": says("imok"),
	"isro": {text: func(s *Server, _ *conn) string {
		if s.past != nil {
			return "ro"
		}
		return "rw"
	}},
	"srvr": {text: func(s *Server, _ *conn) string { return versionLine() + s.summary() }},
	"stat": {lines: (*Server).statLines},
	"cons": {lines: func(s *Server, c *conn) iter.Seq[string] {
		return func(yield func(string) bool) {
			_ = s.clients(c.port, false, yield) && yield("\n")
		}
	}},
	"mntr": {text: func(s *Server, _ *conn) string { return s.monitor() }, outside: func(*Server) string { return openFiles() }},
	"conf": {outside: (*Server).configuration},
	"dirs": {outside: (*Server).directories},
	"dump": {lines: (*Server).dump},
	"envi": {outside: func(*Server) string { return environment() }},
	"wchs": {text: func(s *Server, _ *conn) string { return s.tree.dataWatches.summary() + "\n" }},
	"wchc": {lines: func(s *Server, _ *conn) iter.Seq[string] { return s.tree.dataWatches.listByWatcher }},
	"wchp": {lines: func(s *Server, _ *conn) iter.Seq[string] { return s.tree.dataWatches.listByPath }},
	"srst": {text: func(s *Server, _ *conn) string {
		s.stats = stats{}
		return "Server stats reset.\n"
	}},
	"crst": {lines: (*Server).resetClients},
	// The digests of the tree that ZooKeeper keeps; there are none here.
	"hash": says(""),
	// What ZooKeeper traces is a mask of bits, which is kept and told here.
	"gtmk": {text: func(s *Server, _ *conn) string { return fmt.Sprint(s.traceMask) }},
	"stmk": {text: func(s *Server, _ *conn) string { return fmt.Sprint(s.traceMask) }},
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

// wordSlice is how many bytes of an answer are made at a turn, and may be unread before
// more is made.
const wordSlice = 16 << 10

// fourLetterWord answers a word and ends the connection. The word stmk has a mask
// behind it. A long answer is made as it is read, some lines at a turn: what changes
// meanwhile may be told as it was or as it is.
func (s *Server) fourLetterWord(c *conn, name string, mask int64) {
	if !s.cfg.allowsWord(name) {
		s.do(func() {
			c.countReceived()
			c.queue(0, []byte(name+" is not executed because it is not in the whitelist.\n"))
			c.finish()
		})
		return
	}
	w := fourLetterWords[name]
	outside := ""
	if w.outside != nil {
		outside = w.outside(s)
	}
	next, stop := iter.Pull(func(yield func(string) bool) {
		if w.text != nil && !yield(w.text(s, c)) {
			return
		}
		if w.lines != nil {
			w.lines(s, c)(yield)
		}
	})
	defer stop()
	s.do(func() {
		c.countReceived()
		s.settle()
		if name == "stmk" {
			s.traceMask = mask
		}
	})
	stateless := slices.Contains(statelessWords, name)
	for more := true; more; {
		if !s.do(func() { more = c.answer(next, outside, stateless) }) {
			return
		}
		if more && !(c.out.awaitDrained(wordSlice) && c.out.awaitShare(wordSlice, s.quit)) {
			return
		}
	}
}

// answer takes a turn at the answer to a word, and tells whether there is more of it.
func (c *conn) answer(next func() (string, bool), outside string, stateless bool) (more bool) {
	began := time.Now()
	var text []byte
	more = true
	for i := 0; more && len(text) < wordSlice && (i%64 != 63 || time.Since(began) < longestTurn); i++ {
		var line string
		line, more = next()
		text = append(text, line...)
	}
	asOf := int64(0)
	if !stateless {
		asOf = c.s.zxid
	}
	if more {
		c.out.hurry()
		c.out.put(asOf, text)
		c.s.journal.await(c.out, asOf)
		return true
	}
	c.queue(asOf, append(text, outside...))
	c.finish()
	return false
}

// resetClients forgets what cons tells of a port's connections.
func (s *Server) resetClients(asking *conn) iter.Seq[string] {
	return func(yield func(string) bool) {
		for c := range s.conns {
			if c.port == asking.port {
				c.stats = connStats{}
			}
			if !yield("") {
				return
			}
		}
		yield("Connection stats reset.\n")
	}
}

// statLines are what stat tells.
func (s *Server) statLines(c *conn) iter.Seq[string] {
	return func(yield func(string) bool) {
		_ = yield(versionLine()+"Clients:\n") && s.clients(c.port, true, yield) && yield("\n"+s.summary())
	}
}

// versionLine says when the binary was built as far as that is known.
var versionLine = sync.OnceValue(func() string {
	return "Zookeeper version: " + Version + ", built on " + built().UTC().Format("2006-01-02 15:04 MST") + "\n"
})

// built is the time of the commit, or else of the binary itself: those who read the
// line want a date.
func built() (t time.Time) {
	if t, ok := build.Time(); ok {
		return t
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

// clients lists the connections of a port, and tells whether to go on.
func (s *Server) clients(p *port, brief bool, yield func(string) bool) bool {
	for c := range s.conns {
		if c.port != p {
			continue
		}
		var b strings.Builder
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
		if !yield(b.String()) {
			return false
		}
	}
	return true
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
