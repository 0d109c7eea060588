package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Security is how a session is secured. The zero value is plain TCP, and a client
// that is nobody in particular.
type Security struct {
	// TLS, if not nil, is what connections are made with; for the four-letter words
	// too. Its ServerName is set for each server.
	TLS *tls.Config
	// SASL, if not nil, is who the session is, proven on every connection before
	// anything else is asked.
	SASL *SASL
}

// SASL is a user of the server's, proven with DIGEST-MD5.
type SASL struct{ User, Password string }

// secureWait bounds a TLS handshake: what has taken a connection but does not shake
// hands has no TLS.
const secureWait = 5 * time.Second

// dial connects to a server and shakes hands.
func (sec Security) dial(ctx context.Context, addr string) (net.Conn, error) {
	return sec.dialMember(ctx, Member{Server: addr}, 0)
}

// dialMember is dial for one of the addresses of a server, whose name stays what its
// certificate is to be for. It takes no longer than patience, if that is not 0.
func (sec Security) dialMember(ctx context.Context, m Member, patience time.Duration) (net.Conn, error) {
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", m.address())
	if err != nil || sec.TLS == nil {
		return raw, err
	}
	ctx, cancel := context.WithTimeout(ctx, secureWait)
	defer cancel()
	conn, err := shakeHands(ctx, raw, m.Server, sec.TLS)
	if err != nil {
		raw.Close()
		return nil, &TLSError{Addr: m.String(), Why: handshakeReason(ctx, m, because(ctx, err)), Err: err}
	}
	return conn, nil
}

// handshakeReason says why a handshake failed. A plain port hangs up on one, and so
// does a server that takes no more connections: which it is, the plain port tells.
func handshakeReason(ctx context.Context, m Member, err error) string {
	if _, alerted := alertOf(err); !alerted && hungUp(err) && answersPlain(ctx, m) {
		return "it does not speak TLS: is this the plain port? It answers without TLS"
	}
	return tlsReason(err, false)
}

// answersPlain tells whether a server answers in plain text.
func answersPlain(ctx context.Context, m Member) bool {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	answer, err := Security{}.ask(ctx, m, "srvr", 0)
	return err == nil && answer != "" && !isAlert(answer)
}

func shakeHands(ctx context.Context, raw net.Conn, addr string, base *tls.Config) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	cfg := base.Clone()
	cfg.ServerName, _, _ = strings.Cut(host, "%") // a zone is no part of the name
	conn := tls.Client(raw, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secureConn{conn}, nil
}

// secureConn is a TLS connection whose Close never waits to say good-bye to a server
// that does not read.
type secureConn struct{ *tls.Conn }

// Close implements net.Conn.
func (c secureConn) Close() error { return c.NetConn().Close() }

// TLSError is why client and server do not trust each other.
type TLSError struct {
	Addr string
	Why  string // for people
	Err  error
}

// Error implements error.
func (e *TLSError) Error() string { return e.Addr + ": " + e.Why }

// Unwrap gives the error of the TLS library.
func (e *TLSError) Unwrap() error { return e.Err }

// tlsError says plainly what a handshake failed of. The names in it are the
// server's, and quoted. shaken tells that the client was content already.
func tlsError(addr string, err error, shaken bool) error {
	return &TLSError{Addr: addr, Why: tlsReason(err, shaken), Err: err}
}

func tlsReason(err error, shaken bool) string {
	var (
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		record   tls.RecordHeaderError
	)
	alert, alerted := alertOf(err)
	switch {
	case errors.As(err, &unknown):
		return "its certificate" + issuedBy(unknown.Cert) + " is signed by no CA that is trusted here (-cacert names one)"
	case errors.As(err, &invalid):
		return invalidReason(invalid)
	case errors.As(err, &hostname):
		return fmt.Sprintf("its certificate is for %s, not for %q", namesOf(hostname.Certificate), hostname.Host)
	case errors.As(err, &record):
		return "it does not speak TLS: is this the plain port?"
	case alerted:
		return alertReason(alert)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "it takes the connection but does not answer with TLS: is this the plain port, or does it hang?"
	case shaken:
		return fmt.Sprintf("TLS: %v", err)
	case hungUp(err):
		return "it hung up on the TLS handshake: is this the plain port? Or has it as many connections from here as it takes (its maxClientCnxns)?"
	}
	return fmt.Sprintf("TLS: %v", err)
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func issuedBy(cert *x509.Certificate) string {
	if cert == nil {
		return ""
	}
	return fmt.Sprintf(", issued by %q,", cert.Issuer.String())
}

func invalidReason(e x509.CertificateInvalidError) string {
	const day = "2006-01-02 15:04 MST"
	switch {
	case e.Reason != x509.Expired || e.Cert == nil:
		return fmt.Sprintf("its certificate is no good: %q", e.Error())
	case time.Now().Before(e.Cert.NotBefore):
		return fmt.Sprintf("the certificate of %q is valid only from %s", e.Cert.Subject.String(), e.Cert.NotBefore.Local().Format(day))
	}
	return fmt.Sprintf("the certificate of %q expired on %s", e.Cert.Subject.String(), e.Cert.NotAfter.Local().Format(day))
}

// namesOf are the names that a certificate is for.
func namesOf(cert *x509.Certificate) string {
	var names []string
	for _, n := range cert.DNSNames {
		names = append(names, fmt.Sprintf("%q", n))
	}
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) > 5:
		return strings.Join(names[:5], ", ") + " and others"
	case len(names) == 0:
		return fmt.Sprintf("no host (it has no subject alternative name, only %q)", cert.Subject.String())
	}
	return strings.Join(names, ", ")
}

// The alerts that are about the client's certificate (RFC 8446, 6.2).
const (
	alertHandshakeFailure     tls.AlertError = 40
	alertBadCertificate       tls.AlertError = 42
	alertUnsupported          tls.AlertError = 43
	alertRevoked              tls.AlertError = 44
	alertExpired              tls.AlertError = 45
	alertCertificateUnknown   tls.AlertError = 46
	alertUnknownCA            tls.AlertError = 48
	alertProtocolVersion      tls.AlertError = 70
	alertCertificateRequired  tls.AlertError = 116
	alertInsufficientSecurity tls.AlertError = 71
)

// alertOf is the alert with which the server ended a connection. The library's type
// for it is its own; its text is that of tls.AlertError.
func alertOf(err error) (tls.AlertError, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return 0, false
	}
	for alert := range tls.AlertError(255) {
		if op.Err.Error() == alert.Error() {
			return alert, true
		}
	}
	return 0, true
}

func alertReason(alert tls.AlertError) string {
	switch alert {
	case alertCertificateRequired, alertBadCertificate:
		return fmt.Sprintf("it refuses a client without a certificate that it knows (-cert and -key give one): %v", alert)
	case alertUnsupported, alertRevoked, alertExpired, alertCertificateUnknown, alertUnknownCA:
		return fmt.Sprintf("it refuses the client's certificate: %v", alert)
	case alertHandshakeFailure, alertProtocolVersion, alertInsufficientSecurity:
		return fmt.Sprintf("it has no TLS version or cipher suite in common with this client, or wants a client certificate: %v", alert)
	}
	return fmt.Sprintf("it ends the TLS connection: %v", alert)
}

// speaksTLS tells whether the server at addr wants TLS, which is the question when
// it has hung up on plain ZooKeeper.
func speaksTLS(ctx context.Context, m Member) bool {
	ctx, cancel := context.WithTimeout(ctx, aheadWait)
	defer cancel()
	// Nothing is sent or believed on this connection.
	conn, err := Security{TLS: &tls.Config{InsecureSkipVerify: true}}.dialMember(ctx, m, 0)
	if err == nil {
		conn.Close()
		return true
	}
	_, alerted := alertOf(err)
	return alerted
}

// plainToTLS is why a client without TLS gets no answer from a server that wants it.
const plainToTLS = "it speaks TLS, this client does not (-tls or -cacert turns it on)"

// wantsTLS finds out whether the server of c hung up because this session comes
// without TLS, once it has never been let in.
func (s *Session) wantsTLS(c *conn) bool {
	if s.cfg.Security.TLS != nil || s.ID() != 0 {
		return false
	}
	if !c.alerted && !(c.silent() && speaksTLS(s.ctx, Member{Server: c.addr})) {
		return false
	}
	s.attemptFailed(&TLSError{Addr: c.addr, Why: plainToTLS})
	return true
}
