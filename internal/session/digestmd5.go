package session

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// digestURI is whom ZooKeeper's servers say they are in DIGEST-MD5, whatever their
// host is called.
const digestURI = "zookeeper/zk-sasl-md5"

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
	d := &digestMD5{uri: digestURI, cnonce: randomNonce()}
	qop := []string{"auth"} // if there is none
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
	case !slices.Contains(qop, "auth"):
		return nil, fmt.Errorf("it wants the quality of protection %q, and auth is all there is", strings.Join(qop, ","))
	}
	return d, nil
}

func randomNonce() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// response answers the challenge, and prepares for the server's proof.
func (d *digestMD5) response(user, password string) []byte {
	const nc, qop = "00000001", "auth"
	secret := md5.Sum([]byte(d.coded(user) + ":" + d.coded(d.realm) + ":" + d.coded(password)))
	a1 := hexMD5(string(secret[:]) + ":" + d.nonce + ":" + d.cnonce)
	answer := func(a2 string) string {
		return hexMD5(strings.Join([]string{a1, d.nonce, nc, d.cnonce, qop, hexMD5(a2)}, ":"))
	}
	d.proof = answer(":" + d.uri)
	var b strings.Builder
	if d.utf8 {
		b.WriteString("charset=utf-8,")
	}
	fmt.Fprintf(&b, "username=%s,", quoted(user))
	if d.realm != "" {
		fmt.Fprintf(&b, "realm=%s,", quoted(d.realm))
	}
	fmt.Fprintf(&b, "nonce=%s,nc=%s,cnonce=%s,digest-uri=%s,response=%s,qop=%s",
		quoted(d.nonce), nc, quoted(d.cnonce), quoted(d.uri), answer("AUTHENTICATE:"+d.uri), qop)
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

// coded is text as it is hashed: in ISO 8859-1 if it can be, with or without
// charset=utf-8; else in UTF-8.
func (d *digestMD5) coded(s string) string {
	latin := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		latin = append(latin, byte(r))
	}
	return string(latin)
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quoted(s string) string { return `"` + quoting.Replace(s) + `"` }

// A directive is name=value of a challenge; the value is without its quotes.
type directive struct{ name, value string }

// parseDirectives reads what RFC 2831 calls 1#( name "=" ( token | quoted-string ) ).
func parseDirectives(s string) ([]directive, error) {
	var out []directive
	for {
		s = strings.TrimLeft(s, ", \t\r\n")
		if s == "" {
			return out, nil
		}
		name, rest, ok := strings.Cut(s, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, ",\"") {
			return nil, errors.New("a directive without a value")
		}
		value, rest, err := parseValue(strings.TrimLeft(rest, " \t\r\n"))
		if err != nil {
			return nil, err
		}
		out = append(out, directive{strings.ToLower(name), value})
		s = rest
		if s = strings.TrimLeft(s, " \t\r\n"); s != "" && s[0] != ',' {
			return nil, errors.New("no comma between two directives")
		}
	}
}

// parseValue takes a token or a quoted string off the front of s.
func parseValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t\r\n")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", errors.New("a quote that does not close")
}
