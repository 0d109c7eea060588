package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoosh/internal/wire"
	"zoosh/internal/zktest"
)

// saslServer is a ZooKeeper that knows two users.
func saslServer(t *testing.T, extra ...string) *zktest.Server {
	t.Helper()
	jaas := filepath.Join(t.TempDir(), "jaas.conf")
	ok(t, os.WriteFile(jaas, []byte(`Server {
  org.apache.zookeeper.server.auth.DigestLoginModule required
  user_ann="annsecret" user_bob="b,\"o=b";
};
`), 0o600))
	return zktest.Start(t, append(extra, zktest.LongSessions, "-Djava.security.auth.login.config="+jaas,
		"authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider")...)
}

// TestRealSASL: a session proves who it is, again on each connection, before
// anything else is asked.
func TestRealSASL(t *testing.T) {
	noLeaks(t)
	srv := saslServer(t, "sessionRequireClientSASLAuth=true")
	ctx := testContext(t)
	as := func(user, password string) Config {
		return Config{
			Servers: []string{srv.Addr()}, Timeout: granted,
			Security: Security{SASL: &SASL{user, password}},
		}
	}
	s, r := connect(t, as("ann", "annsecret"))
	ann := []wire.ACL{{Perms: wire.PermAll, Scheme: "sasl", ID: "ann"}}
	_, _, err := s.Create(ctx, "/ann", []byte("x"), CreateOptions{ACL: ann})
	ok(t, err)
	_, _, err = s.Get(ctx, "/ann", &Arm{"get"})
	ok(t, err)
	r.want(t, "SyncConnected", "SaslAuthenticated")

	t.Run("another user", func(t *testing.T) {
		bob, _ := connect(t, as("bob", `b,"o=b`))
		_, _, err := bob.Get(ctx, "/ann", nil)
		wantCode(t, err, wire.NoAuth)
		if ids, err := bob.WhoAmI(ctx); err != nil || !strings.Contains(saslNames(ids), "bob") {
			t.Errorf("%v %v", ids, err)
		}
	})
	for _, tt := range []struct{ name, user, password string }{
		{"wrong password", "ann", "bobsecret"},
		{"no such user", "eve", "x"},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, as(tt.user, tt.password), "wrong user or password") })
	}
	t.Run("nobody", func(t *testing.T) {
		nobody, _ := connect(t, Config{Servers: []string{srv.Addr()}, Timeout: granted})
		if _, _, err := nobody.Get(ctx, "/ann", nil); err == nil {
			t.Error("a session without a user was let in")
		}
	})

	srv.Kill()
	r.want(t, "SyncConnected", "SaslAuthenticated", "Disconnected")
	srv.Restart()
	ok(t, s.WaitConnected(ctx))
	_, err = s.Set(ctx, "/ann", []byte("y"), wire.AnyVersion)
	ok(t, err)
	r.want(t, "SyncConnected", "SaslAuthenticated", "Disconnected", "SyncConnected", "SaslAuthenticated", "NodeDataChanged /ann [get]")
}

func saslNames(ids []wire.ClientInfo) string {
	var names []string
	for _, id := range ids {
		names = append(names, id.Scheme+":"+id.User)
	}
	return strings.Join(names, " ")
}

// TestRealWithoutSASL: the server has no users, or lets in whom it does not know.
func TestRealWithoutSASL(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		srv := zktest.Start(t)
		refused(t, Config{Servers: []string{srv.Addr()}, Security: Security{SASL: &SASL{"ann", "annsecret"}}}, "it has no SASL")
	})
	t.Run("lenient", func(t *testing.T) {
		srv := saslServer(t, "allowSaslFailedClients=true")
		refused(t, Config{Servers: []string{srv.Addr()}, Security: Security{SASL: &SASL{"ann", "wrong"}}}, "wrong user or password")
	})
}

// refused checks that a session is given up, at the first refusal.
func refused(t *testing.T, cfg Config, want string) {
	t.Helper()
	cfg.Timeout = endless
	s, r := open(t, cfg)
	var no *RefusedError
	if err := s.WaitConnected(testContext(t)); !errors.As(err, &no) || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	if _, err := s.Exists(testContext(t), "/", nil); !errors.As(err, &no) {
		t.Errorf("a call: %v", err)
	}
	r.want(t, "SyncConnected", "AuthFailed", "Disconnected")
	if s.State() != AuthFailed || s.Refused() == nil || s.LastError() != s.Refused() {
		t.Errorf("state %v, refused %v, last error %v", s.State(), s.Refused(), s.LastError())
	}
	if err := s.Expire(testContext(t)); !errors.As(err, &no) {
		t.Errorf("expire: %v", err)
	}
}

// TestSASLImpostor: a server that does not know the password is not believed, and
// one that hangs up in between is tried again.
func TestSASLImpostor(t *testing.T) {
	noLeaks(t)
	for _, tt := range []struct{ name, challenge, proof, want string }{
		{"wrong proof", `realm="zk-sasl-md5",nonce="n",qop="auth",algorithm=md5-sess`, "rspauth=00", "could not prove"},
		{"no nonce", `realm="zk-sasl-md5"`, "", "no nonce"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := startFake(t, func(p *peer) {
				if !p.greet(fakeID, granted) {
					return
				}
				if r, ok := p.next(); !ok || r.Op != wire.OpSASL {
					t.Errorf("%v came first", r.Op)
				} else if p.n == 1 {
					return // hangs up
				} else {
					p.frame(&wire.ReplyHeader{Xid: r.Xid}, &wire.SASLToken{Token: []byte(tt.challenge)})
				}
				if r, ok := p.next(); ok {
					p.frame(&wire.ReplyHeader{Xid: r.Xid}, &wire.SASLToken{Token: []byte(tt.proof)})
					p.serve()
				}
			})
			cfg := on(f)
			cfg.Security.SASL = &SASL{"ann", "annsecret"}
			s, r := open(t, cfg)
			var no *RefusedError
			if err := s.WaitConnected(testContext(t)); !errors.As(err, &no) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			r.want(t, "SyncConnected", "Disconnected", "SyncConnected", "AuthFailed", "Disconnected")
		})
	}
}
