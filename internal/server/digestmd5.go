package server

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zoosh/internal/digestmd5"
)

// maxResponse is the longest token that RFC 2831 allows a client, in bytes.
const maxResponse = 4096

func newNonce() string { return digestmd5.Nonce(30) }

// challenge is what the client's response has to go with.
func challenge(nonce string) []byte {
	return fmt.Appendf(nil, `realm="%s",nonce="%s",charset=utf-8,algorithm=md5-sess`, digestmd5.Realm, nonce)
}

// A response is what a client answers a challenge. Of what Java's server knows of one
// the cipher is left out, which says nothing without encryption; and the count of nonces
// goes by another name there than in the RFC, so that nc says nothing.
type response struct {
	username, realm, nonce, cnonce, count, qop, uri, digest, maxbuf, charset, authzid *string
}

// fields are the directives, by their names in lower case. cipher is taken once, too.
func (r *response) fields() map[string]**string {
	return map[string]**string{
		"username": &r.username, "realm": &r.realm, "nonce": &r.nonce, "cnonce": &r.cnonce,
		"nonce-count": &r.count, "qop": &r.qop, "digest-uri": &r.uri, "response": &r.digest,
		"maxbuf": &r.maxbuf, "charset": &r.charset, "cipher": new(*string), "authzid": &r.authzid,
		"auth-param": new(*string),
	}
}

// readResponse reads one.
func readResponse(token []byte) (*response, error) {
	r := new(response)
	fields := r.fields()
	err := digestmd5.Each(string(token), digestmd5.Java, func(name, value string) error {
		field, ok := fields[folded(name)]
		switch {
		case !ok:
			return nil
		case *field != nil:
			return errors.New("a directive is there twice")
		}
		*field = &value
		return nil
	})
	if err != nil {
		return nil, &loginError{err.Error()}
	}
	return r, nil
}

// folded is a name without regard to case, as Java compares them, which takes a Kelvin
// sign for a k.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// Where Java's server gives up without an answer.
var (
	errNoNumber = errors.New("a number that is none")
	errNoName   = errors.New("a user without a name")
)

// validate checks a response. The answer to a right one proves to the client that the
// server knows the password, too.
func validate(token []byte, nonce string, users map[string]string) (answer []byte, user string, err error) {
	r, err := readResponse(token)
	if err != nil {
		return nil, "", err
	}
	if err := r.check(nonce); err != nil {
		return nil, "", err
	}
	user = strings.ToValidUTF8(*r.username, "\ufffd")
	if user == "" {
		return nil, "", errNoName
	}
	password, ok := users[user]
	if !ok {
		return nil, "", &loginError{fmt.Sprintf("no user %q", user)}
	}
	login := r.login(user, password)
	if subtle.ConstantTimeCompare([]byte(*r.digest), []byte(login.Response())) != 1 {
		return nil, "", &loginError{fmt.Sprintf("a wrong password of user %q", user)}
	}
	return []byte("rspauth=" + login.Answer()), user, nil
}

// check checks what does not need the password, in Java's order: it matters where the
// one error has an answer and the other has none.
func (r *response) check(nonce string) error {
	if r.charset != nil && *r.charset != "utf-8" {
		return &loginError{"a charset other than utf-8"}
	}
	if r.maxbuf != nil {
		if _, ok := javaInt(*r.maxbuf, 10); !ok {
			return errNoNumber
		}
	}
	switch {
	case r.username == nil:
		return &loginError{"no user"}
	case r.realm == nil || *r.realm != digestmd5.Realm:
		return &loginError{"another realm"}
	case r.nonce == nil || *r.nonce != nonce:
		return &loginError{"another nonce than that of the challenge"}
	case r.cnonce == nil:
		return &loginError{"no nonce of the client"}
	}
	if r.count != nil {
		if n, ok := javaInt(*r.count, 16); !ok {
			return errNoNumber
		} else if n != 1 {
			return &loginError{"a nonce that was used before"}
		}
	}
	switch {
	case r.qop != nil && *r.qop != "auth":
		return &loginError{"another quality of protection than auth"}
	case r.uri == nil || !strings.EqualFold(*r.uri, digestmd5.URI):
		return &loginError{"another server's digest-uri"}
	case r.digest == nil:
		return &loginError{"no response"}
	}
	return nil
}

// login is what the digests of a response, and of the answer to it, are made of.
func (r *response) login(user, password string) *digestmd5.Login {
	return &digestmd5.Login{User: user, Realm: digestmd5.Realm, Password: password,
		Nonce: *r.nonce, ClientNonce: *r.cnonce, URI: *r.uri, AuthzID: r.authzid}
}

// javaInt reads a number as Java does.
func javaInt(s string, base int) (int64, bool) {
	n, err := strconv.ParseInt(s, base, 32)
	return n, err == nil
}
