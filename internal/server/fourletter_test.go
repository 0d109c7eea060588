package server

import (
	"regexp"
	"testing"
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
		{"cons", `(?s).*sid=0x1[0-9a-f]+,lop=CREA,est=\d+,to=30000\)\n.*\n`},
		{"mntr", `(?s)zk_version\t3\.9\.5-zoosh, built.*\nzk_znode_count\t6\nzk_global_sessions\t1\n.*`},
		{"wchs", `wchs is not executed because it is not in the whitelist\.\n`},
		{"envi", `envi is not executed because it is not in the whitelist\.\n`},
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
