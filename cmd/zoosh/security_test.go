package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoosh/internal/zktest"
)

// file writes a file for a test.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTLS is TLS as it is asked for on the command line, against a real server that
// wants a client's certificate.
func TestTLS(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	client := ca.Issue("client", false)
	srv, addr := zktest.StartTLS(t, ca.Issue("server", false, "127.0.0.1", "localhost"), ca)
	_, port, _ := net.SplitHostPort(addr)
	conf := file(t, "client.properties", "zookeeper.client.secure = true\n"+
		"zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty\n"+
		"zookeeper.ssl.keyStore.location="+client.BothFile+"\nzookeeper.ssl.trustStore.location="+ca.CertFile+"\n"+
		"zookeeper.ssl.crl=false\nzookeeper.ssl.nosuch=1\n")
	plain := file(t, "plain.properties", "zookeeper.ssl.trustStore.location="+ca.CertFile+"\n")
	trusted := []string{"-cacert", ca.CertFile, "-cert", client.CertFile, "-key", client.KeyFile}
	other := zktest.NewCA(t, "Strange CA")
	for _, tt := range []struct {
		name   string
		server string
		flags  []string
		out    string // nothing if it fails
		err    string
	}{
		{"flags", addr, trusted, "[zookeeper]\n", ""},
		{"one file for both", "localhost:" + port, []string{"-cacert", ca.CertFile, "-cert", client.BothFile}, "[zookeeper]\n", ""},
		{"waiting", addr, append(slices.Clone(trusted), "-waitforconnection"), "[zookeeper]\n", ""},
		{"zkCli's file", addr, []string{"-client-configuration", conf}, "[zookeeper]\n", "zookeeper.ssl.nosuch is not known here"},
		{"flags over zkCli's file", addr, []string{"-client-configuration", conf, "-cacert", other.CertFile}, "", "signed by no CA that is trusted here"},
		{"insecure", addr, []string{"-insecure", "-cert", client.BothFile}, "[zookeeper]\n", "note: -insecure"},
		{"system's CAs", addr, []string{"-tls"}, "", "signed by no CA that is trusted here"},
		{"waiting in vain", addr, []string{"-tls", "-waitforconnection"}, "", "signed by no CA that is trusted here"},
		{"no client certificate", addr, []string{"-cacert", ca.CertFile}, "", "refuses a client without a certificate"},
		{"plain port", srv.Addr(), trusted, "", "is this the plain port?"},
		{"no TLS", addr, nil, "", "it speaks TLS, this client does not"},
		{"not secure", srv.Addr(), []string{"-client-configuration", plain}, "[zookeeper]\n", "zookeeper.client.secure is not true"},
		{"no such file", addr, []string{"-cacert", conf + "x"}, "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errOut, code := zooshSoon(t, "", slices.Concat([]string{"-server", tt.server, "-timeout", longTimeout}, tt.flags, []string{"ls", "/"})...)
			want := 0
			if tt.out == "" {
				want = 1
			}
			if out != tt.out || !strings.Contains(errOut, tt.err) || tt.err == "" && errOut != "" || code != want {
				t.Errorf("out %q, err %q, code %d; want %q, %q, %d", out, errOut, code, tt.out, tt.err, want)
			}
		})
	}
	t.Run("version", func(t *testing.T) {
		out, errOut, code := zoosh(t, "dialect\nconnect "+addr+"\ncreate /v x\nls /\n", append([]string{"-server", addr}, trusted...)...)
		if !strings.Contains(out, "3.8") || !strings.Contains(out, "[v, zookeeper]") || code != 0 {
			t.Errorf("out %q, err %q, code %d", out, errOut, code)
		}
	})
	t.Run("transcript", func(t *testing.T) {
		page := file(t, "page.md", "```zk\n[zk] get /v\nx\n```\n")
		out, errOut, code := zoosh(t, "", slices.Concat([]string{"test", "-server", addr}, trusted, []string{page})...)
		if code != 0 {
			t.Errorf("out %q, err %q, code %d", out, errOut, code)
		}
	})
	t.Run("lesson", func(t *testing.T) {
		out, errOut, code := zoosh(t, "", slices.Concat([]string{"play", "-plain", "-auto", "-server", addr}, trusted, []string{"sequential"})...)
		if code != 0 {
			t.Errorf("out %q, err %q, code %d", out, errOut, code)
		}
	})
}

// TestSASL: who the user is comes from a file or the environment, and stands nowhere
// else.
func TestSASL(t *testing.T) {
	jaas := file(t, "server.conf", "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_ann=\"annsecret\"; };")
	srv := zktest.Start(t, "-Djava.security.auth.login.config="+jaas,
		"authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider")
	const client = `{ org.apache.zookeeper.server.auth.DigestLoginModule required username="ann" password="annsecret"; };`
	for _, tt := range []struct {
		name, text, env string
		flags           []string
		code            int
		err             string
	}{
		{"line", "ann:annsecret\n", "", nil, 0, ""},
		{"jaas", "Client " + client, "", nil, 0, ""},
		{"jaas, another section", "Zoosh " + client, "", []string{"-client-configuration", file(t, "c", "zookeeper.sasl.clientconfig=Zoosh")}, 0, ""},
		{"environment", "", "ann:annsecret", nil, 0, ""},
		{"wrong", "ann:wrongsecret", "", nil, 1, `does not let user "ann" in: wrong user or password`},
		{"wrong, waiting", "ann:wrongsecret", "", []string{"-waitforconnection"}, 1, `does not let user "ann" in: wrong user or password`},
		{"no user", "annsecret", "", nil, 1, "no user:password"},
		{"no section", "Server " + client, "", nil, 1, "no section Client"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(saslVar, tt.env)
			args := append([]string{"-server", srv.Addr()}, tt.flags...)
			if tt.text != "" {
				args = append(args, "-sasl", file(t, "sasl", tt.text))
			}
			out, errOut, code := zoosh(t, "create -e /mine x auth:me:cdrwa\ngetAcl /mine\n", args...)
			if code != tt.code || code == 0 && !strings.Contains(out, "'sasl,'ann") || !strings.Contains(errOut, tt.err) || strings.Contains(out+errOut, "secret") {
				t.Errorf("out %q, err %q, code %d; want code %d and %q", out, errOut, code, tt.code, tt.err)
			}
		})
	}
}

// TestClientConfig is zkCli's file.
func TestClientConfig(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"jute.maxbuffer=12", ""},
		{"jute.maxbuffer=lots", "jute.maxbuffer: \"lots\" is no number"},
		{"zookeeper.client.secure=yes", "neither true nor false"},
		{"zookeeper.client.secure=true\nzookeeper.ssl.trustStore.location=/nosuch.jks", "/nosuch.jks"},
		{"zookeeper.client.secure=true\nzookeeper.ssl.protocol=TLSv9", "TLSv9"},
		{"a=\\u1", "line 1"},
		{"zookeeper.ssl.ocsp=false\nzookeeper.ssl.crl=false\njute.maxbuffer=12", ""},
		{"zookeeper.ssl.crl=true", "zookeeper.ssl.crl: zoosh does not ask whether certificates have been revoked"},
		{"zookeeper.ssl.ocsp=TRUE", "zookeeper.ssl.ocsp: zoosh does not ask"},
		{"zookeeper.ssl.ocsp=maybe", "neither true nor false"},
		{"zookeeper.ssl.context.supplier.class=org.example.X", "no Java to load org.example.X"},
	} {
		s := security{file: file(t, "c.properties", tt.text)}
		err := s.load(stdio{out: os.Stdout, err: os.Stderr, terminal: func(any) bool { return false }})
		if tt.want == "" && (err != nil || s.maxRequest != 12) {
			t.Errorf("%q: %v, at most %d", tt.text, err, s.maxRequest)
		}
		if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
	out, errOut, code := zoosh(t, "create /a "+strings.Repeat("x", 3000)+"\n", "-server", startServer(t, 0).Addr(),
		"-client-configuration", file(t, "small", "jute.maxbuffer=0x400"))
	if code != 1 || !strings.Contains(errOut, "takes at most 1024") {
		t.Errorf("out %q, err %q, code %d", out, errOut, code)
	}
}

// A secured ensemble was asked for: nothing else will do in its place.
func TestSecuredIsNotEmbedded(t *testing.T) {
	for _, args := range [][]string{{"-embedded", "-tls"}, {"test", "-cacert", "x", "p.md"}, {"play", "-insecure", "master"}} {
		if _, errOut, code := zoosh(t, "", args...); code != codeUsage || !strings.Contains(errOut, args[1]) && !strings.Contains(errOut, "-tls") {
			t.Errorf("%q: code %d, %q", args, code, errOut)
		}
	}
	o := options{security: security{tls: true}}
	at, err := o.chooseServer(context.Background(), true, stdio{})
	if err != nil || at.embedded != nil || at.connect != defaultServer {
		t.Errorf("%+v %v", at, err)
	}
}
