package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"zoosh/internal/certs"
	"zoosh/internal/javaconf"
	"zoosh/internal/session"
	"zoosh/internal/textfile"
)

// security is what the flags say about TLS and SASL: zkCli's configuration file, and
// flags of zoosh's own, which go before what the file says.
type security struct {
	file     string // zkCli's -client-configuration
	tls      bool
	ca       string
	cert     string
	key      string
	insecure bool
	sasl     string // the file that user and password are in

	// What load makes of it:
	session    session.Security
	maxRequest int
}

// saslVar is the environment variable with user:password, for where there is no file.
const saslVar = "ZOOSH_SASL"

// target is the ensemble of a connect string as these flags and the profile have it
// reached. It is asked after load.
func (s *security) target(connect string, who chosen) session.Target {
	return session.Target{
		Connect: connect, Security: s.session, MaxRequest: s.maxRequest,
		Auth: who.auth, ProfileName: who.name, Colour: who.colour,
	}
}

func (s *security) flags(fs *flag.FlagSet) {
	fs.StringVar(&s.file, "client-configuration", "", "take TLS and jute.maxbuffer from zkCli's properties `file`")
	fs.BoolVar(&s.tls, "tls", false, "connect with TLS, as do the next four")
	fs.StringVar(&s.ca, "cacert", "", "believe servers whose certificate a CA in this `file` signed (default: the system's CAs)")
	fs.StringVar(&s.cert, "cert", "", "show servers the certificate in this `file` (PEM)")
	fs.StringVar(&s.key, "key", "", "the certificate's private key is in this `file` (default: that of -cert)")
	fs.BoolVar(&s.insecure, "insecure", false, "believe any server, without looking at its certificate")
	fs.StringVar(&s.sasl, "sasl", "", "log in with SASL DIGEST-MD5: user:password, or a JAAS section Client, is in this `file` (default: $"+saslVar+")")
}

// asked is a flag that asks for a secured server, "" if none does.
func (s *security) asked() string {
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"-client-configuration", s.file != ""}, {"-tls", s.tls}, {"-cacert", s.ca != ""}, {"-cert", s.cert != ""},
		{"-key", s.key != ""}, {"-insecure", s.insecure}, {"-sasl", s.sasl != ""},
	} {
		if f.given {
			return f.name
		}
	}
	return ""
}

// load reads all the files. What is to be known about them is said on standard error.
func (s *security) load(std stdio) error {
	note := func(format string, args ...any) {
		fmt.Fprintln(std.err, "zoosh: note:", std.safeFor(std.err)(fmt.Sprintf(format, args...)))
	}
	var conf clientConfig
	if s.file != "" {
		var err error
		conf, err = readClientConfig(s.file, note)
		warnExposed(std.err, conf.exposed(s.file)...)
		if err != nil {
			return fmt.Errorf("-client-configuration %s: %w", s.file, err)
		}
	}
	s.maxRequest = conf.maxRequest
	if s.tls || s.ca != "" || s.cert != "" || s.key != "" || s.insecure {
		conf.secure = true
	}
	warnExposed(std.err, s.sasl, cmp.Or(s.key, s.cert))
	if err := s.loadTLS(conf, note); err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	if err := s.loadSASL(conf.jaasSection); err != nil {
		return fmt.Errorf("SASL: %w", err)
	}
	return nil
}

func (s *security) loadTLS(conf clientConfig, note func(string, ...any)) error {
	if !conf.secure {
		return nil
	}
	o := conf.certs
	if s.ca != "" {
		o.Trust = certs.Store{File: s.ca, Password: o.Trust.Password, PasswordFile: o.Trust.PasswordFile}
	}
	o.Cert, o.Key, o.Insecure = s.cert, s.key, s.insecure
	if s.insecure {
		note("-insecure: the server's certificate is not looked at, so that anybody can be the server")
	}
	cfg, err := o.Config()
	s.session.TLS = cfg
	return err
}

// loadSASL finds user and password. They are never in the command line, which others
// can see.
func (s *security) loadSASL(section string) error {
	text, from := os.Getenv(saslVar), "$"+saslVar
	if s.sasl != "" {
		data, err := textfile.Read(s.sasl)
		if err != nil {
			return err
		}
		text, from = string(data), s.sasl
	}
	if text == "" && s.sasl == "" {
		return nil
	}
	user, err := saslUser(text, section)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	s.session.SASL = user
	return nil
}

// saslUser reads user:password, or a JAAS file as zkCli has it. Its errors don't
// repeat the text, which may be a password.
func saslUser(text, section string) (*session.SASL, error) {
	if line := strings.TrimRight(text, "\r\n"); !strings.ContainsAny(line, "\n{") {
		user, password, ok := strings.Cut(line, ":")
		if !ok || user == "" || password == "" {
			return nil, errors.New("there is no user:password in it")
		}
		return &session.SASL{User: user, Password: password}, nil
	}
	section = cmp.Or(section, "Client")
	modules, err := javaconf.JAAS(text)
	if err != nil {
		return nil, err
	}
	for _, m := range modules[section] {
		if user, password := m.Options["username"], m.Options["password"]; user != "" && password != "" {
			return &session.SASL{User: user, Password: password}, nil
		}
	}
	return nil, fmt.Errorf("there is no section %s with a username and a password in it", section)
}
