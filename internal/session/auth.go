package session

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"zoosh/internal/wire"
)

// A Credential is what proves an identity, such as scheme "digest" and auth
// "user:password". Printed, it is its scheme.
type Credential struct {
	Scheme string
	Auth   []byte
}

// Format implements fmt.Formatter: no verb shows what is secret.
func (c Credential) Format(f fmt.State, _ rune) { io.WriteString(f, c.Scheme) }

func (c *Credential) equal(o *Credential) bool {
	return c.Scheme == o.Scheme && bytes.Equal(c.Auth, o.Auth)
}

func (c *Credential) frame() []byte {
	return wire.AppendFrame(nil,
		&wire.RequestHeader{Xid: wire.XidAuth, Op: wire.OpAuth},
		&wire.AuthPacket{Scheme: c.Scheme, Auth: c.Auth})
}

// check tells whether a request with the credential may be sent.
func (c *Credential) check(limit int) error {
	if size := len(c.frame()) - 4; size > limit {
		return &TooLargeError{Size: size, Limit: limit}
	}
	return nil
}

// pendingAuth is an auth packet that was not answered yet.
type pendingAuth struct {
	cred *Credential
	done chan reply // nil if nobody waits
}

func (a pendingAuth) tell(r reply) {
	if a.done != nil {
		a.done <- r
	}
}

// AddAuth adds an identity to the session, such as scheme "digest" and auth
// "user:password". It is remembered and sent again on every new connection, also
// if the call fails with ConnectionLoss, as in Java's client. If the server
// refuses it, it is forgotten, the error is AuthFailed, an event says so, and
// the connection is made anew: a server closes it then. (Java's client is dead
// afterwards.)
func (s *Session) AddAuth(ctx context.Context, scheme string, auth []byte) error {
	cred := &Credential{scheme, bytes.Clone(auth)}
	if err := cred.check(s.cfg.MaxRequest); err != nil {
		return err
	}
	_, err := s.waitReady(ctx, "")
	var gone *ExpiredError
	if err == ErrClosed || ctx.Err() != nil || errors.As(err, &gone) {
		return err
	}
	done := make(chan reply, 1)
	if sent := s.remember(cred, done); !sent {
		return s.lost("")
	}
	select {
	case r := <-done:
		return query{}.finish(r)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AddAuthOf adds the identities of another session of this process, without
// showing them to the caller. As with AddAuth they are sent again on every new
// connection; the error is the first refusal.
func (s *Session) AddAuthOf(ctx context.Context, from *Session) error {
	from.mu.Lock()
	creds := slices.Clone(from.creds)
	from.mu.Unlock()
	for _, cred := range creds {
		done := make(chan reply, 1)
		if s.proves(cred) || !s.remember(cred, done) {
			continue // the next handshake sends it
		}
		select {
		case r := <-done:
			if err := (query{}).finish(r); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// tokenKey makes tokens mean nothing outside of this process.
var tokenKey = sync.OnceValue(func() []byte {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return key
})

// AuthTokens tells the session's identities apart without giving them away: equal
// ones, also of other sessions of this process, have equal tokens. They are sorted.
func (s *Session) AuthTokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	tokens := make([]string, 0, len(s.creds))
	for _, c := range s.creds {
		mac := hmac.New(sha256.New, tokenKey())
		fmt.Fprintf(mac, "%q %q", c.Scheme, c.Auth)
		tokens = append(tokens, hex.EncodeToString(mac.Sum(nil)))
	}
	slices.Sort(tokens)
	return tokens
}

// proves tells whether a credential is the session's already.
func (s *Session) proves(cred *Credential) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.creds, cred.equal)
}

// remember keeps a credential, and sends it if the session is connected: else
// the next handshake does.
func (s *Session) remember(cred *Credential, done chan reply) (sent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	if !slices.ContainsFunc(s.creds, cred.equal) {
		s.creds = append(s.creds, cred)
	}
	return s.conn != nil && s.conn.up && s.conn.sendAuth(cred, done)
}

// sendAuth queues an auth packet.
func (c *conn) sendAuth(cred *Credential, done chan reply) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.push(outgoing{frame: cred.frame()}) {
		return false
	}
	c.auths = append(c.auths, pendingAuth{cred, done})
	return true
}

// authAnswered handles the reply to the auth packet that was sent first. It runs
// in the receive path. A refusal is an error that ends the connection: the
// server is about to close it.
func (c *conn) authAnswered(code wire.Code) error {
	c.mu.Lock()
	if len(c.auths) == 0 {
		c.mu.Unlock()
		return fmt.Errorf("%w: reply to an auth packet that was not sent", wire.ErrMalformed)
	}
	a := c.auths[0]
	c.auths = c.auths[1:]
	c.mu.Unlock()
	if code == wire.OK {
		a.tell(reply{})
		return nil
	}
	err := fmt.Errorf("the credential of scheme %q was refused: %w", a.cred.Scheme, &wire.Error{Code: code})
	c.s.authFailed(a.cred, err)
	a.tell(reply{code: code})
	return err
}

// AuthRefused says why the session lacks an identity of Config.Auth, nil if it has
// them all or was not told otherwise yet.
func (s *Session) AuthRefused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authRefused
}

// authFailed forgets a credential that was refused, and announces it.
func (s *Session) authFailed(cred *Credential, err error) {
	s.mu.Lock()
	s.creds = slices.DeleteFunc(s.creds, cred.equal)
	if slices.ContainsFunc(s.cfg.Auth, func(c Credential) bool { return c.equal(cred) }) {
		s.authRefused = err
	}
	if !s.closing {
		s.state = AuthFailed
		s.ready = nil
		s.lastErr = err
	}
	s.mu.Unlock()
	s.hosts.hurry("")
	s.emit(s.stateEvent(wire.StateAuthFailed, err), false)
}
