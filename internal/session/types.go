package session

import (
	"errors"
	"fmt"
	"time"

	"zoosh/internal/wire"
)

// ErrClosed is what every call on a session gives after Close or Crash.
var ErrClosed = errors.New("session is closed")

// ErrNoWrites is what a session with Config.NoWrites gives for what would write.
var ErrNoWrites = errors.New("this session only reads")

// DefaultTimeout is the session timeout that is asked for if Config.Timeout is
// 0, which is zkCli's.
const DefaultTimeout = 30 * time.Second

// Config says which ensemble a session joins, and how.
type Config struct {
	// Servers are the host:port of the ensemble's members. They are tried in a
	// random order, and their names resolved at every attempt.
	Servers []string
	// Chroot is "" or a path such as "/a/b". The paths of all calls and events
	// are relative to it.
	Chroot string
	// Timeout is the session timeout asked for; 0 is DefaultTimeout. The server
	// keeps it within bounds of its own: see NegotiatedTimeout.
	Timeout time.Duration
	// Security is TLS and who the session is.
	Security Security
	// ReadOnly accepts a server that is cut off from its quorum.
	ReadOnly bool
	// NoWrites refuses every request that changes what the server keeps, before
	// it is sent, with ErrNoWrites.
	NoWrites bool
	// NoSuccessor refuses every request once the session has expired, with an
	// *ExpiredError, where it would go to the session that takes its place.
	NoSuccessor bool
	// Auth is the identities that the session has from the start: they are sent
	// before any request, on every connection, as those of AddAuth are.
	Auth []Credential
	// OnEvent gets every event in ZooKeeper's order. It runs in the receive path
	// and must not block; see the package comment.
	OnEvent func(Event)
	// MaxRequest is the longest request to send, in bytes without the four of
	// its length; 0 is wire.MaxFrame. A server drops the connection of a client
	// that sends more than its jute.maxbuffer.
	MaxRequest int
	// Limits bound what the server can cost.
	Limits Limits
	// Window is how many operations may be under way of what is paced (see Paced); 0
	// follows the server's answers.
	Window int
}

// State is the state of a session, as zkCli's prompt names it.
type State int

// The states. Connecting is also the state between two connections.
// AuthFailed lasts from a credential's refusal to the next connection.
const (
	Connecting State = iota
	Connected
	ConnectedReadOnly
	Closed
	AuthFailed
)

// String is the name in zkCli's prompt, such as "CONNECTED".
func (s State) String() string {
	return name(int(s), "CONNECTING", "CONNECTED", "CONNECTEDREADONLY", "CLOSED", "AUTH_FAILED")
}

// Event is a watch that fired, or a change of the connection.
type Event struct {
	Type      wire.EventType   // EventNone: a change of the connection
	State     wire.KeeperState // as zkCli prints it
	Path      string           // relative to the chroot; "" for EventNone
	Zxid      int64            // of the change; -1 for EventNone, and from servers before 3.9
	Time      time.Time        // when it arrived here
	SessionID int64            // the session it is about
	ArmedBy   []string         // the labels of the watches that fired
	Spent     []Watch          // those of them that fire once, and are armed no more
	Err       error            // EventNone: why
}

// Watch is a watch that is armed.
type Watch struct {
	Path      string // relative to the chroot
	Kind      WatchKind
	Label     string    // what the caller gave in Arm
	ArmedAt   time.Time // when the server's reply to the arming call arrived
	SessionID int64
}

// WatchKind tells what a watch waits for. The first three fire once.
type WatchKind int

// The kinds of watches, as ZooKeeper's client tells them apart.
const (
	DataWatch       WatchKind = iota // of get, and of exists on a znode that was there
	ExistWatch                       // of exists on a znode that was not there
	ChildWatch                       // of getChildren
	PersistentWatch                  // of addWatch
	RecursiveWatch                   // of addWatch, for all znodes below too
	watchKinds
)

// String is the kind's name: data, exists, child, persistent or recursive.
func (k WatchKind) String() string {
	return name(int(k), "data", "exists", "child", "persistent", "recursive")
}

// Arm asks an operation to arm a watch. Label says by what, for instance the
// command line; it comes back in Event.ArmedBy and Watch.Label.
type Arm struct{ Label string }

// CreateOptions says what kind of znode Create makes.
type CreateOptions struct {
	Flags int32         // wire.FlagEphemeral and so on; 0 is a persistent znode
	TTL   time.Duration // of the two TTL kinds, in whole milliseconds
	ACL   []wire.ACL    // nil is wire.OpenACL
}

// TooLargeError is a request that was not sent because the server would only
// have dropped the connection. Sizes are in bytes.
type TooLargeError struct{ Size, Limit int }

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the request has %d bytes, a ZooKeeper server takes at most %d", e.Size, e.Limit)
}

// UnsupportedError is a request that was not sent because the server is too old
// to know it and would have dropped the connection.
type UnsupportedError struct{ What, Needs, Have string }

// Error implements error.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s needs ZooKeeper %s, the server is %s", e.What, e.Needs, e.Have)
}

// name is the i-th name, or says that there is none.
func name(i int, names ...string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("Unknown(%d)", i)
	}
	return names[i]
}
