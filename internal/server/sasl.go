package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/wire"
)

// SASL says who may log in by SASL, with DIGEST-MD5.
type SASL struct {
	// Users are the passwords, by the users' names.
	Users map[string]string
	// Super are the users that no ACL stops, as zookeeper.superUser.
	Super []string
	// RemoveHost and RemoveRealm leave these parts of a name that has them,
	// NAME/HOST@REALM, out of the identity, as kerberos.removeHostFromPrincipal and
	// kerberos.removeRealmFromPrincipal.
	RemoveHost, RemoveRealm bool
	// AllowFailed has a client go on that could not log in, as allowSaslFailedClients,
	// unless RequireAuth asks for the login.
	AllowFailed bool
}

// saslSuper is the user who matches every entry of the scheme sasl, and others only if
// he is one of SASL.Super.
const saslSuper = "super"

// The stages of a login: each takes one token.
type stage int

const (
	stageChallenge stage = iota // whatever comes is answered by a challenge
	stageResponse
	stageOver // for good, however it ended
)

// A login is what a connection has come to. There is one in its life.
type login struct {
	stage stage
	nonce string
}

// loginError is a login that has failed, as a client may be told. What is no such
// error ends the connection without a word.
type loginError struct{ why string }

func (e *loginError) Error() string { return e.why }

// evaluate answers a client's token. With the last answer comes the user's name.
func (l *login) evaluate(token []byte, sasl *SASL) (answer []byte, user string, err error) {
	if len(token) > maxResponse {
		return nil, "", &loginError{fmt.Sprintf("a token of %d bytes", len(token))}
	}
	switch l.stage {
	case stageChallenge:
		l.stage, l.nonce = stageResponse, newNonce()
		return challenge(l.nonce), "", nil
	case stageResponse:
		l.stage = stageOver
		return validate(token, l.nonce, sasl.Users)
	}
	return nil, "", &loginError{"another login after the first"}
}

// sasl answers a token. As an auth packet it is no request to the tree.
func (s *Server) sasl(c *conn, r *request) {
	token, ok := r.body.(*wire.SASLToken)
	if !ok || r.err != nil || token.Token == nil {
		s.logf("%v: sasl: no token", c)
		c.abort()
		return
	}
	if s.cfg.SASL == nil {
		c.reply(wire.ReplyHeader{Xid: r.header.Xid}, &wire.SASLToken{})
		return
	}
	if c.login == nil {
		c.login = new(login)
	}
	answer, user, err := c.login.evaluate(token.Token, s.cfg.SASL)
	if c.login.stage == stageOver {
		s.settleGuess(c, user, err == nil)
	}
	if err == nil && user != "" {
		err = s.loggedIn(c, user)
	}
	if err != nil {
		s.loginFailed(c, r.header.Xid, err)
		return
	}
	c.reply(wire.ReplyHeader{Xid: r.header.Xid}, &wire.SASLToken{Token: answer})
}

// loggedIn gives a client the identity of a user who has proven who he is.
func (s *Server) loggedIn(c *conn, user string) error {
	id, err := s.cfg.SASL.identity(user)
	if err != nil {
		return err
	}
	c.identify(authID{"sasl", id})
	if slices.Contains(s.cfg.SASL.Super, id) {
		c.identify(authID{scheme: "super"})
	}
	return nil
}

// loginFailed tells the client, unless the error is one that there is no answer to.
func (s *Server) loginFailed(c *conn, xid int32, err error) {
	s.logf("%v: login by SASL failed: %v", c, err)
	if !errors.As(err, new(*loginError)) {
		c.abort()
		return
	}
	required := slices.Contains(s.cfg.RequireAuth, "sasl")
	if s.cfg.SASL.AllowFailed && !required {
		c.reply(wire.ReplyHeader{Xid: xid}, &wire.SASLToken{})
		return
	}
	code := wire.AuthFailed
	if required {
		code = wire.SASLRequired
	}
	c.reply(wire.ReplyHeader{Xid: xid, Err: code}, &wire.SASLToken{})
	c.finish()
}

// identity is what a user is called in ACLs: what he logs in as, but for the realm that
// is the default without Kerberos, which has no name. A client that asks to be somebody
// else asks in vain.
func (s *SASL) identity(user string) (string, error) {
	p, ok := parsePrincipal(user)
	if !ok {
		return "", fmt.Errorf("%q is no name", user)
	}
	if !p.hasRealm || p.realm != "" {
		return user, nil
	}
	id := p.service
	if p.hasHost && !s.RemoveHost {
		id += "/" + p.host
	}
	if !s.RemoveRealm {
		id += "@"
	}
	return id, nil
}

// A principal is a name as Kerberos has it: SERVICE, SERVICE@REALM or
// SERVICE/HOST@REALM. Without a realm all of it is the service.
type principal struct {
	service, host, realm string
	hasHost, hasRealm    bool
}

func parsePrincipal(name string) (p principal, ok bool) {
	p.service, p.realm, p.hasRealm = strings.Cut(name, "@")
	if !p.hasRealm {
		return p, true
	}
	p.service, p.host, p.hasHost = strings.Cut(p.service, "/")
	return p, !strings.Contains(p.host, "/") && !strings.ContainsAny(p.realm, "/@")
}

// checkRequired tells whether the server knows the schemes that a client must have one
// of.
func (c *Config) checkRequired() error {
	for _, scheme := range c.RequireAuth {
		if known := slices.Contains([]string{"ip", "digest", "x509", "sasl"}, scheme); !known || c.lacks(scheme) {
			return fmt.Errorf("authentication by scheme %q is required, and there is none", scheme)
		}
	}
	return nil
}

// knowsEnough tells whether a client has said who it is, if it has to. If not, it is
// told so, and its connection ends.
func (s *Server) knowsEnough(c *conn, xid int32) bool {
	required := s.cfg.RequireAuth
	if required == nil || slices.ContainsFunc(c.ids, func(id authID) bool { return slices.Contains(required, id.scheme) }) {
		return true
	}
	s.logf("%v: a request before authentication by %s", c, strings.Join(required, " or "))
	c.reply(wire.ReplyHeader{Xid: xid, Err: wire.SASLRequired}, nil)
	c.finish()
	return false
}
