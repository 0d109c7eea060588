package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// certify is what of a certificate goes into a TLS configuration.
func certify(l zktest.Leaf) []tls.Certificate {
	return []tls.Certificate{{Certificate: [][]byte{l.Cert.Raw}, PrivateKey: l.Key, Leaf: l.Cert}}
}

// securely is the configuration of a server with a TLS port, which asks for the CA's
// certificates.
func securely(ca *zktest.CA, auth tls.ClientAuthType) Config {
	clients := x509.NewCertPool()
	clients.AddCert(ca.Cert)
	return Config{
		SecureAddr: "127.0.0.1:0",
		TLS: &tls.Config{
			Certificates: certify(ca.Issue("server", false, "127.0.0.1")), ClientAuth: auth, ClientCAs: clients,
		},
	}
}

// believing is a client's configuration that believes everybody; with its own
// certificate, if there is one.
func believing(as ...zktest.Leaf) *tls.Config {
	cfg := &tls.Config{InsecureSkipVerify: true}
	for _, l := range as {
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certify(l)[0], nil }
	}
	return cfg
}

// dialTLS opens a connection, under TLS if there is a configuration for it.
func dialTLS(t testing.TB, addr string, cfg *tls.Config) net.Conn {
	t.Helper()
	nc := dialTo(t, addr)
	if cfg != nil {
		nc = tls.Client(nc, cfg)
	}
	return nc
}

// connectTLS begins a session at an address.
func connectTLS(t testing.TB, addr string, cfg *tls.Config) *client {
	t.Helper()
	c, err := tryConnectTLS(t, addr, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tryConnectTLS is connectTLS where it need not succeed.
func tryConnectTLS(t testing.TB, addr string, cfg *tls.Config) (*client, error) {
	t.Helper()
	c := &client{t: t, nc: dialTLS(t, addr, cfg)}
	return c, c.handshake(wire.ConnectRequest{Timeout: 30000, Passwd: make([]byte, 16)})
}

func (c *client) whoAmI() string {
	c.t.Helper()
	var who wire.WhoAmIResponse
	c.do(wire.OpWhoAmI, &wire.Empty{}, &who)
	var all []string
	for _, id := range who.Clients {
		all = append(all, id.Scheme+":"+id.User)
	}
	return strings.Join(all, " ")
}

// Both ports serve the same znodes; each has its own connections.
func TestTLSPort(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	cfg := securely(ca, tls.RequireAndVerifyClientCert)
	cfg.Addr, cfg.MaxClientCnxns = "127.0.0.1:0", 2
	s := startServer(t, cfg)
	me := believing(ca.Issue("me", false))
	secure, plain := connectTLS(t, s.SecureAddr(), me), connect(t, s)
	secure.watch(wire.OpExists, "/a")
	plain.create("/a", 0)
	secure.saw(event{wire.EventNodeCreated, "/a", 3})
	long := strings.Repeat("x", 1<<19)
	secure.set("/a", long)
	var got wire.GetDataResponse
	plain.do(wire.OpGetData, &wire.PathWatchRequest{Path: "/a"}, &got)
	if string(got.Data) != long {
		t.Errorf("%d bytes are there", len(got.Data))
	}
	if who := secure.whoAmI(); who != "x509:CN=me ip:127.0.0.1" {
		t.Errorf("who: %q", who)
	}
	if who := plain.whoAmI(); who != "ip:127.0.0.1" {
		t.Errorf("who, on the plain port: %q", who)
	}
	_, port, _ := net.SplitHostPort(s.SecureAddr())
	for _, word := range []struct {
		ask, has string
		times    int
	}{
		{"conf", "secureClientPort=" + port + "\n", 1}, {"srvr", "Connections: 3\n", 1},
		{"cons", "sid=", 1}, {"stat", "recved=", 2}, {"mntr", "zk_num_alive_connections\t3\n", 1},
		{"dump", "sessionId: 0x1", 1}, {"dump", "Session Sets (1)/(2)", 1},
	} {
		for _, on := range []struct {
			addr string
			tls  *tls.Config
		}{{s.Addr(), nil}, {s.SecureAddr(), me}} {
			eventually(t, "earlier words are gone", func() bool { return s.connected() == 2 })
			nc := dialTLS(t, on.addr, on.tls)
			nc.Write([]byte(word.ask))
			said := string(closes(t, nc))
			if nc.Close(); strings.Count(said, word.has) != word.times {
				t.Errorf("%s on %s: %q has not %d times %q", word.ask, on.addr, said, word.times, word.has)
			}
		}
	}
	eventually(t, "the words are gone", func() bool { return s.connected() == 2 })
	connectTLS(t, s.SecureAddr(), me).saw()
	if _, err := tryConnectTLS(t, s.SecureAddr(), me); err == nil {
		t.Error("a third connection is let in")
	}
	connect(t, s).saw() // whose port is another
}

// connected is how many connections there are.
func (s *Server) connected() (n int) {
	s.do(func() { n = len(s.conns) })
	return n
}

// There need not be a plain port.
func TestTLSPortAlone(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	s := startServer(t, securely(ca, tls.NoClientCert))
	if s.Addr() != s.SecureAddr() || s.Addr() == "" {
		t.Errorf("it listens on %q and %q", s.Addr(), s.SecureAddr())
	}
	c := connectTLS(t, s.Addr(), believing(ca.Issue("me", false)))
	if who := c.whoAmI(); who != "ip:127.0.0.1" {
		t.Errorf("who: %q", who) // who was not asked
	}
	nc := dialTLS(t, s.Addr(), believing())
	nc.Write([]byte("conf"))
	if said := string(closes(t, nc)); !strings.HasPrefix(said, "clientPort=-1\n") {
		t.Errorf("conf: %q", said)
	}
	for _, cfg := range []Config{{SecureAddr: "127.0.0.1:0"}, {PortUnification: true}, {SecureAddr: "127.0.0.1:0", TLS: s.cfg.TLS, PortUnification: true}} {
		if s, err := Start(cfg); err == nil {
			s.Close()
			t.Errorf("%+v: it starts", cfg)
		}
	}
}

// Who is let in, and with whom.
func TestClientAuth(t *testing.T) {
	ca, strange := zktest.NewCA(t, "Test CA"), zktest.NewCA(t, "Strange CA")
	me := ca.Issue("me", false)
	const need, want = tls.RequireAndVerifyClientCert, tls.VerifyClientCertIfGiven
	for _, tt := range []struct {
		name   string
		auth   tls.ClientAuthType
		client *tls.Config
		who    string // "" is nobody
		alert  string
	}{
		{"need", need, believing(me), "x509:CN=me ip:127.0.0.1", ""},
		{"need, none", need, believing(), "", "certificate required"},
		{"need, expired", need, believing(ca.Issue("late", true)), "", "expired certificate"},
		{"need, of another CA", need, believing(strange.Issue("me", false)), "", "unknown certificate authority"},
		{"want", want, believing(me), "x509:CN=me ip:127.0.0.1", ""},
		{"want, none", want, believing(), "ip:127.0.0.1", ""},
		{"want, expired", want, believing(ca.Issue("late", true)), "", "expired certificate"},
		{"want, of another CA", want, believing(strange.Issue("me", false)), "", "unknown certificate authority"},
		{"none", tls.NoClientCert, believing(strange.Issue("me", false)), "ip:127.0.0.1", ""},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(fmt.Sprintf("%s, %s", tt.name, tls.VersionName(version)), func(t *testing.T) {
				s := startServer(t, securely(ca, tt.auth))
				cfg := tt.client.Clone()
				cfg.MaxVersion = version
				c, err := tryConnectTLS(t, s.Addr(), cfg)
				if tt.who != "" {
					if err != nil {
						t.Fatal(err)
					}
					if who := c.whoAmI(); who != tt.who {
						t.Errorf("who: %q, want %q", who, tt.who)
					}
					return
				}
				alert := tt.alert
				if version == tls.VersionTLS12 && alert == "certificate required" {
					alert = "handshake failure" // there was no other then
				}
				if err == nil || !strings.Contains(err.Error(), alert) {
					t.Errorf("%v, want %q", err, alert)
				}
				c.nc.Close()
				eventually(t, "it is counted", func() (yes bool) {
					s.do(func() { yes = s.stats.authFailed == 1 && s.stats.notShaken == 1 && len(s.conns) == 0 })
					return yes
				})
			})
		}
	}
}

// Who speaks no TLS on a TLS port, and who does on a plain one, hears of it at once.
func TestWrongPort(t *testing.T) {
	cfg := securely(zktest.NewCA(t, "Test CA"), tls.NoClientCert)
	cfg.Addr = "127.0.0.1:0"
	s := startServer(t, cfg)
	for _, first := range [][]byte{[]byte("ruok"), wire.AppendFrame(nil, &wire.ConnectRequest{Passwd: make([]byte, 16)})} {
		nc := dialTLS(t, s.SecureAddr(), nil)
		nc.Write(first)
		if said := closes(t, nc); len(said) > 0 { // an alert would be no frame, but a long length
			t.Errorf("%q is told %q", first, said)
		}
	}
	if err := dialTLS(t, s.Addr(), believing()).(*tls.Conn).Handshake(); err == nil {
		t.Error("a handshake succeeds on the plain port")
	}
}

// On a port for both it is the client that chooses.
func TestPortUnification(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	cfg := securely(ca, tls.VerifyClientCertIfGiven)
	cfg.Addr, cfg.SecureAddr, cfg.PortUnification = "127.0.0.1:0", "", true
	s := startServer(t, cfg)
	if who := connect(t, s).whoAmI(); who != "ip:127.0.0.1" {
		t.Errorf("plain: %q", who)
	}
	secure := connectTLS(t, s.Addr(), believing(ca.Issue("me", false)))
	if who := secure.whoAmI(); who != "x509:CN=me ip:127.0.0.1" {
		t.Errorf("TLS: %q", who)
	}
	for _, tls := range []*tls.Config{nil, believing()} {
		nc := dialTLS(t, s.Addr(), tls)
		nc.Write([]byte("r"))
		nc.Write([]byte("uok"))
		if said := closes(t, nc); string(said) != "imok" {
			t.Errorf("ruok: %q", said)
		}
	}
	if conf := ask(t, s, "conf"); !strings.Contains(conf, "secureClientPort=-1\n") {
		t.Errorf("conf: %q", conf)
	}
}

// A handshake that does not come to its end does not last, and nobody else notices.
func TestHandshakeTimeout(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	for _, unified := range []bool{false, true} {
		cfg := securely(ca, tls.NoClientCert)
		cfg.FirstFrameTimeout = time.Second
		if unified {
			cfg.Addr, cfg.SecureAddr, cfg.PortUnification = "127.0.0.1:0", "", true
		}
		s := startServer(t, cfg)
		c := connectTLS(t, s.Addr(), believing())
		var open []net.Conn
		for _, said := range []string{"", "\x16", "\x16\x03\x01\x40\x00", "\x16\x03\x01\x40\x00\x01\xff\xff\xff"} {
			nc := dialTLS(t, s.Addr(), nil)
			nc.Write([]byte(said))
			open = append(open, nc)
		}
		shaken := dialTLS(t, s.Addr(), believing())
		if err := shaken.(*tls.Conn).Handshake(); err != nil {
			t.Fatal(err)
		}
		for _, nc := range append(open, shaken) {
			closes(t, nc)
		}
		c.saw()
		eventually(t, "they are forgotten", func() bool { return s.connected() == 1 })
	}
}

// A client that does not read keeps nobody waiting, not even who drops it.
func TestTLSUnread(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	cfg := securely(ca, tls.NoClientCert)
	cfg.Addr = "127.0.0.1:0"
	s := startServer(t, cfg)
	c, deaf := connect(t, s), connectTLS(t, s.SecureAddr(), believing())
	c.create("/a", 0)
	c.set("/a", strings.Repeat("x", 1<<19))
	deaf.nc.SetWriteDeadline(time.Now().Add(time.Second))
	request := wire.AppendFrame(nil, &wire.RequestHeader{Xid: 1, Op: wire.OpGetData}, &wire.PathWatchRequest{Path: "/a"})
	for range 64 {
		if _, err := deaf.nc.Write(request); err != nil {
			break
		}
	}
	eventually(t, "it is full", func() (full bool) {
		s.do(func() { full = s.sessions[deaf.conn.SessionID].conn.out.full() })
		return full
	})
	began := time.Now()
	s.ExpireSession(deaf.conn.SessionID)
	c.saw()
	if took := time.Since(began); took >= lastWriteTimeout {
		t.Errorf("the last words to it, which are given up after %v, hold others up for %v", lastWriteTimeout, took)
	}
	eventually(t, "it is gone", func() bool { return s.connected() == 1 })
}

// What is done to the line of a client is done under TLS, too.
func TestControlTLS(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	e := startEmbedded(t, securely(ca, tls.RequireAndVerifyClientCert))
	me := believing(ca.Issue("me", false))
	connect := func() *client { return connectTLS(t, e.Addr(), me) }
	c, other := connect(), connect()
	id := c.conn.SessionID
	c.watch(wire.OpExists, "/a")
	must(t, e.Cut(id))
	other.create("/a", 0)
	heard := make(chan error, 1)
	go func() {
		_, _, err := c.read()
		heard <- err
	}()
	c.write(ping())
	other.saw()
	select {
	case err := <-heard:
		t.Errorf("cut off, and hears: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	must(t, e.Heal(id))
	if err := <-heard; err != nil {
		t.Fatal(err)
	}
	if want := []event{{wire.EventNodeCreated, "/a", 3}}; !slices.Equal(c.events, want) {
		t.Errorf("events: %v", c.events)
	}
	must(t, e.Delay(id, 50*time.Millisecond))
	began := time.Now()
	if c.stat("/a"); time.Since(began) < 100*time.Millisecond {
		t.Errorf("the answer took %v", time.Since(began))
	}
	must(t, e.Drop(id))
	closes(t, c.nc)
	other.saw()
	must(t, e.Restart(false))
	c = connect()
	if !c.exists("/a") {
		t.Error("the znode is gone")
	}
	c.do(wire.OpCloseSession, &wire.Empty{}, &wire.Empty{})
	closes(t, c.nc)
}

// The scheme x509.
func TestX509(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	cfg := securely(ca, tls.VerifyClientCertIfGiven)
	cfg.Addr, cfg.SuperX509 = "127.0.0.1:0", "CN=root"
	s := startServer(t, cfg)
	me, you, root := connectTLS(t, s.SecureAddr(), believing(ca.Issue("me", false))),
		connectTLS(t, s.SecureAddr(), believing(ca.Issue("you", false))),
		connectTLS(t, s.SecureAddr(), believing(ca.Issue("root", false)))
	nobody, plain := connectTLS(t, s.SecureAddr(), believing()), connect(t, s)
	if who := root.whoAmI(); who != "super: x509:CN=root ip:127.0.0.1" {
		t.Errorf("super: %q", who)
	}
	own := creation("/a", "", 0)
	own.ACL = acl("x509=CN=me")
	you.do(wire.OpCreate, own, &wire.PathResponse{})
	for _, tt := range []struct {
		name string
		c    *client
		may  bool
	}{{"me", me, true}, {"you", you, false}, {"root", root, true}, {"nobody", nobody, false}, {"plain", plain, false}} {
		err := tt.c.try(wire.OpGetData, &wire.PathWatchRequest{Path: "/a"}, &wire.GetDataResponse{})
		if (err == nil) != tt.may {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	auth := creation("/b", "", 0)
	auth.ACL = acl("auth")
	me.do(wire.OpCreate, auth, &wire.PathResponse{})
	var got wire.GetACLResponse
	plain.refused(wire.NoAuth, wire.OpGetACL, &wire.PathRequest{Path: "/b"})
	root.do(wire.OpGetACL, &wire.PathRequest{Path: "/b"}, &got)
	if !slices.Equal(got.ACL, acl("x509=CN=me")) {
		t.Errorf("auth became %v", got.ACL)
	}
	nobody.refused(wire.InvalidACL, wire.OpCreate, auth)
	bad := creation("/c", "", 0)
	bad.ACL = acl("x509=me")
	me.refused(wire.InvalidACL, wire.OpCreate, bad)
	for _, c := range []*client{me, root, nobody, plain} {
		err := c.tryXid(wire.XidAuth, wire.OpAuth, &wire.AuthPacket{Scheme: "x509", Auth: []byte("CN=me")}, &wire.Empty{})
		if certified := c == me || c == root; (err == nil) != certified || err != nil && !errors.Is(err, &wire.Error{Code: wire.AuthFailed}) {
			t.Errorf("addauth: %v", err)
		}
	}
	other := connect(t, startServer(t, Config{}))
	other.refused(wire.InvalidACL, wire.OpCreate, own) // where there is no TLS
}
