//go:build unix

package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"zoosh/internal/zktest"
)

// TestZooCfgTLS is what a zoo.cfg says of TLS, before the certificates are read.
func TestZooCfgTLS(t *testing.T) {
	const data = "dataDir=/data\n"
	for _, tt := range []struct {
		name, text    string
		plain, secure string
		auth          tls.ClientAuthType
	}{
		{"alone", "secureClientPort=2281\n", "", "0.0.0.0:2281", tls.RequireAndVerifyClientCert},
		{"address", "secureClientPort=2281\nsecureClientPortAddress=::1\n", "", "[::1]:2281", tls.RequireAndVerifyClientCert},
		{"both", "clientPort=2181\nclientPortAddress=h\nsecureClientPort=2281\nssl.clientAuth=WANT\nssl.trustStore.location=x\n",
			"h:2181", "0.0.0.0:2281", tls.VerifyClientCertIfGiven},
		{"property", "secureClientPort=2281\nzookeeper.ssl.clientAuth=none\n", "", "0.0.0.0:2281", tls.NoClientCert},
		{"empty", "secureClientPort=2281\nssl.clientAuth=\n", "", "0.0.0.0:2281", tls.RequireAndVerifyClientCert},
		{"unified", "clientPort=2181\nclient.portUnification=true\n", "0.0.0.0:2181", "", tls.RequireAndVerifyClientCert},
		{"what is so", "secureClientPort=2281\nssl.crl=false\nssl.ocsp=false\nssl.sslProvider=JDK\nssl.authProvider=x509\nssl.hostnameVerification=true\n" +
			"ssl.clientHostnameVerification=false\nserverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\nauthProvider.x509=" + x509Provider,
			"", "0.0.0.0:2281", tls.RequireAndVerifyClientCert},
		{"not even asked", "secureClientPort=2281\nssl.hostnameVerification=false\nssl.clientHostnameVerification=true\n", "", "0.0.0.0:2281", tls.RequireAndVerifyClientCert},
	} {
		c, err := parseZooCfg(data + tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if c.Addr != tt.plain || c.SecureAddr != tt.secure || c.tls.auth != tt.auth || len(c.notes) > 0 {
			t.Errorf("%s: %q and %q, %v, notes %q", tt.name, c.Addr, c.SecureAddr, c.tls.auth, c.notes)
		}
	}
	c, err := parseZooCfg(data + "secureClientPort=1\nssl.keyStore.location=k\nssl.keyStore.password=p\nssl.trustStore.location=t\nssl.trustStore.type=JKS\n" +
		"ssl.protocol=TLSv1.2\nssl.ciphersuites=A,B\nX509AuthenticationProvider.superUser=CN=root\n")
	if err != nil {
		t.Fatal(err)
	}
	if o := c.tls.certs; o.Identity.File != "k" || o.Identity.Password != "p" || o.Trust.File != "t" || o.Trust.Type != "JKS" ||
		len(o.Suites) != 2 || o.Versions[0] != "TLSv1.2" || c.SuperX509 != "CN=root" {
		t.Errorf("%+v, super user %q", o, c.SuperX509)
	}
	for text, want := range map[string]string{
		"secureClientPort=1\nssl.clientAuth=want\n":                                                             "ssl.trustStore.location is not set: a client that shows a certificate is refused",
		"secureClientPort=1\nssl.keystore.x=y\n":                                                                "ssl.keystore.x is not known here, and passed over",
		"secureClientPort=1\nssl.ciphersuites=TLS_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n": "ssl.ciphersuites: of TLS 1.3 all suites are taken, not only those",
		"secureClientPort=1\nssl.ciphersuites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n":                        "",
	} {
		c, err := parseZooCfg(data + text)
		if err != nil || strings.Join(c.notes, "\n") != want {
			t.Errorf("%q: %v, notes %q", text, err, c.notes)
		}
	}
}

// What cannot be done as it is told is refused, and no password is repeated.
func TestZooCfgTLSRefused(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	store := "ssl.keyStore.location=" + ca.Issue("server", false).BothFile + "\n"
	for _, tt := range []struct{ text, want string }{
		{"secureClientPort=x\n", "secureClientPort=x: not a port"},
		{"clientPort=1\nsecureClientPortAddress=h\n", "secureClientPortAddress is set but secureClientPort is not set"},
		{"secureClientPort=0\n", "ssl.keyStore.location is not set"},
		{"clientPort=0\nclient.portUnification=true\n", "ssl.keyStore.location is not set"},
		{"secureClientPort=0\nssl.keyStore.location=/nosuch\n", "/nosuch"},
		{"secureClientPort=0\n" + store, "ssl.trustStore.location is not set"},
		{"secureClientPort=0\n" + store + "ssl.trustStore.location=/nosuch\n", "/nosuch"},
		{"secureClientPort=0\n" + store + "ssl.clientAuth=maybe\n", `ssl.clientAuth: "maybe" is neither need, want nor none`},
		{"secureClientPort=0\n" + store + "ssl.crl=true\n", "ssl.crl: zoosh does not ask whether certificates have been revoked"},
		{"secureClientPort=0\n" + store + "ssl.ocsp=true\n", "ssl.ocsp: zoosh does not ask"},
		{"secureClientPort=0\n" + store + "ssl.context.supplier.class=org.example.X\n", "no Java to load org.example.X"},
		{"secureClientPort=0\n" + store + "ssl.authProvider=mine\n", "ssl.authProvider: zoosh has no other provider"},
		{"secureClientPort=0\n" + store + "ssl.clientHostnameVerification=true\n", "ssl.clientHostnameVerification: zoosh does not compare"},
		{"secureClientPort=0\n" + store + "ssl.clientAuth=none\nssl.protocol=SSLv3\n", "SSLv3"},
		{"secureClientPort=0\n" + store + "ssl.clientAuth=none\nssl.ciphersuites=TLS_RSA_WITH_NULL_MD5\n", "TLS_RSA_WITH_NULL_MD5"},
		{"secureClientPort=0\nssl.keyStore.password=topsecret\nssl.keyStore.type=BCFKS\n" + store, "BCFKS"},
	} {
		_, err := readZooCfg(file(t, "zoo.cfg", "dataDir=/data\n"+tt.text), "", t.Logf)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: got %v, want %q", tt.text, err, tt.want)
		}
	}
}

// TestServeTLS: zoosh's own clients on a TLS port, as its flags ask for it.
func TestServeTLS(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	as, me := ca.Issue("server", false, "127.0.0.1"), ca.Issue("me", false)
	s := startServing(t, "", "-secure-listen", "127.0.0.1:0", "-cert", as.CertFile, "-key", as.KeyFile, "-cacert", ca.CertFile)
	addr, _, _ := strings.Cut(s.addr, " with TLS")
	trust := []string{"-server", addr, "-cacert", ca.CertFile}
	known := append(trust[:len(trust):len(trust)], "-cert", me.BothFile)
	for _, tt := range []struct {
		name, in string
		flags    []string
		out, err string
		code     int
	}{
		{"who", "whoami\n", known, "Auth scheme: User\nx509: CN=me\nip: 127.0.0.1\n", "", 0},
		{"create", "create /mine x x509:CN=me:cdrwa\ngetAcl /mine\n", known, "'x509,'CN=me\n: cdrwa\n", "Created /mine\n", 0},
		{"auth", "create /auth x auth::r\ngetAcl /auth\n", known, "'x509,'CN=me\n: r\n", "Created /auth\n", 0},
		{"set", "setAcl /mine x509:CN=you,O=x:cdrwa\nget /mine\n", known, "", "Authentication is not valid : /mine", 1},
		{"no name", "setAcl /mine x509:you:r\n", known, "", "Acl is not valid", 1},
		{"no certificate", "ls /\n", trust, "", "refuses a client without a certificate", 1},
		{"expired", "ls /\n", append(trust[:len(trust):len(trust)], "-cert", ca.Issue("late", true).BothFile), "", "it refuses the client's certificate: tls: expired certificate", 1},
		{"strange", "ls /\n", append(trust[:len(trust):len(trust)], "-cert", zktest.NewCA(t, "Strange CA").Issue("me", false).BothFile), "",
			"it refuses the client's certificate: tls: unknown certificate authority", 1},
		{"no TLS", "ls /\n", []string{"-server", addr}, "", "it speaks TLS, this client does not", 1},
	} {
		out, errOut, code := zoosh(t, tt.in, tt.flags...)
		if out != tt.out || !strings.Contains(errOut, tt.err) || code != tt.code {
			t.Errorf("%s: out %q, err %q, code %d; want %q, %q, %d", tt.name, out, errOut, code, tt.out, tt.err, tt.code)
		}
	}
	s.expect("the TLS handshake failed")
	for _, tt := range []struct {
		args string
		want string
	}{
		{"-cert x", "-cert goes with -secure-listen"},
		{"-client-auth want", "-client-auth goes with -secure-listen"},
		{"-secure-listen :0", "-secure-listen needs -cert"},
		{"-secure-listen :0 -cert x -client-auth want", "-client-auth want needs -cacert"},
		{"-secure-listen :0 -cert x -client-auth maybe", `"maybe" is neither need, want nor none`},
		{"-secure-listen :0 -cert /nosuch", "/nosuch"},
	} {
		_, errOut, code := zoosh(t, "", append([]string{"serve"}, strings.Fields(tt.args)...)...)
		if code == 0 || !strings.Contains(errOut, tt.want) {
			t.Errorf("%s: code %d, %q, want %q", tt.args, code, errOut, tt.want)
		}
	}
}

// TestServeConfigTLS: the same from a zoo.cfg, with a plain port beside it, and with
// one for both.
func TestServeConfigTLS(t *testing.T) {
	ca := zktest.NewCA(t, "Test CA")
	me := ca.Issue("me", false)
	common := fmt.Sprintf("dataDir=%s\nclientPort=0\nclientPortAddress=127.0.0.1\n4lw.commands.whitelist=*\n"+
		"ssl.keyStore.location=%s\nssl.trustStore.location=%s\nX509AuthenticationProvider.superUser=CN=me\n",
		t.TempDir(), ca.Issue("server", false, "127.0.0.1").BothFile, ca.CertFile)
	s := startServing(t, "", "-config", file(t, "zoo.cfg", common+"secureClientPort=0\nsecureClientPortAddress=127.0.0.1\n"))
	line := s.lines[s.seen-1]
	_, secure, _ := strings.Cut(line, ", and ")
	secure, _, _ = strings.Cut(secure, " with TLS")
	known := []string{"-server", secure, "-cacert", ca.CertFile, "-cert", me.BothFile}
	if _, errOut, code := zoosh(t, "", "-server", s.addr, "create", "/a", "x", "ip:1.2.3.4:r"); code != 0 {
		t.Fatal(errOut)
	}
	if out, errOut, _ := zoosh(t, "", append(known, "get", "/a")...); out != "x\n" {
		t.Errorf("the super user gets %q, %s", out, errOut)
	}
	if _, errOut, code := zoosh(t, "", "-server", s.addr, "-cacert", ca.CertFile, "get", "/a"); code != 1 || !strings.Contains(errOut, "is this the plain port?") {
		t.Errorf("TLS on the plain port: %d, %s", code, errOut)
	}
	_, port, _ := net.SplitHostPort(secure)
	if conf, err := zktest.FourLetter(s.addr, "conf"); err != nil || !strings.Contains(conf, "\nsecureClientPort="+port+"\n") {
		t.Errorf("conf: %q, %v", conf, err)
	}
	s.end(os.Interrupt)

	s = startServing(t, "", "-config", file(t, "zoo.cfg", common+"client.portUnification=true\n"))
	known[1] = s.addr
	if out, errOut, _ := zoosh(t, "", append(known, "get", "/a")...); out != "x\n" {
		t.Errorf("with TLS: %q, %s", out, errOut)
	}
	if out, errOut, _ := zoosh(t, "", "-server", s.addr, "ls", "/"); out != "[a, zookeeper]\n" {
		t.Errorf("without: %q, %s", out, errOut)
	}
}

// TestZkCliTLS: Apache's zkCli on the TLS port, with stores of PEM.
func TestZkCliTLS(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for Java")
	}
	ca := zktest.NewCA(t, "Test CA")
	as, me := ca.Issue("server", false, "127.0.0.1", "localhost"), ca.Issue("me", false)
	s := startServing(t, "", "-secure-listen", "127.0.0.1:0", "-cert", as.BothFile, "-cacert", ca.CertFile)
	addr, _, _ := strings.Cut(s.addr, " with TLS")
	cli := func(as zktest.Leaf, args ...string) (string, error) {
		args = append([]string{"-server", addr, "-timeout", "4000"}, args...)
		out, err := zktest.ZkCliTLS(t, ca, as, args...).CombinedOutput()
		return string(out), err
	}
	if out, err := cli(me, "create", "/a", "x", "x509:CN=me:cdrwa"); err != nil || !strings.Contains(out, "Created /a") {
		t.Errorf("create: %v\n%s", err, out)
	}
	if out, err := cli(me, "whoami"); err != nil || !strings.Contains(out, "x509: CN=me\n") {
		t.Errorf("whoami: %v\n%s", err, out)
	}
	if out, err := cli(zktest.NewCA(t, "Strange CA").Issue("me", false), "get", "/a"); err == nil {
		t.Errorf("a stranger:\n%s", out)
	}
	if out, err := zktest.ZkCli(t, "-server", addr, "-timeout", "4000", "get", "/a").CombinedOutput(); err == nil {
		t.Errorf("without TLS:\n%s", out)
	}
}
