package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

func trusting(ca *zktest.CA, as ...zktest.Leaf) *tls.Config {
	cfg := &tls.Config{RootCAs: x509.NewCertPool()}
	cfg.RootCAs.AddCert(ca.Cert)
	for _, l := range as {
		cfg.Certificates = append(cfg.Certificates, tls.Certificate{Certificate: [][]byte{l.Cert.Raw}, PrivateKey: l.Key, Leaf: l.Cert})
	}
	return cfg
}

// TestRealTLS: a session under TLS does what one does, the four-letter words too,
// and what does not trust each other says so soon.
func TestRealTLS(t *testing.T) {
	noLeaks(t)
	ca, stranger := zktest.NewCA(t, "Test CA"), zktest.NewCA(t, "Strange CA")
	client := ca.Issue("client", false)
	srv, addr := zktest.StartTLS(t, ca.Issue("server", false, "127.0.0.1"), ca, zktest.LongSessions)
	_, port, _ := net.SplitHostPort(addr)

	t.Run("session", func(t *testing.T) {
		ctx := testContext(t)
		sec := Security{TLS: trusting(ca, client)}
		s, r := connect(t, Config{Servers: []string{addr}, Timeout: granted, Security: sec})
		create(t, s, "/tls", 0)
		if v, err := s.ServerVersion(ctx); err != nil || !strings.HasPrefix(v, "3.8.0") {
			t.Errorf("version %q %v", v, err)
		}
		if text, err := sec.FourLetter(ctx, addr, "srvr"); err != nil || !strings.Contains(text, "Mode: standalone") {
			t.Errorf("srvr: %q %v", text, err)
		}
		s.mu.Lock()
		c := s.conn
		s.mu.Unlock()
		c.raw.Close()
		r.waitFor(t, 2, "SyncConnected")
		ok(t, s.Expire(ctx))
		r.waitFor(t, 3, "Expired")
		ok(t, s.WaitConnected(ctx))
		ok(t, s.Delete(ctx, "/tls", -1))
		ok(t, s.Close())
	})
	t.Run("words", func(t *testing.T) {
		for want, ask := range map[string]func() (string, error){
			"it speaks TLS, this client does not": func() (string, error) { return Security{}.Ask(testContext(t), Member{Server: addr}, "srvr") },
			"is this the plain port? It answers without": func() (string, error) {
				return Security{TLS: trusting(ca, client)}.Ask(testContext(t), Member{Server: srv.Addr()}, "srvr")
			},
		} {
			if text, err := ask(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q, %v, want %q", text, err, want)
			}
		}
	})
	for _, tt := range []struct {
		name, addr string
		tls        *tls.Config
		want       string
	}{
		{"another CA", addr, trusting(stranger, client), "signed by no CA that is trusted here"},
		{"another host", "localhost:" + port, trusting(ca, client), `its certificate is for 127.0.0.1, not for "localhost"`},
		{"plain port", srv.Addr(), trusting(ca, client), "is this the plain port?"},
		{"without TLS", addr, nil, "it speaks TLS, this client does not"},
		{"no client certificate", addr, trusting(ca), "refuses a client without a certificate"},
		{"another CA's client", addr, trusting(ca, stranger.Issue("stranger", false)), "refuses"},
		{"expired client", addr, trusting(ca, ca.Issue("late", true)), "refuses"},
	} {
		t.Run(tt.name, func(t *testing.T) { distrusted(t, tt.addr, tt.tls, tt.want) })
	}
}

// distrusted checks how a session fails, and that it does so at the first attempt,
// however long there is to try.
func distrusted(t *testing.T, addr string, cfg *tls.Config, want string) {
	t.Helper()
	s, _ := open(t, Config{Servers: []string{addr}, Timeout: endless, Security: Security{TLS: cfg}})
	err := s.WaitConnected(testContext(t))
	var untrusted *TLSError
	if !errors.As(err, &untrusted) || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	_, err = s.Exists(testContext(t), "/", nil)
	wantCode(t, err, wire.ConnectionLoss)
}

// TestTLSExpired: the server's certificate has expired, or is not valid yet.
func TestTLSExpired(t *testing.T) {
	noLeaks(t)
	ca := zktest.NewCA(t, "Test CA")
	late := ca.Issue("late", true, "127.0.0.1")
	distrusted(t, tlsServer(t, late), trusting(ca), `the certificate of "CN=late" expired on `+late.Cert.NotAfter.Local().Format("2006-01-02"))
}

// TestTLSSilent: a server takes the connection and says nothing.
func TestTLSSilent(t *testing.T) {
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	s, _ := open(t, Config{Servers: []string{l.Addr().String()}, Security: Security{TLS: trusting(zktest.NewCA(t, "Test CA"))}})
	if err := s.WaitConnected(testContext(t)); err == nil || !strings.Contains(err.Error(), "does not answer with TLS") {
		t.Error(err)
	}
}

// tlsServer shakes hands, and no more.
func tlsServer(t *testing.T, as zktest.Leaf) string {
	t.Helper()
	l := must[net.Listener](t)(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{as.Cert.Raw}, PrivateKey: as.Key}},
	}))
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				c.(*tls.Conn).Handshake()
				c.Close()
			}()
		}
	}()
	return l.Addr().String()
}
