package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zoosh/internal/certs"
	"zoosh/internal/javaconf"
	"zoosh/internal/textfile"
)

// clientConfig is what matters of zkCli's -client-configuration.
type clientConfig struct {
	secure      bool
	certs       certs.Options
	maxRequest  int
	jaasSection string
	secret      bool // there is a password in it
}

// holdsPassword tells whether a property is a password, and not the name of its file.
func holdsPassword(name, value string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "password") && strings.TrimSpace(value) != ""
}

// exposed are the files with secrets: the one that says so, if there is one in it, and
// those that it names.
func (c *clientConfig) exposed(file string) []string {
	files := []string{c.certs.Identity.File, c.certs.Identity.PasswordFile, c.certs.Trust.PasswordFile}
	if c.secret {
		files = append(files, file)
	}
	return files
}

// The properties. A name that is no key here is passed over, with a note if it is
// about TLS: what it asks for might be missed.
var clientProperties = map[string]func(c *clientConfig, value string) error{
	"zookeeper.client.secure":                       func(c *clientConfig, v string) error { return setBool(&c.secure, v) },
	"zookeeper.ssl.keyStore.location":               setString(func(c *clientConfig) *string { return &c.certs.Identity.File }),
	"zookeeper.ssl.keyStore.password":               setString(func(c *clientConfig) *string { return &c.certs.Identity.Password }),
	"zookeeper.ssl.keyStore.passwordPath":           setString(func(c *clientConfig) *string { return &c.certs.Identity.PasswordFile }),
	"zookeeper.ssl.keyStore.type":                   setString(func(c *clientConfig) *string { return &c.certs.Identity.Type }),
	"zookeeper.ssl.trustStore.location":             setString(func(c *clientConfig) *string { return &c.certs.Trust.File }),
	"zookeeper.ssl.trustStore.password":             setString(func(c *clientConfig) *string { return &c.certs.Trust.Password }),
	"zookeeper.ssl.trustStore.passwordPath":         setString(func(c *clientConfig) *string { return &c.certs.Trust.PasswordFile }),
	"zookeeper.ssl.trustStore.type":                 setString(func(c *clientConfig) *string { return &c.certs.Trust.Type }),
	"zookeeper.ssl.hostnameVerification":            setHostVerification,
	"zookeeper.ssl.protocol":                        setProtocol,
	"zookeeper.ssl.enabledProtocols":                setProtocols,
	"zookeeper.ssl.ciphersuites":                    setSuites,
	"zookeeper.ssl.crl":                             cannotRevoke,
	"zookeeper.ssl.ocsp":                            cannotRevoke,
	"zookeeper.ssl.context.supplier.class":          cannotLoad,
	"zookeeper.ssl.sslProvider":                     ignore, // Java's or OpenSSL's: the protocol is the same
	"zookeeper.ssl.clientAuth":                      ignore, // a server's, as are the next ones
	"zookeeper.ssl.authProvider":                    ignore,
	"zookeeper.ssl.clientHostnameVerification":      ignore,
	"zookeeper.ssl.handshakeDetectionTimeoutMillis": ignore,
	"zookeeper.clientCnxnSocket":                    ignore, // Netty or not: there is one way to connect
	"zookeeper.sasl.clientconfig":                   setString(func(c *clientConfig) *string { return &c.jaasSection }),
	"jute.maxbuffer":                                setMaxBuffer,
}

func ignore(*clientConfig, string) error { return nil }

// cannotRevoke refuses what would be less safe than its file says if it were passed
// over.
func cannotRevoke(_ *clientConfig, v string) error {
	var wanted bool
	if err := setBool(&wanted, v); err != nil || !wanted {
		return err
	}
	return errors.New("zoosh does not ask whether certificates have been revoked; with false it goes on without")
}

func cannotLoad(_ *clientConfig, class string) error {
	return fmt.Errorf("zoosh has no Java to load %s with; without that line it trusts what the other ones say", class)
}

func setString(field func(*clientConfig) *string) func(*clientConfig, string) error {
	return func(c *clientConfig, v string) error {
		*field(c) = v
		return nil
	}
}

// setBool is stricter than Java, to which a word that is not true is false: what is
// misspelt here would leave out TLS.
func setBool(to *bool, v string) error {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true":
		*to = true
	case "false":
		*to = false
	default:
		return fmt.Errorf("%q is neither true nor false", v)
	}
	return nil
}

func setHostVerification(c *clientConfig, v string) error {
	var verify bool
	err := setBool(&verify, v)
	c.certs.AnyHost = err == nil && !verify
	return err
}

// setProtocol is the version, unless enabledProtocols tells more.
func setProtocol(c *clientConfig, v string) error {
	if c.certs.Versions == nil {
		c.certs.Versions = []string{strings.TrimSpace(v)}
	}
	return nil
}

func setProtocols(c *clientConfig, v string) error {
	c.certs.Versions = listed(v)
	return nil
}

func setSuites(c *clientConfig, v string) error {
	c.certs.Suites = listed(v)
	return nil
}

// listed are the words of a list with commas.
func listed(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// setMaxBuffer reads a number as Java's Integer.getInteger does: 0x and 0 lead other
// bases.
func setMaxBuffer(c *clientConfig, v string) error {
	n, err := strconv.ParseInt(strings.TrimSpace(v), 0, 32)
	if err != nil || n <= 0 {
		return fmt.Errorf("%q is no number of bytes above 0", v)
	}
	c.maxRequest = int(n)
	return nil
}

// readClientConfig reads the file. What it can't do as it is told is told to note.
func readClientConfig(file string, note func(string, ...any)) (clientConfig, error) {
	var c clientConfig
	text, err := textfile.Read(file)
	if err != nil {
		return c, err
	}
	props, err := javaconf.Properties(string(text))
	if err != nil {
		return c, err
	}
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	slices.Sort(names) // enabledProtocols comes before protocol
	var tls bool
	for _, name := range names {
		about := strings.HasPrefix(name, "zookeeper.ssl.")
		tls = tls || about
		c.secret = c.secret || holdsPassword(name, props[name])
		set := clientProperties[name]
		if set == nil {
			if about {
				note("%s: %s is not known here, and passed over", file, name)
			}
			continue
		}
		if err := set(&c, props[name]); err != nil {
			return c, fmt.Errorf("%s: %w", name, err)
		}
	}
	if tls && !c.secure {
		note("%s: no TLS, as zookeeper.client.secure is not true", file)
	}
	return c, nil
}
