package server

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"testing"

	"zoosh/internal/wire"
)

func TestFourLetterWords(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/a", 0)
	tests := []struct{ word, want string }{
		{"ruok", `imok`},
		{"isro", `rw`},
		{"srvr", `Zookeeper version: 3\.9\.5-zoosh, built on [^\n]+
Latency min/avg/max: \d+/\d+\.\d+/\d+
Received: \d+
Sent: \d+
Connections: 2
Outstanding: 0
Zxid: 0x2
Mode: standalone
Node count: 6
`},
		{"stat", `Zookeeper version: 3\.9\.5-zoosh, built on [^\n]+
Clients:
( /127\.0\.0\.1:\d+\[[01]\]\(queued=0,recved=\d+,sent=\d+\)
){2}
Latency min/avg/max: (?s:.*)
Node count: 6
`},
		{"cons", `(?s).*sid=0x1[0-9a-f]+,lop=CREA,est=\d+,to=30000,lcxid=0x1,lzxid=0x2,lresp=\d+,llat=\d+,minlat=\d+,avglat=\d+\.\d+,maxlat=\d+\)\n.*\n`},
		{"mntr", `(?s)zk_version\t3\.9\.5-zoosh, built.*\nzk_znode_count\t6\nzk_global_sessions\t1\n.*`},
		{"conf", `clientPort=\d+\nsecureClientPort=-1\n(?s:.*)tickTime=2000\nmaxClientCnxns=0\nminSessionTimeout=4000\nmaxSessionTimeout=40000\n(?s:.*)serverId=0\n`},
		{"dirs", `datadir_size: 0\nlogdir_size: 0\n`},
		{"envi", `Environment:\nzookeeper\.version=3\.9\.5-zoosh, (?s:.*)`},
		{"gtmk", `306`},
		{"stmk\x00\x00\x00\x00\x00\x00\x01\x00", `256`},
		{"gtmk", `256`},
		{"hash", ``},
		{"srst", `Server stats reset\.\n`},
		{"crst", `Connection stats reset\.\n`},
	}
	for _, test := range tests {
		eventually(t, "earlier words are gone", func() bool {
			var n int
			s.do(func() { n = len(s.conns) })
			return n == 1
		})
		if got := ask(t, s, test.word); !regexp.MustCompile("^" + test.want + "$").MatchString(got) {
			t.Errorf("%s: %q", test.word, got)
		}
	}
	// A newline behind the word does no harm.
	if got := ask(t, s, "ruok\n"); got != "imok" {
		t.Errorf("%q", got)
	}
}

func TestAverageLatency(t *testing.T) {
	for _, test := range []struct {
		requests, total int64
		want            string
	}{
		{0, 0, "0.0"}, {3, 1, "0.3333"}, {2, 4, "2.0"}, {2000, 1, "5.0E-4"}, {1, 1, "1.0"},
	} {
		st := stats{requests: test.requests, totalLatency: test.total}
		if got := st.average(); got != test.want {
			t.Errorf("%d/%d: %s, want %s", test.total, test.requests, got, test.want)
		}
	}
}

// The words about watches and sessions name those that there are.
func TestWordsOfWatches(t *testing.T) {
	s := startServer(t, Config{})
	c := connect(t, s)
	c.create("/e", wire.FlagEphemeral)
	c.watch(wire.OpGetData, "/e")
	c.watch(wire.OpExists, "/x")
	c.watch(wire.OpGetChildren, "/") // in the other table, which the words leave out
	id := fmt.Sprintf("%#x", c.conn.SessionID)
	for word, want := range map[string]string{
		"wchs": "1 connections watching 2 paths\nTotal watches:2\n",
		"wchp": "/e\n\t" + id + "\n/x\n\t" + id + "\n\n",
		"wchc": id + "\n\t/e\n\t/x\n\n",
	} {
		if got := ask(t, s, word); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	dump := regexp.MustCompile(`^SessionTracker dump:
Session Sets \(1\)/\(1\):
1 expire at [^\n]+:
	` + id + `
ephemeral nodes dump:
Sessions with Ephemerals \(1\):
` + id + `:
	/e
Connections dump:
Connections Sets \(\d\)/\(\d\):
(?s:.*)	ip: /127\.0\.0\.1:\d+ sessionId: ` + id + `
(?s:.*)$`)
	if got := ask(t, s, "dump"); !dump.MatchString(got) {
		t.Errorf("dump: %q", got)
	}
}

func TestWhitelist(t *testing.T) {
	for _, test := range []struct {
		allowed        []string
		mntr, srvr, ro bool
	}{
		{nil, true, true, true},
		{[]string{}, false, false, false},
		{[]string{"srvr"}, false, true, false},
		{[]string{"isro", "srvr"}, false, true, true},
		{[]string{"*"}, true, true, true},
	} {
		s := startServer(t, Config{FourLetterWords: test.allowed})
		for word, want := range map[string]bool{"mntr": test.mntr, "srvr": test.srvr, "isro": test.ro} {
			answer := ask(t, s, word)
			if refused := answer == word+" is not executed because it is not in the whitelist.\n"; refused == want {
				t.Errorf("%v: %s: %q", test.allowed, word, answer)
			}
		}
	}
}

// While a sync hangs, those words are answered that tell of no state.
func TestFourLetterWordsWhileSyncing(t *testing.T) {
	s, log := startHeld(t)
	s.cfg.FourLetterWords = append(slices.Clone(statelessWords), "srvr")
	go func() { log.allowed <- nil }()
	c := connect(t, s)
	c.write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpCreate}, creation("/a", "", 0)))
	eventually(t, "the server has applied it", func() (is bool) {
		s.do(func() { is = s.tree.node("/a") != nil })
		return is
	})
	for _, word := range append([]string{"wchs"}, statelessWords...) { // the first is refused
		if word == "stmk" {
			word += "\x00\x00\x00\x00\x00\x00\x00\x00"
		}
		if got := ask(t, s, word); got == "" && word != "hash" {
			t.Errorf("%q: no answer", word)
		}
	}
	nc := dial(t, s)
	if _, err := nc.Write([]byte("srvr")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer to srvr waits", func() (held bool) {
		s.do(func() {
			for c := range s.conns {
				c.out.mu.Lock()
				held = held || c.session == nil && len(c.out.held) > 0
				c.out.mu.Unlock()
			}
		})
		return held
	})
	log.allowed <- nil
	if got := closes(t, nc); len(got) == 0 {
		t.Error("srvr: no answer after the sync")
	}
}

// TestJavaAddress: clients are listed with their addresses as ZooKeeper writes them.
func TestJavaAddress(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1:4711": "127.0.0.1:4711", "[::1]:50650": "[0:0:0:0:0:0:0:1]:50650", "[::ffff:10.0.0.7]:5": "10.0.0.7:5",
		"[fd00:1::00ab]:1": "[fd00:1:0:0:0:0:0:ab]:1", "[fe80::1%eth0]:2": "[fe80:0:0:0:0:0:0:1%eth0]:2",
	} {
		if got := javaAddress(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
