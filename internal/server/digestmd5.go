package server

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What a ZooKeeper calls itself in DIGEST-MD5 (RFC 2831), whatever its host is called.
const (
	saslRealm = "zk-sasl-md5"
	saslURI   = "zookeeper/" + saslRealm
)

// maxResponse is the longest token that RFC 2831 allows a client, in bytes.
const maxResponse = 4096

func newNonce() string {
	b := make([]byte, 30)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// challenge is what the client's response has to go with.
func challenge(nonce string) []byte {
	return fmt.Appendf(nil, `realm="%s",nonce="%s",charset=utf-8,algorithm=md5-sess`, saslRealm, nonce)
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
	err := eachDirective(string(token), func(name, value string) error {
		field, ok := fields[folded(name)]
		switch {
		case !ok:
			return nil
		case *field != nil:
			return &loginError{"a directive is there twice"}
		}
		*field = &value
		return nil
	})
	return r, err
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
	if subtle.ConstantTimeCompare([]byte(*r.digest), []byte(r.value("AUTHENTICATE:"+*r.uri, user, password))) != 1 {
		return nil, "", &loginError{fmt.Sprintf("a wrong password of user %q", user)}
	}
	return []byte("rspauth=" + r.value(":"+*r.uri, user, password)), user, nil
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
	case r.realm == nil || *r.realm != saslRealm:
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
	case r.uri == nil || !strings.EqualFold(*r.uri, saslURI):
		return &loginError{"another server's digest-uri"}
	case r.digest == nil:
		return &loginError{"no response"}
	}
	return nil
}

// value is the digest of a response, or of the answer to it.
func (r *response) value(a2, user, password string) string {
	secret := md5.Sum([]byte(latin1(user) + ":" + latin1(saslRealm) + ":" + latin1(password)))
	a1 := string(secret[:]) + ":" + *r.nonce + ":" + *r.cnonce
	if r.authzid != nil {
		a1 += ":" + *r.authzid
	}
	return hexMD5(strings.Join([]string{hexMD5(a1), *r.nonce, "00000001", *r.cnonce, "auth", hexMD5(a2)}, ":"))
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// latin1 is text as it is hashed: in ISO 8859-1 if it can be, else in UTF-8.
func latin1(s string) string {
	latin := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		latin = append(latin, byte(r))
	}
	return string(latin)
}

// javaInt reads a number as Java does.
func javaInt(s string, base int) (int64, bool) {
	n, err := strconv.ParseInt(s, base, 32)
	return n, err == nil
}

// eachDirective reads name=value, with commas between; the value is told without its
// quotes. It takes what Java's server takes: blanks, too, end a value, and a last name
// needs none.
func eachDirective(s string, take func(name, value string) error) error {
	for {
		if s = strings.TrimLeft(s, ","+lws); s == "" {
			return nil
		}
		name, rest, err := cutName(s)
		if err != nil {
			return err
		}
		value, rest, err := cutValue(rest)
		if err != nil {
			return err
		}
		if err := take(name, value); err != nil {
			return err
		}
		s = rest
	}
}

// lws is linear white space.
const lws = " \t\r\n"

// cutName takes a name and its = off the front of s.
func cutName(s string) (name, rest string, err error) {
	end := strings.IndexAny(s, ",="+lws)
	if end < 0 {
		return s, "", nil
	}
	name, rest = s[:end], strings.TrimLeft(s[end:], lws)
	switch {
	case !strings.HasPrefix(rest, "="):
		return "", "", &loginError{"a directive without ="}
	case name == "":
		return "", "", &loginError{"a directive without a name"}
	}
	if rest = strings.TrimLeft(rest[1:], lws); rest == "" {
		return "", "", &loginError{"a directive without a value"}
	}
	return name, rest, nil
}

// cutValue takes a value off the front of s, with what ends it.
func cutValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ","+lws)
		if end < 0 {
			return s, "", nil
		}
		return s[:end], s[end+1:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			if rest = s[i+1:]; rest != "" && !strings.Contains(","+lws, rest[:1]) {
				return "", "", &loginError{"no comma behind a quote"}
			}
			return b.String(), rest, nil
		case s[i] == '\\':
			if i++; i == len(s) {
				return "", "", &loginError{"a quote that does not close"}
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", &loginError{"a quote that does not close"}
}
