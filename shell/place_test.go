package shell

import (
	"strings"
	"testing"

	"zoosh/internal/session"
)

func TestPrompt(t *testing.T) {
	for _, tt := range []struct{ connect, place, want string }{
		{"localhost:2181", "", "[zk: localhost:2181(CLOSED) 0] "},
		{strings.Repeat("zookeeper1:2181,", 5), "", "[zk: " + strings.Repeat("zookeeper1:2181,", 5) + "(CLOSED) 0] "},
		{"localhost:4711", "prod@0x18", "[zk: prod@0x18(CLOSED) 0] "},
		{"localhost:4711", "/var/lib/zookeeper/backup/prödücts@0x18", "[zk: ...keeper/backup/prödücts@0x18(CLOSED) 0] "},
	} {
		sh := New(Config{Target: session.Target{Connect: tt.connect, Place: tt.place}})
		got := sh.Prompt()
		if got != tt.want {
			t.Errorf("%q, not %q", got, tt.want)
		}
	}
}

// TestPastStays: who looks into a directory does not come to write on a server.
func TestPastStays(t *testing.T) {
	other := open(t, Config{})
	x := open(t, Config{Past: []PastSession{}})
	for _, to := range []string{other.srv.Addr(), "localhost:1", x.srv.Addr() + "/app"} {
		if _, errOut, code := x.run("connect " + to); code != 1 || !strings.Contains(errOut, "a directory is open here") {
			t.Errorf("connect %s: %q, %d", to, errOut, code)
		}
	}
	x.do("connect", "ls /", "connect "+x.sh.ConnectString(), "ls /")
	x.want("watch -t 10s /", "", "watch: this tree is over, and does not change any more; log -f follows what a server writes\n", 1)
}
