package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"zoosh/internal/certs"
)

// clientAuths are what a TLS port may ask of clients, by ZooKeeper's names.
var clientAuths = map[string]tls.ClientAuthType{
	"need": tls.RequireAndVerifyClientCert, "want": tls.VerifyClientCertIfGiven, "none": tls.NoClientCert,
}

func parseClientAuth(value string) (tls.ClientAuthType, error) {
	auth, ok := clientAuths[strings.ToLower(value)]
	if !ok {
		return 0, fmt.Errorf("%q is neither need, want nor none", value)
	}
	return auth, nil
}

// serveTLS is what the flags of zoosh serve say of TLS.
type serveTLS struct {
	listen, auth string
	certs        certs.Options
}

func (f *serveTLS) register(fs *flagSet) {
	fs.StringVar(&f.listen, "secure-listen", "", "listen on `host:port` for TLS, and for nothing else unless -listen is given, too; without a host on loopback alone")
	fs.StringVar(&f.certs.Cert, "cert", "", "show clients the certificate in this `file` (PEM)")
	fs.StringVar(&f.certs.Key, "key", "", "the certificate's private key is in this `file` (default: that of -cert)")
	fs.StringVar(&f.certs.Trust.File, "cacert", "", "let in clients whose certificate a CA in this `file` signed, and who they are is an identity of scheme x509")
	fs.Func("client-auth", "`what` to ask of clients: need or want a certificate, or none (default need with -cacert, else none)", func(s string) error {
		f.auth = s
		_, err := parseClientAuth(s)
		return err
	})
}

// load makes the TLS port that the flags ask for; logf is told when the certificates
// change. misuse is what is wrong with the flags.
func (f *serveTLS) load(s *serveFlags, fs *flagSet, logf func(string, ...any)) (misuse string, err error) {
	trusts := f.certs.Trust.File != ""
	switch {
	case f.listen == "":
		for _, name := range []string{"cert", "key", "cacert", "client-auth"} {
			if fs.given(name) {
				return "-" + name + " goes with -secure-listen", nil
			}
		}
		return "", nil
	case f.certs.Cert == "":
		return "-secure-listen needs -cert", nil
	case !trusts && f.auth != "" && clientAuths[strings.ToLower(f.auth)] != tls.NoClientCert:
		return "-client-auth " + f.auth + " needs -cacert", nil
	}
	if f.auth == "" && trusts {
		f.auth = "need"
	}
	auth, err := parseClientAuth(cmp.Or(f.auth, "none"))
	if err != nil {
		return "", err
	}
	if !fs.given("listen") {
		s.cfg.Addr = ""
	}
	s.cfg.SecureAddr = f.listen
	s.cfg.TLS, err = certificates(f.certs, auth, true, logf)
	return "", err
}

// certificates reads them, and again when they have changed if that is asked for.
func certificates(o certs.Options, auth tls.ClientAuthType, reload bool, logf func(string, ...any)) (*tls.Config, error) {
	load := func() (*tls.Config, error) { return o.ServerConfig(auth) }
	cfg, err := load()
	if err != nil || !reload {
		return cfg, err
	}
	return reloading(cfg, load, o.Files(), logf), nil
}

// zooTLS is what a zoo.cfg says of TLS.
type zooTLS struct {
	host, port string
	properties map[string]string // ssl.*
	clientConfig
	auth                     tls.ClientAuthType
	reload                   bool // client.certReload
	verifyHost, verifyClient bool
}

// zooTLSKeys are the properties that only a server has, or that say something else to
// it. The others it reads as a client does.
var zooTLSKeys = map[string]func(t *zooTLS, value string) error{
	"ssl.clientAuth": func(t *zooTLS, v string) (err error) {
		t.auth, err = parseClientAuth(cmp.Or(strings.TrimSpace(v), "need"))
		return err
	},
	"ssl.authProvider": func(_ *zooTLS, v string) error {
		if v != "x509" {
			return errors.New("zoosh has no other provider than x509")
		}
		return nil
	},
	"ssl.hostnameVerification":       func(t *zooTLS, v string) error { return setBool(&t.verifyHost, v) },
	"ssl.clientHostnameVerification": func(t *zooTLS, v string) error { return setBool(&t.verifyClient, v) },
	"ssl.allowReverseDnsLookup":      func(*zooTLS, string) error { return nil }, // it goes with the one before
}

// x509Provider is the class that is the value of authProvider.x509, or of any other
// name that begins so.
const x509Provider = "org.apache.zookeeper.server.auth.X509AuthenticationProvider"

// completeTLS reads what the properties say, once it is known that there is TLS.
func (c *zooCfg) completeTLS() error {
	t := &c.tls
	switch {
	case t.port != "":
		c.SecureAddr = net.JoinHostPort(cmp.Or(t.host, everywhere), t.port)
	case t.host != "":
		return errors.New("secureClientPortAddress is set but secureClientPort is not set")
	}
	if !c.hasTLS() {
		for _, name := range sortedKeys(t.properties) {
			c.notes = append(c.notes, name+" has no effect without secureClientPort")
		}
		return nil
	}
	t.auth, t.verifyHost = tls.RequireAndVerifyClientCert, true
	for _, name := range sortedKeys(t.properties) { // enabledProtocols comes before protocol
		if err := c.setTLS(name, t.properties[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if t.verifyClient && t.verifyHost {
		return errors.New("ssl.clientHostnameVerification: zoosh does not compare clients' certificates with their addresses; with false it serves without")
	}
	if t.auth == tls.VerifyClientCertIfGiven && t.certs.Trust.File == "" {
		c.notes = append(c.notes, "ssl.trustStore.location is not set: a client that shows a certificate is refused")
	}
	if n := suitesOf13(t.certs.Suites); n > 0 && n < 3 {
		c.notes = append(c.notes, "ssl.ciphersuites: of TLS 1.3 all suites are taken, not only those")
	}
	return nil
}

// suitesOf13 is how many of a list are TLS 1.3's, which has three that anybody uses.
func suitesOf13(names []string) (n int) {
	for _, name := range names {
		if strings.HasPrefix(name, "TLS_AES_") || strings.HasPrefix(name, "TLS_CHACHA20_") {
			n++
		}
	}
	return n
}

func (c *zooCfg) hasTLS() bool { return c.SecureAddr != "" || c.PortUnification }

// setTLS takes a property. What it says may be a password.
func (c *zooCfg) setTLS(name, value string) error {
	if value == x509Provider {
		return nil // it is there with TLS
	}
	if set := zooTLSKeys[name]; set != nil {
		return set(&c.tls, value)
	}
	if set := clientProperties["zookeeper."+name]; set != nil {
		return set(&c.tls.clientConfig, value)
	}
	c.notes = append(c.notes, name+" is not known here, and passed over")
	return nil
}

// loadTLS reads the certificates.
func (c *zooCfg) loadTLS(logf func(string, ...any)) (err error) {
	if !c.hasTLS() {
		return nil
	}
	c.TLS, err = certificates(c.tls.certs, c.tls.auth, c.tls.reload, logf)
	switch {
	case errors.Is(err, certs.ErrNoIdentity):
		return fmt.Errorf("ssl.keyStore.location is not set: %w", err)
	case errors.Is(err, certs.ErrNobody):
		return fmt.Errorf("ssl.trustStore.location is not set, and ssl.clientAuth is need: %w", err)
	}
	return err
}
