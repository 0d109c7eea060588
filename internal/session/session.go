package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"

	"zoosh/internal/window"
	"zoosh/internal/wire"
)

// Session is one ZooKeeper session. Its methods may be called from any
// goroutine, except as the package comment says of OnEvent.
type Session struct {
	cfg   Config
	hosts *hosts
	lib   *zk.Conn
	// libDone is closed when the library's last goroutine has ended.
	libDone chan struct{}
	// ctx ends with the session; dials and questions to servers hang on it.
	ctx    context.Context
	cancel context.CancelFunc

	// lastZxid is the highest zxid of a reply, as Java's client counts it: not
	// of notifications, since one transaction can cause several of them, and the
	// connection may go between two.
	lastZxid atomic.Int64

	watches watches
	window  *window.Window // of what is paced

	// evMu keeps events in order. It is held during OnEvent and never taken
	// with mu held.
	evMu   sync.Mutex
	silent bool // the last event has been given

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever what waiters look at changes
	state    State
	closing  bool          // Close or Crash has been called
	over     chan struct{} // closed when Close or Crash is through
	conn     *conn         // the connection or the attempt at one, or nil
	ready    *conn         // conn, once its session is set up and announced
	failures int           // attempts that failed since Open
	distrust int           // attempts in a row that failed of TLS
	refused  error         // the server does not believe SASL: there is nothing more to try
	behind   int           // attempts in a row that ended with a server that lags behind us
	hold     chan struct{} // if not nil, dialing waits until it is closed
	lastErr  error
	server   string
	id       int64
	passwd   []byte
	timeout  time.Duration
	writable bool // the session was known to a server with a quorum
	creds    []*Credential
	// authRefused says that a credential of cfg.Auth was refused.
	authRefused error
	versions    map[string]serverVersion
	closeSeen   bool // the server answered closeSession
	losses      Losses
	endMeant    bool            // see ExpectEnd
	ephemerals  map[string]bool // of NoSuccessor: those that it made
	gone        *ExpiredError   // of NoSuccessor: it has expired
}

// Open starts a session. It returns at once; the session connects in the
// background, and tries until Close or Crash. The error is about cfg.
func Open(cfg Config) (*Session, error) {
	s, err := newSession(cfg)
	if err != nil {
		return nil, err
	}
	lib, events, err := zk.Connect(s.cfg.Servers, s.cfg.Timeout,
		zk.WithDialer(s.dial),
		zk.WithHostProvider(s.hosts),
		zk.WithEventCallback(s.libraryEvent),
		zk.WithLogger(noLog{}),
		zk.WithLogInfo(false),
	)
	if err != nil {
		s.cancel()
		return nil, err
	}
	s.lib = lib
	go func() {
		// The library closes the channel last of all. What it sends is known
		// from the frames already.
		for range events {
		}
		close(s.libDone)
	}()
	return s, nil
}

// Check tells what would keep Open from opening a session.
func Check(cfg Config) error {
	s, err := newSession(cfg)
	if err == nil {
		s.cancel()
	}
	return err
}

// Attempt waits until the session is connected, or every server was tried in vain: the
// error then says why. The session goes on trying.
func (s *Session) Attempt(ctx context.Context) error {
	_, err := s.waitReady(ctx, "")
	if last := s.LastError(); err != nil && last != nil {
		return last
	}
	return err
}

func newSession(cfg Config) (*Session, error) {
	if len(cfg.Servers) == 0 {
		return nil, errors.New("no servers")
	}
	for _, server := range cfg.Servers {
		if _, _, err := net.SplitHostPort(server); err != nil {
			return nil, fmt.Errorf("server %q: %w", server, err)
		}
	}
	if cfg.Chroot == "/" {
		cfg.Chroot = ""
	}
	if cfg.Chroot != "" {
		if err := wire.ValidatePath(cfg.Chroot); err != nil {
			return nil, fmt.Errorf("chroot %q: %w", cfg.Chroot, err)
		}
	}
	switch {
	case cfg.Timeout == 0:
		cfg.Timeout = DefaultTimeout
	case cfg.Timeout < time.Millisecond || cfg.Timeout > math.MaxInt32*time.Millisecond:
		return nil, fmt.Errorf("a session timeout of %v is not possible", cfg.Timeout)
	}
	if cfg.MaxRequest == 0 {
		cfg.MaxRequest = wire.MaxFrame
	}
	cfg.Limits = cfg.Limits.resolve(cfg.MaxRequest)
	if cfg.OnEvent == nil {
		cfg.OnEvent = func(Event) {}
	}
	s := &Session{
		cfg:      cfg,
		hosts:    &hosts{},
		libDone:  make(chan struct{}),
		changed:  make(chan struct{}),
		over:     make(chan struct{}),
		versions: map[string]serverVersion{},
		window:   window.New(cfg.Window),
	}
	for _, cred := range cfg.Auth {
		if err := cred.check(cfg.MaxRequest); err != nil {
			return nil, fmt.Errorf("the credential of scheme %q: %w", cred.Scheme, err)
		}
		s.creds = append(s.creds, &cred)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// noLog keeps the library from writing to the terminal.
type noLog struct{}

// Printf implements zk.Logger.
func (noLog) Printf(string, ...any) {}

// State is the state of the session now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// ID is the session id, or 0 before the first connect. Another one means that
// the session expired and was made anew.
func (s *Session) ID() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id
}

// NegotiatedTimeout is the session timeout that the server granted, or the one
// that is asked for before the first connect.
func (s *Session) NegotiatedTimeout() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timeout == 0 {
		return s.cfg.Timeout
	}
	return s.timeout
}

// Server is the host:port that the session is connected to, or was last, or is
// being tried for the first time.
func (s *Session) Server() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server
}

// LastError says why the session is not connected: what the last attempt failed
// of, or what ended the last connection. It is nil while connected.
func (s *Session) LastError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastErr
}

// WaitConnected returns nil as soon as the session is connected. When ctx ends
// first, the error wraps ctx's and says what failed last; after Close or Crash
// it is ErrClosed. What waiting does not mend ends it at once: that no server is
// trusted or trusts this client (*TLSError), that the user is refused
// (*RefusedError).
func (s *Session) WaitConnected(ctx context.Context) error {
	for {
		s.mu.Lock()
		ready, closing, changed, last, refused := s.ready != nil && s.ready.ctx.Err() == nil, s.closing, s.changed, s.lastErr, s.refused
		distrusted := s.distrust >= len(s.cfg.Servers)
		s.mu.Unlock()
		switch {
		case closing:
			return ErrClosed
		case ready:
			return nil
		case refused != nil:
			return refused
		case distrusted:
			return last
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if last != nil {
				return fmt.Errorf("not connected (%w): %w", ctx.Err(), last)
			}
			return fmt.Errorf("not connected: %w", ctx.Err())
		}
	}
}

// Close ends the session on the server, which removes its ephemeral znodes, and
// stops. It waits for the server at most a second, and before that as long for a
// session that is only being made; the error says that it did not answer, so
// that the session lasts until its timeout there. The last event is Closed.
// Further calls do nothing.
func (s *Session) Close() error { return s.end(true) }

// Crash drops the connection and stops without closing the session, as a client
// that is killed does: the server expires the session after its timeout. The
// last event is Disconnected, if the session was connected.
func (s *Session) Crash() error { return s.end(false) }

// closeWait is what Close waits for the server.
const closeWait = time.Second

// end stops the library and everything else. Politely, the library sends
// closeSession first.
func (s *Session) end(polite bool) error {
	if polite {
		s.awaitAnswer()
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		<-s.over
		return nil
	}
	s.closing = true
	s.state = Closed
	up := s.conn != nil && s.conn.up
	exists := s.id != 0
	s.broadcast()
	s.mu.Unlock()

	s.hosts.stop()
	if !polite || !up {
		s.drop()
	}
	// The library waits up to a second for an answer it may never get, even
	// after its loop has ended; that must not hold up anybody.
	go s.lib.Close()
	late := time.NewTimer(closeWait)
	defer late.Stop()
	select {
	case <-s.libDone:
	case <-late.C:
	}
	s.drop()
	<-s.libDone
	s.ended()

	if polite {
		s.emit(s.stateEvent(wire.StateClosed, nil), true)
	} else if up {
		s.emit(s.stateEvent(wire.StateDisconnected, ErrClosed), true)
	}
	s.mu.Lock()
	confirmed := s.closeSeen
	s.mu.Unlock()
	close(s.over)
	if polite && exists && !confirmed {
		return fmt.Errorf("the server did not confirm the end of session 0x%x, which lasts until its timeout there", uint64(s.ID()))
	}
	return nil
}

// awaitAnswer waits for the answer to a ConnectRequest that is under way: the server
// may have made a session, which would be left to its timeout. One that has been silent
// for as long as any server may be is not waited for again.
func (s *Session) awaitAnswer() {
	wait := closeWait
	s.mu.Lock()
	if s.conn != nil && !s.conn.up {
		wait = min(wait, MemberWait-time.Since(s.conn.began))
	}
	s.mu.Unlock()
	late := time.NewTimer(wait)
	defer late.Stop()
	for {
		s.mu.Lock()
		pending := !s.closing && s.conn != nil && !s.conn.up
		changed := s.changed
		s.mu.Unlock()
		if !pending {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			return
		}
	}
}

// drop ends the dial or the connection that is under way, and all questions to
// servers.
func (s *Session) drop() {
	s.cancel()
	s.mu.Lock()
	c := s.conn
	s.mu.Unlock()
	if c != nil {
		c.fail(ErrClosed)
	}
}

// broadcast wakes all who wait for a change. s.mu is held.
func (s *Session) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// stateEvent makes the event of a change of the connection.
func (s *Session) stateEvent(state wire.KeeperState, err error) Event {
	return Event{
		Type: wire.EventNone, State: state, Zxid: -1,
		Time: time.Now(), SessionID: s.ID(), Err: err,
	}
}

// emit hands an event to OnEvent. s.mu is not held. Nothing follows the last
// event.
func (s *Session) emit(e Event, last bool) {
	s.evMu.Lock()
	defer s.evMu.Unlock()
	if s.silent {
		return
	}
	s.silent = last
	s.cfg.OnEvent(e)
}
