package session

import (
	"fmt"

	"zoosh/internal/wire"
)

// RefusedError is a user whom the server does not believe. Nothing is sent to any
// server after it.
type RefusedError struct {
	Addr, User string
	Why        string // for people
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s does not let user %q in: %s", e.Addr, e.User, e.Why)
}

// A proof is the exchange in which a connection proves who its session is: the
// client begins with an empty token, the server challenges, the client responds,
// and the server proves in turn that it knows the password. It runs in the receive
// path.
type proof struct {
	s    *Session
	c    *conn
	user *SASL
	talk *digestMD5
}

// prove begins the exchange. The end of it admits the connection, or is an error.
func (s *Session) prove(c *conn, user *SASL) error {
	p := &proof{s: s, c: c, user: user}
	return p.send([]byte{}, p.challenged)
}

func (p *proof) send(token []byte, next func(wire.Code, []byte) error) error {
	rq, err := p.s.prepare(query{op: wire.OpSASL, body: &wire.SASLToken{Token: token}})
	if err != nil {
		return err
	}
	rq.next = next
	p.c.send(rq) // if the connection has ended, so has the exchange
	return nil
}

// challenged answers the server's challenge.
func (p *proof) challenged(code wire.Code, body []byte) error {
	token, err := p.token(code, body)
	switch {
	case err != nil:
		return err
	case len(token) == 0:
		return p.refused("it has no SASL")
	}
	p.talk, err = newDigestMD5(token)
	if err != nil {
		return p.refused(err.Error())
	}
	return p.send(p.talk.response(p.user.User, p.user.Password), p.judged)
}

// judged takes the server's proof.
func (p *proof) judged(code wire.Code, body []byte) error {
	token, err := p.token(code, body)
	switch {
	case err != nil:
		return err
	case len(token) == 0: // a server that lets in whom it does not know
		return p.refused("wrong user or password")
	case !p.talk.confirmed(token):
		return p.refused("it could not prove that it knows the password")
	}
	s := p.s
	s.emit(s.stateEvent(wire.StateSaslAuthenticated, nil), false)
	s.mu.Lock()
	s.restore(p.c)
	s.mu.Unlock()
	s.admit(p.c)
	return nil
}

// token is the server's, or why there is none.
func (p *proof) token(code wire.Code, body []byte) ([]byte, error) {
	switch code {
	case wire.OK:
	case wire.AuthFailed, wire.SASLRequired:
		return nil, p.refused("wrong user or password")
	default:
		return nil, fmt.Errorf("SASL: %w", &wire.Error{Code: code})
	}
	var r wire.SASLToken
	if _, err := wire.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("the server's SASL token: %w", err)
	}
	return r.Token, nil
}

// refused gives up for good: a password does not become right by being sent again.
func (p *proof) refused(why string) error {
	s := p.s
	err := &RefusedError{Addr: p.c.addr, User: p.user.User, Why: why + " (SASL DIGEST-MD5)"}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return err
	}
	s.state, s.ready = AuthFailed, nil
	s.refused, s.lastErr = err, err
	s.hold = make(chan struct{}) // never closed: no dial follows
	s.broadcast()
	s.mu.Unlock()
	s.emit(s.stateEvent(wire.StateAuthFailed, err), false)
	return err
}

// Refused is the error of a session that no server will let in, else nil.
func (s *Session) Refused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}
