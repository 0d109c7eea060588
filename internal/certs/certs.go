// Package certs reads the certificates and keys that TLS needs, from PEM files and
// from Java's key stores (PKCS12 and JKS), and makes a TLS configuration of them.
package certs

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Options say whom to trust and who to be. The zero value trusts what the system
// does and is nobody.
type Options struct {
	Trust    Store // the CAs; the system's if there is no file, to a server none
	Identity Store // the certificate to show and its key, in one file
	// Cert and Key are PEM files with the two, in place of Identity.
	Cert, Key string

	Insecure bool // believe any certificate
	AnyHost  bool // believe a certificate that is for another host

	Versions []string // of TLS, such as "TLSv1.3"; none: 1.2 and later
	Suites   []string // cipher suites by their IANA names; none: Go's choice
}

// Config reads the files and makes a client's configuration. Its ServerName is left to
// whoever knows the server.
func (o Options) Config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if cfg.RootCAs, err = o.trusted(); err != nil {
		return nil, err
	}
	identity, err := o.identity()
	if err != nil {
		return nil, fmt.Errorf("the client's certificate: %w", err)
	}
	if identity != nil {
		// The only one there is: a server that does not like it shall say so.
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return identity, nil }
	}
	if err := o.protocol(cfg); err != nil {
		return nil, err
	}
	switch {
	case o.Insecure:
		cfg.InsecureSkipVerify = true
	case o.AnyHost:
		cfg.InsecureSkipVerify = true // what it skips but for the name is done here:
		cfg.VerifyConnection = chainOnly(cfg.RootCAs)
	}
	return cfg, nil
}

// Files are the files that there are to read.
func (o Options) Files() (names []string) {
	for _, name := range []string{o.Trust.File, o.Trust.PasswordFile, o.Identity.File, o.Identity.PasswordFile, o.Cert, o.Key} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// ErrNoIdentity is a server's that has no certificate to show.
var ErrNoIdentity = errors.New("there is no certificate for the server to show")

// ErrNobody is a server's that would let nobody in.
var ErrNobody = errors.New("every client needs a certificate, and no CA is trusted to have signed it")

// ServerConfig reads the files and makes the configuration of a server that asks its
// clients for certificates as auth says.
func (o Options) ServerConfig(auth tls.ClientAuthType) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: auth, ClientCAs: x509.NewCertPool(),
		// Replies can be long, and nobody reads one by halves.
		DynamicRecordSizingDisabled: true}
	identity, err := o.identity()
	switch {
	case err != nil:
		return nil, fmt.Errorf("the server's certificate: %w", err)
	case identity == nil:
		return nil, ErrNoIdentity
	case auth == tls.RequireAndVerifyClientCert && o.Trust.File == "":
		return nil, ErrNobody
	}
	cfg.Certificates = []tls.Certificate{*identity}
	if cas, err := o.trusted(); err != nil {
		return nil, err
	} else if cas != nil {
		cfg.ClientCAs = cas // else the system's would be taken
	}
	if err := o.protocol(cfg); err != nil {
		return nil, err
	}
	return cfg, nil
}

// trusted are the CAs of the trust store, nil if there is none.
func (o Options) trusted() (*x509.CertPool, error) {
	if o.Trust.File == "" {
		return nil, nil
	}
	cas, err := o.Trust.authorities()
	if err != nil {
		return nil, fmt.Errorf("the trusted certificates: %w", err)
	}
	pool := x509.NewCertPool()
	for _, ca := range cas {
		pool.AddCert(ca)
	}
	return pool, nil
}

func (o Options) identity() (*tls.Certificate, error) {
	switch {
	case o.Identity.File != "" && o.Cert == "":
		return o.Identity.identity()
	case o.Cert != "" && o.Key != "":
		return pemPair(o.Cert, o.Key, o.Identity)
	case o.Cert != "":
		// One file may hold both, as ZooKeeper's PEM key stores do.
		return Store{File: o.Cert, Type: PEM}.identity()
	case o.Key != "":
		return nil, errors.New("there is a key, but no certificate for it")
	}
	return nil, nil
}

// chainOnly verifies the server's certificate as the TLS library does, but for the
// host's name.
func chainOnly(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			opts.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(opts)
		return err
	}
}

var versions = map[string]uint16{
	"TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11, "TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13,
}

// protocol sets versions and cipher suites.
func (o Options) protocol(cfg *tls.Config) error {
	for i, name := range o.Versions {
		v, ok := versions[name]
		switch {
		case name == "TLS" && len(o.Versions) == 1:
			return o.suites(cfg) // Java's name for what is usual
		case !ok:
			return fmt.Errorf("there is no TLS version %q: TLSv1.2 or TLSv1.3", name)
		case i == 0:
			cfg.MinVersion, cfg.MaxVersion = v, v
		}
		cfg.MinVersion, cfg.MaxVersion = min(cfg.MinVersion, v), max(cfg.MaxVersion, v)
	}
	return o.suites(cfg)
}

// suites sets the cipher suites. Those of TLS 1.3 the library chooses by itself, so a
// list without any means that it is not spoken, and a list of no others that it alone is.
func (o Options) suites(cfg *tls.Config) error {
	known := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	var older, newer int
	for _, name := range o.Suites {
		i := slices.IndexFunc(known, func(s *tls.CipherSuite) bool { return s.Name == strings.TrimSpace(name) })
		if i < 0 {
			return fmt.Errorf("cipher suite %q is not to be had", name)
		}
		cfg.CipherSuites = append(cfg.CipherSuites, known[i].ID)
		if slices.Contains(known[i].SupportedVersions, tls.VersionTLS13) {
			newer++
		} else {
			older++
		}
	}
	switch {
	case newer == 0 && older > 0:
		cfg.MaxVersion = min(cmp.Or(cfg.MaxVersion, tls.VersionTLS13), tls.VersionTLS12)
	case older == 0 && newer > 0:
		cfg.MinVersion = tls.VersionTLS13
	}
	if cfg.MaxVersion != 0 && cfg.MinVersion > cfg.MaxVersion {
		return fmt.Errorf("cipher suites %s go with none of the TLS versions", strings.Join(o.Suites, ", "))
	}
	return nil
}
