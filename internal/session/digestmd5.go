package session

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zoosh/internal/digestmd5"
)

// maxChallenge is the longest challenge that RFC 2831 allows.
const maxChallenge = 2048

// digestMD5 is the client's side of one DIGEST-MD5 exchange (RFC 2831), with the
// quality of protection that ZooKeeper uses: authentication alone.
type digestMD5 struct {
	realm, nonce, cnonce string
	uri                  string
	utf8                 bool
	proof                string // what the server is to answer
}

// newDigestMD5 reads a challenge.
func newDigestMD5(challenge []byte) (*digestMD5, error) {
	if len(challenge) > maxChallenge {
		return nil, fmt.Errorf("its challenge has %d bytes", len(challenge))
	}
	fields, err := parseDirectives(string(challenge))
	if err != nil {
		return nil, fmt.Errorf("its challenge: %w", err)
	}
	d := &digestMD5{uri: digestmd5.URI, cnonce: digestmd5.Nonce(24)}
	qop := []string{digestmd5.QOP} // if there is none
	for _, f := range fields {
		switch f.name {
		case "realm":
			if d.realm == "" { // of several, the first
				d.realm = f.value
			}
		case "nonce":
			d.nonce = f.value
		case "charset":
			d.utf8 = f.value == "utf-8"
		case "algorithm":
			if f.value != "md5-sess" {
				return nil, fmt.Errorf("its algorithm is %q, not md5-sess", f.value)
			}
		case "qop":
			qop = strings.FieldsFunc(f.value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		}
	}
	switch {
	case d.nonce == "":
		return nil, errors.New("its challenge has no nonce")
	case !slices.Contains(qop, digestmd5.QOP):
		return nil, fmt.Errorf("it wants the quality of protection %q, and auth is all there is", strings.Join(qop, ","))
	}
	return d, nil
}

// response answers the challenge, and prepares for the server's proof.
func (d *digestMD5) response(user, password string) []byte {
	login := digestmd5.Login{User: user, Realm: d.realm, Password: password, Nonce: d.nonce, ClientNonce: d.cnonce, URI: d.uri}
	d.proof = login.Answer()
	var b strings.Builder
	if d.utf8 {
		b.WriteString("charset=utf-8,")
	}
	fmt.Fprintf(&b, "username=%s,", digestmd5.Quote(user))
	if d.realm != "" {
		fmt.Fprintf(&b, "realm=%s,", digestmd5.Quote(d.realm))
	}
	fmt.Fprintf(&b, "nonce=%s,nc=%s,cnonce=%s,digest-uri=%s,response=%s,qop=%s",
		digestmd5.Quote(d.nonce), digestmd5.NonceCount, digestmd5.Quote(d.cnonce), digestmd5.Quote(d.uri), login.Response(), digestmd5.QOP)
	return []byte(b.String())
}

// confirmed tells whether the server knows the password too.
func (d *digestMD5) confirmed(token []byte) bool {
	fields, err := parseDirectives(string(token))
	if err != nil {
		return false
	}
	for _, f := range fields {
		if f.name == "rspauth" {
			return subtle.ConstantTimeCompare([]byte(f.value), []byte(d.proof)) == 1
		}
	}
	return false
}

// A directive is name=value of a challenge, the name in lower case.
type directive struct{ name, value string }

func parseDirectives(s string) (out []directive, err error) {
	err = digestmd5.Each(s, digestmd5.Strict, func(name, value string) error {
		out = append(out, directive{strings.ToLower(name), value})
		return nil
	})
	return out, err
}
