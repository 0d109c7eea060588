package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/javaconf"
	"zoosh/internal/server"
	"zoosh/internal/textfile"
)

// saslProvider is the class that is the value of authProvider.sasl, or of any other name
// that begins so.
const saslProvider = "org.apache.zookeeper.server.auth.SASLAuthenticationProvider"

// digestModule is the login module of DIGEST-MD5, without its package.
const digestModule = ".DigestLoginModule"

// readJAAS reads the users of a server's JAAS file.
func readJAAS(file, section string) (map[string]string, error) {
	text, err := textfile.Read(file)
	if err != nil {
		return nil, err
	}
	users, err := jaasUsers(string(text), cmp.Or(section, "Server"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return users, nil
}

// jaasUsers are the passwords of a section's users. Its errors don't repeat them.
func jaasUsers(text, section string) (map[string]string, error) {
	sections, err := javaconf.JAAS(text)
	if err != nil {
		return nil, err
	}
	modules, ok := sections[section]
	if !ok {
		return nil, fmt.Errorf("there is no section %s in it", section)
	}
	users := make(map[string]string)
	for _, m := range modules {
		switch {
		case strings.Contains(m.Class, "Krb5"):
			return nil, fmt.Errorf("section %s is for Kerberos, which zoosh has not; it has DIGEST-MD5 (%s)", section, digestModule[1:])
		case !strings.HasSuffix(m.Class, digestModule):
			return nil, fmt.Errorf("section %s: zoosh has no login module %s; it has %s", section, m.Class, digestModule[1:])
		}
		for key, value := range m.Options {
			user, ok := strings.CutPrefix(key, "user_")
			if !ok {
				continue
			}
			if strings.Contains(value, "${") {
				return nil, fmt.Errorf("the password of user %s has a property of Java in it, ${...}, which zoosh does not know", user)
			}
			if value == "" {
				return nil, fmt.Errorf("the password of user %s is empty: everybody could log in as that user", user)
			}
			users[user] = value
		}
	}
	if len(users) == 0 {
		return nil, fmt.Errorf(`section %s has no users: user_NAME="PASSWORD"`, section)
	}
	return users, nil
}

// loadJAAS has those log in whom the flags name.
func (f *serveFlags) loadJAAS() error {
	if f.jaas == "" {
		return nil
	}
	users, err := readJAAS(f.jaas, "")
	f.cfg.SASL, f.cfg.SASLProvider = &server.SASL{Users: users}, true
	return err
}

// zooSASL is what a zoo.cfg says of SASL, and of who has to say who he is.
type zooSASL struct {
	server.SASL
	section       string
	superPassword *string
	required      bool // by SASL
	enforced      bool // by any of schemes
	schemes       []string
}

// zooSASLKeys are its keys. Others name super users, and the provider.
var zooSASLKeys = map[string]func(s *zooSASL, value string){
	"sasl.serverconfig":                        func(s *zooSASL, v string) { s.section = v },
	"SASLAuthenticationProvider.superPassword": func(s *zooSASL, v string) { s.superPassword = &v },
	"allowSaslFailedClients":                   func(s *zooSASL, v string) { s.AllowFailed = strings.EqualFold(v, "true") },
	"kerberos.removeHostFromPrincipal":         func(s *zooSASL, v string) { s.RemoveHost = v == "true" },
	"kerberos.removeRealmFromPrincipal":        func(s *zooSASL, v string) { s.RemoveRealm = v == "true" },
	"sessionRequireClientSASLAuth":             func(s *zooSASL, v string) { s.required = strings.EqualFold(v, "true") },
	"enforce.auth.enabled":                     func(s *zooSASL, v string) { s.enforced = strings.EqualFold(v, "true") },
	"enforce.auth.schemes":                     func(s *zooSASL, v string) { s.schemes = splitTrimmed(v) },
}

func splitTrimmed(list string) (parts []string) {
	for part := range strings.SplitSeq(list, ",") {
		parts = append(parts, strings.TrimSpace(part))
	}
	return parts
}

// setSASL takes a property if it is about SASL.
func (c *zooCfg) setSASL(name, value string) bool {
	set := zooSASLKeys[name]
	switch {
	case set != nil:
		set(&c.sasl, value)
	case name == "superUser", strings.HasPrefix(name, "superUser."):
		c.sasl.Super = append(c.sasl.Super, value)
	case strings.HasPrefix(name, "authProvider.") && value == saslProvider:
		c.SASLProvider = true
	default:
		return false
	}
	return true
}

// completeAuth is whom the file keeps out.
func (c *zooCfg) completeAuth() error {
	switch s := &c.sasl; {
	case s.required:
		c.RequireAuth = []string{"sasl"}
	case s.enforced && s.schemes == nil:
		return errors.New("enforce.auth.enabled is true, and enforce.auth.schemes is not set")
	case s.enforced:
		c.RequireAuth = s.schemes
	}
	if slices.Contains(c.RequireAuth, "sasl") && !c.SASLProvider {
		return fmt.Errorf("clients have to log in by SASL, and there is no authProvider.sasl=%s", saslProvider)
	}
	return nil
}

// loadSASL reads the JAAS file; ZooKeeper has it as a property of its JVM alone.
func (c *zooCfg) loadSASL(jaas string) error {
	s := &c.sasl
	if jaas == "" {
		if slices.Equal(c.RequireAuth, []string{"sasl"}) {
			c.notes = append(c.notes, "clients have to log in by SASL, and nobody can: -jaas would name the file with those who may")
		}
		if s.section != "" {
			c.notes = append(c.notes, "sasl.serverconfig has no effect without -jaas")
		}
		return nil
	}
	users, err := readJAAS(jaas, s.section)
	if err != nil {
		return err
	}
	if _, ok := users["super"]; ok && s.superPassword != nil {
		if *s.superPassword == "" {
			return errors.New("SASLAuthenticationProvider.superPassword is empty: everybody could log in as super")
		}
		users["super"] = *s.superPassword
	}
	s.Users = users
	c.SASL = &s.SASL
	return nil
}
