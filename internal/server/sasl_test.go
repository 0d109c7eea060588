package server

import (
	"errors"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// saslConfig is a server's that knows the users of the tests.
func saslConfig() Config {
	return Config{SASL: &SASL{Users: saslUsers(), Super: []string{"root"}}, SASLProvider: true}
}

// TestSASLLogin: who proves who he is, has what is his, and nobody else has.
func TestSASLLogin(t *testing.T) {
	s := startServer(t, saslConfig())
	ann := dialSASL(t, s.Addr())
	if got := ann.logsIn("ann", "annsecret"); !strings.Contains(got, "rspauth=") {
		t.Fatal(got)
	}
	if got := ann.whoAmI(); got != "sasl:ann ip:127.0.0.1" {
		t.Error(got)
	}
	request := creation("/a", "", 0)
	request.ACL = acl("auth=")
	ann.do(wire.OpCreate, request, &wire.PathResponse{})
	for user, allowed := range map[string]bool{"bob": false, "super": true, "root": true} {
		c := dialSASL(t, s.Addr())
		c.logsIn(user, saslUsers()[user])
		err := c.try(wire.OpGetData, &wire.PathWatchRequest{Path: "/a"}, &wire.GetDataResponse{})
		if (err == nil) != allowed {
			t.Errorf("%s: %v", user, err)
		}
	}
	for _, password := range []string{"", "annsecret ", "ANNSECRET"} {
		c := dialSASL(t, s.Addr())
		if got := c.logsIn("ann", password); !strings.Contains(got, "-115") {
			t.Errorf("%q: %s", password, got)
		}
		eventually(t, "the connection is gone", func() bool {
			alive := true
			s.do(func() {
				_, alive = s.sessions[c.conn.SessionID]
				alive = alive && s.sessions[c.conn.SessionID].conn != nil
			})
			return !alive
		})
	}
}

// TestSASLReplay: a response is good for its challenge, and a connection logs in once.
func TestSASLReplay(t *testing.T) {
	s := startServer(t, saslConfig())
	c := dialSASL(t, s.Addr())
	c.says("")
	token := c.responds("ann", "annsecret")
	c.says(token)
	other := dialSASL(t, s.Addr())
	other.says("")
	for _, c := range []*saslClient{c, other} {
		if got := c.says(token); !strings.Contains(got, "-115") {
			t.Error(got)
		}
	}
}

// TestRequiredAuth: before it has said who it is, a client may do nothing else, and
// afterwards everything.
func TestRequiredAuth(t *testing.T) {
	cfg := saslConfig()
	cfg.RequireAuth = []string{"sasl", "digest"}
	s := startServer(t, cfg)
	exists := &wire.PathWatchRequest{Path: "/"}
	for name, tt := range map[string]struct {
		login func(c *saslClient)
		want  wire.Code
	}{
		"nobody": {func(*saslClient) {}, wire.SASLRequired}, "half": {func(c *saslClient) { c.says("") }, wire.SASLRequired},
		"sasl":   {func(c *saslClient) { c.logsIn("ann", "annsecret") }, wire.OK},
		"digest": {func(c *saslClient) { c.login("x:y") }, wire.OK},
	} {
		t.Run(name, func(t *testing.T) {
			c := dialSASL(t, s.Addr())
			tt.login(c)
			if err := c.try(wire.OpExists, exists, &wire.Stat{}); codeOf(err) != tt.want {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if tt.want != wire.OK {
				closes(t, c.nc)
			}
		})
	}
	cfg.RequireAuth = []string{"sasl", "kerberos"}
	if _, err := Start(cfg); err == nil || !strings.Contains(err.Error(), "kerberos") {
		t.Error(err)
	}
	cfg.RequireAuth, cfg.SASLProvider = []string{"sasl"}, false
	if _, err := Start(cfg); err == nil {
		t.Error("a server that nobody can use")
	}
}

// TestSASLProvider: without it a login has no effect.
func TestSASLProvider(t *testing.T) {
	cfg := saslConfig()
	cfg.SASLProvider = false
	c := dialSASL(t, startServer(t, cfg).Addr())
	c.logsIn("ann", "annsecret")
	if got := c.whoAmI(); got != "sasl: ip:127.0.0.1" {
		t.Error(got)
	}
	for _, list := range []string{"sasl=ann", "auth="} {
		request := creation("/a", "", 0)
		request.ACL = acl(list)
		c.refused(wire.InvalidACL, wire.OpCreate, request)
	}
}

func TestSASLIdentity(t *testing.T) {
	for _, tt := range []struct {
		user        string
		host, realm bool // removed
		want        string
	}{
		{user: "ann", host: true, realm: true, want: "ann"}, {user: "ann/h", host: true, realm: true, want: "ann/h"},
		{user: "ann@R", realm: true, want: "ann@R"}, {user: "ann/h@", want: "ann/h@"}, {user: "ann/h@", host: true, want: "ann@"},
		{user: "ann/h@", realm: true, want: "ann/h"}, {user: "ann/h@", host: true, realm: true, want: "ann"},
		{user: "a@b@c"}, {user: "a/b/c@"}, {user: "a@b/c"},
	} {
		got, err := (&SASL{RemoveHost: tt.host, RemoveRealm: tt.realm}).identity(tt.user)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %q %v", tt, got, err)
		}
	}
}

// FuzzResponse: whatever a client responds, nobody is let in but who knows the
// password.
func FuzzResponse(f *testing.F) {
	c := &saslClient{nonce: "n"}
	for user, password := range saslUsers() {
		f.Add([]byte(c.responds(user, password)))
	}
	f.Add([]byte(c.responds("ann", "x", "maxbuf", "x")))
	f.Add([]byte(c.responds("ann", "annsecret", "authzid", "bob", "nonce-count", "1")))
	f.Add([]byte(` ,a="\"" b = c,,=`))
	f.Fuzz(func(t *testing.T, token []byte) {
		users := saslUsers()
		answer, user, err := validate(token, c.nonce, users)
		if err != nil {
			if answer != nil || user != "" {
				t.Errorf("%q %q with %v", answer, user, err)
			}
			if text := err.Error(); strings.Contains(text, "secret") && !strings.Contains(string(token), "secret") {
				t.Errorf("a password is in %q", text)
			}
			return
		}
		r, err := readResponse(token)
		if err != nil || *r.username != user || *r.digest != r.login(user, users[user]).Response() {
			t.Errorf("%q is let in as %q: %v", token, user, err)
		}
		users[user] += "x"
		if _, _, err := validate(token, c.nonce, users); !errors.As(err, new(*loginError)) {
			t.Errorf("%q is let in with another password", token)
		}
	})
}
