package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"zoosh/internal/x500"
)

// A port is where clients connect. Each has its own connections to tell of and to
// limit, as each has a factory of its own in ZooKeeper.
type port struct {
	net.Listener
	tls    *tls.Config // nil if it is plain
	either bool        // who speaks no TLS is welcome, too
}

// number is what conf tells of a port, which need not be there.
func (p *port) number() string {
	if p == nil {
		return "-1"
	}
	_, number, _ := net.SplitHostPort(p.Addr().String())
	return number
}

// origin is whose connections a port limits.
type origin struct {
	port *port
	addr netip.Addr
}

// listen opens the ports.
func (s *Server) listen() error {
	for _, p := range []struct {
		addr   string
		secure bool
		to     **port
	}{{s.cfg.Addr, false, &s.plain}, {s.cfg.SecureAddr, true, &s.secure}} {
		if p.addr == "" {
			continue
		}
		ln, err := net.Listen("tcp", p.addr)
		if err != nil {
			s.closePorts()
			return err
		}
		*p.to = &port{Listener: ln}
		if p.secure || s.cfg.PortUnification {
			(*p.to).tls, (*p.to).either = s.cfg.TLS, !p.secure
		}
		s.ports = append(s.ports, *p.to)
	}
	return nil
}

func (s *Server) closePorts() error {
	var errs []error
	for _, p := range s.ports {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Addr is the host:port that the server listens on; that of TLS if there is no other.
func (s *Server) Addr() string { return s.ports[0].Addr().String() }

// SecureAddr is the host:port that the server listens on for TLS alone, "" if none.
func (s *Server) SecureAddr() string {
	if s.secure == nil {
		return ""
	}
	return s.secure.Addr().String()
}

// accept takes a port's connections until it is closed, as long as there are descriptors
// for them. Other errors pass: it tries again, less and less often.
func (s *Server) accept(p *port) {
	defer s.wg.Done()
	const shortest, longest = 5 * time.Millisecond, time.Second
	pause := shortest
	for s.awaitSlot() {
		nc, err := p.Accept()
		if err == nil && s.files.lacked.Load() {
			nc.Close() // the disk comes first
			<-s.slots
			continue
		}
		if err == nil {
			pause = shortest
			s.wg.Add(1)
			go newConn(s, p, nc).serve()
			continue
		}
		<-s.slots
		select {
		case <-s.quit:
			return
		case <-time.After(pause):
			s.logf("accept: %v", err)
			pause = min(2*pause, longest)
		}
	}
}

// wrap has TLS spoken on a connection if the port does.
func (p *port) wrap(nc net.Conn) net.Conn {
	if p.tls == nil {
		return nc
	}
	return &secured{peeked: &peeked{Conn: nc}, port: p}
}

// secured is a connection under TLS, or, at a port for either, perhaps one without.
type secured struct {
	*peeked
	port *port
	tls  atomic.Pointer[tls.Conn] // once hands have been shaken
}

// peeked is a connection the first byte of which was looked at.
type peeked struct {
	net.Conn
	first []byte
}

// Read implements net.Conn.
func (p *peeked) Read(b []byte) (int, error) {
	if len(p.first) == 0 || len(b) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.first)
	p.first = nil
	return n, nil
}

// beginsTLS is what a client begins with that speaks TLS: a record of a handshake. A
// word never does, nor does a request, which would be too long.
const beginsTLS = 0x16

// errNoTLS is a client that speaks none where nothing else is spoken.
var errNoTLS = errors.New("the client speaks no TLS")

// handshake tells TLS from plain traffic, and shakes hands. cert is what the client has
// shown of itself, nil for nothing.
func (s *secured) handshake() (cert *x509.Certificate, err error) {
	var first [1]byte
	if _, err := io.ReadFull(s.Conn, first[:]); err != nil {
		return nil, err
	}
	s.first = first[:]
	if first[0] != beginsTLS {
		if s.port.either {
			return nil, nil
		}
		return nil, errNoTLS
	}
	conn := tls.Server(s.peeked, s.port.tls)
	if err := conn.Handshake(); err != nil {
		return nil, err
	}
	s.tls.Store(conn)
	if certs := conn.ConnectionState().PeerCertificates; len(certs) > 0 {
		cert = certs[0]
	}
	return cert, nil
}

// Read implements net.Conn.
func (s *secured) Read(b []byte) (int, error) {
	if conn := s.tls.Load(); conn != nil {
		return conn.Read(b)
	}
	return s.peeked.Read(b)
}

// Write implements net.Conn.
func (s *secured) Write(b []byte) (int, error) {
	if conn := s.tls.Load(); conn != nil {
		return conn.Write(b)
	}
	return s.Conn.Write(b)
}

// CloseWrite says good-bye as TLS does, and then as TCP does.
func (s *secured) CloseWrite() error {
	var err error
	if conn := s.tls.Load(); conn != nil {
		err = conn.CloseWrite()
	}
	return errors.Join(err, closeWrite(s.Conn))
}

// shakeHands does it if the connection is under TLS. Who the client is, by its
// certificate, is among its identities then.
func (c *conn) shakeHands() error {
	nc, ok := c.nc.Conn.(*secured)
	if !ok {
		return nil
	}
	c.nc.SetWriteDeadline(time.Now().Add(c.s.cfg.FirstFrameTimeout))
	cert, err := nc.handshake()
	if err != nil {
		return err
	}
	c.nc.SetWriteDeadline(time.Time{})
	if cert == nil {
		return nil
	}
	name, err := x500.Name(cert.RawSubject)
	if err != nil {
		return err
	}
	c.s.do(func() { c.certified(name) })
	return nil
}

// notShaken ends a connection on which no hands were shaken, so that the client still
// hears why.
func (c *conn) notShaken(err error) {
	if err != io.EOF {
		c.s.logf("%v: the TLS handshake failed: %.200v", c, err)
	}
	c.s.do(func() {
		c.s.stats.authFailed++
		c.s.stats.notShaken++
		c.finish()
	})
}
