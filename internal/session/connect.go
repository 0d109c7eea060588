package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"

	"zoosh/internal/fault"
	"zoosh/internal/wire"
)

// dial is the library's Dialer. A new connection supersedes the one before. The
// library's timeout of a second is ignored in favour of Java's: all servers
// together may take as long as the session timeout, handshake included.
func (s *Session) dial(_, addr string, _ time.Duration) (conn net.Conn, err error) {
	err = fault.Do(func() (err error) { // it runs in a goroutine of the library's
		conn, err = s.connect(addr)
		return err
	})
	if fault.Of(err) != nil {
		s.attemptFailed(err)
	}
	return conn, err
}

func (s *Session) connect(addr string) (net.Conn, error) {
	s.ended()
	if err := s.mayDial(addr); err != nil {
		return nil, err
	}
	wait := s.NegotiatedTimeout() / time.Duration(len(s.cfg.Servers))
	ctx, cancel := context.WithTimeout(s.ctx, wait)
	defer cancel()
	deadline, _ := ctx.Deadline()
	raw, err := s.cfg.Security.dial(ctx, addr)
	if err != nil {
		s.attemptFailed(s.dialError(addr, wait, err))
		return nil, err
	}
	c := newConn(s, raw, addr, deadline)
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		raw.Close()
		return nil, ErrClosed
	}
	s.conn = c
	s.mu.Unlock()
	go c.write()
	return c, nil
}

// mayDial waits until dialing is allowed.
func (s *Session) mayDial(addr string) error {
	s.mu.Lock()
	hold := s.hold
	if s.server == "" {
		s.server = addr
	}
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-s.ctx.Done():
		}
	}
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	return nil
}

// dialError says plainly why a dial failed. A server may hang up so soon that not even
// that succeeds.
func (s *Session) dialError(addr string, waited time.Duration, err error) error {
	var untrusted *TLSError
	if errors.As(err, &untrusted) {
		return untrusted
	}
	if hungUp(err) {
		return fmt.Errorf("%s closed the connection without an answer: %s", addr, s.unwelcome(addr))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s does not answer (waited %v)", addr, waited.Round(time.Millisecond))
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		var sys *os.SyscallError
		if errors.As(op.Err, &sys) {
			return fmt.Errorf("%s: %w", addr, sys.Err)
		}
		return fmt.Errorf("%s: %w", addr, op.Err)
	}
	return fmt.Errorf("%s: %w", addr, err)
}

// attemptFailed counts an attempt that came to nothing.
func (s *Session) attemptFailed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	s.failures++
	s.lastErr = err
	var untrusted *TLSError
	if s.distrust++; !errors.As(err, &untrusted) {
		s.distrust = 0
	}
	s.broadcast()
}

// libraryEvent is the library's event callback. All that is known only from it
// is that the loops of a connection have ended.
func (s *Session) libraryEvent(e zk.Event) {
	if e.Type == zk.EventSession && e.State == zk.StateDisconnected {
		s.ended()
	}
}

// ended settles the current connection, if there is one: nothing more will come
// from it. It runs when the library has left the connection.
func (s *Session) ended() {
	s.mu.Lock()
	c := s.conn
	if c == nil {
		s.mu.Unlock()
		return
	}
	s.conn, s.ready = nil, nil
	closing := s.closing
	up := c.up
	s.mu.Unlock()

	c.fail(io.EOF)
	reason := c.reason()
	if up && c.silence() > s.NegotiatedTimeout() {
		s.hosts.hurry("") // it is not the server that was away: this process was stopped
	}
	switch {
	case closing:
		c.failPending(ErrClosed)
		return
	case c.expired:
		// handshake has said all there is to say.
	case up:
		s.mu.Lock()
		if s.state != AuthFailed && !s.closing { // Close may have come in between
			s.state = Connecting
		}
		if s.refused == nil {
			s.lastErr = reason
		}
		s.mu.Unlock()
		s.emit(s.stateEvent(wire.StateDisconnected, reason), false)
	case s.refusedAsAhead(c), s.wantsTLS(c):
	case c.silent() && s.ctx.Err() == nil:
		s.attemptFailed(fmt.Errorf("%w: %s", reason, s.unwelcome(c.addr)))
	default:
		s.attemptFailed(reason)
	}
	c.failPending(nil)
	s.mu.Lock()
	s.broadcast()
	s.mu.Unlock()
}

// connectRequest is what opens c, in place of the library's.
func (s *Session) connectRequest(c *conn) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := wire.ConnectRequest{
		LastZxidSeen: s.lastZxid.Load(),
		Timeout:      int32(s.cfg.Timeout / time.Millisecond),
		Passwd:       make([]byte, 16),
		ReadOnly:     s.cfg.ReadOnly,
		HasReadOnly:  true,
	}
	// A session that only a server without a quorum has seen is unknown to the
	// ensemble: Java's client does not ask for it again either.
	if s.id != 0 && s.writable {
		r.SessionID, r.Passwd = s.id, s.passwd
	}
	c.asked = r
	return wire.AppendFrame(nil, &r)
}

// handshake takes the server's answer to the ConnectRequest and returns it as
// the library shall see it. It runs in the receive path.
func (s *Session) handshake(c *conn, body []byte) ([]byte, error) {
	if cutOff(body) {
		return nil, errors.New("it is cut off from its quorum, and makes no session, not even a read-only one: its configuration lacks localSessionsEnabled")
	}
	var r wire.ConnectResponse
	if _, err := wire.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("the answer to the connect request: %w", err)
	}
	// Java's client goes by the timeout alone.
	refused := r.SessionID == 0 || r.Timeout <= 0
	switch {
	case refused && c.asked.SessionID == 0:
		return nil, errors.New("refuses to make a session")
	case refused:
		s.expired(c, nil)
		s.hosts.hurry("")
		return wire.AppendFrame(nil, &wire.ConnectResponse{Passwd: make([]byte, 16)}), nil
	case c.asked.SessionID != 0 && r.SessionID != c.asked.SessionID:
		// No ZooKeeper does that, but it can only mean the same.
		s.expired(c, nil)
	}
	if err := s.established(c, &r); err != nil {
		return nil, err
	}
	r.HasReadOnly = false
	return wire.AppendFrame(nil, &r), nil
}

// cutOff tells whether the answer to a ConnectRequest is none, but the refusal of a
// request: since 3.6 a read-only server refuses createSession as it does any write,
// unless its sessions are its own.
func cutOff(answer []byte) bool {
	var h wire.ReplyHeader
	rest, err := wire.Unmarshal(answer, &h)
	return err == nil && len(rest) == 0 && h.Err == wire.NotReadOnly
}

// expired forgets the session and announces its end. The next handshake makes a
// new one. c is the connection that told it, if one did.
func (s *Session) expired(c *conn, why error) {
	event := s.stateEvent(wire.StateExpired, why)
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	if c != nil && c.asked.SessionID != 0 {
		c.expired = true
	}
	s.lose(s.id, why)
	s.id, s.passwd, s.writable = 0, nil, false
	s.behind = 0
	s.state = Connecting
	s.lastErr = why
	if why == nil {
		s.lastErr = fmt.Errorf("session 0x%x has expired", uint64(event.SessionID))
	}
	s.mu.Unlock()
	s.lastZxid.Store(0)
	s.watches.clear()
	s.emit(event, false)
}

// established takes over the session the server granted, queues what must come
// before any request, announces the connection, and lets requests go.
func (s *Session) established(c *conn, r *wire.ConnectResponse) error {
	state, event := Connected, wire.StateSyncConnected
	if r.ReadOnly {
		state, event = ConnectedReadOnly, wire.StateConnectedReadOnly
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return ErrClosed
	}
	s.id, s.passwd = r.SessionID, r.Passwd
	s.timeout = time.Duration(r.Timeout) * time.Millisecond
	s.writable = s.writable || !r.ReadOnly
	s.server = c.addr
	s.state = state
	s.lastErr = nil
	s.behind, s.distrust, s.endMeant = 0, 0, false
	c.up, c.expired = true, false
	s.window.Reset()
	c.greeted(s.timeout)
	sasl := s.cfg.Security.SASL
	if sasl == nil {
		s.restore(c)
	}
	s.mu.Unlock()

	s.emit(s.stateEvent(event, nil), false)
	if sasl != nil {
		return s.prove(c, sasl)
	}
	s.admit(c)
	return nil
}

// restore queues what the session had on the connection before: its credentials
// and its watches. s.mu is held.
func (s *Session) restore(c *conn) {
	for _, cred := range s.creds {
		c.sendAuth(cred, nil)
	}
	known := s.versions[c.addr].version
	for _, frame := range s.watches.restore(s.lastZxid.Load(), s.serverPath, known != "" && olderThan(known, wire.OpSetWatches2.Since())) {
		c.enqueue(frame)
	}
}

// admit lets requests go.
func (s *Session) admit(c *conn) {
	s.mu.Lock()
	s.ready = c
	readOnly := s.state == ConnectedReadOnly
	s.broadcast()
	s.mu.Unlock()
	if readOnly {
		go s.seekWritable(c)
	}
}

const (
	aheadWait   = 2 * time.Second // for the srvr of a server that refused us
	aheadRounds = 3               // of refusals, until a follower is believed to lag for good
)

// refusedAsAhead finds out whether the server of c hung up on the ConnectRequest
// because we have seen a later zxid than it has, which ZooKeeper does without a
// word. A server that was restarted without its data would refuse us for ever.
// If so, the session is lost, and the answer is true. A follower, though, may
// only be late, and is believed after some rounds.
func (s *Session) refusedAsAhead(c *conn) bool {
	if !c.silent() || c.asked.LastZxidSeen <= 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(s.ctx, aheadWait)
	defer cancel()
	info, err := s.cfg.Security.askServer(ctx, c.addr)
	if err != nil || !info.hasZxid || info.zxid >= c.asked.LastZxidSeen {
		return false
	}
	why := fmt.Errorf("the server at %s has seen only zxid 0x%x, this session 0x%x: it must have lost data",
		c.addr, uint64(info.zxid), uint64(c.asked.LastZxidSeen))
	s.mu.Lock()
	s.behind++
	late := info.mode == "follower" || info.mode == "observer"
	wait := late && s.behind < aheadRounds*len(s.cfg.Servers)
	s.mu.Unlock()
	if wait {
		s.attemptFailed(fmt.Errorf("the server at %s is still behind: it has seen zxid 0x%x, this session 0x%x",
			c.addr, uint64(info.zxid), uint64(c.asked.LastZxidSeen)))
		return true
	}
	s.expired(nil, why)
	s.hosts.hurry("")
	return true
}

// The pauses between two looks for a server with a quorum, as Java's client
// makes them.
const (
	seekFirst = 100 * time.Millisecond
	seekMost  = time.Minute
)

// seekWritable looks for a server that has a quorum while c is connected to one
// that has none, and moves there.
func (s *Session) seekWritable(c *conn) {
	pause := seekFirst
	for i := 0; ; i++ {
		t := time.NewTimer(pause)
		select {
		case <-c.done:
			t.Stop()
			return
		case <-t.C:
		}
		pause = min(2*pause, seekMost)
		addr := s.cfg.Servers[i%len(s.cfg.Servers)]
		ctx, cancel := context.WithTimeout(c.ctx, time.Second)
		answer, err := s.cfg.Security.FourLetter(ctx, addr, "isro")
		cancel()
		if err == nil && strings.TrimSpace(answer) == "rw" {
			s.hosts.hurry(addr)
			c.fail(fmt.Errorf("%s can write", addr))
			return
		}
	}
}
