package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
)

// sessionPasswordSize is how long the password of a session is, in bytes.
const sessionPasswordSize = 16

// A sessionSecret is what the passwords of sessions are made of, so that who knows the
// id of one (cons and dump tell it) cannot know its password. nil has them made of the
// id alone, as ZooKeeper does.
type sessionSecret []byte

// newSessionSecret is one that nobody knows.
func newSessionSecret() sessionSecret {
	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails
	return secret
}

// password is that of a session.
func (s sessionSecret) password(id int64) []byte {
	if s == nil {
		return passwordOf(id)
	}
	sum := hmac.New(sha256.New, s)
	for shift := 56; shift >= 0; shift -= 8 {
		sum.Write([]byte{byte(id >> shift)})
	}
	return sum.Sum(nil)[:sessionPasswordSize]
}

// opens tells whether a password is that of a session.
func (s sessionSecret) opens(id int64, password []byte) bool {
	return subtle.ConstantTimeCompare(password, s.password(id)) == 1
}

// loadSecret takes what the passwords of the sessions in the data directory are made of:
// ZooKeeper's way, in which they are good for a ZooKeeper that takes over, unless the
// server is told otherwise.
func (s *Server) loadSecret() (err error) {
	s.secret = nil
	if s.cfg.RandomPasswords {
		s.secret, err = s.dir.Secret(func() []byte { return newSessionSecret() })
		return err
	}
	if s.dir.HasSecret() {
		s.logf("sessions whose passwords were random once cannot be resumed: their passwords are ZooKeeper's now")
	}
	return nil
}

// passwordOf is the password of a session, made from its id alone as ZooKeeper
// makes it: the first 16 bytes of java.util.Random with this seed.
func passwordOf(id int64) []byte {
	const multiplier, mask = 0x5DEECE66D, 1<<48 - 1
	seed := (uint64(id) ^ 0xB3415C00 ^ multiplier) & mask
	password := make([]byte, 0, sessionPasswordSize)
	for range sessionPasswordSize / 4 {
		seed = (seed*multiplier + 0xB) & mask
		v := uint32(seed >> 16)
		password = append(password, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return password
}
