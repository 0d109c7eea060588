package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"zoosh/internal/zktest"
)

const password = "pässword"

// files are one client's certificate and CA in every form there is.
type files struct {
	ca     *zktest.CA
	client zktest.Leaf
	dir    string
}

func newFiles(t *testing.T) *files {
	t.Helper()
	ca := zktest.NewCA(t, "Test CA")
	f := &files{ca: ca, client: ca.Issue("client", false), dir: t.TempDir()}
	p12, err := pkcs12.Modern.Encode(f.client.Key, f.client.Cert, []*x509.Certificate{ca.Cert}, password)
	f.write(t, "id.p12", p12, err)
	trust, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{ca.Cert}, password)
	f.write(t, "trust.p12", trust, err)
	return f
}

func (f *files) path(name string) string { return filepath.Join(f.dir, name) }

func (f *files) write(t *testing.T, name string, data []byte, err error) {
	t.Helper()
	if err == nil {
		err = os.WriteFile(f.path(name), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a program that is to be there wherever Java and the tests' tools are.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s here", name)
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// TestStores: what Go, Java and OpenSSL write is read.
func TestStores(t *testing.T) {
	f := newFiles(t)
	const plain = "changeit" // what keytool takes from any command line
	p12, err := pkcs12.LegacyDES.Encode(f.client.Key, f.client.Cert, []*x509.Certificate{f.ca.Cert}, plain)
	f.write(t, "old.p12", p12, err)
	f.write(t, "secret", []byte(password+"\n"), nil)
	run(t, "keytool", "-importkeystore", "-noprompt", "-srckeystore", f.path("old.p12"), "-srcstoretype", "PKCS12", "-srcstorepass", plain,
		"-destkeystore", f.path("id.jks"), "-deststoretype", "JKS", "-deststorepass", plain)
	for kind, name := range map[string]string{"JKS": "trust.jks", "PKCS12": "keytool.p12"} {
		run(t, "keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", f.ca.CertFile,
			"-keystore", f.path(name), "-storetype", kind, "-storepass", plain)
	}
	run(t, "keytool", "-importkeystore", "-noprompt", "-srckeystore", f.path("old.p12"), "-srcstorepass", plain,
		"-destkeystore", f.path("misnamed.jks"), "-deststoretype", "PKCS12", "-deststorepass", plain)
	run(t, "openssl", "pkcs8", "-topk8", "-in", f.client.KeyFile, "-out", f.path("key.pem"), "-passout", "pass:"+password)
	run(t, "openssl", "pkcs8", "-topk8", "-v2", "aes128", "-v2prf", "hmacWithSHA1", "-in", f.client.KeyFile, "-out", f.path("key1.pem"), "-passout", "pass:"+password)
	run(t, "openssl", "ec", "-in", f.client.KeyFile, "-out", f.path("sec1.pem"))
	run(t, "openssl", "pkcs12", "-export", "-in", f.client.CertFile, "-inkey", f.client.KeyFile, "-certfile", f.ca.CertFile,
		"-out", f.path("openssl.p12"), "-passout", "pass:"+password)

	for _, s := range []Store{
		{File: f.client.BothFile},
		{File: f.path("id.p12"), Password: password},
		{File: f.path("id.p12"), PasswordFile: f.path("secret")},
		{File: f.path("openssl.p12"), Password: password},
		{File: f.path("old.p12"), Password: plain, Type: "pkcs12"},
		{File: f.path("id.jks"), Password: plain},
		{File: f.path("misnamed.jks"), Password: plain},
	} {
		t.Run("identity "+filepath.Base(s.File), func(t *testing.T) { f.handshake(t, Options{Identity: s}) })
	}
	for _, key := range []string{f.client.KeyFile, f.path("key.pem"), f.path("key1.pem"), f.path("sec1.pem")} {
		t.Run("key "+filepath.Base(key), func(t *testing.T) {
			f.handshake(t, Options{Cert: f.client.CertFile, Key: key, Identity: Store{Password: password}})
		})
	}
	for _, s := range []Store{
		{File: f.ca.CertFile},
		{File: f.path("trust.p12"), Password: password},
		{File: f.path("keytool.p12"), Password: plain},
		{File: f.path("trust.jks"), Password: plain},
		{File: f.path("trust.jks")}, // as Java does
	} {
		t.Run("trust "+filepath.Base(s.File), func(t *testing.T) {
			f.handshake(t, Options{Trust: s, Cert: f.client.BothFile})
		})
	}
}

// handshake shakes hands with a server that wants a certificate of the CA's, and
// has one itself.
func (f *files) handshake(t *testing.T, o Options) {
	t.Helper()
	if o.Trust.File == "" {
		o.Trust.File = f.ca.CertFile
	}
	cfg, err := o.Config()
	if err != nil {
		t.Fatal(err)
	}
	cfg.ServerName = "127.0.0.1"
	if err := f.shake(cfg, f.ca.Issue("server", false, "127.0.0.1")); err != nil {
		t.Error(err)
	}
}

func (f *files) shake(cfg *tls.Config, as zktest.Leaf) error {
	pool := x509.NewCertPool()
	pool.AddCert(f.ca.Cert)
	return shake(cfg, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{as.Cert.Raw}, PrivateKey: as.Key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
	})
}

// shake shakes hands.
func shake(cfg, as *tls.Config) error {
	l, err := tls.Listen("tcp", "127.0.0.1:0", as)
	if err != nil {
		return err
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		server, err := l.Accept()
		if err == nil {
			err = server.(*tls.Conn).Handshake()
			server.Close()
		}
		done <- err
	}()
	client, err := tls.Dial("tcp", l.Addr().String(), cfg)
	if err == nil {
		client.Close()
	}
	return errors.Join(err, <-done)
}

// TestTrust: what is believed, and what is not.
func TestTrust(t *testing.T) {
	f := newFiles(t)
	other := zktest.NewCA(t, "Strange CA")
	base := Options{Trust: Store{File: f.ca.CertFile}, Cert: f.client.BothFile}
	insecure, anyHost, strange := base, base, base
	insecure.Insecure = true
	anyHost.AnyHost = true
	strange.Trust.File = other.CertFile
	strange.AnyHost = true
	for _, tt := range []struct {
		name    string
		o       Options
		as      zktest.Leaf
		trusted bool
	}{
		{"right", base, f.ca.Issue("server", false, "127.0.0.1"), true},
		{"another host", base, f.ca.Issue("server", false, "zk1"), false},
		{"another host, any will do", anyHost, f.ca.Issue("server", false, "zk1"), true},
		{"expired", base, f.ca.Issue("server", true, "127.0.0.1"), false},
		{"expired, any host will do", anyHost, f.ca.Issue("server", true, "127.0.0.1"), false},
		{"another CA, any host will do", strange, f.ca.Issue("server", false, "127.0.0.1"), false},
		{"another CA, insecure", insecure, other.Issue("server", true, "zk1"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := tt.o.Config()
			if err != nil {
				t.Fatal(err)
			}
			cfg.ServerName = "127.0.0.1"
			if err := f.shake(cfg, tt.as); (err == nil) != tt.trusted {
				t.Errorf("%v, trusted: %v", err, tt.trusted)
			}
		})
	}
}

func TestWrongFiles(t *testing.T) {
	f := newFiles(t)
	f.write(t, "empty", nil, nil)
	f.write(t, "text", []byte("hello"), nil)
	f.write(t, "broken.pem", []byte("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"), nil)
	other := zktest.NewCA(t, "Strange CA").Issue("other", false)
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Trust: Store{File: f.path("nosuch.pem")}}, "no such file"},
		{Options{Trust: Store{File: f.dir}}, "directory"},
		{Options{Trust: Store{File: f.path("empty")}}, f.path("empty") + ": pkcs12"},
		{Options{Trust: Store{File: f.path("text"), Type: "JKS"}}, "no JKS key store"},
		{Options{Trust: Store{File: f.path("text"), Type: "PEM"}}, "no certificate in it"},
		{Options{Trust: Store{File: f.path("text"), Type: "BCFKS"}}, `type "BCFKS" cannot be read`},
		{Options{Trust: Store{File: f.path("broken.pem")}}, "certificate 1"},
		{Options{Trust: Store{File: f.path("trust.p12"), Password: "secret-no"}}, "the password is wrong"},
		{Options{Trust: Store{File: f.path("trust.p12"), PasswordFile: f.path("nosuch")}}, "no such file"},
		{Options{Identity: Store{File: f.path("id.p12"), Password: "secret-no"}}, "the password is wrong"},
		{Options{Identity: Store{File: f.client.CertFile}}, "no private key in it"},
		{Options{Cert: f.client.CertFile}, "no private key in it"},
		{Options{Key: f.client.KeyFile}, "no certificate for it"},
		{Options{Cert: f.client.CertFile, Key: other.KeyFile}, "not that of a certificate"},
		{Options{Versions: []string{"SSLv3"}}, "SSLv3"},
		{Options{Suites: []string{"NO_SUCH"}}, "NO_SUCH"},
	} {
		_, err := tt.o.Config()
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret-no") {
			t.Errorf("%+v: %v, want %q", tt.o, err, tt.want)
		}
	}
}

func TestProtocol(t *testing.T) {
	const older, newer = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"
	for _, tt := range []struct {
		versions, suites string
		min, max         uint16 // 0 if there is no such thing
	}{
		{"", "", tls.VersionTLS12, 0},
		{"TLS", "", tls.VersionTLS12, 0},
		{"TLSv1.3", "", tls.VersionTLS13, tls.VersionTLS13},
		{"TLSv1.3 TLSv1.2", "", tls.VersionTLS12, tls.VersionTLS13},
		{"TLSv1.3 TLSv1.2", older + " " + newer, tls.VersionTLS12, tls.VersionTLS13},
		{"", older, tls.VersionTLS12, tls.VersionTLS12},
		{"TLS", newer, tls.VersionTLS13, 0},
		{"TLSv1.2 TLSv1.3", older, tls.VersionTLS12, tls.VersionTLS12},
		{"TLSv1.3", older, 0, 0},
		{"TLSv1.2", newer, 0, 0},
	} {
		o := Options{Versions: strings.Fields(tt.versions), Suites: strings.Fields(tt.suites)}
		cfg, err := o.Config()
		if err != nil {
			cfg = &tls.Config{}
		}
		if (err == nil) != (tt.min != 0) || cfg.MinVersion != tt.min || cfg.MaxVersion != tt.max {
			t.Errorf("%+v: %#x to %#x, %v", tt, cfg.MinVersion, cfg.MaxVersion, err)
		}
	}
}

// TestServerConfig: whom a server lets in.
func TestServerConfig(t *testing.T) {
	f := newFiles(t)
	server := f.ca.Issue("server", false, "127.0.0.1")
	stranger := zktest.NewCA(t, "Strange CA").Issue("stranger", false)
	late := f.ca.Issue("late", true)
	const need, want, none = tls.RequireAndVerifyClientCert, tls.VerifyClientCertIfGiven, tls.NoClientCert
	for _, tt := range []struct {
		auth   tls.ClientAuthType
		trust  string
		client *zktest.Leaf
		in     bool
	}{
		{need, f.ca.CertFile, &f.client, true},
		{need, f.ca.CertFile, nil, false},
		{need, f.ca.CertFile, &stranger, false},
		{need, f.ca.CertFile, &late, false},
		{want, f.ca.CertFile, &f.client, true},
		{want, f.ca.CertFile, nil, true},
		{want, f.ca.CertFile, &stranger, false},
		{want, f.ca.CertFile, &late, false},
		{want, "", nil, true},
		{want, "", &f.client, false}, // whatever the system trusts
		{none, "", &stranger, true},  // who is not asked
	} {
		cfg, err := Options{Cert: server.BothFile, Trust: Store{File: tt.trust}}.ServerConfig(tt.auth)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Trust: Store{File: f.ca.CertFile}}
		if tt.client != nil {
			o.Cert = tt.client.BothFile
		}
		client, err := o.Config()
		if err != nil {
			t.Fatal(err)
		}
		client.ServerName = "127.0.0.1"
		if err := shake(client, cfg); (err == nil) != tt.in {
			t.Errorf("%v, %q, %+v: %v", tt.auth, tt.trust, tt.client, err)
		}
	}
	for _, tt := range []struct {
		o    Options
		auth tls.ClientAuthType
		want error
	}{
		{Options{}, none, ErrNoIdentity},
		{Options{Cert: server.BothFile}, need, ErrNobody},
		{Options{Cert: f.path("nosuch")}, none, os.ErrNotExist},
		{Options{Cert: server.BothFile, Trust: Store{File: f.path("nosuch")}}, need, os.ErrNotExist},
	} {
		if _, err := tt.o.ServerConfig(tt.auth); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.o, err, tt.want)
		}
	}
}

// FuzzJKS: a damaged store is an error, and takes no more memory than it has bytes.
func FuzzJKS(f *testing.F) {
	f.Add([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\x00\x01a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05X.509\x00\x00\x00\x00"))
	f.Add([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x01\xff\xff\xff\xff\x00\x00\x00\x01\x00\x01a\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\xfe\xed\xfe\xed0000000000000000")) // shorter than its checksum
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, sealed := range [][]byte{data, append(bytes.Clone(data), jksDigest("x", data)...)} {
			for _, word := range []string{"", "x"} {
				jksAuthorities(sealed, word)
				jksIdentity(sealed, word)
			}
		}
	})
}

func FuzzEncryptedKey(f *testing.F) {
	f.Add([]byte("0\x82"))
	f.Fuzz(func(t *testing.T, der []byte) { encryptedKey(der, "x") })
}
