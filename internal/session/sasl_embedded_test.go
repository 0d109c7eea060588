package session

import (
	"testing"
	"time"

	"zoosh/internal/server"
	"zoosh/internal/wire"
)

// TestEmbeddedSASL: as TestRealSASL, on a server of zoosh's.
func TestEmbeddedSASL(t *testing.T) {
	noLeaks(t)
	srv, err := server.StartEmbedded(server.Config{
		TickTime: 200 * time.Millisecond, MaxSessionTimeout: time.Hour, SASLProvider: true, RequireAuth: []string{"sasl"},
		SASL: &server.SASL{Users: map[string]string{"ann": "annsecret", "bob": `b,"o=b`}},
	})
	ok(t, err)
	defer srv.Close()
	ctx := testContext(t)
	as := func(user, password string) Config {
		return Config{Servers: []string{srv.Addr()}, Timeout: granted, Security: Security{SASL: &SASL{user, password}}}
	}
	s, r := connect(t, as("ann", "annsecret"))
	_, _, err = s.Create(ctx, "/ann", []byte("x"), CreateOptions{ACL: []wire.ACL{{Perms: wire.PermAll, Scheme: "sasl", ID: "ann"}}})
	ok(t, err)
	_, _, err = s.Get(ctx, "/ann", &Arm{"get"})
	ok(t, err)
	r.want(t, "SyncConnected", "SaslAuthenticated")

	bob, _ := connect(t, as("bob", `b,"o=b`))
	_, _, err = bob.Get(ctx, "/ann", nil)
	wantCode(t, err, wire.NoAuth)
	for user, password := range map[string]string{"ann": "bobsecret", "eve": "x"} {
		refused(t, as(user, password), "wrong user or password")
	}

	ok(t, srv.Restart(false))
	r.want(t, "SyncConnected", "SaslAuthenticated", "Disconnected", "SyncConnected", "SaslAuthenticated")
	_, err = s.Set(ctx, "/ann", []byte("y"), wire.AnyVersion)
	ok(t, err)
	r.want(t, "SyncConnected", "SaslAuthenticated", "Disconnected", "SyncConnected", "SaslAuthenticated", "NodeDataChanged /ann [get]")
}
