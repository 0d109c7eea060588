// Package session is one ZooKeeper client session.
package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zoosh/internal/wire"
)

// ErrClosed is what every call on a session gives after Close or Crash.
var ErrClosed = errors.New("session is closed")

// Config says which ensemble a session joins, and how.
type Config struct {
	Servers    []string      // host:port each
	Chroot     string        // "" or "/a/b"
	Timeout    time.Duration // asked for; default 30s
	ReadOnly   bool
	OnEvent    func(Event)
	MaxRequest int
}

// State is the state of the connection, as zkCli's prompt names it.
type State int

// The states.
const (
	Connecting State = iota
	Connected
	ConnectedReadOnly
	Closed
	AuthFailed
)

// String is the name in zkCli's prompt.
func (s State) String() string {
	names := [...]string{"CONNECTING", "CONNECTED", "CONNECTEDREADONLY", "CLOSED", "AUTH_FAILED"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("Unknown(%d)", int(s))
	}
	return names[s]
}

// Event is a watch that fired or a change of the connection.
type Event struct {
	Type      wire.EventType
	State     wire.KeeperState
	Path      string
	Zxid      int64
	Time      time.Time
	SessionID int64
	ArmedBy   []string
	Err       error
}

// Watch is a watch that is armed.
type Watch struct {
	Path      string
	Kind      WatchKind
	Label     string
	ArmedAt   time.Time
	SessionID int64
}

// WatchKind tells what a watch waits for.
type WatchKind int

// The kinds of watches.
const (
	DataWatch WatchKind = iota
	ExistWatch
	ChildWatch
	PersistentWatch
	RecursiveWatch
)

// String is the kind's name.
func (k WatchKind) String() string {
	names := [...]string{"data", "exists", "child", "persistent", "recursive"}
	if k < 0 || int(k) >= len(names) {
		return fmt.Sprintf("Unknown(%d)", int(k))
	}
	return names[k]
}

// Arm asks an operation to arm a watch.
type Arm struct{ Label string }

// CreateOptions says what kind of znode Create makes.
type CreateOptions struct {
	Flags int32
	TTL   time.Duration
	ACL   []wire.ACL
}

// TooLargeError is a request that no server would take.
type TooLargeError struct{ Size, Limit int }

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the request has %d bytes, a ZooKeeper server takes at most %d", e.Size, e.Limit)
}

// UnsupportedError is a request that the server is too old for.
type UnsupportedError struct{ What, Needs, Have string }

// Error implements error.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s needs ZooKeeper %s, the server is %s", e.What, e.Needs, e.Have)
}

// Session is one ZooKeeper session.
type Session struct{}

var errTODO = errors.New("not yet")

// ParseConnect splits a connect string.
func ParseConnect(s string) (servers []string, chroot string, err error) { return nil, "", errTODO }

// FourLetter asks a server a four-letter word.
func FourLetter(ctx context.Context, addr, word string) (string, error) { return "", errTODO }

// Open starts a session.
func Open(cfg Config) (*Session, error) { return nil, errTODO }

// WaitConnected waits.
func (s *Session) WaitConnected(ctx context.Context) error { return errTODO }

// Close ends the session.
func (s *Session) Close() error { return nil }

// Crash drops the connection.
func (s *Session) Crash() error { return nil }

// Expire ends the session on the server.
func (s *Session) Expire(ctx context.Context) error { return errTODO }

// State is the state.
func (s *Session) State() State { return Connecting }

// ID is the id.
func (s *Session) ID() int64 { return 0 }

// NegotiatedTimeout is the timeout.
func (s *Session) NegotiatedTimeout() time.Duration { return 0 }

// Server is the server.
func (s *Session) Server() string { return "" }

// LastError says why it is not connected.
func (s *Session) LastError() error { return nil }

// Watches are the armed watches.
func (s *Session) Watches() []Watch { return nil }

// ServerVersion is the server's version.
func (s *Session) ServerVersion(ctx context.Context) (string, error) { return "", errTODO }
