//go:build unix

package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/server"
	"zoosh/internal/zktest"
)

const (
	serverJAAS = `Server {
  org.apache.zookeeper.server.auth.DigestLoginModule required
  user_ann="annsecret" user_bob="bobsecret" user_super="supersecret";
};
`
	clientJAAS = `Client { org.apache.zookeeper.server.auth.DigestLoginModule required username="%s" password="%s"; };`
)

func TestJAASUsers(t *testing.T) {
	const digest = "org.apache.zookeeper.server.auth.DigestLoginModule required"
	for _, tt := range []struct{ text, section, want string }{
		{serverJAAS, "Server", "ann=annsecret bob=bobsecret super=supersecret"},
		{`Server { ` + digest + ` "user_ann@R"="a\"b" debug=true user_x=y; };`, "Server", `ann@R=a"b x=y`},
		{`A { ` + digest + ` user_a=b; }; B { ` + digest + ` user_c=d; };`, "B", "c=d"},
		{`Server { ` + digest + `; };`, "Server", "has no users"},
		{serverJAAS, "Client", "there is no section Client"},
		{`Server { com.sun.security.auth.module.Krb5LoginModule required user_a=secret; };`, "Server", "Kerberos, which zoosh has not"},
		{`Server { org.example.Module required user_a=secret; };`, "Server", "no login module org.example.Module"},
		{`Server { ` + digest + ` user_a="${secret}"; };`, "Server", "the password of user a has a property of Java"},
		{`Server { ` + digest + ` user_a=secret user_b=""; };`, "Server", "the password of user b is empty"},
		{`Server { ` + digest + ` user_a="secret; };`, "Server", "a quote does not close"},
		{`Server { ` + digest + ` user_a="secret"`, "Server", "is missing"},
	} {
		users, err := jaasUsers(tt.text, tt.section)
		var got []string
		for _, user := range slices.Sorted(maps.Keys(users)) {
			got = append(got, user+"="+users[user])
		}
		if err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret")) || err == nil && strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q %v, want %q", tt.text, got, err, tt.want)
		}
	}
}

func TestZooCfgSASL(t *testing.T) {
	jaas := file(t, "jaas.conf", strings.Replace(serverJAAS, "Server", "ZK", 1)+serverJAAS)
	for _, tt := range []struct {
		text, jaas string
		required   string // schemes
		provider   bool
		want       *server.SASL // but for the users
		users      int
		err        string
	}{
		{"", "", "", false, nil, 0, ""},
		{"", jaas, "", false, &server.SASL{}, 3, ""},
		{"authProvider.1=" + saslProvider, jaas, "", true, &server.SASL{}, 3, ""},
		{"zookeeper.authProvider.sasl=" + saslProvider, "", "", true, nil, 0, ""},
		{"superUser=ann\nzookeeper.superUser.x=bob\nallowSaslFailedClients=true\nsasl.serverconfig=ZK", jaas, "", false,
			&server.SASL{Super: []string{"ann", "bob"}, AllowFailed: true}, 3, ""},
		{"kerberos.removeHostFromPrincipal=true\nkerberos.removeRealmFromPrincipal=true\njaasLoginRenew=3600000", jaas, "", false,
			&server.SASL{RemoveHost: true, RemoveRealm: true}, 3, ""},
		{"kerberos.removeHostFromPrincipal=TRUE\nallowSaslFailedClients=yes", jaas, "", false, &server.SASL{}, 3, ""},
		{"sessionRequireClientSASLAuth=true\nauthProvider.1=" + saslProvider, jaas, "sasl", true, &server.SASL{}, 3, ""},
		{"sessionRequireClientSASLAuth=true\nenforce.auth.enabled=true\nenforce.auth.schemes=digest\nauthProvider.1=" + saslProvider, jaas, "sasl", true, &server.SASL{}, 3, ""},
		{"enforce.auth.enabled=true\nenforce.auth.schemes=digest , ip", "", "digest ip", false, nil, 0, ""},
		{"enforce.auth.schemes=digest\nsessionRequireClientSASLAuth=false", "", "", false, nil, 0, ""},
		{"enforce.auth.enabled=true\nenforce.auth.schemes=digest,sasl", "", "", false, nil, 0, "no authProvider.sasl"},
		{"sasl.serverconfig=Nosuch", jaas, "", false, nil, 0, "no section Nosuch"},
		{"", "/nosuch", "", false, nil, 0, "/nosuch"},
		{"SASLAuthenticationProvider.superPassword=", jaas, "", false, nil, 0, "superPassword is empty"},
	} {
		c, err := readZooCfg(file(t, "zoo.cfg", "dataDir=/data\nclientPort=1\n"+tt.text), tt.jaas, t.Logf)
		if err != nil || tt.err != "" {
			if err == nil || tt.err == "" || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: %v, want %q", tt.text, err, tt.err)
			}
			continue
		}
		if got := strings.Join(c.RequireAuth, " "); got != tt.required || c.SASLProvider != tt.provider || (c.SASL == nil) != (tt.want == nil) || len(c.notes) > 0 {
			t.Errorf("%q: required %q, provider %v, SASL %v, notes %q", tt.text, got, c.SASLProvider, c.SASL != nil, c.notes)
		} else if c.SASL != nil {
			got := *c.SASL
			got.Users = nil
			if len(c.SASL.Users) != tt.users || fmt.Sprint(got) != fmt.Sprint(*tt.want) {
				t.Errorf("%q: %+v, want %+v", tt.text, got, *tt.want)
			}
		}
	}
	c, err := readZooCfg(file(t, "zoo.cfg", "dataDir=/data\nclientPort=1\nSASLAuthenticationProvider.superPassword=other"), jaas, t.Logf)
	if err != nil || c.SASL.Users["super"] != "other" || c.SASL.Users["ann"] != "annsecret" {
		t.Errorf("%v %v", c, err)
	}
	c, err = readZooCfg(file(t, "zoo.cfg", "dataDir=/data\nclientPort=1\nsessionRequireClientSASLAuth=true\nsasl.serverconfig=X\nauthProvider.1="+saslProvider), "", t.Logf)
	if err != nil || len(c.notes) != 2 || !strings.Contains(c.notes[0], "nobody can") {
		t.Errorf("%v %v", c, err)
	}
}

// TestServeSASL: zoosh's own clients on a server with users.
func TestServeSASL(t *testing.T) {
	s := startServing(t, "", "-listen", "127.0.0.1:0", "-jaas", file(t, "jaas.conf", serverJAAS))
	ann := []string{"-server", s.addr, "-sasl", file(t, "ann", "ann:annsecret\n")}
	for _, tt := range []struct {
		name, in string
		flags    []string
		out, err string
		code     int
	}{
		{"who", "whoami\n", ann, "Auth scheme: User\nsasl: ann\nip: 127.0.0.1\n", "", 0},
		{"create", "create /mine x sasl:ann:cdrwa\ngetAcl /mine\n", ann, "'sasl,'ann\n: cdrwa\n", "Created /mine\n", 0},
		{"auth", "create /auth x auth::r\ngetAcl /auth\n", ann, "'sasl,'ann\n: r\n", "Created /auth\n", 0},
		{"bob", "get /mine\n", []string{"-server", s.addr, "-sasl", file(t, "bob", "bob:bobsecret")}, "", "Authentication is not valid : /mine", 1},
		{"super", "get /mine\n", []string{"-server", s.addr, "-sasl", file(t, "super", "super:supersecret")}, "x\n", "", 0},
		{"nobody", "get /mine\n", []string{"-server", s.addr}, "", "Authentication is not valid : /mine", 1},
		{"wrong", "ls /\n", []string{"-server", s.addr, "-sasl", file(t, "wrong", "ann:bobsecret")}, "", `does not let user "ann" in: wrong user or password`, 1},
		{"unknown", "ls /\n", []string{"-server", s.addr, "-sasl", file(t, "eve", "eve:bobsecret")}, "", `does not let user "eve" in: wrong user or password`, 1},
	} {
		out, errOut, code := zoosh(t, tt.in, tt.flags...)
		if out != tt.out || !strings.Contains(errOut, tt.err) || code != tt.code {
			t.Errorf("%s: out %q, err %q, code %d; want %q, %q, %d", tt.name, out, errOut, code, tt.out, tt.err, tt.code)
		}
	}
	s.expect(`login by SASL failed: a wrong password of user "ann"`)
	s.expect(`login by SASL failed: no user "eve"`)
	s.end(os.Interrupt)
	for _, line := range s.lines {
		if strings.Contains(line, "secret") {
			t.Errorf("a password: %s", line)
		}
	}
	if _, errOut, code := zoosh(t, "", "serve", "-jaas", file(t, "jaas.conf", `Server { com.sun.security.auth.module.Krb5LoginModule required; };`)); code != 1 || !strings.Contains(errOut, "Kerberos") {
		t.Errorf("code %d, %q", code, errOut)
	}
}

// TestServeSASLOverTLS: a client that shows a certificate and logs in is both.
func TestServeSASLOverTLS(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	s := startServing(t, "", "-secure-listen", "127.0.0.1:0", "-cert", ca.Issue("server", false, "127.0.0.1").BothFile, "-cacert", ca.CertFile,
		"-jaas", file(t, "jaas.conf", serverJAAS))
	addr, _, _ := strings.Cut(s.addr, " with TLS")
	out, errOut, code := zoosh(t, "create /a x auth::r\ngetAcl /a\n", "-server", addr, "-cacert", ca.CertFile, "-cert", ca.Issue("me", false).BothFile,
		"-sasl", file(t, "ann", "ann:annsecret"))
	if code != 0 || !strings.Contains(out, "'sasl,'ann\n: r\n") || !strings.Contains(out, "'x509,'CN=me\n: r\n") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
}

// TestServeRequiresSASL: the same from a zoo.cfg, which keeps out who has not logged in.
func TestServeRequiresSASL(t *testing.T) {
	cfg := fmt.Sprintf("dataDir=%s\nclientPort=0\nclientPortAddress=127.0.0.1\nauthProvider.sasl=%s\nsessionRequireClientSASLAuth=true\nsuperUser=ann\n",
		t.TempDir(), saslProvider)
	s := startServing(t, "", "-config", file(t, "zoo.cfg", cfg), "-jaas", file(t, "jaas.conf", serverJAAS))
	if out, errOut, code := zoosh(t, "create /a x ip:1.2.3.4:r\nget /a\n", "-server", s.addr, "-sasl", file(t, "ann", "ann:annsecret")); code != 0 || out != "x\n" {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
	out, errOut, code := zoosh(t, "ls /\n", "-server", s.addr, "-timeout", "4000")
	if code != 1 || out != "" || !strings.Contains(errOut, "failed to authenticate") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
}

// TestZkCliSASL: Apache's zkCli with a JAAS file.
func TestZkCliSASL(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	s := startServing(t, "", "-listen", "127.0.0.1:0", "-jaas", file(t, "jaas.conf", serverJAAS))
	cli := func(user, password string, args ...string) (string, error) {
		cmd := zktest.ZkCli(t, append([]string{"-server", s.addr, "-timeout", "4000"}, args...)...)
		jaas := file(t, "client.conf", fmt.Sprintf(clientJAAS, user, password))
		cmd.Args = slices.Insert(cmd.Args, 1, "-Djava.security.auth.login.config="+jaas, "-Dzookeeper.fips-mode=false")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := cli("ann", "annsecret", "create", "/a", "x", "sasl:ann:cdrwa"); err != nil || !strings.Contains(out, "Created /a") || !strings.Contains(out, "SaslAuthenticated") {
		t.Errorf("create: %v\n%s", err, out)
	}
	if out, err := cli("ann", "annsecret", "whoami"); err != nil || !strings.Contains(out, "sasl: ann\n") {
		t.Errorf("whoami: %v\n%s", err, out)
	}
	if out, err := cli("bob", "bobsecret", "get", "/a"); err == nil {
		t.Errorf("bob:\n%s", out)
	}
	if out, err := cli("super", "supersecret", "get", "/a"); err != nil || !strings.Contains(out, "x\n") {
		t.Errorf("super: %v\n%s", err, out)
	}
	if out, err := cli("ann", "bobsecret", "get", "/a"); err == nil || !strings.Contains(out, "AuthFailed") {
		t.Errorf("a wrong password: %v\n%s", err, out)
	}
}
