package session

import (
	"context"
	"io"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// TestMembers: a name stands for all its addresses, but a host with one of each family
// is one host.
func TestMembers(t *testing.T) {
	hosts := map[string][]string{
		"zk": {"10.0.0.2", "10.0.0.1", "::ffff:10.0.0.3"}, "localhost": {"127.0.0.1", "::1"}, "one": {"10.0.0.9"},
		"six": {"fd00::1", "fd00::2", "10.0.0.1"},
	}
	find := func(_ context.Context, host string) (all []netip.Addr, err error) {
		for _, text := range hosts[host] {
			all = append(all, netip.MustParseAddr(text))
		}
		return all, nil
	}
	got := Members(t.Context(), []string{"zk:2181", "localhost:2181", "one:1", "six:2", "gone:3", "10.0.0.7:4", "[::1]:5", "zk:2181"}, find)
	want := []Member{
		{"zk:2181", "10.0.0.1:2181"}, {"zk:2181", "10.0.0.2:2181"}, {"zk:2181", "10.0.0.3:2181"},
		{Server: "localhost:2181"}, {Server: "one:1"},
		{"six:2", "[fd00::1]:2"}, {"six:2", "[fd00::2]:2"},
		{Server: "gone:3"}, {Server: "10.0.0.7:4"}, {Server: "[::1]:5"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// answering is a server that does one thing with each connection.
func answering(t *testing.T, play func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				play(conn)
			}()
		}
	}()
	return ln.Addr().String()
}

// TestAsk: what it says for people where there is no answer.
func TestAsk(t *testing.T) {
	word := func(conn net.Conn) string {
		b := make([]byte, 4)
		io.ReadFull(conn, b)
		return string(b)
	}
	reset := func(conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }
	secure := zktest.NewCA(t, "test")
	server := tlsServer(t, secure.Issue("server", false, "127.0.0.1"))
	for _, tt := range []struct {
		name, addr, word string
		says             []string // "" in front: the answer
	}{
		{"an answer", answering(t, func(c net.Conn) { word(c); io.WriteString(c, "imok") }), "ruok", nil},
		{"an empty one", answering(t, func(c net.Conn) { word(c) }), "hash", nil},
		{"nobody", deadAddr(t), "ruok", []string{" does not answer ruok: connection refused"}},
		{"closed at once", answering(t, func(net.Conn) {}), "ruok", []string{" closed the connection without an answer to ruok: perhaps", "maxClientCnxns", "whitelist", "TLS", "no ZooKeeper"}},
		{"reset at once", answering(t, reset), "srvr", []string{" closed the connection without an answer to srvr: perhaps", "maxClientCnxns"}},
		{"one word only", answering(t, func(c net.Conn) {
			if word(c) == "srvr" {
				io.WriteString(c, "Zookeeper version: 3.9.5\n")
			}
		}), "dump", []string{"it answers srvr, so this is a word that it does not know or does not allow"}},
		{"an alert", answering(t, func(c net.Conn) { word(c); io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x46") }), "ruok", []string{plainToTLS}},
		{"a TLS port", server, "ruok", []string{plainToTLS}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Security{}.Ask(testContext(t), Member{Server: tt.addr}, tt.word)
			if (err == nil) != (tt.says == nil) {
				t.Fatal(err)
			}
			for _, says := range tt.says {
				if !strings.HasPrefix(err.Error(), tt.addr) || !strings.Contains(err.Error(), says) {
					t.Errorf("%q says nothing of %q", err, says)
				}
			}
		})
	}
}

// TestAskOneThatHangs: before the answer and within it.
func TestAskOneThatHangs(t *testing.T) {
	hold := make(chan struct{})
	defer close(hold)
	for _, begins := range []string{"", "zk_version 3"} {
		addr := answering(t, func(c net.Conn) {
			io.WriteString(c, begins)
			<-hold
		})
		_, err := Security{}.Ask(testContext(t), Member{Server: addr}, "mntr")
		if err == nil || err.Error() != addr+" accepts connections but does not answer mntr: nothing has come for 3s" {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	addr := answering(t, func(net.Conn) {
		cancel()
		<-hold
	})
	if _, err := (Security{}).Ask(ctx, Member{Server: addr}, "mntr"); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// TestHowLongOneMayHang: what stands between the question and the end of waiting, by a
// clock that only waiting moves.
func TestHowLongOneMayHang(t *testing.T) {
	for _, tt := range []struct {
		pauses []time.Duration // of the member, a byte after each
		waited time.Duration
	}{
		{nil, MemberWait},
		{[]time.Duration{2 * time.Second}, 2*time.Second + MemberWait},
		{[]time.Duration{2 * time.Second, 2 * time.Second}, 4*time.Second + MemberWait},
	} {
		synctest.Test(t, func(t *testing.T) {
			server, client := net.Pipe()
			defer server.Close()
			go func() {
				io.ReadFull(server, make([]byte, 4))
				for _, pause := range tt.pauses {
					time.Sleep(pause)
					server.Write([]byte("x"))
				}
			}()
			began := time.Now()
			answer := &patientReader{client, MemberWait, began.Add(MemberWait)}
			if text, err := (Security{}).converse(t.Context(), client, Member{Server: "a:1"}, "mntr", answer); !timedOut(err) {
				t.Errorf("%q, %v", text, err)
			}
			if waited := time.Since(began); waited != tt.waited {
				t.Errorf("after pauses of %v it is waited for %v, want %v", tt.pauses, waited, tt.waited)
			}
		})
	}
}

// TestAskOneThatIsSlow: an answer that comes too slowly is no silence.
func TestAskOneThatIsSlow(t *testing.T) {
	addr := answering(t, func(c net.Conn) {
		for every := time.NewTicker(100 * time.Millisecond); ; <-every.C {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), MemberWait+3*probeWait/2)
	defer cancel()
	if _, err := (Security{}).Ask(ctx, Member{Server: addr}, "mntr"); err == nil || !strings.HasPrefix(err.Error(), addr+" has not come to the end of its answer to mntr within ") {
		t.Errorf("%v", err)
	}
}

// TestUnwelcome: what a session says of a server that hangs up on it.
func TestUnwelcome(t *testing.T) {
	for _, tt := range []struct {
		name, srvr string
		says       []string
	}{
		{"no quorum", "This ZooKeeper instance is not currently serving requests\n", []string{"it is not serving requests now: it has no quorum"}},
		{"it serves others", "Zookeeper version: 3.9.5\nZxid: 0x1\n", []string{"it answers srvr", "maxClientCnxns"}},
		{"it only reads", "Zookeeper version: 3.9.5\nMode: read-only\n", []string{"it is cut off from its quorum, and takes only sessions that will read (-r)"}},
		{"not a byte", "", []string{"maxClientCnxns", "it wants TLS", "no quorum"}},
	} {
		f := startFake(t, func(p *peer) { p.readConnect() })
		f.srvr.Store(tt.srvr)
		s, _ := open(t, on(f))
		_, _, err := s.Get(testContext(t), "/a", nil)
		wantCode(t, err, wire.ConnectionLoss)
		for _, says := range append(tt.says, f.addr()+" closed the connection without an answer: ") {
			if err := s.LastError(); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v says nothing of %q", tt.name, err, says)
			}
		}
	}
}

// TestTLSToAPlainPort: the plain port gives itself away, or what it may be is listed.
func TestTLSToAPlainPort(t *testing.T) {
	sec := Security{TLS: trusting(zktest.NewCA(t, "test"))}
	plain := answering(t, func(c net.Conn) {
		b := make([]byte, 4)
		if io.ReadFull(c, b); string(b) == "srvr" {
			io.WriteString(c, "Zookeeper version: 3.9.5\n")
		}
	})
	for addr, says := range map[string]string{
		plain:                             "it does not speak TLS: is this the plain port? It answers without TLS",
		answering(t, func(c net.Conn) {}): "is this the plain port? Or has it as many connections from here",
	} {
		if _, err := sec.Ask(testContext(t), Member{Server: addr}, "ruok"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v", err)
		}
	}
}
