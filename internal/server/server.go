// Package server is a ZooKeeper, in memory or on disk: one standalone server that
// any ZooKeeper client can talk to, and that behaves as Apache ZooKeeper 3.9 does.
//
// Contract: what a client can see (replies, error codes, zxids, stats, the order
// of children, which watches fire and in which order) is what Apache's server
// shows. A notification reaches a client before the reply to any later read, and
// before the reply to the write that caused it if that was the client's own.
// With a data directory, which is ZooKeeper's own, no client hears of a change before
// it is on disk, and a server that starts again goes on where the last one ended,
// however it ended. Without one, closing the server forgets everything, but for what
// an Embedded takes along to its next one. No client can block the others or make
// the server hold unbounded memory for it, by sending nonsense, by announcing huge
// frames or by not reading what it asked for.
//
// Inside, one lock guards the znodes, the sessions and the watches. The goroutine
// that reads from a connection takes it for a batch of requests at a time. Nobody waits
// for a client while holding it: what there is to say goes into that connection's
// outbox.
package server

import (
	"container/list"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"zoosh/internal/datadir"
	"zoosh/internal/wire"
)

// Version is what the server says of itself in srvr and stat. "-zoosh" tells
// clients that it is this one.
const Version = "3.9.5-zoosh"

// Config says how to start a server. Its zero value listens on a free port of
// the loopback interface.
type Config struct {
	// Addr is the host:port to listen on. Without a host it is the loopback
	// interface: only 0.0.0.0 or [::], given explicitly, listens everywhere.
	// Empty means 127.0.0.1:0, and no port of this kind if there is a SecureAddr.
	Addr string
	// SecureAddr is the host:port for TLS alone, as secureClientPort; "" for none.
	SecureAddr string
	// TLS is spoken there; it has the server's certificate. A certificate that it asks
	// of a client is an identity of scheme x509, which no ACL may name without TLS.
	TLS *tls.Config
	// PortUnification has the server speak TLS on Addr, too, with clients that begin so.
	PortUnification bool
	// SuperX509 is the name in the certificate of the client that no ACL stops, as
	// zookeeper.X509AuthenticationProvider.superUser; "" for none.
	SuperX509 string
	// TickTime is 2 seconds by default.
	TickTime time.Duration
	// The timeouts of sessions are clamped to these: 2 and 20 ticks by default.
	MinSessionTimeout, MaxSessionTimeout time.Duration
	// MaxClientCnxns is how many connections one address may have on a port; 0 for
	// any number.
	MaxClientCnxns int
	// MaxCnxns is how many connections there may be in all, as maxCnxns; 10,000 by
	// default, and any number if it is negative. There are never more than there are
	// descriptors for, and some of those are left to the disk.
	MaxCnxns int
	// MaxUnread is how many bytes of replies that their clients have not read may wait
	// in all, and how many of requests that have begun to arrive; 64 MiB of each by
	// default. Beyond that clients that want much have to wait.
	MaxUnread int
	// MaxWatches is how many watches there may be in all, a million by default, and
	// MaxWatchBytes how long their paths together, 64 for each by default. Beyond that
	// the connection ends that has most.
	MaxWatches, MaxWatchBytes int
	// MaxBuffer is how long a request may be in bytes, as jute.maxbuffer;
	// wire.MaxFrame by default, and 32 MiB at most: what it asks for has to fit into a
	// record of the log.
	MaxBuffer int
	// FourLetterWords are the words that are answered, "*" for all; nil for all,
	// too, and an empty list for none.
	FourLetterWords []string
	// CleanupInterval is how often empty containers and outlived TTL znodes are
	// looked for; 1 minute by default.
	CleanupInterval time.Duration
	// MaxNeverUsed is how old a container may become that never had a child, as
	// znode.container.maxNeverUsedIntervalMs; 0 for any age.
	MaxNeverUsed time.Duration
	// NoTTL refuses TTL znodes, as zookeeper.extendedTypesEnabled=false does.
	NoTTL bool
	// EnforceQuota refuses creates and sets that go beyond a quota's hard limits,
	// as zookeeper.enforceQuota does. Without it quotas are only counted.
	EnforceQuota bool
	// ReconfigEnabled is reconfigEnabled, of which a standalone server only has that
	// a reconfig fails as not implemented, rather than as disabled.
	ReconfigEnabled bool
	// SuperDigest is "super:HASH", the digest of the credentials that no ACL
	// stops, as zookeeper.DigestAuthenticationProvider.superDigest; empty for none.
	SuperDigest string
	// NoDigest is zookeeper.DigestAuthenticationProvider.enabled=false: nobody has an
	// identity of the scheme digest, and no new ACL may name one.
	NoDigest bool
	// SASL says who may log in by SASL, as the JAAS file of a ZooKeeper; nil for a server
	// that knows nothing of SASL.
	SASL *SASL
	// SASLProvider has ACLs with the scheme sasl, as the class SASLAuthenticationProvider
	// among ZooKeeper's authProvider.*. Without it nothing follows from a login.
	SASLProvider bool
	// RequireAuth are schemes, as enforce.auth.schemes: a client without an identity of
	// one of them may log in and do nothing else; nil for none.
	RequireAuth []string
	// SkipACL lets everybody do everything, as zookeeper.skipACL=yes does.
	SkipACL bool
	// DigestAlg is the hash of digest identities, in Java's spelling, as
	// zookeeper.DigestAuthenticationProvider.digestAlg; SHA1 by default.
	DigestAlg string
	// DataDir is where the server keeps its snapshots, in ZooKeeper's form; "" keeps
	// everything in memory. It is made if it is missing.
	DataDir string
	// LogDir is where it keeps its transaction log; DataDir by default.
	LogDir string
	// SnapCount is after how many txns, at the latest, a snapshot is taken and a new
	// log begun; 100,000 by default.
	SnapCount int
	// PreAllocSize is by how many bytes a log file grows; 64 MiB by default, and only by
	// what is written if it is negative.
	PreAllocSize int64
	// NoSync leaves it to the system when a change reaches the disk, as forceSync=no
	// does: it is lost if the machine dies, but not if the server does.
	NoSync bool
	// TrustEmpty starts from transaction logs without a snapshot, as ZooKeeper's
	// snapshot.trust.empty does; otherwise they are refused.
	TrustEmpty bool
	// SnapRetain is how many snapshots are kept, with the logs that go with them; 0
	// keeps all.
	SnapRetain int
	// RandomPasswords has the sessions in the data directory have passwords that do not
	// follow from their ids, as those in memory have anyway. A ZooKeeper that takes the
	// directory over does not know these; the sessions of one end when it is set.
	RandomPasswords bool
	// MaxUnpacked is how many bytes a packed snapshot in the data directory may unpack to;
	// 0 for as many as an ordinary one of its length may need.
	MaxUnpacked int64
	// Past, if it is not nil, is the state to serve, as a ZooKeeper in read-only mode
	// does: nothing changes any more, and nothing is kept. It is called once, with what
	// takes a snapshot and the txns after it; DataDir is "" then.
	Past func(load func(*datadir.SnapshotReader) error, apply func(*datadir.Txn) error) error
	// Logf is told what an operator may want to know, by any goroutine; nil for
	// nobody.
	Logf func(format string, args ...any)
	// now is the clock that znodes are stamped by; nil for the system's.
	now func() time.Time
	// memory is what a server before this one knew, which this one goes on with;
	// nil is an empty tree.
	memory *memory
	// FirstFrameTimeout is how long a connection may take to say what it wants, TLS's
	// handshake included; 10 seconds by default.
	FirstFrameTimeout time.Duration
}

// The limits by default.
const (
	maxCnxns      = 10_000
	maxUnread     = 64 << 20
	maxWatches    = 1_000_000
	maxWatchBytes = 64 * maxWatches
)

// maxMaxBuffer is the highest MaxBuffer, in bytes.
const maxMaxBuffer = 32 << 20

// setAddrs checks where to listen.
func (c *Config) setAddrs() error {
	if c.Addr == "" && c.SecureAddr == "" {
		c.Addr = "127.0.0.1:0"
	}
	for _, addr := range []*string{&c.Addr, &c.SecureAddr} {
		if *addr == "" {
			continue
		}
		host, port, err := net.SplitHostPort(*addr)
		if err != nil {
			return fmt.Errorf("server address: %w", err)
		}
		if host == "" {
			*addr = net.JoinHostPort("127.0.0.1", port)
		}
	}
	switch {
	case c.PortUnification && c.Addr == "":
		return errors.New("there is no port for both plain traffic and TLS")
	case c.TLS == nil && (c.SecureAddr != "" || c.PortUnification):
		return errors.New("a TLS port needs a certificate")
	}
	return nil
}

func (c *Config) setDefaults() error {
	if err := c.setAddrs(); err != nil {
		return err
	}
	if c.TickTime <= 0 {
		c.TickTime = 2 * time.Second
	}
	if c.MinSessionTimeout <= 0 {
		c.MinSessionTimeout = 2 * c.TickTime
	}
	if c.MaxSessionTimeout <= 0 {
		c.MaxSessionTimeout = 20 * c.TickTime
	}
	if c.MinSessionTimeout > c.MaxSessionTimeout {
		return fmt.Errorf("the longest session timeout, %v, is shorter than the shortest, %v", c.MaxSessionTimeout, c.MinSessionTimeout)
	}
	if err := CheckDigestAlg(c.DigestAlg); err != nil {
		return fmt.Errorf("digestAlg %s: %w", c.DigestAlg, err)
	}
	if err := c.checkRequired(); err != nil {
		return err
	}
	if c.MaxBuffer <= 0 {
		c.MaxBuffer = wire.MaxFrame
	}
	if c.MaxBuffer > maxMaxBuffer {
		return fmt.Errorf("jute.maxbuffer is %d bytes; it can be %d at most", c.MaxBuffer, maxMaxBuffer)
	}
	if c.MaxCnxns == 0 {
		c.MaxCnxns = maxCnxns
	}
	if c.MaxUnread <= 0 {
		c.MaxUnread = max(maxUnread, 8*c.MaxBuffer)
	}
	if c.MaxWatches <= 0 {
		c.MaxWatches = maxWatches
	}
	if c.MaxWatchBytes <= 0 { // as much for each as by default
		c.MaxWatchBytes = max(maxWatchBytes/maxWatches*c.MaxWatches, wire.MaxFrame)
	}
	if c.FirstFrameTimeout <= 0 {
		c.FirstFrameTimeout = firstFrameTimeout
	}
	if c.CleanupInterval <= 0 {
		c.CleanupInterval = time.Minute
	}
	if c.LogDir == "" {
		c.LogDir = c.DataDir
	}
	if c.SnapCount <= 0 {
		c.SnapCount = 100_000
	}
	if c.Logf == nil {
		c.Logf = func(string, ...any) {}
	}
	if c.now == nil {
		c.now = time.Now
	}
	return nil
}

// Server is a running server.
type Server struct {
	cfg   Config
	logf  func(format string, args ...any)
	quit  chan struct{}
	close sync.Once
	wg    sync.WaitGroup
	err   error // why quit was closed, and what went wrong then
	broke error // why, if by itself; set before

	plain, secure *port   // nil for none
	ports         []*port // those that there are

	guesses *guesses
	slots   chan struct{} // one is taken for each connection
	files   fileReserve

	dir     *datadir.Dir // nil in memory, as the journal is
	journal *journal

	heavy sync.Mutex // for who is likely to have the other long, and taken before it

	mu      sync.Mutex // guards what follows
	resumed sync.Cond  // paused or closed has changed
	closed  bool
	paused  bool // nothing is done but what control asks for

	tree          *tree
	zxid          int64 // of the last txn applied
	sessions      map[int64]*session
	nextSession   int64
	secret        sessionSecret
	conns         map[*conn]struct{}
	identities    int // how long they are, of connections with many
	connsByOrigin map[origin]int
	silent        list.List // of the connections that have not said a word, the oldest first
	stats         stats
	unread        *budget // of replies and notifications
	arriving      *budget // of requests
	started       time.Time
	traceMask     int64
	unsettled     []unsettled // requests whose replies are held
	durable       int64       // the txn up to which settle knows of
	untilSnapshot int         // txns
	snapshotting  bool
	faults        map[int64]*fault // by session

	past      *past      // nil unless it is what is served
	recovered *Recovered // nil if it began empty

	// What one request needs, kept for the next one.

	preparation preparation
	encoder     wire.Codec
	encoded     []byte           // what encode returned last
	header      wire.ReplyHeader // of the reply being made
	syncs       []synced         // what settle took
	told        toldEvent
}

// Start starts a server. It is listening when Start returns.
//
// What it cannot go on from in its data directory is an error that names the file,
// such as a *datadir.Damage, and is left as it is.
func Start(cfg Config) (*Server, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg:           cfg,
		logf:          cfg.Logf,
		quit:          make(chan struct{}),
		tree:          newTree(),
		sessions:      make(map[int64]*session),
		nextSession:   firstSessionID(time.Now()),
		secret:        newSessionSecret(),
		guesses:       newGuesses(),
		conns:         make(map[*conn]struct{}),
		connsByOrigin: make(map[origin]int),
		unread:        newBudget(cfg.MaxUnread),
		arriving:      newBudget(cfg.MaxUnread),
		started:       time.Now(),
		traceMask:     firstTraceMask,
		faults:        make(map[int64]*fault),
	}
	s.resumed.L = &s.mu
	s.slots = newSlots()
	if cfg.memory != nil {
		s.remember(cfg.memory)
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	open := s.openDisk
	if cfg.Past != nil {
		open = s.openPast
	}
	if err := open(); err != nil {
		s.closePorts()
		return nil, err
	}
	s.wg.Add(len(s.ports) + 2)
	for _, p := range s.ports {
		go s.accept(p)
	}
	go s.loop()
	go s.cleanUpAlways()
	return s, nil
}

// Done is closed when the server stops, be it that it was closed or that its disk
// refuses. Close then tells why.
func (s *Server) Done() <-chan struct{} { return s.quit }

// Close stops the server, drops its connections and waits until all of its
// goroutines are gone and what they did is on disk.
func (s *Server) Close() error {
	s.stop(nil)
	s.wg.Wait()
	return errors.Join(s.err, s.closeDisk())
}

// stop has all goroutines end. err is why, if it is not because it was asked to.
func (s *Server) stop(err error) {
	s.close.Do(func() {
		s.err, s.broke = err, err
		close(s.quit)
		if closing := s.closePorts(); err == nil {
			s.err = closing
		}
	})
}

// ExpireSession ends a session at once, as if it had not been heard of for the
// length of its timeout: its ephemeral znodes go and its connection is dropped.
// It tells whether there was such a session.
func (s *Server) ExpireSession(id int64) bool {
	var known bool
	s.do(func() {
		if _, known = s.sessions[id]; known {
			s.expire(id)
		}
	})
	return known
}

// do runs f, which may look at the server's state and change it, once the server is
// not paused. It tells whether f was run; it is not once the server is closing.
func (s *Server) do(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.paused && !s.closed {
		s.resumed.Wait()
	}
	if s.closed {
		return false
	}
	f()
	return true
}

// control is do on a server that may be paused.
func (s *Server) control(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	f()
	return true
}

// tick is control for what a paused server misses. It tells whether f was run.
func (s *Server) tick(f func()) (ran bool) {
	s.control(func() {
		if ran = !s.paused; ran {
			f()
		}
	})
	return ran
}

// loop does what the passing of time asks for.
func (s *Server) loop() {
	defer s.wg.Done()
	var memory reclaimer
	expiry := time.NewTicker(s.cfg.TickTime)
	defer expiry.Stop()
	for {
		select {
		case now := <-expiry.C:
			s.tick(s.settle)
			memory.giveBack(s)
			inTurns(s.tick, s.expiry(now))
		case <-s.quit:
			s.control(func() {
				for c := range s.conns {
					c.abort()
				}
				s.closed = true
				s.resumed.Broadcast()
			})
			return
		}
	}
}

// commit applies a change as the next txn. This is the only way in which the
// server's state changes.
func (s *Server) commit(session int64, cxid int32, c change) result {
	t := &txn{
		session: session,
		cxid:    cxid,
		zxid:    s.zxid + 1,
		time:    s.cfg.now().UnixMilli(),
		change:  c,
	}
	r := c.apply(s.tree, t)
	s.zxid = t.zxid
	s.keep(t)
	return r
}

// encode makes a frame of records, which is good until the next one is made.
func (s *Server) encode(records ...wire.Record) []byte {
	if cap(s.encoded) > maxSpare {
		s.encoded = nil
	}
	s.encoded = s.encoder.AppendFrame(s.encoded[:0], records...)
	return s.encoded
}
