// Package digestmd5 is what both sides of a login by SASL DIGEST-MD5 (RFC 2831) have in
// common: what ZooKeeper's servers are called in it, the digests that prove the
// password, and the directives that challenges and responses are made of. It holds
// nothing of an exchange, and does not decide who is let in.
//
// Without encryption the quality of protection is authentication alone, "auth", and a
// nonce is used once.
package digestmd5

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// What a ZooKeeper calls itself, whatever its host is called.
const (
	Realm = "zk-sasl-md5"
	URI   = "zookeeper/" + Realm
)

// NonceCount is how often a nonce was used, with this time, and QOP the quality of
// protection: both are part of the digests.
const (
	NonceCount = "00000001"
	QOP        = "auth"
)

// Nonce is a new nonce of n random bytes, in base64.
func Nonce(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// Login is what the digests of one login are made of.
type Login struct {
	User, Realm, Password string
	Nonce, ClientNonce    string
	URI                   string
	AuthzID               *string // whom the client asks to be; nil if it does not ask
}

// Response is the client's proof that it knows the password.
func (l *Login) Response() string { return l.digest("AUTHENTICATE:" + l.URI) }

// Answer is the server's, which follows rspauth=.
func (l *Login) Answer() string { return l.digest(":" + l.URI) }

func (l *Login) digest(a2 string) string {
	secret := md5.Sum([]byte(Latin1(l.User) + ":" + Latin1(l.Realm) + ":" + Latin1(l.Password)))
	a1 := string(secret[:]) + ":" + l.Nonce + ":" + l.ClientNonce
	if l.AuthzID != nil {
		a1 += ":" + *l.AuthzID
	}
	return hexMD5(strings.Join([]string{hexMD5(a1), l.Nonce, NonceCount, l.ClientNonce, QOP, hexMD5(a2)}, ":"))
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Latin1 is text as it is hashed: in ISO 8859-1 if it can be, with or without
// charset=utf-8; else in UTF-8.
func Latin1(s string) string {
	latin := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		latin = append(latin, byte(r))
	}
	return string(latin)
}
